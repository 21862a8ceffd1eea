//! The host's side of Kerberos, with the keys in a keytab, built from the same parts as the client's, for tests of those parts.
//!
//! It reports the caller's name and admits every caller. Follows RFC 2743, section 2.2.2.

use std::{
    ffi::CString,
    fmt,
    sync::{Arc, Mutex},
};

use crate::auth::gssapi::{
    KerberosError, Protected, Reason,
    source::{Shared, lock},
    sys::{Context, Credential, Library, Name, Usage},
    token::Sender,
};

/// `GSS_C_CHANNEL_BOUND_FLAG` (the authors of RFC 5801, MIT Kerberos 1.19): the caller sent a binding and it equals ours.
const CHANNEL_BOUND: u32 = 2048;

/// The keys of a service, shared by all its connections.
#[derive(Clone)]
pub(crate) struct ServiceKeys {
    library: &'static Library,
    credential: Shared,
}

impl ServiceKeys {
    /// All keys in a keytab: a caller may name any service in it.
    pub(crate) fn from_keytab(path: &str) -> Result<Self, KerberosError> {
        let library = Library::open()?;
        let path = CString::new(path).unwrap();
        let credential = Credential::from_store(library, None, Usage::Accept, &[(c"keytab", &path)], None)?;
        Ok(Self { library, credential: Arc::new(Mutex::new(credential)) })
    }
}

/// A context that is being established.
pub(crate) struct Acceptor {
    keys: ServiceKeys,
    /// `None` after an error has ended the exchange.
    context: Option<Context>,
    caller: Option<Name>,
    flags: u32,
    is_established: bool,
}

impl Acceptor {
    pub(crate) fn new(keys: &ServiceKeys) -> Self {
        let context = Some(Context::new(keys.library));
        Self { keys: keys.clone(), context, caller: None, flags: 0, is_established: false }
    }

    /// The next token to the caller, if any. Uses no network, but reads and writes the replay cache that the environment
    /// (`KRB5RCACHEDIR`) or the library names.
    pub(crate) fn step(
        &mut self,
        token: &[u8],
        binding: Option<&[u8]>,
    ) -> Result<Option<Vec<u8>>, KerberosError> {
        let mut context = self.context.take().ok_or(Reason::NotInTurn)?;
        if self.is_established {
            return Err(Reason::NotInTurn.into());
        }
        let (leg, caller) = context.accept(&mut lock(&self.keys.credential), binding, token)?;
        self.context = Some(context);
        self.caller = caller.or(self.caller.take());
        (self.flags, self.is_established) = (leg.flags, leg.is_complete);
        Ok(Some(leg.token).filter(|token| !token.is_empty()))
    }

    pub(crate) fn is_established(&self) -> bool {
        self.is_established
    }

    /// True if the caller has sent the binding that was given to [`Self::step`]. A wrong binding is an error there; this is
    /// false if the caller sent none.
    pub(crate) fn is_channel_bound(&self) -> bool {
        self.flags & CHANNEL_BOUND != 0
    }

    /// The name of the caller: `user@REALM`.
    pub(crate) fn caller(&mut self) -> Result<String, KerberosError> {
        Ok(self.caller.as_mut().ok_or(Reason::NotInTurn)?.display()?)
    }

    /// The protection of messages, once the context is established.
    pub(crate) fn into_protected(self) -> Result<Protected, KerberosError> {
        let context = self.context.filter(|_| self.is_established).ok_or(Reason::NotInTurn)?;
        Ok(Protected::new(context, Sender::Acceptor))
    }
}

impl fmt::Debug for ServiceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServiceKeys(..)")
    }
}

impl fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acceptor").field("is_established", &self.is_established).finish_non_exhaustive()
    }
}
