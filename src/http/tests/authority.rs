//! Certificates of an authority made for one test, and servers that use them.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject as _},
    server::WebPkiClientVerifier,
};
use tokio_rustls::TlsAcceptor;

use super::{Peer, peer::answer};
use crate::http::tls::Roots;

pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(super) pem: String,
}

/// A certificate with its key.
pub(super) struct Issued {
    pub(super) certificate: CertificateDer<'static>,
    pub(super) pem: String,
    key: KeyPair,
}

impl Issued {
    pub(super) fn key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.serialize_der()))
    }

    pub(super) fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }
}

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    pub(super) fn roots(&self) -> Roots {
        Roots::only(self.pem.as_bytes()).unwrap()
    }

    pub(super) fn issue(&self, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Issued {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Issued { certificate: certificate.der().clone(), pem: certificate.pem(), key }
    }

    /// A server with a certificate for these names that answers every request with "safe".
    pub(super) async fn peer(&self, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Peer {
        let issued = self.issue(names, change);
        let config = builder().with_no_client_auth();
        serve(config.with_single_cert(vec![issued.certificate.clone()], issued.key()).unwrap()).await
    }

    /// The same with another status.
    pub(super) async fn peer_that_answers(&self, names: &[&str], status: &'static str) -> Peer {
        let issued = self.issue(names, |_| {});
        let config = builder().with_no_client_auth();
        let config = config.with_single_cert(vec![issued.certificate.clone()], issued.key());
        serve_with(config.unwrap(), status).await
    }

    /// The same, but it serves only clients with a certificate of this authority.
    pub(super) async fn peer_for_its_own(&self, names: &[&str]) -> Peer {
        serve(self.config_for_its_own(names)).await
    }

    pub(super) fn config_for_its_own(&self, names: &[&str]) -> ServerConfig {
        let issued = self.issue(names, |_| {});
        let mut store = RootCertStore::empty();
        store.add(CertificateDer::from_pem_slice(self.pem.as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(store), provider);
        let config = builder().with_client_cert_verifier(verifier.build().unwrap());
        config.with_single_cert(vec![issued.certificate.clone()], issued.key()).unwrap()
    }
}

pub(super) fn builder() -> rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier> {
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
}

pub(super) async fn serve(config: ServerConfig) -> Peer {
    serve_with(config, "200 OK").await
}

pub(super) async fn serve_with(config: ServerConfig, status: &'static str) -> Peer {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    Peer::start(move |_, connection| {
        let acceptor = acceptor.clone();
        async move {
            let Some(mut connection) = connection.tls(acceptor).await else { return };
            while connection.request().await.is_some() {
                connection.send(&answer(status, "safe")).await;
            }
        }
    })
    .await
}
