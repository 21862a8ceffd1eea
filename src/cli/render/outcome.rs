//! What became of a destroy, as a person sees it afterwards.
//!
//! It tells what was read back, and says so where nothing was.

use hvsnap::{
    JobConclusion, Outcome,
    hyperv::{DestroyPlan, MERGE_GAP, MergeExpectation, MergeState, Snapshot},
};

use super::{Line, plan::snapshots, style, table::facts, tree};
use crate::cli::view::{moved, told};

/// The outcome where nothing was waited for.
pub(crate) fn accepted(plan: &DestroyPlan, has_job: bool) -> Line {
    let path = plan.tree().path(plan.target());
    let done = if has_job { "accepted" } else { "done" };
    Line::plain(format_args!(
        "The host has {done} it: destroy {path} of {}. Nothing was waited for.",
        plan.vm_name()
    ))
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
    let mut rows = vec![("job", job(&outcome.job)), ("gone", gone(outcome)), ("kept", kept(plan, outcome))];
    if !outcome.unexpected.is_empty() {
        let names: Vec<_> = outcome.unexpected.iter().map(Snapshot::element_name).collect();
        let text = format!("{}: not planned, and gone as well", names.join(", "));
        rows.push(("unexpected", Line::new().styled(style::CAUTION, text)));
    }
    rows.push(("disks", merge(plan, outcome.merge)));
    if let Some(problem) = &outcome.merge_problem {
        rows.push(("because", Line::new().styled(style::CAUTION, told(problem))));
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
    Line::plain(format_args!("{}, looked for and not found any more", snapshots(outcome.destroyed.len())))
}

fn kept(plan: &DestroyPlan, outcome: &Outcome) -> Line {
    let moved = outcome.kept.iter().filter(|snapshot| moved(plan, snapshot)).count();
    match moved {
        0 => Line::plain(snapshots(outcome.kept.len())),
        moved => {
            Line::plain(format_args!("{}, {moved} of them in a new place", snapshots(outcome.kept.len())))
        }
    }
}

fn job(conclusion: &JobConclusion) -> Line {
    match conclusion {
        JobConclusion::Synchronous => Line::plain("none: the host did it at once"),
        JobConclusion::Succeeded(job) => Line::plain(format_args!("{}, {}", job.instance_id, job.state)),
        JobConclusion::Warned(job) => {
            let text = format!("{}, {}", job.instance_id, job.state);
            match job.error_text() {
                Some(why) => Line::new().styled(style::CAUTION, format_args!("{text}: {why}")),
                None => Line::new().styled(style::CAUTION, text),
            }
        }
        JobConclusion::Vanished => Line::new()
            .styled(style::CAUTION, "gone before its end was seen; the tree shows that it did its work"),
        _ => Line::new(),
    }
}

fn merge(plan: &DestroyPlan, merge: MergeState) -> Line {
    match merge {
        MergeState::NotWatched => Line::plain("not waited for; they may still be merged in the background"),
        MergeState::NotSeen => match plan.merge_expectation() {
            MergeExpectation::None => Line::plain("no merge, as expected"),
            MergeExpectation::Deferred => {
                Line::plain("no merge, as expected while two or more dependents remain; the disk files stay")
            }
            _ => Line::plain(format_args!("no merge was seen within {} seconds", MERGE_GAP.as_secs())),
        },
        MergeState::Finished => Line::new().styled(style::GOOD, "merged"),
        MergeState::Running => {
            Line::new().styled(style::CAUTION, "still being merged when the time was over")
        }
        MergeState::Failed => Line::new().styled(style::BAD, "not merged: the merge has failed"),
        _ => Line::new().styled(style::CAUTION, "not known to be merged: it could not be watched to the end"),
    }
}
