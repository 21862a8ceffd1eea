//! Methods of jobs: `Msvm_ConcreteJob`, `Msvm_StorageJob`.

use super::{Call, Output};
use crate::{
    codes::{method as returned, state_change},
    schema::names,
    sim::{endpoint::Failed, instances, message::Parameter, model::Host},
};

/// `RequestStateChange` of a job.
pub(super) fn request_state_change(host: &mut Host, call: &Call<'_>) -> Result<Output, Failed> {
    let timeout = call.given(names::TIMEOUT_PERIOD).is_some();
    let return_value = match call.value(names::REQUESTED_STATE)? {
        Some(state) => host.request_state_change(id(call), state, timeout),
        None => Some(state_change::INVALID_PARAMETER),
    };
    Ok(Output::value(return_value.unwrap_or(returned::VENDOR_FAILED)))
}

/// `GetErrorEx`.
pub(super) fn error_texts(host: &mut Host, call: &Call<'_>) -> Result<Output, Failed> {
    let errors = host.job(id(call)).map(instances::error_text).transpose()?.unwrap_or_default();
    Ok(Output::value(returned::COMPLETED).with(Parameter::Texts(names::ERRORS, errors)))
}

fn id<'a>(call: &Call<'a>) -> &'a str {
    call.object.key("InstanceID").unwrap_or_default()
}
