//! `Msvm_DiskMergeSettingData`: whether the disks of a VM may merge, one instance per VM.
//!
//! The documented `InstanceID` is `Microsoft:GUID\DeviceSpecificData` with two placeholders; here the GUID is that of the VM and
//! the second part is literal. No association to this class is known.

use super::{View, settings};
use crate::{
    schema::{names, values::merge_state},
    sim::{instance::Instance, model::Vm},
};

/// The second part of `InstanceID`.
const PART: &str = "DeviceSpecificData";

pub(super) fn all(view: &View<'_>) -> Option<Vec<Instance>> {
    view.vms().map(setting).collect()
}

/// The GUID of the VM in an `InstanceID` of this class.
pub(crate) fn vm_of(instance_id: &str) -> Option<&str> {
    let (vm, rest) = settings::guid(instance_id)?.split_once('\\')?;
    rest.eq_ignore_ascii_case(PART).then_some(vm)
}

fn setting(vm: &Vm) -> Option<Instance> {
    let state = if vm.merging { merge_state::ENABLED } else { merge_state::DISABLED };
    Some(
        Instance::of(names::DISK_MERGE)?
            .with("Caption", "Disk Merge Setting Data")
            .with("Description", "Microsoft Disk Merge Setting Data")
            .with("ElementName", "Disk Merge Setting Data")
            .with("EnabledState", state)
            .with("InstanceID", format!("{}{}\\{PART}", names::SETTING_ID_PREFIX, vm.id)),
    )
}
