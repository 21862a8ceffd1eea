//! A connector layer for one channel: it allows a single connection.
//!
//! The HTTP library keeps its connection in a pool of its own and silently dials again if that pool seems empty; on a new
//! connection the caller is not authenticated. The layer delays a later dial, which gives the pool time to find the first
//! connection again. Then the dial fails: the first connection is gone, and nothing was written.
//!
//! Nothing simpler keeps reqwest as the HTTP client. Its settings limit idle connections, not new ones. They do not tell that a
//! request uses another connection, nor give access to the host's certificate before the first byte.
//!
//! The layer can also withhold the connection from the request that opened it and give it to the next one. The first token must
//! contain the binding to the host's certificate, which is thus known before anything is written.

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

/// Enough for a connection to return to the pool; spent in full only if there is none.
const WAIT: Duration = Duration::from_millis(250);

type BoxError = Box<dyn Error + Send + Sync>;

#[derive(Clone, Default)]
pub(super) struct SingleConnection(Arc<State>);

#[derive(Default)]
struct State {
    passed: AtomicBool,
    open: AtomicBool,
    entrusted: AtomicBool,
    holding: bool,
    /// The connection, in the library's own type.
    held: Mutex<Option<Box<dyn Any + Send>>>,
}

impl SingleConnection {
    /// A layer that withholds the connection from the first request.
    pub(super) fn holding() -> Self {
        Self(Arc::new(State { holding: true, ..State::default() }))
    }

    /// From now on requests carry data that the host may act on.
    pub(super) fn entrust(&self) {
        self.0.entrusted.store(true, Ordering::Release);
    }

    /// True if data that the host may act on can have been written: the channel carries it, and the connection is established,
    /// TLS included.
    pub(super) fn may_have_passed(&self) -> bool {
        self.0.entrusted.load(Ordering::Acquire) && self.0.open.load(Ordering::Acquire)
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<Box<dyn Any + Send>>> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Layer<S> for SingleConnection {
    type Service = Gated<S>;

    fn layer(&self, connector: S) -> Gated<S> {
        Gated { connector: Arc::new(Mutex::new(connector)), single: self.clone() }
    }
}

/// A connector behind a [`SingleConnection`], shared by all clones; the library clones it several times for each request.
pub(super) struct Gated<S> {
    connector: Arc<Mutex<S>>,
    single: SingleConnection,
}

impl<S> Gated<S> {
    fn connector(&self) -> std::sync::MutexGuard<'_, S> {
        self.connector.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Clone for Gated<S> {
    fn clone(&self) -> Self {
        Self { connector: Arc::clone(&self.connector), single: self.single.clone() }
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
        if let Some(connection) = self.single.held().take().and_then(|held| held.downcast().ok()) {
            return Box::pin(std::future::ready(Ok(*connection)));
        }
        if self.single.0.passed.swap(true, Ordering::AcqRel) {
            return Box::pin(async {
                tokio::time::sleep(WAIT).await;
                Err(ConnectionGone.into())
            });
        }
        let (connecting, single) = (self.connector().call(target), self.single.clone());
        Box::pin(async move {
            let connection = connecting.await?;
            single.0.open.store(true, Ordering::Release);
            if single.0.holding {
                *single.held() = Some(Box::new(connection));
                return Err(ConnectionHeld.into());
            }
            Ok(connection)
        })
    }
}

/// The connection is open and kept for the next request; nothing of this request was written.
#[derive(Debug)]
pub(super) struct ConnectionHeld;

impl fmt::Display for ConnectionHeld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is kept for the next request")
    }
}

impl Error for ConnectionHeld {}

/// The only connection of the channel is gone, and nothing of the request was written.
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
        let (single, dialler) = (SingleConnection::default(), Dialler::default());
        let mut gated = single.layer(dialler.clone());
        single.entrust();
        assert!(!single.may_have_passed());
        assert_eq!(gated.call("host").await.unwrap(), "host");
        assert!(single.may_have_passed());
        // A clone, as the library makes them, is behind the same layer.
        let error = gated.clone().call("host").await.unwrap_err();
        assert!(error.is::<ConnectionGone>(), "{error}");
        assert_eq!(dialler.0.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_gate_that_led_nowhere_stays_closed() {
        let single = SingleConnection::default();
        let mut gated = single.layer(Dialler::default());
        assert_eq!(gated.call("deaf").await.unwrap_err().to_string(), "refused");
        single.entrust();
        assert!(!single.may_have_passed());
        assert!(gated.call("host").await.unwrap_err().is::<ConnectionGone>());
    }

    #[tokio::test]
    async fn a_connection_that_is_held_goes_to_the_second_request_and_to_no_other() {
        let (single, dialler) = (SingleConnection::holding(), Dialler::default());
        let mut gated = single.layer(dialler.clone());
        let error = gated.call("host").await.unwrap_err();
        assert!(error.is::<ConnectionHeld>(), "{error}");
        assert!(!single.may_have_passed());
        assert_eq!(gated.clone().call("host").await.unwrap(), "host");
        let error = gated.call("host").await.unwrap_err();
        assert!(error.is::<ConnectionGone>(), "{error}");
        assert_eq!(dialler.0.load(Ordering::Relaxed), 1);
        single.entrust();
        assert!(single.may_have_passed());
    }
}
