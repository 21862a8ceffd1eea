//! Groups of client settings: time limits and retry.

use std::time::Duration;

/// The time limits of one request.
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
    /// The defaults: 60 s for an operation, 15 s for a connection.
    pub fn new() -> Self {
        Self::default()
    }

    /// The time for the host to perform one operation; by default 60 s, which is also the maximum on Windows. The client waits
    /// half a minute longer for the answer.
    pub fn operation(mut self, timeout: Duration) -> Self {
        self.operation = timeout;
        self
    }

    /// The time to open a connection, from name resolution to the end of the TLS handshake; by default 15 s.
    pub fn connect(mut self, timeout: Duration) -> Self {
        self.connect = timeout;
        self
    }
}

/// The retry of failed reads. Requests that change the host are sent once in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct RetryPolicy {
    pub(super) budget: Option<Duration>,
    pub(super) jitter_seed: Option<u64>,
}

impl RetryPolicy {
    /// The default: a budget of two operation timeouts.
    pub fn new() -> Self {
        Self::default()
    }

    /// The time after its start within which a read may be tried again; by default two operation timeouts.
    pub fn budget(mut self, budget: Duration) -> Self {
        self.budget = Some(budget);
        self
    }

    /// Seeds the random part of the pauses, so that a test gets the same ones each time.
    pub fn jitter_seed(mut self, seed: u64) -> Self {
        self.jitter_seed = Some(seed);
        self
    }
}
