//! What a fault is about, for the client: who may be asked again, what may have been done, which id it gets.
//!
//! By codes and subcodes alone, never by texts, which are localised. Codes as recorded, as in MS-WSMV, section 2.2.4.43, and
//! as in the tables of [`crate::explain`].

use crate::{
    client::Effect,
    explain::{CodeEntry, Family, explain, reading},
    soap::FaultCode,
    wsman::Fault,
};

/// What a fault is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FaultClass {
    /// The user may not do this.
    AccessDenied,
    /// The host did not finish in time.
    TimedOut,
    /// A quota, or too much load.
    Overloaded,
    /// There is no such instance.
    NotFound,
    /// Namespace, class or query are not known.
    UnknownClass,
    /// A message is too large.
    TooLarge,
    /// It was done, and could not be reported.
    Unreportable,
    /// The enumeration is no longer known.
    EnumerationLost,
    /// The form of the request was not accepted.
    NotUnderstood,
    /// WMI or a provider failed.
    Provider,
    /// Anything else.
    Other,
}

/// Codes of access denied: WinRM's (5), Win32's inside a provider, WMI's and its providers'.
const ACCESS: &[u32] = &[5, 0x8007_0005, 0x8033_8104, 0x8033_8105, 0x8033_8106, 0x8004_1003];
const TIMED_OUT: &[u32] = &[0x8033_8029, 0x8033_801C, 0x8004_1069, 0x8004_1088];
/// Quotas of the service, of its plug-ins and of WMI; too busy; no resources left.
const OVERLOADED: &[u32] = &[
    0x8033_8014,
    0x8033_803F,
    0x8033_81A5,
    0x8033_81A6,
    0x8033_81A7,
    0x8033_81A8,
    0x8033_81AB,
    0x8033_81E4,
    0x8033_81E5,
    0x8033_81E6,
    0x8033_81E7,
    0x8033_81E8,
    0x8033_81E9,
    0x8033_81EA,
    0x8004_1006,
    0x8004_1045,
    0x8004_106C,
    0x8004_1081,
    0x8004_3001,
    0x8004_3002,
    170,
    1450,
    1723,
    0x8007_00AA,
    0x8007_05AA,
    0x8007_06BB,
];
/// The instance does not exist (recorded: 2150858752), or WMI's own "not found" in either detail form.
const NOT_FOUND: &[u32] = &[0x8033_8000, 0x8004_1002];
/// The quota of operations of the user, counted when a request comes in (recorded). The quotas of load beside it, 175 and 176,
/// were seen by nobody, so of them nothing is concluded.
const NOT_DISPATCHED: u32 = 0x8033_81A6;
const UNKNOWN_CLASS: &[u32] =
    &[0x8033_8012, 0x8033_801A, 0x8033_803B, 0x8004_100E, 0x8004_1010, 0x8004_1017, 0x8004_1018];
const TOO_LARGE: &[u32] = &[0x8033_8026, 0x8033_8047, 0x8033_8048, 0x8033_8049, 0x8033_8111];
const UNREPORTABLE_SUCCESS: u32 = 0x8033_804D;
const ENUMERATION_LOST: &[u32] = &[0x8033_801B, 0x8033_8007, 0x8033_8006];

/// What this fault is about.
pub(super) fn classify(fault: &Fault) -> FaultClass {
    let number = fault.number();
    let is = |codes: &[u32]| number.is_some_and(|number| codes.contains(&number));
    let says = |subcode: &str| fault.has_subcode(subcode);
    if number == Some(UNREPORTABLE_SUCCESS) {
        FaultClass::Unreportable
    } else if says("AccessDenied") || is(ACCESS) {
        FaultClass::AccessDenied
    } else if says("TimedOut") || is(TIMED_OUT) {
        FaultClass::TimedOut
    } else if says("QuotaLimit") || says("EndpointUnavailable") || is(OVERLOADED) {
        FaultClass::Overloaded
    } else if is(NOT_FOUND) {
        FaultClass::NotFound
    } else if says("InvalidEnumerationContext") || is(ENUMERATION_LOST) {
        FaultClass::EnumerationLost
    } else if says("CannotProcessFilter") || says("DestinationUnreachable") || is(UNKNOWN_CLASS) {
        FaultClass::UnknownClass
    } else if says("EncodingLimit") || is(TOO_LARGE) {
        FaultClass::TooLarge
    } else {
        match (&fault.code, reading_of(fault).map(|entry| entry.family)) {
            (FaultCode::Sender | FaultCode::MustUnderstand | FaultCode::VersionMismatch, _) => {
                FaultClass::NotUnderstood
            }
            (_, Some(Family::Wmi | Family::Win32 | Family::HResult | Family::WsMan)) => FaultClass::Provider,
            _ if says("InternalError") => FaultClass::Provider,
            _ => FaultClass::Other,
        }
    }
}

/// The row of the fault's number; of several readings the one that a fault can mean.
pub(super) fn reading_of(fault: &Fault) -> Option<&'static CodeEntry> {
    let Some(number) = fault.number() else {
        let status = fault.wmi_error.as_ref()?.cim_status_code?;
        return reading(Family::CimStatus, status);
    };
    let can_be = |family| matches!(family, Family::WsMan | Family::Wmi | Family::Win32 | Family::HResult);
    explain(number).into_iter().find(|entry| can_be(entry.family))
}

/// Whether the host may have acted before it sent this fault, if the request was a call.
///
/// A sender fault and a fault of access or quota come before the method; any other receiver fault may come after, above
/// all `w:TimedOut` (the call goes on) and a success that could not be reported (MS-WSMV 3.1.4.1).
pub(super) fn effect_of(fault: &Fault) -> Effect {
    const BEFORE_THE_METHOD: [&str; 3] = ["AccessDenied", "QuotaLimit", "SchemaValidationError"];
    if fault.number() == Some(UNREPORTABLE_SUCCESS) || fault.has_subcode("TimedOut") {
        return Effect::Unknown;
    }
    match fault.code {
        FaultCode::Sender | FaultCode::MustUnderstand | FaultCode::VersionMismatch => Effect::None,
        _ if fault.number() == Some(NOT_DISPATCHED) => Effect::None,
        _ if BEFORE_THE_METHOD.iter().any(|name| fault.has_subcode(name)) => Effect::None,
        _ if matches!(fault.number(), Some(5 | 0x8007_0005 | 0x8033_8104..=0x8033_8106)) => Effect::None,
        _ => Effect::Unknown,
    }
}

/// True if the host says that the instance asked for does not exist.
pub(crate) fn is_not_found(fault: &Fault) -> bool {
    fault.number().is_some_and(|number| NOT_FOUND.contains(&number))
}
