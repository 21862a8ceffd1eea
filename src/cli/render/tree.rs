//! A snapshot tree as text, with a remark beside each snapshot; the files below draw it in other formats.
//!
//! There is no recursion, because the host determines the depth. Below the depth that a host allows, snapshots are not indented
//! but show their level before the name. So the size of the output grows only with the number of snapshots.

pub(crate) mod chart;
pub(crate) mod dot;
mod fit;
mod layout;
pub(crate) mod mermaid;
pub(crate) mod svg;

pub(crate) use chart::Chart;

use hvsnap::hyperv::{Snapshot, SnapshotKind, SnapshotTree};

use super::{
    Line, style,
    table::{Column, Layout, Shown, Table},
    time,
};

/// The mark of the VM's current state.
pub(crate) const NOW: &str = "● now";

/// The number of levels drawn as branches. A host allows 50 snapshots per VM.
const BRANCHES: usize = 64;
/// The width of one level.
const BRANCH: usize = 4;

/// Draws the tree with all names whole; `remark` is shown beside each snapshot, before its marks.
pub(crate) fn lines(tree: &SnapshotTree, remark: impl Fn(&Snapshot) -> Line) -> Vec<Line> {
    shown(tree, remark, Layout::default()).lines
}

/// Draws the tree in a layout. On a terminal, branches take at most half of its width.
pub(crate) fn shown(tree: &SnapshotTree, remark: impl Fn(&Snapshot) -> Line, layout: Layout) -> Shown {
    let levels = layout.width.map_or(BRANCHES, |width| (width / 2 / BRANCH).min(BRANCHES));
    let mut table = Table::new(&[Column::branch(""), Column::text(""), Column::text(""), Column::id("")]);
    let id = |id: &dyn std::fmt::Display| Line::new().styled(style::FAINT, id);
    let name = Line::new().styled(style::STRONG, tree.vm_name());
    table.row([name, Line::new(), root_mark(tree), id(&tree.vm_id())]);
    // A stack: the next snapshot to draw is last.
    let mut waiting = Vec::new();
    push(&mut waiting, tree.roots().collect(), "", 1);
    while let Some(Waiting { snapshot, before, last, level }) = waiting.pop() {
        let branch = match (level <= levels, last) {
            (true, true) => format!("{before}└── "),
            (true, false) => format!("{before}├── "),
            (false, _) => format!("(level {level}) "),
        };
        let name = Line::new().styled(style::FAINT, branch).text(snapshot.element_name());
        let created = snapshot.created.map(time::short).unwrap_or_default();
        let remarks = [remark(snapshot), marks(tree, snapshot)].into_iter().filter(|line| !line.is_empty());
        table.row([name, Line::new().styled(style::FAINT, created), in_a_row(remarks), id(&snapshot.id())]);
        let below = match (level < levels, last) {
            (true, true) => format!("{before}    "),
            (true, false) => format!("{before}│   "),
            (false, _) => String::new(),
        };
        push(&mut waiting, tree.children(snapshot.id()).collect(), &below, level + 1);
    }
    table.shown(layout)
}

struct Waiting<'t> {
    snapshot: &'t Snapshot,
    /// The columns in front of it.
    before: String,
    /// True if it is the last of its branch.
    last: bool,
    level: usize,
}

fn push<'t>(waiting: &mut Vec<Waiting<'t>>, siblings: Vec<&'t Snapshot>, before: &str, level: usize) {
    for (index, snapshot) in siblings.into_iter().rev().enumerate() {
        waiting.push(Waiting { snapshot, before: before.to_owned(), last: index == 0, level });
    }
}

fn in_a_row(lines: impl Iterator<Item = Line>) -> Line {
    lines.fold(Line::new(), |row, line| if row.is_empty() { line } else { row.text("  ").join(line) })
}

/// The current state is shown at the root if there are no snapshots, or it descends from none.
fn root_mark(tree: &SnapshotTree) -> Line {
    match (tree.knows_current(), tree.current()) {
        (false, _) => Line::new()
            .styled(style::CAUTION, "the host does not report which snapshot the current state is based on"),
        (true, None) => Line::new().styled(style::GOOD, NOW),
        (true, Some(_)) => Line::new(),
    }
}

/// The marks of a snapshot: whether it is the current one, and how it differs from a user's checkpoint.
fn marks(tree: &SnapshotTree, snapshot: &Snapshot) -> Line {
    let now = tree.current().is_some_and(|current| current.id() == snapshot.id());
    let now = if now { Line::new().styled(style::GOOD, NOW) } else { Line::new() };
    let traits = traits(snapshot).join(", ");
    let traits = if traits.is_empty() { traits } else { format!("({traits})") };
    in_a_row([now, Line::new().styled(style::FAINT, traits)].into_iter().filter(|line| !line.is_empty()))
}

/// The kind of a snapshot in a few words.
pub(crate) fn kind(snapshot: &Snapshot) -> String {
    let traits = traits(snapshot).join(", ");
    if traits.is_empty() { snapshot.kind.to_string() } else { traits }
}

/// How a snapshot differs from a user's own checkpoint of the disks.
pub(crate) fn traits(snapshot: &Snapshot) -> Vec<String> {
    let mut traits = Vec::new();
    if snapshot.is_automatic {
        traits.push("automatic".to_owned());
    }
    match &snapshot.kind {
        SnapshotKind::Realized => {}
        SnapshotKind::Recovery => traits.push("backup".to_owned()),
        kind => traits.push(kind.to_string()),
    }
    if snapshot.is_saved == Some(true) {
        traits.push("with memory".to_owned());
    }
    traits
}
