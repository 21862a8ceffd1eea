//! Kerberos as a mechanism that a scheme can carry.
//!
//! The library is opened only with the first step, so that other mechanisms work without it.

use zeroize::Zeroizing;

use super::{Initiator, KerberosError, Protected, Reason, Source};
use crate::{
    auth::{
        AuthError, ChannelBinding, CredentialsError, Moment, Peer, Sealed, Token, mechanism::Mechanism,
        session::Context,
    },
    violation::Violation,
};

/// 1.2.840.48018.1.2.2, which Windows derived from the number below by mistake and still prefers ([MS-SPNG], section
/// 3.1.5.2), and 1.2.840.113554.1.2.2.
const IDENTIFIERS: &[&[u8]] =
    &[&[0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 1, 2, 2], &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2]];

/// The caller's side of Kerberos with one host.
#[derive(Debug)]
pub(in crate::auth) struct Kerberos {
    source: Source,
    peer: Peer,
    initiator: Option<Initiator>,
}

impl Kerberos {
    /// The name of the mechanism, and of the scheme that carries only Kerberos.
    pub(in crate::auth) const NAME: &str = "Kerberos";

    pub(in crate::auth) fn new(source: &Source, peer: &Peer) -> Result<Self, CredentialsError> {
        match source.principal() {
            Some("") => Err(CredentialsError::NoUser),
            Some(principal) if principal.contains('\\') => Err(CredentialsError::DomainInPrincipal),
            _ => Ok(Self { source: source.clone(), peer: peer.clone(), initiator: None }),
        }
    }

    fn begun(&mut self) -> Result<&mut Initiator, KerberosError> {
        self.initiator.as_mut().ok_or_else(|| Reason::NotInTurn.into())
    }
}

impl Mechanism for Kerberos {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn may_wait(&self) -> bool {
        true
    }

    fn identifiers(&self) -> &'static [&'static [u8]] {
        IDENTIFIERS
    }

    /// The first step may wait for a KDC; see [`Initiator::step`].
    fn step(
        &mut self,
        challenge: Option<&[u8]>,
        binding: Option<&ChannelBinding>,
        _moment: &mut Moment,
    ) -> Result<Option<Token>, AuthError> {
        let initiator = match &mut self.initiator {
            Some(initiator) => initiator,
            None => self.initiator.insert(Initiator::new(&self.source, &self.peer)?),
        };
        let token = initiator.step(challenge, binding.map(ChannelBinding::application_data))?;
        Ok(token.map(Zeroizing::new))
    }

    fn conclude(&mut self, last: &[u8]) -> Result<(), AuthError> {
        match self.begun()?.step(Some(last), None)? {
            None => Ok(()),
            Some(_) => Err(AuthError::EndedEarly),
        }
    }

    fn is_established(&self) -> bool {
        self.initiator.as_ref().is_some_and(Initiator::is_established)
    }

    fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>, AuthError> {
        Ok(self.begun()?.protected()?.sign(message)?)
    }

    fn verify(&mut self, message: &[u8], signature: &[u8]) -> Result<(), AuthError> {
        Ok(self.begun()?.protected()?.verify(message, signature)?)
    }

    fn into_context(self: Box<Self>) -> Result<Box<dyn Context>, AuthError> {
        let initiator = self.initiator.ok_or(AuthError::EndedEarly)?;
        Ok(Box::new(initiator.into_protected()?))
    }
}

impl Context for Protected {
    fn seal(&mut self, plain: &[u8]) -> Result<Sealed, AuthError> {
        Ok(self.seal(plain)?)
    }

    fn unseal(&mut self, signature: &[u8], data: &[u8]) -> Result<Zeroizing<Vec<u8>>, AuthError> {
        Ok(self.unseal(signature, data)?)
    }
}

impl From<KerberosError> for AuthError {
    fn from(error: KerberosError) -> Self {
        Self::Violation(match error.reason() {
            Reason::BadToken | Reason::NotSealed => Violation::BadKerberosToken,
            Reason::Tampered => Violation::BadSignature,
            Reason::OutOfOrder => Violation::OutOfSequence,
            Reason::NotInTurn => Violation::UnexpectedToken,
            _ => return Self::Kerberos(Box::new(error)),
        })
    }
}
