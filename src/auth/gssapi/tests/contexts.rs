//! The establishment of a context, with both sides in one process.

use super::{Acceptor, Realm, establish};
use crate::auth::gssapi::{Initiator, Reason};

const BINDING: &[u8] = b"tls-server-end-point:0123456789abcdef";

#[test]
fn both_sides_know_whether_they_are_bound_to_the_channel() {
    let Some(realm) = Realm::started() else { return };
    for (bindings, bound) in [([Some(BINDING), Some(BINDING)], true), ([None, Some(BINDING)], false)] {
        let (_, host) = establish(&realm.cache("ops"), &realm.service(), &realm.keys(), bindings).unwrap();
        assert_eq!(host.is_channel_bound(), bound);
    }
}

#[test]
fn a_context_for_another_channel_is_refused() {
    let Some(realm) = Realm::started() else { return };
    let bindings = [Some(BINDING), Some(b"tls-server-end-point:other".as_slice())];
    let refused = establish(&realm.cache("ops"), &realm.service(), &realm.keys(), bindings).err().unwrap();
    assert_eq!(refused.reason(), Reason::WrongBinding);
}

#[test]
fn a_request_that_comes_twice_is_refused() {
    let Some(realm) = Realm::started() else { return };
    let request = Initiator::new(&realm.cache("ops"), &realm.service()).unwrap().step(None, None).unwrap();
    let (keys, request) = (realm.keys(), request.unwrap());
    Acceptor::new(&keys).step(&request, None).unwrap();
    let again = Acceptor::new(&keys).step(&request, None).unwrap_err();
    assert_eq!(again.reason(), Reason::OutOfOrder, "{again:?}");
}

#[test]
fn an_answer_to_another_request_proves_nothing() {
    let Some(realm) = Realm::started() else { return };
    let keys = realm.keys();
    let mut callers = [(); 2].map(|()| Initiator::new(&realm.cache("ops"), &realm.service()).unwrap());
    let requests = callers.each_mut().map(|caller| caller.step(None, None).unwrap().unwrap());
    let answer = Acceptor::new(&keys).step(&requests[0], None).unwrap().unwrap();
    let [_, other] = &mut callers;
    assert!(other.step(Some(&answer), None).is_err());
    assert!(!other.is_established());
}

#[test]
fn an_answer_is_refused_wherever_it_is_cut_or_changed() {
    let Some(realm) = Realm::started() else { return };
    let keys = realm.keys();
    let source = realm.cache("ops");
    let begun = || {
        let mut caller = Initiator::new(&source, &realm.service()).unwrap();
        let request = caller.step(None, None).unwrap().unwrap();
        let answer = Acceptor::new(&keys).step(&request, None).unwrap().unwrap();
        (caller, answer)
    };
    for at in 0.. {
        let (mut caller, mut answer) = begun();
        let Some(byte) = answer.get_mut(at) else { break };
        *byte ^= 0x10;
        // The one byte that the library does not check: outside the encryption, and implied by what precedes it.
        let is_message_type = answer[..at].ends_with(&[0xa1, 3, 2, 1]);
        assert!(caller.step(Some(&answer), None).is_err() || is_message_type, "changed at {at}");
        let (mut caller, answer) = begun();
        assert!(caller.step(answer.get(..at.min(answer.len() - 1)), None).is_err(), "cut at {at}");
    }
}

#[test]
fn an_answer_that_was_changed_is_the_hosts_offence_and_no_word_of_the_kdc() {
    let Some(realm) = Realm::started() else { return };
    let mut caller = Initiator::new(&realm.cache("ops"), &realm.service()).unwrap();
    let request = caller.step(None, None).unwrap().unwrap();
    let mut answer = Acceptor::new(&realm.keys()).step(&request, None).unwrap().unwrap();
    *answer.last_mut().unwrap() ^= 1;
    let refused = caller.step(Some(&answer), None).unwrap_err();
    assert_eq!(refused.reason(), Reason::BadToken, "{refused:?}");
}

#[test]
fn a_context_that_failed_stays_ended() {
    let Some(realm) = Realm::started() else { return };
    let mut caller = Initiator::new(&realm.cache("ops"), &realm.service()).unwrap();
    caller.step(None, None).unwrap();
    assert!(caller.step(Some(b"no token"), None).is_err());
    assert_eq!(caller.step(None, None).unwrap_err().reason(), Reason::NotInTurn);
    assert_eq!(caller.protected().err().unwrap().reason(), Reason::NotInTurn);
    assert_eq!(caller.into_protected().err().unwrap().reason(), Reason::NotInTurn);
}

#[test]
fn a_host_reads_no_request_that_is_none() {
    let Some(realm) = Realm::started() else { return };
    let keys = realm.keys();
    for request in [b"".as_slice(), b"\x60", b"\x60\x84\xff\xff\xff\xff", &[0x60; 4096]] {
        let mut host = Acceptor::new(&keys);
        assert!(host.step(request, None).is_err(), "{:?}", request.get(..4));
        assert_eq!(host.step(request, None).unwrap_err().reason(), Reason::NotInTurn);
    }
}
