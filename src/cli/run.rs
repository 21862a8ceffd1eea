//! The context of one run: arguments, streams, start time.

use std::{future::Future, sync::Arc};

use hvsnap::journal::FileJournal;

use crate::cli::{
    answer::Answer,
    args::Cli,
    commands::HostCommand,
    connect::{self, HostSettings, Reached, Reattach},
    console::Console,
    failure::Failure,
    recent::Recent,
    session::Session,
    start::{self, Start},
    state,
};

/// The context that every command gets.
pub(crate) struct Run<'r> {
    pub(crate) cli: &'r Cli,
    pub(crate) console: &'r mut Console,
    pub(crate) start: &'r Start,
}

impl Run<'_> {
    /// The journal of this user.
    pub(crate) fn journal(&self) -> Result<Arc<FileJournal>, Failure> {
        state::journal(&self.cli.run)
    }

    /// The connection flags of this run, for displayed commands.
    pub(crate) fn reattach(&self) -> Reattach {
        Reattach::new(&self.cli.connection, &self.cli.run)
    }

    /// Runs a command on the given host.
    pub(crate) fn on_host(self, command: &impl HostCommand) -> Result<Answer, Failure> {
        let start = self.start;
        let host_settings =
            HostSettings { journal: self.journal()?, on_busy: command.on_busy(), deadline: start.deadline };
        let Reached { host, cluster } =
            connect::reach(self.console, &self.cli.connection, &start.clock, host_settings)?;
        start.interrupt.uses(&host);
        let reattach = self.reattach();
        let mut session = Session {
            host,
            cluster,
            node: None,
            console: self.console,
            interrupt: start.interrupt,
            reattach,
            clock: Arc::clone(&start.clock),
            recent: Recent::default(),
        };
        let ended = on_a_runtime(command.run(&mut session));
        if let Some(owner) = connect::owner(&self.cli.connection) {
            session.recent.store(&owner);
        }
        match session.node {
            Some(node) => ended.map(|answer| answer.on_node(&node)).map_err(|failure| failure.on_node(node)),
            None => ended,
        }
    }
}

/// Runs work on a runtime; one thread is enough for a client of one host.
pub(crate) fn on_a_runtime<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(start::failed)?;
    let ended = runtime.block_on(work);
    // An open question must not delay the end of the process.
    runtime.shutdown_background();
    ended
}
