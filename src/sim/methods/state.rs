//! States of VMs: `RequestStateChange` of `Msvm_ComputerSystem`, `InitiateShutdown` of `Msvm_ShutdownComponent`.

use super::{Call, Output, call::UNKNOWN};
use crate::{
    codes::method as returned,
    schema::{
        names,
        values::{requested_state, vm_state},
    },
    sim::{
        endpoint::Failed,
        lab::StateRequest,
        message::{Fault, kinds},
        model::Host,
    },
};

/// `RequestStateChange` of a VM.
pub(super) fn request_state_change(host: &mut Host, call: &Call<'_>) -> Result<Output, Failed> {
    let vm = call.object.key("Name").unwrap_or_default();
    if host.vm(vm).is_none() {
        // The host itself is an instance of the same class.
        return Ok(Output::without_job(returned::VENDOR_NOT_SUPPORTED));
    }
    let request = match call.value(names::REQUESTED_STATE)? {
        Some(requested_state::ENABLED) => StateRequest::Start,
        Some(requested_state::DISABLED) => StateRequest::Off,
        Some(requested_state::SHUT_DOWN) => StateRequest::Shutdown,
        Some(requested_state::OFFLINE) => StateRequest::Save,
        Some(requested_state::QUIESCE) => StateRequest::Pause,
        Some(requested_state::RESET) => StateRequest::Reset,
        // The numbers of the v1 namespace.
        Some(vm_state::PAUSED_DOCUMENTED | vm_state::SAVED_DOCUMENTED) => {
            return Ok(Output::without_job(returned::VENDOR_INVALID_STATE));
        }
        _ => return Ok(Output::without_job(UNKNOWN)),
    };
    let started = host.change_state(vm, request, call.user);
    Ok(Output::started(host, started))
}

/// `InitiateShutdown`: the return value is the guest's response.
pub(super) fn initiate_shutdown(host: &mut Host, call: &Call<'_>) -> Result<Output, Failed> {
    // libvirt sends "False".
    let force = match call.text(names::FORCE).trim().to_ascii_lowercase().as_str() {
        "true" | "1" => true,
        "false" | "0" | "" => false,
        _ => return Err(Fault::new(&kinds::SCHEMA_VALIDATION, "Force is no boolean").into()),
    };
    let vm = call.object.key("SystemName").unwrap_or_default();
    Ok(Output::value(host.shut_down_guest(vm, force)))
}
