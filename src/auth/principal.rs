//! The name of a service in its domain.
//!
//! The form of Windows is `class/host`, or `class/host@REALM` with a realm ([MS-KILE], section 3.1.5.11); that of GSSAPI is
//! `class@host` (RFC 2743, section 4.1).

use std::str::FromStr;

/// The service principal, for Kerberos and for hosts that check it with NTLM: `HTTP/host`, `HTTP/host@REALM`, or GSSAPI's
/// `HTTP@host`, which the system's Kerberos library completes by its configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePrincipal {
    /// The service class: `HTTP`.
    class: String,
    /// The host, with an optional port or service name after it.
    host: String,
    realm: Realm,
}

/// The realm of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Realm {
    Known(String),
    /// The realm to which the KDC refers the caller.
    Referred,
    /// The realm in the library's configuration, which also completes the host name.
    Configured,
}

/// The text is not a service name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a service is named HTTP/host, HTTP/host@REALM or HTTP@host")]
pub struct ServicePrincipalError;

impl ServicePrincipal {
    /// WinRM on `host`.
    pub(super) fn of_host(host: &str) -> Self {
        Self { class: "HTTP".to_owned(), host: host.to_owned(), realm: Realm::Configured }
    }

    /// The form of NTLM, which has no realms.
    pub(super) fn without_realm(&self) -> String {
        format!("{}/{}", self.class, self.host)
    }

    /// The form of GSSAPI, if the library is to complete the name; otherwise `None`.
    ///
    /// Apple's library supports no referral for a principal without a realm, so it completes every name that it can.
    pub(super) fn host_based(&self) -> Option<String> {
        let is_plain = !self.host.contains(['/', ':', '@']);
        let completes = match self.realm {
            Realm::Known(_) => false,
            Realm::Configured => true,
            Realm::Referred => cfg!(target_os = "macos") && is_plain,
        };
        completes.then(|| format!("{}@{}", self.class, self.host))
    }

    /// The form of Kerberos; an empty realm asks the KDC for a referral.
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
