//! `Msvm_Error`: the record that `GetErrorEx` returns as embedded text; never an instance of its own.
//!
//! Members after Microsoft's documentation of the class and the Windows Server 2019 schema. Never holds values.

use super::{CimType, Class, Property, array, scalar};

/// Why a job failed. Has no key: it exists embedded only.
pub(super) static ERROR: Class = Class {
    name: "Msvm_Error",
    superclasses: &["CIM_Error"],
    properties: PROPERTIES,
    in_hypervcluster: true,
};

const PROPERTIES: &[Property] = &[
    scalar("CIMStatusCode", CimType::Uint32),
    scalar("CIMStatusCodeDescription", CimType::String),
    scalar("ErrorSource", CimType::String),
    scalar("ErrorSourceFormat", CimType::Uint16),
    scalar("ErrorType", CimType::Uint16),
    scalar("Message", CimType::String),
    array("MessageArguments", CimType::String),
    scalar("MessageID", CimType::String),
    scalar("OtherErrorSourceFormat", CimType::String),
    scalar("OtherErrorType", CimType::String),
    scalar("OwningEntity", CimType::String),
    scalar("PerceivedSeverity", CimType::Uint16),
    scalar("ProbableCause", CimType::Uint16),
    scalar("ProbableCauseDescription", CimType::String),
    array("RecommendedActions", CimType::String),
];
