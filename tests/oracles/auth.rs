//! Oracles for authentication: the tokens of a host.
//!
//! Randomness is fixed: the same bytes give the same verdict. The invariants are documented in `ntlm`, `spnego` and `gssapi`.

use std::time::Duration;

use zeroize::Zeroizing;

use super::{Verdict, kept, short};
use crate::{
    auth::{AuthError, Credentials, Entropy, Exchange, Moment, Peer, Session, Step},
    secret::Secret,
};

const USER: &str = r"LAB\operator";
const PASSWORD: &str = "correct-horse";
/// A challenge of another implementation.
const CHALLENGE: &[u8] = include_bytes!("../../fixtures/hostile/ntlm_challenge/recorded.bin");
const WRAPPED_CHALLENGE: &[u8] = include_bytes!("../../fixtures/hostile/spnego/recorded.bin");
/// Its signature of the mechanism list, which ends that exchange.
const LIST_SIGNATURE: &[u8] = &[1, 0, 0, 0, 0x0a, 0xc7, 0x69, 0xf6, 0xb2, 0xd4, 0x1b, 0x3f, 0, 0, 0, 0];
/// Names of 64 KiB in a challenge go back in the answer; nothing else makes it long.
const LONGEST_TOKEN: usize = 16 * 1024;

impl From<AuthError> for Verdict {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Violation(violation) => Self::Violation(violation),
            other => Self::Refused(short(other)),
        }
    }
}

fn moment() -> Moment {
    let bytes = Zeroizing::new([0x5a; Entropy::SIZE]);
    Moment { random: Entropy::new(&bytes), now: Duration::from_secs(1_795_000_000) }
}

/// An exchange whose first token was sent.
fn begun(credentials: &Credentials, sealed: bool) -> Exchange {
    let peer = Peer { host: "hv01".to_owned(), spn: None, sealed };
    let mut exchange = kept(Exchange::new(credentials, &peer), "these credentials are good");
    kept(exchange.step(None, None, &mut moment()), "the first step needs nobody");
    exchange
}

fn ntlm() -> Credentials {
    Credentials::ntlm(USER, Secret::new(PASSWORD))
}

fn negotiate() -> Credentials {
    Credentials::negotiate(USER, Secret::new(PASSWORD))
}

/// A session with a recorded host, whose keys are unknown.
pub(super) fn session() -> Session {
    let mut exchange = begun(&ntlm(), true);
    kept(exchange.step(Some(CHALLENGE), None, &mut moment()), "the recorded challenge is good");
    kept(exchange.finish(None), "the exchange is over")
}

/// The client's reaction to a challenge; its answer must be fit to be sent.
fn hear(exchange: &mut Exchange, challenge: &[u8]) -> Result<bool, AuthError> {
    match exchange.step(Some(challenge), None, &mut moment())? {
        Step::Send(token) => {
            assert!(token.len() <= LONGEST_TOKEN, "a token of {} bytes", token.len());
            Ok(true)
        }
        Step::Refused => Ok(false),
    }
}

/// An NTLM challenge without SPNEGO.
pub fn ntlm_challenge(bytes: &[u8]) -> Verdict {
    let mut verdict = Verdict::Taken;
    for sealed in [false, true] {
        let mut exchange = begun(&ntlm(), sealed);
        #[cfg(feature = "sim")]
        if let Ok(Step::Send(answer)) = begun(&ntlm(), sealed).step(Some(bytes), None, &mut moment()) {
            assert!(super::sim_auth::reads_authenticate(&answer), "our answer is read by the host");
        }
        let heard = hear(&mut exchange, bytes);
        if heard == Ok(true) {
            let mut session = kept(exchange.finish(None), "what was answered is established");
            assert!(session.unseal(&[1; 16], bytes).is_err(), "nobody but the host seals");
        }
        assert!(heard != Ok(false) || bytes.is_empty(), "a challenge with a token is answered or refused");
        verdict = told(heard);
    }
    verdict
}

/// An answer in SPNEGO.
pub fn spnego(bytes: &[u8]) -> Verdict {
    super::spnego::token(bytes);
    // As the host's last word.
    let mut exchange = begun(&negotiate(), true);
    let heard = hear(&mut exchange, WRAPPED_CHALLENGE);
    assert_eq!(heard, Ok(true), "the recorded challenge is good");
    let ended = exchange.finish(Some(bytes));
    let is_signed = bytes.windows(LIST_SIGNATURE.len()).any(|found| found == LIST_SIGNATURE);
    assert!(ended.is_err() || is_signed, "a host that proves nothing is not believed");
    // As its first.
    let mut exchange = begun(&negotiate(), true);
    told(hear(&mut exchange, bytes))
}

fn told(heard: Result<bool, AuthError>) -> Verdict {
    match heard {
        Ok(true) => Verdict::Taken,
        Ok(false) => Verdict::Refused("the host says no".to_owned()),
        Err(error) => error.into(),
    }
}
