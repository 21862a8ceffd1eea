//! Whole exchanges: with a foreign acceptor, with recorded messages, and with hostile hosts.
//!
//! Randomness is fixed: two runs send the same bytes.

mod foreign;
mod foreign_kerberos;
mod hostile;
mod recorded;
mod secrets;

use std::time::Duration;

use zeroize::Zeroizing;

use super::{AuthError, ChannelBinding, Credentials, Entropy, Exchange, Moment, Peer, Session, Step};
use crate::{secret::Secret, violation::Violation};

const USER: &str = r"LAB\operator";
const PASSWORD: &str = "correct-horse";

fn moment() -> Moment {
    let bytes = Zeroizing::new(std::array::from_fn(|at| u8::try_from(at).unwrap() ^ 0x5a));
    Moment { random: Entropy::new(&bytes), now: Duration::from_secs(1_795_000_000) }
}

fn ntlm(user: &str, password: &str) -> Credentials {
    Credentials::ntlm(user, Secret::new(password))
}

fn negotiate(user: &str, password: &str) -> Credentials {
    Credentials::negotiate(user, Secret::new(password))
}

/// An exchange over plain HTTP, or over TLS.
fn exchange(credentials: &Credentials, tls: bool) -> Exchange {
    let peer = Peer { host: "hv01".to_owned(), spn: None, sealed: !tls };
    Exchange::new(credentials, &peer).unwrap()
}

/// The next token sent.
fn say(exchange: &mut Exchange, challenge: Option<&[u8]>) -> Vec<u8> {
    match exchange.step(challenge, None, &mut moment()).unwrap() {
        Step::Send(token) => token.to_vec(),
        Step::Refused => panic!("nothing to say"),
    }
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
