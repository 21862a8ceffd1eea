//! The caller's TLS settings, validated when they are given.
//!
//! Follows RFC 7468 for certificates as text.

use super::{CertificateFingerprint, ClientCertificate, Roots, TlsOptions, roots::RootsError, server_name};
use crate::secret::Secret;

/// The accepted host certificates, and the client certificate. By default the platform's authorities are trusted.
///
/// ```
/// use hvsnap::TlsConfig;
///
/// let pin = "00ff".repeat(16).parse()?;
/// let tls = TlsConfig::new().pin(pin).server_name("hv01.corp.example")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct TlsConfig(TlsOptions);

/// A certificate or a name is not usable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TlsConfigError(String);

impl TlsConfig {
    /// Trusts the platform's authorities only.
    pub fn new() -> Self {
        Self::default()
    }

    /// Also trusts these authorities (certificates in PEM), in addition to the platform's.
    ///
    /// # Errors
    /// If the text contains no certificate, or one that is not usable.
    pub fn ca_certificates(self, pem: impl AsRef<[u8]>) -> Result<Self, TlsConfigError> {
        self.with_roots(Roots::platform_and(pem.as_ref()))
    }

    /// Trusts only these authorities (certificates in PEM).
    ///
    /// # Errors
    /// If the text contains no certificate, or one that is not usable.
    pub fn only_ca(self, pem: impl AsRef<[u8]>) -> Result<Self, TlsConfigError> {
        self.with_roots(Roots::only(pem.as_ref()))
    }

    fn with_roots(mut self, roots: Result<Roots, RootsError>) -> Result<Self, TlsConfigError> {
        self.0.roots = roots.map_err(|error| TlsConfigError(format!("the CA certificates: {error}")))?;
        Ok(self)
    }

    /// Accepts only the certificate with this SHA-256 fingerprint.
    ///
    /// Its name, dates and issuer are then ignored, and so are CA certificates. Use this for a self-signed certificate, for one
    /// without subject alternative names, and for one signed with SHA-1. The host must still prove that it holds the key.
    pub fn pin(mut self, sha256: CertificateFingerprint) -> Self {
        self.0.pinned = Some(sha256);
        self
    }

    /// The name that the host's certificate must contain, if it differs from the address: for a host reached by its IP
    /// address or by an alias.
    ///
    /// # Errors
    /// If it is neither a DNS name nor an IP address.
    pub fn server_name(mut self, name: &str) -> Result<Self, TlsConfigError> {
        let read = server_name(name).ok_or_else(|| {
            TlsConfigError("the name for the host's certificate is neither a name nor an address".to_owned())
        })?;
        self.0.server_name = Some(read);
        Ok(self)
    }

    /// A client certificate for a host that requires one from every TLS client. The PEM has the form of
    /// [`Credentials::certificate`](crate::Credentials::certificate); use that one instead if the certificate identifies the
    /// caller.
    ///
    /// # Errors
    /// If the text contains no certificate, or no readable key.
    pub fn client_certificate(mut self, pem: &Secret) -> Result<Self, TlsConfigError> {
        let read = ClientCertificate::from_pem(pem)
            .map_err(|error| TlsConfigError(format!("the client certificate: {error}")))?;
        self.0.client_certificate = Some(read);
        Ok(self)
    }

    pub(crate) fn into_options(self) -> TlsOptions {
        self.0
    }
}
