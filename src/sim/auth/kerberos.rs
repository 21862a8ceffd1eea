//! Kerberos from the host's side, through the system's library and the keytab of the lab.
//!
//! The one part that is not written apart from the client's: both call the same library, so a mistake in the calls that
//! the two halves share would not show here; foreign clients show it. Follows RFC 4121 and MS-WSMV, section 2.2.9.1.2.

use super::{Account, Authority, Denied};
use crate::auth::gssapi::{Acceptor, KerberosError, Protected, Reason};

impl From<KerberosError> for Denied {
    fn from(error: KerberosError) -> Self {
        match error.reason() {
            Reason::WrongBinding => Self::WrongBinding,
            Reason::Tampered | Reason::OutOfOrder => Self::BadSeal,
            reason => Self::Kerberos(reason),
        }
    }
}

/// Somebody who had a ticket.
pub(super) struct Accepted<'a> {
    pub(super) account: &'a Account,
    pub(super) context: Protected,
    /// What proves the host to the client.
    pub(super) token: Option<Vec<u8>>,
}

/// Takes the client's only token.
pub(super) fn accept<'a>(authority: &'a Authority, token: &[u8]) -> Result<Accepted<'a>, Denied> {
    let keys = authority.keys.as_ref().ok_or(Denied::NothingInCommon)?;
    let mut acceptor = Acceptor::new(keys);
    let binding = authority.binding.as_ref();
    let token = acceptor.step(token, binding.map(|binding| binding.data.as_slice()))?;
    if !acceptor.is_established() {
        return Err(Denied::Malformed("a Kerberos token that leaves something to say"));
    }
    if binding.is_some_and(|binding| binding.strict) && !acceptor.is_channel_bound() {
        return Err(Denied::NoBinding);
    }
    let account = authority.by_principal(&acceptor.caller()?).ok_or(Denied::Logon)?;
    Ok(Accepted { account, context: acceptor.into_protected()?, token })
}
