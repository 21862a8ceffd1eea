//! `journal show`: one record.

use clap::Args;
use hvsnap::journal::FileJournal;

use super::{OneBody, OperationArgs, find};
use crate::cli::{answer::Answer, failure::Failure, render::operation, run::Run, view::OperationView};

/// Show the record of an operation
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  hvsnap journal show 1f0c2a7e")]
pub(crate) struct Show {
    #[command(flatten)]
    which: OperationArgs,
}

impl Show {
    pub(super) fn run(&self, _: Run<'_>, journal: &FileJournal) -> Result<Answer, Failure> {
        let found = find(journal, &self.which.id)?;
        let body = OneBody {
            journal: journal.folder().display().to_string(),
            operation: OperationView::from(&found),
        };
        Answer::new(operation::lines(&found), &body)
    }
}
