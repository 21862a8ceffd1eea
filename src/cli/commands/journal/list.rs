//! `journal list`: the records, oldest first.

use clap::Args;
use hvsnap::journal::{FileJournal, Operation};
use serde::Serialize;

use super::{UnreadableView, may_be_open, read, table};
use crate::cli::{
    answer::{Answer, Item},
    commands::ListArgs,
    exit::Exit,
    failure::Failure,
    render::{Line, time},
    run::Run,
    values::Since,
    view::OperationView,
};

/// List the records, oldest first
#[derive(Debug, Args)]
#[command(after_help = "\
Where an operation is named, the beginning of its id is enough if no other id begins with it.

Examples:
  hvsnap journal list
  hvsnap journal list --open --since 7d
  hvsnap journal list --since 2026-03-09 --output json")]
pub(crate) struct List {
    /// Only open ones: the outcome or the end of a merge is not known
    #[arg(long)]
    open: bool,

    /// Only those written since: a length of time such as 90m or 7d, or a date (UTC)
    #[arg(long, value_name = "DURATION|DATE")]
    since: Option<Since>,

    #[command(flatten)]
    how: ListArgs,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Head {
    /// Path of the folder of the journal.
    journal: String,
    /// False if a record cannot be read.
    complete: bool,
    /// The records that cannot be read.
    unreadable: Vec<UnreadableView>,
    /// The exit code of the command.
    exit_code: u8,
}

impl Item for OperationView {
    const FIELD: &'static str = "operations";
    const TYPE: &'static str = "record";
}

impl List {
    pub(super) fn run(&self, run: Run<'_>, journal: &FileJournal) -> Result<Answer, Failure> {
        let (mut operations, unreadable) = read(journal)?;
        let since = self.since.map(|since| since.moment(run.start.timestamp()));
        operations.retain(|found| since.is_none_or(|since| found.intent.time >= since));
        operations.retain(|found| !self.open || found.is_open());
        // Unreadable records may be open, so this list may be incomplete.
        let exit = if self.open && !unreadable.is_empty() { Exit::Failed } else { Exit::Done };
        let place = journal.folder().display().to_string();
        let head = Head {
            journal: place.clone(),
            complete: unreadable.is_empty(),
            unreadable: unreadable.iter().map(UnreadableView::from).collect(),
            exit_code: exit.code(),
        };
        let shown = table(&operations).shown(self.how.layout(run.console));
        let mut answer = Answer::list(shown, &head, operations.iter().map(OperationView::from))?;
        if operations.is_empty() && exit == Exit::Done {
            let nothing = match (self.open, since) {
                (true, None) => "Nothing is open".to_owned(),
                (true, Some(since)) => {
                    format!("Nothing is open that was recorded since {}", time::full(since))
                }
                (false, None) => "Nothing is recorded".to_owned(),
                (false, Some(since)) => format!("Nothing was recorded since {}", time::full(since)),
            };
            answer.remarks.push(Line::plain(format_args!("{nothing} in {place}.")));
        }
        if operations.iter().any(Operation::is_open) {
            answer.remarks.push(Line::plain(
            "`hvsnap resume` resolves what is open; `hvsnap journal close` closes what cannot be resolved.",
        ));
        }
        answer.remarks.extend(may_be_open(&unreadable));
        answer.exit = exit;
        answer.warnings.extend(unreadable.iter().map(ToString::to_string));
        Ok(answer)
    }
}
