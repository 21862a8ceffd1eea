//! `snapshot destroy`: plan, consent, call, wait, outcome.
//!
//! It destroys only what the plan shows: the library refuses the call if the tree has changed since. It asks at most once and
//! sends nothing without consent.

use std::{cell::Cell, time::Duration};

use clap::{Args, ValueEnum};
use hvsnap::{
    Deadline, Effect, Error, ErrorKind, OnBusy, OperationHandle, Outcome, Resumption, Until, Vm,
    clock::shown,
    hyperv::{DestroyPlan, DestroyScope, Fingerprint, MergeState},
    journal::{OperationId, Reply, Status},
};
use serde::Serialize;

use super::{SnapshotArgs, not_found, read};
use crate::cli::{
    answer::Answer,
    commands::HostCommand,
    consent,
    console::Console,
    exit::Exit,
    failure::Failure,
    interrupt::{Interrupted, nothing_asked},
    kind::Kind,
    progress::Display,
    render::{Line, operation, outcome, plan, style},
    session::{Session, nothing_changed},
    view::{JobLink, OperationLink, OutcomeView, PlanView},
};

/// Destroy a snapshot: show the plan, ask, wait, and show the resulting tree
#[derive(Debug, Args)]
#[command(
    visible_alias = "delete",
    after_help = "\
The plan is always shown first. Without --yes it asks on the terminal; without a terminal it refuses.
Just before the call the tree is read again, unless it was read within the last second and only the
snapshot itself goes: if the tree has changed, nothing is sent.
The call is recorded in the journal before it is sent. An earlier destroy of the VM whose outcome is
not known is resolved first, by reading the host; if that does not settle it, nothing is sent.
A merge that is still open does not stop the next destroy, unless the VM is busy with it.

Examples:
  hvsnap snapshot destroy web-01 base/before-upgrade --dry-run
  hvsnap snapshot destroy web-01 base/before-upgrade --yes --fingerprint 0123456789abcdef
  hvsnap snapshot destroy web-01 base --scope tree --yes --timeout 30m
  hvsnap snapshot destroy web-01 base/before-upgrade --yes --no-wait --output json"
)]
pub(crate) struct Destroy {
    #[command(flatten)]
    pub(in crate::cli::commands) which: SnapshotArgs,

    /// Show the plan and its fingerprint; send nothing, whatever else is given
    #[arg(long)]
    pub(in crate::cli::commands) dry_run: bool,

    /// Do not ask for confirmation
    #[arg(short, long)]
    pub(in crate::cli::commands) yes: bool,

    /// What to destroy
    #[arg(long, value_enum, default_value_t = Scope::Single)]
    pub(in crate::cli::commands) scope: Scope,

    /// What to wait for
    #[arg(long, value_enum, default_value_t = Wait::Merged, conflicts_with = "no_wait")]
    pub(in crate::cli::commands) wait: Wait,

    /// The same as --wait accepted
    #[arg(long)]
    pub(in crate::cli::commands) no_wait: bool,

    /// What to do while another operation runs on the VM, here or elsewhere; --timeout bounds the waiting
    #[arg(long, value_enum, default_value_t = Busy::Fail)]
    pub(in crate::cli::commands) on_busy: Busy,

    /// Refuse unless the plan (tree, target, scope) still has this fingerprint
    #[arg(long, value_name = "HEX")]
    pub(in crate::cli::commands) fingerprint: Option<Fingerprint>,
}

/// What to destroy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scope {
    /// The snapshot alone; its dependents are kept
    Single,
    /// The snapshot and all its descendants
    Tree,
}

/// What to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Wait {
    /// The host accepts the call
    Accepted,
    /// The job ends, and the tree is read back
    Job,
    /// The disks are merged as well
    Merged,
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

/// What to do about a busy VM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Busy {
    /// Wait for its end; the tree is read again then, and the plan must still be the one shown
    Wait,
    /// Refuse
    Fail,
    /// Send the call all the same, unless a snapshot is being deleted; for a VM that shows "backing up" for ever
    Proceed,
}

impl Busy {
    /// As the library knows it.
    pub(crate) fn on_busy(self) -> OnBusy {
        match self {
            // Within the client's deadline.
            Self::Wait => OnBusy::Wait { at_most: None },
            Self::Fail => OnBusy::Fail,
            Self::Proceed => OnBusy::Proceed,
        }
    }
}

#[derive(Serialize)]
struct Body {
    endpoint: String,
    dry_run: bool,
    plan: PlanView,
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<JobLink>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<OperationLink>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<OutcomeView>,
    exit_code: u8,
}

impl HostCommand for Destroy {
    fn on_busy(&self) -> OnBusy {
        self.on_busy.on_busy()
    }

    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let (vm, plan) = planned(session, self).await?;
        let view = PlanView::from(&plan);
        if self.dry_run {
            let body = Body {
                endpoint: session.host.endpoint().to_string(),
                dry_run: true,
                plan: view,
                job: None,
                operation: None,
                outcome: None,
                exit_code: Exit::Done.code(),
            };
            return Answer::new(plan::lines(&plan), &body);
        }
        for line in plan::lines(&plan) {
            session.console.note(&line);
        }
        let limit = session.host.client().deadline().map(|deadline| deadline.limit());
        let with_plan = |failure: Failure| {
            let is_busy = matches!(failure.parts().kind, Kind::Busy | Kind::Locked | Kind::EarlierOpen);
            let failure = match limit {
                Some(limit) if is_busy && self.on_busy == Busy::Wait => {
                    failure.hint(format!("still busy after {}; raise --timeout", shown(limit)))
                }
                _ => failure,
            };
            failure.plan(view.clone())
        };
        if !plan.is_certain() {
            return Err(with_plan(uncertain(&plan)));
        }
        recover_earlier(session, self, &vm).await.map_err(with_plan)?;
        consent::obtain(session, self.yes, &plan).await.map_err(with_plan)?;
        let deadline = session.host.client().deadline().map(Deadline::at);
        let mut pause = FIRST_PAUSE;
        loop {
            let failure = match attempt(session, self, &vm, &plan, &view).await {
                Ok(answer) => return Ok(answer),
                Err(Attempt::Failed(failure)) => return Err(with_plan(failure)),
                Err(Attempt::Refused(failure)) => failure,
            };
            // The host refused because something else runs on the VM, and it is proven that nothing was done.
            session.interrupt.stands(nothing_asked());
            let now = session.clock.now();
            // Another refusal takes two readings some seconds apart: with less time left nothing would be known in the end.
            let is_late = deadline.is_some_and(|deadline| deadline.saturating_sub(now) < LAST_ATTEMPT);
            if is_late || !matches!(self.on_busy, Busy::Wait) {
                return Err(with_plan(failure));
            }
            let text = "The host says that the VM is busy, and nothing was done: waiting, then trying again.";
            session.console.note(&Line::new().styled(style::CAUTION, text));
            let clock = session.clock.clone();
            session.interrupt.or(clock.sleep(pause)).await.map_err(nothing_changed).map_err(with_plan)?;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// The least time that must be left for one more call.
const LAST_ATTEMPT: Duration = Duration::from_secs(10);

/// The pause after the first refusal; doubled after each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// The longest pause between two calls.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How one call came to nothing.
enum Attempt {
    /// It is over.
    Failed(Failure),
    /// The host refused because the VM is busy, and nothing was done.
    Refused(Failure),
}

/// One call, followed.
async fn attempt(
    session: &mut Session<'_>,
    args: &Destroy,
    vm: &Vm,
    plan: &DestroyPlan,
    view: &PlanView,
) -> Result<Answer, Attempt> {
    let job = call(session, vm, plan).await.map_err(Attempt::Failed)?;
    let operation = job.operation();
    let linked = |session: &Session<'_>, failure: Failure| {
        let parts = failure.parts();
        let is_open = parts.effect == Some(Effect::Unknown) || parts.exit == Exit::Interrupted;
        let link = is_open.then(|| OperationLink::new(&session.reattach, operation));
        failure.operation(link)
    };
    follow(session, args, plan, job, view).await.map_err(|attempt| match attempt {
        Attempt::Failed(failure) => Attempt::Failed(linked(session, failure)),
        refused => refused,
    })
}

/// Resolves what earlier operations on the VM have left open, by reading, and says so.
async fn recover_earlier(session: &mut Session<'_>, args: &Destroy, vm: &Vm) -> Result<(), Failure> {
    let settled = match session.interrupt.or(vm.recover_earlier()).await.map_err(nothing_changed)? {
        // The destroy itself waits for it, and looks again then.
        Err(error) if args.on_busy == Busy::Wait && is_held_or_open(&error) => return Ok(()),
        settled => settled.map_err(|error| not_begun(session, error))?,
    };
    for earlier in settled {
        session.console.note(&Line::new());
        session.console.warn(&format!(
            "the earlier operation {} on this VM had been left open; it is {}",
            earlier.operation.id(),
            earlier.outcome.status
        ));
        for line in operation::resumed(&earlier) {
            session.console.note(&Line::plain("  ").join(line));
        }
        if !earlier.outcome.status.is_final() && args.on_busy != Busy::Wait {
            return Err(left_open(session, &earlier));
        }
    }
    Ok(())
}

fn is_held_or_open(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Locked(_) | ErrorKind::OpenElsewhere(_))
}

/// An error before the call; an operation that is open elsewhere comes with the command that resumes it there.
fn not_begun(session: &Session<'_>, error: Error) -> Failure {
    let earlier = match error.kind() {
        ErrorKind::OpenElsewhere(earlier) => earlier,
        ErrorKind::Locked(_) => {
            return Failure::new(Kind::Locked, format!("cannot destroy: {}", error.kind()));
        }
        _ => return failed(error),
    };
    let there = OperationLink::there(&session.reattach, &session.host, earlier);
    let here = OperationLink::here(&session.reattach, &session.host, earlier);
    let hint = format!(
        "resolve it first, where it was sent ({}); if the VM has moved here: {}; if it cannot be found out: \
         hvsnap journal close {} --reason TEXT",
        there.resume, here.resume, there.id
    );
    Failure::from(error).operation(Some(there)).hint(hint)
}

/// What is open is resolved before anything else is begun.
fn left_open(session: &Session<'_>, earlier: &Resumption) -> Failure {
    let link = OperationLink::here(&session.reattach, &session.host, &earlier.operation);
    let message =
        format!("the earlier operation {} is {}; nothing was sent", link.id, earlier.outcome.status);
    let hint = format!("resolve it first ({}), or wait for it with --on-busy wait", link.resume);
    Failure::new(Kind::EarlierOpen, message).operation(Some(link)).hint(hint)
}

/// Reads the tree and plans on it; refuses if the plan is not the one that was approved.
async fn planned(session: &mut Session<'_>, args: &Destroy) -> Result<(Vm, DestroyPlan), Failure> {
    let (vm, tree) = read(session, &args.which.vm).await?;
    let wanted = &args.which.snapshot;
    let target = tree.find(wanted).map_err(|error| not_found(&tree, wanted, error))?;
    let scope = match args.scope {
        Scope::Single => DestroyScope::Single,
        Scope::Tree => DestroyScope::Tree,
    };
    let plan = tree
        .plan_destroy(target.id(), scope)
        .map_err(|error| Failure::new(Kind::Planning, "planning failed").cause(error))?;
    match args.fingerprint {
        Some(approved) if approved != plan.fingerprint() => {
            let cause = format!(
                "the plan is not the one that was approved (fingerprint {}, approved {approved})",
                plan.fingerprint()
            );
            Err(Failure::new(Kind::Stale, during(&plan))
                .cause(cause)
                .hint("look at the plan again with --dry-run")
                .plan(PlanView::from(&plan)))
        }
        _ => Ok((vm, plan)),
    }
}

fn during(plan: &DestroyPlan) -> String {
    format!("destroying {:?} of {:?} failed", plan.target().element_name(), plan.vm_name())
}

fn uncertain(plan: &DestroyPlan) -> Failure {
    Failure::new(Kind::UncertainPlan, during(plan)).cause(ErrorKind::UncertainPlan)
}

/// The one call.
async fn call(session: &mut Session<'_>, vm: &Vm, plan: &DestroyPlan) -> Result<OperationHandle, Failure> {
    let called: Cell<Option<OperationId>> = Cell::new(None);
    let under_way = |id| {
        let link = Some(OperationLink::new(&session.reattach, id));
        let message = "stopped after the call was sent, before the host answered";
        Failure::interrupted(message, Effect::Unknown).exit(Exit::Unknown).operation(link).hint(RESOLVE_FIRST)
    };
    let calling = |id| {
        called.set(Some(id));
        session.interrupt.stands(under_way(id).plan(PlanView::from(plan)));
    };
    let outcome = session.interrupt.or(vm.begin_announced(plan, calling)).await;
    match outcome {
        Ok(Ok(accepted)) => Ok(accepted),
        Ok(Err(error)) => match (error.kind(), error.effect()) {
            (ErrorKind::EarlierOpen(earlier), _) => Err(left_open(session, earlier)),
            (_, Effect::None) => Err(not_begun(session, error)),
            _ => {
                let link = called.get().map(|id| OperationLink::new(&session.reattach, id));
                Err(failed(error).operation(link))
            }
        },
        Err(interrupted) => Err(called.get().map_or_else(|| nothing_changed(interrupted), under_way)),
    }
}

const RESOLVE_FIRST: &str =
    "the host may have carried on; before doing anything again, resolve it: `hvsnap resume` only reads";

/// A failure of the library; where the outcome is not known, with what to do about it.
fn failed(error: Error) -> Failure {
    match (error.effect(), error.kind()) {
        (Effect::Unknown, _) => Failure::from(error).hint(RESOLVE_FIRST),
        (Effect::None, ErrorKind::JobVanished) => Failure::from(error)
            .hint("the tree was read back: the snapshot is still there, and it can be tried again"),
        _ => Failure::from(error),
    }
}

/// Waits as long as was asked for, and shows the outcome.
async fn follow(
    session: &mut Session<'_>,
    args: &Destroy,
    plan: &DestroyPlan,
    job: OperationHandle,
    view: &PlanView,
) -> Result<Answer, Attempt> {
    let link = job.job().map(|job| session.reattach.job(job.id()));
    session.console.note(&Line::new());
    match &link {
        Some(link) if job.is_accepted() => {
            let accepted = Line::plain("The host has accepted it as job ").styled(style::STRONG, &link.id);
            session.console.note(&accepted.text("."));
        }
        _ => {
            let text = match job.answer() {
                Some(Reply::Returned { .. }) if job.is_accepted() => None,
                Some(Reply::Returned { .. } | Reply::Refused { .. }) => Some("The host refused the call"),
                _ => Some("The answer to the call was lost"),
            };
            let line =
                |text| Line::new().styled(style::CAUTION, format_args!("{text}: reading what the VM shows."));
            text.into_iter().for_each(|text| session.console.note(&line(text)));
        }
    }
    let until = if args.no_wait { Until::Accepted } else { args.wait.until() };
    let operation = OperationLink::new(&session.reattach, job.operation());
    let stopped = "stopped after the host had accepted the call, before its outcome was seen";
    let stopped = Failure::interrupted(stopped, Effect::Unknown).job(link.clone()).hint(RESOLVE_FIRST);
    session.interrupt.stands(stopped.operation(Some(operation.clone())).plan(view.clone()));
    let ended = wait(session, &job, until).await;
    let outcome = match ended {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) => {
            let may_go_on = error.effect() == Effect::Unknown;
            let is_busy = error.is_refused_as_busy();
            let failure = failed(error).job(link.filter(|_| may_go_on));
            return Err(if is_busy { Attempt::Refused(failure) } else { Attempt::Failed(failure) });
        }
        Err(Interrupted) => return Err(Attempt::Failed(interrupted(session, plan, link, &job.observed()))),
    };
    // Nothing but acceptance was asked for.
    let exit = if until == Until::Accepted && job.is_accepted() { Exit::Done } else { Exit::of(&outcome) };
    let body = Body {
        endpoint: session.host.endpoint().to_string(),
        dry_run: false,
        plan: view.clone(),
        job: link.clone(),
        operation: Some(operation.clone()),
        outcome: Some(OutcomeView::new(plan, &outcome)),
        exit_code: exit.code(),
    };
    session.console.note(&Line::new());
    let lines = match until {
        Until::Accepted if job.is_accepted() => vec![outcome::accepted(plan, link.is_some())],
        _ => outcome::lines(plan, &outcome),
    };
    let mut answer = Answer::new(lines, &body).map_err(Attempt::Failed)?;
    answer.exit = exit;
    answer.remarks = remarks(&outcome, link.as_ref(), &operation);
    Ok(answer)
}

type Ended = Result<Result<Outcome, Error>, Interrupted>;

async fn wait(session: &mut Session<'_>, job: &OperationHandle, until: Until) -> Ended {
    let mut display = Display::new();
    let console: &mut Console = session.console;
    let ended = session.interrupt.or(job.wait(until, |at| display.show(console, at))).await;
    display.clear();
    ended
}

/// What was observed until then, and not more.
fn interrupted(
    session: &Session<'_>,
    plan: &DestroyPlan,
    link: Option<JobLink>,
    observed: &Outcome,
) -> Failure {
    let look = session.reattach.command(&["snapshot", "tree", plan.vm_id()]);
    let (message, effect) = match (observed.status, &link) {
        (Status::Done, _) => {
            ("the snapshot is destroyed; the host may still be merging its disks", Effect::Applied)
        }
        (Status::NotDone, _) => ("the call was not carried out", Effect::None),
        (Status::Partly, _) => ("some of the snapshots are destroyed", Effect::Applied),
        (_, Some(_)) => ("the job goes on, on the host", Effect::Unknown),
        (_, None) => ("the outcome of the call was not observed", Effect::Unknown),
    };
    let failure = Failure::interrupted(message, effect).outcome(observed);
    match effect {
        Effect::Unknown => failure.job(link),
        _ => failure.hint(format!("to see the tree as it is: {look}")),
    }
}

/// What is left to do, for people.
fn remarks(outcome: &Outcome, link: Option<&JobLink>, operation: &OperationLink) -> Vec<Line> {
    let remark = |text: &str, commands: &[&str]| {
        let head = Line::new().styled(style::CAUTION, text);
        let commands = commands.iter().map(|command| Line::plain(format_args!("  {command}")));
        std::iter::once(head).chain(commands).collect()
    };
    match (outcome.until, link) {
        _ if outcome.is_merge_open() => remark(
            match outcome.merge.state {
                MergeState::Failed | MergeState::Stopped | MergeState::SwitchedOff => {
                    "The disks are not merged. To look again:"
                }
                _ => "The disks are not known to be merged. To look again:",
            },
            &[&operation.resume],
        ),
        (Until::Accepted, Some(link)) => remark(
            "The job continues on the host. To wait for the job, or for the job and the merge:",
            &[&link.reattach, &operation.resume],
        ),
        _ => Vec::new(),
    }
}
