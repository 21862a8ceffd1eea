//! The client's side of NTLM version 2: NEGOTIATE out, CHALLENGE in, AUTHENTICATE out, then signed and sealed messages.
//!
//! There is no fallback to NTLM version 1 or to an anonymous session. Extended session security, 128-bit keys, a random
//! session key and the message integrity code are required. Follows [MS-NLMP], section 2.2.1 (messages), and sections 3.1.5.1
//! and 3.2.5.1 (order and rules).

mod authenticate;
mod challenge;
mod crypto;
mod identity;
mod response;
pub(crate) mod seal;
mod target_info;
#[cfg(test)]
mod vectors;

use std::time::Duration;

use ntlmclient::{Flags, Message, NegotiateMessage, OsVersion};
use zeroize::Zeroizing;

use super::{
    AuthError, ChannelBinding, CredentialsError, Moment, Peer, Token,
    error::Missing,
    mechanism::Mechanism,
    session::{Context, Sealed},
};
use crate::{secret::Secret, violation::Violation};
use authenticate::Authenticate;
use challenge::Challenge;
use crypto::{Key, hmac_md5, rc4};
use identity::Identity;
use response::Proof;
use seal::{Keys, Stream};

/// The requested flags; all but version, target and the weaker key length are required.
const WANTED: Flags = Flags::NEGOTIATE_UNICODE
    .union(Flags::REQUEST_TARGET)
    .union(Flags::NEGOTIATE_SIGN)
    .union(Flags::NEGOTIATE_SEAL)
    .union(Flags::NEGOTIATE_NTLM)
    .union(Flags::NEGOTIATE_ALWAYS_SIGN)
    .union(Flags::NEGOTIATE_NTLM2_KEY)
    .union(Flags::NEGOTIATE_TARGET_INFO)
    .union(Flags::NEGOTIATE_VERSION)
    .union(Flags::NEGOTIATE_128BIT)
    .union(Flags::NEGOTIATE_KEY_EXCHANGE)
    .union(Flags::NEGOTIATE_56BIT);

/// Windows 10 without a build number; this revision is the only one defined ([MS-NLMP], section 2.2.2.10).
const VERSION: OsVersion =
    OsVersion { major_version: 10, minor_version: 0, build_number: 0, reserved: [0; 3], ntlm_revision: 15 };

/// `iso.org.dod.internet.private.enterprise.Microsoft.security.mechanisms.NTLM`
const IDENTIFIER: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a];

/// One NTLM exchange with one host.
pub(super) struct Ntlm {
    identity: Identity,
    /// The part of the password that the exchange needs.
    proof: Proof,
    target: String,
    sealed: bool,
    state: State,
}

enum State {
    Begun,
    Negotiated { negotiate: Vec<u8> },
    Established(Established),
    Failed,
}

struct Established {
    keys: Keys,
    /// Counters of the scheme's own messages that were signed and verified.
    signed: u32,
    verified: u32,
}

impl Ntlm {
    pub(super) const NAME: &str = "NTLM";
    /// The first bytes of every token.
    pub(super) const SIGNATURE: &[u8] = b"NTLMSSP\0";

    pub(super) fn new(user: &str, password: &Secret, peer: &Peer) -> Result<Self, CredentialsError> {
        let identity = Identity::read(user)?;
        let target = peer.service_principal().without_realm();
        identity::check_length(&target)?;
        let proof = Proof::new(&identity, password);
        Ok(Self { identity, proof, target, sealed: peer.sealed, state: State::Begun })
    }

    fn negotiate() -> Result<Vec<u8>, AuthError> {
        let message = NegotiateMessage {
            flags: WANTED,
            supplied_domain: String::new(),
            supplied_workstation: String::new(),
            os_version: VERSION,
        };
        Message::Negotiate(message).to_bytes().map_err(|_| AuthError::TooLong)
    }

    fn authenticate(
        &self,
        negotiate: &[u8],
        token: &[u8],
        binding: Option<&ChannelBinding>,
        moment: &mut Moment,
    ) -> Result<(Token, Established), AuthError> {
        let challenge = Challenge::read(token)?;
        challenge.check(self.sealed)?;
        let time = challenge.target_info.timestamp();
        // Zeros state that there is no TLS, so that an attacker cannot relay the message over TLS. With TLS but without a hash,
        // the attribute is absent and the host decides.
        let binding = binding.map(target_info::hash).or(self.sealed.then_some([0; 16]));
        let response = self.proof.respond(
            challenge.nonce,
            moment.random.nonce(),
            time.unwrap_or_else(|| file_time(moment.now)),
            &challenge.target_info.answer(&self.target, binding),
        );
        let session_key: Key = moment.random.take_key()?;
        let mut encrypted_session_key = *session_key;
        rc4::once(&response.key, &mut encrypted_session_key);
        let message = Authenticate {
            // If the host sends its time, it checks the longer response only (section 3.1.5.1.2).
            lm_response: if time.is_some() { [0; 24] } else { response.lm },
            nt_response: response.nt,
            identity: &self.identity,
            encrypted_session_key,
            flags: challenge.flags & WANTED,
        };
        let mut message = message.write()?;
        let code = hmac_md5(&session_key, &[negotiate, token, message.bytes()]);
        message.put_integrity_code(&code);
        let keys = Keys::new(&session_key);
        Ok((Zeroizing::new(message.into_bytes()), Established { keys, signed: 0, verified: 0 }))
    }

    fn established(&mut self) -> Result<&mut Established, AuthError> {
        match &mut self.state {
            State::Established(established) => Ok(established),
            _ => Err(AuthError::EndedEarly),
        }
    }
}

impl Mechanism for Ntlm {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn may_wait(&self) -> bool {
        false
    }

    fn identifiers(&self) -> &'static [&'static [u8]] {
        &[IDENTIFIER]
    }

    fn step(
        &mut self,
        challenge: Option<&[u8]>,
        binding: Option<&ChannelBinding>,
        moment: &mut Moment,
    ) -> Result<Option<Token>, AuthError> {
        let (state, token) = match (std::mem::replace(&mut self.state, State::Failed), challenge) {
            (State::Begun, None) => {
                let negotiate = Self::negotiate()?;
                let token = Zeroizing::new(negotiate.clone());
                (State::Negotiated { negotiate }, token)
            }
            (State::Negotiated { negotiate }, Some(token)) => {
                let (token, established) = self.authenticate(&negotiate, token, binding, moment)?;
                (State::Established(established), token)
            }
            _ => return Err(Violation::UnexpectedToken.into()),
        };
        self.state = state;
        Ok(Some(token))
    }

    /// Only in SPNEGO can the host send the last token, never in NTLM.
    fn conclude(&mut self, _last: &[u8]) -> Result<(), AuthError> {
        Err(Violation::UnexpectedToken.into())
    }

    fn is_established(&self) -> bool {
        matches!(self.state, State::Established(_))
    }

    /// The cipher restarts for every signature here, and once more for the first message ([MS-SPNG], section 3.3.5.1: the
    /// list of mechanisms and the first message are signed in the same state). Only the sequence numbers continue.
    fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>, AuthError> {
        let established = self.established()?;
        let signature = Stream::new(&established.keys.client, established.signed).sign(message)?;
        established.signed += 1;
        Ok(signature.to_vec())
    }

    fn verify(&mut self, message: &[u8], signature: &[u8]) -> Result<(), AuthError> {
        let established = self.established()?;
        Stream::new(&established.keys.server, established.verified).verify(message, signature)?;
        established.verified += 1;
        Ok(())
    }

    fn into_context(self: Box<Self>) -> Result<Box<dyn Context>, AuthError> {
        let State::Established(Established { keys, signed, verified }) = self.state else {
            return Err(AuthError::EndedEarly);
        };
        let client = Stream::new(&keys.client, signed);
        let server = Stream::new(&keys.server, verified);
        Ok(Box::new(Messages { client, server }))
    }
}

/// Seals the messages of both sides after the exchange.
struct Messages {
    client: Stream,
    server: Stream,
}

impl Context for Messages {
    fn seal(&mut self, plain: &[u8]) -> Result<Sealed, AuthError> {
        let (signature, data) = self.client.seal(plain)?;
        Ok(Sealed { signature: signature.to_vec(), data })
    }

    fn unseal(&mut self, signature: &[u8], data: &[u8]) -> Result<Zeroizing<Vec<u8>>, AuthError> {
        self.server.unseal(signature, data)
    }
}

/// Units of 100 ns since 1601, little-endian.
fn file_time(since_1970: Duration) -> [u8; 8] {
    const FROM_1601_TO_1970: Duration = Duration::from_secs(11_644_473_600);
    let tenths = since_1970.saturating_add(FROM_1601_TO_1970).as_nanos() / 100;
    u64::try_from(tenths).unwrap_or(u64::MAX).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_counted_from_1601_in_tenths_of_microseconds() {
        assert_eq!(u64::from_le_bytes(file_time(Duration::ZERO)), 116_444_736_000_000_000);
        // 2000-01-01, with a fraction that is cut off.
        let time = file_time(Duration::new(946_684_800, 1_999));
        assert_eq!(u64::from_le_bytes(time), 125_911_584_000_000_019);
        assert_eq!(file_time(Duration::MAX), [0xff; 8]);
    }
}
