//! Credentials: tickets, or the means to get them.
//!
//! No password is kept here: the library copies it, and MIT's wipes its copy when the credential is released. Tickets from a
//! password or a keytab are destroyed at that time, and no others.
//! Follows RFC 2744, section 5.2; MIT Kerberos, "Application development: GSSAPI extensions"; Apple's gssapi_apple.h.

use std::{
    ffi::{CStr, CString, c_int},
    ptr,
};

use super::{
    failure::Failure,
    library::Library,
    name::Name,
    types::{CredentialRecord, NameRecord, ONLY_KERBEROS, Store, StoreElement},
};

/// `GSS_C_INDEFINITE`
const AS_LONG_AS_POSSIBLE: u32 = u32::MAX;

/// `GSS_C_CRED_NO_UI`: Apple's library must not ask for a password in a window.
const NO_WINDOW: c_int = if cfg!(target_os = "macos") { 0x1_0000 } else { 0 };

/// Which side of a context a credential is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Usage {
    Initiate,
    Accept,
}

impl Usage {
    fn code(self) -> c_int {
        match self {
            Self::Initiate => 1 | NO_WINDOW,
            Self::Accept => 2,
        }
    }
}

/// A credential of the library; released when dropped.
pub(crate) struct Credential {
    library: &'static Library,
    record: *mut CredentialRecord,
    /// A cache in memory that belongs to this credential alone, and would otherwise stay until the process ends.
    private_cache: Option<CString>,
    /// True if the tickets belong to this credential alone, so that the library must destroy them.
    is_own: bool,
}

// SAFETY: the record belongs to no thread, and nothing else points to it. It is not `Sync`: using it changes it.
unsafe impl Send for Credential {}

impl Credential {
    /// The credential that the environment and the library's configuration name.
    pub(crate) fn default_of(
        library: &'static Library,
        name: Option<&mut Name>,
        usage: Usage,
    ) -> Result<Self, Failure> {
        let mut credential = Self::empty(library);
        let mut minor = 0;
        // SAFETY: the name is alive or absent, the set is static, and the record takes over what comes back.
        let major = unsafe {
            (library.gss_acquire_cred)(
                &raw mut minor,
                record_of(name),
                AS_LONG_AS_POSSIBLE,
                &raw const ONLY_KERBEROS,
                usage.code(),
                credential.slot(),
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        credential.unless_failed("gss_acquire_cred", major, minor)
    }

    /// The credential that these elements of a store name: `ccache`, `client_keytab`, `keytab`. `private_cache` is the cache in
    /// memory (`MEMORY:…`) among them that only this credential uses.
    pub(crate) fn from_store(
        library: &'static Library,
        name: Option<&mut Name>,
        usage: Usage,
        elements: &[(&CStr, &CStr)],
        private_cache: Option<CString>,
    ) -> Result<Self, Failure> {
        const CALL: &str = "gss_acquire_cred_from";
        let call = library.gss_acquire_cred_from.ok_or_else(|| Failure::absent(CALL))?;
        let mut credential = Self::empty(library);
        (credential.is_own, credential.private_cache) = (private_cache.is_some(), private_cache);
        let elements: Vec<_> = elements
            .iter()
            .map(|(key, value)| StoreElement { key: key.as_ptr(), value: value.as_ptr() })
            .collect();
        let count = u32::try_from(elements.len()).unwrap_or(u32::MAX);
        let store = Store { count, elements: elements.as_ptr() };
        let mut minor = 0;
        // SAFETY: name, store and all its texts outlive the call; the record takes over what comes back.
        let major = unsafe {
            call(
                &raw mut minor,
                record_of(name),
                AS_LONG_AS_POSSIBLE,
                &raw const ONLY_KERBEROS,
                usage.code(),
                &raw const store,
                credential.slot(),
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        credential.unless_failed(CALL, major, minor)
    }

    /// Tickets by password, in the given cache in memory. The library contacts the KDC now, or at first use.
    #[cfg(target_os = "macos")]
    pub(crate) fn with_password(
        library: &'static Library,
        name: &mut Name,
        password: &str,
        cache: CString,
    ) -> Result<Self, Failure> {
        // `gss_acquire_cred_with_password` would move the tickets into the cache of the user's session.
        let mut credential = Self::empty(library);
        (credential.is_own, credential.private_cache) = (true, Some(cache));
        let cache = credential.private_cache.clone().unwrap_or_default();
        super::apple::initial_credential(name.record(), password, &cache, credential.slot())?;
        Ok(credential)
    }

    /// As above: the library makes its own cache in memory.
    #[cfg(not(target_os = "macos"))]
    pub(crate) fn with_password(
        library: &'static Library,
        name: &mut Name,
        password: &str,
        _: CString,
    ) -> Result<Self, Failure> {
        const CALL: &str = "gss_acquire_cred_with_password";
        let call = library.gss_acquire_cred_with_password.ok_or_else(|| Failure::absent(CALL))?;
        let mut credential = Self::empty(library);
        let mut password = super::types::Bytes::lent(password.as_bytes());
        let mut minor = 0;
        // SAFETY: name and password outlive the call and are only read; the record takes over what comes back.
        let major = unsafe {
            call(
                &raw mut minor,
                name.record(),
                &raw mut password,
                AS_LONG_AS_POSSIBLE,
                &raw const ONLY_KERBEROS,
                Usage::Initiate.code(),
                credential.slot(),
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        credential.unless_failed(CALL, major, minor)
    }

    /// The remaining lifetime of the tickets, in seconds. If there are none yet, the library gets them now.
    pub(crate) fn lifetime(&mut self) -> Result<u32, Failure> {
        let (mut minor, mut seconds) = (0, 0);
        // SAFETY: the record is the library's own and alive; what is not asked for is null.
        let major = unsafe {
            (self.library.gss_inquire_cred)(
                &raw mut minor,
                self.record,
                ptr::null_mut(),
                &raw mut seconds,
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        if major != 0 {
            return Err(Failure::new(self.library, "gss_inquire_cred", major, minor));
        }
        Ok(seconds)
    }

    /// The cache in memory that belongs to this credential.
    #[cfg(test)]
    pub(crate) fn private_cache(&self) -> Option<&CStr> {
        self.private_cache.as_deref()
    }

    pub(super) fn record(&mut self) -> *mut CredentialRecord {
        self.record
    }

    fn empty(library: &'static Library) -> Self {
        Self { library, record: ptr::null_mut(), private_cache: None, is_own: false }
    }

    fn slot(&mut self) -> *mut *mut CredentialRecord {
        &raw mut self.record
    }

    fn unless_failed(self, call: &'static str, major: u32, minor: u32) -> Result<Self, Failure> {
        if major != 0 {
            return Err(Failure::new(self.library, call, major, minor));
        }
        Ok(self)
    }
}

impl Drop for Credential {
    fn drop(&mut self) {
        if !self.record.is_null() {
            let mut minor = 0;
            let destroy = self.library.gss_destroy_cred.filter(|_| self.is_own);
            let give_back = destroy.unwrap_or(self.library.gss_release_cred);
            // SAFETY: the record came from the library and is given back once.
            unsafe { give_back(&raw mut minor, self.slot()) };
        }
        if let Some(cache) = &self.private_cache {
            destroy_cache(self.library, cache);
        }
    }
}

fn record_of(name: Option<&mut Name>) -> *mut NameRecord {
    name.map_or(ptr::null_mut(), Name::record)
}

/// Wipes a cache in memory if the library has the functions for it; otherwise it is wiped when the process ends.
fn destroy_cache(library: &'static Library, cache: &CStr) {
    let (Some(init), Some(resolve), Some(destroy), Some(free)) = (
        library.krb5_init_context,
        library.krb5_cc_resolve,
        library.krb5_cc_destroy,
        library.krb5_free_context,
    ) else {
        return;
    };
    let (mut context, mut handle) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: context and handle are used only when the library has made them; destroying the cache frees its handle.
    unsafe {
        if init(&raw mut context) == 0 {
            if resolve(context, cache.as_ptr(), &raw mut handle) == 0 {
                destroy(context, handle);
            }
            free(context);
        }
    }
}
