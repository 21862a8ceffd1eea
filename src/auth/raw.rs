//! One mechanism whose tokens are sent unwrapped: NTLM in the `Negotiate` scheme, Kerberos in its own scheme.
//!
//! Follows [MS-WSMV], section 2.2.9.1, and RFC 4559, section 4.

use super::{AuthError, ChannelBinding, Moment, Session, Step, mechanism::Mechanism};

pub(crate) struct Raw {
    scheme: &'static str,
    protocol: &'static str,
    mechanism: Box<dyn Mechanism>,
    begun: bool,
}

impl Raw {
    pub(super) fn new(scheme: &'static str, protocol: &'static str, mechanism: Box<dyn Mechanism>) -> Self {
        Self { scheme, protocol, mechanism, begun: false }
    }

    pub(super) fn scheme(&self) -> &'static str {
        self.scheme
    }

    pub(super) fn mechanism(&self) -> &'static str {
        self.mechanism.name()
    }

    pub(super) fn may_wait(&self) -> bool {
        self.mechanism.may_wait()
    }

    pub(super) fn step(
        &mut self,
        challenge: Option<&[u8]>,
        binding: Option<&ChannelBinding>,
        moment: &mut Moment,
    ) -> Result<Step, AuthError> {
        let challenge = challenge.filter(|challenge| !challenge.is_empty());
        // After a token was sent, a challenge without a token is a refusal.
        if self.begun && challenge.is_none() {
            return Ok(Step::Refused);
        }
        self.begun = true;
        let token = self.mechanism.step(challenge, binding, moment)?;
        Ok(token.map_or(Step::Refused, Step::Send))
    }

    pub(super) fn finish(mut self, last: Option<&[u8]>) -> Result<Session, AuthError> {
        if let Some(last) = last.filter(|last| !last.is_empty()) {
            self.mechanism.conclude(last)?;
        }
        if !self.mechanism.is_established() {
            return Err(AuthError::EndedEarly);
        }
        let name = self.mechanism.name();
        Ok(Session::new(name, self.protocol, self.mechanism.into_context()?))
    }
}
