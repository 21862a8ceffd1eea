//! `snapshot`: the snapshots of a VM, as a list, as a tree, one by one; and their destruction.
//!
//! Everything in this file only reads.

use clap::{Args, Subcommand};
use hvsnap::{Vm, hyperv::SnapshotTree};
use serde::Serialize;

use crate::cli::{
    answer::Answer,
    destroy::{self, DestroyArgs},
    failure::Failure,
    help,
    render::{
        Line, style,
        table::{Table, facts},
        time, tree,
    },
    session::Session,
    view::{SnapshotView, TreeView, VmRef},
    vm::VmArgs,
};

/// The verbs of `snapshot`.
#[derive(Debug, Subcommand)]
pub(crate) enum SnapshotCommand {
    /// List the snapshots of a VM
    #[command(after_help = help::SNAPSHOT_LIST)]
    List(VmArgs),
    /// Draw the tree of a VM's snapshots
    #[command(after_help = help::SNAPSHOT_TREE)]
    Tree(VmArgs),
    /// Show one snapshot
    #[command(after_help = help::SNAPSHOT_SHOW)]
    Show(SnapshotArgs),
    /// Destroy a snapshot: show the plan, ask, wait, and show the resulting tree
    #[command(visible_alias = "delete", after_help = help::SNAPSHOT_DESTROY)]
    Destroy(DestroyArgs),
}

/// Which snapshot.
#[derive(Clone, Debug, Args)]
pub(crate) struct SnapshotArgs {
    /// Name or GUID of the VM; an ambiguous name is refused
    pub(crate) vm: String,
    /// Name, path (base/before-upgrade) or id of the snapshot; an ambiguous name is refused
    pub(crate) snapshot: String,
}

#[derive(Serialize)]
struct TreeBody {
    endpoint: String,
    #[serde(flatten)]
    tree: TreeView,
}

#[derive(Serialize)]
struct ShowBody {
    endpoint: String,
    vm: VmRef,
    snapshot: SnapshotView,
}

pub(crate) async fn run(session: &mut Session<'_>, command: &SnapshotCommand) -> Result<Answer, Failure> {
    match command {
        SnapshotCommand::List(args) => list(session, args).await,
        SnapshotCommand::Tree(args) => draw(session, args).await,
        SnapshotCommand::Show(args) => show(session, args).await,
        SnapshotCommand::Destroy(args) => destroy::run(session, args).await,
    }
}

/// The VM and its snapshots as they are now.
pub(crate) async fn read(session: &mut Session<'_>, vm: &str) -> Result<(Vm, SnapshotTree), Failure> {
    let host = session.host.clone();
    let vm = session.reading(host.vm(vm)).await?;
    let tree = session.reading(vm.snapshots()).await?;
    Ok((vm, tree))
}

async fn list(session: &mut Session<'_>, args: &VmArgs) -> Result<Answer, Failure> {
    let (_, tree) = read(session, &args.vm).await?;
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

async fn draw(session: &mut Session<'_>, args: &VmArgs) -> Result<Answer, Failure> {
    let (_, tree) = read(session, &args.vm).await?;
    let lines = tree::lines(&tree, |_| Line::new());
    answer(session, &tree, lines)
}

fn answer(session: &Session<'_>, tree: &SnapshotTree, lines: Vec<Line>) -> Result<Answer, Failure> {
    let body = TreeBody { endpoint: session.host.endpoint().to_string(), tree: TreeView::from(tree) };
    let mut answer = Answer::new(lines, &body)?;
    if tree.is_empty() {
        answer.remarks.push(Line::plain(format_args!("{} has no snapshots.", tree.vm_name())));
    }
    Ok(answer)
}

async fn show(session: &mut Session<'_>, args: &SnapshotArgs) -> Result<Answer, Failure> {
    let (_, tree) = read(session, &args.vm).await?;
    let snapshot = tree.find(&args.snapshot).map_err(|error| not_found(&tree, &args.snapshot, error))?;
    let now = session.clock.now();
    let created = snapshot.created.map(|created| match time::ago(created, now) {
        Some(ago) => format!("{} ({ago})", time::full(created)),
        None => time::full(created),
    });
    let text = |text: Option<&str>| text.map(Line::plain).unwrap_or_default();
    let names = |mut names: Vec<&str>| {
        names.sort_unstable();
        Line::plain(names.join(", "))
    };
    let current = tree.current().is_some_and(|current| current.id() == snapshot.id());
    let mut rows = vec![
        ("VM", Line::plain(tree.vm_name())),
        ("path", Line::plain(tree.label(snapshot))),
        ("id", Line::plain(snapshot.id())),
        ("kind", Line::plain(&snapshot.kind)),
        ("marks", Line::plain(tree::traits(snapshot).join(", "))),
        ("created", text(created.as_deref())),
        ("now", if current { Line::new().styled(style::GOOD, "descends from it") } else { Line::new() }),
        ("children", names(tree.children(snapshot.id()).map(|child| child.element_name()).collect())),
        ("descendants", Line::plain(tree.descendants(snapshot.id()).len())),
        ("version", text(snapshot.version.as_deref())),
        ("data root", text(snapshot.data_root.as_deref())),
    ];
    rows.extend(snapshot.notes.iter().flat_map(|note| note.lines()).map(|note| ("note", Line::plain(note))));
    rows.extend(
        snapshot.unreadable.iter().map(|error| ("unreadable", Line::new().styled(style::CAUTION, error))),
    );
    let mut lines = vec![Line::new().styled(style::STRONG, snapshot.element_name())];
    lines.extend(facts(rows));
    let body = ShowBody {
        endpoint: session.host.endpoint().to_string(),
        vm: VmRef::of(&tree),
        snapshot: SnapshotView::new(&tree, snapshot),
    };
    Answer::new(lines, &body)
}

/// A name that does not name one snapshot of the tree.
pub(crate) fn not_found(tree: &SnapshotTree, wanted: &str, error: hvsnap::hyperv::FindError) -> Failure {
    Failure::find(format!("looking for the snapshot {wanted:?} of {:?} failed", tree.vm_name()), error)
}
