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
    /// For the commands that are told to the person.
    pub(crate) reattach: Reattach,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Session<'_> {
    /// Does something that changes nothing; an interruption is told as that.
    pub(crate) async fn reading<T, E: Into<Failure>>(
        &mut self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Failure> {
        self.interrupt.or(work).await.map_err(nothing_changed)?.map_err(Into::into)
    }
}

/// Interrupted before anything was sent that changes the host.
pub(crate) fn nothing_changed(_: Interrupted) -> Failure {
    nothing_asked()
}
