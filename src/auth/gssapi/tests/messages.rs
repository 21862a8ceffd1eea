//! Messages in an established context: sealed, tampered with, repeated, reordered, truncated.

use super::Realm;
use crate::auth::{Sealed, gssapi::Reason};

#[test]
fn messages_of_any_length_go_both_ways() {
    let Some(realm) = Realm::started() else { return };
    let (mut caller, mut host) = realm.context();
    // A header, the trailer of the encryption type (a header and a checksum), and a confounder.
    let signature = 16 + if realm.only_sha2 { 16 + 24 } else { 16 + 12 } + 16;
    for length in [0, 1, 15, 16, 17, 4096, 100_000] {
        let plain = vec![b'x'; length];
        let request = caller.seal(&plain).unwrap();
        assert_eq!((request.signature.len(), request.data.len()), (signature, length));
        assert_eq!(*host.unseal(&request.signature, &request.data).unwrap(), plain);
        let answer = host.seal(&plain).unwrap();
        assert_eq!(*caller.unseal(&answer.signature, &answer.data).unwrap(), plain);
    }
}

#[test]
fn many_messages_go_in_one_session() {
    let Some(realm) = Realm::started() else { return };
    let (mut caller, mut host) = realm.context();
    for number in 0..300_u32 {
        let request = caller.seal(&number.to_be_bytes()).unwrap();
        assert_eq!(host.unseal(&request.signature, &request.data).unwrap()[..], number.to_be_bytes());
        let answer = host.seal(b"done").unwrap();
        assert_eq!(caller.unseal(&answer.signature, &answer.data).unwrap()[..], b"done"[..]);
    }
}

#[test]
fn a_message_that_comes_twice_is_refused() {
    let Some(realm) = Realm::started() else { return };
    let (mut caller, mut host) = realm.context();
    let Sealed { signature, data } = host.seal(b"once").unwrap();
    caller.unseal(&signature, &data).unwrap();
    assert_eq!(caller.unseal(&signature, &data).unwrap_err().reason(), Reason::OutOfOrder);
}

#[test]
fn messages_in_the_wrong_order_are_refused() {
    let Some(realm) = Realm::started() else { return };
    let (mut caller, mut host) = realm.context();
    let [_, second] = [b"1", b"2"].map(|plain| host.seal(plain).unwrap());
    assert_eq!(caller.unseal(&second.signature, &second.data).unwrap_err().reason(), Reason::OutOfOrder);
}

#[test]
fn a_message_that_was_changed_anywhere_is_refused() {
    let Some(realm) = Realm::started() else { return };
    let (mut caller, mut host) = realm.context();
    let Sealed { signature, data } = host.seal(b"message").unwrap();
    let whole = [signature.as_slice(), &data].concat();
    for at in 0..whole.len() {
        for bit in [1, 0x80] {
            let mut changed = whole.clone();
            changed[at] ^= bit;
            let (signature, data) = changed.split_at(signature.len());
            assert!(caller.unseal(signature, data).is_err(), "byte {at}");
        }
    }
    // None of these errors has harmed the context.
    assert_eq!(caller.unseal(&signature, &data).unwrap()[..], b"message"[..]);
}

#[test]
fn a_message_that_is_cut_or_longer_is_refused() {
    let Some(realm) = Realm::started() else { return };
    let (mut caller, mut host) = realm.context();
    let Sealed { signature, data } = host.seal(b"message").unwrap();
    for length in 0..signature.len() {
        assert!(caller.unseal(&signature[..length], &data).is_err(), "signature of {length}");
        assert!(caller.unseal(&signature[..length], b"").is_err(), "signature of {length} alone");
    }
    for length in 0..data.len() {
        assert!(caller.unseal(&signature, &data[..length]).is_err(), "data of {length}");
    }
    assert!(caller.unseal(&signature, &[data.as_slice(), b"x"].concat()).is_err());
    assert!(caller.unseal(&signature, &vec![0; 100_000]).is_err());
}

#[test]
fn a_message_of_ones_own_is_refused() {
    let Some(realm) = Realm::started() else { return };
    let (mut caller, _) = realm.context();
    let Sealed { signature, data } = caller.seal(b"mirrored").unwrap();
    assert_eq!(caller.unseal(&signature, &data).unwrap_err().reason(), Reason::BadToken);
}

#[test]
fn a_message_of_another_session_is_refused() {
    let Some(realm) = Realm::started() else { return };
    let ((mut caller, _), (_, mut other)) = (realm.context(), realm.context());
    let Sealed { signature, data } = other.seal(b"astray").unwrap();
    assert!(caller.unseal(&signature, &data).is_err());
}

#[test]
fn a_signature_fits_its_message_only() {
    let Some(realm) = Realm::started() else { return };
    let (mut caller, mut host) = realm.context();
    let signature = caller.sign(b"list").unwrap();
    assert_eq!(host.verify(b"another", &signature).unwrap_err().reason(), Reason::Tampered);
    host.verify(b"list", &signature).unwrap();
    assert_eq!(host.verify(b"list", &signature).unwrap_err().reason(), Reason::OutOfOrder);
    assert!(host.verify(b"list", b"").is_err());
}
