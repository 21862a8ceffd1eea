//! Kerberos, through the system's GSSAPI library, which is opened at first use.
//!
//! The library does the work: it finds KDCs by the system's configuration, keeps tickets in the user's cache, and protects the
//! messages. Nothing is needed at build time. Follows RFC 4121 and RFC 2744; [MS-WSMV], section 2.2.9.1, for the use in WinRM.

mod error;
mod initiator;
mod mechanism;
mod protected;
mod source;
#[cfg_attr(
    not(any(test, feature = "sim")),
    allow(
        dead_code,
        reason = "it is the whole of what both sides need, and the accepting side is the simulator's"
    )
)]
pub(crate) mod sys;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod token;

pub(crate) use error::{KerberosError, Reason};
pub(crate) use initiator::Initiator;
pub(super) use mechanism::Kerberos;
pub(crate) use protected::Protected;
pub(crate) use source::Source;
