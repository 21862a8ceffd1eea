//! Kerberos over HTTP, with the realm that `tests/interop/krb5/realm` makes.
//!
//! `HVSNAP_KRB5` names the directory of a running realm; without it, these tests are skipped.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsAcceptor;

use super::{
    authority::{Authority, builder},
    ntlm::unauthorized,
    peer::{Connection, answer},
    *,
};
use crate::{
    auth::gssapi::{
        Protected,
        tests::{Acceptor, ServiceKeys},
    },
    http::{HttpErrorKind, Written, tls::TlsOptions},
};

const PROTOCOL: &str = "application/HTTP-Kerberos-session-encrypted";

/// The keys of the realm's services, and the name of a permitted one.
fn realm() -> Option<(ServiceKeys, &'static str)> {
    let directory = std::env::var("HVSNAP_KRB5").ok()?;
    let keys = ServiceKeys::from_keytab(&format!("{directory}/service.keytab")).unwrap();
    let only_sha2 = std::env::var("HVSNAP_KRB5_AES").is_ok_and(|aes| aes == "sha2");
    Some((keys, if only_sha2 { "HTTP/sha2.hvsnap.test" } else { "HTTP/sha1.hvsnap.test" }))
}

fn options(service: &str) -> PoolOptions {
    PoolOptions { service_principal: Some(service.parse().unwrap()), ..PoolOptions::default() }
}

/// The only leg of Kerberos, with the host's proof in the answer; without the proof the caller must not accept the host.
async fn welcome<S: AsyncRead + AsyncWrite + Unpin>(
    connection: &mut Connection<S>,
    keys: &ServiceKeys,
    binding: Option<&[u8]>,
    proves: bool,
) -> Option<Protected> {
    let (head, body) = connection.whole_request().await?;
    assert!(body.is_empty());
    let token = head.lines().find_map(|line| line.strip_prefix("authorization: Kerberos ")).unwrap();
    let mut acceptor = Acceptor::new(keys);
    let Ok(proof) = acceptor.step(&STANDARD.decode(token).unwrap(), binding) else {
        connection.send(unauthorized("Negotiate")).await;
        return None;
    };
    let proof = if proves { STANDARD.encode(proof.unwrap()) } else { String::new() };
    let head = format!("HTTP/1.1 200 \r\nWWW-Authenticate: Kerberos {proof}\r\nContent-Length: 0\r\n\r\n");
    connection.send(head).await;
    Some(acceptor.into_protected().unwrap())
}

/// A host without TLS that unseals every request and answers with its text and a mark, sealed.
async fn host(keys: ServiceKeys, proves: bool) -> Peer {
    Peer::start(move |_, mut connection: Connection<TcpStream>| {
        let keys = keys.clone();
        async move {
            let Some(mut context) = welcome(&mut connection, &keys, None, proves).await else { return };
            while let Some((head, body)) = connection.whole_request().await {
                assert!(head.contains(PROTOCOL) && !head.to_lowercase().contains("\r\nauthorization:"));
                let body = body.strip_suffix(b"--Encrypted Boundary--\r\n").unwrap();
                let octets = b"application/octet-stream\r\n";
                let at = body.windows(octets.len()).position(|window| window == octets).unwrap();
                let sealed = &body[at + octets.len()..];
                let (length, sealed) = sealed.split_first_chunk().unwrap();
                let length = usize::try_from(u32::from_le_bytes(*length)).unwrap();
                let (signature, data) = sealed.split_at(length);
                let mut plain = context.unseal(signature, data).unwrap();
                assert_eq!(data.len(), plain.len());
                plain.push(b'!');
                let sealed = context.seal(&plain).unwrap();
                // The form of other services: no tabs, a space, an extra line end.
                let lines = format!(
                    "-- Encrypted Boundary\r\nContent-Type: {PROTOCOL}\r\n\
                     OriginalContent: type=application/soap+xml;charset=UTF-8;Length={}\r\n\
                     -- Encrypted Boundary\r\nContent-Type: application/octet-stream\r\n",
                    plain.len()
                );
                let length = u32::try_from(sealed.signature.len()).unwrap().to_le_bytes();
                let end = b"-- Encrypted Boundary--\r\n\r\n";
                let body = [lines.as_bytes(), &length, &sealed.signature, &sealed.data, end].concat();
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: multipart/encrypted;protocol=\"{PROTOCOL}\";\
                     boundary=\"Encrypted Boundary\"\r\nContent-Length: {}\r\n\r\n",
                    body.len()
                );
                connection.send([head.into_bytes(), body].concat()).await;
            }
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_hundred_requests_are_sealed_by_a_ticket_on_one_connection() {
    let Some((keys, service)) = realm() else { return };
    let peer = host(keys, true).await;
    let endpoint = Endpoint::from_url(&peer.url()).unwrap();
    let pool = Pool::new(endpoint, Credentials::kerberos_ticket(), options(service)).unwrap();
    for number in 0..300 {
        let text = "x".repeat(number * 11);
        let answer = pool.post(Bytes::from(text.clone()), patient()).await.unwrap();
        assert_eq!(answer.body, format!("{text}!"));
    }
    assert!(peer.seen().iter().all(|(connection, _)| *connection == 0));
}

#[tokio::test]
async fn a_host_that_does_not_prove_itself_gets_no_request() {
    let Some((keys, service)) = realm() else { return };
    let peer = host(keys, false).await;
    let endpoint = Endpoint::from_url(&peer.url()).unwrap();
    let pool = Pool::new(endpoint, Credentials::kerberos_ticket(), options(service)).unwrap();
    let error = post(&pool, "<x/>").await.unwrap_err();
    assert!(matches!(error.kind(), HttpErrorKind::Authentication(_)), "{}", told(&error));
    assert_eq!(error.written(), Written::Nothing);
    assert!(peer.seen().iter().all(|(_, body)| body.is_empty()));
}

#[tokio::test]
async fn a_ticket_is_bound_to_the_certificate_in_its_first_token() {
    let Some((keys, service)) = realm() else { return };
    for right in [true, false] {
        let authority = Authority::new();
        let issued = authority.issue(&["127.0.0.1"], |_| {});
        let mut binding = b"tls-server-end-point:".to_vec();
        binding.extend_from_slice(&Sha256::digest(if right { &issued.certificate[..] } else { b"another" }));
        let config = builder().with_no_client_auth();
        let config = config.with_single_cert(vec![issued.certificate.clone()], issued.key()).unwrap();
        let (acceptor, binding) = (TlsAcceptor::from(Arc::new(config)), Arc::new(binding));
        let host_keys = keys.clone();
        let peer = Peer::start(move |_, connection| {
            let (acceptor, binding, keys) = (acceptor.clone(), Arc::clone(&binding), host_keys.clone());
            async move {
                let Some(mut connection) = connection.tls(acceptor).await else { return };
                if welcome(&mut connection, &keys, Some(&binding), true).await.is_some() {
                    while connection.request().await.is_some() {
                        connection.send(answer("200 OK", "safe")).await;
                    }
                }
            }
        })
        .await;
        let endpoint = Endpoint::from_url(&format!("https://127.0.0.1:{}", peer.port())).unwrap();
        let tls = TlsOptions { roots: authority.roots(), ..TlsOptions::default() };
        let options = PoolOptions { tls, ..options(service) };
        let pool = Pool::new(endpoint, Credentials::kerberos_ticket(), options).unwrap();
        let outcome = post(&pool, "<x/>").await;
        assert_eq!(outcome.is_ok(), right, "{outcome:?}");
        assert!(peer.seen().iter().all(|(connection, _)| *connection == 0));
    }
}
