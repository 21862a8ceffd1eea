//! Authentication: exchanges tokens with the host, then seals and unseals messages.
//!
//! It opens no socket, names no HTTP header, and takes time and randomness as a [`Moment`]; only the system's Kerberos library
//! does I/O of its own. RFC 9110, section 11; [MS-WSMV], section 2.2.9.1.

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

/// What one exchange hands to the peer, before any transport encoding; wiped when dropped.
pub(crate) type Token = Zeroizing<Vec<u8>>;

/// Whom an exchange is to be held with.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    /// The name or address that was dialled, an IPv6 address without brackets.
    pub(crate) host: String,
    /// The name of the service, where it is not `HTTP` on that host.
    pub(crate) spn: Option<ServicePrincipal>,
    /// Whether messages will be sealed: the connection itself hides nothing.
    pub(crate) sealed: bool,
}

impl Peer {
    /// The name under which the service is known to its domain.
    pub(super) fn service_principal(&self) -> ServicePrincipal {
        self.spn.clone().unwrap_or_else(|| ServicePrincipal::of_host(&self.host))
    }
}

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
    Certificate(Certificate),
    Raw(Raw),
    Spnego(Spnego),
}

impl Exchange {
    /// Prepares the exchange for these credentials; says nothing yet.
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

    /// The scheme as registered, the word that stands before the token: `Basic`, `Negotiate`, `Kerberos`.
    pub(crate) fn scheme(&self) -> &'static str {
        match self {
            Self::Basic(_) => Basic::SCHEME,
            Self::Certificate(_) => Certificate::SCHEME,
            Self::Raw(raw) => raw.scheme(),
            Self::Spnego(_) => Spnego::SCHEME,
        }
    }

    /// What is really spoken under that name, as far as it is decided yet: `Basic`, `NTLM`, `Kerberos`.
    pub(crate) fn mechanism(&self) -> &'static str {
        match self {
            Self::Basic(_) => Basic::SCHEME,
            Self::Certificate(_) => Certificate::NAME,
            Self::Raw(raw) => raw.mechanism(),
            Self::Spnego(spnego) => spnego.mechanism(),
        }
    }

    /// The mechanism that would have been preferred and could not begin, and why.
    pub(crate) fn passed_over(&self) -> Option<&(&'static str, AuthError)> {
        match self {
            Self::Basic(_) | Self::Certificate(_) | Self::Raw(_) => None,
            Self::Spnego(spnego) => spnego.passed_over(),
        }
    }

    /// Whether whoever reads a token learns the password.
    pub(crate) fn reveals_password(&self) -> bool {
        matches!(self, Self::Basic(_))
    }

    /// Whether the exchange convinces the host once for the whole connection, by tokens with empty bodies first and
    /// none later. Otherwise every request carries a token.
    pub(crate) fn is_connection_bound(&self) -> bool {
        !matches!(self, Self::Basic(_) | Self::Certificate(_))
    }

    /// What is said with every request, where the host is not convinced once for the whole connection.
    pub(crate) fn each_time(&self) -> Option<Token> {
        match self {
            Self::Basic(basic) => Some(basic.token()),
            Self::Certificate(_) => Some(Certificate::token()),
            Self::Raw(_) | Self::Spnego(_) => None,
        }
    }

    /// Whether a step may wait, for a KDC: then it is not for an asynchronous runtime's own threads.
    pub(crate) fn may_wait(&self) -> bool {
        match self {
            Self::Basic(_) | Self::Certificate(_) => false,
            Self::Raw(raw) => raw.may_wait(),
            Self::Spnego(spnego) => spnego.may_wait(),
        }
    }

    /// Goes one step further: `challenge` is `None` when a request begins, and the peer's token (which may be empty)
    /// when the peer has challenged what was sent. The binding is that of the TLS connection, if there is one.
    ///
    /// The first step may wait for a KDC ([`may_wait`](Self::may_wait)), for half a minute where one is silent. An exchange
    /// that has failed is to be dropped, with its connection.
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

    /// Ends a connection-bound exchange: the host is convinced, and `last` is the token that came with its answer, if
    /// any. What is still to be proven about the host is proven here.
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
