//! `resume`: what became of operations whose end nobody saw.
//!
//! It only reads the host and waits; it never destroys anything. Each operation is asked about at its own host, as the journal
//! names it. Without an id all that are open are settled, one after the other, and one that cannot be stops no other.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use clap::Args;
use hvsnap::{
    Client, Effect, Resumption, Until,
    journal::{FileJournal, Operation},
};
use serde::Serialize;

use crate::cli::{
    answer::Answer,
    args::Cli,
    connect::{self, Book, Reattach, Whom},
    console::Console,
    destroy::{Busy, Wait},
    exit::Exit,
    failure::Failure,
    interrupt::Interrupt,
    journal, on_a_runtime,
    progress::Display,
    render::{Line, operation, style},
    report,
    start::Start,
    state,
    view::{OperationLink, OperationView, ResumedView},
};

/// Which operation, and how long to wait.
#[derive(Clone, Debug, Args)]
pub(crate) struct ResumeArgs {
    /// Id of the operation, or its beginning; without one, all that are open
    pub(crate) id: Option<String>,

    /// How long to wait
    #[arg(long, value_enum, default_value_t = Wait::Merged)]
    pub(crate) wait: Wait,

    /// What to do while another process is at the machine
    #[arg(long, value_enum, default_value_t = Busy::Fail)]
    pub(crate) on_busy: Busy,
}

#[derive(Default, Serialize)]
struct Body {
    journal: String,
    resumed: Vec<ResumedView>,
    failed: Vec<FailedView>,
    exit_code: u8,
    #[serde(skip)]
    exits: Vec<Exit>,
    #[serde(skip)]
    remarks: Vec<Line>,
}

#[derive(Serialize)]
struct FailedView {
    operation: OperationView,
    error_id: String,
    message: String,
    causes: Vec<String>,
    exit_code: u8,
}

/// What all operations of one run share.
struct Resuming<'c> {
    args: &'c ResumeArgs,
    console: &'c mut Console,
    interrupt: Interrupt,
    reattach: Reattach,
    clients: BTreeMap<Whom, Client>,
}

pub(crate) fn run(
    cli: &Cli,
    console: &mut Console,
    start: &Start,
    args: &ResumeArgs,
) -> Result<Answer, Failure> {
    let journal = state::journal(&cli.general)?;
    let (operations, unreadable) = match &args.id {
        Some(id) => (vec![journal::find(&journal, id)?], Vec::new()),
        None => {
            let (mut operations, unreadable) = journal::read(&journal)?;
            operations.retain(Operation::is_open);
            (operations, unreadable)
        }
    };
    let clients = clients(cli, start, args, &journal, &operations)?;
    let (lines, body) = on_a_runtime(async {
        let reattach = Reattach::new(&cli.connection, &cli.general);
        let mut resuming = Resuming { args, console, interrupt: start.interrupt, reattach, clients };
        resuming.all(&operations).await
    })?;
    let place = journal.folder().display().to_string();
    let exit = worst(&body.exits);
    let remarks = body.remarks.clone();
    let mut answer = Answer::new(lines, &Body { journal: place.clone(), exit_code: exit.code(), ..body })?;
    if operations.is_empty() {
        answer.remarks.push(Line::plain(format_args!("Nothing is open in {place}.")));
    }
    answer.remarks.extend(remarks);
    answer.warnings.extend(unreadable.iter().map(ToString::to_string));
    answer.exit = exit;
    Ok(answer)
}

/// A client for each host and user; none for what is written down already.
fn clients(
    cli: &Cli,
    start: &Start,
    args: &ResumeArgs,
    journal: &Arc<FileJournal>,
    operations: &[Operation],
) -> Result<BTreeMap<Whom, Client>, Failure> {
    let open = operations.iter().filter(|operation| args.written(operation).is_none());
    let whom: BTreeSet<Whom> = open.map(|operation| Whom::of(&operation.intent)).collect();
    if cli.connection.password_stdin && whom.len() > 1 {
        return Err(Failure::usage("--password-stdin serves one host and user, and there are several")
            .hint("resume them one by one, by their ids"));
    }
    let mut clients = BTreeMap::new();
    for whom in whom {
        let (journal, deadline) = (Arc::clone(journal), start.deadline);
        let book = Book { journal, on_busy: args.on_busy.on_busy(), deadline };
        let client = connect::client_for(&cli.connection, &start.clock, book, &whom)?;
        clients.insert(whom, client);
    }
    Ok(clients)
}

impl ResumeArgs {
    /// What is written down of the operation, if nothing is left to be learned.
    fn written(&self, operation: &Operation) -> Option<Resumption> {
        Resumption::written(operation, self.wait.until())
    }
}

impl Resuming<'_> {
    async fn all(&mut self, operations: &[Operation]) -> Result<(Vec<Line>, Body), Failure> {
        let (mut lines, mut body) = (Vec::new(), Body::default());
        for operation in operations {
            match self.one(operation).await {
                Ok(resumption) => {
                    let exit = Exit::of(&resumption.outcome);
                    body.resumed.push(ResumedView::new(&resumption, exit.code()));
                    body.exits.push(exit);
                    lines.extend(operation::resumed(&resumption));
                    body.remarks.extend(self.remarks(&resumption));
                }
                // Alone it is the command's own failure, and an interruption ends them all.
                Err(failure) if self.args.id.is_some() || failure.parts().exit == Exit::Interrupted => {
                    return Err(failure);
                }
                Err(failure) => {
                    report::tell(self.console, &failure);
                    let parts = failure.parts();
                    body.failed.push(FailedView {
                        operation: OperationView::from(operation),
                        error_id: parts.id.to_string(),
                        message: parts.message.clone(),
                        causes: parts.causes.clone(),
                        exit_code: parts.exit.code(),
                    });
                    body.exits.push(parts.exit);
                }
            }
        }
        Ok((lines, body))
    }

    /// What is left to do, for people.
    fn remarks(&self, resumption: &Resumption) -> Vec<Line> {
        let mut remarks = Vec::new();
        let outcome = &resumption.outcome;
        if !outcome.word.is_final() || outcome.is_merge_open() {
            let command = OperationLink::new(&self.reattach, resumption.operation.id()).resume;
            remarks.push(
                Line::new().styled(style::CAUTION, "That is not the end. To look again, and wait for it:"),
            );
            remarks.push(Line::plain(format_args!("  {command}")));
        }
        remarks
    }

    async fn one(&mut self, operation: &Operation) -> Result<Resumption, Failure> {
        if let Some(written) = self.args.written(operation) {
            return Ok(written);
        }
        let Some(client) = self.clients.get(&Whom::of(&operation.intent)) else {
            return Err(Failure::usage("there is no client for this operation"));
        };
        let link = || Some(OperationLink::new(&self.reattach, operation.id()));
        let text = "settling was interrupted; what was begun on the host goes on there";
        let stopped = || Failure::interrupted(text, Effect::Unknown).operation(link());
        self.interrupt.stands(stopped());
        let mut display = Display::new();
        let console = &mut *self.console;
        let resuming =
            client.resume_waiting(operation, self.args.wait.until(), None, |at| display.show(console, at));
        let ended = self.interrupt.or(resuming).await;
        display.clear();
        match ended {
            Ok(resumption) => resumption.map_err(|error| Failure::from(error).operation(link())),
            Err(_) => Err(stopped()),
        }
    }
}

impl Wait {
    /// As the library knows it.
    pub(crate) fn until(self) -> Until {
        match self {
            Self::Accepted => Until::Accepted,
            Self::Job => Until::JobEnded,
            Self::Merged => Until::Merged,
        }
    }
}

/// What must not be overlooked comes first.
fn worst(exits: &[Exit]) -> Exit {
    let rank = |exit: &&Exit| match exit {
        Exit::Done => 0,
        Exit::MergePending => 1,
        Exit::Failed => 2,
        Exit::Unknown => 4,
        _ => 3,
    };
    exits.iter().max_by_key(rank).copied().unwrap_or(Exit::Done)
}
