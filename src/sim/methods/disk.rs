//! `Msvm_ImageManagementService`: files of virtual disks.

use super::{Call, Output, call::UNKNOWN};
use crate::{
    codes::method as returned,
    schema::names,
    sim::{endpoint::Failed, instances, message::Parameter, model::Host},
};

/// `GetVirtualHardDiskSettingData`: the answer has no `Job` unless it failed.
pub(super) fn setting_data(host: &mut Host, call: &Call<'_>) -> Result<Output, Failed> {
    let path = call.text(names::PATH).trim();
    let text = instances::disk_text(host, path)?;
    let output = match &text {
        Some(_) => Output::value(returned::COMPLETED),
        None if path.is_empty() => Output::without_job(UNKNOWN),
        None => Output::without_job(returned::VENDOR_FILE_NOT_FOUND),
    };
    Ok(output.with(Parameter::Text(names::SETTING_DATA_TEXT, text)))
}
