//! Where tickets come from, and whom they are for.
//!
//! It never writes to a cache of the user's, except that the library keeps there the service tickets that it got by the
//! ticket in it. Tickets got by password or keytab are kept in memory, shared by the connections of one client, and
//! wiped with the last of them.

use std::{
    ffi::{CStr, CString},
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    error::{KerberosError, Reason},
    sys::{Credential, Library, Name, NameKind, Usage},
};
use crate::{auth::Peer, secret::Secret};

/// Tickets that have less time left than this are not begun with.
const SHORT: u32 = 60;

/// Where the caller's tickets come from. Clones share what was got.
#[derive(Clone)]
pub(crate) struct Source {
    origin: Origin,
    principal: Option<String>,
    pub(super) held: Arc<Mutex<Held>>,
}

/// What came of asking the KDC.
#[derive(Default)]
pub(super) enum Held {
    #[default]
    Nothing,
    Tickets(Shared),
    /// It is not asked again: each try with a wrong password brings the account nearer to being locked.
    Refused(KerberosError),
}

/// A credential that several contexts use in turn.
pub(super) type Shared = Arc<Mutex<Credential>>;

#[derive(Clone, Debug)]
enum Origin {
    DefaultCache,
    Cache(String),
    Keytab(String),
    Password(Secret),
}

impl Source {
    /// The ticket cache that `KRB5CCNAME` or the library's configuration names.
    pub(crate) fn default_cache() -> Self {
        Self::new(Origin::DefaultCache, None)
    }

    /// A ticket cache by path, or by type and residual (`FILE:/…`, `DIR:/…`, `KCM:…`).
    pub(crate) fn cache(name: impl Into<String>) -> Self {
        Self::new(Origin::Cache(name.into()), None)
    }

    /// The key of a principal (`user@REALM`) in a keytab; the first in it if there is none given.
    pub(crate) fn keytab(path: impl Into<String>, principal: Option<String>) -> Self {
        Self::new(Origin::Keytab(path.into()), principal)
    }

    /// The password of a principal (`user@REALM`; the realm of the library's configuration if there is none given).
    pub(crate) fn password(principal: impl Into<String>, password: Secret) -> Self {
        Self::new(Origin::Password(password), Some(principal.into()))
    }

    fn new(origin: Origin, principal: Option<String>) -> Self {
        Self { origin, principal, held: Arc::default() }
    }

    /// Whose tickets they are to be, if that was said.
    pub(crate) fn principal(&self) -> Option<&str> {
        self.principal.as_deref()
    }

    /// A credential to begin a context with. May ask a KDC over the network, for password and keytab.
    pub(super) fn acquire(&self, library: &'static Library) -> Result<Shared, KerberosError> {
        if matches!(self.origin, Origin::DefaultCache | Origin::Cache(_)) {
            // Opened anew each time: somebody else may have renewed the ticket in it.
            return self.open(library).map(Mutex::new).map(Arc::new);
        }
        // Held while the KDC is asked, so that a wrong password is tried once and not once for each connection.
        let mut held = lock(&self.held);
        let is_fresh = |shared: &Shared| lock(shared).lifetime().is_ok_and(|seconds| seconds > SHORT);
        match &*held {
            Held::Refused(error) => return Err(error.clone()),
            Held::Tickets(shared) if is_fresh(shared) => return Ok(shared.clone()),
            _ => {}
        }
        // Asked for its lifetime, the library gets the tickets now, if it has not got them yet.
        let opened = self.open(library).and_then(|mut credential| {
            credential.lifetime()?;
            Ok(credential)
        });
        match opened {
            Ok(credential) => {
                let shared = Arc::new(Mutex::new(credential));
                *held = Held::Tickets(shared.clone());
                Ok(shared)
            }
            Err(error) => {
                let error = match self.origin {
                    Origin::Keytab(_) => error.of_keytab(),
                    _ => error.of_password(),
                };
                if error.is_refusal() {
                    *held = Held::Refused(error.clone());
                }
                Err(error)
            }
        }
    }

    fn open(&self, library: &'static Library) -> Result<Credential, KerberosError> {
        static PRIVATE_CACHES: AtomicU64 = AtomicU64::new(0);
        let mut name =
            self.principal.as_deref().map(|text| name(library, text, NameKind::Principal)).transpose()?;
        let name = name.as_mut();
        let private_cache = || {
            let number = PRIVATE_CACHES.fetch_add(1, Ordering::Relaxed);
            c_string(&format!("MEMORY:hvsnap-{number}"))
        };
        Ok(match &self.origin {
            Origin::DefaultCache => Credential::default_of(library, name, Usage::Initiate)?,
            Origin::Cache(cache) => {
                let cache = c_string(cache)?;
                Credential::from_store(library, name, Usage::Initiate, &[(c"ccache", &cache)], None)?
            }
            Origin::Keytab(path) => {
                let cache = private_cache()?;
                let keytab = c_string(path)?;
                let elements: [(&CStr, &CStr); 2] = [(c"client_keytab", &keytab), (c"ccache", &cache)];
                Credential::from_store(library, name, Usage::Initiate, &elements, Some(cache.clone()))?
            }
            Origin::Password(password) => {
                let name = name.ok_or(Reason::BadName)?;
                Credential::with_password(library, name, password.expose(), private_cache()?)?
            }
        })
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("origin", &self.origin)
            .field("principal", &self.principal)
            .finish_non_exhaustive()
    }
}

/// The service that a context is for. `HTTP` on the host that was dialled is the library's to complete, by the rules of its
/// configuration, and so is a name that the caller gave in that form; another one is taken as it is.
pub(super) fn service(library: &'static Library, peer: &Peer) -> Result<Name, KerberosError> {
    if peer.spn.is_none() && (peer.host.is_empty() || peer.host.contains(['@', '/'])) {
        return Err(Reason::BadName.into());
    }
    let service = peer.service_principal();
    match service.host_based() {
        Some(text) => name(library, &text, NameKind::HostBasedService),
        None => name(library, &service.kerberos(), NameKind::Principal),
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What a panicking thread leaves behind is as whole as the library left it.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn name(library: &'static Library, text: &str, kind: NameKind) -> Result<Name, KerberosError> {
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err(Reason::BadName.into());
    }
    Ok(Name::import(library, text, kind)?)
}

fn c_string(text: &str) -> Result<CString, Reason> {
    CString::new(text).map_err(|_| Reason::BadName)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keytab_is_refused_in_clear_words_where_the_library_takes_none() {
        let Some(library) = Library::without_stores() else { return };
        let error = Source::keytab("host.keytab", None).acquire(library).err().unwrap();
        assert_eq!(error.reason(), Reason::NoKeytabs);
        assert_eq!(error.to_string(), "the system's GSSAPI library takes no keytab");
        assert!(error.hint().unwrap().contains("kinit -k -t FILE USER"), "{error:?}");
        let error = Source::cache("FILE:/nowhere").acquire(library).err().unwrap();
        assert_eq!(error.reason(), Reason::Unsupported);
    }

    #[test]
    fn debug_shows_the_principal_but_never_the_password() {
        let shown = format!("{:?}", Source::password("ops@HVSNAP.TEST", Secret::new("hush-hush")));
        assert!(shown.contains("ops@HVSNAP.TEST") && !shown.contains("hush"), "{shown}");
    }
}
