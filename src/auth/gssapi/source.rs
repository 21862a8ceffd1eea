//! The source of Kerberos tickets: a cache, a keytab or a password.
//!
//! Tickets from a password or keytab are kept in memory, shared by the connections of one client, and wiped with the last of
//! them. The user's cache is not written, except that the library stores there the service tickets that it gets with the
//! ticket in it.

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

/// A ticket with fewer seconds left is replaced before a new context begins.
const SHORT: u32 = 60;

/// The source of the caller's tickets. Clones share the tickets.
#[derive(Clone)]
pub(crate) struct Source {
    origin: Origin,
    principal: Option<String>,
    pub(super) held: Arc<Mutex<Held>>,
}

/// The result of a request to the KDC.
#[derive(Default)]
pub(super) enum Held {
    #[default]
    Nothing,
    Tickets(Shared),
    /// Refused: not asked again, because each try with a wrong password can lock the account.
    Refused(KerberosError),
}

/// A credential that several contexts use, one at a time.
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

    /// The key of a principal (`user@REALM`) in a keytab; without a principal, the first key in it.
    pub(crate) fn keytab(path: impl Into<String>, principal: Option<String>) -> Self {
        Self::new(Origin::Keytab(path.into()), principal)
    }

    /// The password of a principal (`user@REALM`; without a realm, that of the library's configuration).
    pub(crate) fn password(principal: impl Into<String>, password: Secret) -> Self {
        Self::new(Origin::Password(password), Some(principal.into()))
    }

    fn new(origin: Origin, principal: Option<String>) -> Self {
        Self { origin, principal, held: Arc::default() }
    }

    /// The principal of the tickets, if given.
    pub(crate) fn principal(&self) -> Option<&str> {
        self.principal.as_deref()
    }

    /// A credential to begin a context with. With a keytab or password this may contact a KDC.
    pub(super) fn acquire(&self, library: &'static Library) -> Result<Shared, KerberosError> {
        if matches!(self.origin, Origin::DefaultCache | Origin::Cache(_)) {
            // Opened anew each time: another process may have renewed the ticket.
            return self.open(library).map(Mutex::new).map(Arc::new);
        }
        // Locked while the KDC is asked, so that a wrong password is tried once, not once for each connection.
        let mut held = lock(&self.held);
        let is_fresh = |shared: &Shared| lock(shared).lifetime().is_ok_and(|seconds| seconds > SHORT);
        match &*held {
            Held::Refused(error) => return Err(error.clone()),
            Held::Tickets(shared) if is_fresh(shared) => return Ok(shared.clone()),
            _ => {}
        }
        // A request for the lifetime makes the library get the tickets now, if it has none yet.
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

/// The service of a context. The library completes `HTTP` on the dialled host by the rules of its configuration, and also
/// a name that the caller gave in that form; any other name is used as given.
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
    // After a panic the content is as consistent as the library left it.
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
