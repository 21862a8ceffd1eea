//! Serialises the first logon with a password: one connection tries it, the others wait.
//!
//! A wrong password is tried once, however many requests start together. After it is accepted, requests no longer wait.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Mutex, MutexGuard};

use super::{HttpError, HttpErrorKind, Written, pool::EndpointContext};

/// Whether the host has accepted the credentials; until then one attempt at a time.
#[derive(Default)]
pub(super) struct Logon {
    is_accepted: AtomicBool,
    first: Mutex<()>,
}

/// The right to try the credentials; held until the host has accepted or refused them.
pub(super) struct Attempt<'l>(
    #[expect(dead_code, reason = "it counts as long as it is held")] Option<MutexGuard<'l, ()>>,
);

impl Logon {
    pub(super) fn accepted(&self) {
        self.is_accepted.store(true, Ordering::Release);
    }

    /// Attempts are serialised again from now on.
    pub(super) fn refused(&self) {
        self.is_accepted.store(false, Ordering::Release);
    }

    async fn attempt(&self) -> Attempt<'_> {
        if self.is_accepted.load(Ordering::Acquire) {
            return Attempt(None);
        }
        let first = self.first.lock().await;
        Attempt(Some(first).filter(|_| !self.is_accepted.load(Ordering::Acquire)))
    }
}

impl EndpointContext {
    /// Waits for the right to try the credentials.
    ///
    /// # Errors
    /// The host's answer, if it has refused the credentials before.
    pub(super) async fn attempt(&self) -> Result<Attempt<'_>, HttpError> {
        let attempt = self.logon.attempt().await;
        match self.credentials.refusal_for(self.authority()) {
            None => Ok(attempt),
            Some((place, refusal)) => {
                let kind = HttpErrorKind::NotAuthenticated {
                    tried: refusal.tried,
                    mechanism: refusal.mechanism,
                    offered: refusal.offered,
                };
                let error = HttpError::new(&place.into(), kind, Written::Nothing);
                Err(error.with_source("the password was refused before, and is not tried again"))
            }
        }
    }
}
