//! Kerberos, through the system's GSSAPI library, which is opened when it is first needed.
//!
//! It never implements Kerberos, needs nothing at build time, and never reads a ticket: the library finds KDCs by the
//! configuration of the system, keeps tickets where the user keeps them, and protects the messages. RFC 4121, RFC 2744;
//! [MS-WSMV], section 2.2.9.1 for how WinRM carries it.

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
