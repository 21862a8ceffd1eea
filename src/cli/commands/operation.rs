//! The flow of all commands that change a VM: show the plan, ask, call, wait, show the outcome.
//!
//! It asks at most once and sends nothing without consent. A command may have several steps, each an operation with its own call
//! and record; it stops at the first step that is not done, and lists the rest.

use std::{cell::Cell, time::Duration};

use clap::{Args, ValueEnum};
use hvsnap::{
    Deadline, Effect, Error, ErrorKind, OnBusy, Open, OperationHandle, Outcome, Resumption, Until, Vm,
    clock::shown,
    hyperv::{Fingerprint, MergeState, Observation, Plan},
    journal::{Operation, OperationId, Reply, Status},
};

use super::steps::{self, Step, Steps, Taken};
use crate::cli::{
    answer::Answer,
    consent,
    console::Console,
    exit::Exit,
    failure::Failure,
    interrupt::{Interrupted, nothing_asked},
    kind::Kind,
    present,
    progress::Display,
    proposal::Proposal,
    render::{Line, operation, outcome, style},
    session::{Session, nothing_changed},
    view::{JobLink, OperationLink, OutcomeView, PlanView},
};

/// The flags of a command that changes a VM.
#[derive(Clone, Debug, Args)]
pub(crate) struct OperationArgs {
    /// Show the plan and its fingerprint and send nothing, even with --yes
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Do not ask for confirmation
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// What to wait for
    #[arg(long, value_enum, default_value_t = Wait::Merged, conflicts_with = "no_wait")]
    pub(crate) wait: Wait,

    /// The same as --wait accepted
    #[arg(long)]
    pub(crate) no_wait: bool,

    /// What to do while another operation runs on the VM, here or elsewhere; --timeout bounds the waiting
    #[arg(long, value_enum, default_value_t = Busy::Fail)]
    pub(crate) on_busy: Busy,

    /// Refuse unless the plan still has this fingerprint
    #[arg(long, value_name = "HEX")]
    pub(crate) fingerprint: Option<Fingerprint>,
}

impl OperationArgs {
    /// How deep to wait.
    pub(crate) fn until(&self) -> Until {
        if self.no_wait { Until::Accepted } else { self.wait.until() }
    }
}

/// Refuses to continue after a step whose end is not waited for.
pub(crate) fn needs_the_end(args: &OperationArgs, proposal: &Proposal) -> Result<(), Failure> {
    if args.until() == Until::Accepted && !proposal.others().is_empty() {
        let text =
            "--no-wait cannot go with a command of several steps: each step needs the end of the one before";
        return Err(Failure::usage(text));
    }
    Ok(())
}

/// What to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Wait {
    /// The host accepts the call
    Accepted,
    /// The job ends, and the VM is read back
    Job,
    /// The disks are merged as well, if a merge is expected
    Merged,
}

impl Wait {
    /// The library's value.
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
    /// The library's value.
    pub(crate) fn on_busy(self) -> OnBusy {
        match self {
            // Within the client's deadline.
            Self::Wait => OnBusy::Wait { at_most: None },
            Self::Fail => OnBusy::Fail,
            Self::Proceed => OnBusy::Proceed,
        }
    }
}

/// Shows the plan and runs its only step.
pub(crate) async fn carry_out(
    session: &mut Session<'_>,
    args: &OperationArgs,
    vm: &Vm,
    plan: impl Into<Plan>,
) -> Result<Answer, Failure> {
    let proposal = Proposal::new(plan);
    if let Some(answer) = begin(session, args, vm, &proposal).await? {
        return Ok(answer);
    }
    let mut steps = Steps::of(&proposal);
    steps.take(session, args, vm, proposal.first()).await?;
    steps.answer(session)
}

/// Shows the steps of a command, and returns the answer of a dry run. Otherwise it returns once there is consent.
pub(crate) async fn begin(
    session: &mut Session<'_>,
    args: &OperationArgs,
    vm: &Vm,
    proposal: &Proposal,
) -> Result<Option<Answer>, Failure> {
    needs_the_end(args, proposal)?;
    let view = proposal.view();
    let lines = present::all_lines(proposal, vm.record());
    approved(args, proposal)?;
    let refused = refusal(proposal, vm);
    if args.dry_run {
        let mut answer = steps::dry(session, proposal, lines)?;
        let why = refused.as_ref().and_then(|failure| failure.parts().causes.first());
        answer.warnings.extend(why.map(|why| format!("this plan would be refused: {why}")));
        return Ok(Some(answer));
    }
    for line in lines {
        session.console.proposal(&line, args.yes);
    }
    if let Some(node) = vm.node() {
        let line = Line::plain("  on the node ").styled(style::STRONG, node).text(" of the cluster");
        session.console.proposal(&line, args.yes);
    }
    if let Some(failure) = refused {
        return Err(failure);
    }
    if let Err(failure) = recover_earlier(session, args, vm).await {
        return Err(waited_in_vain(session, args, failure).plan(view));
    }
    consent::obtain(session, args.yes, proposal).await.map_err(|failure| failure.plan(view))?;
    Ok(None)
}

/// Why the steps cannot begin, by the tree and the state of the VM alone.
pub(super) fn refusal(proposal: &Proposal, vm: &Vm) -> Option<Failure> {
    let during = |plan: &Plan| format!("{} failed", plan.doing());
    if let Some(plan) = proposal.plans().find(|plan| !plan.is_certain()) {
        let failure = Failure::new(Kind::UncertainPlan, during(plan)).cause(ErrorKind::UncertainPlan);
        return Some(failure.plan(PlanView::from(plan)));
    }
    let (plan, obstacle) = proposal
        .with_states(vm.record().state)
        .find_map(|(plan, state)| Some((plan, plan.obstacle(state)?)))?;
    let failure = present::with_obstacle(Failure::new(Kind::Obstacle, during(plan)), &obstacle);
    Some(failure.plan(PlanView::from(plan)))
}

/// Refuses steps with another fingerprint than the approved one.
fn approved(args: &OperationArgs, proposal: &Proposal) -> Result<(), Failure> {
    let (fingerprint, plan) = (proposal.fingerprint(), proposal.main());
    match args.fingerprint {
        Some(approved) if approved != fingerprint => {
            let cause = format!(
                "the plan is not the one that was approved (fingerprint {fingerprint}, approved {approved})"
            );
            Err(Failure::new(Kind::Stale, format!("{} failed", plan.doing()))
                .cause(cause)
                .hint("look at the plan again with --dry-run")
                .plan(PlanView::from(plan)))
        }
        _ => Ok(()),
    }
}

/// A failure after waiting for a busy VM says how long the command has waited.
fn waited_in_vain(session: &Session<'_>, args: &OperationArgs, failure: Failure) -> Failure {
    let limit = session.host.client().deadline().map(|deadline| deadline.limit());
    let is_busy = matches!(failure.parts().kind, Kind::Busy | Kind::Locked | Kind::EarlierOpen);
    match limit {
        Some(limit) if is_busy && args.on_busy == Busy::Wait => {
            failure.hint(format!("still busy after {}; raise --timeout", shown(limit)))
        }
        _ => failure,
    }
}

/// Runs one step: calls, waits as requested, and calls again if the host refused a busy VM and nothing was done.
pub(super) async fn take(
    session: &mut Session<'_>,
    args: &OperationArgs,
    vm: &Vm,
    plan: &Plan,
    then: &[String],
) -> Result<Taken, Failure> {
    let view = PlanView::from(plan);
    let with_plan =
        |session: &Session<'_>, failure: Failure| waited_in_vain(session, args, failure).plan(view.clone());
    let deadline = session.host.client().deadline().map(Deadline::at);
    let mut pause = FIRST_PAUSE;
    loop {
        let failure = match attempt(session, args, vm, plan, then, &view).await {
            Ok(taken) => return Ok(taken),
            Err(Attempt::Failed(failure)) => return Err(with_plan(session, failure)),
            Err(Attempt::Refused(failure)) => failure,
        };
        // The host refused because the VM is busy, and it is proven that nothing was done.
        session.interrupt.stands(nothing_asked());
        let now = session.clock.now();
        // Another refusal takes two readings some seconds apart: with less time left the outcome would stay unknown.
        let is_late = deadline.is_some_and(|deadline| deadline.saturating_sub(now) < LAST_ATTEMPT);
        if is_late || !matches!(args.on_busy, Busy::Wait) {
            return Err(with_plan(session, failure));
        }
        let text = "The host says that the VM is busy, and nothing was done: waiting, then trying again.";
        session.console.note(&Line::new().styled(style::CAUTION, text));
        let clock = session.clock.clone();
        let waited = session.interrupt.or(clock.sleep(pause)).await.map_err(nothing_changed);
        waited.map_err(|failure| with_plan(session, failure))?;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// The least time that must be left for one more call.
const LAST_ATTEMPT: Duration = Duration::from_secs(10);

/// The pause after the first refusal; doubled after each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// The longest pause between two calls.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Why an attempt has no outcome.
enum Attempt {
    /// The step failed.
    Failed(Failure),
    /// The host refused because the VM is busy, and nothing was done.
    Refused(Failure),
}

/// One call, followed to its end.
async fn attempt(
    session: &mut Session<'_>,
    args: &OperationArgs,
    vm: &Vm,
    plan: &Plan,
    then: &[String],
    view: &PlanView,
) -> Result<Taken, Attempt> {
    let handle = call(session, vm, plan, then, view).await.map_err(Attempt::Failed)?;
    let operation = OperationLink::new(&session.reattach, handle.operation());
    let job = handle.job().map(|job| session.reattach.job(job.id()));
    follow(session, args, plan, handle, view).await.map_err(|attempt| match attempt {
        Attempt::Failed(failure) => {
            let parts = failure.parts();
            let is_open = parts.effect == Some(Effect::Unknown) || parts.exit == Exit::Interrupted;
            let open = is_open.then(|| operation.clone());
            Attempt::Failed(failure.operation(open).about(job, Some(operation)))
        }
        Attempt::Refused(failure) => Attempt::Refused(failure.about(job, Some(operation))),
    })
}

/// Recovers earlier open operations on the VM by reading, and reports the result.
pub(super) async fn recover_earlier(
    session: &mut Session<'_>,
    args: &OperationArgs,
    vm: &Vm,
) -> Result<(), Failure> {
    let recovered = match session.interrupt.or(vm.recover_earlier()).await {
        // The operation itself waits for that one, and then checks again.
        Ok(Err(error)) if args.on_busy == Busy::Wait && is_held_or_open(&error) => return Ok(()),
        Ok(recovered) => recovered.map_err(|error| not_begun(session, error)),
        Err(interrupted) => Err(nothing_changed(interrupted)),
    };
    let recovered = recovered.map_err(|failure| match failure.operation_link() {
        Some(_) => failure,
        None => failure.about(None, left_open_on(session, vm)),
    })?;
    for earlier in recovered {
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

/// The operation on the VM that the journal shows as open.
fn left_open_on(session: &Session<'_>, vm: &Vm) -> Option<OperationLink> {
    let records = session.host.written_to()?.list().ok()?;
    let is_it = |operation: &Operation| {
        !operation.is_concluded() && operation.intent.vm_id.eq_ignore_ascii_case(vm.id())
    };
    let open = records.into_iter().flatten().find(is_it)?;
    Some(OperationLink::here(&session.reattach, &session.host, &open))
}

fn is_held_or_open(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Locked(_) | ErrorKind::OpenElsewhere(_))
}

/// An error before the call; for an operation that is open elsewhere, with the command that resumes it there.
fn not_begun(session: &Session<'_>, error: Error) -> Failure {
    let earlier = match error.kind() {
        ErrorKind::OpenElsewhere(earlier) => earlier,
        ErrorKind::Locked(holder) => {
            let holder = holder.operation.map(|id| OperationLink::new(&session.reattach, id));
            return Failure::new(Kind::Locked, format!("not begun: {}", error.kind())).about(None, holder);
        }
        ErrorKind::Busy { job: Some(job), .. } => {
            let job = session.reattach.job(&job.instance_id);
            return failed(error).about(Some(job), None);
        }
        ErrorKind::Obstacle(obstacle) => {
            let obstacle = obstacle.clone();
            return present::with_obstacle(Failure::from(error), &obstacle);
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

/// An open operation must be resolved before another one begins.
fn left_open(session: &Session<'_>, earlier: &Resumption) -> Failure {
    let link = OperationLink::here(&session.reattach, &session.host, &earlier.operation);
    let message =
        format!("the earlier operation {} is {}; nothing was sent", link.id, earlier.outcome.status);
    let hint = format!("resolve it first ({}), or wait for it with --on-busy wait", link.resume);
    Failure::new(Kind::EarlierOpen, message).operation(Some(link)).hint(hint)
}

/// The one call.
async fn call(
    session: &mut Session<'_>,
    vm: &Vm,
    plan: &Plan,
    then: &[String],
    view: &PlanView,
) -> Result<OperationHandle, Failure> {
    let called: Cell<Option<OperationId>> = Cell::new(None);
    let under_way = |id| {
        let link = Some(OperationLink::new(&session.reattach, id));
        let message = "stopped after the call was sent, before the host answered";
        Failure::interrupted(message, Effect::Unknown).exit(Exit::Unknown).operation(link).hint(RESOLVE_FIRST)
    };
    let calling = |id| {
        called.set(Some(id));
        session.interrupt.stands(under_way(id).plan(view.clone()));
    };
    let outcome = session.interrupt.or(vm.begin_announced(plan, then, calling)).await;
    match outcome {
        Ok(Ok(accepted)) => Ok(accepted),
        Ok(Err(error)) => match (error.kind(), error.effect()) {
            (ErrorKind::EarlierOpen(earlier), _) => Err(left_open(session, earlier)),
            (_, Effect::None) => {
                let failure = not_begun(session, error);
                // The one that is in the way comes before the one that was not begun.
                let own = called.get().filter(|_| failure.operation_link().is_none());
                let own = own.map(|id| OperationLink::new(&session.reattach, id));
                Err(failure.about(None, own))
            }
            _ => {
                let link = called.get().map(|id| OperationLink::new(&session.reattach, id));
                Err(failed(error).operation(link))
            }
        },
        Err(interrupted) => Err(called.get().map_or_else(|| nothing_changed(interrupted), under_way)),
    }
}

pub(crate) const RESOLVE_FIRST: &str =
    "the host may have carried on; before doing anything again, resolve it: `hvsnap resume` only reads";

/// Advice if reading the host again would show no more.
pub(crate) const DECIDE: &str = "look at the VM on the host; then close the record, which blocks further operations on the VM: \
     hvsnap journal close ID --reason TEXT";

/// A failure of the library; if the outcome is unknown, with advice.
fn failed(error: Error) -> Failure {
    let observations = error.outcome().map(|outcome| outcome.observations.as_slice()).unwrap_or_default();
    let moved = observations.iter().find(|seen| matches!(seen, Observation::Moved(..)));
    let moved = moved.map(ToString::to_string);
    let failure = advised(error);
    match moved {
        Some(moved) => failure.cause(moved),
        None => failure,
    }
}

fn advised(error: Error) -> Failure {
    match (error.effect(), error.kind()) {
        (Effect::Unknown, _) => {
            let open = error.outcome().and_then(|outcome| outcome.open.as_ref());
            let hint = if open.is_some_and(Open::needs_a_person) { DECIDE } else { RESOLVE_FIRST };
            Failure::from(error).hint(hint)
        }
        (Effect::None, ErrorKind::JobVanished) => {
            Failure::from(error).hint("the VM was read back: nothing was done, and it can be tried again")
        }
        _ => Failure::from(error),
    }
}

/// Waits as requested, and shows the outcome.
async fn follow(
    session: &mut Session<'_>,
    args: &OperationArgs,
    plan: &Plan,
    handle: OperationHandle,
    view: &PlanView,
) -> Result<Taken, Attempt> {
    let link = handle.job().map(|job| session.reattach.job(job.id()));
    match &link {
        Some(link) if handle.is_accepted() => {
            let accepted = Line::plain("The host has accepted it as job ").styled(style::STRONG, &link.id);
            session.console.note(&accepted.text("."));
        }
        _ => {
            let text = match handle.answer() {
                Some(Reply::Returned { .. }) if handle.is_accepted() => None,
                Some(Reply::Returned { .. } | Reply::Refused { .. }) => Some("The host refused the call"),
                _ => Some("The answer to the call was lost"),
            };
            let line =
                |text| Line::new().styled(style::CAUTION, format_args!("{text}: reading what the VM shows."));
            text.into_iter().for_each(|text| session.console.note(&line(text)));
        }
    }
    let until = args.until();
    let operation = OperationLink::new(&session.reattach, handle.operation());
    let stopped = "stopped after the host had accepted the call, before its outcome was seen";
    let stopped = Failure::interrupted(stopped, Effect::Unknown).job(link.clone()).hint(RESOLVE_FIRST);
    session.interrupt.stands(stopped.operation(Some(operation.clone())).plan(view.clone()));
    let ended = wait(session, &handle, until).await;
    let outcome = match ended {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) => {
            let may_go_on = error.effect() == Effect::Unknown;
            let is_busy = error.is_refused_as_busy();
            let failure = failed(error).job(link.filter(|_| may_go_on));
            return Err(if is_busy { Attempt::Refused(failure) } else { Attempt::Failed(failure) });
        }
        Err(Interrupted) => {
            return Err(Attempt::Failed(interrupted(session, plan, link, &handle.observed())));
        }
    };
    // The command waits for acceptance only.
    let is_accepted = until == Until::Accepted && handle.is_accepted();
    let exit = if is_accepted { Exit::Done } else { Exit::of(&outcome) };
    let lines = match is_accepted {
        true => vec![outcome::accepted(plan, link.is_some())],
        false => outcome::lines(plan, &outcome),
    };
    let remarks = remarks(&outcome, link.as_ref(), &operation);
    let step = Step {
        plan: view.clone(),
        job: link,
        operation: Some(operation),
        outcome: Some(OutcomeView::new(plan.tree(), &outcome)),
    };
    let done = match is_accepted {
        true => format!("accepted by the host, and not followed: {}", present::question(plan)),
        false => present::done(plan),
    };
    Ok(Taken { lines, remarks, step, exit, done, outcome })
}

type Ended = Result<Result<Outcome, Error>, Interrupted>;

async fn wait(session: &mut Session<'_>, handle: &OperationHandle, until: Until) -> Ended {
    let job = handle.job().map(|job| job.id().to_owned());
    let mut display = Display::new(Some(handle.operation().to_string()), job);
    let console: &mut Console = session.console;
    let ended = session.interrupt.or(handle.wait(until, |at| display.show(console, at))).await;
    display.clear();
    ended
}

/// Only what was observed so far.
fn interrupted(session: &Session<'_>, plan: &Plan, link: Option<JobLink>, observed: &Outcome) -> Failure {
    let look = session.reattach.command(&["snapshot", "tree", plan.vm_id()]);
    let done = present::done(plan);
    let (message, effect) = match (observed.status, &link) {
        (Status::Done, _) => (format!("{done}; the host may still be merging disks"), Effect::Applied),
        (Status::NotDone, _) => ("the call was not carried out".to_owned(), Effect::None),
        (Status::Partly, _) => ("a part of it was done".to_owned(), Effect::Applied),
        (_, Some(_)) => ("the job continues on the host".to_owned(), Effect::Unknown),
        (_, None) => ("the outcome of the call was not observed".to_owned(), Effect::Unknown),
    };
    let failure = Failure::interrupted(message, effect).outcome(observed);
    match effect {
        Effect::Unknown => failure.job(link),
        _ => failure.hint(format!("to see the tree as it is: {look}")),
    }
}

/// What remains to be done, as text.
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
            "The job continues on the host. To wait for the job, or for its outcome:",
            &[&link.reattach, &operation.resume],
        ),
        _ => Vec::new(),
    }
}
