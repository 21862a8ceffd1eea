//! The status of an operation as text; the same lines in all commands.

use hvsnap::{
    JobConclusion, Merge, Observation, Outcome,
    hyperv::MergeState,
    journal::{SnapshotName, Status},
};

use super::{Line, style};

/// A row: its name and its content.
pub(crate) type Row = (&'static str, Line);

/// The status word.
pub(crate) fn status(status: Status) -> Line {
    let style = match status {
        Status::Done => style::GOOD,
        Status::NotDone | Status::Partly => style::BAD,
        _ => style::CAUTION,
    };
    Line::new().styled(style, status)
}

/// What is left, what is gone in addition, the merge, and the observations.
pub(crate) fn rows(outcome: &Outcome) -> Vec<Row> {
    let mut rows: Vec<Row> = outcome.node.iter().map(|node| ("on node", Line::plain(node))).collect();
    rows.extend(outcome.created.iter().flat_map(|created| names("taken", std::slice::from_ref(created))));
    rows.extend(names("gone", &outcome.destroyed));
    rows.extend(names("still there", &outcome.remaining));
    rows.extend(names("gone as well", &outcome.unexpected));
    if outcome.status == Status::Done {
        rows.extend(merge_rows(&outcome.merge));
    }
    if let Some(open) = &outcome.open {
        rows.push(("not known", Line::new().styled(style::CAUTION, open)));
    }
    // Observations about snapshots have their own lines.
    let has_line = |fact: &&Observation| {
        matches!(
            fact,
            Observation::Gone(_) | Observation::There(_) | Observation::Vanished(_) | Observation::Created(_)
        )
    };
    let facts = outcome.observations.iter().filter(|fact| !has_line(fact));
    rows.extend(facts.map(|fact| ("observations", Line::plain(fact))));
    rows
}

pub(crate) fn names(label: &'static str, names: &[SnapshotName]) -> Vec<Row> {
    let line =
        |name: &SnapshotName| Line::plain(&name.name).styled(style::FAINT, format_args!("  {}", name.id));
    names.iter().map(|name| (label, line(name))).collect()
}

/// The state of the merge, and why.
pub(crate) fn merge_rows(merge: &Merge) -> Vec<Row> {
    let mut rows = vec![("disks", merge_line(merge))];
    let caution = |text: &dyn std::fmt::Display| Line::new().styled(style::CAUTION, text);
    if let Some(job) = &merge.job {
        rows.push(("because", caution(&format_args!("the merge job {job}"))));
    }
    if let Some(problem) = &merge.problem {
        rows.push(("because", caution(&problem.to_string())));
    }
    if merge.state == MergeState::SwitchedOff {
        rows.push((
            "what to do",
            caution(
                &"switch merging on for this VM (ModifyDiskMergeSettings, EnabledState 1; an export with CopyVmStorage false switches it off), then resume",
            ),
        ));
    }
    rows
}

fn merge_line(merge: &Merge) -> Line {
    let caution = |text: &str| Line::new().styled(style::CAUTION, text);
    match merge.state {
        MergeState::NotWatched => Line::plain("not waited for; they may still be merging in the background"),
        MergeState::NotExpected => Line::plain("no merge, as planned"),
        MergeState::NotSeen => caution("not merged yet: the expected merge was not seen to begin"),
        MergeState::Finished => {
            let line = Line::new().styled(style::GOOD, "merged");
            match merge.evidence {
                Some(observations) => line.styled(style::FAINT, format_args!("  ({observations})")),
                None => line,
            }
        }
        MergeState::Running => caution("still merging at the timeout"),
        MergeState::Stopped => caution("not merged: the merge stopped without an end"),
        MergeState::Failed => Line::new().styled(style::BAD, "not merged: the merge has failed"),
        MergeState::SwitchedOff => {
            Line::new().styled(style::BAD, "not merged: merging is switched off for this VM")
        }
        _ => caution("not known to be merged: it could not be watched to the end"),
    }
}

/// The operation's own job.
pub(crate) fn job(conclusion: &JobConclusion) -> Line {
    match conclusion {
        JobConclusion::Synchronous => Line::plain("none: the host reports success without a job"),
        JobConclusion::Succeeded(job) | JobConclusion::Running(job) => {
            Line::plain(format_args!("{}, {}", job.instance_id, job.state))
        }
        JobConclusion::Warned(job) => {
            let text = format!("{}, {}", job.instance_id, job.state);
            match job.error_text() {
                Some(why) => Line::new().styled(style::CAUTION, format_args!("{text}: {why}")),
                None => Line::new().styled(style::CAUTION, text),
            }
        }
        JobConclusion::Failed(..) | JobConclusion::Recorded(_) => {
            let seen = conclusion.seen().map(|job| job.to_string());
            Line::new().styled(style::BAD, seen.unwrap_or_default())
        }
        JobConclusion::Vanished => Line::new()
            .styled(style::CAUTION, "gone before its end was seen; the tree shows that it did its work"),
        JobConclusion::Unreadable(why) => {
            Line::new().styled(style::CAUTION, format_args!("cannot be read: {why}"))
        }
        _ => Line::new(),
    }
}
