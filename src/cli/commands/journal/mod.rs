//! `journal`: lists, shows, closes and removes the records of operations.
//!
//! It contacts no host. A record that cannot be read is reported and does not hide the others.

mod close;
pub(crate) mod list;
pub(crate) mod prune;
mod show;

use std::sync::Arc;

use clap::{Args, Subcommand};
use hvsnap::{
    hyperv::{Candidate, FindError, Noun},
    journal::{FileJournal, Journal as _, JournalError, JournalTrouble, Operation, OperationId},
};
use serde::Serialize;

use crate::cli::{
    answer::Answer,
    failure::Failure,
    kind::Kind,
    present,
    render::{
        Line, operation, style,
        table::{Column, Table},
        time,
    },
    run::Run,
    view::OperationView,
};

/// Records of the operations that were begun from here
#[derive(Debug, Subcommand)]
pub(crate) enum Journal {
    List(list::List),
    Show(show::Show),
    Close(close::Close),
    Prune(prune::Prune),
}

impl Journal {
    pub(super) fn run(&self, run: Run<'_>) -> Result<Answer, Failure> {
        let journal = &*run.journal()?;
        match self {
            Self::List(command) => command.run(run, journal),
            Self::Show(command) => command.run(run, journal),
            Self::Close(command) => command.run(run, journal),
            Self::Prune(command) => command.run(run, journal),
        }
    }
}

/// Which operation.
#[derive(Clone, Debug, Args)]
struct OperationArgs {
    /// Id of the operation, or its beginning
    id: String,
}

/// One operation.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct OneBody {
    /// Path of the folder of the journal.
    journal: String,
    /// The record.
    operation: OperationView,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct UnreadableView {
    /// Path of the file.
    place: String,
    /// What is wrong with it, in words.
    error: String,
}

impl From<&JournalTrouble> for UnreadableView {
    fn from(trouble: &JournalTrouble) -> Self {
        let error = trouble.error();
        Self { place: error.place().to_owned(), error: error.to_string() }
    }
}

/// All operations, and the records that cannot be read.
pub(super) fn read(journal: &FileJournal) -> Result<(Vec<Operation>, Vec<JournalTrouble>), Failure> {
    let (mut operations, mut unreadable) = (Vec::new(), Vec::new());
    for record in journal.list().map_err(|error| failed(&error))? {
        match record {
            Ok(operation) => operations.push(operation),
            Err(error) => unreadable.push(JournalTrouble::NotRead(Arc::new(error))),
        }
    }
    Ok((operations, unreadable))
}

/// Advice about unreadable records that may be open; empty if there are none.
pub(super) fn may_be_open(unreadable: &[JournalTrouble]) -> Vec<Line> {
    let count = match unreadable.len() {
        0 => return Vec::new(),
        1 => "1 record cannot be read and may be open.".to_owned(),
        count => format!("{count} records cannot be read and may be open."),
    };
    vec![
        Line::new().styled(style::CAUTION, count),
        Line::plain("Look at the VM on the host, then move the file out of the journal's folder."),
    ]
}

/// The failure for an error of the journal.
pub(super) fn failed(error: &JournalError) -> Failure {
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
pub(super) fn find(journal: &FileJournal, wanted: &str) -> Result<Operation, Failure> {
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
        .map(|found| Candidate { name: present::what(found), id: found.id().to_string() })
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

/// One line per operation.
fn table(operations: &[Operation]) -> Table {
    let mut table = Table::new(&[
        Column::text("WRITTEN (UTC)"),
        Column::text("STATE"),
        Column::name("WHAT"),
        Column::text("ID"),
        Column::name("HOST"),
    ]);
    for found in operations {
        table.row([
            Line::plain(time::short(found.intent.time)),
            operation::state(found),
            Line::plain(present::what(found)),
            Line::new().styled(style::FAINT, found.id()),
            Line::plain(&found.intent.endpoint),
        ]);
    }
    table
}
