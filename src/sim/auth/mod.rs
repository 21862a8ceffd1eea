//! The host's side of authentication: accounts, schemes, and the context for sealed messages.
//!
//! Written from the specifications and separate from the client's side; only the binding to the GSSAPI library is shared.
//! Passwords come from the lab, tokens from the listener, and time as an argument. Follows MS-NLMP, RFC 4178, RFC 5929 and
//! MS-WSMV, section 2.2.9.1.

mod binding;
mod conversation;
mod denied;
mod der;
mod kerberos;
mod names;
pub(crate) mod ntlm;
pub(crate) mod spnego;

use std::sync::{Mutex, PoisonError};

pub(crate) use conversation::{Conversation, Progress, Session};
pub(crate) use denied::Denied;
use names::{AccountNames, HostNames};

use super::{
    lab::{Lab, NodeSpec, Rights, Schemes, UserSpec},
    random::Random,
};
use crate::secret::Secret;
pub(crate) use kerberos::KeytabError;
use kerberos::ServiceKeys;

/// The accounts, keys and schemes of a host.
#[derive(Debug)]
pub(crate) struct Authority {
    accounts: Vec<Account>,
    names: HostNames,
    schemes: Schemes,
    /// `None` without TLS, or if the lab turns the check off.
    binding: Option<binding::Binding>,
    /// The keys for Kerberos, if the lab has a keytab.
    keys: Option<ServiceKeys>,
    /// Challenges can be predicted from the seed, which is harmless: a simulated host is not for a network.
    nonces: Mutex<Random>,
}

/// An account.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    /// The name as in the lab.
    pub(crate) name: String,
    pub(crate) rights: Rights,
    password: Secret,
    names: AccountNames,
    certificate: Option<[u8; 32]>,
}

/// The scheme in the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// `Negotiate`: SPNEGO, or NTLM without it.
    Negotiate,
    /// `Kerberos`: an AP-REQ.
    Kerberos,
}

impl Scheme {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Negotiate => "Negotiate",
            Self::Kerberos => "Kerberos",
        }
    }
}

impl Authority {
    /// The accounts and settings of a lab, on `node`; `certificate` is that of the TLS listener, in DER.
    ///
    /// Fails if Kerberos is not available, or not with this keytab.
    pub(crate) fn new(
        lab: &Lab,
        node: &NodeSpec,
        seed: u64,
        certificate: Option<&[u8]>,
    ) -> Result<Self, KeytabError> {
        let keytab = lab.service.keytab.as_ref().map(|path| path.to_string_lossy());
        let names = HostNames::of(lab, node);
        let account = |user: &UserSpec| Account {
            name: user.name.clone(),
            rights: user.rights,
            password: user.password.clone(),
            names: AccountNames::of(&user.name, &names),
            certificate: user.certificate,
        };
        Ok(Self {
            keys: keytab.map(|path| ServiceKeys::from_keytab(&path)).transpose()?,
            accounts: lab.users.iter().map(account).collect(),
            schemes: lab.service.schemes,
            binding: certificate.and_then(|der| binding::Binding::new(der, lab.service.cbt)),
            // A separate generator, so that identifiers do not depend on authentications.
            nonces: Mutex::new(Random::seeded(seed.rotate_left(32))),
            names,
        })
    }

    /// The schemes that are on.
    pub(crate) fn schemes(&self) -> Schemes {
        self.schemes
    }

    /// The account with this name and this password.
    pub(crate) fn by_password(&self, name: &str, password: &str) -> Option<&Account> {
        let mut meant = self.accounts.iter().filter(|account| account.names.are_meant_by_name(name));
        meant.find(|account| account.password.expose() == password)
    }

    /// The account that this certificate, given by its SHA-256 hash, is mapped to.
    pub(crate) fn by_certificate(&self, hash: &[u8; 32]) -> Option<&Account> {
        self.accounts.iter().find(|account| account.certificate.as_ref() == Some(hash))
    }

    /// The account of this principal.
    fn by_principal(&self, principal: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.names.are_meant_by_name(principal))
    }

    fn account(&self, index: usize) -> Result<&Account, Denied> {
        self.accounts.get(index).ok_or(Denied::Logon)
    }

    fn ntlm(&self) -> ntlm::Server<'_> {
        ntlm::Server { names: &self.names, accounts: &self.accounts, binding: self.binding.as_ref() }
    }

    fn nonce(&self) -> [u8; 8] {
        self.nonces.lock().unwrap_or_else(PoisonError::into_inner).nonce()
    }
}
