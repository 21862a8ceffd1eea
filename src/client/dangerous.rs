//! Client settings that reduce protection. None is a default.

use super::ClientBuilder;

impl ClientBuilder {
    /// Settings that give up protection.
    pub fn dangerous(self) -> DangerousBuilder {
        DangerousBuilder(self)
    }
}

/// Settings that give up protection; each says which.
#[derive(Debug)]
#[must_use]
pub struct DangerousBuilder(ClientBuilder);

impl DangerousBuilder {
    /// Lets the password and all that is said cross the network readable for everybody on the way.
    pub fn allow_plaintext(mut self) -> ClientBuilder {
        self.0.plaintext = true;
        self.0
    }
}
