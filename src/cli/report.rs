//! Reports a failure: text on stderr in every format, and a document on stdout for JSON.

use hvsnap::Effect;
use serde::Serialize;

use crate::cli::{
    answer::Document,
    commands::steps::Step,
    console::Console,
    exit::Exit,
    failure::{Failure, Parts},
    kind::Kind,
    render::{Line, style, table::Table},
    view::{CandidateView, JobLink, OperationLink, PlanView, SnapshotRef, StatusView},
};

/// Reports a failure, and returns the exit code.
pub(crate) fn failure(console: &mut Console, failure: &Failure) -> Exit {
    tell(console, failure);
    document(console, failure);
    failure.parts().exit
}

/// Reports the text only.
pub(crate) fn tell(console: &mut Console, failure: &Failure) {
    lines(failure.parts()).iter().for_each(|line| console.say(line));
}

/// Reports the document only, if documents are wanted.
pub(crate) fn document(console: &mut Console, failure: &Failure) {
    let parts = failure.parts();
    let body = Body {
        plan: parts.plan.as_ref(),
        steps: &parts.steps,
        job: failure.job_link(),
        operation: failure.operation_link(),
        node: parts.node.as_deref(),
        error: ErrorView {
            id: parts.id.to_string(),
            kind: parts.kind.name(),
            message: &parts.message,
            causes: &parts.causes,
            what: what(parts),
            why: &parts.why,
            next: parts.hint.as_deref(),
            repeat: parts.repeat.key(),
            effect: parts.effect.map(Effect::key),
            hint: parts.hint.as_deref(),
            raw: parts.raw.as_deref(),
            candidates: parts.candidates.iter().map(CandidateView::from).collect(),
            destroyed: &parts.destroyed,
            created: parts.created.as_ref(),
            done: &parts.done,
            not_done: &parts.undone,
            outcome: parts.outcome.as_ref(),
            exit_code: parts.exit.code(),
        },
    };
    // Types without maps and floats can always be serialized; the text is on stderr in any case.
    if let Ok(document) = Document::new(&body) {
        console.failed(&document);
    }
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Body<'p> {
    /// The plan that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<&'p PlanView>,
    /// The operations of earlier steps of the command.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    steps: &'p [Step],
    /// The job that the failure is about: of the operation, or what the VM is busy with. It may be over or go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<&'p JobLink>,
    /// The operation in the journal that the failure is about: its own, or the one that is in the way. It may be over.
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<&'p OperationLink>,
    /// The cluster node of the VM.
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<&'p str>,
    /// The error.
    error: ErrorView<'p>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ErrorView<'p> {
    /// Id of the error, such as HVS0412; `hvsnap explain` tells more.
    id: String,
    /// The kind of the error.
    #[cfg_attr(test, schemars(with = "crate::cli::schema::keys::Keys<Kind>"))]
    kind: &'static str,
    /// What failed.
    message: &'p str,
    /// The causes, the nearest one first.
    causes: &'p [String],
    /// The message with its nearest cause.
    what: String,
    /// The usual reason.
    why: &'p str,
    /// What to do; null if there is nothing to do.
    next: Option<&'p str>,
    /// Whether the command may be repeated.
    #[cfg_attr(test, schemars(with = "crate::cli::schema::keys::Keys<hvsnap::explain::Repeat>"))]
    repeat: &'static str,
    /// The effect on the host; null if this command does not know it.
    #[cfg_attr(test, schemars(with = "Option<crate::cli::schema::keys::Keys<Effect>>"))]
    effect: Option<&'static str>,
    /// The same as `next`, under its older name.
    hint: Option<&'p str>,
    /// The text of the host or the system, unchanged.
    raw: Option<&'p str>,
    /// All matches of an ambiguous name, or similar names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    candidates: Vec<CandidateView>,
    /// The snapshots that are gone in spite of the failure.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    destroyed: &'p [SnapshotRef],
    /// The snapshot that was taken in spite of the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<&'p SnapshotRef>,
    /// What earlier steps of the command have done, in sentences.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    done: &'p [String],
    /// The steps that were not begun.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    not_done: &'p [String],
    /// What was observed of the operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'p StatusView>,
    /// The exit code of the command.
    exit_code: u8,
}

/// The message with its nearest cause.
fn what(parts: &Parts) -> String {
    match parts.causes.first() {
        Some(cause) => format!("{}: {cause}", parts.message),
        None => parts.message.clone(),
    }
}

fn effect_text(effect: Effect) -> &'static str {
    match effect {
        Effect::None => "nothing was changed",
        Effect::Applied => "the host was changed",
        _ => "not known: the host may have done it",
    }
}

fn lines(parts: &Parts) -> Vec<Line> {
    let more = |name: &str, text: &dyn std::fmt::Display| {
        Line::new().styled(style::FAINT, format_args!("  {name}: ")).text(text)
    };
    let head = if parts.exit == Exit::Interrupted { "interrupted" } else { "error" };
    let head = Line::new().styled(style::BAD, head).styled(style::FAINT, format_args!("[{}]", parts.id));
    let mut lines = vec![head.text(": ").text(&parts.message)];
    lines.extend(parts.causes.iter().map(|cause| more("caused by", cause)));
    if !parts.candidates.is_empty() {
        let mut table = Table::new(&[]);
        for candidate in &parts.candidates {
            table.row([Line::plain("    ").text(&candidate.name), Line::plain(&candidate.id)]);
        }
        let head = if parts.kind == Kind::Ambiguous { "  candidates:" } else { "  similar:" };
        lines.push(Line::new().styled(style::FAINT, head));
        lines.extend(table.lines());
    }
    lines.extend(
        parts
            .destroyed
            .iter()
            .map(|gone| more("gone all the same", &format_args!("{} ({})", gone.name, gone.id))),
    );
    let taken =
        |taken: &SnapshotRef| more("taken all the same", &format_args!("{} ({})", taken.name, taken.id));
    lines.extend(parts.created.as_ref().map(taken));
    lines.extend(parts.done.iter().map(|done| more("done", done)));
    lines.extend(parts.undone.iter().map(|undone| more("not done", undone)));
    lines.extend(parts.effect.map(|effect| more("effect", &effect_text(effect))));
    lines.extend(parts.settles.as_ref().map(|open| more("not known", open)));
    if let Some(job) = &parts.job {
        lines.push(more("job", &job.id));
        lines.push(more("re-attach", &job.reattach));
    }
    if let Some(operation) = &parts.operation {
        lines.push(more("operation", &operation.id));
        lines.push(more("resume", &operation.resume));
    }
    lines.extend(parts.hint.as_ref().map(|hint| more("hint", hint)));
    lines
}
