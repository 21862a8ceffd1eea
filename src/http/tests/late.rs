//! Hosts that request a client certificate after the request: by renegotiation, after the handshake, or not at all.
//!
//! rustls cannot act as such a host. The tests extract its keys and write the late records themselves.

use std::sync::Arc;

use rustls::{
    ConnectionTrafficSecrets, ContentType, ProtocolVersion, ServerConnection, SupportedCipherSuite,
    SupportedProtocolVersion,
    crypto::cipher::{AeadKey, Iv, MessageEncrypter, OutboundChunks, OutboundPlainMessage},
    version::{TLS12, TLS13},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

use super::{
    authority::{Authority, Issued, serve_with},
    *,
};
use crate::http::{HttpErrorKind, Late, Written, tls::TlsOptions};

/// `HelloRequest`: requests renegotiation in TLS 1.2 (RFC 5246, section 7.4.1.1).
const HELLO_REQUEST: &[u8] = &[0, 0, 0, 0];
/// `CertificateRequest` of TLS 1.3 with a context and one signature scheme (RFC 8446, section 4.3.2).
const CERTIFICATE_REQUEST: &[u8] = &[13, 0, 0, 12, 1, 7, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3];
/// `handshake_failure`, fatal.
const HANDSHAKE_FAILURE: &[u8] = &[2, 40];

/// The sending side of a connection, with keys extracted from rustls.
struct Sender {
    encrypter: Box<dyn MessageEncrypter>,
    number: u64,
    stream: TcpStream,
}

impl Sender {
    fn take(stream: TcpStream, connection: ServerConnection) -> Self {
        let suite = connection.negotiated_cipher_suite().unwrap();
        let (number, secrets) = connection.dangerous_extract_secrets().unwrap().tx;
        let (key, iv): (AeadKey, Iv) = match secrets {
            ConnectionTrafficSecrets::Aes128Gcm { key, iv }
            | ConnectionTrafficSecrets::Aes256Gcm { key, iv } => (key, iv),
            _ => panic!("no AES-GCM"),
        };
        let encrypter = match suite {
            SupportedCipherSuite::Tls12(suite) => {
                let (salt, nonce) = iv.as_ref().split_at(4);
                suite.aead_alg.encrypter(key, salt, nonce)
            }
            SupportedCipherSuite::Tls13(suite) => suite.aead_alg.encrypter(key, iv),
        };
        Self { encrypter, number, stream }
    }

    async fn send(&mut self, typ: ContentType, payload: &[u8]) {
        let payload = OutboundChunks::Single(payload);
        let message = OutboundPlainMessage { typ, version: ProtocolVersion::TLSv1_2, payload };
        let record = self.encrypter.encrypt(message, self.number).unwrap().encode();
        self.number += 1;
        self.stream.write_all(&record).await.unwrap();
    }
}

/// A host that reads a request, runs `asks`, and then waits until the client has closed, or closes the connection.
async fn host<Fut: Future<Output = Option<Sender>> + Send + 'static>(
    issued: &Issued,
    version: &'static SupportedProtocolVersion,
    asks: impl Fn(Sender) -> Fut + Send + 'static,
) -> Endpoint {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(provider).with_protocol_versions(&[version]);
    let builder = builder.unwrap().with_no_client_auth();
    let mut config = builder.with_single_cert(vec![issued.certificate.clone()], issued.key()).unwrap();
    config.enable_secret_extraction = true;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = TlsAcceptor::from(Arc::new(config)).accept(stream).await.unwrap();
        assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
        let (stream, connection) = stream.into_inner();
        if let Some(mut sender) = asks(Sender::take(stream, connection)).await {
            while let Ok(1..) = sender.stream.read(&mut [0; 4096]).await {}
        }
    });
    Endpoint::from_url(&format!("https://127.0.0.1:{port}")).unwrap()
}

fn certificate(authority: &Authority) -> Credentials {
    let own = authority.issue(&["ops"], |_| {});
    Credentials::certificate(Secret::new(format!("{}{}", own.pem, own.key_pem())))
}

async fn refused(authority: &Authority, endpoint: Endpoint, credentials: Credentials) -> (Late, String) {
    let tls = TlsOptions { roots: authority.roots(), ..TlsOptions::default() };
    let pool = Pool::new(endpoint, credentials, PoolOptions { tls, ..PoolOptions::default() }).unwrap();
    let error = post(&pool, "x").await.unwrap_err();
    assert_eq!(error.written(), Written::Maybe);
    let HttpErrorKind::ClientCertificateLate(late) = error.kind() else { panic!("{}", told(&error)) };
    (*late, told(&error))
}

#[tokio::test]
async fn a_host_that_renegotiates_for_a_certificate_is_told() {
    let authority = Authority::new();
    let issued = authority.issue(&["127.0.0.1"], |_| {});
    // A host may require a certificate from every client, so the credentials do not matter.
    for credentials in [certificate(&authority), credentials()] {
        let endpoint = host(&issued, &TLS12, |mut sender| async {
            sender.send(ContentType::Handshake, HELLO_REQUEST).await;
            // The client's refusal, which the host treats as an error.
            assert!(sender.stream.read(&mut [0; 4096]).await.unwrap() > 0);
            sender.send(ContentType::Alert, HANDSHAKE_FAILURE).await;
            Some(sender)
        })
        .await;
        let (late, text) = refused(&authority, endpoint, credentials).await;
        assert_eq!(late, Late::Asked);
        assert!(text.contains("asks for a client certificate after the request"), "{text}");
    }
}

#[tokio::test]
async fn a_host_that_asks_for_a_certificate_after_the_handshake_is_told() {
    let authority = Authority::new();
    let issued = authority.issue(&["127.0.0.1"], |_| {});
    for credentials in [certificate(&authority), credentials()] {
        let endpoint = host(&issued, &TLS13, |mut sender| async {
            sender.send(ContentType::Handshake, CERTIFICATE_REQUEST).await;
            Some(sender)
        })
        .await;
        let (late, text) = refused(&authority, endpoint, credentials).await;
        assert_eq!(late, Late::Asked, "{text}");
    }
}

#[tokio::test]
async fn a_host_that_gives_up_because_it_could_not_ask_is_told() {
    let authority = Authority::new();
    let issued = authority.issue(&["127.0.0.1"], |_| {});
    for version in [&TLS12, &TLS13] {
        let endpoint = host(&issued, version, |sender| async move {
            sender.stream.set_zero_linger().unwrap();
            None
        })
        .await;
        let (late, text) = refused(&authority, endpoint, certificate(&authority)).await;
        assert_eq!(late, Late::Ended);
        assert!(text.contains("did not ask for the client certificate in the TLS handshake"), "{text}");
    }
    for status in ["403 Forbidden", "403 "] {
        let peer = authority.peer_that_answers(&["127.0.0.1"], status).await;
        let endpoint = Endpoint::from_url(&format!("https://127.0.0.1:{}", peer.port())).unwrap();
        let (late, text) = refused(&authority, endpoint, certificate(&authority)).await;
        assert_eq!(late, Late::Status(403), "{text}");
    }
}

#[tokio::test]
async fn what_a_host_says_that_has_asked_in_time_is_not_about_when_it_asked() {
    let authority = Authority::new();
    let peer = serve_with(authority.config_for_its_own(&["127.0.0.1"]), "403 Forbidden").await;
    let endpoint = Endpoint::from_url(&format!("https://127.0.0.1:{}", peer.port())).unwrap();
    let tls = TlsOptions { roots: authority.roots(), ..TlsOptions::default() };
    let options = PoolOptions { tls, ..PoolOptions::default() };
    let pool = Pool::new(endpoint, certificate(&authority), options).unwrap();
    assert_eq!(post(&pool, "x").await.unwrap().status, 403);
}
