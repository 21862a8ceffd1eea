//! An established context that seals and signs messages.
//!
//! After the first error the owner must drop the context. Nothing here blocks. Follows RFC 4121, section 4.2.

use std::fmt;

use zeroize::Zeroizing;

use super::{
    error::KerberosError,
    sys::Context,
    token::{self, Sender},
};
use crate::auth::Sealed;

/// The protection of one connection's messages, on either side of it.
pub(crate) struct Protected {
    context: Context,
    own: Sender,
}

impl Protected {
    pub(super) fn new(context: Context, own: Sender) -> Self {
        Self { context, own }
    }

    /// Encrypts and signs; the data are as long as the message.
    pub(crate) fn seal(&mut self, plain: &[u8]) -> Result<Sealed, KerberosError> {
        Ok(token::split(self.context.wrap(plain)?, plain.len())?)
    }

    /// Decrypts, and checks signature and order.
    pub(crate) fn unseal(
        &mut self,
        signature: &[u8],
        data: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, KerberosError> {
        let peer = match self.own {
            Sender::Initiator => Sender::Acceptor,
            Sender::Acceptor => Sender::Initiator,
        };
        Ok(self.context.unwrap(&token::join(signature, data, peer)?)?)
    }

    /// A signature for a message that is sent with it.
    pub(crate) fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>, KerberosError> {
        Ok(self.context.sign(message)?)
    }

    /// Checks a signature and its position in the order.
    pub(crate) fn verify(&mut self, message: &[u8], signature: &[u8]) -> Result<(), KerberosError> {
        Ok(self.context.verify(message, signature)?)
    }
}

impl fmt::Debug for Protected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Protected").field("own", &self.own).finish_non_exhaustive()
    }
}
