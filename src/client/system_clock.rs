//! The system's clock.
//!
//! Durations use the monotonic clock. On Linux and macOS that clock stops while the system sleeps. A sleep is detected because
//! the wall clock has advanced more, and is counted as well.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use crate::clock::{Clock, Sleep};

/// Timers also stop while the system sleeps; this is the longest time until a sleep is noticed.
const LONGEST_SLICE: Duration = Duration::from_secs(1);
/// The least advance of the wall clock that counts as a sleep and not as a correction.
const LEAST_SLEEP: Duration = Duration::from_secs(1);

/// Real time.
#[derive(Debug)]
pub struct SystemClock {
    began: Instant,
    wall: Duration,
    offsets: Mutex<Offsets>,
}

impl SystemClock {
    /// Starts at the current wall clock time.
    pub fn new() -> Self {
        let wall = system_time();
        let offsets = Offsets { awake: Duration::ZERO, wall, asleep: Duration::ZERO };
        Self { began: Instant::now(), wall, offsets: Mutex::new(offsets) }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        let mut offsets = self.offsets.lock().unwrap_or_else(PoisonError::into_inner);
        self.wall.saturating_add(offsets.elapsed(self.began.elapsed(), system_time()))
    }

    fn wall(&self) -> Duration {
        system_time()
    }

    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        let end = self.now().saturating_add(duration);
        Box::pin(async move {
            let mut left = duration;
            loop {
                tokio::time::sleep(left.min(LONGEST_SLICE)).await;
                left = end.saturating_sub(self.now());
                if left.is_zero() {
                    return;
                }
            }
        })
    }
}

fn system_time() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

/// Computes the elapsed time from two clocks, neither of which is sufficient alone.
#[derive(Debug)]
struct Offsets {
    /// The monotonic clock at the last reading.
    awake: Duration,
    /// The wall clock at the last reading.
    wall: Duration,
    /// The total time that the system has slept.
    asleep: Duration,
}

impl Offsets {
    fn elapsed(&mut self, awake: Duration, wall: Duration) -> Duration {
        // With two threads, the later reading may arrive first.
        let awake = awake.max(self.awake);
        let ahead = wall.saturating_sub(self.wall).saturating_sub(awake.saturating_sub(self.awake));
        if ahead >= LEAST_SLEEP {
            self.asleep = self.asleep.saturating_add(ahead);
        }
        (self.awake, self.wall) = (awake, wall);
        self.awake.saturating_add(self.asleep)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// The elapsed time after each reading of (monotonic, wall), in seconds.
    fn elapsed(looks: &[(u32, u32)]) -> Vec<u64> {
        let mut offsets = Offsets { awake: Duration::ZERO, wall: 1_000 * SECOND, asleep: Duration::ZERO };
        let look = |(awake, wall): &(u32, u32)| offsets.elapsed(*awake * SECOND, *wall * SECOND).as_secs();
        looks.iter().map(look).collect()
    }

    #[test]
    fn a_wall_clock_that_is_set_back_makes_nothing_longer() {
        assert_eq!(elapsed(&[(1, 1_001), (2, 2), (3, 3), (10, 10)]), [1, 2, 3, 10]);
    }

    #[test]
    fn a_sleep_of_the_system_counts_once() {
        assert_eq!(elapsed(&[(1, 1_001), (2, 4_602), (3, 4_603), (4, 4_604)]), [1, 3_602, 3_603, 3_604]);
        // On systems whose monotonic clock includes the sleep.
        assert_eq!(elapsed(&[(1, 1_001), (3_602, 4_602), (3_603, 4_603)]), [1, 3_602, 3_603]);
    }

    #[test]
    fn a_wall_clock_that_is_set_forward_and_back_does_not_stop_time() {
        assert_eq!(elapsed(&[(1, 9_001), (2, 1_002), (3, 1_003)]), [8_001, 8_002, 8_003]);
    }

    #[test]
    fn small_corrections_do_not_add_up() {
        let mut offsets = Offsets { awake: Duration::ZERO, wall: SECOND, asleep: Duration::ZERO };
        for step in 1..=1_000 {
            offsets.elapsed(SECOND * step, SECOND + (SECOND + Duration::from_millis(2)) * step);
        }
        assert_eq!(offsets.elapsed(SECOND * 1_000, SECOND * 1_003), SECOND * 1_000);
    }

    #[tokio::test]
    async fn a_pause_lasts_as_long_as_it_was_told_to() {
        let clock = SystemClock::new();
        let before = clock.now();
        clock.sleep(Duration::from_millis(20)).await;
        assert!(clock.now() >= before + Duration::from_millis(20));
        clock.reached(before).await;
    }
}
