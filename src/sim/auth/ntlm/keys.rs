//! Keys of NTLMv2: from a password to the session key, and to the keys of both directions.
//!
//! Follows MS-NLMP, sections 3.3.2, 3.4.5 and 6.

use hmac::{Hmac, KeyInit, Mac};
use md4::Md4;
use md5::{Digest, Md5};
use rc4::{Rc4, StreamCipher};

use super::token::utf16;

/// A key, or a hash used as a key.
pub(super) type Key = [u8; 16];

/// RC4 with a key of 128 bits.
pub(super) type Cipher = Rc4;

/// The HMAC-MD5 of the concatenated parts.
pub(super) fn hmac_md5(key: &Key, parts: &[&[u8]]) -> Key {
    // A key shorter than a block is padded with zeros (RFC 2104, section 2).
    let mut block = [0; 64];
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    let mut mac = <Hmac<Md5> as KeyInit>::new(&block.into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// `NTOWFv2`; the user is already in upper case.
pub(super) fn ntowf_v2(password: &str, user_upper: &str, domain: &str) -> Key {
    let hash: Key = Md4::digest(utf16(password)).into();
    hmac_md5(&hash, &[&utf16(user_upper), &utf16(domain)])
}

/// The random session key of the peer, from `EncryptedRandomSessionKey`.
pub(super) fn exchanged(key_exchange_key: &Key, encrypted: &[u8]) -> Option<Key> {
    let mut key = Key::try_from(encrypted).ok()?;
    cipher(key_exchange_key).apply_keystream(&mut key);
    Some(key)
}

/// `RC4Init`.
pub(super) fn cipher(key: &Key) -> Cipher {
    // The key schedule repeats the key, so the doubled key is equivalent; its size cannot be wrong.
    let mut twice = [0; 32];
    for (to, from) in twice.iter_mut().zip(key.iter().cycle()) {
        *to = *from;
    }
    Cipher::new(&twice.into())
}

/// The sender of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    Client,
    Server,
}

/// `SIGNKEY` with extended session security.
pub(super) fn sign_key(session: &Key, sender: Sender) -> Key {
    let magic: &[u8] = match sender {
        Sender::Client => b"session key to client-to-server signing key magic constant\0",
        Sender::Server => b"session key to server-to-client signing key magic constant\0",
    };
    Md5::new().chain_update(session).chain_update(magic).finalize().into()
}

/// `SEALKEY` with extended session security and 128 bits.
pub(super) fn seal_key(session: &Key, sender: Sender) -> Key {
    let magic: &[u8] = match sender {
        Sender::Client => b"session key to client-to-server sealing key magic constant\0",
        Sender::Server => b"session key to server-to-client sealing key magic constant\0",
    };
    Md5::new().chain_update(session).chain_update(magic).finalize().into()
}
