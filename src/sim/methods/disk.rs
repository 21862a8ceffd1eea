//! `Msvm_ImageManagementService`: files of virtual disks.

use super::{Call, Output, call::UNKNOWN};
use crate::{
    codes::method as returned,
    schema::names,
    sim::{endpoint::Failed, instances, message::Parameter, model::Host},
};

/// `GetVirtualHardDiskSettingData`.
pub(super) fn setting_data(host: &mut Host, call: &Call<'_>) -> Result<Output, Failed> {
    Ok(described(path(call), names::SETTING_DATA_TEXT, instances::disk_text(host, path(call))?))
}

/// `GetVirtualHardDiskState`.
pub(super) fn state(host: &mut Host, call: &Call<'_>) -> Result<Output, Failed> {
    Ok(described(path(call), names::STATE_TEXT, instances::disk_state_text(host, path(call))?))
}

fn path<'a>(call: &Call<'a>) -> &'a str {
    call.text(names::PATH).trim()
}

/// The text about a file, if there is one: the answer has no `Job` unless it failed.
fn described(path: &str, parameter: &'static str, text: Option<String>) -> Output {
    let output = match &text {
        Some(_) => Output::value(returned::COMPLETED),
        None if path.is_empty() => Output::without_job(UNKNOWN),
        None => Output::without_job(returned::VENDOR_FILE_NOT_FOUND),
    };
    output.with(Parameter::Text(parameter, text))
}
