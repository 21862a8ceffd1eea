//! The keys of the host's services, from the keytab of the lab.
//!
//! Only the library reads the keys. Follows RFC 2743, section 2.1.1; MIT Kerberos, "Credential stores".

use std::{
    error::Error,
    ffi::CString,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::auth::gssapi::sys::{Credential, Failure, Library, LibraryMissing, Usage};

/// The keys of a service, shared by all connections of a host.
#[derive(Clone)]
pub(crate) struct ServiceKeys {
    library: &'static Library,
    credential: Arc<Mutex<Credential>>,
}

impl ServiceKeys {
    /// All keys in a keytab: a client may name any service in it.
    pub(crate) fn from_keytab(path: &str) -> Result<Self, KeytabError> {
        let library = Library::open().map_err(KeytabError::NoLibrary)?;
        let path = CString::new(path).map_err(|_| KeytabError::BadPath)?;
        let credential = Credential::from_store(library, None, Usage::Accept, &[(c"keytab", &path)], None);
        let credential = Arc::new(Mutex::new(credential.map_err(KeytabError::Refused)?));
        Ok(Self { library, credential })
    }

    pub(super) fn library(&self) -> &'static Library {
        self.library
    }

    /// The credential; the library can use it for one context at a time.
    pub(super) fn credential(&self) -> MutexGuard<'_, Credential> {
        // After a panic the content is as consistent as the library left it.
        self.credential.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for ServiceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServiceKeys(..)")
    }
}

/// Why a host has no keys.
#[derive(Debug)]
pub(crate) enum KeytabError {
    NoLibrary(LibraryMissing),
    BadPath,
    Refused(Failure),
}

impl fmt::Display for KeytabError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoLibrary(_) => "Kerberos needs the system's GSSAPI library",
            Self::BadPath => "no path has a zero byte in it",
            Self::Refused(_) => "the system's GSSAPI library finds no usable key in the keytab",
        })
    }
}

impl Error for KeytabError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NoLibrary(missing) => Some(missing),
            Self::Refused(failure) => Some(failure),
            Self::BadPath => None,
        }
    }
}
