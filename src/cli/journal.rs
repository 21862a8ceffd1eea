//! `journal`: what this program was about to do to hosts, and what became of it, as it is written down here.
//!
//! It asks no host. Entries are changed by a person's word alone: one that is open is closed, old ones that are not are
//! removed. A record that cannot be read is named and does not hide the others.

use std::sync::Arc;

use clap::{Args, Subcommand};
use hvsnap::{
    cim::Timestamp,
    hyperv::{Candidate, FindError, Noun},
    journal::{
        Closing, FileJournal, Journal, JournalError, JournalErrorKind, JournalTrouble, Operation, OperationId,
    },
};
use serde::Serialize;

use crate::cli::{
    answer::Answer,
    connect, consent,
    console::Console,
    exit::Exit,
    failure::Failure,
    help,
    kind::Kind,
    render::{Line, operation, style, table::Table, time},
    values::{Length, Since, before},
    view::OperationView,
};

/// The verbs of `journal`.
#[derive(Debug, Subcommand)]
pub(crate) enum JournalCommand {
    /// List the operations, the oldest first
    #[command(after_help = help::JOURNAL_LIST)]
    List(ListArgs),
    /// Show all that is written down of one operation
    #[command(after_help = help::JOURNAL_SHOW)]
    Show(OperationArgs),
    /// End an open entry by your word: it no longer stops the next destroy, and says who closed it and why
    #[command(after_help = help::JOURNAL_CLOSE)]
    Close(CloseArgs),
    /// Remove old entries that are not open
    #[command(after_help = help::JOURNAL_PRUNE)]
    Prune(PruneArgs),
}

/// Which of them.
#[derive(Clone, Debug, Args)]
pub(crate) struct ListArgs {
    /// Only those that are open: the outcome is not known, or a merge is not known to have ended
    #[arg(long)]
    pub(crate) open: bool,

    /// Only those written since then: a length of time such as 90m or 7d, or a date (UTC)
    #[arg(long, value_name = "DURATION|DATE")]
    pub(crate) since: Option<Since>,
}

/// Which operation.
#[derive(Clone, Debug, Args)]
pub(crate) struct OperationArgs {
    /// Id of the operation, or its beginning
    pub(crate) id: String,
}

/// Which operation is closed, and why.
#[derive(Clone, Debug, Args)]
pub(crate) struct CloseArgs {
    #[command(flatten)]
    pub(crate) operation: OperationArgs,

    /// Why; it is kept with the entry
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,

    /// Do not ask
    #[arg(short, long)]
    pub(crate) yes: bool,
}

/// What is old.
#[derive(Clone, Debug, Args)]
pub(crate) struct PruneArgs {
    /// Only what was written to last longer ago than this, such as 30d
    #[arg(long, value_name = "DURATION")]
    pub(crate) older_than: Length,

    /// Show what would be removed, and remove nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Serialize)]
struct ListBody {
    journal: String,
    operations: Vec<OperationView>,
    unreadable: Vec<UnreadableView>,
}

#[derive(Serialize)]
struct ShowBody {
    journal: String,
    operation: OperationView,
}

#[derive(Serialize)]
struct PruneBody {
    journal: String,
    dry_run: bool,
    removed: Vec<OperationView>,
    /// How many of what can be read stay.
    kept: usize,
    unreadable: Vec<UnreadableView>,
    failed: Vec<UnreadableView>,
    exit_code: u8,
}

#[derive(Serialize)]
struct UnreadableView {
    place: String,
    error: String,
}

impl From<&JournalTrouble> for UnreadableView {
    fn from(trouble: &JournalTrouble) -> Self {
        let error = trouble.error();
        Self { place: error.place().to_owned(), error: error.to_string() }
    }
}

pub(crate) fn run(
    journal: &FileJournal,
    console: &mut Console,
    now: Timestamp,
    command: &JournalCommand,
) -> Result<Answer, Failure> {
    match command {
        JournalCommand::List(args) => list(journal, args, now),
        JournalCommand::Show(args) => show(journal, args),
        JournalCommand::Close(args) => close(journal, console, args, now),
        JournalCommand::Prune(args) => prune(journal, args, now),
    }
}

/// All operations, and what cannot be read.
pub(crate) fn read(journal: &FileJournal) -> Result<(Vec<Operation>, Vec<JournalTrouble>), Failure> {
    let (mut operations, mut unreadable) = (Vec::new(), Vec::new());
    for record in journal.list().map_err(|error| failed(&error))? {
        match record {
            Ok(operation) => operations.push(operation),
            Err(error) => unreadable.push(JournalTrouble::NotRead(Arc::new(error))),
        }
    }
    Ok((operations, unreadable))
}

/// A journal that failed.
pub(crate) fn failed(error: &JournalError) -> Failure {
    failed_at("reading the journal failed", error)
}

fn failed_at(message: &str, error: &JournalError) -> Failure {
    let failure = Failure::new(Kind::Journal, message).cause(error);
    match std::error::Error::source(error) {
        Some(source) => failure.cause(source),
        None => failure,
    }
}

/// The operation whose id is, or begins with, `wanted`.
pub(crate) fn find(journal: &FileJournal, wanted: &str) -> Result<Operation, Failure> {
    if let Ok(id) = wanted.parse::<OperationId>()
        && let Some(operation) = journal.read(id).map_err(|error| failed(&error))?
    {
        return Ok(operation);
    }
    let (mut operations, _) = read(journal)?;
    let begins = |operation: &Operation| {
        !wanted.is_empty() && operation.id().to_string().starts_with(&wanted.to_ascii_lowercase())
    };
    operations.retain(begins);
    let candidates: Vec<Candidate> = operations
        .iter()
        .map(|found| Candidate { name: operation::what(found), id: found.id().to_string() })
        .collect();
    let wanted = wanted.to_owned();
    let message = format!("looking for the operation {wanted:?} failed");
    match (operations.pop(), operations.is_empty()) {
        (Some(found), true) => Ok(found),
        (Some(_), false) => {
            Err(Failure::find(message, FindError::Ambiguous { noun: Noun::Operation, wanted, candidates }))
        }
        (None, _) => Err(Failure::find(
            message,
            FindError::NotFound { noun: Noun::Operation, wanted, similar: Vec::new() },
        )
        .hint("`hvsnap journal list` shows what there is; --state-dir says where")),
    }
}

fn list(journal: &FileJournal, args: &ListArgs, now: Timestamp) -> Result<Answer, Failure> {
    let (mut operations, unreadable) = read(journal)?;
    let since = args.since.map(|since| since.moment(now));
    operations.retain(|found| since.is_none_or(|since| found.intent.time >= since));
    operations.retain(|found| !args.open || found.is_open());
    let place = journal.folder().display().to_string();
    let body = ListBody {
        journal: place.clone(),
        operations: operations.iter().map(OperationView::from).collect(),
        unreadable: unreadable.iter().map(UnreadableView::from).collect(),
    };
    let mut answer = Answer::new(table(&operations), &body)?;
    if operations.is_empty() {
        let nothing = match (args.open, since) {
            (true, None) => "Nothing is open".to_owned(),
            (true, Some(since)) => format!("Nothing is open that was written since {}", time::full(since)),
            (false, None) => "Nothing is written down".to_owned(),
            (false, Some(since)) => format!("Nothing was written down since {}", time::full(since)),
        };
        answer.remarks.push(Line::plain(format_args!("{nothing} in {place}.")));
    }
    if operations.iter().any(Operation::is_open) {
        answer.remarks.push(Line::plain(
            "`hvsnap resume` resolves what is open; `hvsnap journal close` ends what cannot be found out.",
        ));
    }
    answer.warnings.extend(unreadable.iter().map(ToString::to_string));
    Ok(answer)
}

/// One line for each.
fn table(operations: &[Operation]) -> Vec<Line> {
    if operations.is_empty() {
        return Vec::new();
    }
    let mut table = Table::new(&["WRITTEN (UTC)", "STATE", "WHAT", "HOST", "ID"]);
    for found in operations {
        table.row([
            Line::plain(time::short(found.intent.time)),
            operation::state(found),
            Line::plain(operation::what(found)),
            Line::plain(&found.intent.endpoint),
            Line::new().styled(style::FAINT, found.id()),
        ]);
    }
    table.lines()
}

fn show(journal: &FileJournal, args: &OperationArgs) -> Result<Answer, Failure> {
    let found = find(journal, &args.id)?;
    let body =
        ShowBody { journal: journal.folder().display().to_string(), operation: OperationView::from(&found) };
    Answer::new(operation::lines(&found), &body)
}

fn close(
    journal: &FileJournal,
    console: &mut Console,
    args: &CloseArgs,
    now: Timestamp,
) -> Result<Answer, Failure> {
    if args.reason.trim().is_empty() {
        return Err(Failure::usage("the reason is empty").hint("say why the entry is closed: --reason TEXT"));
    }
    let found = find(journal, &args.operation.id)?;
    if !found.is_open() {
        return Err(not_open(&found));
    }
    operation::lines(&found).iter().for_each(|line| console.note(line));
    let question =
        "Close this entry? It no longer stops a destroy, and nothing more is found out about it. [y/N]";
    consent::obtain_at_once(console, args.yes, question)?;
    let closing = Closing::new(now, user()?, &args.reason);
    // An operation that is running, or being resumed, is not closed under its process.
    let _lock = journal.lock(&found.intent.vm_id, found.id()).map_err(|error| not_closed(&error))?;
    match journal.closed(found.id(), &closing) {
        Err(error) if matches!(error.kind(), JournalErrorKind::Settled(_)) => {
            return Err(not_open(&find(journal, &found.id().to_string())?));
        }
        closed => closed.map_err(|error| not_closed(&error))?,
    }
    let closed = find(journal, &found.id().to_string())?;
    let text = format!("The entry {} is {closing}.", closed.id());
    let body =
        ShowBody { journal: journal.folder().display().to_string(), operation: OperationView::from(&closed) };
    Answer::new(vec![Line::plain(text)], &body)
}

fn not_open(operation: &Operation) -> Failure {
    let state = match (&operation.closed, &operation.conclusion) {
        (Some(closing), _) => closing.to_string(),
        (None, Some(conclusion)) => conclusion.outcome.word.to_string(),
        (None, None) => "open".to_owned(),
    };
    Failure::usage(format!("the operation {} is {state}; there is nothing to close", operation.id()))
}

fn not_closed(error: &JournalError) -> Failure {
    const FAILED: &str = "closing the entry failed";
    match error.holder() {
        Some(_) => Failure::new(Kind::Taken, FAILED)
            .cause(error)
            .hint("it is running, or being resumed: wait for its end"),
        None => failed_at(FAILED, error),
    }
}

/// Who closes an entry: the user's name as the environment holds it, else the number that the system knows.
fn user() -> Result<Option<String>, Failure> {
    for name in ["USER", "LOGNAME", "USERNAME"] {
        if let Some(user) = connect::variable(name)? {
            return Ok(Some(user));
        }
    }
    #[cfg(unix)]
    return Ok(Some(format!("uid {}", rustix::process::geteuid().as_raw())));
    #[cfg(not(unix))]
    Ok(None)
}

fn prune(journal: &FileJournal, args: &PruneArgs, now: Timestamp) -> Result<Answer, Failure> {
    let (operations, unreadable) = read(journal)?;
    let then = before(now, args.older_than.0);
    let is_old = |operation: &Operation| !operation.is_open() && operation.last_change() < then;
    let (mut removed, kept): (Vec<_>, Vec<_>) = operations.into_iter().partition(is_old);
    let mut failed = Vec::new();
    if !args.dry_run {
        removed.retain(|operation| match journal.remove(operation.id()) {
            Ok(()) => true,
            Err(error) => {
                failed.push(JournalTrouble::NotWritten(Arc::new(error)));
                false
            }
        });
    }
    let exit = if failed.is_empty() { Exit::Done } else { Exit::Failed };
    let body = PruneBody {
        journal: journal.folder().display().to_string(),
        dry_run: args.dry_run,
        removed: removed.iter().map(OperationView::from).collect(),
        kept: kept.len() + failed.len(),
        unreadable: unreadable.iter().map(UnreadableView::from).collect(),
        failed: failed.iter().map(UnreadableView::from).collect(),
        exit_code: exit.code(),
    };
    let mut answer = Answer::new(table(&removed), &body)?;
    let (verb, count) = (if args.dry_run { "would be" } else { "were" }, removed.len());
    let open = kept.iter().filter(|operation| operation.is_open()).count();
    answer.remarks.push(Line::plain(format_args!(
        "{count} {verb} removed; {} stay, {open} of them open.",
        kept.len() + failed.len()
    )));
    answer.warnings.extend(unreadable.iter().chain(&failed).map(ToString::to_string));
    answer.exit = exit;
    Ok(answer)
}
