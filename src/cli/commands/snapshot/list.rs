//! `snapshot list`: the snapshots of a VM as a table.

use clap::Args;
use hvsnap::hyperv::{Bytes, DiskUsage, Snapshot, SnapshotTree};

use super::{listed, read};
use crate::cli::{
    answer::Answer,
    commands::{HostCommand, vm::VmArgs},
    failure::Failure,
    render::{Line, bytes, style, table::Table, time, tree},
    session::Session,
    view::SizesView,
};

/// List the snapshots of a VM
#[derive(Debug, Args)]
#[command(after_help = "\
With --sizes: SIZE is what the disk files of a snapshot take, which were frozen when it was taken; those
of a first snapshot are the whole disks. SINCE is what was written since, in the files on top of them.
Destroying a snapshot with one dependent merges SINCE into SIZE, and frees at most the smaller of the
two; one without a dependent frees SIZE; with two or more nothing is merged. Saved memory is not counted.

Examples:
  hvsnap snapshot list web-01
  hvsnap snapshot list web-01 --sizes")]
pub(crate) struct List {
    #[command(flatten)]
    which: VmArgs,

    /// Also show what the files take; two calls for each file
    #[arg(long)]
    sizes: bool,
}

impl HostCommand for List {
    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let (vm, tree) = read(session, &self.which.vm).await?;
        if !self.sizes {
            return listed(session, &tree, lines(&tree, None), None);
        }
        let usage = session.reading(vm.disk_usage(&tree)).await?;
        let view = SizesView::new(&tree, &usage);
        let unknown = view.unknown.clone();
        let mut answer = listed(session, &tree, lines(&tree, Some(&usage)), Some(view))?;
        let unmerged = usage.unmerged().iter().filter(|file| !file.is_kept()).count();
        if unmerged > 0 {
            let files = if unmerged == 1 { "1 file".to_owned() } else { format!("{unmerged} files") };
            let text = format!("{files} of an earlier snapshot are not merged; to see more:");
            answer.remarks.push(Line::new().styled(style::CAUTION, text));
            let show = session.reattach.command(&["merge", "show", vm.id()]);
            answer.remarks.push(Line::plain(format_args!("  {show}")));
        }
        answer.warnings.extend(unknown);
        Ok(answer)
    }
}

fn lines(tree: &SnapshotTree, usage: Option<&DiskUsage>) -> Vec<Line> {
    let headings: &[&str] = match usage {
        None => &["NAME", "CREATED (UTC)", "KIND", "PATH", "ID"],
        Some(_) => &["NAME", "SIZE", "SINCE", "CREATED (UTC)", "KIND", "PATH", "ID"],
    };
    let mut table = Table::new(headings);
    for snapshot in tree.snapshots() {
        let name = Line::new().styled(style::STRONG, snapshot.element_name());
        let sizes = usage.map(|usage| sizes(tree, usage, snapshot));
        let kind = tree::traits(snapshot).join(", ");
        let kind = if kind.is_empty() { snapshot.kind.to_string() } else { kind };
        let rest = [
            Line::plain(snapshot.created.map(time::short).unwrap_or_default()),
            Line::plain(kind),
            Line::plain(tree.label(snapshot)),
            Line::new().styled(style::FAINT, snapshot.id()),
        ];
        table.row([name].into_iter().chain(sizes.into_iter().flatten()).chain(rest));
    }
    if let Some(usage) = usage {
        let current = Line::new().styled(style::GOOD, tree::NOW);
        table.row([
            current,
            size(&usage.written_now()),
            Line::new(),
            Line::new(),
            Line::plain("current state"),
        ]);
    }
    if tree.is_empty() && usage.is_none() { Vec::new() } else { table.lines() }
}

fn sizes(tree: &SnapshotTree, usage: &DiskUsage, snapshot: &Snapshot) -> [Line; 2] {
    let since = usage.since(tree, snapshot);
    let since = if since.is_zero() { Line::plain("-") } else { size(&since) };
    [size(&usage.frozen(snapshot.id())), since]
}

fn size(bytes: &Bytes) -> Line {
    match bytes.exact() {
        Some(exact) => Line::plain(bytes::size(exact)),
        None => Line::new().styled(style::CAUTION, bytes::sum(bytes)),
    }
}
