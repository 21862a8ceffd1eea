//! The gate of a channel: it lets one connection be opened, ever.
//!
//! It never opens the second one. The HTTP library below keeps its connection in a pool of its own and, when that seems
//! empty, dials again in silence: on a new connection the host knows nobody. So a later dial waits, which leaves the
//! pool time to find the first connection again, and then fails: the first one is gone, and nothing was written.
//!
//! Nothing simpler keeps reqwest as the HTTP client: its own settings bound the connections that rest, not those that are opened,
//! and tell neither that a request goes out on another connection nor what the host's certificate was before the first byte.
//!
//! A gate may also hold the connection back from the request that opened it and give it to the next: so what a first
//! token must contain, the binding to the host's certificate, is known before anything is written.

use std::{
    any::Any,
    error::Error,
    fmt,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
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
    entrusted: AtomicBool,
    holding: bool,
    /// The connection, of the library's own type.
    held: Mutex<Option<Box<dyn Any + Send>>>,
}

impl Gate {
    /// A gate that holds the connection back from the first request.
    pub(super) fn holding() -> Self {
        Self(Arc::new(State { holding: true, ..State::default() }))
    }

    /// Says that from now on requests carry what the host may act on.
    pub(super) fn entrust(&self) {
        self.0.entrusted.store(true, Ordering::Release);
    }

    /// Whether anything that the host may act on can have been written: it was entrusted to the channel, and the
    /// connection was established, TLS included.
    pub(super) fn may_have_passed(&self) -> bool {
        self.0.entrusted.load(Ordering::Acquire) && self.0.open.load(Ordering::Acquire)
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<Box<dyn Any + Send>>> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Layer<S> for Gate {
    type Service = Gated<S>;

    fn layer(&self, connector: S) -> Gated<S> {
        Gated { connector: Arc::new(Mutex::new(connector)), gate: self.clone() }
    }
}

/// A connector behind a [`Gate`]: one for all clones, of which the library makes several with each request.
pub(super) struct Gated<S> {
    connector: Arc<Mutex<S>>,
    gate: Gate,
}

impl<S> Gated<S> {
    fn connector(&self) -> std::sync::MutexGuard<'_, S> {
        self.connector.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Clone for Gated<S> {
    fn clone(&self) -> Self {
        Self { connector: Arc::clone(&self.connector), gate: self.gate.clone() }
    }
}

impl<S, Target> Service<Target> for Gated<S>
where
    S: Service<Target, Error = BoxError>,
    S::Future: Send + 'static,
    S::Response: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.connector().poll_ready(cx)
    }

    fn call(&mut self, target: Target) -> Self::Future {
        if let Some(connection) = self.gate.held().take().and_then(|held| held.downcast().ok()) {
            return Box::pin(std::future::ready(Ok(*connection)));
        }
        if self.gate.0.passed.swap(true, Ordering::AcqRel) {
            return Box::pin(async {
                tokio::time::sleep(WAIT).await;
                Err(ConnectionGone.into())
            });
        }
        let (connecting, gate) = (self.connector().call(target), self.gate.clone());
        Box::pin(async move {
            let connection = connecting.await?;
            gate.0.open.store(true, Ordering::Release);
            if gate.0.holding {
                *gate.held() = Some(Box::new(connection));
                return Err(ConnectionHeld.into());
            }
            Ok(connection)
        })
    }
}

/// The connection stands, and is kept for the next request: nothing of this one was written.
#[derive(Debug)]
pub(super) struct ConnectionHeld;

impl fmt::Display for ConnectionHeld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is kept for the next request")
    }
}

impl Error for ConnectionHeld {}

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
        gate.entrust();
        assert!(!gate.may_have_passed());
        assert_eq!(gated.call("host").await.unwrap(), "host");
        assert!(gate.may_have_passed());
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
        gate.entrust();
        assert!(!gate.may_have_passed());
        assert!(gated.call("host").await.unwrap_err().is::<ConnectionGone>());
    }

    #[tokio::test]
    async fn a_connection_that_is_held_goes_to_the_second_request_and_to_no_other() {
        let (gate, dialler) = (Gate::holding(), Dialler::default());
        let mut gated = gate.layer(dialler.clone());
        let error = gated.call("host").await.unwrap_err();
        assert!(error.is::<ConnectionHeld>(), "{error}");
        assert!(!gate.may_have_passed());
        assert_eq!(gated.clone().call("host").await.unwrap(), "host");
        let error = gated.call("host").await.unwrap_err();
        assert!(error.is::<ConnectionGone>(), "{error}");
        assert_eq!(dialler.0.load(Ordering::Relaxed), 1);
        gate.entrust();
        assert!(gate.may_have_passed());
    }
}
