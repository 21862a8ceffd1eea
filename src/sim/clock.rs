//! The simulator's clock: virtual for tests, real or faster than real for interactive use.
//!
//! The virtual clock moves only by a sleep or an explicit advance. This is the only file of the simulator that reads the system
//! time.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::clock::{Clock, Sleep, VirtualClock};

/// The start of virtual time: 2026-11-23T09:00:00Z.
const START: Duration = Duration::from_secs(1_795_424_400);

/// The time of a simulated host.
///
/// Clones share the same time.
///
/// ```
/// use std::time::Duration;
/// use hvsnap::{clock::{Clock, VirtualClock}, sim::SimClock};
///
/// let shared = VirtualClock::starting_at(Duration::from_secs(2_000_000_000));
/// let clock = SimClock::from(shared.clone());
/// shared.advance(Duration::from_secs(5));
/// assert_eq!(clock.now(), Duration::from_secs(2_000_000_005));
/// ```
#[derive(Clone, Debug)]
pub struct SimClock(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Virtual(VirtualClock),
    Real { start: Duration, since: Instant, speed: f64 },
}

impl SimClock {
    /// The system time, `speed` times as fast; a speed that is not a positive number counts as 1.
    pub fn real(speed: f64) -> Self {
        let speed = if speed.is_finite() && speed > 0.0 { speed.clamp(0.001, 100_000.0) } else { 1.0 };
        let start = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(START);
        Self(Kind::Real { start, since: Instant::now(), speed })
    }

    /// The virtual clock, to be shared with other components; `None` if time is real.
    pub fn virtual_clock(&self) -> Option<VirtualClock> {
        match &self.0 {
            Kind::Virtual(clock) => Some(clock.clone()),
            Kind::Real { .. } => None,
        }
    }
}

impl Default for SimClock {
    /// A new virtual clock.
    fn default() -> Self {
        VirtualClock::starting_at(START).into()
    }
}

impl From<VirtualClock> for SimClock {
    fn from(clock: VirtualClock) -> Self {
        Self(Kind::Virtual(clock))
    }
}

impl Clock for SimClock {
    fn now(&self) -> Duration {
        match &self.0 {
            Kind::Virtual(clock) => clock.now(),
            Kind::Real { start, since, speed } => start.saturating_add(since.elapsed().mul_f64(*speed)),
        }
    }

    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        match &self.0 {
            Kind::Virtual(clock) => clock.sleep(duration),
            Kind::Real { speed, .. } => {
                let real = Duration::try_from_secs_f64(duration.as_secs_f64() / *speed);
                Box::pin(tokio::time::sleep(real.unwrap_or(Duration::MAX)))
            }
        }
    }

    fn reached(&self, time: Duration) -> Sleep<'_> {
        match &self.0 {
            Kind::Virtual(clock) => clock.reached(time),
            Kind::Real { .. } => self.sleep(time.saturating_sub(self.now())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_time_passes_as_fast_as_asked() {
        let clock = SimClock::real(10_000.0);
        let before = clock.now();
        while clock.now() < before + Duration::from_secs(20) {
            std::thread::yield_now();
        }
        assert!(clock.virtual_clock().is_none());
    }

    #[test]
    fn a_senseless_speed_counts_as_one() {
        for speed in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let Kind::Real { speed, .. } = SimClock::real(speed).0 else { panic!("not real") };
            assert!((speed - 1.0).abs() < f64::EPSILON);
        }
    }
}
