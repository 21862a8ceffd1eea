//! The destroy of a snapshot, or of a snapshot with all under it.

use super::{
    Action, ActionReading, Argument, Callee, Judged, MethodCall, Obstacle, Planned, Seen, SnapshotName,
};
use crate::{
    hyperv::{
        DestroyPlan, DestroyScope, Disk, Fingerprint, JobRecord, JobType, MergeExpectation, MergeScope,
        MergingDisks, SnapshotTree, VmActivity, VmRecord, VmState, VmWork,
    },
    schema::names::{AFFECTED_SNAPSHOT, DESTROY_SNAPSHOT, DESTROY_SNAPSHOT_TREE, SNAPSHOT_SETTING_DATA},
};

/// What a destroy does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DestroyAction {
    /// How much is destroyed.
    #[cfg_attr(feature = "serde", serde(with = "crate::keyed"))]
    pub scope: DestroyScope,
    /// All snapshots to be destroyed, first the one that the call names.
    pub destroyed: Vec<SnapshotName>,
    /// All snapshots to be kept.
    pub kept: Vec<SnapshotName>,
    /// Whether a merge of disks is expected; unknown in a record of an earlier version.
    #[cfg_attr(feature = "serde", serde(default = "unknown", with = "crate::keyed"))]
    pub merge: MergeExpectation,
    /// The disks to be merged, as they were before the call; `None` if they could not be read.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub merging: Option<MergingDisks>,
}

#[cfg(feature = "serde")]
fn unknown() -> MergeExpectation {
    MergeExpectation::Unknown
}

impl Planned for DestroyPlan {
    fn tree(&self) -> &SnapshotTree {
        self.tree()
    }

    fn fingerprint(&self) -> Fingerprint {
        self.fingerprint()
    }

    fn during(&self) -> String {
        format!("destroying {:?} of {:?}", self.target().element_name(), self.vm_name())
    }

    fn is_certain(&self) -> bool {
        self.is_certain()
    }

    /// A single destroy removes the named snapshot and no other, however the tree has changed.
    fn may_use_recent_tree(&self) -> bool {
        self.scope() == DestroyScope::Single
    }

    fn obstacle(&self, _: Option<VmState>) -> Option<Obstacle> {
        if self.accepts_foreign() { None } else { self.destroyed().iter().find_map(Obstacle::foreign) }
    }

    fn disks_of(&self) -> Vec<String> {
        MergeScope::of(self).map(|scope| scope.settings().map(str::to_owned).collect()).unwrap_or_default()
    }

    fn action(&self, disks: Option<&[Disk]>) -> Action {
        let scope = MergeScope::of(self);
        Action::Destroy(DestroyAction {
            scope: self.scope(),
            destroyed: self.destroyed().iter().map(SnapshotName::from).collect(),
            kept: self.kept().map(SnapshotName::from).collect(),
            merge: self.merge_expectation(),
            merging: scope.zip(disks).and_then(|(scope, disks)| scope.before(disks)),
        })
    }
}

impl Judged for DestroyAction {
    fn kind(&self) -> &'static str {
        "destroy"
    }

    fn target(&self) -> Option<&SnapshotName> {
        self.destroyed.first()
    }

    #[cfg(feature = "journal")]
    fn check(&self) -> Result<(), String> {
        if self.destroyed.is_empty() { Err("it destroys nothing".to_owned()) } else { Ok(()) }
    }

    fn call(&self) -> MethodCall {
        let (method, parameter) = match self.scope {
            DestroyScope::Single => (DESTROY_SNAPSHOT, AFFECTED_SNAPSHOT),
            DestroyScope::Tree => (DESTROY_SNAPSHOT_TREE, SNAPSHOT_SETTING_DATA),
        };
        let target = self.target().map(|target| target.id.clone()).unwrap_or_default();
        MethodCall {
            on: Callee::SnapshotService,
            method,
            parameters: vec![(parameter, Argument::Settings(target))],
        }
    }

    fn reading(&self, seen: &Seen<'_>) -> ActionReading {
        ActionReading::of_tree(seen, &self.destroyed, &self.kept)
    }

    fn to_do(&self) -> &[SnapshotName] {
        &self.destroyed
    }

    fn work(&self, vm: &VmRecord) -> Option<VmWork> {
        super::work(vm, VmActivity::DELETING_SNAPSHOT)
    }

    fn may_be_job(&self, job: &JobRecord) -> bool {
        super::is_live(job, JobType::DELETE_SNAPSHOT)
    }

    fn merging(&self) -> Option<&MergingDisks> {
        self.merging.as_ref()
    }

    fn expects_no_merge(&self) -> bool {
        matches!(self.merge, MergeExpectation::None | MergeExpectation::Deferred)
    }
}
