//! Remembers refused passwords, so that they are not tried again.
//!
//! Each failed attempt can lock the account, with any mechanism. A password that was accepted before is tried once more: the
//! first 401 may come from a proxy, or from a host that cannot reach its domain controller.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A refusal by a host: the answer 401.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The scheme that was tried.
    pub(crate) tried: &'static str,
    /// The mechanism that was used in it.
    pub(crate) mechanism: &'static str,
    /// The schemes that the host offers.
    pub(crate) offered: Vec<String>,
}

impl Refusal {
    /// True if the host has received a password or a proof of one. A ticket is neither, and a scheme that the host does not
    /// offer is not checked; but Basic sends the password before the host offers any scheme.
    pub(super) fn is_of_password(&self) -> bool {
        match self.mechanism {
            "Basic" => true,
            "NTLM" => self.is_offered(),
            _ => false,
        }
    }

    /// True if the host offers the scheme that was tried.
    pub(crate) fn is_offered(&self) -> bool {
        self.offered.iter().any(|scheme| scheme.eq_ignore_ascii_case(self.tried))
    }
}

/// What is known about one password; clones share it.
#[derive(Clone, Default)]
pub(super) struct Refusals(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    /// A host has accepted the password, so a later refusal concerns only the host that sent it.
    is_right: bool,
    /// Places whose last answer was acceptance.
    accepted: BTreeSet<String>,
    /// Places that refused it; a place that had accepted it before is listed after its second refusal.
    refused: BTreeMap<String, Refusal>,
}

impl Refusals {
    pub(super) fn accepted(&self, place: &str) {
        let mut known = self.lock();
        known.is_right = true;
        if !known.accepted.contains(place) {
            known.accepted.insert(place.to_owned());
        }
    }

    pub(super) fn refused(&self, place: &str, refusal: Refusal) {
        let mut known = self.lock();
        if !known.accepted.remove(place) {
            known.refused.entry(place.to_owned()).or_insert(refusal);
        }
    }

    /// The refusal that forbids a try at `place`. A domain account is the same at every place.
    pub(super) fn at(&self, place: &str, is_of_domain: impl FnOnce() -> bool) -> Option<(String, Refusal)> {
        let known = self.lock();
        if known.refused.is_empty() {
            return None;
        }
        let anywhere = || known.refused.iter().find(|(_, refusal)| refusal.is_offered());
        let here = known.refused.get_key_value(place);
        let found = here.or_else(|| (!known.is_right && is_of_domain()).then(anywhere).flatten());
        found.map(|(place, refusal)| (place.clone(), refusal.clone()))
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Refusal;
    use crate::{auth::Credentials, secret::Secret};

    fn refusal(mechanism: &'static str, offered: &[&str]) -> Refusal {
        let tried = if mechanism == "Basic" { "Basic" } else { "Negotiate" };
        Refusal { tried, mechanism, offered: offered.iter().map(|&scheme| scheme.to_owned()).collect() }
    }

    fn ntlm(user: &str) -> Credentials {
        Credentials::ntlm(user, Secret::new("hush"))
    }

    #[test]
    fn a_password_that_was_refused_is_not_for_that_place_again_nor_are_its_clones() {
        let credentials = ntlm("ops");
        let clone = credentials.clone();
        credentials.refused("hv01:5985", refusal("NTLM", &["Negotiate"]));
        assert_eq!(clone.refusal_for("hv01:5985").unwrap().0, "hv01:5985");
        // `ops` is a different account on a different host.
        assert_eq!(clone.refusal_for("hv02:5985"), None);
        assert_eq!(ntlm("ops").refusal_for("hv01:5985"), None, "others are tried");
        credentials.accepted("hv02:5985");
        assert!(clone.refusal_for("hv01:5985").is_some());
    }

    #[test]
    fn an_account_of_a_domain_is_the_same_everywhere_until_its_password_was_accepted_somewhere() {
        for user in [r"CORP\ops", "ops@corp.example"] {
            let credentials = ntlm(user);
            credentials.refused("hv01:5985", refusal("NTLM", &["Negotiate"]));
            assert_eq!(credentials.refusal_for("hv02:5985").unwrap().0, "hv01:5985", "{user}");
            let credentials = ntlm(user);
            credentials.accepted("hv02:5985");
            credentials.refused("hv01:5985", refusal("NTLM", &["Negotiate"]));
            assert_eq!(credentials.refusal_for("hv02:5985"), None, "{user}");
            assert!(credentials.refusal_for("hv01:5985").is_some(), "{user}");
        }
        for user in ["ops", r".\ops", r"\ops"] {
            let credentials = ntlm(user);
            credentials.refused("hv01:5985", refusal("NTLM", &["Negotiate"]));
            assert_eq!(credentials.refusal_for("hv02:5985"), None, "{user}");
        }
    }

    #[test]
    fn a_password_that_was_accepted_is_tried_once_more_after_a_refusal() {
        let credentials = ntlm("ops");
        let refuse = || credentials.refused("hv01:5985", refusal("NTLM", &["Negotiate"]));
        for _ in 0..3 {
            credentials.accepted("hv01:5985");
            refuse();
            assert_eq!(credentials.refusal_for("hv01:5985"), None);
        }
        refuse();
        assert!(credentials.refusal_for("hv01:5985").is_some());
    }

    #[test]
    fn only_what_the_host_has_seen_of_a_password_counts() {
        for (refusal, counts) in [
            (refusal("NTLM", &["Kerberos"]), false),
            (refusal("Kerberos", &["Negotiate"]), false),
            (refusal("Basic", &["Negotiate"]), true),
            (refusal("Basic", &["Basic"]), true),
        ] {
            let credentials = ntlm("ops");
            credentials.refused("hv01:5985", refusal.clone());
            assert_eq!(credentials.refusal_for("hv01:5985").is_some(), counts, "{refusal:?}");
        }
    }
}
