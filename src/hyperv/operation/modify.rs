//! Changing settings (`ModifySystemSettings`): the name and notes of a snapshot, and the type of snapshots that a VM takes.
//!
//! The call carries a minimal instance: the key and the changed properties. Notes are sent as one element with joined lines:
//! of several elements a host keeps only the first, without an error.

use super::{
    Action, ActionReading, Callee, Judged, MethodCall, Obstacle, Planned, Seen, Shown, SnapshotName,
};
use crate::{
    cim::{EmbeddedError, EmbeddedInstance, Value},
    hyperv::{
        CheckpointType, Disk, Fingerprint, JobRecord, JobType, SnapshotId, SnapshotTree, UnknownSnapshot,
        VmRecord, VmState, VmWork,
    },
    schema::names::{MODIFY_SYSTEM_SETTINGS, SETTING_DATA, SETTING_ID_PREFIX, SYSTEM_SETTINGS},
};

/// The changes; a property that is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Change {
    /// `ElementName`.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub name: Option<String>,
    /// `Notes`, with line feeds between the lines; empty to clear them.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub notes: Option<String>,
    /// `UserSnapshotType`, of a VM's own settings.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub checkpoints: Option<CheckpointType>,
}

impl Change {
    /// Sets the name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the notes.
    #[must_use]
    pub fn notes(mut self, notes: impl Into<String>) -> Self {
        self.notes = Some(notes.into());
        self
    }
}

/// Why a change cannot be planned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeError {
    /// The snapshot is not in the tree.
    #[error(transparent)]
    Unknown(#[from] UnknownSnapshot),
    /// A name that is empty or blank.
    #[error("the name is empty")]
    NoName,
    /// A text with a control character, which a host removes or refuses.
    #[error("{0} contains the control character U+{1:04X}")]
    ControlCharacter(&'static str, u32),
    /// Everything already has the requested value.
    #[error("nothing to change")]
    Nothing,
}

/// The plan to change the settings of a snapshot, or of a VM.
#[derive(Clone, Debug)]
pub struct ModifyPlan {
    tree: SnapshotTree,
    target: SnapshotName,
    change: Change,
    foreign: Option<Obstacle>,
}

impl SnapshotTree {
    /// Plans to change the name or notes of `target`; nothing is sent.
    ///
    /// # Errors
    /// If `target` is not in this tree, if a text is not valid, or if nothing would change.
    pub fn plan_modify(&self, target: &SnapshotId, change: Change) -> Result<ModifyPlan, ChangeError> {
        let snapshot = self.get(target).ok_or_else(|| UnknownSnapshot::new(target))?;
        if change.name.as_ref().is_some_and(|name| name.trim().is_empty()) {
            return Err(ChangeError::NoName);
        }
        let control = |what, text: &Option<String>, allowed: &[char]| {
            let found =
                text.iter().flat_map(|text| text.chars()).find(|c| c.is_control() && !allowed.contains(c));
            found.map_or(Ok(()), |c| Err(ChangeError::ControlCharacter(what, u32::from(c))))
        };
        control("the name", &change.name, &[])?;
        control("the notes", &change.notes, &['\n', '\r', '\t'])?;
        let is_name = change.name.as_ref().is_none_or(|name| name == snapshot.element_name());
        let is_notes = change.notes.as_ref().is_none_or(|notes| same_notes(notes, &snapshot.notes));
        if is_name && is_notes {
            return Err(ChangeError::Nothing);
        }
        let (target, foreign) = (SnapshotName::from(snapshot), Obstacle::foreign(snapshot));
        Ok(ModifyPlan { tree: self.clone(), target, change, foreign })
    }

    /// Plans to change the type of the VM's snapshots; nothing is sent.
    ///
    /// # Errors
    /// If the VM has that type already.
    pub fn plan_checkpoint_type(&self, checkpoints: CheckpointType) -> Result<ModifyPlan, ChangeError> {
        if self.checkpoint_type() == Some(checkpoints) {
            return Err(ChangeError::Nothing);
        }
        let id = format!("{SETTING_ID_PREFIX}{}", self.vm_id());
        let target = SnapshotName { id, name: self.vm_name().to_owned() };
        let change = Change { checkpoints: Some(checkpoints), ..Change::default() };
        Ok(ModifyPlan { tree: self.clone(), target, change, foreign: None })
    }
}

impl ModifyPlan {
    /// The tree that this was planned on.
    pub fn tree(&self) -> &SnapshotTree {
        &self.tree
    }

    /// The owner of the settings: a snapshot, or the VM itself.
    pub fn target(&self) -> &SnapshotName {
        &self.target
    }

    /// What changes.
    pub fn change(&self) -> &Change {
        &self.change
    }

    /// Also allows a snapshot that is not a user's checkpoint, such as a recovery point of a backup.
    #[must_use]
    pub fn accept_foreign(mut self) -> Self {
        self.foreign = None;
        self
    }
}

/// What a `ModifySystemSettings` does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ModifyAction {
    /// The owner of the settings: a snapshot, or the VM itself.
    pub target: SnapshotName,
    /// The changes.
    pub change: Change,
    /// All snapshots, to be kept.
    pub kept: Vec<SnapshotName>,
}

impl Planned for ModifyPlan {
    fn tree(&self) -> &SnapshotTree {
        &self.tree
    }

    fn fingerprint(&self) -> Fingerprint {
        let Change { name, notes, checkpoints } = &self.change;
        let text = |text: &Option<String>| text.as_ref().map(|text| format!("={text}")).unwrap_or_default();
        let checkpoints = checkpoints.map(|checkpoints| checkpoints.0.to_string()).unwrap_or_default();
        let fields =
            ["modify", &self.target.id.to_ascii_lowercase(), &text(name), &text(notes), &checkpoints];
        self.tree.fingerprint().with(&fields)
    }

    fn during(&self) -> String {
        let (target, vm) = (&self.target.name, self.tree.vm_name());
        match &self.change {
            Change { checkpoints: Some(_), .. } => format!("changing the type of checkpoints of {vm:?}"),
            Change { name: Some(name), .. } => format!("renaming {target:?} of {vm:?} to {name:?}"),
            _ => format!("changing the notes of {target:?} of {vm:?}"),
        }
    }

    /// The type of a VM's snapshots does not depend on those that exist.
    fn depends_on_tree(&self) -> bool {
        self.change.checkpoints.is_none()
    }

    fn obstacle(&self, _: Option<VmState>) -> Option<Obstacle> {
        self.foreign.clone()
    }

    fn action(&self, _: Option<&[Disk]>) -> Action {
        Action::Modify(ModifyAction {
            target: self.target.clone(),
            change: self.change.clone(),
            kept: self.tree.snapshots().iter().map(SnapshotName::from).collect(),
        })
    }
}

impl ModifyAction {
    fn settings(&self) -> Result<String, EmbeddedError> {
        let Change { name, notes, checkpoints } = &self.change;
        let class = SETTING_DATA.parse().map_err(EmbeddedError::Name)?;
        let mut settings = EmbeddedInstance::new(class).with("InstanceID", self.target.id.as_str())?;
        if let Some(name) = name {
            settings = settings.with("ElementName", name.as_str())?;
        }
        if let Some(notes) = notes {
            settings = settings.with("Notes", Value::Array(vec![Value::String(notes.clone())]))?;
        }
        if let Some(checkpoints) = checkpoints {
            settings = settings.with("UserSnapshotType", checkpoints.0)?;
        }
        Ok(settings.to_string())
    }
}

impl Judged for ModifyAction {
    fn kind(&self) -> &'static str {
        "modify"
    }

    fn target(&self) -> Option<&SnapshotName> {
        Some(&self.target)
    }

    fn call(&self) -> MethodCall {
        MethodCall {
            on: Callee::ManagementService,
            method: MODIFY_SYSTEM_SETTINGS,
            // The names are constants and the values texts and numbers, so there is always a text.
            parameters: vec![(SYSTEM_SETTINGS, Value::String(self.settings().unwrap_or_default()).into())],
        }
    }

    fn reading(&self, seen: &Seen<'_>) -> ActionReading {
        let mut reading = ActionReading::of_tree(seen, &[], &self.kept);
        let snapshot = seen.tree.get(&SnapshotId::new(self.target.id.as_str()));
        let Change { name, notes, checkpoints } = &self.change;
        let mut shown = Vec::new();
        if let (Some(name), Some(snapshot)) = (name, snapshot) {
            reading.shows.push(format!("its name is {:?}", snapshot.element_name()));
            shown.push(name == snapshot.element_name());
        }
        if let (Some(notes), Some(snapshot)) = (notes, snapshot) {
            let is_wanted = same_notes(notes, &snapshot.notes);
            reading.shows.push(
                if is_wanted { "its notes are the new ones" } else { "its notes are others" }.to_owned(),
            );
            shown.push(is_wanted);
        }
        if let Some(checkpoints) = checkpoints {
            let now = seen.tree.checkpoint_type();
            reading.shows.extend(now.map(|now| format!("the VM's type of checkpoints is {now}")));
            shown.push(now == Some(*checkpoints));
        }
        reading.shown = match (shown.iter().any(|shown| *shown), shown.iter().all(|shown| *shown)) {
            (true, true) => Shown::Present,
            (true, false) => Shown::Part,
            (false, _) => Shown::Nothing,
        };
        reading
    }

    fn work(&self, vm: &VmRecord) -> Option<VmWork> {
        vm.activity().filter(|activity| !activity.is_known()).map(VmWork::Activity)
    }

    fn may_be_job(&self, job: &JobRecord) -> bool {
        super::is_live(job, JobType::MODIFY_VM)
    }
}

/// Whether the notes that a host shows equal these: for none it may send null, nothing or an empty text.
fn same_notes(wanted: &str, shown: &[String]) -> bool {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    lines(wanted.trim_end()) == lines(shown.join("\n").trim_end())
}
