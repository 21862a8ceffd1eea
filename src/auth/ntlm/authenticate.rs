//! Writes the AUTHENTICATE message with its integrity code (MIC), which the NTLM crate lacks. Follows [MS-NLMP], section 2.2.1.3.

use ntlmclient::Flags;

use super::{
    VERSION,
    identity::{Identity, utf_16},
};
use crate::auth::AuthError;

/// The signature and the message type.
const HEAD: &[u8; 12] = b"NTLMSSP\0\x03\0\0\0";
/// The position of the integrity code: after the head, six fields, the flags and the version.
const CODE: std::ops::Range<usize> = 72..88;

pub(super) struct Authenticate<'i> {
    pub(super) lm_response: [u8; 24],
    pub(super) nt_response: Vec<u8>,
    pub(super) identity: &'i Identity,
    pub(super) encrypted_session_key: [u8; 16],
    pub(super) flags: Flags,
}

/// A message whose integrity code is zero until it is filled in.
pub(super) struct Written(Vec<u8>);

impl Authenticate<'_> {
    pub(super) fn write(self) -> Result<Written, AuthError> {
        let domain: Vec<u8> = utf_16(&self.identity.domain).collect();
        let user: Vec<u8> = utf_16(&self.identity.user).collect();
        let workstation: &[u8] = &[];
        let payload = [
            self.lm_response.as_slice(),
            &self.nt_response,
            &domain,
            &user,
            workstation,
            &self.encrypted_session_key,
        ];
        let mut bytes = HEAD.to_vec();
        let mut offset = CODE.end;
        for part in payload {
            let length = u16::try_from(part.len()).map_err(|_| AuthError::TooLong)?.to_le_bytes();
            let at = u32::try_from(offset).map_err(|_| AuthError::TooLong)?.to_le_bytes();
            // Length, allocated length, offset (section 2.2.1.3, `*Fields`).
            bytes.extend([length, length].concat());
            bytes.extend(at);
            offset += part.len();
        }
        bytes.extend(self.flags.bits().to_le_bytes());
        bytes.extend([VERSION.major_version, VERSION.minor_version]);
        bytes.extend(VERSION.build_number.to_le_bytes());
        bytes.extend(VERSION.reserved);
        bytes.push(VERSION.ntlm_revision);
        bytes.extend([0; 16]);
        bytes.extend(payload.concat());
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
