//! Switching the merging of a VM's disks on again (`ModifyDiskMergeSettings`).
//!
//! What counts is the setting that the host shows: it is read back. The merges that were held back begin afterwards and are not
//! this operation's to wait for.

use super::{
    Action, ActionReading, Callee, Judged, MethodCall, Needs, Obstacle, Planned, Seen, Shown, SnapshotName,
    Unclear,
};
use crate::{
    cim::{EmbeddedError, EmbeddedInstance, Value},
    hyperv::{
        ChangeError, Disk, Fingerprint, JobRecord, JobType, MergeSetting, SnapshotTree, VmRecord, VmState,
        VmWork,
    },
    schema::{
        names::{DISK_MERGE, MODIFY_DISK_MERGE, SETTING_DATA_TEXT},
        values::merge_state,
    },
};

/// The plan to switch merging on.
#[derive(Clone, Debug)]
pub struct EnableMergingPlan {
    tree: SnapshotTree,
    setting: MergeSetting,
}

impl SnapshotTree {
    /// Plans to let the VM's disks merge again; nothing is sent.
    ///
    /// # Errors
    /// If they may merge already.
    pub fn plan_enable_merging(&self, setting: &MergeSetting) -> Result<EnableMergingPlan, ChangeError> {
        match setting.is_enabled {
            Some(true) => Err(ChangeError::Nothing),
            _ => Ok(EnableMergingPlan { tree: self.clone(), setting: setting.clone() }),
        }
    }
}

impl EnableMergingPlan {
    /// The tree that this was planned on.
    pub fn tree(&self) -> &SnapshotTree {
        &self.tree
    }

    /// The setting as it was.
    pub fn setting(&self) -> &MergeSetting {
        &self.setting
    }
}

/// What a `ModifyDiskMergeSettings` is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct EnableMergingAction {
    /// `InstanceID` of the setting.
    pub setting: String,
}

impl Planned for EnableMergingPlan {
    fn tree(&self) -> &SnapshotTree {
        &self.tree
    }

    fn fingerprint(&self) -> Fingerprint {
        self.tree.fingerprint().with(&["enable_merging", &self.setting.id.to_ascii_lowercase()])
    }

    fn during(&self) -> String {
        format!("switching on the merging of the disks of {:?}", self.tree.vm_name())
    }

    /// Snapshots that come and go change nothing of it.
    fn depends_on_tree(&self) -> bool {
        false
    }

    fn obstacle(&self, _: Option<VmState>) -> Option<Obstacle> {
        None
    }

    fn action(&self, _: Option<&[Disk]>) -> Action {
        Action::EnableMerging(EnableMergingAction { setting: self.setting.id.clone() })
    }
}

impl EnableMergingAction {
    fn text(&self) -> Result<String, EmbeddedError> {
        let class = DISK_MERGE.parse().map_err(EmbeddedError::Name)?;
        let setting = EmbeddedInstance::new(class).with("InstanceID", self.setting.as_str())?;
        Ok(setting.with("EnabledState", merge_state::ENABLED)?.to_string())
    }
}

impl Judged for EnableMergingAction {
    fn kind(&self) -> &'static str {
        "enable_merging"
    }

    fn target(&self) -> Option<&SnapshotName> {
        None
    }

    fn call(&self) -> MethodCall {
        MethodCall {
            on: Callee::ManagementService,
            method: MODIFY_DISK_MERGE,
            // The names are constants and the values a text and a number, so there is always a text.
            parameters: vec![(SETTING_DATA_TEXT, Value::String(self.text().unwrap_or_default()).into())],
        }
    }

    fn needs(&self) -> Needs {
        Needs { no_tree: true, merging: true, ..Needs::default() }
    }

    /// A host may refuse what is so already.
    fn counts_by_goal(&self) -> bool {
        true
    }

    fn reading(&self, seen: &Seen<'_>) -> ActionReading {
        let mut reading = ActionReading::of_state();
        reading.shown = match seen.merging {
            Some(true) => Shown::Present,
            Some(false) => Shown::Nothing,
            None => Shown::Unclear(Unclear::AsBefore),
        };
        let shows = seen.merging.map(|is_on| if is_on { "on" } else { "off" });
        reading.shows.extend(shows.map(|state| format!("the merging of its disks is switched {state}")));
        reading
    }

    fn work(&self, vm: &VmRecord) -> Option<VmWork> {
        vm.activity().filter(|activity| !activity.is_known()).map(VmWork::Activity)
    }

    fn may_be_job(&self, job: &JobRecord) -> bool {
        super::is_live(job, JobType::MODIFY_VM)
    }
}
