//! Classifies a failed handshake by what can be done about it.
//!
//! Derived from the errors of rustls. Follows RFC 8446, section 6.

use std::fmt;

use rustls::{AlertDescription, CertificateError, HandshakeType, PeerMisbehaved};

use super::pin::OtherCertificate;

/// Why the TLS connection failed; the source of the error has the details.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TlsProblem {
    /// The certificate was not issued by a trusted authority.
    UnknownIssuer,
    /// The certificate is for other names.
    WrongName,
    /// The certificate has no subject alternative names.
    NoName,
    /// The certificate has expired.
    Expired,
    /// The certificate is not valid yet.
    NotYetValid,
    /// The certificate was revoked.
    Revoked,
    /// The certificate, or an intermediate one, is signed with an algorithm that is no longer trusted, such as SHA-1.
    WeakSignature,
    /// The certificate is not the pinned one.
    WrongFingerprint,
    /// The certificate is that of an authority.
    Authority,
    /// The certificate is of an X.509 version before 3.
    OldVersion,
    /// The certificate is not for servers.
    Purpose,
    /// The certificate has an unknown critical extension.
    Extension,
    /// The certificate is invalid for another reason.
    Certificate,
    /// Both sides have no protocol version or cipher suite in common.
    NothingInCommon,
    /// The host requires a client certificate.
    ClientCertificateWanted,
    /// The host does not accept the client certificate.
    ClientCertificateRefused,
    /// The host does not speak TLS.
    NotTls,
    /// Anything else.
    Handshake,
}

/// The certificate that the host sent instead of the pinned one.
pub(in crate::http) fn other_certificate(error: &rustls::Error) -> Option<OtherCertificate> {
    match error {
        rustls::Error::InvalidCertificate(CertificateError::Other(other)) => other.0.downcast_ref().copied(),
        _ => None,
    }
}

/// True if a host has requested a client certificate after the handshake, and failed without one: by renegotiation in TLS 1.2
/// (RFC 5246, section 7.4.1.1), by post-handshake authentication in TLS 1.3 (RFC 8446, section 4.6.2). Nothing else is
/// negotiated so late.
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
                // Its signature does not match, or its authority has the name of a trusted one.
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
            // `BadSignature`: an authority of the same name is trusted, but has another key.
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
    /// Classifies by text the errors of libraries below rustls, whose types are not accessible: webpki's errors by their names,
    /// and those of the platform verifier. A test checks these texts.
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
