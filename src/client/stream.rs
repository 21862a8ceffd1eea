//! An enumeration as a [`Stream`], for use with stream combinators.
//!
//! A page is requested only when the stream is polled. Dropping the stream drops, and so releases, the enumeration.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;

use crate::client::{Enumeration, Error};

type Step<T> = Pin<Box<dyn Future<Output = (Box<Enumeration<T>>, Result<Option<T>, Error>)> + Send>>;

/// The instances of a query as a stream; ends after the first error.
pub struct InstanceStream<T> {
    state: State<T>,
}

enum State<T> {
    Idle(Box<Enumeration<T>>),
    Asking(Step<T>),
    Over,
}

impl<T> fmt::Debug for InstanceStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstanceStream").finish_non_exhaustive()
    }
}

impl<T: Send + 'static> Enumeration<T> {
    /// Turns the enumeration into a stream.
    pub fn into_stream(self) -> InstanceStream<T> {
        InstanceStream { state: State::Idle(Box::new(self)) }
    }
}

impl<T: Send + Unpin + 'static> Stream for InstanceStream<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut step: Step<T> = match std::mem::replace(&mut self.state, State::Over) {
            State::Idle(mut enumeration) => Box::pin(async move {
                let item = enumeration.next().await;
                (enumeration, item)
            }),
            State::Asking(step) => step,
            State::Over => return Poll::Ready(None),
        };
        match step.as_mut().poll(context) {
            Poll::Pending => {
                self.state = State::Asking(step);
                Poll::Pending
            }
            Poll::Ready((enumeration, Ok(Some(item)))) => {
                self.state = State::Idle(enumeration);
                Poll::Ready(Some(Ok(item)))
            }
            Poll::Ready((_, Ok(None))) => Poll::Ready(None),
            Poll::Ready((_, Err(error))) => Poll::Ready(Some(Err(error))),
        }
    }
}
