//! `journal close`: closes an open record by hand.

use clap::Args;
use hvsnap::journal::{Closing, FileJournal, Journal as _, JournalError, JournalErrorKind, Operation};

use super::{OneBody, OperationArgs, failed_at, find};
use crate::cli::{
    answer::Answer,
    connect, consent,
    failure::Failure,
    kind::Kind,
    render::{Line, operation},
    run::Run,
    view::{OperationLink, OperationView},
};

/// Close an open record by hand: it no longer blocks the next operation, and keeps who closed it and why
#[derive(Debug, Args)]
#[command(after_help = "\
For an operation whose outcome can no longer be found out, because the host or the VM is gone. It
contacts no host: look at the host first. A final status stays; a record without one becomes
\"closed\", never \"done\".

Example:
  hvsnap journal close 1f0c2a7e --reason 'VM deleted on 2026-03-09, ticket 4711'")]
pub(crate) struct Close {
    #[command(flatten)]
    which: OperationArgs,

    /// The reason, which is kept in the record
    #[arg(long, value_name = "TEXT")]
    reason: String,

    /// Do not ask for confirmation
    #[arg(short, long)]
    yes: bool,
}

impl Close {
    pub(super) fn run(&self, run: Run<'_>, journal: &FileJournal) -> Result<Answer, Failure> {
        if self.reason.trim().is_empty() {
            return Err(
                Failure::usage("the reason is empty").hint("say why the record is closed: --reason TEXT")
            );
        }
        let found = find(journal, &self.which.id)?;
        let link = OperationLink::new(&run.reattach(), found.id());
        let not_closed = |error: &JournalError| not_closed(error).about(None, Some(link.clone()));
        if !found.is_open() {
            return Err(not_open(&found).about(None, Some(link)));
        }
        operation::lines(&found).iter().for_each(|line| run.console.proposal(line, self.yes));
        let question = "Close this record? It will no longer block operations, and hvsnap will no longer look for its outcome. [y/N]";
        if let Some(job) = found.job().filter(|_| !found.is_concluded()) {
            let id = job.selectors.text("InstanceID").unwrap_or("of the operation");
            run.console.warn(&format!("the job {id} may still be running on the host"));
        }
        consent::obtain_at_once(run.console, self.yes, question)?;
        let closing = Closing::new(run.start.timestamp(), user()?, &self.reason);
        // The lock prevents closing an operation that is running or being resumed.
        let _lock = journal.lock(&found.intent.vm_id, found.id()).map_err(|error| not_closed(&error))?;
        match journal.closed(found.id(), &closing) {
            Err(error) if matches!(error.kind(), JournalErrorKind::NotOpen(_)) => {
                let failure = not_open(&find(journal, &found.id().to_string())?);
                return Err(failure.about(None, Some(link)));
            }
            closed => closed.map_err(|error| not_closed(&error))?,
        }
        let closed = find(journal, &found.id().to_string())?;
        let text = format!("The record {} is {closing}.", closed.id());
        let body = OneBody {
            journal: journal.folder().display().to_string(),
            operation: OperationView::from(&closed),
        };
        Answer::new(vec![Line::plain(text)], &body)
    }
}

fn not_open(operation: &Operation) -> Failure {
    let state = match (&operation.closed, &operation.conclusion) {
        (Some(closing), _) => closing.to_string(),
        (None, Some(conclusion)) => conclusion.outcome.status.to_string(),
        (None, None) => "open".to_owned(),
    };
    Failure::usage(format!("the operation {} is {state}; there is nothing to close", operation.id()))
}

fn not_closed(error: &JournalError) -> Failure {
    const FAILED: &str = "closing the record failed";
    match error.holder() {
        Some(_) => Failure::new(Kind::Locked, FAILED)
            .cause(error)
            .hint("it is running or being resumed: wait for its end"),
        None => failed_at(FAILED, error),
    }
}

/// The user who closes an entry: from the environment, else from the system.
fn user() -> Result<Option<String>, Failure> {
    for name in ["USER", "LOGNAME", "USERNAME"] {
        if let Some(user) = connect::variable(name)? {
            return Ok(Some(user));
        }
    }
    #[cfg(unix)]
    return Ok(Some(name_of(rustix::process::geteuid().as_raw())));
    #[cfg(not(unix))]
    Ok(None)
}

/// The user's name in the local database (passwd(5)); the number if it has none.
#[cfg(unix)]
fn name_of(uid: u32) -> String {
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        (fields.nth(1)?.parse() == Ok(uid)).then_some(name)
    });
    name.map_or_else(|| format!("uid {uid}"), str::to_owned)
}
