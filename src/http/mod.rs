//! HTTP/1.1 connections to a host, each with its own authentication.
//!
//! A request is not repeated once a byte of it may have been written. An identity belongs to its connection; on plain HTTP
//! all messages after the authentication are sealed. Follows RFC 9112 and [MS-WSMV], section 2.2.9.1.

mod authentication;
pub(crate) mod challenge;
mod channel;
mod connection;
mod endpoint;
mod error;
mod foreign;
mod handshake;
mod limit;
mod logon;
mod not_soap;
mod pool;
mod probe;
mod proxy;
pub(crate) mod sealed;
mod single_connection;
#[cfg(test)]
mod tests;
mod tls;
mod waiting;

use std::time::Duration;

use bytes::Bytes;

pub use authentication::Authentication;
pub use endpoint::{Endpoint, EndpointError};
pub(crate) use error::{HttpError, HttpErrorKind, Late, Written};
pub(crate) use limit::Limit;
pub use not_soap::NotSoap;
pub(crate) use pool::{Pool, PoolOptions};
pub(crate) use probe::Addresses;
pub use proxy::{ProxyConfig, ProxyConfigError};
pub(crate) use tls::TlsProblem;
pub use tls::{CertificateFingerprint, CertificateFingerprintError, TlsConfig, TlsConfigError};

/// The media type of every request body (SOAP 1.2 part 2, section 7.1.4).
pub(crate) const CONTENT_TYPE: &str = "application/soap+xml;charset=UTF-8";

/// The answer of a host, with any status except 401.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: Option<String>,
    /// `Content-Encoding`, which no request asks for.
    pub(crate) content_encoding: Option<String>,
    pub(crate) body: Bytes,
    /// The time to wait that the host asks for (RFC 9110, section 10.2.3).
    pub(crate) retry_after: Option<Duration>,
}
