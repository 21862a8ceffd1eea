//! What a code means: the error ids of this library, and the codes of WS-Management, WMI, Win32, HTTP and Hyper-V.
//!
//! One table for all of them, each with what happened, why, what to do next, and whether the same may be sent again. It
//! never guesses: a code that several families share has several readings, and an unknown one has none. Numbers and names are
//! those of Microsoft's headers (wsmerror.h, wbemcli.h, winerror.h), of MS-ERREF, sections 2.1 and 2.2, of DSP0200 and
//! DSP0226, and of Microsoft's pages on the `Msvm_*` classes; the texts are our own.

pub(crate) mod advice;
mod ids;
mod ids_call;
mod query;
mod remedy;

pub use crate::codes::{Category, Code as CodeEntry, Facility, Family, FaultForm, Repeat, facility};
pub use ids::ErrorId;
pub use query::{Explanation, NotACode, look_up};
pub use remedy::{Action, Remedy, Setting, Step};

use crate::codes;

/// Every entry of every table, our own ids first.
pub fn all() -> impl Iterator<Item = &'static CodeEntry> {
    let own = [ids::OWN, ids_call::OWN].into_iter().flatten();
    own.chain(codes::all())
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
    codes::readings(code).collect()
}

/// The reading of a number in one family.
pub fn reading(family: Family, code: u32) -> Option<&'static CodeEntry> {
    all().find(|entry| entry.family == family && entry.code == code)
}

#[cfg(test)]
mod tests;
