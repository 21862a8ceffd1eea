//! Parses a host's certificate: the hash for a channel binding, in the algorithm of its signature, and the key.
//!
//! Trust is decided by the handshake, not here. Follows RFC 5929, section 4.1, and RFC 5280, section 4.1, for certificates of any
//! version and with any extensions.

use der::{
    Decode as _, Reader, SliceReader, Tag, TagNumber, Tagged as _,
    asn1::{AnyRef, BitStringRef, ContextSpecific, ObjectIdentifier},
};
use sha2::{Digest as _, Sha224, Sha256, Sha384, Sha512};

/// RFC 8017, appendix C: the parameters contain the hash.
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");

/// The algorithms whose hash is neither MD5, SHA-1 nor SHA-256 (RFC 8017, appendix A; RFC 5758; NIST CSOR).
const STRONGER: [(ObjectIdentifier, Hash); 9] = [
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.14"), Hash::Sha224),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12"), Hash::Sha384),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13"), Hash::Sha512),
    (ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.1"), Hash::Sha224),
    (ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3"), Hash::Sha384),
    (ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4"), Hash::Sha512),
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.4"), Hash::Sha224),
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2"), Hash::Sha384),
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3"), Hash::Sha512),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hash {
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// The hash of a certificate for `tls-server-end-point`.
///
/// For signatures without a separate hash (Ed25519) the RFC defines nothing; other implementations use SHA-256.
pub(super) fn end_point_hash(certificate: &[u8]) -> Vec<u8> {
    match signature_hash(certificate).unwrap_or(Hash::Sha256) {
        Hash::Sha224 => Sha224::digest(certificate).to_vec(),
        Hash::Sha256 => Sha256::digest(certificate).to_vec(),
        Hash::Sha384 => Sha384::digest(certificate).to_vec(),
        Hash::Sha512 => Sha512::digest(certificate).to_vec(),
    }
}

fn signature_hash(certificate: &[u8]) -> der::Result<Hash> {
    let (algorithm, parameters) =
        SliceReader::new(certificate)?.sequence(|certificate| -> der::Result<_> {
            AnyRef::decode(certificate)?;
            let algorithm = certificate.sequence(algorithm)?;
            AnyRef::decode(certificate)?;
            Ok(algorithm)
        })?;
    let algorithm = match parameters {
        Some(parameters) if algorithm == RSA_PSS => pss_hash(parameters)?,
        _ => algorithm,
    };
    let stronger = STRONGER.iter().find(|(identifier, _)| *identifier == algorithm);
    Ok(stronger.map_or(Hash::Sha256, |&(_, hash)| hash))
}

/// The whole `SubjectPublicKeyInfo` of a certificate.
pub(super) fn key_info(certificate: &[u8]) -> der::Result<&[u8]> {
    SliceReader::new(certificate)?.sequence(|certificate| {
        let info = certificate.sequence(|fields| {
            // Version 1 omits the version field.
            if Tag::peek(fields)?.is_context_specific() {
                fields.tlv_bytes()?;
            }
            // Serial number, signature algorithm, issuer, validity, subject.
            for _ in 0..5 {
                fields.tlv_bytes()?;
            }
            let info = fields.tlv_bytes()?;
            skip_rest(fields)?;
            Ok::<_, der::Error>(info)
        })?;
        skip_rest(certificate)?;
        Ok(info)
    })
}

/// The signing key: the content of its `AlgorithmIdentifier`, and the key itself.
pub(super) fn key(info: &[u8]) -> der::Result<(&[u8], &[u8])> {
    SliceReader::new(info)?.sequence(|info| {
        let algorithm = AnyRef::decode(info)?;
        algorithm.tag().assert_eq(Tag::Sequence)?;
        let key = BitStringRef::decode(info)?;
        Ok((algorithm.value(), key.as_bytes().ok_or(Tag::BitString.value_error())?))
    })
}

fn skip_rest<'a>(reader: &mut impl Reader<'a>) -> der::Result<()> {
    while !reader.is_finished() {
        reader.tlv_bytes()?;
    }
    Ok(())
}

/// The content of an `AlgorithmIdentifier`.
fn algorithm<'a, R: Reader<'a>>(reader: &mut R) -> der::Result<(ObjectIdentifier, Option<AnyRef<'a>>)> {
    Ok((reader.decode()?, reader.decode()?))
}

/// The first field of `RSASSA-PSS-params`. The default is SHA-1, which is replaced by SHA-256 here.
fn pss_hash(parameters: AnyRef<'_>) -> der::Result<ObjectIdentifier> {
    parameters.tag().assert_eq(Tag::Sequence)?;
    let mut fields = SliceReader::new(parameters.value())?;
    let hash = ContextSpecific::<AnyRef<'_>>::decode_explicit(&mut fields, TagNumber(0))?;
    match hash {
        Some(hash) => Ok(SliceReader::new(hash.value.value())?.decode()?),
        None => Ok(RSA_PSS),
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, PublicKeyData as _};
    use rustls::pki_types::{CertificateDer, pem::PemObject as _};

    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_hash_is_that_of_the_signature_but_at_least_sha_256() {
        // The hashes were computed by OpenSSL: `openssl dgst -sha512` and so on, of the certificate in DER.
        let fixtures = [
            (
                &include_bytes!("../../../fixtures/tls/rsa-md5.pem")[..],
                "c9c8980a2e1a191ad62bbf00714d688f091a85ace54ea0754270fd3956e7ea58",
            ),
            (
                include_bytes!("../../../fixtures/tls/rsa-sha1.pem"),
                "cd4952faae4566c44c886ea5b93d2afe5594312c8f652b8bac89080b47fc6d6f",
            ),
            (
                include_bytes!("../../../fixtures/tls/pss-sha1.pem"),
                "7976c3ad80e06e0ee2eec24c9988cddccc333cbb1817e4ecf1fd0ce7e5c08b2d",
            ),
            (
                include_bytes!("../../../fixtures/tls/pss-sha384.pem"),
                "0fe5eb60a87873675b861a86d10b97b20ec090d10b6bd167c9cacc9fd53da41f\
                 c4735369559e345e88c7b361492b63e5",
            ),
            (
                include_bytes!("../../../fixtures/tls/rsa-sha512.pem"),
                "0f0e19cc6a57fe215b84500c5af7a09fb16d26cdab03d0d0cebc10a93c6dd74e\
                 907c2ef32a8ec283b99028fd9f0f276a4038410225308bada804e8985b735b52",
            ),
        ];
        for (pem, hash) in fixtures {
            let certificate = CertificateDer::from_pem_slice(pem).unwrap();
            assert_eq!(hex(&end_point_hash(&certificate)), hash);
        }
    }

    #[test]
    fn curves_have_the_hash_of_their_size_and_ed25519_has_sha_256() {
        for (algorithm, hash) in [
            (&rcgen::PKCS_ECDSA_P256_SHA256, Hash::Sha256),
            (&rcgen::PKCS_ECDSA_P384_SHA384, Hash::Sha384),
            (&rcgen::PKCS_ED25519, Hash::Sha256),
        ] {
            let key = KeyPair::generate_for(algorithm).unwrap();
            let certificate = CertificateParams::default().self_signed(&key).unwrap();
            assert_eq!(signature_hash(certificate.der()), Ok(hash));
        }
    }

    #[test]
    fn the_key_is_read_and_what_is_cut_off_is_none() {
        let signer = KeyPair::generate().unwrap();
        let certificate = CertificateParams::default().self_signed(&signer).unwrap();
        let info = key_info(certificate.der()).unwrap();
        let (algorithm, bits) = key(info).unwrap();
        assert_eq!(info, signer.subject_public_key_info());
        assert_eq!(bits, signer.public_key_raw());
        // id-ecPublicKey, and the curve P-256.
        assert_eq!(hex(algorithm), "06072a8648ce3d020106082a8648ce3d030107");
        for end in 0..certificate.der().len() {
            assert!(key_info(&certificate.der()[..end]).is_err(), "{end}");
        }
        for end in 0..info.len() {
            assert!(key(&info[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn what_is_no_certificate_is_hashed_all_the_same() {
        let pem = include_bytes!("../../../fixtures/tls/rsa-sha512.pem");
        let certificate = CertificateDer::from_pem_slice(pem).unwrap();
        for end in 0..certificate.len() {
            let cut = &certificate[..end];
            assert!(signature_hash(cut).is_err(), "{end}");
            assert_eq!(end_point_hash(cut), Sha256::digest(cut).to_vec());
        }
    }
}
