//! The host's side of Kerberos, with the system's library and the keytab of the lab.
//!
//! The client shares only the binding to the C library, which would otherwise be written twice. A mistake in those calls would
//! not show between the two; tests with foreign clients show it. All other code is separate. Follows RFC 2743, section 2.2.2, RFC
//! 4121 and MS-WSMV, section 2.2.9.1.2.

mod keys;
mod refusal;
mod wrap;

use std::fmt;

use super::{Account, Authority, Denied};
use crate::auth::gssapi::sys::Context;
pub(crate) use keys::{KeytabError, ServiceKeys};
use refusal::refusal;

/// `GSS_C_CHANNEL_BOUND_FLAG` (the authors of RFC 5801, MIT Kerberos 1.19): the caller sent a binding and it equals ours.
const CHANNEL_BOUND: u32 = 2048;

/// A client with a valid ticket.
pub(super) struct Accepted<'a> {
    pub(super) account: &'a Account,
    pub(super) context: Protected,
    /// The token that proves the host to the client.
    pub(super) token: Option<Vec<u8>>,
}

/// Takes the client's only token. Uses no network, but reads and writes the replay cache that the environment (`KRB5RCACHEDIR`)
/// or the library names.
pub(super) fn accept<'a>(authority: &'a Authority, token: &[u8]) -> Result<Accepted<'a>, Denied> {
    let keys = authority.keys.as_ref().ok_or(Denied::NothingInCommon)?;
    let binding = authority.binding.as_ref();
    let mut context = Context::new(keys.library());
    // A wrong binding is an error here; without a binding the flag below is missing.
    let outcome =
        context.accept(&mut keys.credential(), binding.map(|binding| binding.data.as_slice()), token);
    let (leg, caller) = outcome.map_err(|failure| refusal(&failure))?;
    if !leg.is_complete {
        return Err(Denied::Malformed("a Kerberos token that leaves something to say"));
    }
    if binding.is_some_and(|binding| binding.strict) && leg.flags & CHANNEL_BOUND == 0 {
        return Err(Denied::NoBinding);
    }
    // `user@REALM`
    let caller = caller.ok_or(Denied::Anonymous)?.display().map_err(|failure| refusal(&failure))?;
    let account = authority.by_principal(&caller).ok_or(Denied::Logon)?;
    let token = Some(leg.token).filter(|token| !token.is_empty());
    Ok(Accepted { account, context: Protected(context), token })
}

/// The protection of messages in an established context. After an error it must not be used.
pub(super) struct Protected(Context);

impl Protected {
    /// Decrypts, and checks signature and order.
    pub(super) fn unseal(&mut self, signature: &[u8], data: &[u8]) -> Result<Vec<u8>, Denied> {
        let token = wrap::joined(signature, data)?;
        let plain = self.0.unwrap(&token).map_err(|failure| refusal(&failure))?;
        Ok(plain.to_vec())
    }

    /// Encrypts and signs: signature and data, which are as long as the message.
    pub(super) fn seal(&mut self, plain: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Denied> {
        let token = self.0.wrap(plain).map_err(|failure| refusal(&failure))?;
        wrap::split(&token, plain.len()).ok_or(Denied::Kerberos("an encryption type that cannot be split"))
    }
}

impl fmt::Debug for Protected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Protected(..)")
    }
}
