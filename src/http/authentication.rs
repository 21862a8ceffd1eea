//! The mechanism that authenticated the caller, for display, and why a better one was not used.
//!
//! It holds no token, key or user name.

use std::fmt;

use crate::auth::Exchange;

/// How a host was convinced of who is calling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authentication {
    scheme: &'static str,
    /// The one that did it in the end: an exchange learns that with its last token.
    pub(super) mechanism: &'static str,
    is_sealed: bool,
    is_channel_bound: bool,
    passed_over: Option<String>,
}

impl Authentication {
    /// With every request anew: nothing is sealed by it and nothing bound.
    pub(super) fn each_time(exchange: &Exchange) -> Self {
        Self::of(exchange, false, false)
    }

    /// Once for a connection.
    pub(super) fn of(exchange: &Exchange, is_sealed: bool, is_channel_bound: bool) -> Self {
        let passed_over = exchange
            .passed_over()
            .map(|(preferred, reason)| format!("{preferred} could not begin: {reason}"));
        let (scheme, mechanism) = (exchange.scheme(), exchange.mechanism());
        Self { scheme, mechanism, is_sealed, is_channel_bound, passed_over }
    }

    /// The scheme of HTTP that carried it: `Negotiate`, `Kerberos`, `Basic`, or that of client certificates.
    pub fn scheme(&self) -> &'static str {
        self.scheme
    }

    /// What was really spoken in it: `Kerberos`, `NTLM`, or the scheme itself.
    pub fn mechanism(&self) -> &'static str {
        self.mechanism
    }

    /// Whether messages are signed and encrypted by it, as they are over plain HTTP where it is not Basic.
    pub fn is_sealed(&self) -> bool {
        self.is_sealed
    }

    /// Whether it was tied to the TLS connection (`tls-server-end-point`, RFC 5929), so that nobody can pass it on.
    pub fn is_channel_bound(&self) -> bool {
        self.is_channel_bound
    }

    /// The better mechanism that could not begin, and why.
    pub fn passed_over(&self) -> Option<&str> {
        self.passed_over.as_deref()
    }
}

/// `NTLM in Negotiate, sealed`, without the reason for it.
impl fmt::Display for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mechanism)?;
        // A client certificate goes by the long name of a security profile.
        if self.mechanism != self.scheme && !self.scheme.contains("://") {
            write!(f, " in {}", self.scheme)?;
        }
        f.write_str(if self.is_sealed { ", sealed" } else { "" })?;
        f.write_str(if self.is_channel_bound { ", bound to the TLS connection" } else { "" })
    }
}
