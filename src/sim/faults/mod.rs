//! FaultRule injection: rules that choose requests and what goes wrong with them.
//!
//! `given` parses the keys and values of a rule, from a lab file or a line of text; `kind` lists the faults; `rule` has the
//! public
//! [`FaultRule`]; `set` counts requests and decides which rules apply. The endpoint, the model and the listener execute the faults.

mod given;
mod kind;
mod rule;
mod set;
#[cfg(test)]
mod tests;

pub use given::FaultError;
pub(crate) use given::Given;
pub(crate) use kind::{Event, JobFault, SoapFault, Spoil, Turn};
pub use rule::FaultRule;
pub(crate) use rule::{Names, Seen};
pub use set::FaultUse;
pub(crate) use set::{Faults, Fired};
