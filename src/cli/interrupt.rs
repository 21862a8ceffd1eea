//! Ctrl-C, and the system's request to terminate.
//!
//! Watched from one moment on, so that none is lost between two waits; what an interruption means, each command says.

use std::{
    future::{Future, poll_fn},
    io,
    pin::pin,
    task::{Context, Poll},
};

/// The watch.
pub(crate) struct Interrupt {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
    #[cfg(windows)]
    signal: tokio::signal::windows::CtrlC,
}

/// The work was interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interrupted;

impl Interrupt {
    /// Begins to watch; from now on an interruption no longer ends the process by itself.
    pub(crate) fn watch() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self { signals: [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?] })
        }
        #[cfg(windows)]
        {
            Ok(Self { signal: tokio::signal::windows::ctrl_c()? })
        }
    }

    /// Does the work to its end, or drops it where it stands at the next interruption.
    pub(crate) async fn or<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Interrupted> {
        let mut work = pin!(work);
        poll_fn(|context| match (work.as_mut().poll(context), self.poll_seen(context)) {
            (Poll::Ready(done), _) => Poll::Ready(Ok(done)),
            (_, Poll::Ready(())) => Poll::Ready(Err(Interrupted)),
            _ => Poll::Pending,
        })
        .await
    }

    fn poll_seen(&mut self, context: &mut Context<'_>) -> Poll<()> {
        #[cfg(unix)]
        {
            // Each is asked, so that each wakes this task.
            let seen = self.signals.each_mut().map(|signal| signal.poll_recv(context).is_ready());
            if seen.contains(&true) { Poll::Ready(()) } else { Poll::Pending }
        }
        #[cfg(windows)]
        {
            self.signal.poll_recv(context).map(|_| ())
        }
    }
}
