//! The AUTHENTICATE, with room for its integrity code.
//!
//! It never carries a key that is not encrypted. [MS-NLMP], section 2.2.1.3.

use ntlmclient::{AuthenticateMessage, Flags, Message};

use super::{VERSION, identity::Identity};
use crate::auth::AuthError;

/// The six fields that say where the payload is.
const FIELDS: std::ops::Range<usize> = 12..60;
/// The integrity code; the library knows of none, and lets the payload begin here.
const CODE: std::ops::Range<usize> = 72..88;
const CODE_LENGTH: u32 = 16;

pub(super) struct Authenticate<'i> {
    pub(super) lm_response: [u8; 24],
    pub(super) nt_response: Vec<u8>,
    pub(super) identity: &'i Identity,
    pub(super) encrypted_session_key: [u8; 16],
    pub(super) flags: Flags,
}

/// A message whose integrity code is zero until it is put there.
pub(super) struct Written(Vec<u8>);

impl Authenticate<'_> {
    pub(super) fn write(self) -> Result<Written, AuthError> {
        let message = AuthenticateMessage {
            lm_response: self.lm_response.to_vec(),
            ntlm_response: self.nt_response,
            domain_name: self.identity.domain.clone(),
            user_name: self.identity.user.clone(),
            workstation_name: String::new(),
            session_key: self.encrypted_session_key.to_vec(),
            flags: self.flags,
            os_version: VERSION,
        };
        let mut bytes = Message::Authenticate(message).to_bytes().map_err(|_| AuthError::TooLong)?;
        for field in bytes.get_mut(FIELDS).into_iter().flat_map(|fields| fields.chunks_exact_mut(8)) {
            if let Some(offset) = field.last_chunk_mut::<4>() {
                *offset = (u32::from_le_bytes(*offset) + CODE_LENGTH).to_le_bytes();
            }
        }
        bytes.splice(CODE.start..CODE.start, [0; 16]);
        Ok(Written(bytes))
    }
}

impl Written {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn put_integrity_code(&mut self, code: &[u8; 16]) {
        if let Some(place) = self.0.get_mut(CODE) {
            place.copy_from_slice(code);
        }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}
