//! A host identified by the fingerprint of its certificate.
//!
//! Name, dates, issuer, version and extensions are ignored: with a pinned certificate they add nothing. The host must still prove
//! that it holds the key; otherwise a copy of its public certificate would be enough. Follows RFC 8446, section 4.4.3.

use std::{error::Error, fmt, str::FromStr, sync::Arc};

use rustls::{
    CertificateError, DigitallySignedStruct, OtherError, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{WebPkiSupportedAlgorithms, verify_tls13_signature_with_raw_key},
    pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime},
};
use sha2::{Digest as _, Sha256};

use super::certificate::{key, key_info};

/// The SHA-256 hash of a whole certificate, parsed from 64 hexadecimal digits in any case, with colons, spaces or nothing
/// between the bytes.
///
/// `openssl x509 -in FILE -noout -fingerprint -sha256` prints it. The thumbprint that Windows shows is SHA-1 and cannot be used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CertificateFingerprint([u8; 32]);

/// The text is not a SHA-256 fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 fingerprint has 64 hexadecimal digits")]
pub struct CertificateFingerprintError;

impl FromStr for CertificateFingerprint {
    type Err = CertificateFingerprintError;

    fn from_str(text: &str) -> Result<Self, CertificateFingerprintError> {
        Self::parse(text).ok_or(CertificateFingerprintError)
    }
}

impl CertificateFingerprint {
    pub(in crate::http) fn parse(text: &str) -> Option<Self> {
        let mut digits = text.chars().filter(|c| !matches!(c, ':' | ' '));
        let mut bytes = [0; 32];
        for byte in &mut bytes {
            let (high, low) = (digits.next()?.to_digit(16)?, digits.next()?.to_digit(16)?);
            *byte = u8::try_from(high * 16 + low).ok()?;
        }
        digits.next().is_none().then_some(Self(bytes))
    }

    fn of(certificate: &CertificateDer<'_>) -> Self {
        Self(Sha256::digest(certificate).into())
    }
}

impl fmt::Display for CertificateFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut between = "";
        for byte in self.0 {
            write!(f, "{between}{byte:02X}")?;
            between = ":";
        }
        Ok(())
    }
}

impl fmt::Debug for CertificateFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificateFingerprint({self})")
    }
}

/// Accepts one certificate only.
#[derive(Debug)]
pub(super) struct Pinned {
    certificate: CertificateFingerprint,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Pinned {
    pub(super) fn new(certificate: CertificateFingerprint, algorithms: WebPkiSupportedAlgorithms) -> Self {
        Self { certificate, algorithms }
    }
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let presented = CertificateFingerprint::of(end_entity);
        if presented == self.certificate {
            Ok(ServerCertVerified::assertion())
        } else {
            let other = OtherError(Arc::new(OtherCertificate(presented)));
            Err(CertificateError::Other(other).into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        // The whole certificate is known, so only its key matters; rustls' own check would also read its extensions.
        let (algorithm, key) =
            key_info(certificate).and_then(key).map_err(|_| CertificateError::BadEncoding)?;
        let schemes = self.algorithms.mapping.iter().filter(|(scheme, _)| *scheme == signed.scheme);
        // A signature scheme of TLS 1.2 does not determine the curve, so each is a candidate.
        let candidates = schemes.flat_map(|(_, candidates)| candidates.iter());
        let mut fitting = candidates.filter(|candidate| candidate.public_key_alg_id().as_ref() == algorithm);
        if fitting.any(|candidate| candidate.verify_signature(key, message, signed.signature()).is_ok()) {
            Ok(HandshakeSignatureValid::assertion())
        } else {
            Err(CertificateError::BadSignature.into())
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let info = key_info(certificate).map_err(|_| CertificateError::BadEncoding)?;
        verify_tls13_signature_with_raw_key(
            message,
            &SubjectPublicKeyInfoDer::from(info),
            signed,
            &self.algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// The host has a certificate other than the pinned one.
#[derive(Clone, Copy, Debug)]
pub(in crate::http) struct OtherCertificate(CertificateFingerprint);

impl fmt::Display for OtherCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "its SHA-256 fingerprint is {}", self.0)
    }
}

impl Error for OtherCertificate {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_read_in_the_forms_that_tools_print() {
        let plain = "00ff".repeat(16);
        let colons = ["00", "FF"].repeat(16).join(":");
        let expected = CertificateFingerprint::parse(&plain).unwrap();
        assert_eq!(expected.to_string(), colons);
        for text in [colons.as_str(), &colons.replace(':', " "), &plain.to_uppercase()] {
            assert_eq!(CertificateFingerprint::parse(text), Some(expected), "{text}");
        }
        // The last one has the length of SHA-1, which Windows shows as the thumbprint.
        let thumbprint = "00ff0".repeat(8);
        for text in ["", &format!("{plain}0"), &format!("{plain}00"), &plain.replace('f', "g"), &thumbprint] {
            assert_eq!(CertificateFingerprint::parse(text), None, "{text}");
        }
    }
}
