//! The mechanism that authenticated the caller, for display, and why a better one was not used.
//!
//! It holds no token, key or user name.

use std::fmt;

use crate::auth::Exchange;

/// How the host authenticated the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authentication {
    scheme: &'static str,
    /// The mechanism that succeeded, known with the last token of the exchange.
    pub(super) mechanism: &'static str,
    is_sealed: bool,
    is_channel_bound: bool,
    passed_over: Option<String>,
}

impl Authentication {
    /// An authentication that every request repeats: nothing is sealed or bound.
    pub(super) fn each_time(exchange: &Exchange) -> Self {
        Self::of(exchange, false, false)
    }

    /// An authentication of the whole connection.
    pub(super) fn of(exchange: &Exchange, is_sealed: bool, is_channel_bound: bool) -> Self {
        let passed_over = exchange
            .passed_over()
            .map(|(preferred, reason)| format!("{preferred} could not begin: {reason}"));
        let (scheme, mechanism) = (exchange.scheme(), exchange.mechanism());
        Self { scheme, mechanism, is_sealed, is_channel_bound, passed_over }
    }

    /// The HTTP scheme: `Negotiate`, `Kerberos`, `Basic`, or the one for client certificates.
    pub fn scheme(&self) -> &'static str {
        self.scheme
    }

    /// The mechanism inside the scheme: `Kerberos`, `NTLM`, or the scheme itself.
    pub fn mechanism(&self) -> &'static str {
        self.mechanism
    }

    /// True if the mechanism signs and encrypts messages. Over plain HTTP it does, except with Basic.
    pub fn is_sealed(&self) -> bool {
        self.is_sealed
    }

    /// True if the authentication is bound to the TLS connection (`tls-server-end-point`, RFC 5929), which prevents relaying.
    pub fn is_channel_bound(&self) -> bool {
        self.is_channel_bound
    }

    /// The better mechanism that could not begin, and why.
    pub fn passed_over(&self) -> Option<&str> {
        self.passed_over.as_deref()
    }
}

/// `NTLM in Negotiate, sealed`; the reason for a weaker mechanism is left out.
impl fmt::Display for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mechanism)?;
        // The scheme of a client certificate is the long name of a security profile.
        if self.mechanism != self.scheme && !self.scheme.contains("://") {
            write!(f, " in {}", self.scheme)?;
        }
        f.write_str(if self.is_sealed { ", sealed" } else { "" })?;
        f.write_str(if self.is_channel_bound { ", bound to the TLS connection" } else { "" })
    }
}
