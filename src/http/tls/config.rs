//! What a caller may say of TLS, read where it is given.
//!
//! RFC 7468 for the texts of certificates.

use super::{CertificateFingerprint, ClientCertificate, Roots, TlsOptions, roots::RootsError, server_name};
use crate::secret::Secret;

/// Which certificate a host must have, and which one is shown to it. By default the platform's authorities decide.
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

/// A certificate or a name that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TlsConfigError(String);

impl TlsConfig {
    /// The platform's authorities, and nothing else.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts these authorities (certificates in PEM) besides the platform's.
    ///
    /// # Errors
    /// If the text holds no certificate, or one that cannot be used.
    pub fn ca_certificates(self, pem: impl AsRef<[u8]>) -> Result<Self, TlsConfigError> {
        self.with_roots(Roots::platform_and(pem.as_ref()))
    }

    /// Trusts these authorities (certificates in PEM) and no others.
    ///
    /// # Errors
    /// If the text holds no certificate, or one that cannot be used.
    pub fn only_ca(self, pem: impl AsRef<[u8]>) -> Result<Self, TlsConfigError> {
        self.with_roots(Roots::only(pem.as_ref()))
    }

    fn with_roots(mut self, roots: Result<Roots, RootsError>) -> Result<Self, TlsConfigError> {
        self.0.roots = roots.map_err(|error| TlsConfigError(format!("the CA certificates: {error}")))?;
        Ok(self)
    }

    /// Accepts the certificate with this SHA-256 fingerprint and no other.
    ///
    /// Name, dates and issuer of the certificate do not matter then, nor do CA certificates, so this is the way for a
    /// self-signed one, for one without subject alternative names and for one that is signed with SHA-1. The host must
    /// still prove that it holds the key.
    pub fn pin(mut self, sha256: CertificateFingerprint) -> Self {
        self.0.pinned = Some(sha256);
        self
    }

    /// The name that the host's certificate must be for, if not the one in the address: for a host that is reached by its
    /// IP address or by an alias.
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

    /// A certificate to show to a host in TLS that wants one from everybody, whoever the caller is: PEM, in the form of
    /// [`Credentials::certificate`](crate::Credentials::certificate), which is for a certificate that says who the caller is.
    ///
    /// # Errors
    /// If the text holds no certificate, or no key that can be read.
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
