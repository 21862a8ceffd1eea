//! `doctor`: checks everything that an operation needs, in order, and shows a command that fixes each failure.
//!
//! It changes nothing and runs none of those commands. A check that fails is part of the result; the exit code tells which.

use clap::Args;
use hvsnap::{
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
remark is no failure.

Examples:
  hvsnap doctor --host hv01.corp.example --tls
  hvsnap doctor --output json")]
pub(crate) struct Doctor {}

#[derive(Serialize)]
struct Body {
    endpoint: String,
    checks: Vec<CheckView>,
    exit_code: u8,
}

#[derive(Serialize)]
struct CheckView {
    subject: &'static str,
    verdict: &'static str,
    detail: String,
    id: Option<String>,
    fixes: Vec<FixView>,
}

#[derive(Serialize)]
struct FixView {
    place: &'static str,
    purpose: &'static str,
    command: String,
}

impl HostCommand for Doctor {
    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let host = session.host.clone();
        let diagnosis = session.interrupt.or(host.doctor()).await.map_err(nothing_changed)?;
        let exit = diagnosis.first_failure().map_or(Exit::Done, exit_of);
        let body = Body {
            endpoint: host.endpoint().to_string(),
            checks: diagnosis.checks.iter().map(CheckView::from).collect(),
            exit_code: exit.code(),
        };
        let mut lines = vec![Line::new().styled(style::STRONG, host.endpoint())];
        lines.extend(checks(&diagnosis));
        let mut answer = Answer::new(lines, &body)?;
        answer.exit = exit;
        answer.remarks = vec![Line::new(), verdict(&diagnosis)];
        Ok(answer)
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
