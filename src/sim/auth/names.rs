//! The names of the host and its domain, and the accounts that a client's spelling can denote.
//!
//! The spellings are those of Windows: `DOMAIN\user`, `user@realm`, `user`.

use crate::sim::lab::{Lab, NodeSpec};

/// The names in a challenge.
#[derive(Clone, Debug)]
pub(crate) struct HostNames {
    /// NetBIOS name.
    pub(super) computer: String,
    /// NetBIOS name of the domain; without a domain, that of the computer.
    pub(super) target: String,
    pub(super) dns_computer: String,
    pub(super) dns_domain: String,
    /// Major, minor, build.
    pub(super) version: (u8, u8, u16),
}

impl HostNames {
    /// The names of a host of the lab. The domain is that of the first user with one; the lab has no other source for it.
    pub(crate) fn of(lab: &Lab, node: &NodeSpec) -> Self {
        let computer = node.name.to_uppercase();
        let domains =
            lab.users.iter().filter_map(|user| user.name.split_once('\\').map(|(domain, _)| domain));
        let mut foreign = domains.filter(|domain| *domain != "." && !domain.eq_ignore_ascii_case(&computer));
        let target = foreign.next().map_or_else(|| computer.clone(), str::to_uppercase);
        let in_domain = target != computer;
        let dns_domain = match node.fqdn.split_once('.') {
            Some((_, domain)) if in_domain => domain.to_owned(),
            _ => node.fqdn.clone(),
        };
        let mut numbers = lab.host.version.split('.');
        let major = numbers.next().and_then(|number| number.parse().ok()).unwrap_or_default();
        let minor = numbers.next().and_then(|number| number.parse().ok()).unwrap_or_default();
        let build = u16::try_from(lab.host.build).unwrap_or(u16::MAX);
        let dns_computer = node.fqdn.clone();
        Self { computer, target, dns_computer, dns_domain, version: (major, minor, build) }
    }

    pub(super) fn is_in_domain(&self) -> bool {
        self.target != self.computer
    }
}

/// The name of an account, split into its parts.
#[derive(Clone, Debug)]
pub(super) struct AccountNames {
    user: String,
    /// All spellings of its domain.
    domains: Vec<String>,
}

impl AccountNames {
    /// The account with the lab's `name`.
    pub(super) fn of(name: &str, host: &HostNames) -> Self {
        let (domain, user) = split(name);
        let domains = match domain {
            None | Some(".") => vec![host.computer.clone(), host.dns_computer.clone(), ".".to_owned()],
            Some(domain) => {
                let own = [&host.target, &host.dns_domain];
                let is_own = own.iter().any(|name| name.eq_ignore_ascii_case(domain));
                let mut domains = vec![domain.to_owned()];
                domains.extend(own.into_iter().filter(|_| is_own).cloned());
                domains
            }
        };
        Self { user: user.to_owned(), domains }
    }

    /// True if this domain and user can denote the account. An empty domain matches every account.
    pub(super) fn are_meant_by(&self, domain: &str, user: &str) -> bool {
        let (realm, user) = if domain.is_empty() { split(user) } else { (Some(domain), user) };
        let is_domain = |realm: &str| self.domains.iter().any(|known| known.eq_ignore_ascii_case(realm));
        upper(&self.user) == upper(user) && realm.is_none_or(is_domain)
    }

    /// The same for an unsplit name.
    pub(super) fn are_meant_by_name(&self, name: &str) -> bool {
        self.are_meant_by("", name)
    }
}

fn split(name: &str) -> (Option<&str>, &str) {
    match (name.split_once('\\'), name.rsplit_once('@')) {
        (Some((domain, user)), _) => (Some(domain), user),
        (None, Some((user, realm))) => (Some(realm), user),
        (None, None) => (None, name),
    }
}

/// Upper case as in Windows: each character is mapped by itself, and never to two characters.
pub(super) fn upper(text: &str) -> String {
    let one = |c: char| {
        let mut upper = c.to_uppercase();
        match (upper.next(), upper.next()) {
            (Some(single), None) if u32::from(c) < 0x1_0000 => single,
            _ => c,
        }
    };
    text.chars().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(users: &[&str]) -> HostNames {
        let users: String =
            users.iter().map(|user| format!("[[user]]\nname = '{user}'\npassword = \"x\"\n")).collect();
        let lab = format!(
            "schema = \"hvsnap-lab/1\"\n[host]\nname = \"hv01\"\nfqdn = \"hv01.lab.example\"\n{users}"
        );
        let lab = Lab::parse(&lab).unwrap();
        HostNames::of(&lab, lab.nodes.at(0))
    }

    #[test]
    fn the_domain_is_that_of_the_first_user_with_one() {
        let names = host(&["local", "HV01\\admin", "Lab\\ops"]);
        assert_eq!((names.target.as_str(), names.dns_domain.as_str()), ("LAB", "lab.example"));
        assert!(names.is_in_domain());
        let names = host(&["local", ".\\admin"]);
        assert_eq!((names.target.as_str(), names.dns_domain.as_str()), ("HV01", "hv01.lab.example"));
        assert!(!names.is_in_domain());
        assert_eq!(names.version, (10, 0, 17763));
    }

    #[test]
    fn every_spelling_of_windows_means_the_account() {
        let host = host(&["LAB\\ops"]);
        let names = AccountNames::of("LAB\\ops", &host);
        for (domain, user) in
            [("lab", "OPS"), ("lab.example", "ops"), ("", "ops"), ("", "ops@LAB.example"), ("", "lab\\ops")]
        {
            assert!(names.are_meant_by(domain, user), "{domain} {user}");
        }
        for (domain, user) in [("HV01", "ops"), ("other", "ops"), ("", "ops@other"), ("LAB", "op"), ("", "")]
        {
            assert!(!names.are_meant_by(domain, user), "{domain} {user}");
        }
        let local = AccountNames::of("admin", &host);
        assert!(local.are_meant_by(".", "admin") && local.are_meant_by("hv01", "Admin"));
        assert!(!local.are_meant_by("LAB", "admin"));
        assert!(AccountNames::of("ops@corp.example", &host).are_meant_by("CORP.EXAMPLE", "ops"));
    }

    #[test]
    fn upper_case_never_makes_a_name_longer() {
        assert_eq!(upper("straße öé"), "STRAßE ÖÉ");
    }
}
