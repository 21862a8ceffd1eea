//! The outcome of an operation, as text.
//!
//! The snapshots shown were read back from the host; if nothing was read back, the text says so.

use hvsnap::{
    Observation, Outcome,
    hyperv::{MergeExpectation, MergeState, Plan, Snapshot, SnapshotTree},
};

use super::{Line, plan::snapshots, status, style, table::facts, tree};
use crate::cli::{present, view::moved};

/// The outcome if the command waits for acceptance only.
pub(crate) fn accepted(plan: &Plan, has_job: bool) -> Line {
    let what = if has_job {
        "The host has accepted it"
    } else {
        "The host reports that it is done, which is not verified"
    };
    Line::plain(format_args!("{what}: {}. Nothing was waited for.", plan.doing()))
}

/// The whole outcome.
pub(crate) fn lines(plan: &Plan, outcome: &Outcome) -> Vec<Line> {
    let head = format!("{}.", present::done(plan));
    let mut lines = vec![Line::new().styled(style::STRONG, head), Line::new()];
    if let Some(tree) = &outcome.tree {
        let remark = |snapshot: &Snapshot| remark(plan.tree(), snapshot);
        lines.extend(tree::lines(tree, remark).into_iter().map(|line| Line::plain("  ").join(line)));
        lines.push(Line::new());
    }
    let mut rows = vec![("job", status::job(&outcome.job))];
    rows.extend(outcome.node.iter().map(|node| ("node", Line::plain(node))));
    rows.extend(
        outcome.created.iter().flat_map(|created| status::names("taken", std::slice::from_ref(created))),
    );
    if !outcome.destroyed.is_empty() {
        rows.push(("gone", gone(outcome)));
    }
    if outcome.tree.is_some() {
        rows.push(("kept", kept(plan.tree(), outcome)));
    }
    if !outcome.unexpected.is_empty() {
        let names: Vec<_> = outcome.unexpected.iter().map(|snapshot| snapshot.name.as_str()).collect();
        let text = format!("{}: not planned, and gone as well", names.join(", "));
        rows.push(("unexpected", Line::new().styled(style::CAUTION, text)));
    }
    rows.extend(outcome.observations.iter().filter_map(|observation| match observation {
        Observation::Shows(text) => Some(("shown", Line::plain(text))),
        _ => None,
    }));
    if let Plan::Destroy(plan) = plan {
        match (outcome.merge.state, plan.merge_expectation()) {
            (MergeState::NotExpected, MergeExpectation::Deferred) => {
                let text = "no merge, as planned while two or more dependents remain; the disk files stay";
                rows.push(("disks", Line::plain(text)));
            }
            _ => rows.extend(status::merge_rows(&outcome.merge)),
        }
    }
    lines.extend(facts(rows));
    lines
}

fn remark(before: &SnapshotTree, snapshot: &Snapshot) -> Line {
    let Some(was) = before.get(snapshot.id()) else {
        return Line::new().styled(style::CAUTION, "is new");
    };
    if !moved(before, snapshot) {
        return Line::new();
    }
    match before.parent_of(was) {
        Some(parent) => {
            Line::new().styled(style::GOOD, format_args!("↑ was under {}", parent.element_name()))
        }
        None => Line::new().styled(style::GOOD, "↑ was a root"),
    }
}

fn gone(outcome: &Outcome) -> Line {
    Line::plain(format_args!("{}, verified: no longer on the host", snapshots(outcome.destroyed.len())))
}

fn kept(before: &SnapshotTree, outcome: &Outcome) -> Line {
    // A new snapshot was not kept.
    let kept = outcome.kept();
    let kept: Vec<&Snapshot> = kept.iter().filter(|snapshot| before.get(snapshot.id()).is_some()).collect();
    let count = snapshots(kept.len());
    match kept.iter().filter(|snapshot| moved(before, snapshot)).count() {
        0 => Line::plain(count),
        moved => Line::plain(format_args!("{count}, {moved} of them in a new place")),
    }
}
