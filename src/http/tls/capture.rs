//! Verifiers that wrap another one: one captures the certificate, one checks for another name.
//!
//! They accept nothing that the wrapped verifier refuses. Follows RFC 5929, section 4 (which certificate counts), and RFC 9525,
//! section 6 (the expected name).

use std::sync::{Arc, OnceLock};

use rustls::{
    DigitallySignedStruct, DistinguishedName, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    pki_types::{CertificateDer, ServerName, UnixTime},
};

use super::certificate::end_point_hash;
use crate::auth::ChannelBinding;

/// Captures the certificate that the host of one connection sends.
#[derive(Debug)]
pub(in crate::http) struct CertificateCapture {
    verifier: Arc<dyn ServerCertVerifier>,
    end_entity: OnceLock<CertificateDer<'static>>,
}

impl CertificateCapture {
    pub(super) fn new(verifier: Arc<dyn ServerCertVerifier>) -> Self {
        Self { verifier, end_entity: OnceLock::new() }
    }

    /// The binding to the connection, once the certificate is known.
    pub(in crate::http) fn binding(&self) -> Option<ChannelBinding> {
        let end_entity = self.end_entity.get()?;
        Some(ChannelBinding::tls_server_end_point(&end_point_hash(end_entity)))
    }
}

/// Expects a name other than the dialled one.
#[derive(Debug)]
pub(super) struct Renamed {
    verifier: Arc<dyn ServerCertVerifier>,
    name: ServerName<'static>,
}

impl Renamed {
    pub(super) fn new(verifier: Arc<dyn ServerCertVerifier>, name: ServerName<'static>) -> Self {
        Self { verifier, name }
    }
}

/// Delegates everything but the certificate check to the wrapped verifier.
macro_rules! ask_the_other {
    () => {
        fn verify_tls12_signature(
            &self,
            message: &[u8],
            certificate: &CertificateDer<'_>,
            signed: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, rustls::Error> {
            self.verifier.verify_tls12_signature(message, certificate, signed)
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            certificate: &CertificateDer<'_>,
            signed: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, rustls::Error> {
            self.verifier.verify_tls13_signature(message, certificate, signed)
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            self.verifier.supported_verify_schemes()
        }

        fn root_hint_subjects(&self) -> Option<&[DistinguishedName]> {
            self.verifier.root_hint_subjects()
        }
    };
}

impl ServerCertVerifier for CertificateCapture {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = self.verifier.verify_server_cert(end_entity, intermediates, name, ocsp, now)?;
        self.end_entity.get_or_init(|| end_entity.clone().into_owned());
        Ok(verified)
    }

    ask_the_other!();
}

impl ServerCertVerifier for Renamed {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.verifier.verify_server_cert(end_entity, intermediates, &self.name, ocsp, now)
    }

    ask_the_other!();
}
