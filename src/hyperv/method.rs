//! The methods: their parameters out, their results in.
//!
//! Knows names and shapes, never an envelope. A result with any return value is a result; only what contradicts itself
//! (a started job without a reference) is a violation. Follows Microsoft's pages of the methods named.

use crate::{
    Limits,
    cim::{Instance, PropertyError, Value, parse_embedded},
    hyperv::{
        plan::DestroyScope,
        return_code::ReturnCode,
        schema::names::{
            AFFECTED_SNAPSHOT, DESTROY_SNAPSHOT, DESTROY_SNAPSHOT_TREE, ERRORS, SNAPSHOT_SETTING_DATA,
        },
    },
    violation::{ProtocolError, Violation},
    wsman::EndpointReference,
};

/// A method call: its name and its parameters in the order of the schema.
#[derive(Clone, Debug)]
pub(crate) struct MethodCall {
    pub(crate) method: &'static str,
    pub(crate) parameters: Vec<(&'static str, Value)>,
}

impl MethodCall {
    /// `DestroySnapshot` or `DestroySnapshotTree` of the snapshot service.
    pub(crate) fn destroy(scope: DestroyScope, snapshot: EndpointReference) -> Self {
        let parameter = match scope {
            DestroyScope::Single => AFFECTED_SNAPSHOT,
            DestroyScope::Tree => SNAPSHOT_SETTING_DATA,
        };
        Self {
            method: Self::destroy_method(scope),
            parameters: vec![(parameter, Value::Reference(snapshot))],
        }
    }

    /// The name of the method that takes as much as `scope` says.
    pub(crate) fn destroy_method(scope: DestroyScope) -> &'static str {
        match scope {
            DestroyScope::Single => DESTROY_SNAPSHOT,
            DestroyScope::Tree => DESTROY_SNAPSHOT_TREE,
        }
    }
}

/// What a method returned: its value, and the job if one was started.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MethodResult {
    /// `ReturnValue`.
    pub return_code: ReturnCode,
    /// `Job`; `None` if it was null, empty or absent.
    pub job: Option<EndpointReference>,
}

impl MethodResult {
    pub(crate) fn from_output(output: &Instance<'_>) -> Result<Self, ProtocolError> {
        let return_code = return_value(output)?;
        let job = output
            .read::<EndpointReference>("Job")
            .or_else(|error| if error.raw().trim().is_empty() { Ok(None) } else { Err(error) })
            .map_err(|error| ProtocolError::new(Violation::BadReference, error.to_string()))?;
        if return_code == ReturnCode::JOB_STARTED && job.is_none() {
            return Err(ProtocolError::new(Violation::NoJobReference, output.class()));
        }
        Ok(Self { return_code: ReturnCode(return_code.0), job })
    }
}

/// `ReturnValue` of any method.
pub(crate) fn return_value(output: &Instance<'_>) -> Result<ReturnCode, ProtocolError> {
    match output.read::<u32>("ReturnValue") {
        Ok(Some(value)) => Ok(ReturnCode(value)),
        Ok(None) => Err(ProtocolError::new(Violation::NoReturnValue, output.class())),
        Err(error) => Err(ProtocolError::new(Violation::BadReturnValue, error.to_string())),
    }
}

/// One error of a job, decoded from the CIM-XML text of `GetErrorEx` (`Msvm_Error`).
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct JobError {
    /// `Message`, localised.
    pub message: Option<String>,
    /// `MessageID`.
    pub message_id: Option<String>,
    /// `CIMStatusCode`.
    pub cim_status_code: Option<u32>,
    /// `ErrorType`.
    pub error_type: Option<u16>,
    /// `ProbableCauseDescription`.
    pub probable_cause: Option<String>,
    /// `RecommendedActions`.
    pub recommended_actions: Vec<String>,
    /// The text as it came.
    pub raw: String,
}

impl JobError {
    /// The errors of a `GetErrorEx` output; a text that cannot be decoded is kept as it is.
    pub(crate) fn list(output: &Instance<'_>, limits: &Limits) -> Result<Vec<Self>, PropertyError> {
        let texts = output.list::<String>(ERRORS)?;
        let present = texts.into_iter().filter(|text| !text.trim().is_empty());
        Ok(present.map(|text| Self::decode(text, limits)).collect())
    }

    fn decode(raw: String, limits: &Limits) -> Self {
        let Ok(instance) = parse_embedded(&raw, limits) else { return Self { raw, ..Self::default() } };
        Self {
            message: instance.read("Message").ok().flatten(),
            message_id: instance.read("MessageID").ok().flatten(),
            cim_status_code: instance.read("CIMStatusCode").ok().flatten(),
            error_type: instance.read("ErrorType").ok().flatten(),
            probable_cause: instance.read("ProbableCauseDescription").ok().flatten(),
            recommended_actions: instance.list("RecommendedActions").unwrap_or_default(),
            raw,
        }
    }
}
