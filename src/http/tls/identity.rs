//! The client certificate with its key, and whether a host has requested it.
//!
//! The key is never displayed. Only PEM is read: no library for PKCS#12 is maintained well enough to be trusted with a key, and
//! `openssl pkcs12 -in FILE -nodes` converts it. Follows RFC 7468, and RFC 8446, section 4.4.2.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use rustls::{
    SignatureScheme,
    client::ResolvesClientCert,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem, pem::PemObject},
    sign::{CertifiedKey, SingleCertAndKey},
};
use zeroize::Zeroize as _;

use crate::secret::Secret;

/// A certificate chain, the client certificate first, and its key.
#[derive(Clone)]
pub(crate) struct ClientCertificate(Arc<Inner>);

struct Inner {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl ClientCertificate {
    /// Reads certificates and an unencrypted key from one PEM text, in any order.
    pub(crate) fn from_pem(pem: &Secret) -> Result<Self, ClientCertificateError> {
        let pem = pem.expose().as_bytes();
        let chain: Vec<_> = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|_| ClientCertificateError::NotPem)?;
        if chain.is_empty() {
            return Err(ClientCertificateError::NoCertificate);
        }
        let key = PrivateKeyDer::from_pem_slice(pem).map_err(|error| match error {
            pem::Error::NoItemsFound if is_encrypted(pem) => ClientCertificateError::KeyEncrypted,
            pem::Error::NoItemsFound => ClientCertificateError::NoKey,
            _ => ClientCertificateError::NotPem,
        })?;
        Ok(Self(Arc::new(Inner { chain, key })))
    }

    /// Presents the certificate to each host that requests one in the handshake.
    pub(super) fn shown(&self, provider: &CryptoProvider) -> Result<Shown, rustls::Error> {
        let own = CertifiedKey::from_der(self.0.chain.clone(), self.0.key.clone_key(), provider)?;
        Ok(Shown { own: own.into(), was_asked: AtomicBool::new(false) })
    }
}

/// A certificate, and whether any host has requested it in a handshake. Resumed sessions do not request one.
#[derive(Debug)]
pub(super) struct Shown {
    own: SingleCertAndKey,
    was_asked: AtomicBool,
}

impl Shown {
    pub(super) fn was_asked(&self) -> bool {
        self.was_asked.load(Ordering::Acquire)
    }
}

impl ResolvesClientCert for Shown {
    fn resolve(&self, hints: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.was_asked.store(true, Ordering::Release);
        self.own.resolve(hints, schemes)
    }

    fn has_certs(&self) -> bool {
        true
    }
}

fn is_encrypted(pem: &[u8]) -> bool {
    const LABEL: &[u8] = b"-----BEGIN ENCRYPTED PRIVATE KEY-----";
    pem.windows(LABEL.len()).any(|window| window == LABEL)
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientCertificate(..)")
    }
}

/// The PEM text contains no usable certificate with its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ClientCertificateError {
    #[error("the text is not valid PEM")]
    NotPem,
    #[error("the text holds no certificate")]
    NoCertificate,
    #[error("the text holds no private key")]
    NoKey,
    #[error("the private key is encrypted (openssl pkey -in FILE writes it without a password)")]
    KeyEncrypted,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pem: &str) -> Result<ClientCertificate, ClientCertificateError> {
        ClientCertificate::from_pem(&Secret::new(pem))
    }

    #[test]
    fn certificate_and_key_may_come_in_any_order_and_neither_may_be_missing() {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::default().self_signed(&key).unwrap().pem();
        let key = key.serialize_pem();
        for pem in
            [format!("{certificate}{key}"), format!("Bag Attributes\n{key}\n{certificate}{certificate}")]
        {
            let read = read(&pem).unwrap();
            assert_eq!(format!("{read:?}"), "ClientCertificate(..)");
        }
        let encrypted = key.replace("PRIVATE", "ENCRYPTED PRIVATE");
        for (pem, error) in [
            (String::new(), ClientCertificateError::NoCertificate),
            (key.clone(), ClientCertificateError::NoCertificate),
            (certificate.clone(), ClientCertificateError::NoKey),
            (format!("{certificate}{encrypted}"), ClientCertificateError::KeyEncrypted),
            (key.split_once("-----END").unwrap().0.to_owned(), ClientCertificateError::NotPem),
        ] {
            assert_eq!(read(&pem).err(), Some(error), "{pem}");
        }
    }
}
