//! The codes of HTTP, WS-Management, WMI, Windows and Hyper-V, as data: one row per code.
//!
//! A row has the number, the symbol, what happened, why, what to do next, whether to repeat, the category and, if WS-Management
//! defines one, the form of the fault with this code. Each number is stated only here. Symbols are those of Microsoft's headers
//! (wsmerror.h, wbemcli.h, winerror.h), of DSP0200 and DSP0226, and of Microsoft's pages on the `Msvm_*` classes; the texts are
//! our own. One module per family; the tables have no behaviour.

#![allow(dead_code, reason = "each row names a constant, whether or not code reads it")]

/// A literal, or the default if the row has none.
macro_rules! or_default {
    ($default:literal) => {
        $default
    };
    ($default:literal $given:literal) => {
        $given
    };
}

/// `Some` of a literal, if there is one.
macro_rules! optional {
    () => {
        None
    };
    ($given:expr) => {
        Some($given)
    };
}

/// `Some` of a fault's form, if the row has one.
macro_rules! form {
    () => {
        None
    };
    ($blames:literal $($subcode:literal $($detail:literal)?)?) => {
        Some($crate::codes::FaultForm {
            blames: $blames,
            subcode: optional!($($subcode)?),
            detail: optional!($($($detail)?)?),
        })
    };
}

/// The source of a row, with the form of its fault appended.
macro_rules! source {
    ($source:expr;) => {
        $source
    };
    ($source:expr; $($part:literal)+) => {
        concat!($source, ";" $(, " ", $part)+)
    };
}

/// A table. The head has its name, the family, the type of the numbers and the default source. Then one row per code: number,
/// symbol, a short meaning in some families, category, whether to repeat, another source, `[blames subcode detail]` of its
/// fault; after the colon what happened, why, what to do next. Each symbol becomes a constant.
macro_rules! codes {
    ($table:ident: $family:ident $type:ty, $usual:literal; $($number:literal $name:ident $($title:literal)?
        $category:ident $repeat:ident $($source:literal)? $([$($form:literal)+])?: $what:expr, $why:expr, $next:expr;)+) => {
        $(pub(crate) const $name: $type = $number;)+
        pub(in crate::codes) const $table: &[$crate::codes::Code] = &[$($crate::codes::Code {
            family: $crate::codes::Family::$family,
            code: $number,
            name: stringify!($name),
            title: optional!($($title)?),
            category: $crate::codes::Category::$category,
            repeat: $crate::codes::Repeat::$repeat,
            source: source!(or_default!($usual $($source)?); $($($form)+)?),
            form: form!($($($form)+)?),
            what: $what,
            why: $why,
            next: $next,
        }),+];
    };
}

/// A table of codes whose symbols are sufficient; all other parts are shared and given in the head.
macro_rules! names {
    ($table:ident: $family:ident $type:ty, $category:ident $repeat:ident, $source:literal:
        $what:expr, $why:expr, $next:expr; $($number:literal $name:ident $($title:literal)?;)+) => {
        codes! { $table: $family $type, $source;
            $($number $name $($title)? $category $repeat: $what, $why, $next;)+
        }
    };
}

pub(crate) mod activity;
pub(crate) mod advice;
pub(crate) mod cim_status;
mod facility;
mod fault;
pub(crate) mod hresult;
mod http;
mod job;
pub(crate) mod method;
pub(crate) mod win32;
pub(crate) mod wmi;
pub(crate) mod wsman;
mod wsman_names;

use std::fmt;

pub use facility::{Facility, facility};
pub(crate) use fault::{of_detail, of_subcode};
pub(crate) use job::{job_state, job_type, requested_state, state_change, storage_job_type};

/// One code with its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Code {
    /// The family of the code.
    pub family: Family,
    /// The number; an HRESULT as its 32 bits.
    pub code: u32,
    /// The symbol, as in the source.
    pub name: &'static str,
    /// The meaning in a few words, to be shown next to the number; not every family has one.
    pub title: Option<&'static str>,
    /// The category.
    pub category: Category,
    /// Whether the request may be sent again.
    pub repeat: Repeat,
    /// The source of the definition, and the form of the fault with this code.
    pub source: &'static str,
    /// The form of the fault with this code, if WS-Management defines one.
    pub form: Option<FaultForm>,
    /// What happened.
    pub what: &'static str,
    /// Why it happens.
    pub why: &'static str,
    /// What to do next, with the placeholders of a `Remedy` of `explain`.
    pub(crate) next: &'static str,
}

/// The family of a code: the same number has different meanings in different families.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Family {
    /// An error id of this library: `HVS0123`.
    Hvsnap,
    /// A status of HTTP.
    Http,
    /// `Code` of a `WSManFault`: WinRM.
    WsMan,
    /// A WMI status, facility 4 of an HRESULT.
    Wmi,
    /// `CIMStatusCode`: DMTF.
    CimStatus,
    /// A Windows error; also inside an HRESULT with facility 7.
    Win32,
    /// Another HRESULT.
    HResult,
    /// `ReturnValue` of a Hyper-V method, and `ErrorCode` of its jobs.
    Method,
    /// `ReturnValue` of a job's `RequestStateChange`.
    StateChange,
    /// `JobState`.
    JobState,
    /// `RequestedState` of a job's `RequestStateChange`.
    RequestedState,
    /// `JobType` of `Msvm_ConcreteJob`.
    JobType,
    /// `JobType` of `Msvm_StorageJob`.
    StorageJobType,
    /// Second member of a VM's `OperationalStatus`.
    Activity,
}

/// The category of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Category {
    /// A success, a state or a kind; not an error.
    NoError,
    /// The user lacks the permission.
    AccessDenied,
    /// Time-out on the host.
    TimedOut,
    /// A quota is used up, or the host is overloaded.
    Overloaded,
    /// The object is in use, or its state does not allow the operation.
    Busy,
    /// The instance does not exist.
    NotFound,
    /// Unknown namespace, class or query.
    UnknownClass,
    /// The host does not know this resource URI, or resource URIs of this form.
    UnknownUri,
    /// The host does not support the operation, the method or the filter.
    Unsupported,
    /// A method does not accept a parameter.
    InvalidParameter,
    /// The request is too large.
    RequestTooLarge,
    /// The answer would be too large.
    AnswerTooLarge,
    /// Done, but the result could not be reported.
    Unreportable,
    /// The enumeration no longer exists.
    EnumerationLost,
    /// The form of the request was not accepted.
    NotUnderstood,
    /// WMI, a provider or a job failed, without a more specific reason.
    Provider,
    /// None of these.
    Other,
}

/// Whether the request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Repeat {
    /// Yes: nothing was done, and a repetition may succeed.
    Safe,
    /// Not unchanged: it would fail again, or do harm.
    Unsafe,
    /// Only after reading the state of the host: the request may have been carried out.
    AfterLooking,
}

/// The form of a fault with a code (DSP0226, annex on faults; MS-WSMV, section 2.2.4.43).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FaultForm {
    /// `s:Code/s:Value`, such as `s:Sender`.
    pub blames: &'static str,
    /// `s:Subcode/s:Value`, such as `w:InvalidSelectors`; SOAP's own faults have none.
    pub subcode: Option<&'static str>,
    /// Last segment of `w:FaultDetail`.
    pub detail: Option<&'static str>,
}

impl FaultForm {
    /// The form of Microsoft's Open Management Infrastructure for codes without a form of their own.
    pub(crate) const INTERNAL: Self =
        Self { blames: "s:Receiver", subcode: Some("w:InternalError"), detail: None };

    /// The local names: code, subcode, detail.
    pub(crate) fn names(self) -> impl Iterator<Item = &'static str> {
        let local = |name: &'static str| name.split_once(':').map_or(name, |(_, local)| local);
        [Some(self.blames), self.subcode, self.detail].into_iter().flatten().map(local)
    }
}

impl Category {
    /// True if a fault or a refusal of this category comes before any work is done.
    ///
    /// This is a claim of the host, not a proof; the VM must be read as well. Quotas and time-outs claim nothing: a quota may
    /// be exceeded inside the call, and a call that timed out continues (MS-WSMV, section 3.1.4.1).
    pub(crate) fn claims_nothing_done(self) -> bool {
        match self {
            Self::AccessDenied
            | Self::Busy
            | Self::NotFound
            | Self::UnknownClass
            | Self::UnknownUri
            | Self::Unsupported
            | Self::InvalidParameter
            | Self::RequestTooLarge
            | Self::NotUnderstood => true,
            Self::NoError
            | Self::TimedOut
            | Self::Overloaded
            | Self::AnswerTooLarge
            | Self::Unreportable
            | Self::EnumerationLost
            | Self::Provider
            | Self::Other => false,
        }
    }
}

impl Family {
    /// All values of this version; later ones may have more.
    pub const ALL: &'static [Self] = &[
        Self::Hvsnap,
        Self::Http,
        Self::WsMan,
        Self::Wmi,
        Self::CimStatus,
        Self::Win32,
        Self::HResult,
        Self::Method,
        Self::StateChange,
        Self::JobState,
        Self::RequestedState,
        Self::JobType,
        Self::StorageJobType,
        Self::Activity,
    ];

    /// The display name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hvsnap => "hvsnap",
            Self::Http => "HTTP status",
            Self::WsMan => "WS-Management (WinRM)",
            Self::Wmi => "WMI",
            Self::CimStatus => "CIM status",
            Self::Win32 => "Win32",
            Self::HResult => "HRESULT",
            Self::Method => "return value of a method, error code of a job",
            Self::StateChange => "return value of a job's RequestStateChange",
            Self::JobState => "JobState",
            Self::RequestedState => "RequestedState of a job",
            Self::JobType => "JobType of Msvm_ConcreteJob",
            Self::StorageJobType => "JobType of Msvm_StorageJob",
            Self::Activity => "OperationalStatus of a VM",
        }
    }

    /// The name for programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Hvsnap => "hvsnap",
            Self::Http => "http",
            Self::WsMan => "wsman",
            Self::Wmi => "wmi",
            Self::CimStatus => "cim_status",
            Self::Win32 => "win32",
            Self::HResult => "hresult",
            Self::Method => "method",
            Self::StateChange => "state_change",
            Self::JobState => "job_state",
            Self::RequestedState => "requested_state",
            Self::JobType => "job_type",
            Self::StorageJobType => "storage_job_type",
            Self::Activity => "activity",
        }
    }

    /// The rows of the family; those of our own ids are in `explain`.
    fn rows(self) -> impl Iterator<Item = &'static Code> {
        let tables: &'static [&'static [Code]] = match self {
            Self::Hvsnap => &[],
            Self::Http => &[http::STATUSES],
            Self::WsMan => &[
                wsman::REQUESTS,
                wsman::LIMITS,
                wsman::WINDOWS,
                wsman_names::EVENTING,
                wsman_names::SHELL,
                wsman_names::CLIENT,
                wsman_names::SETTINGS,
                wsman_names::MESSAGE,
            ],
            Self::Wmi => &[wmi::FAILURES, wmi::SCHEMA, wmi::SERVICE, wmi::SUCCESS],
            Self::CimStatus => &[cim_status::STATUSES],
            Self::Win32 => &[win32::FAILURES, win32::NETWORK, win32::OTHER],
            Self::HResult => &[hresult::FAILURES],
            Self::Method => &[method::RETURNED],
            Self::StateChange => &[state_change::RETURNED],
            Self::JobState => &[job_state::STATES],
            Self::RequestedState => &[requested_state::STATES],
            Self::JobType => &[job_type::KINDS],
            Self::StorageJobType => &[storage_job_type::KINDS],
            Self::Activity => &[activity::ACTIVITIES],
        };
        tables.iter().copied().flatten()
    }
}

impl Repeat {
    /// All values of this version; later ones may have more.
    pub const ALL: &'static [Self] = &[Self::Safe, Self::Unsafe, Self::AfterLooking];

    /// The name for programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
            Self::AfterLooking => "after_looking",
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Repeat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Safe => "safe: nothing was done, and a repeat may succeed",
            Self::Unsafe => "not as it is: it would end the same way, or do harm",
            Self::AfterLooking => "only after looking: it may have been done",
        })
    }
}

/// The families, in the order in which the readings of a number are listed.
const FAMILIES: [Family; 13] = [
    Family::Http,
    Family::WsMan,
    Family::Wmi,
    Family::Win32,
    Family::HResult,
    Family::CimStatus,
    Family::Method,
    Family::StateChange,
    Family::JobState,
    Family::RequestedState,
    Family::Activity,
    Family::JobType,
    Family::StorageJobType,
];

/// Every row of every family.
pub(crate) fn all() -> impl Iterator<Item = &'static Code> {
    FAMILIES.into_iter().flat_map(Family::rows)
}

/// The row of a number in one family.
pub(crate) fn reading(family: Family, code: u32) -> Option<&'static Code> {
    family.rows().find(|row| row.code == code)
}

/// All readings of a number; an HRESULT that wraps a Win32 error is read as that error.
pub(crate) fn readings(code: u32) -> impl Iterator<Item = &'static Code> {
    let direct = FAMILIES.into_iter().filter_map(move |family| reading(family, code));
    let wrapped = facility::wrapped_win32(code).and_then(|code| reading(Family::Win32, code));
    direct.chain(wrapped)
}

/// The reading of a number in a fault: WinRM's, WMI's, Windows' or another HRESULT.
pub(crate) fn of_fault(code: u32) -> Option<&'static Code> {
    let wrapped = || reading(Family::Win32, facility::wrapped_win32(code)?);
    let can_be = [Family::WsMan, Family::Wmi, Family::Win32, Family::HResult];
    can_be.into_iter().find_map(|family| reading(family, code)).or_else(wrapped)
}

/// The form of the fault with a number.
pub(crate) fn form(code: u32) -> FaultForm {
    of_fault(code).and_then(|row| row.form).unwrap_or(FaultForm::INTERNAL)
}

/// The category of a number.
pub(crate) fn category(family: Family, code: u32) -> Category {
    reading(family, code).map_or(Category::Other, |row| row.category)
}

/// The short meaning of a number, if the family has one.
pub(crate) fn title(family: Family, code: u32) -> Option<&'static str> {
    reading(family, code)?.title
}

#[cfg(test)]
mod tests;
