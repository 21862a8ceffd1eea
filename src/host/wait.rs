//! How deep and how long to wait, as one value.

use std::time::Duration;

use crate::{client::Inner as Client, host::Until};

/// How deep and how long to wait for an operation.
///
/// An [`Until`] alone is one without a limit, so that `job.wait(Until::Merged, …)` works too. The deadline of a client's or a
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
    /// Waits as deep as this, for as long as it takes.
    pub fn until(until: Until) -> Self {
        Self { until, timeout: None }
    }

    /// For so long at most.
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

    /// When the waiting ends, on the clock that it is measured with; the deadline of the handle is one as well.
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
