//! Kerberos from the host's side, through the system's library and the keytab of the lab.
//!
//! With the client it shares the binding to the C library, which nobody writes twice: a mistake in those calls would not show
//! between the two; foreign clients show it. What is done with the calls is written apart. Follows RFC 2743, section 2.2.2,
//! RFC 4121 and MS-WSMV, section 2.2.9.1.2.

mod keys;
mod refusal;
mod wrap;

use std::fmt;

use super::{Account, Authority, Denied};
use crate::auth::gssapi::sys::Context;
pub(crate) use keys::{KeytabError, ServiceKeys};
use refusal::refusal;

/// `GSS_C_CHANNEL_BOUND_FLAG`, of RFC 5801's authors and MIT Kerberos 1.19: the caller's binding was there and is ours.
const CHANNEL_BOUND: u32 = 2048;

/// Somebody who had a ticket.
pub(super) struct Accepted<'a> {
    pub(super) account: &'a Account,
    pub(super) context: Protected,
    /// What proves the host to the client.
    pub(super) token: Option<Vec<u8>>,
}

/// Takes the client's only token. Asks nobody over the network, but reads and writes the replay cache that the environment
/// (`KRB5RCACHEDIR`) or the library names.
pub(super) fn accept<'a>(authority: &'a Authority, token: &[u8]) -> Result<Accepted<'a>, Denied> {
    let keys = authority.keys.as_ref().ok_or(Denied::NothingInCommon)?;
    let binding = authority.binding.as_ref();
    let mut context = Context::new(keys.library());
    // A wrong binding is an error here; the flag below is missing when the caller sent none.
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

/// What protects the messages of an established context. After an error it is not to be used.
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
