//! Whether the disks of a VM may merge: `Msvm_DiskMergeSettingData`, one instance for each VM. Pure.

use crate::{
    cim::Instance,
    limits::Held,
    schema::{names::SETTING_ID_PREFIX, values::merge_state},
    violation::{ProtocolError, Violation},
};

/// The switch that keeps the disks of a VM from merging.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MergeSetting {
    /// `InstanceID`: `Microsoft:`, the VM's GUID, and more behind a backslash.
    pub id: String,
    /// `EnabledState`: false if merging is switched off for now; `None` if that cannot be read.
    pub is_enabled: Option<bool>,
}

impl MergeSetting {
    /// Reads an instance.
    ///
    /// # Errors
    /// If `InstanceID` is missing or unreadable.
    pub(crate) fn from_instance(instance: &Instance<'_>) -> Result<Self, ProtocolError> {
        let bad = |detail: String| ProtocolError::new(Violation::BadProperty, detail);
        let id = instance.read::<String>("InstanceID").map_err(|error| bad(error.to_string()))?;
        let id = id.ok_or_else(|| bad(format!("{}.InstanceID is missing", instance.class())))?;
        let state = instance.read::<u32>("EnabledState").ok().flatten();
        Ok(Self { id, is_enabled: state.map(|state| state != merge_state::DISABLED) })
    }

    /// True if it is that of this VM.
    pub(crate) fn is_of(&self, vm_id: &str) -> bool {
        self.vm_id().eq_ignore_ascii_case(vm_id)
    }

    /// The GUID of the VM; empty if the setting names none.
    pub(crate) fn vm_id(&self) -> &str {
        let rest = self.id.get(SETTING_ID_PREFIX.len()..).unwrap_or_default();
        rest.split('\\').next().unwrap_or_default()
    }
}

impl Held for MergeSetting {
    fn held(&self) -> usize {
        let Self { id, is_enabled: _ } = self;
        id.len()
    }
}
