//! The worked example of NTLMv2 in MS-NLMP, section 4.2.4: keys, response, session key, sealing.

use rc4::StreamCipher;

use super::{
    authenticate::Authenticate,
    keys::{self, Key, Sender, hmac_md5},
    session::Session,
    token,
};
use crate::sim::auth::Denied;

const NONCE: [u8; 8] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF];
const FLAGS: u32 = 0xE28A_8233;

fn hex<const N: usize>(text: &str) -> [u8; N] {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let pairs =
        digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap());
    pairs.collect::<Vec<_>>().try_into().unwrap()
}

fn authenticate() -> [u8; 0xE8] {
    hex("4e544c4d53535000 03000000 18001800 6c000000 54005400 84000000 0c000c00 48000000
         08000800 54000000 10001000 5c000000 10001000 d8000000 358288e2 0501280a0000000f
         44006f006d00610069006e00 5500730065007200 43004f004d0050005500540045005200
         86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa
         68cd0ab851e51c96aabc927bebef6a1c 0101000000000000 0000000000000000 aaaaaaaaaaaaaaaa 00000000
         02000c0044006f006d00610069006e00 01000c00530065007200760065007200 00000000 00000000
         c5dad2544fc97990 94ce1ce90bc9d03e")
}

#[test]
fn keys_and_response_are_those_of_the_example() {
    let bytes = authenticate();
    let message = Authenticate::read(&bytes).ok().unwrap();
    assert_eq!((message.domain.as_str(), message.user.as_str()), ("Domain", "User"));
    let owf = keys::ntowf_v2("Password", "USER", "Domain");
    assert_eq!(owf, hex("0c868a403bfd7a93a3001ef22ef02e3f"));
    let proof = hmac_md5(&owf, &[&NONCE, message.response.temp]);
    assert_eq!(proof, hex("68cd0ab851e51c96aabc927bebef6a1c"));
    assert_eq!(message.response.proof, proof);
    let base: Key = hmac_md5(&owf, &[&proof]);
    assert_eq!(base, hex("8de40ccadbc14a82f15cb0ad0de95ca3"));
    assert_eq!(keys::exchanged(&base, message.session_key), Some([0x55; 16]));
    assert_eq!(keys::exchanged(&base, &[0; 15]), None);
    assert!(!message.response.promises_mic() && message.response.channel_binding().is_none());
}

#[test]
fn sealed_bytes_are_those_of_the_example() {
    let key = [0x55; 16];
    assert_eq!(keys::sign_key(&key, Sender::Client), hex("4788dc861b4782f35d43fd98fe1a2d39"));
    assert_eq!(keys::seal_key(&key, Sender::Client), hex("59f600973cc4960a25480a7c196e4c58"));
    let plain = token::utf16("Plaintext");
    let sealed: [u8; 18] = hex("54e50165bf1936dc996020c1811b0f06fb5f");
    let signature: [u8; 16] = hex("010000007fb38ec5c55d497600000000");
    let mut session = Session::new(&key, FLAGS);
    assert!(session.seals());
    assert_eq!(session.unseal(&signature, &sealed), Some(plain.clone()));
    // A repeated message is not the next one.
    assert_eq!(session.unseal(&signature, &sealed), None);
    for at in 0..16 {
        let mut wrong = signature;
        wrong[at] ^= 1;
        assert_eq!(Session::new(&key, FLAGS).unseal(&wrong, &sealed), None, "{at}");
    }
    let mut changed = sealed;
    changed[3] ^= 0x80;
    assert_eq!(Session::new(&key, FLAGS).unseal(&signature, &changed), None);
}

#[test]
fn the_server_seals_with_the_keys_of_its_own_direction() {
    let key = [0x55; 16];
    let mut session = Session::new(&key, FLAGS);
    let mut cipher = keys::cipher(&keys::seal_key(&key, Sender::Server));
    for sequence in 0_u8..3 {
        let (signature, mut data) = session.seal(b"answer");
        cipher.apply_keystream(&mut data);
        assert_eq!(data, b"answer");
        let mut checksum: [u8; 8] = signature[4..12].try_into().unwrap();
        cipher.apply_keystream(&mut checksum);
        let hash = hmac_md5(&keys::sign_key(&key, Sender::Server), &[&[sequence, 0, 0, 0], b"answer"]);
        assert_eq!(checksum, hash[..8]);
        assert_eq!(
            (&signature[..4], &signature[12..]),
            ([1, 0, 0, 0].as_slice(), [sequence, 0, 0, 0].as_slice())
        );
    }
}

#[test]
fn a_signed_list_takes_a_number_but_leaves_the_cipher_where_it_was() {
    let key = [0x55; 16];
    let (mut signed, mut plain) = (Session::new(&key, FLAGS), Session::new(&key, FLAGS));
    signed.sign_list(b"list");
    let ((first, data), (other, other_data)) = (signed.seal(b"x"), plain.seal(b"x"));
    assert_eq!(data, other_data, "the cipher began anew");
    assert_eq!((&first[12..], &other[12..]), ([1, 0, 0, 0].as_slice(), [0, 0, 0, 0].as_slice()));
}

#[test]
fn without_key_exchange_checksums_are_not_encrypted() {
    let key = [0x55; 16];
    let (signature, _) = Session::new(&key, FLAGS & !token::flags::KEY_EXCHANGE).seal(b"x");
    let hash = hmac_md5(&keys::sign_key(&key, Sender::Server), &[&[0; 4], b"x"]);
    assert_eq!(signature[4..12], hash[..8]);
}

#[test]
fn every_cut_of_the_message_is_refused() {
    let bytes = authenticate();
    for cut in 0..bytes.len() {
        assert!(Authenticate::read(&bytes[..cut]).is_err(), "{cut}");
    }
}

#[test]
fn no_changed_byte_of_the_message_makes_it_panic() {
    for at in 0..authenticate().len() {
        for value in [0, 1, 0x7F, 0x80, 0xFF] {
            let mut bytes = authenticate();
            bytes[at] = value;
            let _ = Authenticate::read(&bytes).map(|message| message.response.channel_binding());
        }
    }
}

#[test]
fn nobody_comes_in_without_a_name_or_with_an_older_response() {
    let empty = |at: usize, bytes: &mut [u8]| bytes[at..at + 2].copy_from_slice(&[0, 0]);
    let mut anonymous = authenticate();
    empty(20, &mut anonymous);
    empty(36, &mut anonymous);
    assert_eq!(Authenticate::read(&anonymous).err(), Some(Denied::Anonymous));
    let mut old = authenticate();
    old[20..22].copy_from_slice(&[24, 0]);
    assert_eq!(Authenticate::read(&old).err(), Some(Denied::Weak("a response of NTLM version 1")));
}
