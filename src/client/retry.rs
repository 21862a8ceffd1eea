//! Retry of reads: back-off with jitter, a bound on attempts and time, and a pause for an overloaded host.
//!
//! Calls are never retried. A host that reports overload (quota, `w:QuotaLimit`, 503) pauses all reads of the client, for
//! `Retry-After` if given (RFC 9110, section 10.2.3) but at most a minute, and reduces it to one connection. No pause exceeds
//! the deadline. Time and randomness come from outside.

use std::{
    fmt,
    future::Future,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tracing::{debug, warn};

use crate::{
    client::{Deadline, Effect, Error, ErrorKind, Inner, fault::classify},
    codes::Category,
    http::HttpErrorKind,
    violation::Violation,
};

/// The number of attempts for a read, the first included.
pub(super) const ATTEMPTS: u32 = 4;
/// The number of consecutive failed reads allowed while waiting for a job or a merge.
pub(super) const FAILURES: u32 = 12;
/// The pause before the second try; doubled before each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// The longest pause that a host can ask for: an intermediary might ask for a century.
const LONGEST_REQUESTED: Duration = Duration::from_secs(60);
/// The number of consecutive successful answers after which the host counts as recovered.
const CALM: u32 = 8;

/// The retry state that all requests of a client share.
pub(crate) struct Retry {
    /// The time after its start within which a read may be tried again.
    budget: Duration,
    state: Mutex<State>,
}

struct State {
    /// The state of the random sequence for jitter.
    chance: u64,
    /// The earliest time for the next request.
    not_before: Duration,
    /// The pause that the host has asked for, until it is logged.
    unreported: Option<Duration>,
    /// The number of overload answers since the host last recovered.
    complaints: u32,
    /// Successful answers since the last overload.
    calm: u32,
}

impl Retry {
    pub(super) fn new(budget: Duration, seed: u64) -> Self {
        let state =
            State { chance: seed, not_before: Duration::ZERO, unreported: None, complaints: 0, calm: 0 };
        Self { budget, state: Mutex::new(state) }
    }

    /// The state for another host, with the same policy.
    pub(super) fn another(&self) -> Self {
        Self::new(self.budget, self.state().draw())
    }

    /// The pause after the `failures`th failure: doubled each time up to a limit, then a random part from half to all of it.
    fn pause(&self, failures: u32) -> Duration {
        let doubled = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
        let half = FIRST_PAUSE.saturating_mul(doubled).min(LONGEST_PAUSE) / 2;
        let nanos = u64::try_from(half.as_nanos()).unwrap_or(u64::MAX);
        half + Duration::from_nanos(self.state().draw() % nanos.saturating_add(1))
    }

    /// Records that the host is overloaded.
    pub(super) fn overloaded(&self, now: Duration, retry_after: Option<Duration>) {
        let complaints = {
            let mut state = self.state();
            state.complaints = state.complaints.saturating_add(1);
            state.calm = 0;
            state.complaints
        };
        // One step longer than the pause of a single request.
        let requested = retry_after.unwrap_or_default().min(LONGEST_REQUESTED);
        let pause = self.pause(complaints.saturating_add(1)).max(requested);
        debug!(?pause, "host overloaded: all requests wait");
        let mut state = self.state();
        state.not_before = state.not_before.max(now.saturating_add(pause));
        state.unreported = retry_after.or(state.unreported);
    }

    /// Records an answer without overload; true once the host has recovered.
    pub(super) fn answered(&self) -> bool {
        let mut state = self.state();
        if state.complaints == 0 {
            return false;
        }
        state.calm += 1;
        if state.calm >= CALM {
            (state.complaints, state.calm) = (0, 0);
        }
        state.complaints == 0
    }

    /// The earliest time for the next request.
    fn not_before(&self) -> Duration {
        self.state().not_before
    }

    /// Waits until requests are allowed again, or until the deadline.
    pub(super) async fn until_allowed(&self, inner: &Inner) {
        loop {
            let left = self.not_before().saturating_sub(inner.clock.now());
            if left.is_zero() || inner.is_over() {
                return;
            }
            let left = match inner.deadline {
                Some(deadline) => left.min(deadline.at().saturating_sub(inner.clock.now())),
                None => left,
            };
            if let Some(asked) = self.state().unreported.take() {
                warn!("host overloaded: it asked to wait {} s; waiting {} s", seconds(asked), seconds(left));
            }
            inner.clock.sleep(left).await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// SplitMix64 (Steele, Lea, Flood 2014): well distributed, not cryptographic.
    fn draw(&mut self) -> u64 {
        self.chance = self.chance.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.chance;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

impl fmt::Debug for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry").field("budget", &self.budget).finish_non_exhaustive()
    }
}

/// Whole seconds, rounded up.
fn seconds(length: Duration) -> u64 {
    length.as_secs().saturating_add(u64::from(length.subsec_nanos() > 0))
}

/// The attempts of one read: their number, and the time until which it may be tried.
pub(super) struct Again {
    failures: u32,
    deadline: Duration,
}

impl Again {
    pub(super) fn new(inner: &Inner) -> Self {
        let budget = inner.clock.now().saturating_add(inner.retry.budget);
        let deadline = inner.deadline.map_or(budget, |deadline| deadline.at().min(budget));
        Self { failures: 0, deadline }
    }

    /// The final outcome of an attempt; `None` when it is time for the next one.
    pub(super) async fn after<T>(
        &mut self,
        inner: &Inner,
        outcome: Result<T, Error>,
    ) -> Option<Result<T, Error>> {
        match outcome {
            Err(error) if is_passing(&error) && self.waits(inner, &error).await => None,
            // A read changes nothing, whatever its outcome.
            outcome => Some(outcome.map_err(|error| error.with_effect(Effect::None))),
        }
    }

    /// Waits for the next attempt; false if none is allowed or the time is up.
    async fn waits(&mut self, inner: &Inner, error: &Error) -> bool {
        self.failures += 1;
        if self.failures >= ATTEMPTS {
            return false;
        }
        wait(inner, self.failures, Some(self.deadline), error).await
    }
}

/// An error that is, or contains, a failed request.
pub(crate) trait Failed: Sized {
    /// The failed request, if there is one.
    fn client(&self) -> Option<&Error>;
    /// The same error with another effect.
    fn with_effect(self, effect: Effect) -> Self;
}

impl Failed for Error {
    fn client(&self) -> Option<&Error> {
        Some(self)
    }

    fn with_effect(self, effect: Effect) -> Self {
        Self::with_effect(self, effect)
    }
}

/// Repeats a read until it succeeds, while waiting for a job or a merge; temporary errors do not end the wait.
///
/// Returns the error if it is not temporary, at the deadline (including the handle's own), or after [`FAILURES`] in a row. Its
/// effect is unknown, because the operation on the host may continue.
pub(crate) async fn retry_until<T, E: Failed, F>(
    inner: &Inner,
    deadline: Option<Duration>,
    mut read: impl FnMut() -> F,
) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
{
    let deadline = deadline.into_iter().chain(inner.deadline.map(Deadline::at)).min();
    let mut failures = 0;
    loop {
        let error = match read().await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let Some(cause) = error.client().filter(|cause| passes_in_time(cause)) else { return Err(error) };
        failures += 1;
        if failures == 1 && matches!(cause.kind(), ErrorKind::Connection(error) if error.is_unreached()) {
            warn!("the host does not answer ({}), retrying", cause.kind());
        }
        if failures >= FAILURES || !wait(inner, failures, deadline, cause).await {
            return Err(error.with_effect(Effect::Unknown));
        }
    }
}

/// Waits for the next attempt; false if that would be after the deadline. After an overload the shared pause is enough.
async fn wait(inner: &Inner, failures: u32, deadline: Option<Duration>, error: &Error) -> bool {
    let pause = if error.is_busy() { Duration::ZERO } else { inner.retry.pause(failures) };
    let at = inner.clock.now().saturating_add(pause).max(inner.retry.not_before());
    if deadline.is_some_and(|deadline| at > deadline) {
        if let Some(asked) = inner.retry.state().unreported.take() {
            warn!("host overloaded: it asked to wait {} s, which is longer than is waited", seconds(asked));
        }
        return false;
    }
    debug!(failures, cause = %error.kind(), "{}: trying again", error.during());
    inner.clock.sleep(pause).await;
    true
}

/// True for an error that may be gone at the next attempt: a lost connection or identity, a time-out, overload.
fn is_passing(error: &Error) -> bool {
    match error.kind() {
        // Another connection authenticates again.
        ErrorKind::Connection(error)
            if matches!(error.0.kind(), HttpErrorKind::ConnectionLost | HttpErrorKind::IdentityLost(_)) =>
        {
            true
        }
        ErrorKind::Fault(fault)
            if matches!(classify(fault), Category::TimedOut | Category::EnumerationLost) =>
        {
            true
        }
        _ => error.is_busy(),
    }
}

/// True for an error that may pass during a longer wait: also an unreachable host, a restarting service, a garbled answer.
///
/// Never a refusal of the user, which might lock the account, and no sign of tampering.
pub(super) fn passes_in_time(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Connection(error) => matches!(
            error.0.kind(),
            HttpErrorKind::NameResolution
                | HttpErrorKind::ConnectRefused
                | HttpErrorKind::Unreachable
                | HttpErrorKind::ConnectTimedOut(_)
                | HttpErrorKind::AnswerTimedOut(_)
                | HttpErrorKind::ConnectionLost
                | HttpErrorKind::IdentityLost(_)
                | HttpErrorKind::Proxy(_)
                | HttpErrorKind::Violation(
                    Violation::BadHttp | Violation::AnswerTooLong | Violation::IdentityDropped
                )
        ),
        ErrorKind::Status(status) => matches!(status, 429 | 500..=599),
        ErrorKind::Fault(fault) => matches!(
            classify(fault),
            Category::TimedOut | Category::Overloaded | Category::EnumerationLost | Category::Provider
        ),
        ErrorKind::Protocol(_) | ErrorKind::NotSoap(_) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_bound_and_keep_at_least_a_half() {
        let retry = Retry::new(Duration::from_secs(60), 7);
        for (failures, whole) in [(1, 250), (2, 500), (3, 1_000), (6, 8_000), (7, 15_000), (40, 15_000)] {
            for _ in 0..50 {
                let pause = retry.pause(failures).as_millis();
                assert!((whole / 2..=whole).contains(&pause), "{failures}: {pause}");
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_pauses_and_another_seed_others() {
        let pauses = |seed| {
            let retry = Retry::new(Duration::from_secs(60), seed);
            (1..8).map(|failures| retry.pause(failures)).collect::<Vec<_>>()
        };
        assert_eq!(pauses(7), pauses(7));
        assert_ne!(pauses(7), pauses(8));
    }

    #[test]
    fn complaints_lengthen_the_pause_of_all_until_the_host_is_calm() {
        let retry = Retry::new(Duration::from_secs(60), 7);
        let now = Duration::from_secs(1_000);
        retry.overloaded(now, None);
        let first = retry.not_before();
        assert!(first > now && first <= now + Duration::from_millis(500), "{first:?}");
        retry.overloaded(first, Some(Duration::from_secs(30)));
        assert_eq!(retry.not_before(), first + Duration::from_secs(30));
        // A shorter pause does not reduce a longer one.
        retry.overloaded(first, None);
        assert_eq!(retry.not_before(), first + Duration::from_secs(30));
        // No pause is longer than a minute, whatever the host asks for.
        for asked in [Duration::from_secs(86_400), Duration::MAX] {
            retry.overloaded(first, Some(asked));
            assert_eq!(retry.not_before(), first + Duration::from_secs(60));
        }
        for _ in 1..CALM {
            assert!(!retry.answered());
        }
        assert!(retry.answered());
        assert!(!retry.answered(), "told once");
    }
}
