//! `Msvm_VirtualSystemManagementService`: settings of VMs and snapshots.

use super::{Call, Output, call::UNKNOWN, settings_text::Settings};
use crate::{
    schema::names,
    sim::{
        endpoint::Failed,
        instances::settings_guid,
        model::{Change, Host, Started},
    },
};

/// `ModifySystemSettings`.
pub(super) fn modify(host: &mut Host, call: &Call<'_>) -> Result<Output, Failed> {
    let started = match Settings::read(call.text(names::SYSTEM_SETTINGS)) {
        Ok(Settings { instance_id, element_name, notes, checkpoints }) => {
            match settings_guid(&instance_id).filter(|id| call.view(host).has_settings(id)) {
                Some(id) => {
                    let change = Change { id: id.to_owned(), name: element_name, notes, checkpoints };
                    host.modify_settings(change, call.user)
                }
                None => Started::without_job(UNKNOWN),
            }
        }
        Err(refusal) => Started::without_job(refusal),
    };
    Ok(Output::started(host, started))
}
