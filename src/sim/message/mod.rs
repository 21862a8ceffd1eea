//! SOAP and WS-Management as a WinRM service speaks them: requests read, answers and faults written.
//!
//! Written for the simulator alone and from the specifications, without the client's `soap`, `wsman` and codec: what both
//! sides got wrong in the same way would look right. Of the layers below only `xml` is used. Never knows HTTP, users or
//! the model. Follows MS-WSMV 3.1.4.1, DSP0226, DSP0227, DSP0230, and recorded answers of real hosts.

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
