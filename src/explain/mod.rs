//! What a code means: the error ids of this library, and the codes of WS-Management, WMI, Win32, HTTP and Hyper-V.
//!
//! One table for all of them, each with what happened, why, what to do next, and whether the same may be sent again. It
//! never guesses: a code that several families share has several readings, and an unknown one has none. Numbers and names are
//! those of Microsoft's headers (wsmerror.h, wbemcli.h, winerror.h), of MS-ERREF, sections 2.1 and 2.2, of DSP0200 and
//! DSP0226, and of Microsoft's pages on the `Msvm_*` classes; the texts are our own.

/// Rows of a table: number, name, whether to repeat, source, and the three texts.
macro_rules! codes {
    ($table:ident, $family:ident; $($code:literal $name:ident $repeat:ident $source:literal:
        $what:expr, $why:expr, $next:expr;)+) => {
        pub(super) const $table: &[$crate::explain::CodeEntry] = &[$($crate::explain::CodeEntry {
            family: $crate::explain::Family::$family,
            code: $code,
            name: stringify!($name),
            what: $what,
            why: $why,
            next: $next,
            repeat: $crate::explain::Repeat::$repeat,
            source: $source,
        }),+];
    };
}

/// Rows that share their texts: of these codes the name says what there is to say.
macro_rules! names {
    ($table:ident, $family:ident, $repeat:ident, $source:literal: $what:expr, $why:expr, $next:expr;
        $($code:literal $name:ident),+ $(,)?) => {
        pub(super) const $table: &[$crate::explain::CodeEntry] = &[$($crate::explain::CodeEntry {
            family: $crate::explain::Family::$family,
            code: $code,
            name: stringify!($name),
            what: $what,
            why: $why,
            next: $next,
            repeat: $crate::explain::Repeat::$repeat,
            source: $source,
        }),+];
    };
}

pub(crate) mod advice;
mod cim;
mod facility;
mod hresult;
mod http;
mod ids;
mod ids_call;
mod job;
mod method;
mod query;
mod remedy;
mod win32;
mod win32_names;
mod wmi;
mod wmi_names;
mod wsman;
mod wsman_limits;
mod wsman_names;
mod wsman_names_more;
mod wsman_windows;

use std::fmt;

pub use facility::{Facility, facility};
pub use ids::ErrorId;
pub use query::{Explanation, NotACode, look_up};
pub use remedy::{Action, Remedy, Setting, Step};

/// One code with its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CodeEntry {
    /// Whose code it is.
    pub family: Family,
    /// The number, an HRESULT as its 32 bits.
    pub code: u32,
    /// The name, as the source has it.
    pub name: &'static str,
    /// What happened.
    pub what: &'static str,
    /// Why it happens.
    pub why: &'static str,
    /// What to do next, with the marks of a [`Remedy`].
    pub(crate) next: &'static str,
    /// Whether the same may be sent again.
    pub repeat: Repeat,
    /// Where it is defined.
    pub source: &'static str,
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
            Self::Activity => "OperationalStatus of a machine",
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

/// The tables, in the order in which readings are told.
const TABLES: &[&[CodeEntry]] = &[
    http::HTTP,
    wsman::WSMAN,
    wsman_limits::LIMITS,
    wsman_windows::WINDOWS,
    wsman_names::EVENTING,
    wsman_names::SHELL,
    wsman_names_more::CLIENT,
    wsman_names_more::SETTINGS,
    wsman_names_more::MESSAGE,
    wmi::WMI,
    wmi_names::SCHEMA,
    wmi_names::SERVICE,
    wmi_names::SUCCESS,
    win32::WIN32,
    win32_names::NETWORK,
    win32_names::OTHER,
    hresult::HRESULT,
    cim::STATUS,
    method::METHOD,
    job::STATE_CHANGE,
    job::STATE,
    job::REQUESTED,
    job::ACTIVITY,
    job::TYPE,
    job::STORAGE_TYPE,
];

/// Every entry of every table, our own ids first.
pub fn all() -> impl Iterator<Item = &'static CodeEntry> {
    let own = [ids::OWN, ids_call::OWN].into_iter().flatten();
    own.chain(foreign())
}

fn foreign() -> impl Iterator<Item = &'static CodeEntry> {
    TABLES.iter().copied().flatten()
}

/// All readings of a number; several families may share it, and an id of this library is no number.
///
/// An HRESULT that wraps a Win32 error is read as that error.
///
/// ```
/// use hvsnap::explain::{Family, explain};
///
/// assert_eq!(explain(2_150_858_793)[0].name, "ERROR_WSMAN_OPERATION_TIMEDOUT");
/// assert_eq!(explain(0x8007_0005)[0].family, Family::Win32);
/// assert!(explain(0xC0FF_EE00).is_empty());
/// ```
pub fn explain(code: u32) -> Vec<&'static CodeEntry> {
    let mut found: Vec<_> = foreign().filter(|entry| entry.code == code).collect();
    if let Some(win32) = facility::wrapped_win32(code) {
        found.extend(foreign().filter(|entry| entry.family == Family::Win32 && entry.code == win32));
    }
    found
}

/// The reading of a number in one family.
pub fn reading(family: Family, code: u32) -> Option<&'static CodeEntry> {
    all().find(|entry| entry.family == family && entry.code == code)
}

#[cfg(test)]
mod tests;
