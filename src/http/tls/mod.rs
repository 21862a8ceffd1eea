//! Whom to trust and as whom to appear, as one rustls configuration; and what the host's certificate binds.
//!
//! It never relies on a process-wide crypto provider and never skips the proof that a host holds its key. Follows RFC
//! 8446, RFC 9525 and RFC 5929.

mod certificate;
mod config;
mod identity;
mod pin;
mod problem;
pub(super) mod roots;
mod witness;
mod words;

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    client::{Resumption, danger::ServerCertVerifier},
    crypto::{CryptoProvider, ring},
    pki_types::ServerName,
};

pub use config::{TlsConfig, TlsConfigError};
pub(crate) use identity::ClientCertificate;
use identity::Shown;
pub use pin::{CertificateFingerprint, CertificateFingerprintError};
pub(crate) use problem::TlsProblem;
pub(super) use problem::{asks_late, other_certificate};
pub(crate) use roots::Roots;
pub(super) use witness::Witness;
pub(super) use words::plain;

/// How a host's certificate is judged, and which one is shown to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct TlsOptions {
    pub(crate) roots: Roots,
    /// The only certificate to accept, whatever the roots.
    pub(crate) pinned: Option<CertificateFingerprint>,
    /// The name that the certificate must be for, if not the one that is dialled.
    pub(crate) server_name: Option<ServerName<'static>>,
    pub(crate) client_certificate: Option<ClientCertificate>,
}

/// A DNS name or an IP address, as a certificate may be for.
pub(crate) fn server_name(text: &str) -> Option<ServerName<'static>> {
    ServerName::try_from(text.to_owned()).ok()
}

/// What all channels to a host share.
pub(super) struct Tls {
    /// Its clones are cheap, and share their sessions too.
    config: ClientConfig,
    /// None where no connection has TLS.
    verifier: Option<Arc<dyn ServerCertVerifier>>,
    /// The certificate that is shown to hosts, if one is.
    shown: Option<Arc<Shown>>,
}

/// What of the [`TlsOptions`] cannot be used.
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

    /// For connections without TLS: it trusts nobody, and costs nothing to make.
    pub(super) fn unused() -> Result<Self, TlsError> {
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Trust)?
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth();
        Ok(Self { config, verifier: None, shown: None })
    }

    /// Whether there is a certificate to show, and no host has asked for it in a handshake.
    pub(super) fn has_unasked_certificate(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| !shown.was_asked())
    }

    pub(super) fn config(&self) -> ClientConfig {
        self.config.clone()
    }

    /// The configuration for one connection whose certificate must become known, if it has TLS.
    ///
    /// It resumes nothing: in a session that is resumed no certificate is shown.
    pub(super) fn witnessed_config(&self) -> Option<(ClientConfig, Arc<Witness>)> {
        let witness = Arc::new(Witness::new(Arc::clone(self.verifier.as_ref()?)));
        let mut config = self.config.clone();
        config.resumption = Resumption::disabled();
        config.dangerous().set_certificate_verifier(Arc::<Witness>::clone(&witness));
        Some((config, witness))
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
        Some(name) => Arc::new(witness::Renamed::new(verifier, name.clone())),
        None => verifier,
    })
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}
