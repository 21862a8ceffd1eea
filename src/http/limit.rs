//! The time limits of a request: the time for its answer, and the caller's deadline.
//!
//! The deadline is a future, so that callers can use virtual time.

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::Poll,
    time::Duration,
};

/// Completes when the caller's deadline has passed.
type Over<'l> = Pin<Box<dyn Future<Output = ()> + Send + 'l>>;

/// The time limits of one request.
pub(crate) struct Limit<'l> {
    /// The time from the first dial to the last byte of the answer.
    pub(super) answer: Duration,
    over: Option<Over<'l>>,
}

impl<'l> Limit<'l> {
    /// Limits the answer to `answer`. The wait for a free connection is limited by `over` only.
    pub(crate) fn new(answer: Duration, over: Option<Over<'l>>) -> Self {
        Self { answer, over }
    }

    /// Completes the work; `None` if the caller's deadline passes first.
    pub(super) async fn uncut<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        let Some(over) = &mut self.over else { return Some(work.await) };
        let mut work = pin!(work);
        poll_fn(|context| match (work.as_mut().poll(context), over.as_mut().poll(context)) {
            (Poll::Ready(done), _) => Poll::Ready(Some(done)),
            (Poll::Pending, Poll::Ready(())) => Poll::Ready(None),
            (Poll::Pending, Poll::Pending) => Poll::Pending,
        })
        .await
    }
}

impl fmt::Debug for Limit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limit").field("answer", &self.answer).field("is_cut", &self.over.is_some()).finish()
    }
}
