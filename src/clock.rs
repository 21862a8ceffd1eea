//! Time as an argument: the clock of client and simulator.
//!
//! The system's clock is implemented where I/O is allowed (`client` and `sim`). A [`VirtualClock`] moves only by a sleep or an
//! explicit advance, so that tests never wait.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::Notify;

/// What [`Clock::sleep`] returns.
pub type Sleep<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// A source of time; components that must agree on the time share one.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Time since 1970-01-01T00:00:00Z, for measurements: it never goes back and never stops, even if the system's clock is
    /// changed.
    fn now(&self) -> Duration;

    /// Time since 1970-01-01T00:00:00Z, for records and for comparison with other records: the current time of the system's
    /// clock. By default the same as [`now`](Self::now).
    fn wall(&self) -> Duration {
        self.now()
    }

    /// Completes when `duration` has passed on this clock.
    fn sleep(&self, duration: Duration) -> Sleep<'_>;

    /// Completes when [`now`](Self::now) is `time` or later.
    ///
    /// Unlike [`sleep`](Self::sleep) it does not advance a virtual clock: use it as a limit on other work.
    fn reached(&self, time: Duration) -> Sleep<'_> {
        self.sleep(time.saturating_sub(self.now()))
    }
}

/// A duration in readable form: `250ms`, `5s`, `1m30s`, `2h`. Fractions of a millisecond are dropped.
///
/// ```
/// use std::time::Duration;
/// use hvsnap::clock::shown;
///
/// assert_eq!(shown(Duration::from_millis(90_500)).to_string(), "1m30s500ms");
/// assert_eq!(shown(Duration::ZERO).to_string(), "0s");
/// ```
pub fn shown(length: Duration) -> impl fmt::Display {
    struct Shown(Duration);

    impl fmt::Display for Shown {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let (seconds, millis) = (self.0.as_secs(), u64::from(self.0.subsec_millis()));
            if seconds == 0 && millis == 0 {
                return f.write_str("0s");
            }
            [(seconds / 3_600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s"), (millis, "ms")]
                .into_iter()
                .filter(|(number, _)| *number > 0)
                .try_for_each(|(number, unit)| write!(f, "{number}{unit}"))
        }
    }

    Shown(length)
}

/// A clock that stands still until it is advanced; a sleep advances it at once.
///
/// Clones share the same time.
///
/// ```
/// use std::time::Duration;
/// use hvsnap::clock::{Clock, VirtualClock};
///
/// let clock = VirtualClock::starting_at(Duration::from_secs(1_000));
/// clock.advance(Duration::from_secs(5));
/// assert_eq!(clock.now(), Duration::from_secs(1_005));
/// ```
#[derive(Clone, Debug)]
pub struct VirtualClock(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    now: Mutex<Duration>,
    moved: Notify,
}

impl VirtualClock {
    /// A clock set to `start` (since 1970-01-01T00:00:00Z).
    pub fn starting_at(start: Duration) -> Self {
        Self(Arc::new(Shared { now: Mutex::new(start), moved: Notify::new() }))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let mut now = self.0.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.saturating_add(by);
        drop(now);
        self.0.moved.notify_waiters();
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Duration {
        *self.0.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        // Advance and yield, so that the task at the other end sees the new time first.
        self.advance(duration);
        Box::pin(tokio::task::yield_now())
    }

    fn reached(&self, time: Duration) -> Sleep<'_> {
        Box::pin(async move {
            loop {
                // Made before the clock is read, so that no advance in between is missed.
                let moved = self.0.moved.notified();
                if self.now() >= time {
                    return;
                }
                moved.await;
            }
        })
    }
}
