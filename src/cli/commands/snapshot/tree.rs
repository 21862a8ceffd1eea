//! `snapshot tree`: the snapshots of a VM as a tree.

use clap::Args;

use super::{answer, read};
use crate::cli::{
    answer::Answer,
    commands::{HostCommand, ListArgs, vm::VmArgs},
    failure::Failure,
    render::{Line, tree},
    session::Session,
};

/// Draw the tree of a VM's snapshots
#[derive(Debug, Args)]
#[command(after_help = "\
\"● now\" marks the snapshot that the VM's current state descends from.
Snapshots more than 64 levels deep are not indented; their level is shown instead.

Example:
  hvsnap snapshot tree web-01")]
pub(crate) struct Tree {
    #[command(flatten)]
    pub(in crate::cli::commands) which: VmArgs,

    #[command(flatten)]
    pub(in crate::cli::commands) how: ListArgs,
}

impl HostCommand for Tree {
    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let (_, tree) = read(session, &self.which.vm).await?;
        let shown = tree::shown(&tree, |_| Line::new(), self.how.layout(session.console));
        answer(session, &tree, shown)
    }
}
