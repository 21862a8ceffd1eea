//! `Msvm_ImageManagementService`: files of virtual disks.

use super::{Call, Output, call::UNKNOWN};
use crate::{
    codes::method as returned,
    schema::names,
    sim::{endpoint::Failed, instances, message::Parameter, model::Host},
};

/// `GetVirtualHardDiskSettingData`.
pub(super) fn setting_data(host: &mut Host, call: &Call<'_>) -> Result<Output, Failed> {
    Ok(described(host, call, names::SETTING_DATA_TEXT, instances::disk_text(host, path(call))?))
}

/// `GetVirtualHardDiskState`.
pub(super) fn state(host: &mut Host, call: &Call<'_>) -> Result<Output, Failed> {
    Ok(described(host, call, names::STATE_TEXT, instances::disk_state_text(host, path(call))?))
}

fn path<'a>(call: &Call<'a>) -> &'a str {
    call.text(names::PATH).trim()
}

/// The answer with the text about a file; it has `Job` only if the call failed.
fn described(host: &Host, call: &Call<'_>, parameter: &'static str, text: Option<String>) -> Output {
    let (path, here) = (path(call), host.nodes.at(call.node));
    // A file that a VM on another node has open cannot be read here.
    let is_locked = host.disk_file(path).is_some_and(|file| file.in_use && !here.is_called(&file.node));
    let text = text.filter(|_| !is_locked);
    let output = match &text {
        None if is_locked => Output::without_job(returned::VENDOR_FAILED),
        Some(_) => Output::value(returned::COMPLETED),
        None if path.is_empty() => Output::without_job(UNKNOWN),
        None => Output::without_job(returned::VENDOR_FILE_NOT_FOUND),
    };
    output.with(Parameter::Text(parameter, text))
}
