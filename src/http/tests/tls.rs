//! Trusted and untrusted hosts, and the errors for them.

use rcgen::{CertificateParams, KeyPair};
use tokio_rustls::TlsAcceptor;

use super::{
    authority::{Authority, builder},
    *,
};
use crate::http::{
    HttpErrorKind, Written,
    tls::{Roots, Tls, TlsOptions, TlsProblem, roots::RootsError},
};

fn pool_of(peer: &Peer, host: &str, roots: Roots) -> Pool {
    let endpoint = Endpoint::from_url(&format!("https://{host}:{}", peer.port())).unwrap();
    Pool::new(
        endpoint,
        credentials(),
        PoolOptions { tls: TlsOptions { roots, ..TlsOptions::default() }, ..PoolOptions::default() },
    )
    .unwrap()
}

async fn distrusted(peer: &Peer, host: &str, roots: Roots) -> (TlsProblem, String) {
    let error = post(&pool_of(peer, host, roots), "x").await.unwrap_err();
    assert_eq!(error.written(), Written::Nothing);
    assert!(peer.seen().is_empty());
    let HttpErrorKind::Tls(problem) = error.kind() else { panic!("{error:?}") };
    (*problem, told(&error))
}

#[tokio::test]
async fn an_own_authority_is_trusted_alone_or_beside_the_platform() {
    let authority = Authority::new();
    let peer = authority.peer(&["localhost", "127.0.0.1"], |_| {}).await;
    let beside = Roots::platform_and(authority.pem.as_bytes()).unwrap();
    for roots in [authority.roots(), beside] {
        for host in ["localhost", "127.0.0.1"] {
            let pool = pool_of(&peer, host, roots.clone());
            for _ in 0..3 {
                assert_eq!(post(&pool, "x").await.unwrap().body, "safe");
            }
        }
    }
    // Four pools with three requests each, one connection per pool.
    let connections: Vec<_> = peer.seen().into_iter().map(|(connection, _)| connection).collect();
    assert_eq!(connections, [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
}

#[tokio::test]
async fn an_unknown_authority_is_told() {
    let peer = Authority::new().peer(&["127.0.0.1"], |_| {}).await;
    for roots in [Authority::new().roots(), Roots::Platform] {
        let tls = TlsOptions { roots: roots.clone(), ..TlsOptions::default() };
        if matches!(roots, Roots::Platform) && Tls::new(&tls).is_err() {
            // A minimal system, such as a container, has no trusted authorities; the error comes before a connection is opened.
            continue;
        }
        let (problem, text) = distrusted(&peer, "127.0.0.1", roots).await;
        assert!(matches!(problem, TlsProblem::UnknownIssuer), "{text}");
        assert!(text.contains("the issuer of the certificate is not trusted here"), "{text}");
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_told_with_its_names() {
    let authority = Authority::new();
    let peer = authority.peer(&["hv01.corp.example"], |_| {}).await;
    let (problem, text) = distrusted(&peer, "localhost", authority.roots()).await;
    assert_eq!(problem, TlsProblem::WrongName, "{text}");
    assert!(text.contains("the certificate is for another name"), "{text}");
    assert!(
        text.contains("localhost") && text.ends_with(": it is for hv01.corp.example, not for localhost"),
        "{text}"
    );
}

#[tokio::test]
async fn a_certificate_without_names_is_told() {
    let authority = Authority::new();
    let peer = authority.peer(&[], |_| {}).await;
    let (problem, text) = distrusted(&peer, "localhost", authority.roots()).await;
    assert_eq!(problem, TlsProblem::NoName, "{text}");
}

#[tokio::test]
async fn a_certificate_out_of_its_time_is_told() {
    let authority = Authority::new();
    let expired = |params: &mut CertificateParams| params.not_after = rcgen::date_time_ymd(2001, 1, 1);
    let peer = authority.peer(&["localhost"], expired).await;
    let (problem, text) = distrusted(&peer, "localhost", authority.roots()).await;
    assert_eq!(problem, TlsProblem::Expired, "{text}");
    assert!(text.ends_with(" days ago, by the clock of this computer"), "{text}");
    let early = |params: &mut CertificateParams| params.not_before = rcgen::date_time_ymd(4000, 1, 1);
    let peer = authority.peer(&["localhost"], early).await;
    assert_eq!(distrusted(&peer, "localhost", authority.roots()).await.0, TlsProblem::NotYetValid);
}

#[tokio::test]
async fn a_host_that_does_not_speak_tls_is_told() {
    let peer = Peer::start(|_, mut connection| async move {
        connection.send("HTTP/1.1 400 Bad Request\r\n\r\n").await;
        connection.close().await;
    })
    .await;
    let (problem, text) = distrusted(&peer, "127.0.0.1", Authority::new().roots()).await;
    assert_eq!(problem, TlsProblem::NotTls, "{text}");
}

#[tokio::test]
async fn a_connection_that_is_cut_off_is_told_without_an_address_of_a_library_s_manual() {
    let authority = Authority::new();
    let issued = authority.issue(&["localhost"], |_| {});
    let config = builder().with_no_client_auth();
    let config = config.with_single_cert(vec![issued.certificate.clone()], issued.key()).unwrap();
    let acceptor = TlsAcceptor::from(std::sync::Arc::new(config));
    let peer = Peer::start(move |_, connection| {
        let acceptor = acceptor.clone();
        async move {
            let Some(mut connection) = connection.tls(acceptor).await else { return };
            connection.request().await;
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf").await;
        }
    })
    .await;
    let error = post(&pool_of(&peer, "localhost", authority.roots()), "x").await.unwrap_err();
    assert_eq!((error.kind(), error.written()), (&HttpErrorKind::ConnectionLost, Written::Maybe));
    assert!(told(&error).ends_with(": the TLS connection was not closed, but cut off"), "{}", told(&error));
}

#[tokio::test]
async fn a_handshake_that_never_ends_has_written_nothing() {
    let peer = Peer::start(|_, mut connection| async move { connection.closed_by_client().await }).await;
    let endpoint = Endpoint::from_url(&format!("https://127.0.0.1:{}", peer.port())).unwrap();
    let tls = TlsOptions { roots: Authority::new().roots(), ..TlsOptions::default() };
    let options = PoolOptions { connect_timeout: IMPATIENCE, tls, ..PoolOptions::default() };
    let pool = Pool::new(endpoint, credentials(), options).unwrap();
    let error = post(&pool, "x").await.unwrap_err();
    let kind = HttpErrorKind::ConnectTimedOut(IMPATIENCE);
    assert_eq!((error.kind(), error.written()), (&kind, Written::Nothing));
    assert!(error.to_string().ends_with("did not accept a connection within 50ms"), "{error}");
}

#[test]
fn files_without_usable_certificates_are_told() {
    assert!(matches!(Roots::only(b""), Err(RootsError::Empty)));
    assert!(matches!(Roots::only(b"-----BEGIN CERTIFICATE-----\n"), Err(RootsError::Pem(_))));
    let nonsense = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(matches!(Roots::platform_and(nonsense), Err(RootsError::Certificate(_))));
    let key = KeyPair::generate().unwrap().serialize_pem();
    assert!(matches!(Roots::only(key.as_bytes()), Err(RootsError::Empty)));
}
