//! From what a person writes to one snapshot, or to a refusal that lists the candidates.
//!
//! It never picks one of several. A name for people may hold slashes (Windows' default names hold a date), so a path is
//! compared as a whole and never taken apart.

use std::fmt;

use crate::hyperv::{Snapshot, SnapshotTree};

/// One of the things that a name could mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its name or path, for people.
    pub name: String,
    /// Its id, which names it alone.
    pub id: String,
}

/// A name that does not name exactly one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FindError {
    /// Nothing has this name; what there is, is listed.
    NotFound {
        /// What was looked for.
        wanted: String,
        /// What there is.
        known: Vec<Candidate>,
    },
    /// Several things have this name.
    Ambiguous {
        /// What was looked for.
        wanted: String,
        /// All that it could mean.
        candidates: Vec<Candidate>,
    },
}

impl fmt::Display for FindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { wanted, .. } => write!(f, "nothing is called {wanted:?}"),
            Self::Ambiguous { wanted, candidates } => {
                write!(f, "{} things are called {wanted:?}", candidates.len())
            }
        }
    }
}

impl std::error::Error for FindError {}

pub(super) fn find<'t>(tree: &'t SnapshotTree, wanted: &str) -> Result<&'t Snapshot, FindError> {
    let all = || tree.snapshots().iter();
    let by_id = |snapshot: &&Snapshot| {
        snapshot.id.as_str().eq_ignore_ascii_case(wanted) || snapshot.id.guid().eq_ignore_ascii_case(wanted)
    };
    if let Some(snapshot) = all().find(by_id) {
        return Ok(snapshot);
    }
    let exact: Vec<&Snapshot> =
        all().filter(|snapshot| snapshot.element_name == wanted || tree.path(snapshot) == wanted).collect();
    let matches = if exact.is_empty() {
        let folded = wanted.to_lowercase();
        all()
            .filter(|snapshot| {
                snapshot.element_name.to_lowercase() == folded || tree.path(snapshot).to_lowercase() == folded
            })
            .collect()
    } else {
        exact
    };
    let candidates = |snapshots: &[&Snapshot]| {
        let candidate =
            |snapshot: &&Snapshot| Candidate { name: tree.path(snapshot), id: snapshot.id.to_string() };
        snapshots.iter().map(candidate).collect::<Vec<_>>()
    };
    match matches.as_slice() {
        [snapshot] => Ok(snapshot),
        [] => Err(FindError::NotFound {
            wanted: wanted.to_owned(),
            known: candidates(&all().collect::<Vec<_>>()),
        }),
        several => Err(FindError::Ambiguous { wanted: wanted.to_owned(), candidates: candidates(several) }),
    }
}
