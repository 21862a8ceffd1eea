//! Signed and sealed NTLM messages, with sequence numbers that never repeat.
//!
//! After a message that does not match, the owner drops the session. Follows MS-NLMP, section 3.4, and for the signatures of
//! SPNEGO, MS-SPNG, sections 3.2.5.1 and 3.3.5.1.

use rc4::StreamCipher;

use super::{
    keys::{self, Cipher, Key, Sender, hmac_md5},
    token::flags,
};

/// One direction.
struct Direction {
    sign_key: Key,
    seal_key: Key,
    cipher: Cipher,
    sequence: u32,
    /// True with a key exchange: checksums are encrypted too.
    encrypts_checksum: bool,
}

/// Both directions, from the server's side.
pub(in crate::sim::auth) struct Session {
    inbound: Direction,
    outbound: Direction,
    seals: bool,
}

impl Direction {
    fn new(session: &Key, sender: Sender, agreed: u32) -> Self {
        let seal_key = keys::seal_key(session, sender);
        Self {
            sign_key: keys::sign_key(session, sender),
            cipher: keys::cipher(&seal_key),
            seal_key,
            sequence: 0,
            encrypts_checksum: agreed & flags::KEY_EXCHANGE != 0,
        }
    }

    /// `MAC`, with extended session security.
    fn signature(&mut self, plain: &[u8]) -> [u8; 16] {
        let sequence = self.sequence.to_le_bytes();
        self.sequence = self.sequence.wrapping_add(1);
        let hash = hmac_md5(&self.sign_key, &[&sequence, plain]);
        let mut checksum = [0; 8];
        for (to, from) in checksum.iter_mut().zip(hash) {
            *to = from;
        }
        if self.encrypts_checksum {
            self.cipher.apply_keystream(&mut checksum);
        }
        let mut signature = [0; 16];
        let bytes = [1, 0, 0, 0].into_iter().chain(checksum).chain(sequence);
        for (to, from) in signature.iter_mut().zip(bytes) {
            *to = from;
        }
        signature
    }

    /// The signature of a mechanism list: it uses a sequence number, but the cipher restarts after it.
    fn signature_of_list(&mut self, list: &[u8]) -> [u8; 16] {
        let signature = self.signature(list);
        self.cipher = keys::cipher(&self.seal_key);
        signature
    }
}

impl Session {
    /// The session with this key and these negotiated flags.
    pub(super) fn new(key: &Key, agreed: u32) -> Self {
        Self {
            inbound: Direction::new(key, Sender::Client, agreed),
            outbound: Direction::new(key, Sender::Server, agreed),
            seals: agreed & (flags::SIGN | flags::SEAL) == flags::SIGN | flags::SEAL,
        }
    }

    /// True if messages are encrypted: both sides agreed to signing and sealing.
    pub(in crate::sim::auth) fn seals(&self) -> bool {
        self.seals
    }

    /// Encrypts and signs the next message: signature and data.
    pub(in crate::sim::auth) fn seal(&mut self, plain: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let mut data = plain.to_vec();
        self.outbound.cipher.apply_keystream(&mut data);
        (self.outbound.signature(plain).to_vec(), data)
    }

    /// Decrypts the peer's next message; `None` if it is not the next one.
    pub(in crate::sim::auth) fn unseal(&mut self, signature: &[u8], data: &[u8]) -> Option<Vec<u8>> {
        let mut plain = data.to_vec();
        self.inbound.cipher.apply_keystream(&mut plain);
        (self.inbound.signature(&plain) == signature).then_some(plain)
    }

    /// True if the peer signed this list of mechanisms.
    pub(in crate::sim::auth) fn verify_list(&mut self, list: &[u8], signature: &[u8]) -> bool {
        self.inbound.signature_of_list(list) == signature
    }

    /// Signs this list of mechanisms.
    pub(in crate::sim::auth) fn sign_list(&mut self, list: &[u8]) -> [u8; 16] {
        self.outbound.signature_of_list(list)
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("seals", &self.seals).finish_non_exhaustive()
    }
}
