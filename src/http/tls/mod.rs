//! The rustls configuration: trusted authorities and client certificate; and the channel binding to the host's certificate.
//!
//! The process-wide crypto provider is not used. A host must always prove that it holds its key. Follows RFC 8446, RFC 9525 and
//! RFC 5929.

mod capture;
mod certificate;
mod config;
mod identity;
mod pin;
mod problem;
pub(super) mod roots;
mod words;

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    client::{Resumption, danger::ServerCertVerifier},
    crypto::{CryptoProvider, ring},
    pki_types::ServerName,
};

pub(super) use capture::CertificateCapture;
pub use config::{TlsConfig, TlsConfigError};
pub(crate) use identity::ClientCertificate;
use identity::Shown;
pub use pin::{CertificateFingerprint, CertificateFingerprintError};
pub(crate) use problem::TlsProblem;
pub(super) use problem::{asks_late, other_certificate};
pub(crate) use roots::Roots;
pub(super) use words::plain;

/// How a host's certificate is verified, and which client certificate is presented.
#[derive(Clone, Debug, Default)]
pub(crate) struct TlsOptions {
    pub(crate) roots: Roots,
    /// The only accepted certificate, regardless of the roots.
    pub(crate) pinned: Option<CertificateFingerprint>,
    /// The name that the certificate must contain, if it is not the dialled one.
    pub(crate) server_name: Option<ServerName<'static>>,
    pub(crate) client_certificate: Option<ClientCertificate>,
}

/// Parses a DNS name or an IP address, as certificates contain them.
pub(crate) fn server_name(text: &str) -> Option<ServerName<'static>> {
    ServerName::try_from(text.to_owned()).ok()
}

/// The TLS state that all channels to a host share.
pub(super) struct Tls {
    /// Clones are cheap, and share their sessions.
    config: ClientConfig,
    /// `None` if no connection uses TLS.
    verifier: Option<Arc<dyn ServerCertVerifier>>,
    /// The client certificate, if there is one.
    shown: Option<Arc<Shown>>,
}

/// The part of the [`TlsOptions`] that is not usable.
pub(super) enum TlsError {
    Trust(rustls::Error),
    ClientCertificate(rustls::Error),
}

impl Tls {
    pub(super) fn new(options: &TlsOptions) -> Result<Self, TlsError> {
        let provider = provider();
        let verifier = verifier(options, &provider).map_err(TlsError::Trust)?;
        let own = options.client_certificate.as_ref().map(|own| own.shown(&provider)).transpose();
        let shown = own.map_err(TlsError::ClientCertificate)?.map(Arc::new);
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Trust)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&verifier));
        let config = match &shown {
            Some(shown) => builder.with_client_cert_resolver(Arc::<Shown>::clone(shown)),
            None => builder.with_no_client_auth(),
        };
        Ok(Self { config, verifier: Some(verifier), shown })
    }

    /// For connections without TLS: trusts no certificate, and is cheap to make.
    pub(super) fn unused() -> Result<Self, TlsError> {
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Trust)?
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth();
        Ok(Self { config, verifier: None, shown: None })
    }

    /// True if there is a client certificate and no host has requested it in a handshake.
    pub(super) fn has_unasked_certificate(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| !shown.was_asked())
    }

    pub(super) fn config(&self) -> ClientConfig {
        self.config.clone()
    }

    /// The configuration for one TLS connection whose certificate must be captured; `None` without TLS.
    ///
    /// Resumption is off, because a resumed session transfers no certificate.
    pub(super) fn capturing_config(&self) -> Option<(ClientConfig, Arc<CertificateCapture>)> {
        let capture = Arc::new(CertificateCapture::new(Arc::clone(self.verifier.as_ref()?)));
        let mut config = self.config.clone();
        config.resumption = Resumption::disabled();
        config.dangerous().set_certificate_verifier(Arc::<CertificateCapture>::clone(&capture));
        Some((config, capture))
    }
}

fn verifier(
    options: &TlsOptions,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
    if let Some(pinned) = options.pinned {
        return Ok(Arc::new(pin::Pinned::new(pinned, provider.signature_verification_algorithms)));
    }
    let verifier = options.roots.verifier(Arc::clone(provider))?;
    Ok(match &options.server_name {
        Some(name) => Arc::new(capture::Renamed::new(verifier, name.clone())),
        None => verifier,
    })
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}
