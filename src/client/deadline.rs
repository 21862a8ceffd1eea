//! A deadline for all that is done through one handle of a client: no pause, no wait for a connection and no request outlasts it.
//!
//! It is kept in few places: by the clock of the handle (pauses), by `wire` (requests) and by [`Inner::within`] (what is no
//! request). It never changes what is said of a call: one whose answer the deadline cut off is [`Effect::Unknown`], like any
//! other whose answer was lost.

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

/// The most that is kept back of a time limit for a last look at what was waited for.
const LAST_LOOK: Duration = Duration::from_secs(2);

/// When something has to be over: a length of time, from a moment of the client's clock on.
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

    /// The moment, as a time of the client's clock.
    pub fn at(self) -> Duration {
        self.since.saturating_add(self.limit)
    }

    /// How long there was in all.
    pub fn limit(self) -> Duration {
        self.limit
    }

    /// Until when it may be waited for something to happen, so that what has happened can still be read in time.
    fn last_look(self) -> Duration {
        self.at().saturating_sub(LAST_LOOK.min(self.limit / 10))
    }
}

impl Client {
    /// The same client with a time limit, which begins now; as [`with_deadline`](Self::with_deadline).
    #[must_use]
    pub fn with_timeout(&self, limit: Duration) -> Self {
        self.with_deadline(Deadline::new(self.0.clock.now(), limit))
    }

    /// A handle of the same client through which nothing outlasts `deadline`, nor through the machines, jobs and streams that
    /// come from it: opening connections, waiting for a machine, each request, pauses (also those that a host asks for), reading
    /// back, the merge. What is waited for ends a little earlier (a tenth of the limit, at most 2 s), so that its last state
    /// can still be read.
    ///
    /// What the deadline cuts off ends with [`ErrorKind::TimedOut`]. A call is not begun after it ([`Effect::None`]); of one that
    /// was under way it is not known what became of it ([`Effect::Unknown`]). Connections and all else that the client has
    /// learned are shared with the handle that this is called on. Of two deadlines the earlier one counts.
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

    /// Completes at the deadline; none if there is none.
    pub(crate) fn over(&self) -> Option<Sleep<'_>> {
        self.deadline.map(|deadline| self.clock.reached(deadline.at()))
    }

    /// Until when something may be waited for: as long as it was asked for, within the deadline.
    pub(crate) fn wait_until(&self, asked: Option<Duration>) -> Option<Duration> {
        asked.into_iter().chain(self.deadline.map(Deadline::last_look)).min()
    }

    /// The deadline has passed: before a request was sent, or while its answer was waited for.
    pub(crate) fn timed_out(&self, during: &str, is_sent: bool, effect: Effect) -> Error {
        let after = self.deadline.map(Deadline::limit).unwrap_or_default();
        Error::new(ErrorKind::TimedOut { after, is_sent }, during, effect)
    }

    /// Does what only reads, and is no request of `wire`, within the deadline.
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

/// A clock on which no pause goes beyond a moment.
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
