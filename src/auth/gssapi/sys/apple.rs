//! Tickets by password with Apple's GSS.framework, in a cache in memory; only a CoreFoundation dictionary can request them.
//!
//! Written from Apple's published sources, and never run. `gss_acquire_cred_with_password` moves the ticket into the cache of
//! the user's session, where it can replace another one; `gss_aapl_initial_cred` accepts the name of a cache. The keys are
//! macros whose values are their own names (gssapi_apple.h). CoreFoundation keeps a copy of the password that cannot be wiped.

use std::{
    ffi::{CStr, c_char, c_uchar, c_void},
    ptr,
    sync::OnceLock,
};

use super::{
    failure::Failure,
    types::{CredentialRecord, KERBEROS, NameRecord, Oid},
};

const CALL: &str = "gss_aapl_initial_cred";
/// `GSS_S_NO_CRED`. Used for every error of the framework, because each may mean that the KDC has refused the password.
const NO_CREDENTIAL: u32 = 7 << 16;
/// `kCFStringEncodingUTF8`
const UTF_8: u32 = 0x0800_0100;
/// The longest description that is read, in bytes.
const DESCRIPTION: usize = 512;

const GSS: &str = "/System/Library/Frameworks/GSS.framework/GSS";
const CORE_FOUNDATION: &str = "/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation";

type Object = *const c_void;

/// Name, mechanism, a dictionary of attributes, the credential, an error.
type InitialCred =
    unsafe extern "C" fn(*mut NameRecord, *const Oid, Object, *mut *mut CredentialRecord, *mut Object) -> u32;

/// The functions that are needed from both frameworks.
struct Frameworks {
    initial_cred: InitialCred,
    string: unsafe extern "C" fn(Object, *const u8, isize, u32, c_uchar) -> Object,
    dictionary: unsafe extern "C" fn(Object, *const Object, *const Object, isize, Object, Object) -> Object,
    description: unsafe extern "C" fn(Object) -> Object,
    c_string: unsafe extern "C" fn(Object, *mut c_char, isize, u32) -> c_uchar,
    release: unsafe extern "C" fn(Object),
    /// The addresses of `kCFTypeDictionaryKeyCallBacks` and `…Value…`, which are constants.
    key_calls: usize,
    value_calls: usize,
    /// Keeps the frameworks open as long as the functions can be called.
    _opened: [libloading::Library; 2],
}

impl Frameworks {
    fn open() -> Option<&'static Self> {
        static FRAMEWORKS: OnceLock<Option<Frameworks>> = OnceLock::new();
        FRAMEWORKS.get_or_init(|| Self::load().ok()).as_ref()
    }

    fn load() -> Result<Self, libloading::Error> {
        // SAFETY: system libraries whose initialisers are made to run in any program that links to them.
        let (gss, core) =
            unsafe { (libloading::Library::new(GSS)?, libloading::Library::new(CORE_FOUNDATION)?) };
        // SAFETY: the names are those of C functions with exactly these arguments, and of two constants that are pointed to.
        unsafe {
            let key_calls: Object = *core.get("kCFTypeDictionaryKeyCallBacks")?;
            let value_calls: Object = *core.get("kCFTypeDictionaryValueCallBacks")?;
            Ok(Self {
                initial_cred: *gss.get("gss_aapl_initial_cred")?,
                string: *core.get("CFStringCreateWithBytes")?,
                dictionary: *core.get("CFDictionaryCreate")?,
                description: *core.get("CFErrorCopyDescription")?,
                c_string: *core.get("CFStringGetCString")?,
                release: *core.get("CFRelease")?,
                key_calls: key_calls.expose_provenance(),
                value_calls: value_calls.expose_provenance(),
                _opened: [gss, core],
            })
        }
    }

    fn string(&'static self, text: &str) -> Owned {
        let length = isize::try_from(text.len()).unwrap_or(0);
        // SAFETY: the bytes are alive and only read; the object is given back by its owner.
        Owned(self, unsafe { (self.string)(ptr::null(), text.as_ptr(), length, UTF_8, 0) })
    }

    /// The description of an error.
    fn words(&'static self, error: &Owned) -> String {
        if error.1.is_null() {
            return String::new();
        }
        // SAFETY: the error is alive; the description is given back by its owner.
        let description = Owned(self, unsafe { (self.description)(error.1) });
        let mut text = [0_u8; DESCRIPTION];
        let length = isize::try_from(text.len()).unwrap_or(0);
        // SAFETY: the buffer has this length, and what is written ends with a zero or is not looked at.
        let written = !description.1.is_null()
            && unsafe { (self.c_string)(description.1, text.as_mut_ptr().cast(), length, UTF_8) } != 0;
        let read = CStr::from_bytes_until_nul(&text).ok().filter(|_| written);
        read.map(|text| text.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

/// An object of CoreFoundation; released when dropped.
struct Owned(&'static Frameworks, Object);

impl Drop for Owned {
    fn drop(&mut self) {
        if !self.1.is_null() {
            // SAFETY: it was made for us, and is given back once.
            unsafe { (self.0.release)(self.1) };
        }
    }
}

/// Asks the KDC for a ticket now, and stores it in the cache of this name (`MEMORY:…`).
pub(super) fn initial_credential(
    name: *mut NameRecord,
    password: &str,
    cache: &CStr,
    credential: *mut *mut CredentialRecord,
) -> Result<(), Failure> {
    let apple = Frameworks::open().ok_or_else(|| Failure::absent(CALL))?;
    let keys = [apple.string("kGSSICPassword"), apple.string("kGSSICKerberosCacheName")];
    let values = [apple.string(password), apple.string(&cache.to_string_lossy())];
    if keys.iter().chain(&values).any(|object| object.1.is_null()) {
        return Err(Failure::told(CALL, NO_CREDENTIAL, "the password cannot be passed on"));
    }
    let (key_list, value_list) = (keys.each_ref().map(|key| key.1), values.each_ref().map(|value| value.1));
    // SAFETY: both lists have two objects that are alive, and the constants are for objects of any kind; the dictionary retains
    // what is in it, and is given back by its owner.
    let attributes = Owned(apple, unsafe {
        (apple.dictionary)(
            ptr::null(),
            key_list.as_ptr(),
            value_list.as_ptr(),
            2,
            ptr::with_exposed_provenance(apple.key_calls),
            ptr::with_exposed_provenance(apple.value_calls),
        )
    });
    let mut error = Owned(apple, ptr::null());
    // SAFETY: name, mechanism and attributes are alive; credential and error take over what comes back.
    let major = unsafe {
        (apple.initial_cred)(name, &raw const KERBEROS, attributes.1, credential, &raw mut error.1)
    };
    if major != 0 {
        return Err(Failure::told(CALL, NO_CREDENTIAL, &apple.words(&error)));
    }
    Ok(())
}
