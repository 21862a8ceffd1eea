//! Access for the benchmarks: both ends of one direction of a session.
//!
//! Its keys are zeros, so it is not secret.

use crate::auth::ntlm::seal::{Keys, Stream};

/// A sender, and a receiver that unseals its messages in order.
pub struct Sealing {
    from: Stream,
    to: Stream,
}

/// A sealed message.
pub type Message = ([u8; 16], Vec<u8>);

impl Sealing {
    /// A session whose key is zeros.
    pub fn new() -> Self {
        let keys = Keys::new(&[0; 16]);
        Self { from: Stream::new(&keys.client, 0), to: Stream::new(&keys.client, 0) }
    }

    /// Seals the next message.
    pub fn seal(&mut self, plain: &[u8]) -> Option<Message> {
        self.from.seal(plain).ok()
    }

    /// The next message, if it is valid; not wiped here, as an answer would not be.
    pub fn unseal(&mut self, (signature, data): &Message) -> Option<Vec<u8>> {
        self.to.unseal(signature, data).ok().map(|mut plain| std::mem::take(&mut *plain))
    }
}

impl Default for Sealing {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Sealing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealing").finish_non_exhaustive()
    }
}
