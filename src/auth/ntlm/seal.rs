//! Signing and sealing with extended session security: one stream in each direction.
//!
//! Unverified data is never returned. Follows [MS-NLMP], sections 3.4.2 to 3.4.5, always with key exchange and 128-bit keys.

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::crypto::{
    Key, hmac_md5, md5,
    rc4::{self, Rc4},
};
use crate::{auth::AuthError, violation::Violation};

/// The first bytes of `NTLMSSP_MESSAGE_SIGNATURE`.
const VERSION: [u8; 4] = [1, 0, 0, 0];

/// The keys of both directions.
pub(crate) struct Keys {
    pub(crate) client: Half,
    pub(crate) server: Half,
}

/// The keys of one direction.
pub(crate) struct Half {
    sign: Key,
    seal: Key,
}

impl Keys {
    /// `SIGNKEY` and `SEALKEY`, from the exported session key.
    pub(crate) fn new(session_key: &[u8; 16]) -> Self {
        let key = |magic: &[u8]| md5(&[session_key, magic]);
        Self {
            client: Half {
                sign: key(b"session key to client-to-server signing key magic constant\0"),
                seal: key(b"session key to client-to-server sealing key magic constant\0"),
            },
            server: Half {
                sign: key(b"session key to server-to-client signing key magic constant\0"),
                seal: key(b"session key to server-to-client sealing key magic constant\0"),
            },
        }
    }
}

/// The messages of one direction, in order.
pub(crate) struct Stream {
    sign: Key,
    cipher: Rc4,
    sequence: u32,
}

type Signature = [u8; 16];

impl Stream {
    pub(crate) fn new(keys: &Half, sequence: u32) -> Self {
        Self { sign: keys.sign.clone(), cipher: rc4::new(&keys.seal), sequence }
    }

    /// `MAC`
    pub(super) fn sign(&mut self, message: &[u8]) -> Result<Signature, AuthError> {
        let number = self.sequence.to_le_bytes();
        // A repeated sequence number would allow a message to be replayed.
        self.sequence = self.sequence.checked_add(1).ok_or(AuthError::SessionOver)?;
        let mut checksum = [0; 8];
        let code = hmac_md5(&self.sign, &[&number, message]);
        checksum.iter_mut().zip(code.iter()).for_each(|(to, from)| *to = *from);
        rc4::apply(&mut self.cipher, &mut checksum);
        let mut signature = [0; 16];
        let parts = VERSION.iter().chain(&checksum).chain(&number);
        signature.iter_mut().zip(parts).for_each(|(to, from)| *to = *from);
        Ok(signature)
    }

    /// Checks a signature made by [`Self::sign`] on the other side.
    pub(super) fn verify(&mut self, message: &[u8], signature: &[u8]) -> Result<(), AuthError> {
        let expected = self.sign(message)?;
        if expected.as_slice().ct_eq(signature).into() {
            return Ok(());
        }
        // The sequence number is public, so its comparison need not be constant-time.
        let in_turn = signature.last_chunk::<4>() == expected.last_chunk::<4>();
        Err(if in_turn { Violation::BadSignature } else { Violation::OutOfSequence }.into())
    }

    /// `SEAL`: encrypts the data, then signs.
    pub(crate) fn seal(&mut self, plain: &[u8]) -> Result<(Signature, Vec<u8>), AuthError> {
        let mut data = plain.to_vec();
        rc4::apply(&mut self.cipher, &mut data);
        Ok((self.sign(plain)?, data))
    }

    pub(crate) fn unseal(&mut self, signature: &[u8], data: &[u8]) -> Result<Zeroizing<Vec<u8>>, AuthError> {
        let mut plain = Zeroizing::new(data.to_vec());
        rc4::apply(&mut self.cipher, &mut plain);
        self.verify(&plain, signature)?;
        Ok(plain)
    }
}
