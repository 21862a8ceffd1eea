//! Kerberos with pyspnego, which splits sealed messages with MIT's buffer functions, as pypsrp does.
//!
//! Skipped unless `HVSNAP_PYSPNEGO` names a Python interpreter with pyspnego, gssapi and krb5, and `HVSNAP_KRB5` a running realm.

use std::env;

use super::{
    foreign::{Acceptor, untouched},
    *,
};

/// A foreign acceptor and its host, which depends on the encryption types that the keys permit.
fn acceptor(name: &str) -> Option<(Acceptor, Peer)> {
    env::var_os("HVSNAP_KRB5")?;
    let only_sha2 = env::var("HVSNAP_KRB5_AES").is_ok_and(|aes| aes == "sha2");
    let host = if only_sha2 { "sha2.hvsnap.test" } else { "sha1.hvsnap.test" };
    let peer = Peer { host: host.to_owned(), spn: None, sealed: true };
    Some((Acceptor::start(name, "ntlm", None)?, peer))
}

fn renew(acceptor: &mut Acceptor, protocol: &str, peer: &Peer, binding: Option<&ChannelBinding>) {
    let host = &peer.host;
    let binding =
        binding.map_or("null".to_owned(), |binding| format!("\"{}\"", to_hex(binding.application_data())));
    let line = format!(r#"{{"op":"new","protocol":"{protocol}","host":"{host}","binding":{binding}}}"#);
    acceptor.ask(&line).unwrap();
}

/// Each protocol of the acceptor with the credentials for it.
fn forms() -> [(&'static str, Credentials); 4] {
    [
        ("kerberos", Credentials::kerberos_ticket()),
        ("kerberos", Credentials::kerberos("ops@HVSNAP.TEST", Secret::new(PASSWORD))),
        ("negotiate", Credentials::negotiate_ticket()),
        ("negotiate", negotiate("ops@HVSNAP.TEST", PASSWORD)),
    ]
}

#[test]
fn three_hundred_messages_pass_each_way_by_kerberos() {
    let Some((mut acceptor, peer)) = acceptor("kerberos") else { return };
    for (protocol, credentials) in forms() {
        renew(&mut acceptor, protocol, &peer, None);
        let exchange = Exchange::new(&credentials, &peer).unwrap();
        let mut session = acceptor.convince(exchange, None, untouched).unwrap();
        assert_eq!(session.mechanism(), "Kerberos");
        for length in 0..300 {
            let plain: Vec<u8> = (0..length * 7).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let sealed = session.seal(&plain).unwrap();
            assert_eq!(acceptor.unwrap(&sealed.signature, &sealed.data).unwrap(), plain);
            let (signature, data) = acceptor.wrap(&plain);
            assert_eq!(*session.unseal(&signature, &data).unwrap(), plain);
            // Messages from MIT's buffer functions have exactly the form of ours.
            assert_eq!((sealed.signature.len(), sealed.data.len()), (signature.len(), data.len()));
            assert_eq!(sealed.signature[4..8], signature[4..8]);
        }
    }
}

#[test]
fn the_channel_is_bound_by_kerberos() {
    let Some((mut acceptor, peer)) = acceptor("kerberos-bound") else { return };
    let ours = ChannelBinding::tls_server_end_point(&[7; 32]);
    let other = ChannelBinding::tls_server_end_point(&[8; 32]);
    for (protocol, credentials) in forms() {
        for (theirs, accepted) in [(Some(&ours), true), (None, true), (Some(&other), false)] {
            renew(&mut acceptor, protocol, &peer, theirs);
            let exchange = Exchange::new(&credentials, &peer).unwrap();
            let outcome = acceptor.convince(exchange, Some(&ours), untouched);
            assert_eq!(outcome.is_ok(), accepted, "{protocol} {theirs:?}: {:?}", outcome.err());
        }
    }
}

#[test]
fn tampered_and_repeated_messages_are_refused_by_both_sides_of_kerberos() {
    let Some((mut acceptor, peer)) = acceptor("kerberos-tampered") else { return };
    for (protocol, credentials) in forms() {
        let session = |acceptor: &mut Acceptor| {
            renew(acceptor, protocol, &peer, None);
            acceptor.convince(Exchange::new(&credentials, &peer).unwrap(), None, untouched).unwrap()
        };
        let mut client = session(&mut acceptor);
        let sealed = client.seal(b"a message").unwrap();
        let mut changed = sealed.data.clone();
        changed[3] ^= 1;
        assert!(acceptor.unwrap(&sealed.signature, &changed).is_err());

        let mut client = session(&mut acceptor);
        let (signature, data) = acceptor.wrap(b"a message");
        assert!(client.unseal(&signature, &data).is_ok());
        let again = client.unseal(&signature, &data).err();
        assert_eq!(again, Some(AuthError::Violation(Violation::OutOfSequence)));

        let mut client = session(&mut acceptor);
        let (signature, mut data) = acceptor.wrap(b"a message");
        data[3] ^= 1;
        let changed = client.unseal(&signature, &data).err();
        assert_eq!(changed, Some(AuthError::Violation(Violation::BadSignature)));
    }
}

#[test]
fn a_host_without_kerberos_is_convinced_by_ntlm() {
    let Some((mut acceptor, peer)) = acceptor("kerberos-less") else { return };
    acceptor
        .ask(r#"{"op":"new","protocol":"negotiate","binding":null,"host":"nowhere.hvsnap.test"}"#)
        .unwrap();
    let nowhere = Peer { host: "nowhere.hvsnap.test".to_owned(), ..peer };
    let exchange = Exchange::new(&negotiate("operator@lab.example", PASSWORD), &nowhere).unwrap();
    let session = acceptor.convince(exchange, None, untouched).unwrap();
    assert_eq!(session.mechanism(), "NTLM");
}
