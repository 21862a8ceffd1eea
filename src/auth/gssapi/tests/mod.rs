//! Kerberos with a real KDC: the realm that `tests/interop/krb5/realm` makes.
//!
//! `HVSNAP_KRB5` names the directory of a running realm; without it, these tests are skipped.

mod acceptor;
mod contexts;
mod exchanges;
mod messages;
mod tickets;

use super::{Initiator, KerberosError, Protected, Source};
use crate::{auth::Peer, secret::Secret};

pub(crate) use acceptor::{Acceptor, ServiceKeys};

const PASSWORD: &str = "correct-horse";

/// A running realm.
struct Realm {
    directory: String,
    /// True if the realm permits only AES-SHA2.
    only_sha2: bool,
}

impl Realm {
    fn started() -> Option<Self> {
        let directory = std::env::var("HVSNAP_KRB5").ok()?;
        let only_sha2 = std::env::var("HVSNAP_KRB5_AES").is_ok_and(|aes| aes == "sha2");
        Some(Self { directory, only_sha2 })
    }

    fn path(&self, file: &str) -> String {
        format!("{}/{file}", self.directory)
    }

    fn cache(&self, name: &str) -> Source {
        let kind = if self.only_sha2 { "-sha2" } else { "" };
        Source::cache(self.path(&format!("{name}{kind}.ccache")))
    }

    fn keys(&self) -> ServiceKeys {
        ServiceKeys::from_keytab(&self.path("service.keytab")).unwrap()
    }

    /// A service whose keys are permitted.
    fn service(&self) -> Peer {
        host(if self.only_sha2 { "sha2.hvsnap.test" } else { "sha1.hvsnap.test" })
    }

    /// A context with that service, both sides of it.
    fn context(&self) -> (Protected, Protected) {
        let (caller, host) = establish(&self.cache("ops"), &self.service(), &self.keys(), [None; 2]).unwrap();
        (caller, host.into_protected().unwrap())
    }
}

fn host(name: &str) -> Peer {
    Peer { host: name.to_owned(), spn: None, sealed: true }
}

fn service(principal: &str) -> Peer {
    Peer { host: "192.0.2.1".to_owned(), spn: Some(principal.parse().unwrap()), sealed: true }
}

fn password(principal: &str, password: &str) -> Source {
    Source::password(principal, Secret::new(password))
}

/// Establishes a context with the binding of each side.
fn establish(
    source: &Source,
    peer: &Peer,
    keys: &ServiceKeys,
    [own, theirs]: [Option<&[u8]>; 2],
) -> Result<(Protected, Acceptor), KerberosError> {
    let mut caller = Initiator::new(source, peer)?;
    let mut host = Acceptor::new(keys);
    let request = caller.step(None, own)?.unwrap();
    assert!(!caller.is_established(), "the host has proven nothing yet");
    let answer = host.step(&request, theirs)?.unwrap();
    assert!(host.is_established());
    assert_eq!(caller.step(Some(&answer), None)?, None);
    assert!(caller.is_established());
    Ok((caller.into_protected()?, host))
}
