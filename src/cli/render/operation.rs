//! A record of the journal, as text.

use hvsnap::{
    Resumption,
    journal::{Operation, Reply, Status},
};

use super::{
    Line,
    status::{self, status},
    style,
    table::facts,
    time,
};
use crate::cli::present;

/// The state in a few words.
pub(crate) fn state(operation: &Operation) -> Line {
    if let Some(closing) = &operation.closed {
        let closed = Line::new().styled(style::CAUTION, closing);
        return match &operation.conclusion {
            // Only the merge was open.
            Some(conclusion) if conclusion.outcome.status != Status::Closed => {
                status(conclusion.outcome.status).text(", ").join(closed)
            }
            _ => closed,
        };
    }
    match (&operation.conclusion, &operation.answer) {
        (Some(_), _) if operation.is_merge_open() => {
            status(Status::Done).styled(style::CAUTION, ", merge open")
        }
        (Some(conclusion), _) => status(conclusion.outcome.status),
        (None, Some(answer)) => match &answer.reply {
            Reply::Returned { job: Some(_), .. } => Line::new().styled(style::CAUTION, "open: job started"),
            Reply::Returned { .. } => Line::new().styled(style::CAUTION, "open: answered"),
            _ => Line::new().styled(style::CAUTION, "open: answer lost"),
        },
        (None, None) => Line::new().styled(style::CAUTION, "open: no answer known"),
    }
}

/// The whole record.
pub(crate) fn lines(operation: &Operation) -> Vec<Line> {
    let intent = &operation.intent;
    let mut rows = vec![
        ("state", state(operation)),
        ("written", Line::plain(time::full(intent.time))),
        ("host", Line::plain(&intent.endpoint)),
        ("host name", intent.system.as_ref().map(Line::plain).unwrap_or_default()),
        ("node", intent.node.as_ref().map(Line::plain).unwrap_or_default()),
        ("namespace", Line::plain(&intent.namespace)),
        ("user", intent.user.as_ref().map(Line::plain).unwrap_or_default()),
        ("VM", Line::plain(format_args!("{} ({})", intent.vm_name, intent.vm_id))),
    ];
    rows.extend(present::rows(operation));
    rows.extend(follows(operation));
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
            Reply::Refused { error } => rows.push(("refused", Line::new().styled(style::CAUTION, error))),
            Reply::NotSent { error } => rows.push(("not sent", Line::new().styled(style::CAUTION, error))),
            Reply::Lost { error } => rows.push(("answer lost", Line::new().styled(style::CAUTION, error))),
            _ => {}
        }
    }
    if let Some(conclusion) = &operation.conclusion {
        rows.push(("concluded", Line::plain(time::full(conclusion.time))));
        rows.extend(status::rows(&conclusion.outcome));
    }
    if let Some(closing) = &operation.closed {
        rows.push(("closed", Line::plain(time::full(closing.time))));
        rows.push(("reason", Line::plain(&closing.reason)));
    }
    headed(operation, rows)
}

/// The steps that the command planned after this one; each has its own record if it was run.
fn follows(operation: &Operation) -> impl Iterator<Item = status::Row> + '_ {
    operation.intent.then.iter().map(|step| ("was to follow", Line::new().styled(style::CAUTION, step)))
}

fn headed(operation: &Operation, rows: Vec<(&'static str, Line)>) -> Vec<Line> {
    let head = Line::new()
        .styled(style::STRONG, format_args!("Operation {}", operation.id()))
        .text(format_args!(": {}", present::what(operation)));
    let mut lines = vec![head];
    lines.extend(facts(rows));
    lines
}

/// The outcome, and the observations that support it.
pub(crate) fn resumed(resumption: &Resumption) -> Vec<Line> {
    let endpoint = &resumption.operation.intent.endpoint;
    let mut rows = vec![("status", status(resumption.outcome.status)), ("host", Line::plain(endpoint))];
    rows.extend(follows(&resumption.operation));
    rows.extend(status::rows(&resumption.outcome));
    headed(&resumption.operation, rows)
}
