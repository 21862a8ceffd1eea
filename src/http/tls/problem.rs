//! What a failed handshake means.
//!
//! It never has an opinion of its own: it only sorts what rustls says by what can be done about it. RFC 8446, section 6.

use std::fmt;

use rustls::{AlertDescription, CertificateError, HandshakeType, PeerMisbehaved};

use super::pin::OtherCertificate;

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
    /// The certificate is not the one that is pinned.
    WrongFingerprint,
    /// The certificate is marked as that of an authority.
    Authority,
    /// The certificate is of an X.509 version before 3.
    OldVersion,
    /// The certificate is not for servers.
    Purpose,
    /// The certificate has a critical extension that is not known.
    Extension,
    /// The certificate is not acceptable for another reason.
    Certificate,
    /// No protocol version or cipher suite is common to both.
    NothingInCommon,
    /// The host asks for a certificate of the caller's.
    ClientCertificateWanted,
    /// The host does not accept the caller's certificate.
    ClientCertificateRefused,
    /// The host does not answer in TLS.
    NotTls,
    /// Anything else.
    Handshake,
}

/// What the host showed instead of the pinned certificate.
pub(in crate::http) fn other_certificate(error: &rustls::Error) -> Option<OtherCertificate> {
    match error {
        rustls::Error::InvalidCertificate(CertificateError::Other(other)) => other.0.downcast_ref().copied(),
        _ => None,
    }
}

/// Whether a host has asked for a client certificate after the handshake, and took no for no answer: by renegotiation in TLS 1.2
/// (RFC 5246, section 7.4.1.1), after the handshake in TLS 1.3 (RFC 8446, section 4.6.2). Nothing else is negotiated so late.
pub(in crate::http) fn asks_late(error: &rustls::Error) -> bool {
    use rustls::Error as E;
    match error {
        E::AlertReceived(AlertDescription::HandshakeFailure | AlertDescription::NoRenegotiation)
        | E::PeerMisbehaved(PeerMisbehaved::TooManyRenegotiationRequests) => true,
        E::InappropriateHandshakeMessage { got_type, .. } => {
            matches!(got_type, HandshakeType::CertificateRequest | HandshakeType::HelloRequest)
        }
        _ => false,
    }
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
            E::AlertReceived(
                AlertDescription::BadCertificate
                | AlertDescription::UnsupportedCertificate
                | AlertDescription::CertificateRevoked
                | AlertDescription::CertificateExpired
                | AlertDescription::CertificateUnknown
                | AlertDescription::UnknownCA
                // Its signature does not fit, or its authority has the name of one that is trusted.
                | AlertDescription::DecryptError
                | AlertDescription::AccessDenied,
            ) => Self::ClientCertificateRefused,
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
            C::InvalidPurpose | C::InvalidPurposeContext { .. } => Self::Purpose,
            C::Other(other) if other.0.is::<OtherCertificate>() => Self::WrongFingerprint,
            C::Other(other) => Self::by_words(&other.0.to_string()),
            _ => Self::Certificate,
        }
    }
}

impl TlsProblem {
    /// By the words of the libraries below rustls, whose types are not at hand: webpki's errors by their names, and the platform
    /// verifier's. A test holds that these are the words.
    fn by_words(words: &str) -> Self {
        match words {
            "CaUsedAsEndEntity" => Self::Authority,
            "UnsupportedCertVersion" => Self::OldVersion,
            "UnsupportedCriticalExtension" => Self::Extension,
            "certificate had invalid extensions" => Self::Purpose,
            _ => Self::Certificate,
        }
    }
}

impl fmt::Display for TlsProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownIssuer => "the issuer of the certificate is not trusted here",
            Self::WrongName => "the certificate is for another name",
            Self::NoName => "the certificate has no subject alternative name",
            Self::Expired => "the certificate has expired",
            Self::NotYetValid => "the certificate is not valid yet",
            Self::Revoked => "the certificate was revoked",
            Self::WeakSignature => "the certificate is signed with an outdated algorithm",
            Self::WrongFingerprint => "the certificate is not the pinned one",
            Self::Authority => "the certificate is marked as that of an authority (CA:TRUE), not of a host",
            Self::OldVersion => "the certificate is of an old version of X.509 (not version 3)",
            Self::Purpose => {
                "the certificate is not for servers (its extended key usage has no server authentication)"
            }
            Self::Extension => "the certificate has a critical extension that is not known here",
            Self::Certificate => "the certificate is not acceptable",
            Self::NothingInCommon => "the host offers no protocol version and cipher that are still safe",
            Self::ClientCertificateWanted => "the host demands a client certificate",
            Self::ClientCertificateRefused => "the host does not accept the client certificate",
            Self::NotTls => "the host does not answer in TLS",
            Self::Handshake => "the handshake failed",
        })
    }
}

#[cfg(test)]
mod tests {
    use rustls::{
        Error,
        pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _},
    };

    use super::*;
    use crate::http::tls::{CertificateFingerprint, Roots, TlsOptions, provider, verifier};

    fn verdict(options: &TlsOptions, pem: &[u8]) -> Result<(), Error> {
        let verifier = verifier(options, &provider()).unwrap();
        let certificate = CertificateDer::from_pem_slice(pem).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        verifier.verify_server_cert(&certificate, &[], &name, &[], UnixTime::now()).map(|_| ())
    }

    #[test]
    fn a_certificate_that_is_signed_with_sha_1_or_md5_is_told_and_can_be_pinned() {
        let roots = Roots::only(include_bytes!("../../../fixtures/tls/authority.pem")).unwrap();
        let trusting = TlsOptions { roots, ..TlsOptions::default() };
        assert_eq!(verdict(&trusting, include_bytes!("../../../fixtures/tls/rsa-sha512.pem")), Ok(()));
        for pem in [
            &include_bytes!("../../../fixtures/tls/rsa-sha1.pem")[..],
            include_bytes!("../../../fixtures/tls/rsa-md5.pem"),
        ] {
            let error = verdict(&trusting, pem).unwrap_err();
            assert_eq!(TlsProblem::from(&error), TlsProblem::WeakSignature, "{error}");
        }
        let pinned =
            CertificateFingerprint::parse("cd4952faae4566c44c886ea5b93d2afe5594312c8f652b8bac89080b47fc6d6f");
        let pinning = TlsOptions { pinned, ..TlsOptions::default() };
        assert_eq!(verdict(&pinning, include_bytes!("../../../fixtures/tls/rsa-sha1.pem")), Ok(()));
        let error = verdict(&pinning, include_bytes!("../../../fixtures/tls/rsa-md5.pem")).unwrap_err();
        assert_eq!(TlsProblem::from(&error), TlsProblem::WrongFingerprint, "{error}");
    }
}
