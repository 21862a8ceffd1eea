//! `journal`: what this program was about to do to hosts, and what became of it, as it is written down here.
//!
//! It asks no host and changes nothing. A record that cannot be read is named and does not hide the others.

use std::sync::Arc;

use clap::{Args, Subcommand};
use hvsnap::{
    hyperv::{Candidate, FindError, Noun},
    journal::{FileJournal, Journal, JournalError, JournalTrouble, Operation, OperationId},
};
use serde::Serialize;

use crate::cli::{
    answer::Answer,
    exit::Exit,
    failure::Failure,
    help,
    render::{Line, operation, style, table::Table, time},
    view::OperationView,
};

/// The verbs of `journal`.
#[derive(Debug, Subcommand)]
pub(crate) enum JournalCommand {
    /// List the operations, the oldest first
    #[command(after_help = help::JOURNAL_LIST)]
    List,
    /// Show all that is written down of one operation
    #[command(after_help = help::JOURNAL_SHOW)]
    Show(OperationArgs),
}

/// Which operation.
#[derive(Clone, Debug, Args)]
pub(crate) struct OperationArgs {
    /// Id of the operation, or its beginning
    pub(crate) id: String,
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
struct UnreadableView {
    place: String,
    error: String,
}

pub(crate) fn run(journal: &Arc<FileJournal>, command: &JournalCommand) -> Result<Answer, Failure> {
    match command {
        JournalCommand::List => list(journal),
        JournalCommand::Show(args) => show(journal, args),
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
    let failure = Failure::new("journal", "reading the journal failed", Exit::Failed).cause(error);
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

fn list(journal: &FileJournal) -> Result<Answer, Failure> {
    let (operations, unreadable) = read(journal)?;
    let mut table = Table::new(&["WRITTEN (UTC)", "STATE", "WHAT", "HOST", "ID"]);
    for found in &operations {
        table.row([
            Line::plain(time::short(found.intent.time)),
            operation::state(found),
            Line::plain(operation::what(found)),
            Line::plain(&found.intent.endpoint),
            Line::new().styled(style::FAINT, found.id()),
        ]);
    }
    let place = journal.folder().display().to_string();
    let body = ListBody {
        journal: place.clone(),
        operations: operations.iter().map(OperationView::from).collect(),
        unreadable: unreadable
            .iter()
            .map(JournalTrouble::error)
            .map(|error| UnreadableView { place: error.place().to_owned(), error: error.to_string() })
            .collect(),
    };
    let lines = if operations.is_empty() { Vec::new() } else { table.lines() };
    let mut answer = Answer::new(lines, &body)?;
    if operations.is_empty() {
        answer.remarks.push(Line::plain(format_args!("Nothing is written down in {place}.")));
    }
    if operations.iter().any(Operation::is_open) {
        answer.remarks.push(Line::plain("What is open, `hvsnap resume` settles."));
    }
    answer.warnings.extend(unreadable.iter().map(ToString::to_string));
    Ok(answer)
}

fn show(journal: &FileJournal, args: &OperationArgs) -> Result<Answer, Failure> {
    let found = find(journal, &args.id)?;
    let body =
        ShowBody { journal: journal.folder().display().to_string(), operation: OperationView::from(&found) };
    Answer::new(operation::lines(&found), &body)
}
