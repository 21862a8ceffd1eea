//! Operations as values: what one is to do, its call, and what a reading of the tree shows of it.
//!
//! An [`Action`] is what the journal stores before the call leaves, so that the same judgement is made now, after an interruption,
//! and by another process later. One module for each kind; the engine (`host/operation`) runs them all.

mod destroy;
mod reading;

use std::fmt;

pub use destroy::DestroyAction;
pub(crate) use reading::{Gap, TreeReading};

use crate::{
    hyperv::{Fingerprint, JobRecord, MergingDisks, Snapshot, SnapshotTree, VmActivity},
    violation::cut,
};

/// A snapshot by id and name, as it was when the plan was made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SnapshotName {
    /// `InstanceID`.
    pub id: String,
    /// `ElementName`.
    pub name: String,
}

impl From<&Snapshot> for SnapshotName {
    /// The name is for people alone, and cut where it is long: a record must not grow until it cannot be written.
    fn from(snapshot: &Snapshot) -> Self {
        Self { id: snapshot.id().to_string(), name: cut(snapshot.element_name()).into_owned() }
    }
}

impl fmt::Display for SnapshotName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} ({})", self.name, self.id)
    }
}

/// What an operation is to do to the snapshots of a VM.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// `DestroySnapshot` or `DestroySnapshotTree`.
    Destroy(DestroyAction),
}

impl Action {
    /// The kind, for programs: `destroy`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Destroy(_) => DestroyAction::KIND,
        }
    }

    /// The snapshot that the call names.
    pub fn target(&self) -> Option<&SnapshotName> {
        match self {
            Self::Destroy(action) => action.destroyed.first(),
        }
    }

    /// The destroy, if it is one.
    pub fn as_destroy(&self) -> Option<&DestroyAction> {
        match self {
            Self::Destroy(action) => Some(action),
        }
    }

    /// What is there to be done while nothing is done: the snapshots that are to go.
    pub(crate) fn to_do(&self) -> &[SnapshotName] {
        match self {
            Self::Destroy(action) => &action.destroyed,
        }
    }

    /// What a reading of the tree shows of it; `planned_on` is the tree that the plan was made on.
    pub(crate) fn reading(&self, tree: &SnapshotTree, planned_on: Fingerprint) -> TreeReading {
        match self {
            Self::Destroy(action) => action.reading(tree, planned_on),
        }
    }

    /// True if what the VM is busy with may be this operation.
    pub(crate) fn may_be(&self, activity: VmActivity) -> bool {
        match self {
            Self::Destroy(_) => DestroyAction::may_be(activity),
        }
    }

    /// True if a job may be this operation's, and has not ended.
    pub(crate) fn may_be_job(&self, job: &JobRecord) -> bool {
        match self {
            Self::Destroy(_) => DestroyAction::may_be_job(job),
        }
    }

    /// The disks that are to be merged afterwards, as they were before the call.
    pub(crate) fn merging(&self) -> Option<&MergingDisks> {
        match self {
            Self::Destroy(action) => action.merging.as_ref(),
        }
    }

    /// True if no disk is to be merged while things are as they were planned on.
    pub(crate) fn expects_no_merge(&self) -> bool {
        match self {
            Self::Destroy(action) => action.expects_no_merge(),
        }
    }
}
