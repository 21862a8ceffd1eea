//! The destroy of a snapshot, or of a snapshot with all under it.

use std::collections::HashSet;

use super::{Gap, SnapshotName, TreeReading};
use crate::{
    cim::Value,
    hyperv::{
        DestroyPlan, DestroyScope, Fingerprint, JobRecord, MergeExpectation, MergingDisks, MethodCall,
        Parent, Snapshot, SnapshotTree, VmActivity,
    },
    schema::names::{AFFECTED_SNAPSHOT, DESTROY_SNAPSHOT, DESTROY_SNAPSHOT_TREE, SNAPSHOT_SETTING_DATA},
    wsman::EndpointReference,
};

/// What a destroy is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DestroyAction {
    /// How much is taken.
    pub scope: DestroyScope,
    /// All that is to be gone, the snapshot that the call names first.
    pub destroyed: Vec<SnapshotName>,
    /// All that is to stay.
    pub kept: Vec<SnapshotName>,
    /// Whether disks are to be merged afterwards.
    pub merge: MergeExpectation,
    /// The disks that are to be merged, as they were before the call; `None` if they could not be read.
    pub merging: Option<MergingDisks>,
}

impl DestroyAction {
    pub(super) const KIND: &str = "destroy";

    /// By the plan, with the disks that will be merged.
    pub(crate) fn of(plan: &DestroyPlan, merging: Option<MergingDisks>) -> Self {
        Self {
            scope: plan.scope(),
            destroyed: plan.destroyed().iter().map(SnapshotName::from).collect(),
            kept: plan.kept().map(SnapshotName::from).collect(),
            merge: plan.merge_expectation(),
            merging,
        }
    }

    /// The method of the snapshot service that takes as much as `scope` says, and its parameter.
    fn method_of(scope: DestroyScope) -> (&'static str, &'static str) {
        match scope {
            DestroyScope::Single => (DESTROY_SNAPSHOT, AFFECTED_SNAPSHOT),
            DestroyScope::Tree => (DESTROY_SNAPSHOT_TREE, SNAPSHOT_SETTING_DATA),
        }
    }

    /// The name of the method.
    pub(crate) fn method(scope: DestroyScope) -> &'static str {
        Self::method_of(scope).0
    }

    /// The call.
    pub(crate) fn call(scope: DestroyScope, snapshot: EndpointReference) -> MethodCall {
        let (method, parameter) = Self::method_of(scope);
        MethodCall { method, parameters: vec![(parameter, Value::Reference(snapshot))] }
    }

    pub(super) fn expects_no_merge(&self) -> bool {
        matches!(self.merge, MergeExpectation::None | MergeExpectation::Deferred)
    }

    /// Deleting, or something that this version does not know.
    pub(super) fn may_be(activity: VmActivity) -> bool {
        activity == VmActivity::DELETING_SNAPSHOT || !activity.is_known()
    }

    /// A job that has not ended and deletes a snapshot, or does not say what it does.
    pub(super) fn may_be_job(job: &JobRecord) -> bool {
        !job.has_ended() && (job.deletes_snapshot() || job.job_type.is_none())
    }

    /// What a tree shows of it.
    pub(super) fn reading(&self, tree: &SnapshotTree, planned_on: Fingerprint) -> TreeReading {
        let fold = |id: &str| id.to_ascii_lowercase();
        let there: HashSet<String> = tree.snapshots().iter().map(|snapshot| snapshot.id().folded()).collect();
        let known: HashSet<String> =
            self.destroyed.iter().chain(&self.kept).map(|name| fold(&name.id)).collect();
        let (remaining, gone): (Vec<_>, Vec<_>) =
            self.destroyed.iter().cloned().partition(|name| there.contains(&fold(&name.id)));
        let is_missing = |name: &&SnapshotName| !there.contains(&fold(&name.id));
        let is_new = |snapshot: &&Snapshot| !known.contains(&snapshot.id().folded());
        let disguised = self.destroyed.iter().find(|name| tree.shows_otherwise(&name.id));
        let unexpected: Vec<_> = self.kept.iter().filter(is_missing).cloned().collect();
        let gap = match tree.current_id() {
            _ if !tree.knows_current() => Some(Gap::OwnSettings),
            Some(id) if !there.contains(&id.folded()) => Some(Gap::Parent(id.to_string())),
            _ => match disguised {
                Some(name) => Some(Gap::Disguised(name.id.clone())),
                None if !self.kept.is_empty() && unexpected.len() == self.kept.len() => {
                    Some(Gap::NothingKept)
                }
                None => None,
            },
        };
        let is_orphan = |snapshot: &Snapshot| match &snapshot.parent {
            Parent::Of(id) => !there.contains(&id.folded()),
            _ => false,
        };
        TreeReading {
            gone,
            remaining,
            unexpected,
            appeared: tree.snapshots().iter().filter(is_new).map(SnapshotName::from).collect(),
            is_as_planned: tree.fingerprint() == planned_on,
            gap,
            has_orphans: tree.snapshots().iter().any(is_orphan),
        }
    }
}
