//! The `[service]` table: the WinRM settings for authentication and encryption.
//!
//! The names are those of `winrm get winrm/config/service`. The defaults of the table are those of a new Windows host.

use std::path::PathBuf;

use serde::Deserialize;

use super::{LabError, file::ServiceTable};

/// The content of `[service]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServiceSpec {
    /// True if unencrypted requests are served over plain HTTP.
    pub(crate) allow_unencrypted: bool,
    pub(crate) schemes: Schemes,
    pub(crate) cbt: Cbt,
    /// The keytab of the service, for Kerberos.
    pub(crate) keytab: Option<PathBuf>,
    /// `MaxEnvelopeSizekb`, in bytes: the greatest size of a message in either direction.
    pub(crate) max_envelope: usize,
}

/// The authentication schemes that are on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Schemes {
    pub(crate) negotiate: bool,
    pub(crate) kerberos: bool,
    pub(crate) basic: bool,
    pub(crate) certificate: bool,
}

/// An authentication scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SchemeName {
    /// SPNEGO and NTLM.
    Negotiate,
    /// Kerberos without SPNEGO.
    Kerberos,
    /// User and password.
    Basic,
    /// Client certificates.
    Certificate,
}

/// `CbtHardeningLevel`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Cbt {
    /// Channel bindings are not checked.
    None,
    /// A client that sends a binding must send the right one.
    #[default]
    Relaxed,
    /// Every client must send the right binding.
    Strict,
}

/// Without the table: a host that is configured for clients of every kind.
const PREPARED: ServiceSpec = ServiceSpec {
    allow_unencrypted: true,
    schemes: Schemes { negotiate: true, kerberos: false, basic: true, certificate: false },
    cbt: Cbt::Relaxed,
    keytab: None,
    max_envelope: AS_INSTALLED * KIB,
};

/// The default `MaxEnvelopeSizekb` of a service, and the smallest value that it can have.
const AS_INSTALLED: usize = 500;
const LEAST_ENVELOPE: u32 = 32;
/// A generous limit that still fits into memory.
const MOST_ENVELOPE: u32 = 64 * 1024;
const KIB: usize = 1024;

pub(super) fn check(text: &str, table: Option<ServiceTable>) -> Result<ServiceSpec, LabError> {
    let Some(ServiceTable { allow_unencrypted, auth, cbt, keytab, max_envelope_kb }) = table else {
        return Ok(PREPARED);
    };
    let mut schemes = Schemes::default();
    match auth {
        // A host without keys is in no domain, and such hosts do not offer Kerberos.
        None => (schemes.negotiate, schemes.kerberos) = (true, keytab.is_some()),
        Some(names) => {
            let field = || "service: auth".to_owned();
            if names.get_ref().is_empty() {
                return Err(LabError::at(
                    text,
                    &names.span(),
                    field(),
                    "empty: no client could authenticate",
                ));
            }
            for name in names.get_ref() {
                let scheme = match name {
                    SchemeName::Negotiate => &mut schemes.negotiate,
                    SchemeName::Kerberos => &mut schemes.kerberos,
                    SchemeName::Basic => &mut schemes.basic,
                    SchemeName::Certificate => &mut schemes.certificate,
                };
                if std::mem::replace(scheme, true) {
                    return Err(LabError::at(text, &names.span(), field(), "a scheme is listed twice"));
                }
            }
        }
    }
    if let Some(empty) = keytab.as_ref().filter(|keytab| keytab.get_ref().is_empty()) {
        return Err(LabError::at(text, &empty.span(), "service: keytab".to_owned(), "empty"));
    }
    let keytab = keytab.map(|keytab| PathBuf::from(keytab.into_inner()));
    let max_envelope = match max_envelope_kb {
        None => AS_INSTALLED * KIB,
        Some(size) if (LEAST_ENVELOPE..=MOST_ENVELOPE).contains(size.get_ref()) => {
            usize::try_from(*size.get_ref()).unwrap_or(AS_INSTALLED) * KIB
        }
        Some(size) => {
            let field = "service: max_envelope_kb".to_owned();
            let problem = format!("not between {LEAST_ENVELOPE} and {MOST_ENVELOPE}");
            return Err(LabError::at(text, &size.span(), field, problem));
        }
    };
    Ok(ServiceSpec { allow_unencrypted, schemes, cbt, keytab, max_envelope })
}

/// Parses a SHA-256 hash: hexadecimal digits, with or without colons.
pub(super) fn certificate_hash(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| *c != ':')
        .map(|c| u8::try_from(c.to_digit(16)?).ok())
        .collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    rest.is_empty().then(|| bytes.try_into().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::lab::Lab;

    fn service(table: &str) -> Result<ServiceSpec, LabError> {
        let lab = format!("schema = \"hvsnap-lab/1\"\n[host]\nname = \"A\"\n{table}");
        Lab::parse(&lab).map(|lab| lab.service)
    }

    #[test]
    fn an_empty_table_is_a_host_as_installed_and_no_table_one_that_was_prepared() {
        let installed = service("[service]").unwrap();
        assert!(!installed.allow_unencrypted);
        assert_eq!(installed.schemes, Schemes { negotiate: true, ..Schemes::default() });
        assert_eq!(installed.cbt, Cbt::Relaxed);
        assert_eq!(service("").unwrap(), PREPARED);
    }

    #[test]
    fn every_setting_can_be_given() {
        let table = "[service]\nallow_unencrypted = true\ncbt = \"strict\"\n\
                     auth = [\"negotiate\", \"kerberos\", \"basic\", \"certificate\"]";
        let all = Schemes { negotiate: true, kerberos: true, basic: true, certificate: true };
        let spec = ServiceSpec { allow_unencrypted: true, schemes: all, cbt: Cbt::Strict, ..PREPARED };
        assert_eq!(service(table).unwrap(), spec);
        assert_eq!(service("[service]\ncbt = \"none\"").unwrap().cbt, Cbt::None);
        let large = service("[service]\nmax_envelope_kb = 8192").unwrap();
        assert_eq!((large.max_envelope, PREPARED.max_envelope), (8_388_608, 512_000));
        for size in ["31", "65537"] {
            let error = service(&format!("[service]\nmax_envelope_kb = {size}")).unwrap_err().to_string();
            assert!(error.contains("max_envelope_kb") && error.contains("between 32 and 65536"), "{error}");
        }
        let with_keys = service("[service]\nkeytab = \"host.keytab\"").unwrap();
        assert_eq!(with_keys.keytab, Some(PathBuf::from("host.keytab")));
        assert!(with_keys.schemes.kerberos && with_keys.schemes.negotiate);
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_its_line() {
        for (table, problem) in [
            ("auth = []", "line 5: service: auth: empty: no client could authenticate"),
            ("keytab = \"\"", "line 5: service: keytab: empty"),
            ("auth = [\"basic\", \"basic\"]", "line 5: service: auth: a scheme is listed twice"),
        ] {
            assert_eq!(service(&format!("[service]\n{table}")).unwrap_err().to_string(), problem);
        }
        assert!(service("[service]\nauth = [\"credssp\"]").is_err());
        let user = "[[user]]\nname = \"u\"\npassword = \"p\"\ncertificate_sha256 = \"abc\"";
        let error = service(user).unwrap_err().to_string();
        assert_eq!(error, "line 7: user \"u\": certificate_sha256: not 32 bytes in hexadecimal digits");
    }

    #[test]
    fn a_hash_is_read_with_and_without_colons() {
        let plain = "0f".repeat(32);
        let mut wanted = [0x0F; 32];
        assert_eq!(certificate_hash(&plain), Some(wanted));
        wanted[0] = 0xAB;
        let colons = format!("AB{}", ":0F".repeat(31));
        assert_eq!(certificate_hash(&colons), Some(wanted));
        for bad in ["", "0", &"0f".repeat(31), &"0f".repeat(33), &"0g".repeat(32)] {
            assert_eq!(certificate_hash(bad), None);
        }
    }
}
