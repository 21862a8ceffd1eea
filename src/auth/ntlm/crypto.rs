//! The cryptographic primitives of NTLM; none of them can fail here.
//!
//! For NTLM only: MD4, MD5 and RC4 are broken for every other purpose. Follows RFC 1320, RFC 1321 and RFC 2104.

use hmac::{Hmac, KeyInit as _, Mac as _};
use md4::Md4;
use md5::{Digest as _, Md5};
use zeroize::Zeroizing;

/// A key of any kind; wiped when dropped.
pub(super) type Key = Zeroizing<[u8; 16]>;

pub(super) fn md4(data: &[u8]) -> Key {
    Zeroizing::new(Md4::digest(data).into())
}

pub(super) fn md5(parts: &[&[u8]]) -> Key {
    let mut hash = Md5::new();
    parts.iter().for_each(|part| hash.update(part));
    Zeroizing::new(hash.finalize().into())
}

pub(super) fn hmac_md5(key: &[u8; 16], parts: &[&[u8]]) -> Key {
    // A short key is padded with zeros (RFC 2104, section 2). Padding it here rules out a wrong length.
    let mut block = Zeroizing::new([0; 64]);
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let block: &[u8; 64] = &block;
    let mut mac = Hmac::<Md5>::new(block.into());
    parts.iter().for_each(|part| mac.update(part));
    Zeroizing::new(mac.finalize().into_bytes().into())
}

pub(super) mod rc4 {
    //! One RC4 stream, or the first bytes of one.

    pub(in crate::auth::ntlm) use rc4::Rc4;
    use rc4::{KeyInit as _, StreamCipher as _};
    use zeroize::Zeroizing;

    pub(in crate::auth::ntlm) fn new(key: &[u8; 16]) -> Rc4 {
        // The key schedule repeats the key, so the doubled key is equivalent; its length cannot be wrong.
        let mut twice = Zeroizing::new([0; 32]);
        twice.iter_mut().zip(key.iter().cycle()).for_each(|(to, from)| *to = *from);
        let twice: &[u8; 32] = &twice;
        Rc4::new(twice.into())
    }

    pub(in crate::auth::ntlm) fn apply(cipher: &mut Rc4, data: &mut [u8]) {
        cipher.apply_keystream(data);
    }

    pub(in crate::auth::ntlm) fn once(key: &[u8; 16], data: &mut [u8]) {
        apply(&mut new(key), data);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_used_as_the_specifications_say() {
        // RFC 1320, appendix A.5; RFC 1321, appendix A.5; RFC 2202, section 2, case 1.
        assert_eq!(hex(&*md4(b"abc")), "a448017aaf21d8525fc10ae87aa6729d");
        assert_eq!(hex(&*md5(&[b"a", b"bc"])), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(hex(&*hmac_md5(&[0x0b; 16], &[b"Hi ", b"There"])), "9294727a3638bb1c13f48ef8158bfc9d");
        // RFC 6229, section 2, key length 128.
        let key = std::array::from_fn(|i| u8::try_from(i).unwrap() + 1);
        let mut stream = [0; 16];
        rc4::once(&key, &mut stream);
        assert_eq!(hex(&stream), "9ac7cc9a609d1ef7b2932899cde41b97");
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
