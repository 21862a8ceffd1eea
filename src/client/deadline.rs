//! A deadline for everything done through one handle of a client: pauses, waits for a connection, and requests.
//!
//! It is enforced in three places: by the clock of the handle (pauses), by `wire` (requests) and by [`Inner::within`] (other
//! work). A call whose answer was cut off by the deadline has [`Effect::Unknown`], like any call whose answer was lost.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use crate::{
    client::{Client, Effect, Error, ErrorKind, Inner},
    clock::{Clock, Sleep},
};

/// The longest part of a time limit reserved for a last read of the awaited state.
const LAST_LOOK: Duration = Duration::from_secs(2);

/// A time limit: a duration that starts at a moment of the client's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    since: Duration,
    limit: Duration,
}

impl Deadline {
    /// `limit` after `since`, which is a time of the client's clock ([`Clock::now`]).
    pub fn new(since: Duration, limit: Duration) -> Self {
        Self { since, limit }
    }

    /// The moment of the deadline, as a time of the client's clock.
    pub fn at(self) -> Duration {
        self.since.saturating_add(self.limit)
    }

    /// The whole duration.
    pub fn limit(self) -> Duration {
        self.limit
    }

    /// The end of waiting, early enough that the final state can still be read in time.
    fn last_look(self) -> Duration {
        self.at().saturating_sub(LAST_LOOK.min(self.limit / 10))
    }
}

impl Client {
    /// The same client with a time limit that starts now; as [`with_deadline`](Self::with_deadline).
    #[must_use]
    pub fn with_timeout(&self, limit: Duration) -> Self {
        self.with_deadline(Deadline::new(self.0.clock.now(), limit))
    }

    /// A handle of the same client that is bound to `deadline`. The deadline applies to everything done through it, and through
    /// VMs, jobs and streams that come from it: opening connections, waiting for a VM, each request, pauses (also those that a
    /// host asks for), reading back, the merge. A wait ends a little earlier (a tenth of the limit, at most 2 s), so that the
    /// last state can still be read.
    ///
    /// Work that the deadline cuts off ends with [`ErrorKind::TimedOut`]. A call is not sent after it ([`Effect::None`]); the
    /// outcome of a call in progress is unknown ([`Effect::Unknown`]). The handle shares connections and all other state with the
    /// original one. Of two deadlines the earlier one counts.
    #[must_use]
    pub fn with_deadline(&self, deadline: Deadline) -> Self {
        let earlier = self.0.deadline.filter(|earlier| earlier.at() <= deadline.at()).unwrap_or(deadline);
        let clock = Arc::new(Bounded { clock: Arc::clone(&self.0.clock), at: earlier.at() });
        Self(Arc::new(Inner { clock, deadline: Some(earlier), ..Inner::clone(&self.0) }))
    }

    /// The deadline of this handle, if it has one.
    pub fn deadline(&self) -> Option<Deadline> {
        self.0.deadline
    }
}

impl Inner {
    /// True once the deadline has passed.
    pub(crate) fn is_over(&self) -> bool {
        self.deadline.is_some_and(|deadline| self.clock.now() >= deadline.at())
    }

    /// Completes at the deadline; `None` without one.
    pub(crate) fn over(&self) -> Option<Sleep<'_>> {
        self.deadline.map(|deadline| self.clock.reached(deadline.at()))
    }

    /// The end of a wait: `asked`, if given, but not after the deadline.
    pub(crate) fn wait_until(&self, asked: Option<Duration>) -> Option<Duration> {
        asked.into_iter().chain(self.deadline.map(Deadline::last_look)).min()
    }

    /// The error for a passed deadline: before a request was sent, or while its answer was awaited.
    pub(crate) fn timed_out(&self, during: &str, is_sent: bool, effect: Effect) -> Error {
        let after = self.deadline.map(Deadline::limit).unwrap_or_default();
        Error::new(ErrorKind::TimedOut { after, is_sent }, during, effect)
    }

    /// Runs work that only reads, and is not a single request, within the deadline.
    pub(crate) async fn within<T, E: From<Error>>(
        &self,
        during: &str,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let Some(mut over) = self.over() else { return work.await };
        let mut work = pin!(work);
        poll_fn(|context| match (work.as_mut().poll(context), over.as_mut().poll(context)) {
            (Poll::Ready(done), _) => Poll::Ready(done),
            (Poll::Pending, Poll::Ready(())) => {
                Poll::Ready(Err(self.timed_out(during, true, Effect::None).into()))
            }
            (Poll::Pending, Poll::Pending) => Poll::Pending,
        })
        .await
    }
}

/// A clock whose pauses end at a given moment at the latest.
#[derive(Debug)]
struct Bounded {
    clock: Arc<dyn Clock>,
    at: Duration,
}

impl Clock for Bounded {
    fn now(&self) -> Duration {
        self.clock.now()
    }

    fn wall(&self) -> Duration {
        self.clock.wall()
    }

    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        self.clock.sleep(duration.min(self.at.saturating_sub(self.now())))
    }

    fn reached(&self, time: Duration) -> Sleep<'_> {
        self.clock.reached(time.min(self.at))
    }
}
