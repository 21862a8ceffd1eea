//! Whom to trust, as one shared rustls configuration; and what a failed handshake means.
//!
//! It never relies on a process-wide crypto provider and never skips a check. Follows RFC 8446 and RFC 9525.

use std::{fmt, sync::Arc};

use rustls::{
    AlertDescription, CertificateError, ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier,
    crypto::ring,
    pki_types::{CertificateDer, pem, pem::PemObject},
};
use rustls_platform_verifier::Verifier;

/// The certificates that a host's certificate must lead to.
#[derive(Clone, Debug, Default)]
pub(crate) enum Roots {
    /// Those that the operating system trusts.
    #[default]
    Platform,
    /// Those, and some of the caller's.
    PlatformAnd(Vec<CertificateDer<'static>>),
    /// The caller's alone.
    Only(Vec<CertificateDer<'static>>),
}

impl Roots {
    /// The platform's certificates and all of a PEM text.
    pub(crate) fn platform_and(pem: &[u8]) -> Result<Self, RootsError> {
        read(pem).map(Self::PlatformAnd)
    }

    /// No certificates but those of a PEM text.
    pub(crate) fn only(pem: &[u8]) -> Result<Self, RootsError> {
        read(pem).map(Self::Only)
    }

    /// The configuration that all channels to a host share; its clones are cheap, and share their sessions too.
    pub(super) fn client_config(&self) -> Result<ClientConfig, rustls::Error> {
        let (builder, provider) = builder()?;
        let platform = match self {
            Self::Platform => Verifier::new(provider)?,
            Self::PlatformAnd(own) => Verifier::new_with_extra_roots(own.iter().cloned(), provider)?,
            Self::Only(own) => {
                let mut store = RootCertStore::empty();
                for certificate in own {
                    store.add(certificate.clone())?;
                }
                return Ok(builder.with_root_certificates(store).with_no_client_auth());
            }
        };
        let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(platform));
        Ok(builder.with_no_client_auth())
    }
}

/// The configuration of channels without TLS: it trusts nobody, and costs nothing to make.
pub(super) fn unused_config() -> Result<ClientConfig, rustls::Error> {
    Ok(builder()?.0.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

type Builder = ConfigBuilder<ClientConfig, WantsVerifier>;

fn builder() -> Result<(Builder, Arc<rustls::crypto::CryptoProvider>), rustls::Error> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider));
    Ok((builder.with_safe_default_protocol_versions()?, provider))
}

fn read(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, RootsError> {
    let certificates: Vec<_> =
        CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(RootsError::Pem)?;
    if certificates.is_empty() {
        return Err(RootsError::Empty);
    }
    let mut store = RootCertStore::empty();
    for certificate in &certificates {
        store.add(certificate.clone()).map_err(RootsError::Certificate)?;
    }
    Ok(certificates)
}

/// A PEM text holds no usable certificates.
#[derive(Debug)]
pub(crate) enum RootsError {
    /// It is not PEM.
    Pem(pem::Error),
    /// It holds no certificate.
    Empty,
    /// A certificate in it cannot be trusted as it is.
    Certificate(rustls::Error),
}

impl fmt::Display for RootsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pem(_) => "the file of trusted certificates is not valid PEM",
            Self::Empty => "the file of trusted certificates holds no certificate",
            Self::Certificate(_) => "a certificate in the file of trusted certificates is unusable",
        })
    }
}

impl std::error::Error for RootsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Pem(error) => Some(error),
            Self::Empty => None,
            Self::Certificate(error) => Some(error),
        }
    }
}

/// Why TLS did not come about; the details stand in the source of the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TlsProblem {
    /// The certificate leads to nobody who is trusted.
    UnknownIssuer,
    /// The certificate is for other names.
    WrongName,
    /// The certificate is for no name: it has no subject alternative names.
    NoName,
    /// The certificate is no longer valid.
    Expired,
    /// The certificate is not valid yet.
    NotYetValid,
    /// The certificate was revoked.
    Revoked,
    /// The certificate, or one on its way, is signed with an algorithm that is no longer trusted, such as SHA-1.
    WeakSignature,
    /// The certificate is not acceptable for another reason.
    Certificate,
    /// No protocol version or cipher suite is common to both.
    NothingInCommon,
    /// The host asks for a certificate of the caller's.
    ClientCertificateWanted,
    /// The host does not answer in TLS.
    NotTls,
    /// Anything else.
    Handshake,
}

impl From<&rustls::Error> for TlsProblem {
    fn from(error: &rustls::Error) -> Self {
        use rustls::Error as E;
        match error {
            E::InvalidCertificate(error) => Self::from_certificate(error),
            E::PeerIncompatible(_)
            | E::AlertReceived(
                AlertDescription::HandshakeFailure
                | AlertDescription::ProtocolVersion
                | AlertDescription::InsufficientSecurity,
            ) => Self::NothingInCommon,
            E::AlertReceived(AlertDescription::CertificateRequired) => Self::ClientCertificateWanted,
            E::InvalidMessage(_) => Self::NotTls,
            _ => Self::Handshake,
        }
    }
}

impl TlsProblem {
    fn from_certificate(error: &CertificateError) -> Self {
        use CertificateError as C;
        match error {
            // The second: an authority of the same name is trusted, but it is another one.
            C::UnknownIssuer | C::BadSignature => Self::UnknownIssuer,
            C::NotValidForNameContext { presented, .. } if presented.is_empty() => Self::NoName,
            C::NotValidForName | C::NotValidForNameContext { .. } => Self::WrongName,
            C::Expired | C::ExpiredContext { .. } => Self::Expired,
            C::NotValidYet | C::NotValidYetContext { .. } => Self::NotYetValid,
            C::Revoked => Self::Revoked,
            C::UnsupportedSignatureAlgorithmContext { .. } => Self::WeakSignature,
            _ => Self::Certificate,
        }
    }
}

impl fmt::Display for TlsProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownIssuer => "the certificate was issued by nobody who is trusted here",
            Self::WrongName => "the certificate is for another name",
            Self::NoName => "the certificate has no subject alternative name",
            Self::Expired => "the certificate has expired",
            Self::NotYetValid => "the certificate is not valid yet",
            Self::Revoked => "the certificate was revoked",
            Self::WeakSignature => "the certificate is signed with an outdated algorithm",
            Self::Certificate => "the certificate is not acceptable",
            Self::NothingInCommon => "the host offers no protocol version and cipher that are still safe",
            Self::ClientCertificateWanted => "the host demands a client certificate",
            Self::NotTls => "the host does not answer in TLS",
            Self::Handshake => "the handshake failed",
        })
    }
}
