//! The C structures and object identifiers of the library's interface.
//!
//! None of these types owns memory. Follows RFC 2744, section 3 and appendix A; RFC 1964, section 2 for Kerberos names.

use std::{
    ffi::{c_char, c_void},
    ptr,
};

// Names, credentials and contexts are opaque.
#[repr(C)]
pub(super) struct NameRecord([u8; 0]);
#[repr(C)]
pub(super) struct CredentialRecord([u8; 0]);
#[repr(C)]
pub(super) struct ContextRecord([u8; 0]);

// Apple's and MIT's headers pack the structures of RFC 2744 to two bytes on Intel Macs, and nowhere else.
macro_rules! structures {
    ($($(#[$doc:meta])+ struct $name:ident { $($field:ident: $type:ty,)+ })+) => { $(
        $(#[$doc])+
        #[cfg_attr(all(target_os = "macos", target_arch = "x86_64"), repr(C, packed(2)))]
        #[cfg_attr(not(all(target_os = "macos", target_arch = "x86_64")), repr(C))]
        pub(super) struct $name { $(pub(super) $field: $type,)+ }
    )+ };
}

structures! {
    /// `gss_buffer_desc`
    struct Bytes {
        length: usize,
        value: *mut c_void,
    }

    /// `gss_OID_desc`
    struct Oid {
        length: u32,
        elements: *const c_void,
    }

    /// `gss_OID_set_desc`
    struct OidSet {
        count: usize,
        elements: *const Oid,
    }

    /// `gss_channel_bindings_struct`; the address type 0 is "unspecified"
    struct Bindings {
        initiator_type: u32,
        initiator: Bytes,
        acceptor_type: u32,
        acceptor: Bytes,
        application_data: Bytes,
    }
}

/// `gss_key_value_element_desc`
#[repr(C)]
pub(super) struct StoreElement {
    pub(super) key: *const c_char,
    pub(super) value: *const c_char,
}

/// `gss_key_value_set_desc`
#[repr(C)]
pub(super) struct Store {
    pub(super) count: u32,
    pub(super) elements: *const StoreElement,
}

impl Bytes {
    pub(super) const EMPTY: Self = Self { length: 0, value: ptr::null_mut() };

    /// Lends a slice to the library, which may only read it, and only while the slice lives.
    pub(super) fn lent(slice: &[u8]) -> Self {
        Self { length: slice.len(), value: slice.as_ptr().cast_mut().cast() }
    }
}

impl Bindings {
    /// The binding with application data lent from this slice.
    pub(super) fn lent(application_data: &[u8]) -> Self {
        Self {
            initiator_type: 0,
            initiator: Bytes::EMPTY,
            acceptor_type: 0,
            acceptor: Bytes::EMPTY,
            application_data: Bytes::lent(application_data),
        }
    }
}

// SAFETY: the elements are static bytes that are never written.
unsafe impl Sync for Oid {}
// SAFETY: the elements are a static that is never written.
unsafe impl Sync for OidSet {}

impl Oid {
    const fn new<const LENGTH: u32>(elements: &'static [u8]) -> Self {
        Self { length: LENGTH, elements: elements.as_ptr().cast() }
    }
}

/// 1.2.840.113554.1.2.2: Kerberos V5.
pub(super) static KERBEROS: Oid = Oid::new::<9>(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2]);
/// Kerberos V5 only.
pub(super) static ONLY_KERBEROS: OidSet = OidSet { count: 1, elements: &raw const KERBEROS };
/// 1.2.840.113554.1.2.1.4: `service@host`.
pub(super) static HOST_BASED_SERVICE: Oid = Oid::new::<10>(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 1, 4]);
/// 1.2.840.113554.1.2.2.1: a principal in the notation of Kerberos.
pub(super) static PRINCIPAL: Oid = Oid::new::<10>(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2, 1]);
