//! A caller that is known by the certificate it shows in TLS.
//!
//! It never says anything by itself: TLS has shown the certificate, and HTTP only has to say that it counts, with every
//! request. The word for that is the security profile that [MS-WSMV], section 3.1.4.1.29.2, names; no token goes with it.

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
