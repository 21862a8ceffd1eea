//! `Msvm_VirtualSystemManagementService`: settings of VMs and snapshots.

use super::{Call, Output, call::UNKNOWN, settings_text::Settings};
use crate::{
    codes::method as returned,
    schema::names,
    sim::{endpoint::Failed, instances::settings_guid, model::Host},
};

/// `ModifySystemSettings`.
pub(super) fn modify(host: &mut Host, call: &Call<'_>) -> Result<Output, Failed> {
    let changed = Settings::read(call.text(names::SYSTEM_SETTINGS)).and_then(|settings| {
        let Settings { instance_id, element_name, notes } = settings;
        let known =
            settings_guid(&instance_id).is_some_and(|id| host.change_settings(id, element_name, notes));
        if known { Ok(()) } else { Err(UNKNOWN) }
    });
    Ok(Output::without_job(changed.err().unwrap_or(returned::COMPLETED)))
}
