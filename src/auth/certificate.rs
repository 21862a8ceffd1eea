//! Authentication by a client certificate.
//!
//! TLS shows the certificate; each HTTP request only names the security profile. [MS-WSMV], section 3.1.4.1.29.2.

use super::{Step, Token};

pub(crate) struct Certificate;

impl Certificate {
    pub(super) const SCHEME: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual";
    pub(super) const NAME: &str = "certificate";

    /// The word goes without one.
    pub(super) fn token() -> Token {
        Vec::new().into()
    }

    /// A word without a token; once turned down, there is nothing to add.
    pub(super) fn step(challenge: Option<&[u8]>) -> Step {
        match challenge {
            None => Step::Send(Self::token()),
            Some(_) => Step::Refused,
        }
    }
}
