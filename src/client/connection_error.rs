//! [`ConnectionError`]: why the host did not answer.
//!
//! Types of the HTTP library stay private. The [`Effect`](crate::Effect) is part of the enclosing error.

use std::fmt;

use crate::http::{HttpError, HttpErrorKind};

/// Why the host did not answer.
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

    /// True if no connection to the host was opened, so that nothing was sent: name resolution failed, the connection was
    /// refused, there is no route, the connection timed out, or the proxy refused a tunnel.
    ///
    /// False if the connection was opened and then lost, or the TLS handshake failed.
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

    /// True if the connection or the answer timed out.
    pub fn is_timeout(&self) -> bool {
        matches!(
            self.0.kind(),
            HttpErrorKind::ConnectTimedOut(_) | HttpErrorKind::AnswerTimedOut(_) | HttpErrorKind::CutOff
        )
    }

    /// True if the client's settings rule out a connection, so that nothing was sent: a user or a file that the scheme cannot
    /// use, or a scheme or a proxy that needs TLS.
    ///
    /// A password that would be sent in clear text is [`is_authentication`](Self::is_authentication).
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

    /// The most secure scheme that both the host and this client support.
    pub(crate) fn usable_scheme(offered: &[String]) -> Option<&'static str> {
        let is_offered = |scheme: &&str| offered.iter().any(|offer| offer.eq_ignore_ascii_case(scheme));
        ["negotiate", "kerberos", "basic"].into_iter().find(is_offered)
    }

    /// The schemes that the host offers, if known.
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
