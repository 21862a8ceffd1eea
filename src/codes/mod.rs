//! The codes of HTTP, WS-Management, WMI, Windows and Hyper-V, as data: one row a code.
//!
//! A row has the number, the symbol, what happened, why, what to do next, whether the same may be sent again, the category,
//! and, where WS-Management defines one, the form of the fault that carries it. Each number stands here and nowhere else.
//! Symbols are those of Microsoft's headers (wsmerror.h, wbemcli.h, winerror.h), of DSP0200 and DSP0226, and of Microsoft's
//! pages on the `Msvm_*` classes; the texts are our own. A module per family; the tables hold no behaviour.

#![allow(dead_code, reason = "each row names a constant, whether or not code reads it")]

/// A literal, or the default where the row has none.
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

/// The source of a row, and the form of the fault behind it.
macro_rules! source {
    ($source:expr;) => {
        $source
    };
    ($source:expr; $($part:literal)+) => {
        concat!($source, ";" $(, " ", $part)+)
    };
}

/// A table. In front: its name, the family, the type of the numbers, the usual source. Then a row a code: number, symbol, a
/// short meaning in some families, category, whether to repeat, another source, `[blames subcode detail]` of its fault; and
/// after the colon what happened, why, what to do next. Each symbol becomes a constant.
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

/// A table of codes of which the symbol says what there is to say; they share the rest, which stands in front.
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
    /// Whose code it is.
    pub family: Family,
    /// The number, an HRESULT as its 32 bits.
    pub code: u32,
    /// The symbol, as the source has it.
    pub name: &'static str,
    /// The meaning in a few words, for a number that is shown beside it; not every family has one.
    pub title: Option<&'static str>,
    /// What it is about.
    pub category: Category,
    /// Whether the same may be sent again.
    pub repeat: Repeat,
    /// Where it is defined, and how the fault looks that carries it.
    pub source: &'static str,
    /// The form of the fault that carries it, if WS-Management defines one.
    pub form: Option<FaultForm>,
    /// What happened.
    pub what: &'static str,
    /// Why it happens.
    pub why: &'static str,
    /// What to do next, with the marks of a `Remedy` of `explain`.
    pub(crate) next: &'static str,
}

/// Whose code it is: the same number means different things in different places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Family {
    /// An error id of this library: `HVS0123`.
    Hvsnap,
    /// A status of HTTP.
    Http,
    /// `Code` of a `WSManFault`: WinRM's own.
    WsMan,
    /// A status of WMI, with facility 4 of an HRESULT.
    Wmi,
    /// `CIMStatusCode`: DMTF's.
    CimStatus,
    /// An error of Windows; also inside an HRESULT with facility 7.
    Win32,
    /// Another HRESULT.
    HResult,
    /// `ReturnValue` of a method of Hyper-V, and `ErrorCode` of its jobs.
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
    /// Second member of a machine's `OperationalStatus`.
    Activity,
}

/// What a code is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Category {
    /// A success, a state or a kind: no error.
    NoError,
    /// The user may not do this.
    AccessDenied,
    /// The host did not finish in time.
    TimedOut,
    /// A quota, or too much load.
    Overloaded,
    /// The object is in use, or in a state in which this cannot be done.
    Busy,
    /// There is no such instance.
    NotFound,
    /// Namespace, class or query are not known.
    UnknownClass,
    /// The host does not know resource URIs of this form, or not this one.
    UnknownUri,
    /// The host does not support the operation, the method or the filter.
    Unsupported,
    /// A method does not accept a parameter.
    InvalidParameter,
    /// The request is too large.
    RequestTooLarge,
    /// The answer would be too large.
    AnswerTooLarge,
    /// It was done, and could not be reported.
    Unreportable,
    /// The enumeration is no longer known.
    EnumerationLost,
    /// The form of the request was not accepted.
    NotUnderstood,
    /// WMI, a provider or a job failed; no more is said.
    Provider,
    /// None of these.
    Other,
}

/// Whether the same may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Repeat {
    /// Yes: nothing was done, and it may go better.
    Safe,
    /// Not as it is: it would end the same way, or do harm.
    Unsafe,
    /// Only after looking at what became of the host: it may have been done.
    AfterLooking,
}

/// How a fault with a code looks (DSP0226, annex on faults; MS-WSMV, section 2.2.4.43).
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
    /// A fault of a code without a form of its own, as Microsoft's Open Management Infrastructure sends it.
    pub(crate) const INTERNAL: Self =
        Self { blames: "s:Receiver", subcode: Some("w:InternalError"), detail: None };

    /// The local names: who is to blame, the subcode, the detail.
    pub(crate) fn names(self) -> impl Iterator<Item = &'static str> {
        let local = |name: &'static str| name.split_once(':').map_or(name, |(_, local)| local);
        [Some(self.blames), self.subcode, self.detail].into_iter().flatten().map(local)
    }
}

impl Category {
    /// Whether a fault or a refusal of this category comes before anything is carried out.
    ///
    /// A claim of the host, not a proof: who acts on it looks at the VM as well. Quotas and time-outs claim nothing: a
    /// quota may be met inside the call, and a call that timed out goes on (MS-WSMV, section 3.1.4.1).
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
    /// What it is called.
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

    /// The same for programs.
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

    /// The rows of the family; our own ids have theirs in `explain`.
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
    /// For programs.
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
            Self::Safe => "safe: nothing was done, and it may go better",
            Self::Unsafe => "not as it is: it would end the same way, or do harm",
            Self::AfterLooking => "only after looking: it may have been done",
        })
    }
}

/// The families, in the order in which the readings of a number are told.
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

/// The reading of a number that a fault carries: WinRM's, WMI's, Windows' or another HRESULT.
pub(crate) fn of_fault(code: u32) -> Option<&'static Code> {
    let wrapped = || reading(Family::Win32, facility::wrapped_win32(code)?);
    let can_be = [Family::WsMan, Family::Wmi, Family::Win32, Family::HResult];
    can_be.into_iter().find_map(|family| reading(family, code)).or_else(wrapped)
}

/// The form of the fault that carries a number.
pub(crate) fn form(code: u32) -> FaultForm {
    of_fault(code).and_then(|row| row.form).unwrap_or(FaultForm::INTERNAL)
}

/// What a number is about.
pub(crate) fn category(family: Family, code: u32) -> Category {
    reading(family, code).map_or(Category::Other, |row| row.category)
}

/// The meaning of a number in a few words, if the family has one for it.
pub(crate) fn title(family: Family, code: u32) -> Option<&'static str> {
    reading(family, code)?.title
}

#[cfg(test)]
mod tests;
