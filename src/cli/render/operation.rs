//! An operation of the journal, as a person sees it.
//!
//! Names and texts come from files and hosts; every line goes through the sanitising of [`Line`].

use hvsnap::{
    Fact, Resumption,
    hyperv::{DestroyScope, MergeState},
    journal::{Conclusion, Operation, Reply, SnapshotName, Word},
};

use super::{Line, style, table::facts, time};
use crate::cli::view::told;

/// What an operation was to do: `destroy before-upgrade of web-01`.
pub(crate) fn what(operation: &Operation) -> String {
    let intent = &operation.intent;
    let target = intent.target().map_or("?", |target| target.name.as_str());
    match intent.scope {
        DestroyScope::Single => format!("destroy {target} of {}", intent.vm_name),
        DestroyScope::Tree => format!("destroy {target} of {} and all under it", intent.vm_name),
    }
}

/// How far it came, in a few words.
pub(crate) fn state(operation: &Operation) -> Line {
    match (&operation.conclusion, &operation.answer) {
        (Some(conclusion), _) => word(conclusion.word),
        (None, Some(answer)) => match &answer.reply {
            Reply::Returned { job: Some(_), .. } => Line::new().styled(style::CAUTION, "open: job started"),
            Reply::Returned { .. } => Line::new().styled(style::CAUTION, "open: answered"),
            _ => Line::new().styled(style::CAUTION, "open: answer lost"),
        },
        (None, None) => Line::new().styled(style::CAUTION, "open: no answer known"),
    }
}

fn word(word: Word) -> Line {
    let style = match word {
        Word::Done => style::GOOD,
        Word::NotDone | Word::Partly => style::BAD,
        _ => style::CAUTION,
    };
    Line::new().styled(style, word)
}

/// All that is written down.
pub(crate) fn lines(operation: &Operation) -> Vec<Line> {
    let intent = &operation.intent;
    let mut rows = vec![
        ("state", state(operation)),
        ("written", Line::plain(time::full(intent.time))),
        ("host", Line::plain(&intent.endpoint)),
        ("namespace", Line::plain(&intent.namespace)),
        ("user", intent.user.as_ref().map(Line::plain).unwrap_or_default()),
        ("machine", Line::plain(format_args!("{} ({})", intent.vm_name, intent.vm_id))),
    ];
    rows.extend(names("destroys", &intent.destroyed));
    rows.extend(names("keeps", &intent.kept));
    rows.push(("tree", Line::plain(intent.tree)));
    rows.push(("plan", Line::plain(intent.plan)));
    rows.push(("message", Line::plain(intent.id.message_id())));
    if let Some(answer) = &operation.answer {
        rows.push(("answered", Line::plain(time::full(answer.time))));
        match &answer.reply {
            Reply::Returned { code, job } => {
                rows.push(("returned", Line::plain(code)));
                let id = job.as_ref().and_then(|job| job.selectors.text("InstanceID"));
                rows.push(("job", id.map(Line::plain).unwrap_or_default()));
            }
            Reply::Missing { error, .. } => {
                rows.push(("no answer", Line::new().styled(style::CAUTION, error)))
            }
            _ => {}
        }
    }
    if let Some(conclusion) = &operation.conclusion {
        rows.push(("settled", Line::plain(time::full(conclusion.time))));
        rows.extend(end(conclusion));
    }
    headed(operation, rows)
}

fn headed(operation: &Operation, rows: Vec<(&'static str, Line)>) -> Vec<Line> {
    let head = Line::new()
        .styled(style::STRONG, format_args!("Operation {}", operation.id()))
        .text(format_args!(": {}", what(operation)));
    let mut lines = vec![head];
    lines.extend(facts(rows));
    lines
}

fn end(conclusion: &Conclusion) -> Vec<(&'static str, Line)> {
    let mut rows = names("gone", &conclusion.gone);
    rows.extend(names("still there", &conclusion.remaining));
    rows.extend(names("gone as well", &conclusion.unexpected));
    rows.push(("disks", merge(conclusion.merge)));
    rows.extend(evidence(&conclusion.evidence));
    rows
}

/// What became of it, and by what that is known.
pub(crate) fn resumed(resumption: &Resumption) -> Vec<Line> {
    let mut rows = vec![("word", word(resumption.word))];
    rows.extend(names("gone", &resumption.gone));
    rows.extend(names("still there", &resumption.remaining));
    rows.extend(names("gone as well", &resumption.unexpected));
    if resumption.word == Word::Done {
        rows.push(("disks", merge(resumption.merge)));
    }
    if let Some(problem) = &resumption.merge_problem {
        rows.push(("because", Line::new().styled(style::CAUTION, told(problem))));
    }
    // What is gone and what is there has its own lines.
    let has_line = |fact: &&Fact| matches!(fact, Fact::Gone(_) | Fact::There(_) | Fact::Vanished(_));
    let facts = resumption.evidence.iter().filter(|fact| !has_line(fact));
    let texts: Vec<String> = facts.map(ToString::to_string).collect();
    rows.extend(evidence(&texts));
    headed(&resumption.operation, rows)
}

fn names(label: &'static str, names: &[SnapshotName]) -> Vec<(&'static str, Line)> {
    names
        .iter()
        .map(|name| (label, Line::plain(&name.name).styled(style::FAINT, format_args!("  {}", name.id))))
        .collect()
}

fn evidence(texts: &[String]) -> Vec<(&'static str, Line)> {
    texts.iter().map(|text| ("evidence", Line::plain(text))).collect()
}

fn merge(merge: MergeState) -> Line {
    match merge {
        MergeState::NotWatched => Line::new(),
        MergeState::NotSeen => Line::plain("no merge was seen"),
        MergeState::Finished => Line::new().styled(style::GOOD, "merged"),
        MergeState::Running => {
            Line::new().styled(style::CAUTION, "still being merged when the time was over")
        }
        MergeState::Failed => Line::new().styled(style::BAD, "not merged: the merge has failed"),
        _ => Line::new().styled(style::CAUTION, "not known to be merged: it could not be watched to the end"),
    }
}
