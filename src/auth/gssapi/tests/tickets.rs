//! Sources of tickets, and the errors when there are none.

use super::{PASSWORD, Realm, establish, host, password, service};
use crate::auth::gssapi::{
    Initiator, KerberosError, Reason, Source,
    source::{Held, Shared, lock},
};

/// The caller's name, as the host sees it.
fn caller(realm: &Realm, source: &Source) -> String {
    let (_, mut host) = establish(source, &realm.service(), &realm.keys(), [None; 2]).unwrap();
    host.caller().unwrap()
}

fn refusal(source: &Source, peer: &crate::auth::Peer) -> KerberosError {
    Initiator::new(source, peer).and_then(|mut caller| caller.step(None, None)).unwrap_err()
}

/// The error with its causes, as a user sees it.
fn told(error: &KerberosError) -> String {
    format!("{error}: {}", std::error::Error::source(error).unwrap())
}

/// The credential that is kept for the next context.
fn held(source: &Source) -> Option<Shared> {
    match &*lock(&source.held) {
        Held::Tickets(shared) => Some(shared.clone()),
        _ => None,
    }
}

#[test]
fn a_ticket_comes_from_the_default_cache() {
    let Some(realm) = Realm::started() else { return };
    assert_eq!(caller(&realm, &Source::default_cache()), "ops@HVSNAP.TEST");
}

#[test]
fn a_ticket_comes_from_a_cache_that_is_named() {
    let Some(realm) = Realm::started() else { return };
    assert_eq!(caller(&realm, &realm.cache("ops")), "ops@HVSNAP.TEST");
}

#[test]
fn a_ticket_comes_by_a_keytab() {
    let Some(realm) = Realm::started() else { return };
    let keytab = realm.path("batch.keytab");
    let named = Source::keytab(&keytab, Some("batch@HVSNAP.TEST".to_owned()));
    assert_eq!(caller(&realm, &named), "batch@HVSNAP.TEST");
    assert_eq!(caller(&realm, &Source::keytab(&keytab, None)), "batch@HVSNAP.TEST");
}

#[test]
fn a_ticket_comes_by_a_password() {
    let Some(realm) = Realm::started() else { return };
    assert_eq!(caller(&realm, &password("ops@HVSNAP.TEST", PASSWORD)), "ops@HVSNAP.TEST");
    assert_eq!(caller(&realm, &password("ops", PASSWORD)), "ops@HVSNAP.TEST");
}

#[test]
fn connections_share_the_ticket_of_a_password() {
    let Some(realm) = Realm::started() else { return };
    for source in [password("ops@HVSNAP.TEST", PASSWORD), Source::keytab(realm.path("batch.keytab"), None)] {
        let begun: Vec<_> = (0..4)
            .map(|_| {
                let (source, peer) = (source.clone(), realm.service());
                std::thread::spawn(move || Initiator::new(&source, &peer)?.step(None, None).map(|_| source))
            })
            .collect();
        for source in begun {
            source.join().unwrap().unwrap();
        }
        assert!(held(&source).is_some());
    }
}

#[test]
fn tickets_got_by_a_keytab_are_gone_with_their_last_user() {
    let Some(realm) = Realm::started() else { return };
    let source = Source::keytab(realm.path("batch.keytab"), None);
    assert_eq!(caller(&realm, &source), "batch@HVSNAP.TEST");
    let cache = lock(&held(&source).unwrap()).private_cache().unwrap().to_str().unwrap().to_owned();
    assert_eq!(caller(&realm, &Source::cache(&cache)), "batch@HVSNAP.TEST");
    drop(source);
    assert_eq!(refusal(&Source::cache(&cache), &realm.service()).reason(), Reason::NoTicket);
}

#[test]
fn a_service_is_named_by_host_or_by_principal() {
    let Some(realm) = Realm::started() else { return };
    let name = realm.service().host;
    for peer in [
        host(&name.to_uppercase()),
        service(&format!("HTTP/{name}")),
        service(&format!("HTTP/{name}@HVSNAP.TEST")),
        service(&format!("HTTP@{name}")),
    ] {
        establish(&realm.cache("ops"), &peer, &realm.keys(), [None; 2]).unwrap();
    }
}

#[test]
fn a_wrong_password_is_named_and_nothing_else_is_tried_with_it() {
    let Some(_) = Realm::started() else { return };
    let source = password("ops@HVSNAP.TEST", "hush-hush");
    let error = refusal(&source, &host("sha1.hvsnap.test"));
    assert_eq!(error.reason(), Reason::WrongPassword, "{}", told(&error));
    assert!(!error.permits_fallback() && held(&source).is_none());
    assert!(!format!("{error:?} {}", told(&error)).contains("hush"));
}

#[test]
fn an_unknown_user_is_named() {
    let Some(_) = Realm::started() else { return };
    let error = refusal(&password("nobody@HVSNAP.TEST", "x"), &host("sha1.hvsnap.test"));
    assert_eq!(error.reason(), Reason::UnknownUser);
    assert!(told(&error).contains("nobody@HVSNAP.TEST"), "{}", told(&error));
}

#[test]
fn an_unknown_service_is_named() {
    let Some(realm) = Realm::started() else { return };
    for peer in [host("nowhere.hvsnap.test"), service("WSMAN/localhost"), service("HTTP/other@HVSNAP.TEST")] {
        let error = refusal(&realm.cache("ops"), &peer);
        assert_eq!(error.reason(), Reason::UnknownService, "{}", told(&error));
        assert!(error.permits_fallback());
    }
}

#[test]
fn an_expired_ticket_is_named() {
    let Some(realm) = Realm::started() else { return };
    let error = refusal(&realm.cache("expired"), &realm.service());
    assert_eq!(error.reason(), Reason::TicketExpired, "{}", told(&error));
    assert!(error.hint().unwrap().contains("kinit"));
}

#[test]
fn a_missing_cache_or_key_is_named() {
    let Some(realm) = Realm::started() else { return };
    assert_eq!(refusal(&realm.cache("none"), &realm.service()).reason(), Reason::NoTicket);
    let missing = Source::keytab(realm.path("none.keytab"), None);
    assert_eq!(refusal(&missing, &realm.service()).reason(), Reason::NoKey);
    let other = Source::keytab(realm.path("batch.keytab"), Some("ops@HVSNAP.TEST".to_owned()));
    assert_eq!(refusal(&other, &realm.service()).reason(), Reason::NoKey);
}

#[test]
fn a_kdc_that_is_down_or_unknown_is_named() {
    let Some(realm) = Realm::started() else { return };
    for principal in ["ops@DOWN.TEST", "ops@hvsnap.test"] {
        let error = refusal(&password(principal, PASSWORD), &realm.service());
        assert_eq!(error.reason(), Reason::NoKdc, "{}", told(&error));
        assert!(error.permits_fallback());
    }
}

#[test]
fn names_that_kerberos_cannot_carry_are_refused() {
    let Some(realm) = Realm::started() else { return };
    for peer in [host(""), host("a\0b"), host("a/b"), host("a@b")] {
        assert_eq!(refusal(&realm.cache("ops"), &peer).reason(), Reason::BadName, "{peer:?}");
    }
    assert_eq!(refusal(&password("a\0b", "x"), &realm.service()).reason(), Reason::BadName);
    assert_eq!(refusal(&Source::cache("a\0b"), &realm.service()).reason(), Reason::BadName);
}
