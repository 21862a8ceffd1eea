//! `Msvm_DiskMergeSettingData`: whether the disks of a VM may merge, one instance per VM.
//!
//! The documented `InstanceID` is `Microsoft:GUID\DeviceSpecificData` with two placeholders; here the GUID is that of the VM and
//! the second part is literal. No association to this class is known. No method changes it here.

use crate::{
    schema::{names, values::merge_state},
    sim::{
        instance::Instance,
        model::{Host, Vm},
    },
};

pub(super) fn all(host: &Host) -> Option<Vec<Instance>> {
    host.vms.iter().map(setting).collect()
}

fn setting(vm: &Vm) -> Option<Instance> {
    let state = if vm.merging { merge_state::ENABLED } else { merge_state::DISABLED };
    Some(
        Instance::of(names::DISK_MERGE)?
            .with("Caption", "Disk Merge Setting Data")
            .with("Description", "Microsoft Disk Merge Setting Data")
            .with("ElementName", "Disk Merge Setting Data")
            .with("EnabledState", state)
            .with("InstanceID", format!("{}{}\\DeviceSpecificData", names::SETTING_ID_PREFIX, vm.id)),
    )
}
