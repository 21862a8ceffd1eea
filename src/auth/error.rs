//! Errors of an authentication, and of the session that it establishes.
//!
//! An error never quotes a token, a name from a token, or anything derived from a password.

use std::fmt;

use super::gssapi::KerberosError;
use crate::violation::Violation;

/// Why an exchange or a session failed. After any of these errors the connection must be closed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum AuthError {
    /// The host's token or sealed message breaks the protocol.
    #[error("the host sent {0}")]
    Violation(Violation),
    /// The host does not offer a protection that a safe session needs.
    #[error("the host does not offer {0}")]
    Weak(Missing),
    /// Kerberos failed.
    #[error(transparent)]
    Kerberos(Box<KerberosError>),
    /// The host supports none of the offered mechanisms.
    #[error("the host accepts none of the mechanisms available here")]
    NothingInCommon,
    /// The host called the exchange complete before it proved its identity, or before the caller was authenticated.
    #[error("the host ended the authentication before it was complete")]
    EndedEarly,
    /// A value does not fit into the scheme's messages.
    #[error("a message of the authentication would be too long")]
    TooLong,
    /// One step needed more random bytes than it was given.
    #[error("no randomness is left for this step of the authentication")]
    NoRandomness,
    /// The scheme establishes no session: there is nothing to finish, seal or unseal.
    #[error("the authentication scheme makes no session")]
    NoSession,
    /// The session ended with an earlier error.
    #[error("the session ended with an earlier error")]
    SessionOver,
}

/// A protection that the host does not offer and that the exchange requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// NTLM, version 2: the challenge has no target information.
    NtlmV2,
    /// NTLM's extended session security.
    ExtendedSessionSecurity,
    /// 128-bit keys.
    StrongKeys,
    /// A random session key.
    KeyExchange,
    /// Signed messages.
    Signing,
    /// Encrypted messages.
    Sealing,
    /// Text in Unicode.
    Unicode,
    /// A session that is not anonymous.
    Identity,
}

impl AuthError {
    /// What to try, if there is advice.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Kerberos(error) => error.hint(),
            _ => None,
        }
    }

    /// True if the KDC has refused the password, or may have.
    pub(crate) fn is_refused_password(&self) -> bool {
        matches!(self, Self::Kerberos(error) if error.is_refusal())
    }

    /// True if another mechanism may be tried instead.
    pub(super) fn permits_fallback(&self) -> bool {
        match self {
            Self::Kerberos(error) => error.permits_fallback(),
            _ => true,
        }
    }
}

impl From<Violation> for AuthError {
    fn from(violation: Violation) -> Self {
        Self::Violation(violation)
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NtlmV2 => "NTLM version 2",
            Self::ExtendedSessionSecurity => "NTLM with extended session security",
            Self::StrongKeys => "NTLM with 128-bit keys",
            Self::KeyExchange => "NTLM with a random session key",
            Self::Signing => "NTLM with signed messages",
            Self::Sealing => "NTLM with encrypted messages",
            Self::Unicode => "NTLM in Unicode",
            Self::Identity => "NTLM sessions that are not anonymous",
        })
    }
}
