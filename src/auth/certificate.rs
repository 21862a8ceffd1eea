//! Authentication by a client certificate.
//!
//! TLS presents the certificate; each HTTP request only names the security profile. Follows [MS-WSMV], section 3.1.4.1.29.2.

use super::{Step, Token};

pub(crate) struct Certificate;

impl Certificate {
    pub(super) const SCHEME: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual";
    pub(super) const NAME: &str = "certificate";

    /// The scheme has no token.
    pub(super) fn token() -> Token {
        Vec::new().into()
    }

    /// The first step sends the scheme without a token. A refusal is final: there is nothing else to send.
    pub(super) fn step(challenge: Option<&[u8]>) -> Step {
        match challenge {
            None => Step::Send(Self::token()),
            Some(_) => Step::Refused,
        }
    }
}
