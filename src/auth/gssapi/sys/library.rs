//! Finds and opens the library.
//!
//! It is never closed, because the library keeps state for each thread until the process ends.

use std::{
    ffi::{c_char, c_int, c_void},
    fmt,
    sync::OnceLock,
};

use super::types::{Bindings, Bytes, ContextRecord, CredentialRecord, NameRecord, Oid, OidSet, Store};

#[cfg(target_os = "macos")]
const CANDIDATES: &[&str] = &["/System/Library/Frameworks/GSS.framework/GSS"];
#[cfg(all(unix, not(target_os = "macos")))]
const CANDIDATES: &[&str] = &["libgssapi_krb5.so.2"];
#[cfg(not(unix))]
const CANDIDATES: &[&str] = &[];

#[cfg(target_os = "macos")]
const REMEDY: &str = "macOS has it built in, as GSS.framework";
#[cfg(all(unix, not(target_os = "macos")))]
const REMEDY: &str =
    "install the package libgssapi-krb5-2 (Debian, Ubuntu) or krb5-libs (Fedora, Red Hat, Alpine)";
#[cfg(not(unix))]
const REMEDY: &str = "Kerberos is not available on this system; use NTLM";

type Status = u32;

macro_rules! functions {
    (
        required { $($name:ident($($argument:ty),+);)+ }
        optional { $($maybe:ident($($maybe_argument:ty),+) -> $maybe_result:ty;)+ }
    ) => {
        /// The functions of the library. Functions that only some libraries have are optional.
        #[cfg_attr(target_os = "macos", allow(dead_code, reason = "a password is passed on in another way there"))]
        #[allow(clippy::type_complexity, reason = "C declarations, as they stand in RFC 2744")]
        pub(crate) struct Library {
            $(pub(super) $name: unsafe extern "C" fn($($argument),+) -> Status,)+
            $(pub(super) $maybe: Option<unsafe extern "C" fn($($maybe_argument),+) -> $maybe_result>,)+
            /// Keeps the library open as long as the functions can be called.
            _opened: libloading::Library,
        }

        impl Library {
            fn load(name: &str) -> Result<Self, libloading::Error> {
                // SAFETY: a system library whose initialisers are made to run in any program that links to it.
                let opened = unsafe { libloading::Library::new(name) }?;
                Ok(Self {
                    // SAFETY: the names are those of C functions with exactly these arguments.
                    $($name: unsafe { *opened.get(stringify!($name))? },)+
                    // SAFETY: as above.
                    $($maybe: unsafe { opened.get(stringify!($maybe)) }.ok().map(|found| *found),)+
                    _opened: opened,
                })
            }
        }
    };
}

functions! {
    required {
        gss_import_name(*mut u32, *mut Bytes, *const Oid, *mut *mut NameRecord);
        gss_display_name(*mut u32, *mut NameRecord, *mut Bytes, *mut *const Oid);
        gss_release_name(*mut u32, *mut *mut NameRecord);
        gss_acquire_cred(
            *mut u32, *mut NameRecord, u32, *const OidSet, c_int,
            *mut *mut CredentialRecord, *mut *mut OidSet, *mut u32
        );
        gss_inquire_cred(
            *mut u32, *mut CredentialRecord, *mut *mut NameRecord, *mut u32, *mut c_int, *mut *mut OidSet
        );
        gss_release_cred(*mut u32, *mut *mut CredentialRecord);
        gss_init_sec_context(
            *mut u32, *mut CredentialRecord, *mut *mut ContextRecord, *mut NameRecord, *const Oid, u32, u32,
            *const Bindings, *mut Bytes, *mut *const Oid, *mut Bytes, *mut u32, *mut u32
        );
        gss_accept_sec_context(
            *mut u32, *mut *mut ContextRecord, *mut CredentialRecord, *mut Bytes, *const Bindings,
            *mut *mut NameRecord, *mut *const Oid, *mut Bytes, *mut u32, *mut u32, *mut *mut CredentialRecord
        );
        gss_delete_sec_context(*mut u32, *mut *mut ContextRecord, *mut Bytes);
        gss_wrap(*mut u32, *mut ContextRecord, c_int, u32, *mut Bytes, *mut c_int, *mut Bytes);
        gss_unwrap(*mut u32, *mut ContextRecord, *mut Bytes, *mut Bytes, *mut c_int, *mut u32);
        gss_get_mic(*mut u32, *mut ContextRecord, u32, *mut Bytes, *mut Bytes);
        gss_verify_mic(*mut u32, *mut ContextRecord, *mut Bytes, *mut Bytes, *mut u32);
        gss_display_status(*mut u32, u32, c_int, *const Oid, *mut u32, *mut Bytes);
        gss_release_buffer(*mut u32, *mut Bytes);
    }
    optional {
        gss_acquire_cred_from(
            *mut u32, *mut NameRecord, u32, *const OidSet, c_int, *const Store,
            *mut *mut CredentialRecord, *mut *mut OidSet, *mut u32
        ) -> Status;
        gss_acquire_cred_with_password(
            *mut u32, *mut NameRecord, *mut Bytes, u32, *const OidSet, c_int,
            *mut *mut CredentialRecord, *mut *mut OidSet, *mut u32
        ) -> Status;
        // Apple's: releases a credential and destroys its tickets.
        gss_destroy_cred(*mut u32, *mut *mut CredentialRecord) -> Status;
        // From the Kerberos library below GSSAPI, to wipe a cache in memory.
        krb5_init_context(*mut *mut c_void) -> i32;
        krb5_cc_resolve(*mut c_void, *const c_char, *mut *mut c_void) -> i32;
        krb5_cc_destroy(*mut c_void, *mut c_void) -> i32;
        krb5_free_context(*mut c_void) -> ();
    }
}

impl Library {
    /// The library of this system; searched for once per process.
    pub(crate) fn open() -> Result<&'static Self, LibraryMissing> {
        static LIBRARY: OnceLock<Result<Library, LibraryMissing>> = OnceLock::new();
        LIBRARY.get_or_init(|| Self::first_of(CANDIDATES)).as_ref().map_err(Clone::clone)
    }

    /// The library without support for named stores, as Apple's; `None` if there is no library.
    #[cfg(test)]
    pub(crate) fn without_stores() -> Option<&'static Self> {
        let mut library = Self::first_of(CANDIDATES).ok()?;
        library.gss_acquire_cred_from = None;
        Some(Box::leak(Box::new(library)))
    }

    fn first_of(candidates: &[&str]) -> Result<Self, LibraryMissing> {
        let mut reasons = Vec::new();
        for candidate in candidates {
            match Self::load(candidate) {
                Ok(library) => return Ok(library),
                Err(error) => {
                    // The error itself only names the C function that failed.
                    let reason = std::error::Error::source(&error).map(ToString::to_string);
                    reasons.push(reason.unwrap_or_else(|| format!("{candidate}: {error}")));
                }
            }
        }
        Err(LibraryMissing { reasons })
    }
}

/// This system has no GSSAPI library, or none that is usable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LibraryMissing {
    reasons: Vec<String>,
}

impl LibraryMissing {
    /// How to install it.
    pub(crate) fn remedy() -> &'static str {
        REMEDY
    }
}

impl fmt::Display for LibraryMissing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing usable was found on this system")?;
        self.reasons.iter().try_for_each(|reason| write!(f, ": {reason}"))
    }
}

impl std::error::Error for LibraryMissing {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_that_is_not_there_is_named_with_its_remedy() {
        let missing = Library::first_of(&["libno-such-library.so.9"]).err().unwrap();
        assert!(missing.to_string().contains("libno-such-library.so.9"), "{missing}");
        assert!(!LibraryMissing::remedy().is_empty());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_library_without_the_functions_is_not_taken() {
        let missing = Library::first_of(&["libc.so.6"]).err().unwrap();
        assert!(missing.to_string().contains("gss_import_name"), "{missing}");
    }
}
