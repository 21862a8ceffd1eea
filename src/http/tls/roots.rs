//! The authorities that a host's certificate must lead to.
//!
//! A host certificate itself cannot be a root; pin its fingerprint instead. Follows RFC 5280, section 6, and RFC 9525.

use std::sync::Arc;

use rustls::{
    RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::CryptoProvider,
    pki_types::{CertificateDer, pem, pem::PemObject},
};
use rustls_platform_verifier::Verifier;

/// The trusted root certificates.
#[derive(Clone, Debug, Default)]
pub(crate) enum Roots {
    /// The authorities that the operating system trusts.
    #[default]
    Platform,
    /// The platform's authorities and some of the caller's.
    PlatformAnd(Vec<CertificateDer<'static>>),
    /// The caller's authorities only.
    Only(Vec<CertificateDer<'static>>),
}

impl Roots {
    /// The platform's certificates and all certificates of a PEM text.
    pub(crate) fn platform_and(pem: &[u8]) -> Result<Self, RootsError> {
        read(pem).map(Self::PlatformAnd)
    }

    /// Only the certificates of a PEM text.
    pub(crate) fn only(pem: &[u8]) -> Result<Self, RootsError> {
        read(pem).map(Self::Only)
    }

    /// The verifier that checks a certificate against these roots.
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

/// The PEM text contains no usable certificates.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RootsError {
    /// The text is not PEM.
    #[error("the file of trusted certificates is not valid PEM")]
    Pem(#[source] pem::Error),
    /// The text contains no certificate.
    #[error("the file of trusted certificates holds no certificate")]
    Empty,
    /// A certificate in the text cannot be used as an authority.
    #[error("a certificate in the file of trusted certificates is unusable")]
    Certificate(#[source] rustls::Error),
}
