//! Memory that the library has allocated.
//!
//! Content to keep must be copied. Follows RFC 2744, section 3.2.

use std::slice;

use zeroize::{Zeroize, Zeroizing};

use super::{library::Library, types::Bytes};

/// An output of the library; released when dropped.
pub(super) struct Buffer {
    library: &'static Library,
    bytes: Bytes,
}

impl Buffer {
    pub(super) fn new(library: &'static Library) -> Self {
        Self { library, bytes: Bytes::EMPTY }
    }

    /// Where the library stores the address of its allocation.
    pub(super) fn slot(&mut self) -> *mut Bytes {
        &raw mut self.bytes
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        let (value, length) = (self.bytes.value, self.bytes.length);
        if value.is_null() || length == 0 {
            return &[];
        }
        // SAFETY: the library allocated so many bytes there, and frees them only in `drop`.
        unsafe { slice::from_raw_parts(value.cast(), length) }
    }

    /// A copy of the content; the library's memory is overwritten.
    pub(super) fn into_wiped(self) -> Zeroizing<Vec<u8>> {
        let copy = Zeroizing::new(self.as_slice().to_vec());
        let (value, length) = (self.bytes.value, self.bytes.length);
        if !copy.is_empty() {
            // SAFETY: as above; nothing else points to this memory, and no slice of it is alive.
            unsafe { slice::from_raw_parts_mut(value.cast::<u8>(), length) }.zeroize();
        }
        copy
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let mut minor = 0;
        // SAFETY: the structure is empty or as the library left it.
        unsafe { (self.library.gss_release_buffer)(&raw mut minor, self.slot()) };
    }
}
