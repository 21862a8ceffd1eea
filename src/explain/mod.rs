//! The meaning of codes: error ids of this library, and codes of WS-Management, WMI, Win32, HTTP and Hyper-V.
//!
//! An entry says what happened, why, what to do, and whether the request may be repeated. A code that several families use has
//! several readings; an unknown code has none.

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

/// All readings of a number, which several families may share. Ids of this library are not included.
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
