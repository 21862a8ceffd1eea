//! Names of users and services.
//!
//! The library resolves a name only when it is used. Follows RFC 2744, section 3.10.

use std::ptr;

use super::{
    buffer::Buffer,
    failure::Failure,
    library::Library,
    types::{Bytes, HOST_BASED_SERVICE, NameRecord, PRINCIPAL},
};

/// The form of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameKind {
    /// `service@host`; the realm comes from the library's configuration.
    HostBasedService,
    /// `user@REALM`, `service/host@REALM`.
    Principal,
}

/// A name of the library; released when dropped.
pub(crate) struct Name {
    library: &'static Library,
    record: *mut NameRecord,
}

// SAFETY: the record belongs to no thread, and nothing else points to it.
unsafe impl Send for Name {}
// SAFETY: a shared reference allows nothing; all functions take an exclusive one. Exclusive access is needed because
// Apple's library, without a lock, adds to a name what it finds out about it.
unsafe impl Sync for Name {}

impl Name {
    pub(crate) fn import(library: &'static Library, text: &str, kind: NameKind) -> Result<Self, Failure> {
        let mut name = Self::empty(library);
        let mut text = Bytes::lent(text.as_bytes());
        let kind = match kind {
            NameKind::HostBasedService => &raw const HOST_BASED_SERVICE,
            NameKind::Principal => &raw const PRINCIPAL,
        };
        let mut minor = 0;
        // SAFETY: the text is alive and only read; the record takes over what comes back.
        let major = unsafe { (library.gss_import_name)(&raw mut minor, &raw mut text, kind, name.slot()) };
        if major != 0 {
            return Err(Failure::new(library, "gss_import_name", major, minor));
        }
        Ok(name)
    }

    /// The display form of the name, with the realm.
    pub(crate) fn display(&mut self) -> Result<String, Failure> {
        let mut text = Buffer::new(self.library);
        let mut minor = 0;
        // SAFETY: the record is the library's own and alive; the buffer takes over what comes back.
        let major = unsafe {
            (self.library.gss_display_name)(&raw mut minor, self.record, text.slot(), ptr::null_mut())
        };
        if major != 0 {
            return Err(Failure::new(self.library, "gss_display_name", major, minor));
        }
        Ok(String::from_utf8_lossy(text.as_slice()).into_owned())
    }

    pub(super) fn empty(library: &'static Library) -> Self {
        Self { library, record: ptr::null_mut() }
    }

    /// Where the library stores a name; must be empty before.
    pub(super) fn slot(&mut self) -> *mut *mut NameRecord {
        &raw mut self.record
    }

    pub(super) fn is_empty(&self) -> bool {
        self.record.is_null()
    }

    pub(super) fn record(&mut self) -> *mut NameRecord {
        self.record
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        if !self.record.is_null() {
            let mut minor = 0;
            // SAFETY: the record came from the library and is given back once.
            unsafe { (self.library.gss_release_name)(&raw mut minor, self.slot()) };
        }
    }
}
