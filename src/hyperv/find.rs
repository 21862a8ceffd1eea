//! From a name to one VM or snapshot, or to a refusal that lists what the name could mean.
//!
//! It never picks one of several, and an id that is also the name of another thing names both. A name may hold slashes
//! (Windows' default names hold a date), so a path is compared as a whole and never taken apart.

use std::{borrow::Cow, fmt};

use crate::hyperv::{Snapshot, SnapshotTree, VmRecord, near::similar};

/// What kind of thing was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Noun {
    /// A virtual VM.
    Vm,
    /// A snapshot.
    Snapshot,
    /// A job.
    Job,
    /// An operation of the journal.
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

/// One of the things that a name could mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its name or path, for people.
    pub name: String,
    /// Its id.
    pub id: String,
}

/// A name that does not name exactly one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FindError {
    /// Nothing has this name.
    NotFound {
        /// What kind of thing was looked for.
        noun: Noun,
        /// The name.
        wanted: String,
        /// Up to ten things with a similar name, the nearest first.
        similar: Vec<Candidate>,
    },
    /// Several things have this name, or one has it as its name and another as its id.
    Ambiguous {
        /// What kind of thing was looked for.
        noun: Noun,
        /// The name.
        wanted: String,
        /// All that it could mean.
        candidates: Vec<Candidate>,
    },
    /// The host shows no VM and not even itself, which every user with the rights sees.
    NothingSeen,
}

impl fmt::Display for FindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // These have ids, and no names.
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

/// As many similar names stand in the text of an error.
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

/// The one snapshot of `tree` that `wanted` names, by id, by name, or by its path.
pub(super) fn find_snapshot<'t>(tree: &'t SnapshotTree, wanted: &str) -> Result<&'t Snapshot, FindError> {
    let all = tree.snapshots();
    let has_id = |snapshot: &Snapshot| {
        snapshot.id.as_str().eq_ignore_ascii_case(wanted) || snapshot.id.guid().eq_ignore_ascii_case(wanted)
    };
    let found = matching(
        places(all, has_id),
        || called(tree, wanted, Cow::Borrowed),
        // A slash stands between words to the rules of Unicode, so a path has its small letters name by name.
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
            similar: similar(wanted, all, Snapshot::element_name).into_iter().map(candidate).collect(),
        }),
        several => Err(FindError::Ambiguous {
            noun: Noun::Snapshot,
            wanted: wanted.to_owned(),
            candidates: several.iter().copied().map(candidate).collect(),
        }),
    }
}

/// Where the things are that a name means: those with the id, beside those that have it as their name; else those with
/// exactly the name; else those with the name in other case.
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

/// Where the snapshots are whose name or path is `wanted`, once `fold` has made the names comparable with it.
fn called<'t>(tree: &'t SnapshotTree, wanted: &str, fold: impl Fn(&'t str) -> Cow<'t, str>) -> Vec<usize> {
    // Where in `wanted` the path of each snapshot ends, if `wanted` begins with it: a path is compared once with all that
    // stand below it.
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
