//! Faults on purpose: rules that say which request goes wrong, and how.
//!
//! `given` reads the keys and values of a rule, which are the same in a lab file and in one line of text; `kind` knows what can
//! go wrong; `rule` has the public [`Fault`]; `set` counts, and decides which rules fire. Nothing here breaks anything: the
//! endpoint, the model and the listener do as they are told.

mod given;
mod kind;
mod rule;
mod set;
#[cfg(test)]
mod tests;

pub use given::FaultError;
pub(crate) use given::Given;
pub(crate) use kind::{JobFault, SoapFault, Spoil};
pub use rule::Fault;
pub(crate) use rule::Seen;
pub use set::FaultUse;
pub(crate) use set::{Faults, Fired};
