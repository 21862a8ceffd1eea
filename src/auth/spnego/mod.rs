//! The client's side of SPNEGO: both sides agree on a mechanism, and prove that the offered list was not changed in transit.
//!
//! Only an offered mechanism is accepted, and a choice is final. The signature of the list is required if either side asks for
//! it. Follows RFC 4178, sections 4 and 5, and [MS-SPNG], section 3.

#[cfg(test)]
mod tests;
pub(crate) mod token;

use der::asn1::ObjectIdentifier;
use zeroize::Zeroizing;

use super::{
    AuthError, ChannelBinding, Moment, Session, Step, Token, mechanism::Mechanism, ntlm::Ntlm, session,
};
use crate::violation::Violation;
use token::{MechTypeList, NegState, NegTokenResp};

/// One negotiation with one host.
pub(crate) struct Spnego {
    /// The available mechanisms, best first; after the choice, only the chosen one.
    mechanisms: Vec<Box<dyn Mechanism>>,
    /// The first mechanism that failed to begin, and why.
    passed_over: Option<(&'static str, AuthError)>,
    phase: Phase,
    /// The offered list.
    list: Vec<u8>,
    /// True if both sides must sign the list.
    must_sign: bool,
    signed: bool,
    verified: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Begun,
    /// The list was sent, with a token of the first mechanism.
    Offered,
    /// The host has chosen a mechanism.
    Chosen,
    /// The host sends NTLM without SPNEGO, as some do if NTLM was listed first.
    Unwrapped,
}

impl Spnego {
    pub(super) const SCHEME: &str = "Negotiate";

    /// Prepares to offer these mechanisms, best first; one that cannot begin is skipped.
    pub(super) fn new(mechanisms: Vec<Box<dyn Mechanism>>) -> Self {
        Self {
            mechanisms,
            passed_over: None,
            phase: Phase::Begun,
            list: Vec::new(),
            must_sign: false,
            signed: false,
            verified: false,
        }
    }

    /// The mechanism in use, as far as it is decided yet.
    pub(super) fn mechanism(&self) -> &'static str {
        self.mechanisms.first().map_or(Self::SCHEME, |mechanism| mechanism.name())
    }

    /// The better mechanism that could not begin, and why.
    pub(super) fn passed_over(&self) -> Option<&(&'static str, AuthError)> {
        self.passed_over.as_ref()
    }

    pub(super) fn may_wait(&self) -> bool {
        self.mechanisms.iter().any(|mechanism| mechanism.may_wait())
    }

    pub(super) fn step(
        &mut self,
        challenge: Option<&[u8]>,
        binding: Option<&ChannelBinding>,
        moment: &mut Moment,
    ) -> Result<Step, AuthError> {
        let challenge = challenge.filter(|challenge| !challenge.is_empty());
        let token = match (self.phase, challenge) {
            (Phase::Begun, None) => Some(self.offer(binding, moment)?),
            (Phase::Begun, Some(_)) => return Err(Violation::UnexpectedToken.into()),
            // After a token was sent, a challenge without a token is a refusal.
            (_, None) => None,
            (_, Some(token)) if token.starts_with(Ntlm::SIGNATURE) => {
                self.without_wrapping()?.step(Some(token), binding, moment)?
            }
            (_, Some(token)) => self.answer(NegTokenResp::read(token)?, binding, moment)?,
        };
        Ok(token.map_or(Step::Refused, Step::Send))
    }

    pub(super) fn finish(mut self, last: Option<&[u8]>) -> Result<Session, AuthError> {
        if let Some(last) = last.filter(|last| !last.is_empty()) {
            self.conclude(last)?;
        }
        let signed_by_both = self.signed && self.verified;
        if (self.must_sign || self.signed) && !signed_by_both {
            return Err(AuthError::EndedEarly);
        }
        let mechanism = self.mechanisms.into_iter().next().ok_or(AuthError::NothingInCommon)?;
        if !mechanism.is_established() {
            return Err(AuthError::EndedEarly);
        }
        Ok(Session::new(mechanism.name(), session::SPNEGO, mechanism.into_context()?))
    }

    /// The list of all available mechanisms, with the first token of the first one.
    fn offer(&mut self, binding: Option<&ChannelBinding>, moment: &mut Moment) -> Result<Token, AuthError> {
        let mech_token = loop {
            let more = self.mechanisms.len() > 1;
            let mechanism = self.current()?;
            match mechanism.step(None, binding, moment) {
                Ok(token) => break token.ok_or(AuthError::NothingInCommon)?,
                Err(error) if more && error.permits_fallback() => {
                    let name = mechanism.name();
                    self.passed_over.get_or_insert((name, error));
                    self.mechanisms.remove(0);
                }
                Err(error) => return Err(error),
            }
        };
        let identifiers = self.mechanisms.iter().filter_map(|mechanism| mechanism.identifiers().first());
        let mech_types: MechTypeList =
            identifiers.filter_map(|identifier| ObjectIdentifier::from_bytes(identifier).ok()).collect();
        self.list = token::list(&mech_types)?;
        self.phase = Phase::Offered;
        token::initial(mech_types, &mech_token).map(Zeroizing::new)
    }

    /// The reply to an answer of the host; `None` if the answer is a refusal.
    fn answer(
        &mut self,
        answer: NegTokenResp,
        binding: Option<&ChannelBinding>,
        moment: &mut Moment,
    ) -> Result<Option<Token>, AuthError> {
        if answer.neg_state == Some(NegState::Reject) {
            return Ok(None);
        }
        let changed = self.choose(&answer)?;
        let heard = match (changed, &answer.response_token) {
            (false, None) => None,
            (false, Some(token)) => self.current()?.step(Some(token.as_bytes()), binding, moment)?,
            (true, None) => self.current()?.step(None, binding, moment)?,
            // A token for a mechanism that has not sent one yet.
            (true, Some(_)) => return Err(Violation::UnexpectedToken.into()),
        };
        self.check_list(&answer)?;
        let signature =
            if !self.signed && self.current()?.is_established() && (heard.is_some() || self.must_sign) {
                self.signed = true;
                let list = self.list.clone();
                Some(token::octets(&self.current()?.sign(&list)?)?)
            } else {
                None
            };
        if heard.is_none() && signature.is_none() {
            return Ok(None);
        }
        let response_token = heard.map(|token| token::octets(&token)).transpose()?;
        let token = NegTokenResp { response_token, mech_list_mic: signature, ..NegTokenResp::default() };
        token.write().map(|token| Some(Zeroizing::new(token)))
    }

    /// Takes the token that came with the host's acceptance.
    fn conclude(&mut self, last: &[u8]) -> Result<(), AuthError> {
        if self.phase == Phase::Begun || self.phase == Phase::Unwrapped {
            return Err(Violation::UnexpectedToken.into());
        }
        let last = NegTokenResp::read(last)?;
        if last.neg_state != Some(NegState::AcceptCompleted) || self.choose(&last)? {
            return Err(AuthError::EndedEarly);
        }
        if let Some(token) = &last.response_token {
            self.current()?.conclude(token.as_bytes())?;
        }
        self.check_list(&last)
    }

    /// Records the host's choice. True if it is not the mechanism that has already sent a token.
    fn choose(&mut self, answer: &NegTokenResp) -> Result<bool, AuthError> {
        let first = self.phase == Phase::Offered;
        if !first && self.phase != Phase::Chosen {
            return Err(Violation::UnexpectedToken.into());
        }
        self.phase = Phase::Chosen;
        self.must_sign |= answer.neg_state == Some(NegState::RequestMic);
        let Some(chosen) = &answer.supported_mech else { return Ok(false) };
        let is_chosen = |known: &[u8]| known == chosen.as_bytes();
        let mut known = self.mechanisms.iter().map(|mechanism| mechanism.identifiers());
        let at = known.position(|known| known.iter().any(|known| is_chosen(known)));
        let at = at.ok_or(Violation::UnofferedMechanism)?;
        if at != 0 && !first {
            return Err(Violation::UnofferedMechanism.into());
        }
        if first {
            self.mechanisms.swap(0, at);
            self.mechanisms.truncate(1);
        }
        // An attacker may have removed the better mechanism from the list.
        self.must_sign |= at != 0;
        Ok(at != 0)
    }

    /// Checks the host's signature of the list, if present.
    fn check_list(&mut self, answer: &NegTokenResp) -> Result<(), AuthError> {
        let Some(signature) = &answer.mech_list_mic else { return Ok(()) };
        self.must_sign = true;
        let list = self.list.clone();
        let mechanism = self.current()?;
        if !mechanism.is_established() || mechanism.verify(&list, signature.as_bytes()).is_err() {
            return Err(Violation::BadMechanismListSignature.into());
        }
        self.verified = true;
        Ok(())
    }

    /// The mechanism for a host that does not use SPNEGO.
    fn without_wrapping(&mut self) -> Result<&mut dyn Mechanism, AuthError> {
        let ntlm_spoke = self.mechanism() == Ntlm::NAME;
        match self.phase {
            Phase::Offered if ntlm_spoke => self.phase = Phase::Unwrapped,
            _ => return Err(Violation::UnexpectedToken.into()),
        }
        self.mechanisms.truncate(1);
        self.current()
    }

    fn current(&mut self) -> Result<&mut dyn Mechanism, AuthError> {
        match self.mechanisms.first_mut() {
            Some(mechanism) => Ok(mechanism.as_mut()),
            None => Err(AuthError::NothingInCommon),
        }
    }
}
