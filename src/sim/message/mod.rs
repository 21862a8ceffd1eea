//! The messages of a WinRM service: reads SOAP and WS-Management requests, writes answers and faults.
//!
//! Written for the simulator from the specifications, without the client's `soap`, `wsman` and codec: a mistake shared by both
//! sides would go unnoticed. Of the layers below only `xml` is used. Follows MS-WSMV 3.1.4.1, DSP0226, DSP0227, DSP0230, and
//! recorded answers of real hosts.

mod answer;
mod body;
mod fault;
mod fault_text;
mod injected;
pub(crate) mod kinds;
mod names;
mod reference;
mod request;
mod resource;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_request;
mod tree;
mod value;

pub(crate) use answer::{Answer, Vocabulary};
pub(crate) use body::{Parameter, fragment, instance, method_output};
pub(crate) use fault::{Fault, FaultContext};
pub(crate) use injected::injected;
pub(crate) use names::{action, dialect, mode, ns};
pub(crate) use reference::{endpoint_reference, read_reference, read_selectors};
pub(crate) use request::{Message, Rejected, Request, read};
pub(crate) use resource::{Resource, Selector, SelectorValue, Target};
pub(crate) use tree::Node;
