//! The oracle for SPNEGO tokens: DER has only one form, and another reader sees the same in it.
//!
//! Follows RFC 4178, section 4.2, and X.690, section 10.

use super::kept;
use crate::auth::spnego::token::NegTokenResp;

pub(super) fn token(bytes: &[u8]) {
    let Ok(token) = NegTokenResp::read(bytes) else { return };
    #[cfg(feature = "sim")]
    {
        let ours =
            [&token.response_token, &token.mech_list_mic].map(|octets| octets.as_ref().map(|o| o.as_bytes()));
        assert_eq!(super::sim_auth::negotiation_response(bytes), Some(ours), "both readers see the same");
    }
    let again = kept(token.write(), "what was read can be written");
    assert_eq!(again, bytes, "what is DER has no other form");
}
