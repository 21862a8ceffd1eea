//! What can only be waited for by a thread: the system's resolver, and a key distribution centre.
//!
//! There are a few such threads for the whole process, however many hosts are talked to: who comes later waits for one without
//! holding any. It never runs anything that does not wait.

use std::{net::ToSocketAddrs, sync::Arc};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::{
    sync::Semaphore,
    task::{JoinError, spawn_blocking},
};

/// How many wait at a time. A silent KDC keeps one for half a minute.
const THREADS: usize = 16;

static FREE: Semaphore = Semaphore::const_new(THREADS);

/// Does what may wait.
pub(super) async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, JoinError> {
    // The semaphore is never closed. The permit goes with the work, which goes on when nobody waits for it any more.
    let permit = FREE.acquire().await;
    let waited = spawn_blocking(move || {
        let _permit = permit;
        work()
    });
    waited.await
}

/// The system's resolver.
pub(super) struct Resolver;

impl Resolver {
    pub(super) fn shared() -> Arc<Self> {
        Arc::new(Self)
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = on_a_thread(move || (name.as_str(), 0).to_socket_addrs()).await??;
            let found: Addrs = Box::new(found);
            Ok(found)
        })
    }
}
