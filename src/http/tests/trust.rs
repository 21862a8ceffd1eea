//! Hosts identified by fingerprint or by another name, and clients with a certificate.

use std::sync::Arc;

use der::{Decode as _, Encode as _, Reader as _, SliceReader, Tag, asn1::AnyRef};
use rcgen::CertificateParams;
use rustls::{
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use sha2::{Digest as _, Sha256};

use super::{
    authority::{Authority, Issued, builder, serve, serve_with},
    *,
};
use crate::http::{
    CertificateFingerprint, HttpErrorKind, Written,
    tls::{ClientCertificate, Roots, TlsOptions, TlsProblem, server_name},
};

/// Presents a certificate with a key that need not match it.
#[derive(Debug)]
struct Shows(Arc<CertifiedKey>);

impl ResolvesServerCert for Shows {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

async fn peer_showing(certificate: &Issued, key: &Issued) -> Peer {
    peer_speaking(&rustls::version::TLS13, certificate, key).await
}

async fn peer_speaking(
    version: &'static rustls::SupportedProtocolVersion,
    certificate: &Issued,
    key: &Issued,
) -> Peer {
    let key = rustls::crypto::ring::sign::any_supported_type(&key.key()).unwrap();
    let shown = CertifiedKey::new(vec![certificate.certificate.clone()], key);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        rustls::ServerConfig::builder_with_provider(provider).with_protocol_versions(&[version]).unwrap();
    serve(builder.with_no_client_auth().with_cert_resolver(Arc::new(Shows(Arc::new(shown))))).await
}

fn fingerprint(certificate: &Issued) -> CertificateFingerprint {
    let digest = Sha256::digest(&certificate.certificate);
    CertificateFingerprint::parse(&digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
        .unwrap()
}

fn pinning(certificate: &Issued) -> TlsOptions {
    TlsOptions { pinned: Some(fingerprint(certificate)), ..TlsOptions::default() }
}

fn pool_of(peer: &Peer, host: &str, tls: TlsOptions) -> Pool {
    let endpoint = Endpoint::from_url(&format!("https://{host}:{}", peer.port())).unwrap();
    Pool::new(endpoint, credentials(), PoolOptions { tls, ..PoolOptions::default() }).unwrap()
}

async fn refused(peer: &Peer, tls: TlsOptions) -> (TlsProblem, String) {
    let error = post(&pool_of(peer, "127.0.0.1", tls), "x").await.unwrap_err();
    assert!(peer.seen().is_empty());
    let HttpErrorKind::Tls(problem) = error.kind() else { panic!("{error:?}") };
    (*problem, told(&error))
}

#[tokio::test]
async fn a_pinned_certificate_is_accepted_whatever_it_says() {
    let expired = |params: &mut CertificateParams| params.not_after = rcgen::date_time_ymd(2001, 1, 1);
    let certificate = Authority::new().issue(&["elsewhere.example"], expired);
    let peer = peer_showing(&certificate, &certificate).await;
    let pool = pool_of(&peer, "127.0.0.1", pinning(&certificate));
    assert_eq!(post(&pool, "x").await.unwrap().body, "safe");
}

/// The same certificate as X.509 version 1, which has no extensions. Pinning ignores the certificate's own signature.
fn as_version_1(mut issued: Issued) -> Issued {
    let parts = |sequence: &[u8]| -> Vec<Vec<u8>> {
        let content = AnyRef::from_der(sequence).unwrap().value().to_vec();
        let mut reader = SliceReader::new(&content).unwrap();
        let mut parts = Vec::new();
        while !reader.is_finished() {
            parts.push(reader.tlv_bytes().unwrap().to_vec());
        }
        parts
    };
    let sequence =
        |parts: Vec<Vec<u8>>| AnyRef::new(Tag::Sequence, &parts.concat()).unwrap().to_der().unwrap();
    let mut whole = parts(&issued.certificate);
    let mut fields = parts(&whole[0]);
    // The first field is the version, the last one the extensions.
    assert_eq!((fields.len(), fields[0][0], fields[7][0]), (8, 0xa0, 0xa3));
    fields.remove(0);
    fields.pop();
    whole[0] = sequence(fields);
    issued.certificate = sequence(whole).into();
    issued
}

/// Certificates that trust in their authority does not make acceptable, and the problem reported for each.
fn unacceptable(authority: &Authority) -> Vec<(Issued, TlsProblem)> {
    let unknown = rcgen::CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99999, 1], vec![5, 0]);
    let critical = |mut extension: rcgen::CustomExtension| {
        extension.set_criticality(true);
        extension
    };
    let issue = |change: &dyn Fn(&mut CertificateParams)| authority.issue(&["127.0.0.1"], change);
    vec![
        (
            issue(&|params| params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained)),
            TlsProblem::Authority,
        ),
        (as_version_1(issue(&|_| {})), TlsProblem::OldVersion),
        (
            issue(&|params| params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth]),
            TlsProblem::Purpose,
        ),
        (issue(&|params| params.custom_extensions = vec![critical(unknown.clone())]), TlsProblem::Extension),
    ]
}

#[tokio::test]
async fn a_certificate_of_the_wrong_kind_is_told_without_the_words_of_a_library() {
    let authority = Authority::new();
    for roots in [authority.roots(), Roots::platform_and(authority.pem.as_bytes()).unwrap()] {
        for (certificate, expected) in unacceptable(&authority) {
            let peer = peer_showing(&certificate, &certificate).await;
            let (problem, text) =
                refused(&peer, TlsOptions { roots: roots.clone(), ..TlsOptions::default() }).await;
            assert_eq!(problem, expected, "{text}");
            assert!(!text.contains("Other") && !text.contains("Error"), "{text}");
        }
    }
}

#[tokio::test]
async fn a_pinned_certificate_may_be_of_any_kind_but_the_host_must_hold_its_key() {
    let authority = Authority::new();
    let other = authority.issue(&["127.0.0.1"], |_| {});
    for (certificate, kind) in unacceptable(&authority) {
        for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
            let peer = peer_speaking(version, &certificate, &certificate).await;
            let answer = post(&pool_of(&peer, "127.0.0.1", pinning(&certificate)), "x").await;
            assert_eq!(answer.unwrap().body, "safe", "{kind:?}");
            // A session with a channel binding is opened in a different way.
            let endpoint = Endpoint::from_url(&format!("https://127.0.0.1:{}", peer.port())).unwrap();
            let options = PoolOptions { tls: pinning(&certificate), ..PoolOptions::default() };
            let pool = Pool::new(endpoint, ntlm::credentials(), options).unwrap();
            pool.secure().await.unwrap();
            let peer = peer_speaking(version, &certificate, &other).await;
            let (problem, text) = refused(&peer, pinning(&certificate)).await;
            assert_eq!(problem, TlsProblem::UnknownIssuer, "{text}");
        }
    }
}

#[tokio::test]
async fn another_certificate_than_the_pinned_one_is_refused_and_shown() {
    let authority = Authority::new();
    let (pinned, other) = (authority.issue(&["127.0.0.1"], |_| {}), authority.issue(&["127.0.0.1"], |_| {}));
    let peer = peer_showing(&other, &other).await;
    // Trusting the authority makes no difference.
    let tls = TlsOptions { roots: authority.roots(), ..pinning(&pinned) };
    let (problem, text) = refused(&peer, tls).await;
    assert_eq!(problem, TlsProblem::WrongFingerprint, "{text}");
    assert!(text.ends_with(&format!("its SHA-256 fingerprint is {}", fingerprint(&other))), "{text}");
}

#[tokio::test]
async fn a_copy_of_the_pinned_certificate_without_its_key_is_refused() {
    let authority = Authority::new();
    let (pinned, other) = (authority.issue(&["127.0.0.1"], |_| {}), authority.issue(&["127.0.0.1"], |_| {}));
    let peer = peer_showing(&pinned, &other).await;
    let (problem, text) = refused(&peer, pinning(&pinned)).await;
    assert_eq!(problem, TlsProblem::UnknownIssuer, "{text}");
}

#[tokio::test]
async fn a_host_that_is_reached_by_address_may_have_a_certificate_for_its_name() {
    let authority = Authority::new();
    let peer = authority.peer(&["hv01.corp.example"], |_| {}).await;
    let tls = |name| TlsOptions {
        roots: authority.roots(),
        server_name: Some(server_name(name).unwrap()),
        ..TlsOptions::default()
    };
    let (problem, text) = refused(&peer, tls("hv02.corp.example")).await;
    assert_eq!(problem, TlsProblem::WrongName, "{text}");
    assert!(text.contains("hv02.corp.example"), "{text}");
    let pool = pool_of(&peer, "127.0.0.1", tls("hv01.corp.example"));
    assert_eq!(post(&pool, "x").await.unwrap().body, "safe");
}

#[tokio::test]
async fn a_host_that_wants_a_certificate_gets_the_one_that_was_given() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let peer = authority.peer_for_its_own(&["127.0.0.1"]).await;
    let showing = |issuer: &Authority| {
        let own = issuer.issue(&["ops"], |_| {});
        let pem = Secret::new(format!("{}{}", own.pem, own.key_pem()));
        TlsOptions {
            roots: authority.roots(),
            client_certificate: Some(ClientCertificate::from_pem(&pem).unwrap()),
            ..TlsOptions::default()
        }
    };
    let silent = TlsOptions { roots: authority.roots(), ..TlsOptions::default() };
    let (problem, text) = refused(&peer, silent).await;
    assert_eq!(problem, TlsProblem::ClientCertificateWanted, "{text}");
    let (problem, text) = refused(&peer, showing(&stranger)).await;
    assert_eq!(problem, TlsProblem::ClientCertificateRefused, "{text}");
    let pool = pool_of(&peer, "127.0.0.1", showing(&authority));
    assert_eq!(post(&pool, "x").await.unwrap().body, "safe");
}

#[test]
fn a_client_certificate_needs_its_own_key_and_tls() {
    let authority = Authority::new();
    let (one, other) = (authority.issue(&["ops"], |_| {}), authority.issue(&["ops"], |_| {}));
    let pool = |url: &str, key: &Issued| {
        let pem = Secret::new(format!("{}{}", one.pem, key.key_pem()));
        let client_certificate = Some(ClientCertificate::from_pem(&pem).unwrap());
        let tls = TlsOptions { client_certificate, ..pinning(&one) };
        let options = PoolOptions { tls, ..PoolOptions::default() };
        Pool::new(Endpoint::from_url(url).unwrap(), credentials(), options)
    };
    assert!(pool("https://127.0.0.1", &one).is_ok());
    let error = pool("https://127.0.0.1", &other).unwrap_err();
    assert_eq!(error.kind(), &HttpErrorKind::ClientCertificate);
    assert!(error.source().is_some());
    let error = pool("http://127.0.0.1", &one).unwrap_err();
    assert_eq!(error.kind(), &HttpErrorKind::CertificateNeedsTls);
    assert_eq!(error.written(), Written::Nothing);
}

#[tokio::test]
async fn a_host_without_a_safe_cipher_is_told() {
    // A host with only CBC ciphers answers with the alert handshake_failure.
    let peer = Peer::start(|_, mut connection| async move {
        connection.send("\x15\x03\x03\x00\x02\x02\x28").await;
        connection.close().await;
    })
    .await;
    let tls = TlsOptions { roots: Authority::new().roots(), ..TlsOptions::default() };
    let (problem, text) = refused(&peer, tls).await;
    assert_eq!(problem, TlsProblem::NothingInCommon, "{text}");
}

#[tokio::test]
async fn a_caller_who_is_known_by_a_certificate_says_so_without_a_token() {
    let authority = Authority::new();
    let peer = authority.peer_for_its_own(&["127.0.0.1"]).await;
    let own = authority.issue(&["ops"], |_| {});
    let credentials = || Credentials::certificate(Secret::new(format!("{}{}", own.pem, own.key_pem())));
    let pool = |url: &str| {
        let tls = TlsOptions { roots: authority.roots(), ..TlsOptions::default() };
        let options = PoolOptions { tls, ..PoolOptions::default() };
        Pool::new(Endpoint::from_url(url).unwrap(), credentials(), options)
    };
    let pool_with_tls = pool(&format!("https://127.0.0.1:{}", peer.port())).unwrap();
    assert_eq!(post(&pool_with_tls, "x").await.unwrap().body, "safe");
    let line = "authorization: http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual";
    assert!(peer.heads().iter().all(|head| head.lines().any(|found| found == line)), "{:?}", peer.heads());
    let error = pool("http://127.0.0.1").unwrap_err();
    assert_eq!(error.kind(), &HttpErrorKind::CertificateNeedsTls);
    let nonsense = Credentials::certificate(Secret::new("hush"));
    let endpoint = Endpoint::from_url("https://127.0.0.1").unwrap();
    let error = Pool::new(endpoint, nonsense, PoolOptions::default()).unwrap_err();
    assert_eq!(error.kind(), &HttpErrorKind::ClientCertificate);
    assert_eq!(told(&error), "the client certificate cannot be used: the text holds no certificate");
}

#[tokio::test]
async fn a_certificate_that_the_host_maps_to_nobody_is_told() {
    let authority = Authority::new();
    let own = authority.issue(&["ops"], |_| {});
    let issued = authority.issue(&["127.0.0.1"], |_| {});
    let config = builder().with_no_client_auth();
    let config = config.with_single_cert(vec![issued.certificate.clone()], issued.key()).unwrap();
    let peer = serve_with(config, "401 \r\nWWW-Authenticate: Negotiate").await;
    let endpoint = Endpoint::from_url(&format!("https://127.0.0.1:{}", peer.port())).unwrap();
    let credentials = Credentials::certificate(Secret::new(format!("{}{}", own.pem, own.key_pem())));
    let tls = TlsOptions { roots: authority.roots(), ..TlsOptions::default() };
    let pool = Pool::new(endpoint, credentials, PoolOptions { tls, ..PoolOptions::default() }).unwrap();
    let error = post(&pool, "x").await.unwrap_err();
    assert!(matches!(error.kind(), HttpErrorKind::NotAuthenticated { mechanism: "certificate", .. }));
    assert_eq!(error.written(), Written::Maybe);
    assert!(error.to_string().ends_with("did not accept the client certificate"), "{error}");
}

#[test]
fn the_name_that_was_given_for_one_host_is_not_expected_of_another() {
    let tls = TlsOptions { server_name: server_name("clu1.corp.example"), ..TlsOptions::default() };
    let options = PoolOptions {
        tls,
        service_principal: "HTTP/clu1.corp.example".parse().ok(),
        ..PoolOptions::default()
    };
    let endpoint = |url| Endpoint::from_url(url).unwrap();
    let pool = Pool::new(endpoint("https://10.1.2.3"), credentials(), options).unwrap();
    assert!(pool.context.options.service_principal.is_some());
    let another = pool.another(endpoint("https://hv02.corp.example")).unwrap();
    assert_eq!(another.endpoint().host(), "hv02.corp.example");
    let options = &another.context.options;
    assert!(options.tls.server_name.is_none() && options.service_principal.is_none());
}
