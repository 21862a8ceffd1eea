//! The oracles for the host's side of authentication.
//!
//! No input may authenticate: invented tokens contain no password.

use std::time::Duration;

use super::{Verdict, kept, short};
use crate::sim::{
    auth::{Authority, Conversation, Progress, Scheme, ntlm::authenticate::Authenticate, spnego::Response},
    lab::Lab,
};

/// A NEGOTIATE of a client.
const NEGOTIATE: &[u8] = include_bytes!("../../fixtures/hostile/ntlm_host/negotiate.bin");

/// The bytes as the first token, and as the response to a challenge.
pub(super) fn host(lab: &Lab, bytes: &[u8], now: Duration) -> Verdict {
    let authority = kept(Authority::new(lab, lab.nodes.at(0), 7, None), "this lab needs no keytab");
    let mut conversation = Conversation::default();
    kept(conversation.step(&authority, Scheme::Negotiate, NEGOTIATE, now), "a client may begin");
    let answered = conversation.step(&authority, Scheme::Negotiate, bytes, now);
    assert!(!matches!(answered, Ok(Progress::Established(_))), "nobody gets in without a password");
    let mut verdict = Verdict::Taken;
    // A reply in SPNEGO is valid only after SPNEGO's first token.
    let mut conversation = Conversation::default();
    for _ in 0..2 {
        match conversation.step(&authority, Scheme::Negotiate, bytes, now) {
            Ok(Progress::Continue(_)) => {}
            Ok(Progress::Established(_)) => kept(Err(()), "nobody gets in without a password"),
            Err(denied) => verdict = Verdict::Refused(short(denied)),
        }
    }
    if answered.is_ok() { Verdict::Taken } else { verdict }
}

/// True if the host can read this AUTHENTICATE, whatever the result.
pub(super) fn reads_authenticate(token: &[u8]) -> bool {
    Authenticate::read(token).is_ok()
}

/// Token and signature of a `NegTokenResp`, as the host reads it.
pub(super) fn negotiation_response(token: &[u8]) -> Option<[Option<&[u8]>; 2]> {
    let response = Response::read(token)?;
    Some([response.token, response.list_mic])
}
