//! Who asks: Basic authentication against the users of the lab.
//!
//! Other schemes are recognised and refused; the listener offers `Negotiate` as hosts do, but cannot speak it. It never
//! logs or returns a password. Follows RFC 7617.

use base64::Engine;

use crate::sim::{endpoint::Caller, lab::UserSpec};

/// What the header `Authorization` was good for.
#[derive(Clone, Debug)]
pub(super) enum Identity {
    /// A user with the right password.
    Known(Caller),
    /// Nothing: no header, a wrong password, or a scheme that could go on if it were spoken here.
    Unknown,
    /// A scheme that WinRM does not have at all.
    Foreign,
}

pub(super) fn identify(header: Option<&str>, users: &[UserSpec]) -> Identity {
    let Some(header) = header else { return Identity::Unknown };
    let (scheme, token) = header.split_once(' ').unwrap_or((header, ""));
    if !scheme.eq_ignore_ascii_case("Basic") {
        let known = ["Negotiate", "Kerberos", "CredSSP"];
        let is_known = known.iter().any(|name| name.eq_ignore_ascii_case(scheme));
        return if is_known { Identity::Unknown } else { Identity::Foreign };
    }
    let decoded = base64::engine::general_purpose::STANDARD.decode(token.trim()).ok();
    let text = decoded.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let Some((name, password)) = text.split_once(':') else { return Identity::Unknown };
    let user = users.iter().find(|user| user.name.eq_ignore_ascii_case(name));
    match user.filter(|user| user.password.expose() == password) {
        Some(user) => Identity::Known(Caller { name: Some(user.name.clone()), rights: user.rights }),
        None => Identity::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Secret, sim::lab::Rights};

    fn users() -> Vec<UserSpec> {
        vec![UserSpec {
            name: "LAB\\ops".to_owned(),
            password: Secret::new("pass:word"),
            rights: Rights::Reader,
        }]
    }

    fn basic(text: &str) -> String {
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(text))
    }

    #[test]
    fn a_user_is_known_by_name_in_any_case_and_exact_password() {
        let known = identify(Some(&basic("lab\\OPS:pass:word")), &users());
        assert!(matches!(known, Identity::Known(Caller { rights: Rights::Reader, .. })));
        for wrong in ["LAB\\ops:Pass:word", "LAB\\ops", "other:pass:word", ""] {
            assert!(matches!(identify(Some(&basic(wrong)), &users()), Identity::Unknown), "{wrong}");
        }
        assert!(matches!(identify(Some("Basic !!!"), &users()), Identity::Unknown));
        assert!(matches!(identify(None, &users()), Identity::Unknown));
    }

    #[test]
    fn a_scheme_that_winrm_does_not_have_is_foreign() {
        assert!(matches!(identify(Some("NTLM TlRM"), &users()), Identity::Foreign));
        assert!(matches!(identify(Some("negotiate TlRM"), &users()), Identity::Unknown));
    }
}
