//! Reads the CHALLENGE message: the flags, the random challenge and the target information of the host.
//!
//! All lengths are checked. A host that offers less than a safe session needs is refused. Follows [MS-NLMP], section 2.2.1.2.

use ntlmclient::{Flags, Message};

use super::{Missing, target_info::TargetInfo};
use crate::{auth::AuthError, violation::Violation};

/// The header up to the version, which old hosts leave out.
const HEADER: usize = 48;
const HEADER_AND_VERSION: usize = 56;

pub(super) struct Challenge {
    pub(super) flags: Flags,
    pub(super) nonce: [u8; 8],
    pub(super) target_info: TargetInfo,
}

impl Challenge {
    /// Reads the message; [`check`](Self::check) judges what it offers.
    pub(super) fn read(token: &[u8]) -> Result<Self, AuthError> {
        const BAD: AuthError = AuthError::Violation(Violation::BadNtlmMessage);
        // The fields of the target's name and of the target information: check them before the parser adds offset and length.
        for field in [12..20, 40..HEADER] {
            let field = token.get(field).and_then(|field| field.first_chunk::<8>()).ok_or(BAD)?;
            check_field(*field, token.len())?;
        }
        let mut token = token.to_vec();
        if token.len() < HEADER_AND_VERSION {
            // The parser expects room for the version, even if it is absent.
            token.resize(HEADER_AND_VERSION, 0);
        }
        match Message::try_from(token.as_slice()) {
            Ok(Message::Challenge(message)) => Ok(Self {
                flags: message.flags,
                nonce: message.challenge,
                target_info: TargetInfo::read(message.target_information)?,
            }),
            Ok(_) => Err(Violation::UnexpectedToken.into()),
            Err(_) => Err(BAD),
        }
    }

    /// Refuses a host that offers too weak a protection.
    pub(super) fn check(&self, sealed: bool) -> Result<(), AuthError> {
        let needed = [
            (Flags::NEGOTIATE_UNICODE, Missing::Unicode),
            (Flags::NEGOTIATE_TARGET_INFO, Missing::NtlmV2),
            (Flags::NEGOTIATE_NTLM2_KEY, Missing::ExtendedSessionSecurity),
            (Flags::NEGOTIATE_128BIT, Missing::StrongKeys),
            (Flags::NEGOTIATE_KEY_EXCHANGE, Missing::KeyExchange),
            (Flags::NEGOTIATE_SIGN, Missing::Signing),
            (Flags::NEGOTIATE_SEAL, Missing::Sealing),
        ];
        let mut needed = needed.into_iter().filter(|(_, what)| sealed || *what != Missing::Sealing);
        if let Some((_, missing)) = needed.find(|(flag, _)| !self.flags.contains(*flag)) {
            return Err(AuthError::Weak(missing));
        }
        if self.flags.contains(Flags::NEGOTIATE_ANONYMOUS) {
            return Err(AuthError::Weak(Missing::Identity));
        }
        if self.target_info.is_absent() {
            return Err(AuthError::Weak(Missing::NtlmV2));
        }
        Ok(())
    }
}

/// Length, allocated length, and offset from the start of the message ([MS-NLMP], section 2.2.1.2, `TargetNameFields`).
fn check_field(field: [u8; 8], message: usize) -> Result<(), AuthError> {
    let [a, b, _, _, offset @ ..] = field;
    let length = usize::from(u16::from_le_bytes([a, b]));
    let offset = usize::try_from(u32::from_le_bytes(offset)).unwrap_or(usize::MAX);
    if length != 0 && (offset < HEADER || offset > message || length > message - offset) {
        return Err(Violation::BadNtlmMessage.into());
    }
    // The offset of an empty field has no meaning.
    Ok(())
}
