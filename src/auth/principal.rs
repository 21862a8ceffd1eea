//! The name of a service in its domain.
//!
//! It never looks one up. The form of Windows is `class/host`, with a realm behind it `class/host@REALM`
//! ([MS-KILE], section 3.1.5.11); that of GSSAPI is `class@host` (RFC 2743, section 4.1).

use std::str::FromStr;

/// The name under which Kerberos, and a host that checks it with NTLM, know a service: `HTTP/host`, `HTTP/host@REALM`, or
/// GSSAPI's `HTTP@host`, which the system's Kerberos library completes by its configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePrincipal {
    /// The class: `HTTP`.
    class: String,
    /// The host, perhaps with a port or a further name behind it.
    host: String,
    realm: Realm,
}

/// Where the service is registered.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Realm {
    Known(String),
    /// Where the KDC refers the caller to.
    Referred,
    /// As the library's configuration has it, which also completes the name of the host.
    Configured,
}

/// The text names no service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a service is named HTTP/host, HTTP/host@REALM or HTTP@host")]
pub struct ServicePrincipalError;

impl ServicePrincipal {
    /// WinRM on a host.
    pub(super) fn of_host(host: &str) -> Self {
        Self { class: "HTTP".to_owned(), host: host.to_owned(), realm: Realm::Configured }
    }

    /// As NTLM names it, where there are no realms.
    pub(super) fn without_realm(&self) -> String {
        format!("{}/{}", self.class, self.host)
    }

    /// In the form of GSSAPI, where the library is to complete it; nothing if there is nothing to complete.
    ///
    /// Apple's library knows no referral for a principal without a realm, so there it completes whatever it can.
    pub(super) fn host_based(&self) -> Option<String> {
        let is_plain = !self.host.contains(['/', ':', '@']);
        let completes = match self.realm {
            Realm::Known(_) => false,
            Realm::Configured => true,
            Realm::Referred => cfg!(target_os = "macos") && is_plain,
        };
        completes.then(|| format!("{}@{}", self.class, self.host))
    }

    /// In the form of Kerberos; the empty realm is the one to which the KDC refers.
    pub(super) fn kerberos(&self) -> String {
        let realm = if let Realm::Known(realm) = &self.realm { realm } else { "" };
        format!("{}/{}@{realm}", self.class, self.host)
    }
}

impl FromStr for ServicePrincipal {
    type Err = ServicePrincipalError;

    fn from_str(text: &str) -> Result<Self, ServicePrincipalError> {
        let (class, host, realm) = match text.split_once('/') {
            Some((class, rest)) => match rest.split_once('@') {
                Some((host, realm)) => (class, host, Realm::Known(realm.to_owned())),
                None => (class, rest, Realm::Referred),
            },
            None => {
                let (class, host) = text.split_once('@').ok_or(ServicePrincipalError)?;
                (class, host, Realm::Configured)
            }
        };
        let is_name = |name: &str| {
            !name.is_empty() && !name.contains(|c: char| c == '@' || c.is_whitespace() || c.is_control())
        };
        let has_realm = if let Realm::Known(realm) = &realm { is_name(realm) } else { true };
        if !(is_name(class) && is_name(host) && has_realm) {
            return Err(ServicePrincipalError);
        }
        Ok(Self { class: class.to_owned(), host: host.to_owned(), realm })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_named_in_the_form_of_windows_or_of_gssapi() {
        for (text, ntlm, host_based, kerberos) in [
            ("HTTP/hv01", "HTTP/hv01", None, "HTTP/hv01@"),
            (
                "HTTP/hv01.corp.example@CORP.EXAMPLE",
                "HTTP/hv01.corp.example",
                None,
                "HTTP/hv01.corp.example@CORP.EXAMPLE",
            ),
            (
                "HTTP@hv01.corp.example",
                "HTTP/hv01.corp.example",
                Some("HTTP@hv01.corp.example"),
                "HTTP/hv01.corp.example@",
            ),
            ("WSMAN/hv01:5985", "WSMAN/hv01:5985", None, "WSMAN/hv01:5985@"),
            ("HTTP/hv01/corp@CORP", "HTTP/hv01/corp", None, "HTTP/hv01/corp@CORP"),
        ] {
            let service: ServicePrincipal = text.parse().unwrap();
            assert_eq!(service.without_realm(), ntlm);
            assert_eq!(service.kerberos(), kerberos);
            if !cfg!(target_os = "macos") {
                assert_eq!(service.host_based().as_deref(), host_based, "{text}");
            }
        }
        let own = ServicePrincipal::of_host("hv01");
        assert_eq!(own, "HTTP@hv01".parse().unwrap());
    }

    #[test]
    fn what_names_no_service_is_refused() {
        for text in [
            "",
            "HTTP",
            "hv01.corp.example",
            "HTTP/",
            "/hv01",
            "@hv01",
            "HTTP@",
            "HTTP/hv01@",
            "HTTP/@CORP",
            "HTTP@hv01@CORP",
            "HTTP/hv01@CORP@CORP",
            "HTTP /hv01",
            "HTTP/hv 01",
            "HTTP/hv01\n",
            "HTTP/hv01\0@CORP",
            "HTTP/hv01@CO RP",
        ] {
            assert_eq!(text.parse::<ServicePrincipal>(), Err(ServicePrincipalError), "{text:?}");
        }
    }
}
