//! Identities over TLS: bound to the host's certificate, and not sealed a second time.

use std::sync::Arc;

use rustls::ServerConfig;
use sha2::{Digest as _, Sha256};
use tokio_rustls::TlsAcceptor;

use super::{
    authority::{Authority, builder},
    ntlm,
    peer::answer,
    *,
};
use crate::http::{HttpErrorKind, Written, tls::TlsOptions};

/// A host that accepts only callers bound to `binding`. It answers the requests in plain text with `answers`, in order, and ends.
async fn host(config: ServerConfig, binding: Vec<u8>, answers: &'static [&'static str]) -> Peer {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let binding = Arc::new(binding);
    Peer::start(move |_, connection| {
        let (acceptor, binding) = (acceptor.clone(), Arc::clone(&binding));
        async move {
            let Some(mut connection) = connection.tls(acceptor).await else { return };
            if ntlm::welcome(&mut connection, Some(&binding)).await.is_none() {
                return connection.closed_by_client().await;
            }
            for status in answers {
                let Some((head, _)) = connection.whole_request().await else { return };
                let head = head.to_lowercase();
                assert!(!head.contains("\r\nauthorization:"), "{head}");
                assert!(head.contains("\r\ncontent-type: application/soap+xml;charset=utf-8\r\n"), "{head}");
                connection.send(answer(status, "safe")).await;
            }
            connection.closed_by_client().await;
        }
    })
    .await
}

/// A host that requires the right binding, or another one, and a pool of connections to it.
async fn bound(right: bool, answers: &'static [&'static str]) -> (Peer, Pool) {
    let (peer, tls) = bound_host(right, answers).await;
    let pool = pool_of(&peer, PoolOptions { tls, ..PoolOptions::default() });
    (peer, pool)
}

fn pool_of(peer: &Peer, options: PoolOptions) -> Pool {
    let endpoint = Endpoint::from_url(&format!("https://127.0.0.1:{}", peer.port())).unwrap();
    Pool::new(endpoint, ntlm::credentials(), options).unwrap()
}

async fn bound_host(right: bool, answers: &'static [&'static str]) -> (Peer, TlsOptions) {
    let authority = Authority::new();
    let issued = authority.issue(&["127.0.0.1"], |_| {});
    let mut binding = b"tls-server-end-point:".to_vec();
    binding.extend_from_slice(&Sha256::digest(if right { &issued.certificate[..] } else { b"another" }));
    let config = builder()
        .with_no_client_auth()
        .with_single_cert(vec![issued.certificate.clone()], issued.key())
        .unwrap();
    let peer = host(config, binding, answers).await;
    (peer, TlsOptions { roots: authority.roots(), ..TlsOptions::default() })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_identity_is_bound_to_the_certificate_and_requests_go_unsealed() {
    let (peer, pool) = bound(true, &["200 OK"; 50]).await;
    for _ in 0..50 {
        let answer = post(&pool, "<x/>").await.unwrap();
        assert_eq!(answer.body, "safe");
    }
    let seen = peer.seen();
    assert!(seen.iter().all(|(connection, _)| *connection == 0), "{seen:?}");
    assert_eq!(seen.iter().map(|(_, body)| body.as_str()).collect::<Vec<_>>()[..3], ["", "", "<x/>"]);
}

#[tokio::test]
async fn every_connection_is_bound_anew() {
    let (peer, pool) = bound(true, &["200 OK\r\nConnection: close"]).await;
    for _ in 0..3 {
        post(&pool, "<x/>").await.unwrap();
    }
    let bodies = peer.seen().into_iter().filter(|(_, body)| !body.is_empty());
    assert_eq!(bodies.map(|(connection, _)| connection).collect::<Vec<_>>(), [0, 1, 2]);
}

#[tokio::test]
async fn a_host_that_sees_another_certificate_than_the_caller_refuses() {
    let (peer, pool) = bound(false, &[]).await;
    let error = post(&pool, "<x/>").await.unwrap_err();
    assert_eq!(error.written(), Written::Nothing);
    assert!(matches!(error.kind(), HttpErrorKind::NotAuthenticated { mechanism: "NTLM", .. }), "{error:?}");
    assert!(peer.seen().iter().all(|(_, body)| body.is_empty()));
}

#[tokio::test]
async fn a_401_in_mid_session_does_not_say_that_the_request_was_not_carried_out() {
    let (_peer, pool) = bound(true, &["200 OK", "401 "]).await;
    post(&pool, "<x/>").await.unwrap();
    let error = post(&pool, "<y/>").await.unwrap_err();
    assert_eq!((error.kind(), error.written()), (&HttpErrorKind::IdentityLost(401), Written::Maybe));
}

#[tokio::test]
async fn through_a_tunnel_the_binding_is_to_the_host_and_the_connection_stays_one() {
    let (peer, tls) = bound_host(true, &["200 OK"; 20]).await;
    let (proxy, mut reports) = proxies::proxy(peer.port(), "200 OK").await;
    let pool = pool_of(&peer, PoolOptions { tls, proxy: Some(proxy), ..PoolOptions::default() });
    for _ in 0..20 {
        assert_eq!(post(&pool, "<x/>").await.unwrap().body, "safe");
    }
    assert!(reports.try_recv().is_ok() && reports.try_recv().is_err());
    assert!(peer.seen().iter().all(|(connection, _)| *connection == 0));
}
