//! The outcome of a destroy, as text.
//!
//! The snapshots shown were read back from the host; if nothing was read back, the text says so.

use hvsnap::{
    Outcome,
    hyperv::{DestroyPlan, MergeExpectation, MergeState, Snapshot},
};

use super::{Line, plan::snapshots, status, style, table::facts, tree};
use crate::cli::view::moved;

/// The outcome without waiting.
pub(crate) fn accepted(plan: &DestroyPlan, has_job: bool) -> Line {
    let path = plan.tree().path(plan.target());
    let what = if has_job {
        "The host has accepted it"
    } else {
        "The host says that it has done it, which is not verified"
    };
    Line::plain(format_args!("{what}: destroy {path} of {}. Nothing was waited for.", plan.vm_name()))
}

/// The whole outcome.
pub(crate) fn lines(plan: &DestroyPlan, outcome: &Outcome) -> Vec<Line> {
    let path = plan.tree().path(plan.target());
    let head = format!("Destroyed {path} of {}.", plan.vm_name());
    let mut lines = vec![Line::new().styled(style::STRONG, head), Line::new()];
    if let Some(tree) = &outcome.tree {
        let remark = |snapshot: &Snapshot| remark(plan, snapshot);
        lines.extend(tree::lines(tree, remark).into_iter().map(|line| Line::plain("  ").join(line)));
        lines.push(Line::new());
    }
    let mut rows =
        vec![("job", status::job(&outcome.job)), ("gone", gone(outcome)), ("kept", kept(plan, outcome))];
    if !outcome.unexpected.is_empty() {
        let names: Vec<_> = outcome.unexpected.iter().map(|snapshot| snapshot.name.as_str()).collect();
        let text = format!("{}: not planned, and gone as well", names.join(", "));
        rows.push(("unexpected", Line::new().styled(style::CAUTION, text)));
    }
    match (outcome.merge.state, plan.merge_expectation()) {
        (MergeState::NotExpected, MergeExpectation::Deferred) => {
            let text = "no merge, as planned while two or more dependents remain; the disk files stay";
            rows.push(("disks", Line::plain(text)));
        }
        _ => rows.extend(status::merge_rows(&outcome.merge)),
    }
    lines.extend(facts(rows));
    lines
}

fn remark(plan: &DestroyPlan, snapshot: &Snapshot) -> Line {
    if plan.tree().get(snapshot.id()).is_none() {
        return Line::new().styled(style::CAUTION, "is new");
    }
    if !moved(plan, snapshot) {
        return Line::new();
    }
    let before = plan.tree().get(snapshot.id()).and_then(|before| plan.tree().parent_of(before));
    match before {
        Some(parent) => {
            Line::new().styled(style::GOOD, format_args!("↑ was under {}", parent.element_name()))
        }
        None => Line::new().styled(style::GOOD, "↑ was a root"),
    }
}

fn gone(outcome: &Outcome) -> Line {
    Line::plain(format_args!("{}, verified: no longer on the host", snapshots(outcome.destroyed.len())))
}

fn kept(plan: &DestroyPlan, outcome: &Outcome) -> Line {
    let moved = outcome.kept().iter().filter(|snapshot| moved(plan, snapshot)).count();
    match moved {
        0 => Line::plain(snapshots(outcome.kept().len())),
        moved => {
            Line::plain(format_args!("{}, {moved} of them in a new place", snapshots(outcome.kept().len())))
        }
    }
}
