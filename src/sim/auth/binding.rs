//! The channel binding of an authentication to its TLS connection.
//!
//! It needs only the host's certificate and the lab's `CbtHardeningLevel`, no connection. Follows RFC 5929, section 4.1, RFC
//! 2744, section 3.11, and MS-NLMP, section 2.2.2.1.

use md5::{Digest as _, Md5};
// A newer version of the same trait.
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::{
    Denied,
    der::{Der, only, tag},
};
use crate::sim::lab::Cbt;

/// The binding that a client of this host's TLS connections must send.
#[derive(Clone, Debug)]
pub(super) struct Binding {
    /// The form of GSS-API.
    pub(super) data: Vec<u8>,
    /// The form of NTLM.
    hash: [u8; 16],
    pub(super) strict: bool,
}

impl Binding {
    /// The binding to this certificate, in DER; `None` if it is not checked.
    pub(super) fn new(certificate: &[u8], level: Cbt) -> Option<Self> {
        let strict = match level {
            Cbt::None => return None,
            Cbt::Relaxed => false,
            Cbt::Strict => true,
        };
        let data = application_data(certificate);
        Some(Self { hash: structure_hash(&data), data, strict })
    }

    /// Checks the hash that a client sent, if any.
    pub(super) fn check(&self, sent: Option<&[u8]>) -> Result<(), Denied> {
        match sent {
            Some(sent) if sent == self.hash => Ok(()),
            Some(_) => Err(Denied::WrongBinding),
            None if self.strict => Err(Denied::NoBinding),
            None => Ok(()),
        }
    }
}

/// `tls-server-end-point:` and the hash of the certificate.
fn application_data(certificate: &[u8]) -> Vec<u8> {
    let mut data = b"tls-server-end-point:".to_vec();
    match signature_hash(certificate) {
        Some(SHA_384) => data.extend(Sha384::digest(certificate)),
        Some(SHA_512) => data.extend(Sha512::digest(certificate)),
        // MD5 and SHA-1 are replaced by SHA-256; for algorithms without a hash of their own, nothing is specified.
        _ => data.extend(Sha256::digest(certificate)),
    }
    data
}

const SHA_384: u8 = 2;
const SHA_512: u8 = 3;

/// The hash in the signature algorithm of the certificate: the last arc below 2.16.840.1.101.3.4.2.
fn signature_hash(certificate: &[u8]) -> Option<u8> {
    let mut parts = Der::new(only(certificate, tag::SEQUENCE)?);
    parts.expect(tag::SEQUENCE)?;
    let mut algorithm = Der::new(parts.expect(tag::SEQUENCE)?);
    match algorithm.expect(tag::IDENTIFIER)? {
        // sha384WithRSAEncryption, ecdsa-with-SHA384
        [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 0x0C] | [0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 3] => {
            Some(SHA_384)
        }
        // sha512WithRSAEncryption, ecdsa-with-SHA512
        [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 0x0D] | [0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 4] => {
            Some(SHA_512)
        }
        // RSASSA-PSS has its hash in the first parameter.
        [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 0x0A] => {
            let mut parameters = Der::new(algorithm.expect(tag::SEQUENCE)?);
            let mut hash = Der::new(only(parameters.expect(tag::CONTEXT)?, tag::SEQUENCE)?);
            match hash.expect(tag::IDENTIFIER)? {
                [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, arc] => Some(*arc),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The MD5 hash of `gss_channel_bindings_struct` without addresses.
fn structure_hash(application_data: &[u8]) -> [u8; 16] {
    let length = u32::try_from(application_data.len()).unwrap_or(u32::MAX);
    Md5::new()
        .chain_update([0; 16])
        .chain_update(length.to_le_bytes())
        .chain_update(application_data)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519};

    fn binding(level: Cbt) -> Option<Binding> {
        Binding::new(b"a certificate", level)
    }

    #[test]
    fn a_wrong_binding_is_refused_wherever_bindings_are_checked_and_a_missing_one_only_where_it_must_be() {
        let right = binding(Cbt::Relaxed).unwrap().hash;
        assert!(binding(Cbt::None).is_none());
        for level in [Cbt::Relaxed, Cbt::Strict] {
            let binding = binding(level).unwrap();
            assert_eq!(binding.check(Some(&right)), Ok(()));
            assert_eq!(binding.check(Some(&[1; 16])), Err(Denied::WrongBinding));
            assert_eq!(binding.check(Some(&[])), Err(Denied::WrongBinding));
        }
        assert_eq!(binding(Cbt::Relaxed).unwrap().check(None), Ok(()));
        assert_eq!(binding(Cbt::Strict).unwrap().check(None), Err(Denied::NoBinding));
    }

    #[test]
    fn the_hash_is_that_of_the_signature_but_not_a_weak_one() {
        let made = |algorithm| {
            let key = KeyPair::generate_for(algorithm).unwrap();
            CertificateParams::new(vec!["a".to_owned()]).unwrap().self_signed(&key).unwrap().der().to_vec()
        };
        let data = |certificate: &[u8]| application_data(certificate).split_off(21);
        let certificate = made(&PKCS_ECDSA_P256_SHA256);
        assert_eq!(data(&certificate), Sha256::digest(&certificate).to_vec());
        let certificate = made(&PKCS_ECDSA_P384_SHA384);
        assert_eq!(data(&certificate), Sha384::digest(&certificate).to_vec());
        let certificate = made(&PKCS_ED25519);
        assert_eq!(data(&certificate), Sha256::digest(&certificate).to_vec());
    }

    #[test]
    fn a_pss_certificate_names_its_hash_in_the_parameters() {
        use super::super::der::write;
        let hash = write(tag::SEQUENCE, &write(tag::IDENTIFIER, &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3]));
        let parameters = write(tag::SEQUENCE, &write(tag::CONTEXT, &hash));
        let pss = write(tag::IDENTIFIER, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 0x0A]);
        let algorithm = write(tag::SEQUENCE, &[pss, parameters].concat());
        let certificate = write(tag::SEQUENCE, &[write(tag::SEQUENCE, b""), algorithm].concat());
        assert_eq!(signature_hash(&certificate), Some(SHA_512));
    }
}
