//! Removing the saved memory of a snapshot (`ClearSnapshotState`).

use super::{
    Action, ActionReading, Argument, Callee, Judged, MethodCall, Obstacle, Planned, Seen, Shown,
    SnapshotName, Unclear,
};
use crate::{
    hyperv::{
        Disk, Fingerprint, JobRecord, JobType, Snapshot, SnapshotId, SnapshotTree, UnknownSnapshot, VmRecord,
        VmState, VmWork,
    },
    schema::names::{CLEAR_SNAPSHOT_STATE, SNAPSHOT_SETTING_DATA},
};

/// The plan to remove the saved memory of a snapshot.
#[derive(Clone, Debug)]
pub struct ClearPlan {
    tree: SnapshotTree,
    target: Snapshot,
    accepts_foreign: bool,
}

impl SnapshotTree {
    /// Plans to remove the memory that `target` holds; nothing is sent.
    ///
    /// # Errors
    /// If `target` is not in this tree.
    pub fn plan_clear(&self, target: &SnapshotId) -> Result<ClearPlan, UnknownSnapshot> {
        let target = self.get(target).ok_or_else(|| UnknownSnapshot::new(target))?.clone();
        Ok(ClearPlan { tree: self.clone(), target, accepts_foreign: false })
    }
}

impl ClearPlan {
    /// The tree that this was planned on.
    pub fn tree(&self) -> &SnapshotTree {
        &self.tree
    }

    /// The snapshot.
    pub fn target(&self) -> &Snapshot {
        &self.target
    }

    /// Also allows a snapshot that is not a user's checkpoint, such as a recovery point of a backup.
    #[must_use]
    pub fn accept_foreign(mut self) -> Self {
        self.accepts_foreign = true;
        self
    }
}

/// What a `ClearSnapshotState` does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ClearAction {
    /// The snapshot.
    pub target: SnapshotName,
    /// All snapshots, to be kept.
    pub kept: Vec<SnapshotName>,
}

impl Planned for ClearPlan {
    fn tree(&self) -> &SnapshotTree {
        &self.tree
    }

    fn fingerprint(&self) -> Fingerprint {
        self.tree.fingerprint().with(&["clear", &self.target.id().folded()])
    }

    fn during(&self) -> String {
        format!("clearing the saved state of {:?} of {:?}", self.target.element_name(), self.tree.vm_name())
    }

    fn obstacle(&self, _: Option<VmState>) -> Option<Obstacle> {
        let foreign = Obstacle::foreign(&self.target).filter(|_| !self.accepts_foreign);
        foreign.or_else(|| (self.target.is_saved == Some(false)).then_some(Obstacle::NoSavedState))
    }

    fn action(&self, _: Option<&[Disk]>) -> Action {
        Action::Clear(ClearAction {
            target: SnapshotName::from(&self.target),
            kept: self.tree.snapshots().iter().map(SnapshotName::from).collect(),
        })
    }
}

impl Judged for ClearAction {
    fn kind(&self) -> &'static str {
        "clear"
    }

    fn target(&self) -> Option<&SnapshotName> {
        Some(&self.target)
    }

    fn call(&self) -> MethodCall {
        MethodCall {
            on: Callee::SnapshotService,
            method: CLEAR_SNAPSHOT_STATE,
            parameters: vec![(SNAPSHOT_SETTING_DATA, Argument::Settings(self.target.id.clone()))],
        }
    }

    fn reading(&self, seen: &Seen<'_>) -> ActionReading {
        let mut reading = ActionReading::of_tree(seen, &[], &self.kept);
        let snapshot = seen.tree.get(&SnapshotId::new(self.target.id.as_str()));
        reading.shown = match snapshot.map(|snapshot| snapshot.is_saved) {
            Some(Some(false)) => Shown::Present,
            Some(None) => Shown::Unclear(Unclear::AsBefore),
            _ => Shown::Nothing,
        };
        reading.shows.extend(snapshot.and_then(|snapshot| snapshot.is_saved).map(
            |is_saved| match is_saved {
                true => "it holds a saved state".to_owned(),
                false => "it holds no saved state".to_owned(),
            },
        ));
        reading
    }

    fn work(&self, vm: &VmRecord) -> Option<VmWork> {
        vm.activity().filter(|activity| !activity.is_known()).map(VmWork::Activity)
    }

    fn may_be_job(&self, job: &JobRecord) -> bool {
        super::is_live(job, JobType::CLEAR_SNAPSHOT_STATE)
    }
}
