//! `resume`: finds out the outcome of open operations.
//!
//! It only reads the host and waits. It contacts only a host that a flag, a variable or a profile names, never one that only a
//! record names. Without an id it resumes all open operations, one after the other; one that fails does not stop the others.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use clap::Args;
use hvsnap::{
    Effect, Progress, Resumption, Until,
    journal::{Closing, FileJournal, Operation, OperationId},
};
use serde::Serialize;

use crate::cli::{
    answer::Answer,
    args::Cli,
    commands::{
        journal,
        operation::{Busy, Wait},
    },
    connect::{HostSettings, Named, Reached, Reattach, Target},
    console::Console,
    exit::Exit,
    failure::Failure,
    interrupt::Interrupt,
    progress::Display,
    render::{Line, operation, style, time},
    report,
    run::{Run, on_a_runtime},
    start::Start,
    view::{JobLink, OperationLink, OperationView, ResumedView},
};

/// Find out the outcome of open operations; only reads and waits
#[derive(Debug, Args)]
#[command(after_help = "\
Reads the job, the VM and its tree, says what they prove, and records the status. It never changes
the host. Exit code 0: done; 1: not done, or not all; 5: not known yet; 6: merge open.

It talks only to a host that a flag, a variable or a profile names, never to one that only a record
names. With an ID, --host and --endpoint may give that host by another name; without one they
select the operations of that host. Namespace, and user if none is given, are the record's.

Examples:
  hvsnap resume
  hvsnap resume 1f0c2a7e --timeout 10m --output json
  hvsnap resume 1f0c2a7e --host hv01")]
pub(crate) struct Resume {
    /// Id of the operation, or its beginning; without one, all open ones
    pub(crate) id: Option<String>,

    /// What to wait for
    #[arg(long, value_enum, default_value_t = Wait::Merged)]
    pub(crate) wait: Wait,

    /// What to do while another operation runs on the VM
    #[arg(long, value_enum, default_value_t = Busy::Fail)]
    pub(crate) on_busy: Busy,
}

#[derive(Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Body {
    /// Path of the folder of the journal.
    journal: String,
    /// The operations whose outcome was looked for, and what was found out.
    resumed: Vec<ResumedView>,
    /// The operations that could not be resumed.
    failed: Vec<FailedView>,
    /// The exit code of the command.
    exit_code: u8,
    #[serde(skip)]
    exits: Vec<Exit>,
    #[serde(skip)]
    again: Vec<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct FailedView {
    /// The record.
    operation: OperationView,
    /// Id of the error, such as HVS0412.
    error_id: String,
    /// What failed.
    message: String,
    /// The causes, the nearest one first.
    causes: Vec<String>,
    /// The job of the operation; left out if none is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<JobLink>,
    /// The exit code that this failure alone would give.
    exit_code: u8,
}

/// The state shared by all operations of one run.
struct Resuming<'c> {
    args: &'c Resume,
    console: &'c mut Console,
    interrupt: Interrupt,
    reattach: Reattach,
    hosts: Hosts,
}

/// The host of each operation that must be read, or why there is none.
type Hosts = BTreeMap<OperationId, Result<Reached, Failure>>;

impl Resume {
    pub(super) fn run(&self, run: Run<'_>) -> Result<Answer, Failure> {
        let journal = run.journal()?;
        let (mut operations, unreadable) = match &self.id {
            Some(id) => (vec![journal::find(&journal, id)?], Vec::new()),
            None => {
                let (mut operations, unreadable) = journal::read(&journal)?;
                operations.retain(Operation::is_open);
                (operations, unreadable)
            }
        };
        if let (Some(_), [operation]) = (&self.id, operations.as_slice())
            && let Some(closing) = &operation.closed
        {
            return closed(&journal, operation, closing);
        }
        let (interrupt, reattach) = (run.start.interrupt, run.reattach());
        let (hosts, left_alone) = self.hosts(run.cli, run.console, run.start, &journal, &mut operations)?;
        let mut resuming = Resuming { args: self, console: run.console, interrupt, reattach, hosts };
        let (lines, body) = on_a_runtime(resuming.all(&operations))?;
        let place = journal.folder().display().to_string();
        let mut exits = body.exits.clone();
        // Unreadable records may be open.
        exits.extend((!unreadable.is_empty()).then_some(Exit::Failed));
        let exit = Exit::worst(&exits);
        let again = body.again.clone();
        let mut answer =
            Answer::new(lines, &Body { journal: place.clone(), exit_code: exit.code(), ..body })?;
        if operations.is_empty() && unreadable.is_empty() {
            answer.remarks.push(Line::plain(format_args!("Nothing is open in {place}.")));
        }
        if !again.is_empty() {
            answer.remarks.push(Line::new().styled(style::CAUTION, "Not finished. Run:"));
            answer.remarks.extend(again.iter().map(|command| Line::plain(format_args!("  {command}"))));
        }
        answer.remarks.extend(journal::may_be_open(&unreadable));
        answer.warnings.extend(left_alone);
        answer.warnings.extend(unreadable.iter().map(ToString::to_string));
        answer.exit = exit;
        Ok(answer)
    }

    /// A host for each operation whose outcome is still open; one per endpoint, namespace and user.
    ///
    /// If this run names a host but no id, only the operations of that host are resumed; each of the others gets a warning.
    fn hosts(
        &self,
        cli: &Cli,
        console: &mut Console,
        start: &Start,
        journal: &Arc<FileJournal>,
        operations: &mut Vec<Operation>,
    ) -> Result<(Hosts, Vec<String>), Failure> {
        let is_asked = |operation: &Operation| self.written(operation).is_none();
        if !operations.iter().any(is_asked) {
            return Ok((Hosts::new(), Vec::new()));
        }
        let named = Named::collect(&cli.connection)?;
        let left_alone = match named.explicit() {
            Some(endpoint) if self.id.is_none() => keep_those_of(operations, endpoint)?,
            _ => Vec::new(),
        };
        let asked = operations.iter().filter(|operation| is_asked(operation));
        let chosen: Vec<_> = asked
            .map(|operation| (operation.id(), named.choose(&operation.intent, self.id.is_some())))
            .collect();
        let targets: BTreeSet<&Target> =
            chosen.iter().flat_map(|(_, host)| host).map(|host| &host.target).collect();
        if cli.connection.password_stdin && targets.len() > 1 {
            return Err(Failure::usage("--password-stdin serves one host and user, and there are several")
                .hint("resume them one by one, by their ids"));
        }
        let (mut hosts, mut made) = (Hosts::new(), BTreeMap::<Target, Reached>::new());
        for (id, chosen) in chosen {
            let host = chosen.and_then(|chosen| {
                if let Some(host) = made.get(&chosen.target) {
                    return Ok(host.clone());
                }
                let (journal, deadline) = (Arc::clone(journal), start.deadline);
                let host_settings = HostSettings { journal, on_busy: self.on_busy.on_busy(), deadline };
                let reached = chosen.reach(console, &cli.connection, &start.clock, host_settings)?;
                start.interrupt.uses(&reached.host);
                made.insert(chosen.target, reached.clone());
                Ok(reached)
            });
            hosts.insert(id, host);
        }
        Ok((hosts, left_alone))
    }

    /// The recorded outcome, if nothing is left to find out.
    fn written(&self, operation: &Operation) -> Option<Resumption> {
        Resumption::written(operation, self.wait.until())
    }
}

/// The answer for an operation that was closed by hand, which is not investigated further.
fn closed(journal: &FileJournal, operation: &Operation, closing: &Closing) -> Result<Answer, Failure> {
    let text = format!(
        "Operation {} was closed by {} on {}: {}; nothing to resume.",
        operation.id(),
        closing.user.as_deref().unwrap_or("an unknown user"),
        time::full(closing.time),
        closing.reason
    );
    let exit = Exit::Done;
    let written = Resumption::written(operation, Until::Accepted);
    let body = Body {
        journal: journal.folder().display().to_string(),
        resumed: written.iter().map(|written| ResumedView::new(written, exit.code())).collect(),
        exit_code: exit.code(),
        ..Body::default()
    };
    Answer::new(vec![Line::plain(text)], &body)
}

/// Keeps the operations that were sent to this endpoint; returns a text for each of the others.
fn keep_those_of(operations: &mut Vec<Operation>, endpoint: &str) -> Result<Vec<String>, Failure> {
    let is_of = |operation: &Operation| operation.intent.endpoint.eq_ignore_ascii_case(endpoint);
    let others: Vec<String> = operations
        .iter()
        .filter(|operation| !is_of(operation))
        .map(|other| format!("the open operation {} was sent to {}", other.id(), other.intent.endpoint))
        .collect();
    operations.retain(is_of);
    if operations.is_empty() {
        let failure = Failure::usage(format!("no open operation was sent to {endpoint}"));
        let failure = others.into_iter().fold(failure, Failure::cause);
        return Err(
            failure.hint("if that is another name of the same host, give the id of the operation too")
        );
    }
    Ok(others.into_iter().map(|other| format!("{other}; it is left alone")).collect())
}

impl Resuming<'_> {
    async fn all(&mut self, operations: &[Operation]) -> Result<(Vec<Line>, Body), Failure> {
        let (mut lines, mut body) = (Vec::new(), Body::default());
        for operation in operations {
            let of = (operations.len() > 1).then_some(operation.intent.vm_name.as_str());
            let (job, link) = self.links(operation);
            let ended = self.one(operation, of).await;
            match ended.map_err(|failure| failure.about(job, Some(link))) {
                Ok(resumption) => {
                    let exit = Exit::of(&resumption.outcome);
                    body.resumed.push(ResumedView::new(&resumption, exit.code()));
                    body.exits.push(exit);
                    lines.extend(operation::resumed(&resumption));
                    body.again.extend(self.again(&resumption));
                }
                // A failure of the only operation is the command's own failure.
                Err(failure) if self.args.id.is_some() => return Err(failure),
                Err(failure) => {
                    report::tell(self.console, &failure);
                    let parts = failure.parts();
                    body.failed.push(FailedView {
                        operation: OperationView::from(operation),
                        error_id: parts.id.to_string(),
                        message: parts.message.clone(),
                        causes: parts.causes.clone(),
                        job: failure.job_link().cloned(),
                        exit_code: parts.exit.code(),
                    });
                    body.exits.push(parts.exit);
                    // An interruption ends all of them; the results before it are shown.
                    if parts.exit == Exit::Interrupted {
                        break;
                    }
                }
            }
        }
        Ok((lines, body))
    }

    /// The command that continues an unfinished operation, or closes one that another look cannot decide.
    fn again(&self, resumption: &Resumption) -> Option<String> {
        let outcome = &resumption.outcome;
        let is_open = !outcome.status.is_final() || outcome.is_merge_open();
        let id = resumption.operation.id();
        is_open.then(|| match &outcome.open {
            Some(open) if open.needs_a_person() => {
                format!("hvsnap journal close {id} --reason TEXT   (once you know the outcome from the host)")
            }
            _ => OperationLink::new(&self.reattach, id).resume,
        })
    }

    /// The job of an operation, if one is recorded, and the operation.
    fn links(&self, operation: &Operation) -> (Option<JobLink>, OperationLink) {
        let job = operation.job().and_then(|job| job.selectors.text("InstanceID"));
        (job.map(|id| self.reattach.job(id)), OperationLink::new(&self.reattach, operation.id()))
    }

    /// Resumes one operation; `of` is the VM shown with its progress if there are several.
    async fn one(&mut self, operation: &Operation, of: Option<&str>) -> Result<Resumption, Failure> {
        if let Some(written) = self.args.written(operation) {
            return Ok(written);
        }
        let host = self.hosts.remove(&operation.id());
        let host = host.unwrap_or_else(|| Err(Failure::usage("there is no client for this operation")))?;
        let (job_link, operation_link) = self.links(operation);
        let link = || Some(operation_link.clone());
        let text = "nothing was changed by this command; the operation is still open";
        let stopped =
            || Failure::interrupted(text, Effect::None).operation(link()).about(job_link.clone(), None);
        // If a time limit ends the process, the outcome is as unknown as before.
        self.interrupt.stands(stopped().effect(None));
        let job = operation.job().and_then(|job| job.selectors.text("InstanceID"));
        let display = Display::new(Some(operation.id().to_string()), job.map(str::to_owned));
        let mut display = match of {
            Some(vm) => display.of(vm),
            None => display,
        };
        let console = &mut *self.console;
        let until = self.args.wait.until();
        let resuming = async {
            let progress = |at: &Progress| display.show(console, at);
            match &host.cluster {
                Some(cluster) => cluster.resume_waiting(operation, until, progress).await,
                None => host.host.resume_waiting(operation, until, progress).await,
            }
        };
        let ended = self.interrupt.or(resuming).await;
        display.clear();
        match ended {
            Ok(resumption) => resumption.map_err(|error| Failure::from(error).operation(link())),
            Err(_) => Err(stopped()),
        }
    }
}
