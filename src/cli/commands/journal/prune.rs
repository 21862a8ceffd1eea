//! `journal prune`: removes old records that are not open.

use std::sync::Arc;

use clap::Args;
use hvsnap::journal::{FileJournal, JournalTrouble, Operation};
use serde::Serialize;

use super::{UnreadableView, may_be_open, read, table};
use crate::cli::{
    answer::Answer,
    exit::Exit,
    failure::Failure,
    render::Line,
    run::Run,
    values::{Length, before},
    view::OperationView,
};

/// Remove old records that are not open
#[derive(Debug, Args)]
#[command(after_help = "\
Open records always stay, and so do those that cannot be read.

Examples:
  hvsnap journal prune --older-than 90d --dry-run
  hvsnap journal prune --older-than 90d")]
pub(crate) struct Prune {
    /// Only those whose last change is older than this, such as 30d
    #[arg(long, value_name = "DURATION")]
    older_than: Length,

    /// Show what would be removed, and remove nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Body {
    /// Path of the folder of the journal.
    journal: String,
    /// True if nothing was removed.
    dry_run: bool,
    /// The records that were, or would be, removed.
    removed: Vec<OperationView>,
    /// The number of readable records that remain.
    kept: usize,
    /// The records that cannot be read; they stay.
    unreadable: Vec<UnreadableView>,
    /// The records that could not be removed.
    failed: Vec<UnreadableView>,
    /// The exit code of the command.
    exit_code: u8,
}

impl Prune {
    pub(super) fn run(&self, run: Run<'_>, journal: &FileJournal) -> Result<Answer, Failure> {
        let (operations, unreadable) = read(journal)?;
        let then = before(run.start.timestamp(), self.older_than.0);
        let is_old = |operation: &Operation| !operation.is_open() && operation.last_change() < then;
        let (mut removed, kept): (Vec<_>, Vec<_>) = operations.into_iter().partition(is_old);
        let mut failed = Vec::new();
        if !self.dry_run {
            removed.retain(|operation| match journal.remove(operation.id()) {
                Ok(()) => true,
                Err(error) => {
                    failed.push(JournalTrouble::NotWritten(Arc::new(error)));
                    false
                }
            });
        }
        let exit = if failed.is_empty() { Exit::Done } else { Exit::Failed };
        let body = Body {
            journal: journal.folder().display().to_string(),
            dry_run: self.dry_run,
            removed: removed.iter().map(OperationView::from).collect(),
            kept: kept.len() + failed.len(),
            unreadable: unreadable.iter().map(UnreadableView::from).collect(),
            failed: failed.iter().map(UnreadableView::from).collect(),
            exit_code: exit.code(),
        };
        let mut answer = Answer::new(table(&removed).lines(), &body)?;
        let (verb, count) = (if self.dry_run { "would be" } else { "were" }, removed.len());
        let stay = kept.len() + failed.len() + unreadable.len();
        let open = kept.iter().filter(|operation| operation.is_open()).count();
        let not_read = match unreadable.len() {
            0 => String::new(),
            count => format!(", {count} not readable"),
        };
        answer
            .remarks
            .push(Line::plain(format_args!("{count} {verb} removed, {stay} kept ({open} open{not_read}).")));
        answer.remarks.extend(may_be_open(&unreadable));
        answer.warnings.extend(unreadable.iter().chain(&failed).map(ToString::to_string));
        answer.exit = exit;
        Ok(answer)
    }
}
