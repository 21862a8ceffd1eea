//! The plan of a destroy, as text.
//!
//! It shows everything that would be destroyed: a tree with the fate of each snapshot, then totals, cautions and fingerprint.

use hvsnap::hyperv::{
    Caution, DestroyCost, DestroyPlan, DestroyScope, MergeExpectation, Snapshot, SnapshotId, SpaceNeed,
};

use super::{
    Line,
    bytes::{size, sum, sum_with_reason},
    status::Row,
    style,
    table::facts,
    tree,
};

/// The whole plan, with what it costs, if that was read, and the rows of the command at its end.
pub(crate) fn lines(plan: &DestroyPlan, cost: Option<&DestroyCost>, tail: Vec<Row>) -> Vec<Line> {
    let what = match plan.scope() {
        DestroyScope::Single => "this snapshot alone",
        DestroyScope::Tree => "this snapshot and all that descend from it",
    };
    let mut lines = vec![
        Line::new()
            .styled(style::STRONG, format_args!("Plan: destroy {}", plan.tree().label(plan.target())))
            .styled(style::STRONG, format_args!(" of {}", plan.vm_name()))
            .text(format_args!(" ({what})")),
        Line::new(),
    ];
    lines.extend(tree::lines(plan.tree(), |snapshot| fate(plan, snapshot)).into_iter().map(indented));
    lines.push(Line::new());
    let mut rows = vec![
        ("gone", gone(plan)),
        ("dependents", dependents(plan)),
        ("disks", Line::plain(disks(plan.merge_expectation()))),
    ];
    rows.extend(cost.into_iter().flat_map(cost_rows));
    rows.extend(plan.takes_current().then(|| ("running state", running_state(plan))));
    rows.extend(cautions(plan));
    rows.extend(tail);
    lines.extend(facts(rows));
    lines
}

fn indented(line: Line) -> Line {
    Line::plain("  ").join(line)
}

/// What happens to a snapshot.
fn fate(plan: &DestroyPlan, snapshot: &Snapshot) -> Line {
    if plan.destroys(snapshot.id()) {
        return Line::new().styled(style::BAD, "✗ will be gone");
    }
    if plan.reparents(snapshot) {
        return Line::new().styled(style::CAUTION, format_args!("↑ {}", new_place(plan)));
    }
    Line::new()
}

fn new_place(plan: &DestroyPlan) -> String {
    match plan.new_parent() {
        Some(parent) => format!("moves under {}", parent.element_name()),
        None => "becomes a root".to_owned(),
    }
}

fn gone(plan: &DestroyPlan) -> Line {
    let first = Line::new().styled(style::BAD, snapshots(plan.destroyed().len()));
    match plan.scope() {
        DestroyScope::Single => first.text(format_args!(" ({})", plan.target().id())),
        DestroyScope::Tree => first,
    }
}

fn dependents(plan: &DestroyPlan) -> Line {
    let count = plan.dependents().len();
    if count == 0 {
        return Line::plain("none");
    }
    match plan.scope() {
        DestroyScope::Tree => Line::new().styled(style::BAD, format_args!("{count}, all gone too")),
        DestroyScope::Single => {
            let moved = plan.reparented().count();
            let rest = match count - moved {
                0 => String::new(),
                below => format!(", {below} below {}", if moved == 1 { "it" } else { "them" }),
            };
            let verb = match (plan.new_parent(), moved) {
                (Some(parent), 1) => format!("moves under {}", parent.element_name()),
                (Some(parent), _) => format!("move under {}", parent.element_name()),
                (None, 1) => "becomes a root".to_owned(),
                (None, _) => "become roots".to_owned(),
            };
            Line::plain(format_args!("{count}, all kept: {moved} {verb}{rest}"))
        }
    }
}

/// What happens to the current state of the VM if its snapshot is destroyed.
fn running_state(plan: &DestroyPlan) -> Line {
    match plan.new_parent() {
        Some(parent) => Line::plain(format_args!("kept; it moves to {}", parent.element_name())),
        None => Line::plain("kept; no snapshot is left above it"),
    }
}

/// What happens to the disks.
pub(crate) fn disks(merge: MergeExpectation) -> &'static str {
    match merge {
        MergeExpectation::None => "nothing depends on its disks: they are removed without a merge",
        MergeExpectation::Merge => "merged in the background after the job has ended",
        MergeExpectation::Deferred => {
            "no merge while two or more dependents remain: its disk files stay until then"
        }
        _ => {
            "not known whether they are merged: the host does not report which snapshot the current state is based on"
        }
    }
}

/// What is merged and freed, and the free space for it. Nothing is said where nothing is merged or freed.
pub(crate) fn cost_rows(cost: &DestroyCost) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    if !cost.merged.is_zero() {
        rows.push(("merges", Line::plain(sum_with_reason(&cost.merged))));
    }
    if cost.freed.exact().is_some_and(|bytes| bytes > 0) || cost.merged.is_zero() && !cost.freed.is_zero() {
        rows.push(("frees", Line::plain(sum_with_reason(&cost.freed))));
    }
    rows.extend(cost.space.iter().map(|need| ("free space", space(need))));
    rows
}

/// In a few words, for one of several: `merges 512 MiB`.
pub(crate) fn cost_in_short(cost: &DestroyCost) -> String {
    let merges = (!cost.merged.is_zero()).then(|| format!("merges {}", sum(&cost.merged)));
    let freed = cost.freed.at_least() > 0;
    let frees = freed.then(|| format!("frees {}", sum(&cost.freed)));
    merges.into_iter().chain(frees).collect::<Vec<_>>().join(", ")
}

fn space(need: &SpaceNeed) -> Line {
    match (need.free, &need.unknown) {
        (Some(free), _) if need.is_short() => Line::new().styled(
            style::CAUTION,
            format_args!(
                "{} on {}, and merging may need {}: make room, or the merge may fail",
                size(free),
                need.volume,
                sum(&need.needed)
            ),
        ),
        (Some(free), _) => Line::plain(format_args!("{} on {}", size(free), need.volume)),
        (None, Some(why)) => Line::plain(format_args!("not known: {why}")),
        (None, None) => Line::plain("not known"),
    }
}

/// Warnings to show before the plan is approved.
pub(crate) fn cautions(plan: &DestroyPlan) -> impl Iterator<Item = (&'static str, Line)> + '_ {
    plan.cautions().iter().map(|caution| ("caution", caution_text(plan, caution)))
}

fn caution_text(plan: &DestroyPlan, caution: &Caution) -> Line {
    let name = |id: &SnapshotId| {
        plan.tree().get(id).map_or_else(|| id.to_string(), |snapshot| snapshot.element_name().to_owned())
    };
    let text = match caution {
        Caution::Backup(id) => format!("{} was made by a backup, which may still need it", name(id)),
        Caution::Replica(id) => format!("{} was made by Hyper-V Replica, which counts on it", name(id)),
        Caution::Automatic(id) => format!("{} is automatic: the host may remove it by itself", name(id)),
        Caution::SavedState(id) => format!("{} holds a memory state, which is lost with it", name(id)),
        Caution::Unusual(id) => {
            format!("{} is no checkpoint of the usual kind: the host may refuse", name(id))
        }
        Caution::UnreadableParent(id) => {
            format!("it is not known what {} depends on: this plan is not carried out", name(id))
        }
        _ => return Line::new(),
    };
    Line::new().styled(style::CAUTION, text)
}

/// `1 snapshot`, `3 snapshots`.
pub(crate) fn snapshots(count: usize) -> String {
    match count {
        1 => "1 snapshot".to_owned(),
        count => format!("{count} snapshots"),
    }
}
