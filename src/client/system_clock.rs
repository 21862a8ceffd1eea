//! The system's clock, for clients outside of tests.
//!
//! It never goes back within one client: the wall clock is read once, and a monotonic clock counts from there.

use std::time::{Duration, Instant, SystemTime};

use crate::clock::{Clock, Sleep};

/// Real time.
#[derive(Debug)]
pub struct SystemClock {
    started: Instant,
    wall: Duration,
}

impl SystemClock {
    /// Reads the wall clock once and counts from there.
    pub fn new() -> Self {
        let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self { started: Instant::now(), wall }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.wall.saturating_add(self.started.elapsed())
    }

    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        Box::pin(tokio::time::sleep(duration))
    }
}
