//! `doctor`: checks everything that an operation needs, in order, and shows a command that fixes each failure.
//!
//! It changes nothing and runs none of those commands. A check that fails is part of the result; the exit code tells which.

use clap::Args;
use hvsnap::{
    NodeCheck,
    doctor::{Check, Diagnosis, Fix, Place, Subject, Verdict},
    explain::ErrorId,
};
use serde::Serialize;

use crate::cli::{
    answer::Answer,
    commands::HostCommand,
    exit::Exit,
    failure::Failure,
    kind,
    render::{Line, remedy, style},
    session::{Session, nothing_changed},
};

/// Check everything that an operation needs, and say how to fix it
#[derive(Debug, Args)]
#[command(after_help = "\
Checks name, TCP, TLS, schemes, authentication, encryption, clock, namespaces, rights and quota, and
changes nothing; the password is tried once. The exit code is 0, or that of the first failure; a
remark is no failure. With --cluster, also whether each node answers.

Examples:
  hvsnap doctor --host hv01.corp.example --tls
  hvsnap doctor --output json")]
pub(crate) struct Doctor {}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Body {
    /// URL of the endpoint that was asked.
    endpoint: String,
    /// The checks, in the order in which an operation would fail.
    checks: Vec<CheckView>,
    /// The nodes of a cluster, and whether each answers; left out without `--cluster`.
    #[serde(skip_serializing_if = "Option::is_none")]
    nodes: Option<Vec<NodeView>>,
    /// The exit code of the command.
    exit_code: u8,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct NodeView {
    /// Name of the node.
    node: String,
    /// URL of its endpoint; null if its address is not known.
    endpoint: Option<String>,
    /// True if it answers.
    answers: bool,
    /// Why it does not answer.
    problem: Option<String>,
    /// Id of that error, such as HVS0412.
    id: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct CheckView {
    /// What was checked.
    #[cfg_attr(test, schemars(with = "crate::cli::schema::keys::Keys<Subject>"))]
    subject: &'static str,
    /// The result.
    #[cfg_attr(test, schemars(with = "crate::cli::schema::keys::Keys<Verdict>"))]
    verdict: &'static str,
    /// What was seen, or why it cannot be checked.
    detail: String,
    /// Id of the problem, such as HVS0412.
    id: Option<String>,
    /// Commands that may solve the problem.
    fixes: Vec<FixView>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct FixView {
    /// Where the command is run: on the host, or here.
    #[cfg_attr(test, schemars(with = "crate::cli::schema::keys::Keys<Place>"))]
    place: &'static str,
    /// What it does, in words.
    purpose: &'static str,
    /// The command line.
    command: String,
}

impl HostCommand for Doctor {
    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let host = session.host.clone();
        let diagnosis = session.interrupt.or(host.doctor()).await.map_err(nothing_changed)?;
        let failed = diagnosis.first_failure().map(exit_of);
        // Without the cluster its nodes are not known, and a password that it refuses is not for them.
        let nodes = match &session.cluster {
            Some(cluster) if failed.is_none() => {
                let cluster = cluster.clone();
                Some(session.reading(cluster.check_nodes()).await?)
            }
            _ => None,
        };
        let problem = nodes.iter().flatten().find_map(|node| node.problem.as_ref());
        let exit = failed.or_else(|| problem.map(kind::exit_of)).unwrap_or(Exit::Done);
        let body = Body {
            endpoint: host.endpoint().to_string(),
            checks: diagnosis.checks.iter().map(CheckView::from).collect(),
            nodes: nodes.as_ref().map(|nodes| nodes.iter().map(NodeView::from).collect()),
            exit_code: exit.code(),
        };
        let mut lines = vec![Line::new().styled(style::STRONG, host.endpoint())];
        lines.extend(checks(&diagnosis));
        lines.extend(nodes.iter().flatten().flat_map(node_lines));
        let mut answer = Answer::new(lines, &body)?;
        answer.exit = exit;
        let verdict = match nodes.iter().flatten().find(|node| node.problem.is_some()) {
            Some(node) => Line::new()
                .styled(style::BAD, format_args!("Not ready: the node {} does not answer.", node.node)),
            None => verdict(&diagnosis),
        };
        answer.remarks = vec![Line::new(), verdict];
        Ok(answer)
    }
}

impl From<&NodeCheck> for NodeView {
    fn from(check: &NodeCheck) -> Self {
        Self {
            node: check.node.clone(),
            endpoint: check.endpoint.as_ref().map(ToString::to_string),
            answers: check.problem.is_none(),
            problem: check.problem.as_ref().map(|error| error.kind().to_string()),
            id: check.problem.as_ref().map(|error| error.id().to_string()),
        }
    }
}

fn node_lines(check: &NodeCheck) -> Vec<Line> {
    let (style, word) = match &check.problem {
        None => (style::GOOD, Verdict::Passed),
        Some(_) => (style::BAD, Verdict::Failed),
    };
    let line = Line::plain("  ").styled(style, word).pad(17).text(format_args!("node {}", check.node));
    let line = match &check.endpoint {
        Some(endpoint) => line.text(format_args!("  {endpoint}")),
        None => line,
    };
    match &check.problem {
        None => vec![line.text(" answers")],
        Some(error) => {
            let next = remedy::text(&error.report().next);
            let id = Line::new().styled(style::FAINT, format_args!(" [{}]", error.id()));
            vec![line.text(format_args!(": {}", error.kind())).join(id), Line::plain("      ").text(next)]
        }
    }
}

/// The exit code of the first failed check, the same as for that failure elsewhere.
fn exit_of(check: &Check) -> Exit {
    match (&check.error, check.subject) {
        (Some(error), _) => kind::exit_of(error),
        (None, Subject::Token) => Exit::Access,
        (None, _) => Exit::Failed,
    }
}

impl From<&Check> for CheckView {
    fn from(check: &Check) -> Self {
        Self {
            subject: check.subject.key(),
            verdict: check.verdict.key(),
            detail: check.detail.clone(),
            id: check.id.as_ref().map(ToString::to_string),
            fixes: check.fixes.iter().map(FixView::from).collect(),
        }
    }
}

impl From<&Fix> for FixView {
    fn from(fix: &Fix) -> Self {
        Self { place: fix.place.key(), purpose: fix.purpose, command: remedy::command(&fix.command) }
    }
}

fn checks(diagnosis: &Diagnosis) -> Vec<Line> {
    let width = diagnosis.checks.iter().map(|check| check.subject.to_string().len()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for check in &diagnosis.checks {
        let style = match check.verdict {
            Verdict::Passed => style::GOOD,
            Verdict::Remark => style::PLAIN,
            Verdict::Failed => style::BAD,
            _ => style::FAINT,
        };
        let line = Line::plain("  ").styled(style, check.verdict).pad(17);
        let line = line.text(check.subject).pad(17 + width + 2).text(&check.detail);
        lines.push(match check.id {
            Some(id) => line.styled(style::FAINT, format_args!(" [{id}]")),
            None => line,
        });
        if let Some(id) = check.id {
            lines.extend(advice(check, id));
        }
    }
    lines
}

fn advice(check: &Check, id: ErrorId) -> Vec<Line> {
    const INDENT: &str = "      ";
    let said = check.error.as_ref().map(|error| error.report().next);
    let next = said.unwrap_or_else(|| id.entry().next());
    let mut lines = vec![Line::plain(INDENT).text(remedy::text(&next))];
    for fix in &check.fixes {
        let place = match fix.place {
            Place::Host => "on the host",
            _ => "here",
        };
        lines.push(Line::plain(INDENT).styled(style::FAINT, format_args!("{place}, to {}:", fix.purpose)));
        lines.push(Line::plain(INDENT).text("  ").text(remedy::command(&fix.command)));
    }
    lines
}

fn verdict(diagnosis: &Diagnosis) -> Line {
    let count = |verdict| diagnosis.checks.iter().filter(|check| check.verdict == verdict).count();
    match diagnosis.first_failure() {
        Some(check) => {
            let line =
                Line::new().styled(style::BAD, format_args!("Not ready: the {} failed.", check.subject));
            match check.id {
                Some(id) => line.text(format_args!(" `hvsnap explain {id}` says more.")),
                None => line,
            }
        }
        None => {
            let unchecked = count(Verdict::NotCheckable);
            let line = Line::new().styled(style::GOOD, "No problems found.");
            if unchecked == 0 { line } else { line.text(format_args!(" Not checkable: {unchecked}.")) }
        }
    }
}
