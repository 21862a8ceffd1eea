//! The gate of a channel: it lets one connection be opened, ever.
//!
//! It never opens the second one. The HTTP library below keeps its connection in a pool of its own and, when that seems
//! empty, dials again in silence: on a new connection the host knows nobody. So a later dial waits, which leaves the
//! pool time to find the first connection again, and then fails: the first one is gone, and nothing was written.

use std::{
    error::Error,
    fmt,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use tower_layer::Layer;
use tower_service::Service;

/// Long enough for a connection on its way back to the pool; spent in full only when there is none.
const WAIT: Duration = Duration::from_millis(250);

type BoxError = Box<dyn Error + Send + Sync>;

#[derive(Clone, Default)]
pub(super) struct Gate(Arc<State>);

#[derive(Default)]
struct State {
    passed: AtomicBool,
    open: AtomicBool,
}

impl Gate {
    /// Whether the connection was established, TLS included.
    pub(super) fn is_open(&self) -> bool {
        self.0.open.load(Ordering::Acquire)
    }
}

impl<S> Layer<S> for Gate {
    type Service = Gated<S>;

    fn layer(&self, connector: S) -> Gated<S> {
        Gated { connector, gate: self.clone() }
    }
}

/// A connector behind a [`Gate`].
#[derive(Clone)]
pub(super) struct Gated<S> {
    connector: S,
    gate: Gate,
}

impl<S, Target> Service<Target> for Gated<S>
where
    S: Service<Target, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.connector.poll_ready(cx)
    }

    fn call(&mut self, target: Target) -> Self::Future {
        if self.gate.0.passed.swap(true, Ordering::AcqRel) {
            return Box::pin(async {
                tokio::time::sleep(WAIT).await;
                Err(ConnectionGone.into())
            });
        }
        let (connecting, gate) = (self.connector.call(target), self.gate.clone());
        Box::pin(async move {
            let connection = connecting.await?;
            gate.0.open.store(true, Ordering::Release);
            Ok(connection)
        })
    }
}

/// The one connection of the channel is gone, and nothing of the request was written.
#[derive(Debug)]
pub(super) struct ConnectionGone;

impl fmt::Display for ConnectionGone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host has closed the idle connection")
    }
}

impl Error for ConnectionGone {}

#[cfg(test)]
mod tests {
    use super::*;

    /// A connector that counts its calls.
    #[derive(Clone, Default)]
    struct Dialler(Arc<std::sync::atomic::AtomicUsize>);

    impl Service<&'static str> for Dialler {
        type Response = &'static str;
        type Error = BoxError;
        type Future = std::future::Ready<Result<&'static str, BoxError>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, target: &'static str) -> Self::Future {
            self.0.fetch_add(1, Ordering::Relaxed);
            std::future::ready(if target == "deaf" { Err("refused".into()) } else { Ok(target) })
        }
    }

    #[tokio::test]
    async fn the_second_dial_fails_by_name_and_reaches_nobody() {
        let (gate, dialler) = (Gate::default(), Dialler::default());
        let mut gated = gate.layer(dialler.clone());
        assert!(!gate.is_open());
        assert_eq!(gated.call("host").await.unwrap(), "host");
        assert!(gate.is_open());
        // A clone, as the library makes them, is behind the same gate.
        let error = gated.clone().call("host").await.unwrap_err();
        assert!(error.is::<ConnectionGone>(), "{error}");
        assert_eq!(dialler.0.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_gate_that_led_nowhere_stays_closed() {
        let gate = Gate::default();
        let mut gated = gate.layer(Dialler::default());
        assert_eq!(gated.call("deaf").await.unwrap_err().to_string(), "refused");
        assert!(!gate.is_open());
        assert!(gated.call("host").await.unwrap_err().is::<ConnectionGone>());
    }
}
