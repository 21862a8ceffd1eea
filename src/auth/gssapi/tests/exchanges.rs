//! Kerberos in the schemes that carry it.

use std::time::Duration;

use zeroize::Zeroizing;

use super::{Acceptor, PASSWORD, Realm, host};
use crate::{
    auth::{AuthError, Credentials, CredentialsError, Entropy, Exchange, Moment, Step, gssapi::Reason},
    secret::Secret,
    violation::Violation,
};

const SPNEGO: &[u8] = &[0x2b, 6, 1, 5, 5, 2];
const NTLM: &[u8] = &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10];
const WINDOWS_KERBEROS: &[u8] = &[0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 1, 2, 2];

fn moment() -> Moment {
    Moment { random: Entropy::new(&Zeroizing::new([7; Entropy::SIZE])), now: Duration::from_secs(1) }
}

fn begin(credentials: &Credentials, realm: &Realm) -> (Exchange, Result<Vec<u8>, AuthError>) {
    let mut exchange = Exchange::new(credentials, &realm.service()).unwrap();
    let said = match exchange.step(None, None, &mut moment()) {
        Ok(Step::Send(token)) => Ok(token.to_vec()),
        Ok(Step::Refused) => panic!("nothing to say"),
        Err(error) => Err(error),
    };
    (exchange, said)
}

fn negotiate(user: &str, password: &str) -> Credentials {
    Credentials::negotiate(user, Secret::new(password))
}

fn holds(token: &[u8], part: &[u8]) -> bool {
    token.windows(part.len()).any(|window| window == part)
}

#[test]
fn the_kerberos_scheme_carries_nothing_else() {
    let Some(realm) = Realm::started() else { return };
    let (exchange, said) = begin(&Credentials::kerberos_ticket(), &realm);
    assert_eq!((exchange.scheme(), exchange.mechanism()), ("Kerberos", "Kerberos"));
    assert!(exchange.is_connection_bound() && !exchange.reveals_password());
    let mut host = Acceptor::new(&realm.keys());
    let answer = host.step(&said.unwrap(), None).unwrap();
    let mut session = exchange.finish(answer.as_deref()).unwrap();
    assert_eq!(session.protocol(), "application/HTTP-Kerberos-session-encrypted");
    assert_eq!(session.mechanism(), "Kerberos");
    let mut host = host.into_protected().unwrap();
    let sealed = session.seal(b"request").unwrap();
    assert_eq!(host.unseal(&sealed.signature, &sealed.data).unwrap()[..], b"request"[..]);
    let sealed = host.seal(b"answer").unwrap();
    assert_eq!(session.unseal(&sealed.signature, &sealed.data).unwrap()[..], b"answer"[..]);
    let again = session.unseal(&sealed.signature, &sealed.data).unwrap_err();
    assert_eq!(again, AuthError::Violation(Violation::OutOfSequence));
    assert_eq!(session.seal(b"more").unwrap_err(), AuthError::SessionOver);
}

#[test]
fn a_host_that_does_not_prove_itself_is_not_believed() {
    let Some(realm) = Realm::started() else { return };
    let (exchange, said) = begin(&Credentials::kerberos_ticket(), &realm);
    said.unwrap();
    assert_eq!(exchange.finish(None).err(), Some(AuthError::EndedEarly));
    let (exchange, said) = begin(&Credentials::kerberos_ticket(), &realm);
    said.unwrap();
    assert_eq!(exchange.finish(Some(b"")).err(), Some(AuthError::EndedEarly));
    let (mut exchange, said) = begin(&Credentials::kerberos_ticket(), &realm);
    said.unwrap();
    assert!(matches!(exchange.step(Some(b""), None, &mut moment()), Ok(Step::Refused)));
    assert!(exchange.step(Some(b"no token"), None, &mut moment()).is_err());
}

#[test]
fn negotiation_prefers_kerberos_and_offers_ntlm_too() {
    let Some(realm) = Realm::started() else { return };
    let (exchange, said) = begin(&negotiate("ops@HVSNAP.TEST", PASSWORD), &realm);
    assert_eq!((exchange.scheme(), exchange.mechanism()), ("Negotiate", "Kerberos"));
    assert!(exchange.passed_over().is_none());
    let said = said.unwrap();
    assert!(holds(&said, SPNEGO) && holds(&said, WINDOWS_KERBEROS) && holds(&said, NTLM));
    assert!(!holds(&said, b"NTLMSSP\0"));
}

#[test]
fn negotiation_without_a_ticket_says_why_it_goes_by_ntlm() {
    let Some(realm) = Realm::started() else { return };
    let (exchange, said) = begin(&negotiate("ops@DOWN.TEST", PASSWORD), &realm);
    assert_eq!(exchange.mechanism(), "NTLM");
    assert!(holds(&said.unwrap(), b"NTLMSSP\0"));
    let Some(("Kerberos", AuthError::Kerberos(error))) = exchange.passed_over() else { panic!("no reason") };
    assert_eq!(error.reason(), Reason::NoKdc);
}

#[test]
fn negotiation_with_a_password_that_the_kdc_refused_ends() {
    let Some(realm) = Realm::started() else { return };
    let (_, said) = begin(&negotiate("ops@HVSNAP.TEST", "hush-hush"), &realm);
    let error = said.unwrap_err();
    assert!(matches!(&error, AuthError::Kerberos(error) if error.reason() == Reason::WrongPassword));
    assert!(!format!("{error} {error:?}").contains("hush"));
}

#[test]
fn what_may_be_an_account_of_the_host_goes_by_ntlm() {
    for user in [r"HVSNAP\ops", "ops", r"HVSNAP\ops@HVSNAP.TEST"] {
        let exchange = Exchange::new(&negotiate(user, PASSWORD), &host("hv01")).unwrap();
        assert_eq!(exchange.mechanism(), "NTLM", "{user}");
    }
}

#[test]
fn kerberos_is_never_replaced_when_it_alone_was_asked_for() {
    let Some(realm) = Realm::started() else { return };
    let expired = Credentials::kerberos_cache(realm.path("none.ccache"));
    for credentials in [expired, Credentials::kerberos("ops@DOWN.TEST", Secret::new(PASSWORD))] {
        let (exchange, said) = begin(&credentials, &realm);
        assert!(matches!(said, Err(AuthError::Kerberos(_))));
        assert_eq!(exchange.mechanism(), "Kerberos");
    }
}

#[test]
fn kerberos_wants_a_principal() {
    let new = |user: &str| {
        let credentials = Credentials::kerberos(user, Secret::new(PASSWORD));
        Exchange::new(&credentials, &host("hv01")).err()
    };
    assert_eq!(new(""), Some(CredentialsError::NoUser));
    assert_eq!(new(r"CORP\ops"), Some(CredentialsError::DomainInPrincipal));
    assert_eq!(new("ops@CORP.EXAMPLE"), None);
}
