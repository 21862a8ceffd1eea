//! The authorities that a host's certificate must lead to.
//!
//! It never trusts a certificate of a host itself; a pinned fingerprint does. RFC 5280, section 6; RFC 9525.

use std::sync::Arc;

use rustls::{
    RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::CryptoProvider,
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

    /// Who checks a certificate against them.
    pub(super) fn verifier(
        &self,
        provider: Arc<CryptoProvider>,
    ) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
        Ok(match self {
            Self::Platform => Arc::new(Verifier::new(provider)?),
            Self::PlatformAnd(own) => {
                Arc::new(Verifier::new_with_extra_roots(own.iter().cloned(), provider)?)
            }
            Self::Only(own) => {
                let mut store = RootCertStore::empty();
                for certificate in own {
                    store.add(certificate.clone())?;
                }
                WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider)
                    .build()
                    .map_err(|error| rustls::Error::General(error.to_string()))?
            }
        })
    }
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
#[derive(Debug, thiserror::Error)]
pub(crate) enum RootsError {
    /// It is not PEM.
    #[error("the file of trusted certificates is not valid PEM")]
    Pem(#[source] pem::Error),
    /// It holds no certificate.
    #[error("the file of trusted certificates holds no certificate")]
    Empty,
    /// A certificate in it cannot be trusted as it is.
    #[error("a certificate in the file of trusted certificates is unusable")]
    Certificate(#[source] rustls::Error),
}
