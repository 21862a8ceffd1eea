//! Authentication: exchanges tokens with the host, then seals and unseals messages.
//!
//! Time and randomness come in as a [`Moment`]; only the system's Kerberos library performs I/O of its own. HTTP headers belong
//! to the layer above. Follows RFC 9110, section 11, and [MS-WSMV], section 2.2.9.1.

mod basic;
mod binding;
mod certificate;
mod credentials;
mod error;
pub(crate) mod gssapi;
mod mechanism;
mod moment;
pub(crate) mod ntlm;
mod principal;
mod raw;
mod refusals;
mod session;
pub(crate) mod spnego;
#[cfg(test)]
mod tests;

use std::fmt;

use zeroize::Zeroizing;

use basic::Basic;
pub(crate) use binding::ChannelBinding;
use certificate::Certificate;
pub use credentials::Credentials;
pub(crate) use credentials::CredentialsError;
use credentials::Kind;
pub(crate) use error::AuthError;
use gssapi::Kerberos;
use mechanism::Mechanism;
pub(crate) use moment::{Entropy, Moment};
use ntlm::Ntlm;
pub use principal::{ServicePrincipal, ServicePrincipalError};
use raw::Raw;
pub(crate) use refusals::Refusal;
pub(crate) use session::{Sealed, Session};
use spnego::Spnego;

/// A token for the peer, before any transport encoding; wiped when dropped.
pub(crate) type Token = Zeroizing<Vec<u8>>;

/// The peer of an exchange.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    /// The name or address that was dialled, an IPv6 address without brackets.
    pub(crate) host: String,
    /// The name of the service, if it is not `HTTP` on that host.
    pub(crate) spn: Option<ServicePrincipal>,
    /// True if messages will be sealed because the connection itself is not encrypted.
    pub(crate) sealed: bool,
}

impl Peer {
    /// The principal of the service in its domain.
    pub(super) fn service_principal(&self) -> ServicePrincipal {
        self.spn.clone().unwrap_or_else(|| ServicePrincipal::of_host(&self.host))
    }
}

/// What the caller of an exchange must do next.
pub(crate) enum Step {
    /// Send this token with the request.
    Send(Token),
    /// The peer has refused all that this exchange can offer.
    Refused,
}

/// One authentication, bound to one connection and its lifetime.
pub(crate) enum Exchange {
    Basic(Basic),
    Certificate(Certificate),
    Raw(Raw),
    Spnego(Spnego),
}

impl Exchange {
    /// Prepares the exchange for these credentials; produces no token yet.
    pub(crate) fn new(credentials: &Credentials, peer: &Peer) -> Result<Self, CredentialsError> {
        Ok(match credentials.kind() {
            Kind::Basic { user, password } => Self::Basic(Basic::new(user, password.clone())?),
            Kind::Certificate(_) => Self::Certificate(Certificate),
            Kind::Ntlm { user, password } => {
                let ntlm = Ntlm::new(user, password, peer)?;
                Self::Raw(Raw::new(Spnego::SCHEME, session::SPNEGO, Box::new(ntlm)))
            }
            Kind::Negotiate { user, password, tickets } => {
                let mut mechanisms: Vec<Box<dyn Mechanism>> = Vec::new();
                if let Some(tickets) = tickets {
                    mechanisms.push(Box::new(Kerberos::new(tickets, peer)?));
                }
                mechanisms.push(Box::new(Ntlm::new(user, password, peer)?));
                Self::Spnego(Spnego::new(mechanisms))
            }
            Kind::NegotiateKerberos(tickets) => {
                Self::Spnego(Spnego::new(vec![Box::new(Kerberos::new(tickets, peer)?)]))
            }
            Kind::Kerberos(tickets) => {
                let kerberos = Kerberos::new(tickets, peer)?;
                Self::Raw(Raw::new(Kerberos::NAME, session::KERBEROS, Box::new(kerberos)))
            }
        })
    }

    /// The registered name of the scheme, which precedes the token: `Basic`, `Negotiate`, `Kerberos`.
    pub(crate) fn scheme(&self) -> &'static str {
        match self {
            Self::Basic(_) => Basic::SCHEME,
            Self::Certificate(_) => Certificate::SCHEME,
            Self::Raw(raw) => raw.scheme(),
            Self::Spnego(_) => Spnego::SCHEME,
        }
    }

    /// The mechanism in use, as far as it is decided yet: `Basic`, `NTLM`, `Kerberos`.
    pub(crate) fn mechanism(&self) -> &'static str {
        match self {
            Self::Basic(_) => Basic::SCHEME,
            Self::Certificate(_) => Certificate::NAME,
            Self::Raw(raw) => raw.mechanism(),
            Self::Spnego(spnego) => spnego.mechanism(),
        }
    }

    /// The preferred mechanism that could not begin, and why.
    pub(crate) fn passed_over(&self) -> Option<&(&'static str, AuthError)> {
        match self {
            Self::Basic(_) | Self::Certificate(_) | Self::Raw(_) => None,
            Self::Spnego(spnego) => spnego.passed_over(),
        }
    }

    /// True if a token reveals the password to its reader.
    pub(crate) fn reveals_password(&self) -> bool {
        matches!(self, Self::Basic(_))
    }

    /// True if the exchange authenticates the whole connection once: the first requests carry tokens and empty bodies, later
    /// ones no token. Otherwise every request carries a token.
    pub(crate) fn is_connection_bound(&self) -> bool {
        !matches!(self, Self::Basic(_) | Self::Certificate(_))
    }

    /// The token for every request, if the scheme does not authenticate the connection as a whole.
    pub(crate) fn each_time(&self) -> Option<Token> {
        match self {
            Self::Basic(basic) => Some(basic.token()),
            Self::Certificate(_) => Some(Certificate::token()),
            Self::Raw(_) | Self::Spnego(_) => None,
        }
    }

    /// True if a step may wait for a KDC; then it must not run on an asynchronous runtime's own threads.
    pub(crate) fn may_wait(&self) -> bool {
        match self {
            Self::Basic(_) | Self::Certificate(_) => false,
            Self::Raw(raw) => raw.may_wait(),
            Self::Spnego(spnego) => spnego.may_wait(),
        }
    }

    /// Takes one step: `challenge` is `None` when a request begins, and the peer's token (possibly empty) after the peer has
    /// challenged. `binding` is that of the TLS connection, if there is one.
    ///
    /// The first step may wait for a KDC ([`may_wait`](Self::may_wait)), for half a minute if the KDC is silent. After an
    /// error, drop the exchange and its connection.
    pub(crate) fn step(
        &mut self,
        challenge: Option<&[u8]>,
        binding: Option<&ChannelBinding>,
        moment: &mut Moment,
    ) -> Result<Step, AuthError> {
        match self {
            Self::Basic(basic) => Ok(basic.step(challenge)),
            Self::Certificate(_) => Ok(Certificate::step(challenge)),
            Self::Raw(raw) => raw.step(challenge, binding, moment),
            Self::Spnego(spnego) => spnego.step(challenge, binding, moment),
        }
    }

    /// Ends a connection-bound exchange after the host has accepted; `last` is the token that came with its answer, if any.
    /// Verifies what the host must still prove.
    pub(crate) fn finish(self, last: Option<&[u8]>) -> Result<Session, AuthError> {
        match self {
            Self::Basic(_) | Self::Certificate(_) => Err(AuthError::NoSession),
            Self::Raw(raw) => raw.finish(last),
            Self::Spnego(spnego) => spnego.finish(last),
        }
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Exchange");
        shown.field("scheme", &self.scheme()).field("mechanism", &self.mechanism()).finish_non_exhaustive()
    }
}
