//! Polling intervals: short at first, then longer.
//!
//! Time is an argument: it never sleeps and never reads a clock. The bounds are our choice: 0.25 s to see the end of a short job
//! quickly, 2 s to keep the load of a long one low.

use std::time::Duration;

/// The first pause.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Paces the polling of one object, with a deadline.
#[derive(Clone, Debug)]
pub(crate) struct Poller {
    pause: Duration,
    deadline: Option<Duration>,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Poll again after this long.
    After(Duration),
    /// The deadline has passed.
    Expired,
}

impl Poller {
    /// Starts pacing; `deadline` is on the clock whose time is passed to [`next`](Self::next).
    pub(crate) fn new(deadline: Option<Duration>) -> Self {
        Self { pause: FIRST_PAUSE, deadline }
    }

    /// How long to wait after a poll without a change.
    ///
    /// The last pause ends at the deadline, so that the state at the deadline is known.
    pub(crate) fn next(&mut self, now: Duration) -> Pace {
        let left = match self.deadline {
            Some(deadline) => match deadline.checked_sub(now) {
                Some(left) if !left.is_zero() => left,
                _ => return Pace::Expired,
            },
            None => Duration::MAX,
        };
        let pause = self.pause.min(left);
        self.pause = self.pause.saturating_mul(2).min(LONGEST_PAUSE);
        Pace::After(pause)
    }

    /// Something changed: poll quickly again.
    pub(crate) fn reset(&mut self) {
        self.pause = FIRST_PAUSE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(pace: Pace) -> Option<u128> {
        match pace {
            Pace::After(pause) => Some(pause.as_millis()),
            Pace::Expired => None,
        }
    }

    #[test]
    fn pauses_double_from_a_quarter_second_to_two_seconds() {
        let mut poller = Poller::new(None);
        let pauses: Vec<_> = (0..6).map(|_| millis(poller.next(Duration::ZERO)).unwrap()).collect();
        assert_eq!(pauses, [250, 500, 1000, 2000, 2000, 2000]);
        poller.reset();
        assert_eq!(millis(poller.next(Duration::ZERO)), Some(250));
    }

    #[test]
    fn the_last_pause_ends_at_the_deadline_and_then_it_is_over() {
        let mut poller = Poller::new(Some(Duration::from_millis(1_000)));
        assert_eq!(millis(poller.next(Duration::from_millis(0))), Some(250));
        assert_eq!(millis(poller.next(Duration::from_millis(900))), Some(100));
        assert_eq!(poller.next(Duration::from_millis(1_000)), Pace::Expired);
        assert_eq!(poller.next(Duration::from_millis(5_000)), Pace::Expired);
    }
}
