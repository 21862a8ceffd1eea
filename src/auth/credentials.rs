//! What the caller knows to prove an identity with.
//!
//! It never shows a secret and never judges where it may be sent; that is decided where the connection is known.

use std::fmt;

use crate::secret::Secret;

/// Who the caller is, and in which way the host shall be convinced of it.
///
/// ```
/// use hvsnap::{Credentials, Secret};
///
/// let credentials = Credentials::basic(r"CORP\ops", Secret::new("correct horse"));
/// assert!(!format!("{credentials:?}").contains("horse"));
/// ```
#[derive(Clone, Debug)]
pub struct Credentials(Kind);

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Basic { user: String, password: Secret },
    Ntlm { user: String, password: Secret },
    Negotiate { user: String, password: Secret },
}

impl Credentials {
    /// Basic authentication (RFC 7617): the password goes to the host with every request.
    ///
    /// The user is passed on as given: `ops`, `HOST\ops`. Names that the scheme cannot carry are reported when the
    /// client is built.
    pub fn basic(user: impl Into<String>, password: Secret) -> Self {
        Self(Kind::Basic { user: user.into(), password })
    }

    /// NTLM, version 2: the password never leaves this machine, and messages are encrypted where TLS does not do it.
    ///
    /// The user is `DOMAIN\user`, `user@realm`, or `user`; a local account of the host goes by `HOST\user` or `user`.
    pub fn ntlm(user: impl Into<String>, password: Secret) -> Self {
        Self(Kind::Ntlm { user: user.into(), password })
    }

    /// The best that both sides can do: what a Windows host allows by default, over HTTP as over TLS.
    ///
    /// The user is given in the same forms as for [`Self::ntlm`].
    pub fn negotiate(user: impl Into<String>, password: Secret) -> Self {
        Self(Kind::Negotiate { user: user.into(), password })
    }

    pub(super) fn kind(&self) -> &Kind {
        &self.0
    }
}

/// The scheme cannot carry this user or password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CredentialsError {
    /// No user was given.
    NoUser,
    /// The user contains a colon, which in Basic authentication ends the user.
    ColonInUser,
    /// The user or the password contains a control character.
    ControlCharacter,
    /// The user, the domain or the service is longer than NTLM can say.
    NameTooLong,
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoUser => "the user is empty",
            Self::ColonInUser => "Basic authentication cannot carry a user with a colon",
            Self::ControlCharacter => "Basic authentication cannot carry control characters",
            Self::NameTooLong => "NTLM cannot carry a name of more than 1024 characters",
        })
    }
}

impl std::error::Error for CredentialsError {}
