//! WS-Management: resource URIs, selectors, headers, and the operations as exchanges without a socket.
//!
//! An exchange is a plain value: it writes its request (the same bytes for the same input) and reads the answer. Message ids come
//! in as arguments; the caller's decoder reads CIM values. Follows DMTF DSP0226 1.2, DSP0227 1.2, DSP0230 1.1 and MS-WSMV.

pub(crate) mod answer;
mod association;
mod enumerate;
mod exchange;
mod fault;
mod get;
mod identify;
mod invoke;
pub(crate) mod names;
mod options;
mod reference;
mod request;
mod selector;
mod transfer;
mod uri;

pub(crate) use answer::AnswerError;
pub use association::{AssociatedInstances, AssociationInstances};
pub(crate) use enumerate::{Enumerate, Item, Page, Pull, Release};
pub use enumerate::{EnumerationContext, EnumerationMode, Filter};
pub(crate) use exchange::Exchange;
pub use fault::{ExtendedStatus, Fault, WmiError};
pub(crate) use get::Get;
pub(crate) use identify::Identify;
pub use identify::Identity;
pub(crate) use invoke::Invoke;
pub use options::{OptionSet, RequestOption};
pub use reference::EndpointReference;
pub(crate) use request::{RequestOptions, RequestSettings};
pub use selector::{Selector, SelectorSet, SelectorValue};
pub(crate) use transfer::{Create, Delete, Put, ResourceCreated};
pub use uri::{ResourceUri, ResourceUriError};
