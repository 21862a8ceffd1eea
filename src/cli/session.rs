//! The context of a command that talks to a host: client, streams, interruption watch.

use std::{future::Future, sync::Arc};

use hvsnap::{Host, clock::Clock};

use crate::cli::{
    connect::Reattach,
    console::Console,
    failure::Failure,
    interrupt::{Interrupt, Interrupted, nothing_asked},
};

/// One run of a command.
pub(crate) struct Session<'c> {
    pub(crate) host: Host,
    pub(crate) console: &'c mut Console,
    pub(crate) interrupt: Interrupt,
    /// For commands that are shown to the user.
    pub(crate) reattach: Reattach,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Session<'_> {
    /// Runs work that changes nothing; an interruption is reported as such.
    pub(crate) async fn reading<T, E: Into<Failure>>(
        &mut self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Failure> {
        self.interrupt.or(work).await.map_err(nothing_changed)?.map_err(Into::into)
    }
}

/// The failure for an interruption before anything on the host was changed.
pub(crate) fn nothing_changed(_: Interrupted) -> Failure {
    nothing_asked()
}
