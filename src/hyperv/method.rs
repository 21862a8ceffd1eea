//! Results of methods.
//!
//! Reads names and shapes, never an envelope. Any return value is a result; only a contradiction
//! (a started job without a reference) is a violation. Follows Microsoft's pages of the methods.

use crate::{
    Limits,
    cim::{Instance, Property, Raw, parse_embedded},
    hyperv::{job::Optional, return_code::ReturnCode},
    schema::names::{ERRORS, RESULTING_SNAPSHOT},
    violation::{ProtocolError, Violation, short},
    wsman::EndpointReference,
};

/// The result of a method: its return value, and the job if one was started.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MethodResult {
    /// `ReturnValue`.
    pub return_code: ReturnCode,
    /// `Job`; `None` if it was null, empty or absent.
    pub job: Option<EndpointReference>,
    /// `InstanceID` of `ResultingSnapshot`, if a host takes the snapshot synchronously and names it; a job's is known later.
    pub snapshot: Option<String>,
}

impl MethodResult {
    pub(crate) fn from_output(output: &Instance<'_>) -> Result<Self, ProtocolError> {
        let return_code = return_value(output)?;
        let job = output
            .read::<EndpointReference>("Job")
            .or_else(|error| if error.raw().trim().is_empty() { Ok(None) } else { Err(error) })
            .map_err(|error| ProtocolError::new(Violation::BadReference, error.to_string()))?;
        // If it cannot be read, the tree still shows the snapshot.
        let snapshot = output.read::<EndpointReference>(RESULTING_SNAPSHOT).ok().flatten();
        let snapshot =
            snapshot.and_then(|reference| reference.selectors.text("InstanceID").map(str::to_owned));
        if return_code == ReturnCode::JOB_STARTED && job.is_none() {
            return Err(ProtocolError::new(Violation::NoJobReference, output.class()));
        }
        Ok(Self { return_code: ReturnCode(return_code.0), job, snapshot })
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

/// An error of a job (`Msvm_Error`), from `GetErrorEx`.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
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
    /// The parts that could not be read, and why.
    pub unreadable: Vec<String>,
    /// The text as received, or the properties of a nested instance, one per line; cut if long, like the other texts.
    pub raw: String,
}

impl JobError {
    /// The errors of a `GetErrorEx` output; an error that cannot be decoded is kept as text.
    ///
    /// A Windows host sends CIM-XML as text, because the parameter is declared as a string (DSP0230, section 8.4.5, allows the
    /// instance itself, which Microsoft's server for Linux sends).
    pub(crate) fn list(output: &Instance<'_>, limits: &Limits) -> Vec<Self> {
        let values = output.property(ERRORS).map(Property::values).unwrap_or_default();
        values
            .iter()
            .filter(|value| **value != Raw::Null)
            .filter_map(|value| Self::read(value, limits))
            .map(Self::cut)
            .collect()
    }

    /// `None` for a blank text.
    fn read(value: &Raw<'_>, limits: &Limits) -> Option<Self> {
        if let Raw::Object(instance) = value {
            return Some(Self::of(instance, lines(instance)));
        }
        let raw = value.to_string();
        if raw.trim().is_empty() {
            return None;
        }
        Some(match parse_embedded(&raw, limits) {
            Ok(instance) => Self::of(&instance, raw),
            Err(error) => Self { unreadable: vec![error.to_string()], raw, ..Self::default() },
        })
    }

    fn of(instance: &Instance<'_>, raw: String) -> Self {
        let mut unreadable = Vec::new();
        let mut optional = Optional { instance, unreadable: &mut unreadable };
        let mut error = Self {
            message: optional.read("Message"),
            message_id: optional.read("MessageID"),
            cim_status_code: optional.read("CIMStatusCode"),
            error_type: optional.read("ErrorType"),
            probable_cause: optional.read("ProbableCauseDescription"),
            recommended_actions: optional.list("RecommendedActions"),
            unreadable: Vec::new(),
            raw,
        };
        error.unreadable = unreadable.iter().map(ToString::to_string).collect();
        error
    }

    /// The same with long texts cut.
    fn cut(self) -> Self {
        Self {
            message: self.message.map(short),
            message_id: self.message_id.map(short),
            probable_cause: self.probable_cause.map(short),
            recommended_actions: self.recommended_actions.into_iter().map(short).collect(),
            raw: short(self.raw),
            ..self
        }
    }
}

/// The properties of an instance as text.
fn lines(instance: &Instance<'_>) -> String {
    let mut text = instance.class().to_owned();
    for property in instance.properties() {
        for value in property.values().iter().filter(|value| **value != Raw::Null) {
            text.push_str(&format!("\n{}: {value}", property.name()));
        }
    }
    text
}
