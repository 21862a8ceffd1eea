//! `Msvm_VirtualSystemManagementService`: whether the disks of a VM may merge.

use super::{Call, Output, call::UNKNOWN, settings_text};
use crate::{
    codes::method as returned,
    schema::{names, values::merge_state},
    sim::{endpoint::Failed, instances::merge_setting_vm, model::Host},
};

/// `ModifyDiskMergeSettings`: at once, without a job.
pub(super) fn modify(host: &mut Host, call: &Call<'_>) -> Result<Output, Failed> {
    let text = call.text(names::SETTING_DATA_TEXT);
    let changed = settings_text::read(text, names::DISK_MERGE).and_then(|properties| {
        let value = |name: &str| {
            let found = properties.iter().find(|(property, _)| property.name == name);
            found.and_then(|(_, values)| values.first()).ok_or(UNKNOWN)
        };
        let vm = merge_setting_vm(value("InstanceID")?).ok_or(UNKNOWN)?;
        let on = match value("EnabledState")?.parse() {
            Ok(merge_state::ENABLED) => true,
            Ok(merge_state::DISABLED) => false,
            _ => return Err(UNKNOWN),
        };
        // `switch_merging` takes names too; an `InstanceID` has a GUID only.
        let is_known = call.view(host).vm(vm).is_some();
        if is_known && host.switch_merging(vm, on).is_ok() { Ok(()) } else { Err(UNKNOWN) }
    });
    Ok(Output::without_job(changed.err().unwrap_or(returned::COMPLETED)))
}
