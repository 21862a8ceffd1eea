//! The authorities that a host's certificate must lead to.
//!
//! It never trusts a certificate of a host itself; a pinned fingerprint does. RFC 5280, section 6; RFC 9525.

use std::{fmt, sync::Arc};

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
