//! Time as an argument: the clock that client and simulator are given.
//!
//! This module reads no clock itself; the system's clock is implemented where I/O is allowed (`client` and `sim`).
//! A [`VirtualClock`] moves only when somebody sleeps on it or advances it, so that tests never wait.

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

/// A source of time, shared by those who must agree on it.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Time since 1970-01-01T00:00:00Z, to measure with: it never goes back and never stands still, whatever is done to
    /// the system's clock.
    fn now(&self) -> Duration;

    /// Time since 1970-01-01T00:00:00Z, to write down and to compare with what others wrote: what the system's clock shows
    /// at this moment. By default the same as [`now`](Self::now).
    fn wall(&self) -> Duration {
        self.now()
    }

    /// Completes when `duration` has passed on this clock.
    fn sleep(&self, duration: Duration) -> Sleep<'_>;

    /// Completes when [`now`](Self::now) is `time` or later.
    ///
    /// Unlike [`sleep`](Self::sleep) it never moves a clock that only moves when told to: it is for a bound on something else.
    fn reached(&self, time: Duration) -> Sleep<'_> {
        self.sleep(time.saturating_sub(self.now()))
    }
}

/// A length of time as people write it: `250ms`, `5s`, `1m30s`, `2h`. What is less than a millisecond is left out.
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

/// A clock that stands still until it is advanced; sleeping on it advances it at once.
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
    /// A clock that shows `start` (since 1970-01-01T00:00:00Z).
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
        // Advancing and yielding lets whoever serves the other end see the new time first.
        self.advance(duration);
        Box::pin(tokio::task::yield_now())
    }

    fn reached(&self, time: Duration) -> Sleep<'_> {
        Box::pin(async move {
            loop {
                // Made before the look at the clock, so that no movement is missed between the two.
                let moved = self.0.moved.notified();
                if self.now() >= time {
                    return;
                }
                moved.await;
            }
        })
    }
}
