//! The published example of NTLM version 2, recomputed: [MS-NLMP], section 4.2.4.
//!
//! A value of our own making is marked as such.

use super::{
    crypto::{Key, rc4},
    identity::{Identity, utf_16},
    response::{Proof, Response},
    seal::{Keys, Stream},
};
use crate::{auth::AuthError, secret::Secret, violation::Violation};

const SERVER_NONCE: [u8; 8] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];
const CLIENT_NONCE: [u8; 8] = [0xaa; 8];
const SESSION_KEY: [u8; 16] = [0x55; 16];
/// `Domain` and `Server`, and the terminator.
const TARGET_INFO: &str = "02000c0044006f006d00610069006e0001000c005300650072007600650072000000 0000";

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}

fn respond() -> Response {
    let identity = Identity { user: "User".to_owned(), domain: "Domain".to_owned() };
    let proof = Proof::new(&identity, &Secret::new("Password"));
    proof.respond(SERVER_NONCE, CLIENT_NONCE, [0; 8], &hex(TARGET_INFO))
}

#[test]
fn the_responses_and_the_session_base_key_are_those_of_4_2_4_1_and_4_2_4_2() {
    let response = respond();
    assert_eq!(response.key.as_slice(), hex("8de40ccadbc14a82f15cb0ad0de95ca3"));
    assert_eq!(response.lm.as_slice(), hex("86c35097ac9cec102554764a57cccc19 aaaaaaaaaaaaaaaa"));
    let (proof, rest) = response.nt.split_at(16);
    assert_eq!(proof, hex("68cd0ab851e51c96aabc927bebef6a1c"));
    let expected =
        format!("0101000000000000 0000000000000000 aaaaaaaaaaaaaaaa 00000000 {TARGET_INFO} 00000000");
    assert_eq!(rest, hex(&expected));
}

#[test]
fn the_session_key_is_encrypted_as_in_4_2_4_2_3() {
    let mut key = SESSION_KEY;
    rc4::once(&respond().key, &mut key);
    assert_eq!(key.as_slice(), hex("c5dad2544fc9799094ce1ce90bc9d03e"));
}

#[test]
fn a_message_is_sealed_and_signed_as_in_4_2_4_4() {
    let plain: Vec<u8> = utf_16("Plaintext").collect();
    let keys = Keys::new(&SESSION_KEY);
    let (signature, data) = Stream::new(&keys.client, 0).seal(&plain).unwrap();
    assert_eq!(data, hex("54e50165bf1936dc996020c1811b0f06fb5f"));
    assert_eq!(signature.as_slice(), hex("01000000 7fb38ec5c55d4976 00000000"));
    let back = Stream::new(&keys.client, 0).unseal(&signature, &data).unwrap();
    assert_eq!(*back, plain);
}

fn pair() -> (Stream, Stream) {
    let keys = Keys::new(&Key::new(SESSION_KEY));
    (Stream::new(&keys.server, 0), Stream::new(&keys.server, 0))
}

#[test]
fn messages_pass_in_order_and_in_no_other() {
    let (mut from, mut to) = pair();
    let messages: Vec<_> = (0..3_u8).map(|n| from.seal(&[n; 20]).unwrap()).collect();
    for (n, (signature, data)) in (0_u8..).zip(&messages) {
        assert_eq!(to.unseal(signature, data).unwrap().as_slice(), [n; 20]);
    }
    let out_of_turn = |(signature, data): &(_, Vec<u8>), to: &mut Stream| {
        let signature: &[u8; 16] = signature;
        assert_eq!(to.unseal(signature, data).err(), Some(AuthError::Violation(Violation::OutOfSequence)));
    };
    out_of_turn(&messages[2], &mut to);
    out_of_turn(&messages[1], &mut pair().1);
}

#[test]
fn no_byte_of_a_sealed_message_can_be_changed() {
    let (signature, data) = pair().0.seal(b"destroy nothing").unwrap();
    for at in 0..signature.len() + data.len() {
        let (mut signature, mut data) = (signature, data.clone());
        match at.checked_sub(signature.len()) {
            None => signature[at] ^= 0x10,
            Some(at) => data[at] ^= 0x10,
        }
        let expected =
            if (12..16).contains(&at) { Violation::OutOfSequence } else { Violation::BadSignature };
        assert_eq!(pair().1.unseal(&signature, &data).err(), Some(AuthError::Violation(expected)), "{at}");
    }
    for length in 0..signature.len() {
        assert!(pair().1.unseal(&signature[..length], &data).is_err());
    }
    for length in 0..data.len() {
        assert!(pair().1.unseal(&signature, &data[..length]).is_err());
    }
    assert!(pair().1.unseal(&[signature.as_slice(), &[0]].concat(), &data).is_err());
}
