//! How deep and how long to wait, as one value.

use std::time::Duration;

use crate::{client::Inner as Client, host::Until};

/// How deep and how long to wait for an operation.
///
/// An [`Until`] alone means without a limit, so `job.wait(Until::Merged, …)` works too. The deadline of a client's or a
/// host's handle ends the waiting in any case.
///
/// ```
/// use std::time::Duration;
///
/// use hvsnap::{Until, Wait};
///
/// let wait = Wait::until(Until::JobEnded).timeout(Duration::from_secs(3600));
/// assert_eq!(Wait::from(Until::JobEnded), Wait::until(Until::JobEnded));
/// # assert_ne!(wait, Until::JobEnded.into());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Wait {
    until: Until,
    timeout: Option<Duration>,
}

impl Wait {
    /// Waits as deep as this, without a time limit.
    pub fn until(until: Until) -> Self {
        Self { until, timeout: None }
    }

    /// Waits for at most this long.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How deep.
    pub(super) fn depth(self) -> Until {
        self.until
    }

    /// How long at most, if that is bounded.
    pub(super) fn limit(self) -> Option<Duration> {
        self.timeout
    }

    /// When the waiting ends, on the client's clock; the deadline of the handle counts too.
    pub(super) fn deadline(self, client: &Client) -> Option<Duration> {
        let now = client.clock.now();
        client.wait_until(self.timeout.map(|timeout| now.saturating_add(timeout)))
    }
}

impl From<Until> for Wait {
    fn from(until: Until) -> Self {
        Self::until(until)
    }
}
