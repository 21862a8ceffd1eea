//! `snapshot list`: the snapshots of a VM as a table.

use clap::Args;

use super::{answer, read};
use crate::cli::{
    answer::Answer,
    commands::{HostCommand, vm::VmArgs},
    failure::Failure,
    render::{Line, style, table::Table, time, tree},
    session::Session,
};

/// List the snapshots of a VM
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  hvsnap snapshot list web-01")]
pub(crate) struct List {
    #[command(flatten)]
    which: VmArgs,
}

impl HostCommand for List {
    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let (_, tree) = read(session, &self.which.vm).await?;
        let mut table = Table::new(&["NAME", "CREATED (UTC)", "KIND", "PATH", "ID"]);
        for snapshot in tree.snapshots() {
            let kind = tree::traits(snapshot).join(", ");
            let kind = if kind.is_empty() { snapshot.kind.to_string() } else { kind };
            table.row([
                Line::new().styled(style::STRONG, snapshot.element_name()),
                Line::plain(snapshot.created.map(time::short).unwrap_or_default()),
                Line::plain(kind),
                Line::plain(tree.label(snapshot)),
                Line::new().styled(style::FAINT, snapshot.id()),
            ]);
        }
        let lines = if tree.is_empty() { Vec::new() } else { table.lines() };
        answer(session, &tree, lines)
    }
}
