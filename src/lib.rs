//! hvsnap: a WS-Management (WinRM) client for Hyper-V snapshots.
//!
//! The architecture text stands at the end of this page once the layers are in place.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod auth;
#[cfg(feature = "sim")]
mod bridge;
pub mod cim;
mod client;
pub mod clock;
mod http;
pub mod hyperv;
mod limits;
mod secret;
#[cfg(feature = "sim")]
pub mod sim;
pub mod soap;
mod violation;
#[cfg(test)]
mod wire_tests;
pub mod wsman;
mod xml;

pub use auth::Credentials;
pub use client::{
    CancelAnswer, Client, ClientBuilder, ConnectionError, DangerousBuilder, DestroyJob, Effect, Enumeration,
    Error, ErrorKind, InstanceStream, Job, JobConclusion, JobEnd, Outcome, Phase, Progress, SystemClock,
    Until, Vm,
};
pub use http::{Endpoint, EndpointError};
pub use limits::Limits;
pub use secret::Secret;
pub use violation::{ProtocolError, Violation};
pub use xml::UnwritableText;
