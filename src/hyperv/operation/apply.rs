//! Applying a snapshot (`ApplySnapshot`): its plan, its call, and what proves that it was applied.
//!
//! Afterwards the snapshot is the parent of the VM's current settings. If it was so before, that proves nothing: then the job
//! does, or the change of the VM's disk files.

use super::{
    Action, ActionReading, Argument, Callee, Judged, MethodCall, Needs, Obstacle, Planned, Seen, Shown,
    SnapshotName, Unclear,
};
use crate::{
    hyperv::{
        Disk, Fingerprint, JobRecord, JobType, Snapshot, SnapshotId, SnapshotTree, UnknownSnapshot,
        VmActivity, VmRecord, VmState, VmWork,
    },
    schema::names::{APPLY_SNAPSHOT, SETTING_ID_PREFIX, SNAPSHOT},
};

/// The plan to apply a snapshot.
#[derive(Clone, Debug)]
pub struct ApplyPlan {
    tree: SnapshotTree,
    target: Snapshot,
    accepts_foreign: bool,
}

impl SnapshotTree {
    /// Plans to apply `target` to the VM; nothing is sent.
    ///
    /// # Errors
    /// If `target` is not in this tree.
    pub fn plan_apply(&self, target: &SnapshotId) -> Result<ApplyPlan, UnknownSnapshot> {
        let target = self.get(target).ok_or_else(|| UnknownSnapshot::new(target))?.clone();
        Ok(ApplyPlan { tree: self.clone(), target, accepts_foreign: false })
    }
}

impl ApplyPlan {
    /// The tree that this was planned on.
    pub fn tree(&self) -> &SnapshotTree {
        &self.tree
    }

    /// The snapshot to apply.
    pub fn target(&self) -> &Snapshot {
        &self.target
    }

    /// Also allows a snapshot that is not a user's checkpoint, such as a recovery point of a backup.
    #[must_use]
    pub fn accept_foreign(mut self) -> Self {
        self.accepts_foreign = true;
        self
    }

    /// True if the current state already descends from the target: changes since then are in no other snapshot.
    pub fn is_current(&self) -> bool {
        self.tree.current().is_some_and(|current| current.id() == self.target.id())
    }

    /// The state of the VM afterwards: saved if the snapshot holds memory, otherwise off; `None` if the host does not say.
    pub fn state_after(&self) -> Option<VmState> {
        self.target.is_saved.map(|is_saved| if is_saved { VmState::SAVED } else { VmState::OFF })
    }

    fn own_settings(&self) -> String {
        format!("{SETTING_ID_PREFIX}{}", self.tree.vm_id())
    }
}

/// What an `ApplySnapshot` does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ApplyAction {
    /// The snapshot.
    pub target: SnapshotName,
    /// All snapshots, to be kept.
    pub kept: Vec<SnapshotName>,
    /// Whether it was the parent of the current settings before.
    pub was_current: bool,
    /// The files of the VM's disks before the call; `None` if they could not be read.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub files: Option<Vec<String>>,
}

impl Planned for ApplyPlan {
    fn tree(&self) -> &SnapshotTree {
        &self.tree
    }

    fn fingerprint(&self) -> Fingerprint {
        self.tree.fingerprint().with(&["apply", &self.target.id().folded()])
    }

    fn during(&self) -> String {
        format!("applying {:?} to {:?}", self.target.element_name(), self.tree.vm_name())
    }

    fn is_certain(&self) -> bool {
        self.tree.knows_current()
    }

    /// What is lost depends on the parent of the current state.
    fn may_use_recent_tree(&self) -> bool {
        false
    }

    /// A host applies a snapshot only to a VM that is off or saved (Microsoft's own client ensures that first).
    fn obstacle(&self, state: Option<VmState>) -> Option<Obstacle> {
        if !self.accepts_foreign
            && let Some(foreign) = Obstacle::foreign(&self.target)
        {
            return Some(foreign);
        }
        match state {
            Some(state) if state != VmState::OFF && state != VmState::SAVED => {
                Some(Obstacle::State { state, wanted: "off or saved" })
            }
            _ => None,
        }
    }

    fn depends_on_state(&self) -> bool {
        true
    }

    fn state_after(&self, _: Option<VmState>) -> Option<VmState> {
        self.state_after()
    }

    fn disks_of(&self) -> Vec<String> {
        vec![self.own_settings()]
    }

    fn action(&self, disks: Option<&[Disk]>) -> Action {
        let own = self.own_settings();
        let files = disks.map(|disks| Disk::files_of(disks, &own)).filter(|files| !files.is_empty());
        Action::Apply(ApplyAction {
            target: SnapshotName::from(&self.target),
            kept: self.tree.snapshots().iter().map(SnapshotName::from).collect(),
            was_current: self.is_current(),
            files,
        })
    }
}

impl ApplyAction {
    /// Whether the VM's disk files have changed; `None` if unknown.
    fn has_new_files(&self, seen: &Seen<'_>) -> Option<bool> {
        let (before, now) = (self.files.as_ref()?, seen.files.as_ref()?);
        let is_known = |file: &&String| before.iter().any(|known| known.eq_ignore_ascii_case(file));
        let same = now.iter().filter(is_known).count();
        match (now.len(), same) {
            (0, _) => None,
            (_, 0) => Some(true),
            (all, same) if all == same && all == before.len() => Some(false),
            _ => None,
        }
    }
}

impl Judged for ApplyAction {
    fn kind(&self) -> &'static str {
        "apply"
    }

    fn target(&self) -> Option<&SnapshotName> {
        Some(&self.target)
    }

    fn call(&self) -> MethodCall {
        MethodCall {
            on: Callee::SnapshotService,
            method: APPLY_SNAPSHOT,
            parameters: vec![(SNAPSHOT, Argument::Settings(self.target.id.clone()))],
        }
    }

    fn needs(&self) -> Needs {
        Needs { disks: true, ..Needs::default() }
    }

    fn reading(&self, seen: &Seen<'_>) -> ActionReading {
        let mut reading = ActionReading::of_tree(seen, &[], &self.kept);
        let current = seen.tree.current();
        let is_under =
            current.is_some_and(|current| current.id().as_str().eq_ignore_ascii_case(&self.target.id));
        let has_new_files = self.has_new_files(seen);
        reading.shown = match (is_under, self.was_current, has_new_files) {
            (false, ..) => Shown::Nothing,
            (true, false, _) | (true, true, Some(true)) => Shown::Present,
            (true, true, Some(false)) => Shown::Nothing,
            (true, true, None) => Shown::Unclear(Unclear::AsBefore),
        };
        let place = match current {
            Some(current) => format!("the current state is based on {}", SnapshotName::from(current)),
            None => "the current state is based on no snapshot".to_owned(),
        };
        reading.shows.push(place);
        reading.shows.extend(has_new_files.map(|is_new| match is_new {
            true => "the VM's disks are other files than before the call".to_owned(),
            false => "the VM's disks are the files from before the call".to_owned(),
        }));
        reading
    }

    fn work(&self, vm: &VmRecord) -> Option<VmWork> {
        super::work(vm, VmActivity::APPLYING_SNAPSHOT)
    }

    fn may_be_job(&self, job: &JobRecord) -> bool {
        super::is_live(job, JobType::APPLY_SNAPSHOT)
    }
}
