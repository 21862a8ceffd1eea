//! Security contexts: their establishment, and the protection of messages.
//!
//! A replayed or reordered message is a [`Failure`] here, although the library reports a qualified success and returns its
//! content. Follows RFC 2744, sections 2.2, 5.1, 5.19 and 5.31 to 5.33, and RFC 2743, section 1.2.3.

use std::{ffi::c_int, ptr};

use zeroize::Zeroizing;

use super::{
    buffer::Buffer,
    credential::Credential,
    failure::Failure,
    library::Library,
    name::Name,
    types::{Bindings, Bytes, ContextRecord, KERBEROS},
};

const COMPLETE: u32 = 0;
const CONTINUE_NEEDED: u32 = 1;
const NO_CONTEXT: u32 = 8 << 16;
/// The status that we report for a message that is not encrypted, even if its signature is valid.
const BAD_QOP: u32 = 14 << 16;
const QOP_DEFAULT: u32 = 0;

/// The result of one call in the establishment of a context.
pub(crate) struct Leg {
    /// The token for the peer; empty if there is nothing to send.
    pub(crate) token: Vec<u8>,
    pub(crate) is_complete: bool,
    /// The protections of the context, as far as they are decided.
    pub(crate) flags: u32,
}

/// A security context of the library; released, with its keys, when dropped.
pub(crate) struct Context {
    library: &'static Library,
    /// Null before the first call.
    record: *mut ContextRecord,
}

// SAFETY: the record belongs to no thread, and nothing else points to it.
unsafe impl Send for Context {}
// SAFETY: nothing can be done with a shared reference; all functions take an exclusive one.
unsafe impl Sync for Context {}

impl Context {
    pub(crate) fn new(library: &'static Library) -> Self {
        Self { library, record: ptr::null_mut() }
    }

    /// The caller's next call; the first may contact a KDC.
    pub(crate) fn initiate(
        &mut self,
        credential: &mut Credential,
        target: &mut Name,
        flags: u32,
        binding: Option<&[u8]>,
        token: Option<&[u8]>,
    ) -> Result<Leg, Failure> {
        let binding = binding.map(Bindings::lent);
        let mut input = Bytes::lent(token.unwrap_or_default());
        let mut output = Buffer::new(self.library);
        let (mut minor, mut granted) = (0, 0);
        // SAFETY: all that is lent outlives the call; context and buffer take over what comes back.
        let major = unsafe {
            (self.library.gss_init_sec_context)(
                &raw mut minor,
                credential.record(),
                &raw mut self.record,
                target.record(),
                &raw const KERBEROS,
                flags,
                0,
                binding.as_ref().map_or(ptr::null(), ptr::from_ref),
                &raw mut input,
                ptr::null_mut(),
                output.slot(),
                &raw mut granted,
                ptr::null_mut(),
            )
        };
        self.leg("gss_init_sec_context", major, minor, granted, &output)
    }

    /// The host's next call; also returns the caller's name once it is known.
    pub(crate) fn accept(
        &mut self,
        credential: &mut Credential,
        binding: Option<&[u8]>,
        token: &[u8],
    ) -> Result<(Leg, Option<Name>), Failure> {
        let binding = binding.map(Bindings::lent);
        let mut input = Bytes::lent(token);
        let mut output = Buffer::new(self.library);
        let mut caller = Name::empty(self.library);
        let (mut minor, mut granted) = (0, 0);
        // SAFETY: all that is lent outlives the call; context, name and buffer take over what comes back.
        let major = unsafe {
            (self.library.gss_accept_sec_context)(
                &raw mut minor,
                &raw mut self.record,
                credential.record(),
                &raw mut input,
                binding.as_ref().map_or(ptr::null(), ptr::from_ref),
                caller.slot(),
                ptr::null_mut(),
                output.slot(),
                &raw mut granted,
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        let leg = self.leg("gss_accept_sec_context", major, minor, granted, &output)?;
        Ok((leg, Some(caller).filter(|caller| !caller.is_empty())))
    }

    /// Encrypts and signs.
    pub(crate) fn wrap(&mut self, plain: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut input = Bytes::lent(plain);
        let mut output = Buffer::new(self.library);
        let (mut minor, mut encrypted): (u32, c_int) = (0, 0);
        let record = self.begun("gss_wrap")?;
        // SAFETY: the input outlives the call and is only read; the context is alive; the buffer takes over what comes back.
        let major = unsafe {
            (self.library.gss_wrap)(
                &raw mut minor,
                record,
                1,
                QOP_DEFAULT,
                &raw mut input,
                &raw mut encrypted,
                output.slot(),
            )
        };
        self.check("gss_wrap", if encrypted == 0 { major | BAD_QOP } else { major }, minor)?;
        Ok(output.as_slice().to_vec())
    }

    /// Decrypts, and checks signature and order. A message that is only signed is refused.
    pub(crate) fn unwrap(&mut self, token: &[u8]) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let mut input = Bytes::lent(token);
        let mut output = Buffer::new(self.library);
        let (mut minor, mut encrypted): (u32, c_int) = (0, 0);
        let record = self.begun("gss_unwrap")?;
        // SAFETY: as in `wrap`.
        let major = unsafe {
            (self.library.gss_unwrap)(
                &raw mut minor,
                record,
                &raw mut input,
                output.slot(),
                &raw mut encrypted,
                ptr::null_mut(),
            )
        };
        self.check("gss_unwrap", if encrypted == 0 && major == COMPLETE { BAD_QOP } else { major }, minor)?;
        Ok(output.into_wiped())
    }

    /// A signature for a message that is sent with it.
    pub(crate) fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut input = Bytes::lent(message);
        let mut output = Buffer::new(self.library);
        let mut minor = 0;
        let record = self.begun("gss_get_mic")?;
        // SAFETY: as in `wrap`.
        let major = unsafe {
            (self.library.gss_get_mic)(&raw mut minor, record, QOP_DEFAULT, &raw mut input, output.slot())
        };
        self.check("gss_get_mic", major, minor)?;
        Ok(output.as_slice().to_vec())
    }

    /// Checks a signature and its position in the order.
    pub(crate) fn verify(&mut self, message: &[u8], signature: &[u8]) -> Result<(), Failure> {
        let (mut input, mut signature) = (Bytes::lent(message), Bytes::lent(signature));
        let mut minor = 0;
        let record = self.begun("gss_verify_mic")?;
        // SAFETY: as in `wrap`.
        let major = unsafe {
            (self.library.gss_verify_mic)(
                &raw mut minor,
                record,
                &raw mut input,
                &raw mut signature,
                ptr::null_mut(),
            )
        };
        self.check("gss_verify_mic", major, minor)
    }

    /// The context, which must have been begun.
    fn begun(&self, call: &'static str) -> Result<*mut ContextRecord, Failure> {
        if self.record.is_null() {
            return Err(Failure::new(self.library, call, NO_CONTEXT, 0));
        }
        Ok(self.record)
    }

    fn leg(
        &self,
        call: &'static str,
        major: u32,
        minor: u32,
        flags: u32,
        output: &Buffer,
    ) -> Result<Leg, Failure> {
        match major {
            COMPLETE | CONTINUE_NEEDED => {
                let token = output.as_slice().to_vec();
                Ok(Leg { token, is_complete: major == COMPLETE, flags })
            }
            _ => Err(Failure::new(self.library, call, major, minor)),
        }
    }

    fn check(&self, call: &'static str, major: u32, minor: u32) -> Result<(), Failure> {
        match major {
            COMPLETE => Ok(()),
            _ => Err(Failure::new(self.library, call, major, minor)),
        }
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        if !self.record.is_null() {
            let mut minor = 0;
            // SAFETY: the record came from the library and is given back once; no token is asked for.
            unsafe {
                (self.library.gss_delete_sec_context)(&raw mut minor, &raw mut self.record, ptr::null_mut())
            };
        }
    }
}
