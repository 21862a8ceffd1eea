//! hvsnap: a WS-Management (WinRM) client for Hyper-V snapshots.
//!
//! The architecture text stands at the end of this page once the layers are in place.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod auth;
pub mod cim;
pub mod clock;
#[cfg_attr(not(test), expect(dead_code, unused_imports, reason = "`client` will use it"))]
mod http;
pub mod hyperv;
mod limits;
mod secret;
pub mod soap;
mod violation;
pub mod wsman;
mod xml;

pub use auth::Credentials;
pub use http::{Endpoint, EndpointError};
pub use limits::Limits;
pub use secret::Secret;
pub use violation::{ProtocolError, Violation};
pub use xml::UnwritableText;
