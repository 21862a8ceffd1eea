//! [`ConnectionError`]: why there is no answer of the host.
//!
//! It exposes no type of the HTTP library. The [`Effect`](crate::Effect) is part of the error that holds it.

use std::fmt;

use crate::http::{HttpError, HttpErrorKind};

/// Why there is no answer of the host.
#[derive(Debug)]
pub struct ConnectionError(pub(crate) HttpError);

impl ConnectionError {
    /// True if the host did not accept the user or the scheme.
    pub fn is_authentication(&self) -> bool {
        matches!(
            self.0.kind(),
            HttpErrorKind::NotAuthenticated { .. }
                | HttpErrorKind::ClientCertificateLate(_)
                | HttpErrorKind::IdentityLost(_)
                | HttpErrorKind::Authentication(_)
                | HttpErrorKind::Credentials(_)
                | HttpErrorKind::PlaintextRefused { .. }
        )
    }

    /// True if no connection to the host was opened, so that nothing was sent: its name has no address, the port is closed,
    /// there is no route, no connection came about in time, or the proxy opens no tunnel.
    ///
    /// A connection that was opened and then lost, or a TLS handshake that failed, is not such an error.
    pub fn is_unreached(&self) -> bool {
        matches!(
            self.0.kind(),
            HttpErrorKind::NameResolution
                | HttpErrorKind::ConnectRefused
                | HttpErrorKind::Unreachable
                | HttpErrorKind::ConnectTimedOut(_)
                | HttpErrorKind::Proxy(_)
        )
    }

    /// True if the host did not accept the connection, or did not answer, in time.
    pub fn is_timeout(&self) -> bool {
        matches!(
            self.0.kind(),
            HttpErrorKind::ConnectTimedOut(_) | HttpErrorKind::AnswerTimedOut(_) | HttpErrorKind::CutOff
        )
    }

    /// True if the settings of the client do not allow a connection, so that nothing was sent: a user or a file that the
    /// scheme cannot use, or a scheme or a proxy that needs TLS.
    ///
    /// A password that would cross the network in clear text is [`is_authentication`](Self::is_authentication).
    pub fn is_settings(&self) -> bool {
        matches!(
            self.0.kind(),
            HttpErrorKind::Credentials(_)
                | HttpErrorKind::CertificateNeedsTls
                | HttpErrorKind::ProxyNeedsTls
                | HttpErrorKind::ClientCertificate
                | HttpErrorKind::TrustRoots
        )
    }

    /// True if the TLS handshake failed.
    pub fn is_tls(&self) -> bool {
        matches!(self.0.kind(), HttpErrorKind::Tls(_))
    }

    /// The name of a scheme that the host offers and this client speaks, the safest first.
    pub(crate) fn usable_scheme(offered: &[String]) -> Option<&'static str> {
        let is_offered = |scheme: &&str| offered.iter().any(|offer| offer.eq_ignore_ascii_case(scheme));
        ["negotiate", "kerberos", "basic"].into_iter().find(is_offered)
    }

    /// The schemes that the host offers, if it said so.
    pub fn offered_schemes(&self) -> &[String] {
        match self.0.kind() {
            HttpErrorKind::NotAuthenticated { offered, .. } => offered,
            _ => &[],
        }
    }
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for ConnectionError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.0)
    }
}
