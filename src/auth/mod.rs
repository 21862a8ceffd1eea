//! Who the caller is, and how a host is convinced of it: tokens in, tokens out.
//!
//! It never names an HTTP header and never opens a socket: a scheme has a name and exchanges bytes, and the layer
//! above carries them. The framework is that of RFC 9110, section 11.

mod basic;
mod credentials;

use zeroize::Zeroizing;

use basic::Basic;
pub use credentials::Credentials;
pub(crate) use credentials::CredentialsError;
use credentials::Kind;

/// What one exchange hands to the peer, before any transport encoding; wiped when dropped.
pub(crate) type Token = Zeroizing<Vec<u8>>;

/// What an exchange wants done next.
pub(crate) enum Step {
    /// Send this token with the request.
    Send(Token),
    /// The peer has turned down all that this exchange can say.
    Refused,
}

/// One authentication, bound to one connection: it begins and ends with it.
pub(crate) enum Exchange {
    Basic(Basic),
}

impl Exchange {
    /// Prepares the exchange for these credentials; says nothing yet.
    pub(crate) fn new(credentials: &Credentials) -> Result<Self, CredentialsError> {
        match credentials.kind() {
            Kind::Basic { user, password } => Basic::new(user, password.clone()).map(Self::Basic),
        }
    }

    /// The scheme as registered, for instance `Basic`.
    pub(crate) fn scheme(&self) -> &'static str {
        match self {
            Self::Basic(_) => Basic::SCHEME,
        }
    }

    /// Whether whoever reads a token learns the password.
    pub(crate) fn reveals_password(&self) -> bool {
        match self {
            Self::Basic(_) => true,
        }
    }

    /// Goes one step further: `challenge` is `None` when a request begins, and the peer's token (which may be empty)
    /// when the peer has challenged what was sent.
    pub(crate) fn step(&mut self, challenge: Option<&[u8]>) -> Step {
        match self {
            Self::Basic(basic) => basic.step(challenge),
        }
    }
}
