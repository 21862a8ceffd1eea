//! Finds the VM or snapshot that a name means, or returns an error that lists the candidates.
//!
//! It never picks one of several, and an id that is also the name of another object is ambiguous. A name may contain slashes
//! (Windows' default names contain a date), so a path is compared as a whole and never split.

use std::{borrow::Cow, fmt};

use crate::hyperv::{Snapshot, SnapshotTree, VmRecord, near::similar};

/// The kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Noun {
    /// A VM.
    Vm,
    /// A snapshot.
    Snapshot,
    /// A job.
    Job,
    /// An operation in the journal.
    Operation,
}

impl fmt::Display for Noun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Vm => "VM",
            Self::Snapshot => "snapshot",
            Self::Job => "job",
            Self::Operation => "operation",
        })
    }
}

/// An object that a name could mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its name or path, for display.
    pub name: String,
    /// Its id.
    pub id: String,
}

/// A name that does not identify exactly one object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FindError {
    /// No object has this name.
    NotFound {
        /// The kind of object.
        noun: Noun,
        /// The name.
        wanted: String,
        /// Up to ten objects with similar names, the most similar first.
        similar: Vec<Candidate>,
    },
    /// Several objects have this name, or it is the name of one and the id of another.
    Ambiguous {
        /// The kind of object.
        noun: Noun,
        /// The name.
        wanted: String,
        /// All candidates.
        candidates: Vec<Candidate>,
    },
    /// The host shows no VM, and not even itself, which every user with the rights sees.
    NothingSeen,
}

impl fmt::Display for FindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Jobs have ids, but no names.
            Self::NotFound { noun: Noun::Job, wanted, .. } => {
                write!(f, "no job with ID {wanted}; give the full ID")
            }
            Self::NotFound { noun: Noun::Operation, wanted, .. } => {
                write!(f, "no operation with ID {wanted}")
            }
            Self::NotFound { noun, wanted, similar } => {
                write!(f, "no {noun} named {wanted:?}")?;
                for (index, candidate) in similar.iter().take(SHOWN).enumerate() {
                    let is_last = index + 1 == similar.len().min(SHOWN);
                    f.write_str(match index {
                        0 => "; did you mean ",
                        _ if is_last => " or ",
                        _ => ", ",
                    })?;
                    write!(f, "{:?}", candidate.name)?;
                }
                f.write_str(if similar.is_empty() { "" } else { "?" })
            }
            Self::Ambiguous { noun, wanted, candidates } => {
                write!(f, "{} {noun}s match {wanted:?}", candidates.len())
            }
            Self::NothingSeen => f.write_str(
                "the host shows no VM and not even itself: the user lacks the rights, or has a filtered token",
            ),
        }
    }
}

/// The maximum number of similar names in the text of an error.
const SHOWN: usize = 3;

impl std::error::Error for FindError {}

/// The one VM of `vms` that `wanted` names, by GUID or by name.
pub(crate) fn find_vm(mut vms: Vec<VmRecord>, wanted: &str) -> Result<VmRecord, FindError> {
    let folded = wanted.to_lowercase();
    let found = matching(
        places(&vms, |vm| vm.id.eq_ignore_ascii_case(wanted)),
        || places(&vms, |vm| vm.element_name == wanted),
        || places(&vms, |vm| vm.element_name.to_lowercase() == folded),
    );
    let candidate = |vm: &VmRecord| Candidate { name: vm.element_name.clone(), id: vm.id.clone() };
    match found.as_slice() {
        [index] => Ok(vms.swap_remove(*index)),
        [] => Err(FindError::NotFound {
            noun: Noun::Vm,
            wanted: wanted.to_owned(),
            similar: similar(wanted, &vms, |vm| &vm.element_name).into_iter().map(candidate).collect(),
        }),
        several => Err(FindError::Ambiguous {
            noun: Noun::Vm,
            wanted: wanted.to_owned(),
            candidates: several.iter().filter_map(|index| vms.get(*index)).map(candidate).collect(),
        }),
    }
}

/// The one snapshot of `tree` that `wanted` names, by id, name, or path.
pub(super) fn find_snapshot<'t>(tree: &'t SnapshotTree, wanted: &str) -> Result<&'t Snapshot, FindError> {
    let all = tree.snapshots();
    let has_id = |snapshot: &Snapshot| {
        snapshot.id.as_str().eq_ignore_ascii_case(wanted) || snapshot.id.guid().eq_ignore_ascii_case(wanted)
    };
    let found = matching(
        places(all, has_id),
        || called(tree, wanted, Cow::Borrowed),
        // Unicode's rules take a slash as a word boundary, so a path is converted to lower case name by name.
        || called(tree, &wanted.to_lowercase(), |name| name.to_lowercase().into()),
    );
    let candidate =
        |snapshot: &Snapshot| Candidate { name: tree.label(snapshot), id: snapshot.id.to_string() };
    let found: Vec<&Snapshot> = found.into_iter().filter_map(|index| all.get(index)).collect();
    match found.as_slice() {
        [snapshot] => Ok(snapshot),
        [] => Err(FindError::NotFound {
            noun: Noun::Snapshot,
            wanted: wanted.to_owned(),
            // What is above the wanted one is another snapshot, and not meant.
            similar: similar(wanted, all, Snapshot::element_name)
                .into_iter()
                .filter(|snapshot| !wanted.starts_with(&format!("{}/", tree.path(snapshot))))
                .map(candidate)
                .collect(),
        }),
        several => Err(FindError::Ambiguous {
            noun: Noun::Snapshot,
            wanted: wanted.to_owned(),
            candidates: several.iter().copied().map(candidate).collect(),
        }),
    }
}

/// The positions of the objects that a name means: those with the id together with those that have it as their name; otherwise
/// those with exactly the name; otherwise those with the name in other case.
fn matching(
    by_id: Vec<usize>,
    exact: impl FnOnce() -> Vec<usize>,
    in_any_case: impl FnOnce() -> Vec<usize>,
) -> Vec<usize> {
    if !by_id.is_empty() {
        let mut found = by_id;
        found.extend(in_any_case());
        found.sort_unstable();
        found.dedup();
        return found;
    }
    let exact = exact();
    if exact.is_empty() { in_any_case() } else { exact }
}

fn places<T>(all: &[T], fits: impl Fn(&T) -> bool) -> Vec<usize> {
    all.iter().enumerate().filter(|(_, one)| fits(one)).map(|(place, _)| place).collect()
}

/// The positions of the snapshots whose name or path is `wanted`, after `fold` has made the names comparable.
fn called<'t>(tree: &'t SnapshotTree, wanted: &str, fold: impl Fn(&'t str) -> Cow<'t, str>) -> Vec<usize> {
    // For each snapshot, the position in `wanted` where its path ends, if `wanted` begins with it: a path is compared once for all
    // its descendants.
    let mut ends: Vec<Option<usize>> = Vec::with_capacity(tree.len());
    let mut found = Vec::new();
    for (place, (snapshot, parent)) in tree.snapshots().iter().zip(tree.parents()).enumerate() {
        let name = fold(&snapshot.element_name);
        let rest = match parent {
            None => Some(wanted),
            Some(parent) => {
                let end = ends.get(*parent).copied().flatten();
                end.and_then(|end| wanted.get(end..)).and_then(|rest| rest.strip_prefix('/'))
            }
        };
        let end = rest.and_then(|rest| rest.strip_prefix(&*name)).map(|rest| wanted.len() - rest.len());
        if name == wanted || end == Some(wanted.len()) {
            found.push(place);
        }
        ends.push(end);
    }
    found
}
