//! Groups of settings of a client: how long things may take, and how reads are tried again.

use std::time::Duration;

/// How long one request may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Timeouts {
    pub(super) operation: Duration,
    pub(super) connect: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { operation: Duration::from_secs(60), connect: Duration::from_secs(15) }
    }
}

impl Timeouts {
    /// 60 s for an operation, 15 s for a connection.
    pub fn new() -> Self {
        Self::default()
    }

    /// How long the host may take for one operation; by default, and at most on Windows, 60 s. Its answer is waited for half a
    /// minute longer.
    pub fn operation(mut self, timeout: Duration) -> Self {
        self.operation = timeout;
        self
    }

    /// How long opening a connection may take, from the name to the end of the TLS handshake; by default 15 s.
    pub fn connect(mut self, timeout: Duration) -> Self {
        self.connect = timeout;
        self
    }
}

/// How reads that failed are tried again. What changes the host is sent once in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct RetryPolicy {
    pub(super) budget: Option<Duration>,
    pub(super) jitter_seed: Option<u64>,
}

impl RetryPolicy {
    /// A budget of two operation timeouts.
    pub fn new() -> Self {
        Self::default()
    }

    /// How long after its beginning a read may still be tried again; by default two operation timeouts.
    pub fn budget(mut self, budget: Duration) -> Self {
        self.budget = Some(budget);
        self
    }

    /// Seeds the chance by which pauses differ, so that a test sees the same ones each time.
    pub fn jitter_seed(mut self, seed: u64) -> Self {
        self.jitter_seed = Some(seed);
        self
    }
}
