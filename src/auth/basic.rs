//! The Basic scheme: user and password in one token, sent with every request.
//!
//! The token is UTF-8. Follows RFC 7617, section 2.

use super::{CredentialsError, Step, Token};
use crate::secret::Secret;

pub(crate) struct Basic {
    user: String,
    password: Secret,
}

impl Basic {
    pub(super) const SCHEME: &str = "Basic";

    pub(super) fn new(user: &str, password: Secret) -> Result<Self, CredentialsError> {
        if user.is_empty() {
            return Err(CredentialsError::NoUser);
        }
        if user.contains(':') {
            return Err(CredentialsError::ColonInUser);
        }
        if user.chars().chain(password.expose().chars()).any(char::is_control) {
            return Err(CredentialsError::ControlCharacter);
        }
        Ok(Self { user: user.to_owned(), password })
    }

    pub(super) fn step(&self, challenge: Option<&[u8]>) -> Step {
        match challenge {
            None => Step::Send(self.token()),
            // A second try would send the same token and may lock the account.
            Some(_) => Step::Refused,
        }
    }

    pub(super) fn token(&self) -> Token {
        let (user, password) = (self.user.as_bytes(), self.password.expose().as_bytes());
        // Allocate the exact size: a buffer that grows leaves copies of the password in memory.
        let mut token = Token::new(Vec::with_capacity(user.len() + 1 + password.len()));
        token.extend_from_slice(user);
        token.push(b':');
        token.extend_from_slice(password);
        token
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    use zeroize::Zeroizing;

    use crate::auth::{Credentials, Entropy, Exchange, Moment, Peer};

    fn exchange(user: &str, password: &str) -> Result<Exchange, CredentialsError> {
        let peer = Peer { host: "hv01".to_owned(), spn: None, sealed: false };
        Exchange::new(&Credentials::basic(user, Secret::new(password)), &peer)
    }

    fn step(exchange: &mut Exchange, challenge: Option<&[u8]>) -> Step {
        let random = Entropy::new(&Zeroizing::new([0; Entropy::SIZE]));
        exchange.step(challenge, None, &mut Moment { random, now: Duration::ZERO }).unwrap()
    }

    #[test]
    fn the_token_is_user_colon_password_in_utf_8() {
        let mut exchange = exchange(r"CORP\öps", "a:b€").unwrap();
        assert_eq!(exchange.scheme(), "Basic");
        assert!(exchange.reveals_password() && !exchange.is_connection_bound());
        let Step::Send(token) = step(&mut exchange, None) else { panic!("no token") };
        assert_eq!(token.as_slice(), "CORP\\öps:a:b€".as_bytes());
        assert_eq!(token.capacity(), token.len());
    }

    #[test]
    fn every_request_carries_the_token_and_a_challenge_ends_it() {
        let mut exchange = exchange("ops", "").unwrap();
        assert!(matches!(step(&mut exchange, None), Step::Send(_)));
        assert!(matches!(step(&mut exchange, None), Step::Send(_)));
        assert!(matches!(step(&mut exchange, Some(b"")), Step::Refused));
    }

    #[test]
    fn what_the_scheme_cannot_carry_is_refused() {
        assert_eq!(exchange("", "x").err(), Some(CredentialsError::NoUser));
        assert_eq!(exchange("a:b", "x").err(), Some(CredentialsError::ColonInUser));
        assert_eq!(exchange("a\nb", "x").err(), Some(CredentialsError::ControlCharacter));
        assert_eq!(exchange("ab", "x\u{7f}").err(), Some(CredentialsError::ControlCharacter));
    }

    #[test]
    fn debug_shows_the_user_but_never_the_password() {
        let shown = format!("{:?}", Credentials::basic("ops", Secret::new("hush-hush")));
        assert!(shown.contains("ops") && !shown.contains("hush"), "{shown}");
    }
}
