//! Client settings that reduce protection. None is a default.

use super::ClientBuilder;

impl ClientBuilder {
    /// Settings that reduce protection.
    pub fn dangerous(self) -> DangerousBuilder {
        DangerousBuilder(self)
    }
}

/// Settings that reduce protection; each method says what is lost.
#[derive(Debug)]
#[must_use]
pub struct DangerousBuilder(ClientBuilder);

impl DangerousBuilder {
    /// Allows the password and all messages to be sent unencrypted, readable on the network.
    pub fn allow_plaintext(mut self) -> ClientBuilder {
        self.0.plaintext = true;
        self.0
    }
}
