//! Destroys snapshots of several VMs: one plan, one question, a call and a record for each snapshot.
//!
//! The VMs go one after the other. A surprise stops its VM, and the others go on; what would stop them all the same (an
//! interruption, the time limit, a refused password, a host that is not reached) ends the command. Nothing is guessed: each
//! plan expects the tree that it was made on, and the library refuses it if the tree is another one.

mod ended;
mod told;

use hvsnap::{
    Effect, Host, Vm,
    hyperv::{Fingerprint, Plan, SelectedVm, Selection, SnapshotTree},
    journal::Status,
};
use serde::Serialize;

use super::{
    operation::{self, OperationArgs},
    snapshot::list::vms,
    steps::{Step, Steps},
};
use crate::cli::{
    answer::Answer,
    consent,
    exit::Exit,
    failure::Failure,
    kind::Kind,
    present,
    proposal::Proposal,
    render::{
        Line, plan,
        status::Row,
        style,
        table::{Column, Table, facts},
    },
    report,
    session::Session,
    view::{PlanView, SnapshotRef, VmRef},
};
use ended::{after, ends_all, together, worst};
use told::{ErrorOfVm, Summary};

/// The destroys of one VM.
struct Part {
    /// `None` if the host no longer shows it.
    vm: Option<Vm>,
    tree: SnapshotTree,
    proposal: Proposal,
    /// Why it cannot begin, as far as that is known before.
    refused: Option<Failure>,
}

/// What a command destroys.
pub(super) struct Many<'a> {
    pub(super) args: &'a OperationArgs,
    pub(super) selection: &'a Selection,
    /// The order of the snapshots of a VM.
    pub(super) order: Order,
    /// True for snapshots of backups and the like too.
    pub(super) accept_foreign: bool,
    /// True if nothing is sent.
    pub(super) dry_run: bool,
    /// The plan as text, without its rows.
    pub(super) lines: Vec<Line>,
    /// More rows of the plan.
    pub(super) rows: Vec<Row>,
    /// What the selection keeps, for the document.
    pub(super) kept: Option<Vec<KeptView>>,
    /// What could not be read, and is left out.
    pub(super) left_out: Vec<String>,
}

/// The order of the snapshots of a VM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Leaves first.
    LeavesFirst,
    /// As they were selected.
    AsSelected,
}

/// A snapshot that a policy keeps, as JSON.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct KeptView {
    /// The VM.
    pub(super) vm: VmRef,
    /// The snapshot.
    pub(super) snapshot: SnapshotRef,
    /// Why it is kept: a name for programs.
    #[cfg_attr(test, schemars(with = "crate::cli::schema::keys::Keys<hvsnap::hyperv::Kept>"))]
    pub(super) why: &'static str,
}

/// The document of a destroy of many.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Body {
    /// The address of the host.
    endpoint: String,
    /// True if nothing was sent.
    dry_run: bool,
    /// The approved fingerprint of all plans; null if nothing is selected.
    fingerprint: Option<String>,
    /// False if a node or a VM is left out of the selection; the warnings say which.
    complete: bool,
    /// How many snapshots are selected, by outcome.
    summary: Summary,
    /// The VMs with selected snapshots, in their order.
    vms: Vec<VmResult>,
    /// What a policy keeps; only of `prune`.
    #[serde(skip_serializing_if = "Option::is_none")]
    kept: Option<Vec<KeptView>>,
    /// The exit code of the command.
    exit_code: u8,
}

/// The result for one VM.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct VmResult {
    /// The VM.
    vm: VmRef,
    /// The cluster node that it is on; left out without a cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    /// The calls, in their order; in a dry run their plans only.
    steps: Vec<Step>,
    /// What ended the work on this VM.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorOfVm>,
    /// The snapshots whose destroy was not begun.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_begun: Vec<SnapshotRef>,
}

impl VmResult {
    /// What was not begun, in words.
    fn undone(&self) -> impl Iterator<Item = String> {
        let first = self.error.as_ref().and_then(ErrorOfVm::not_begun);
        let all = first.into_iter().chain(&self.not_begun);
        all.map(|snapshot| format!("destroy {} of {}", snapshot.name, self.vm.name))
    }
}

impl Many<'_> {
    /// Shows the plan, asks, and destroys.
    pub(super) async fn carry_out(mut self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let parts = self.parts(session).await?;
        for part in &parts {
            operation::needs_the_end(self.args, &part.proposal)?;
        }
        let fingerprint = fingerprint_of(&parts);
        self.approved(fingerprint)?;
        let lines = self.plan_lines(&parts, fingerprint);
        if self.dry_run || parts.is_empty() {
            return self.dry(session, &parts, lines, fingerprint);
        }
        lines.iter().for_each(|line| session.console.proposal(line, self.args.yes));
        self.left_out.iter().for_each(|text| session.console.warn(text));
        let question = format!("Destroy {}? [y/N]", self.of_vms(&parts));
        consent::obtain_for(session, self.args.yes, &question, || {
            let text =
                format!("destroying {} needs a yes, and there is no terminal to ask on", self.of_vms(&parts));
            let fingerprint = fingerprint.map(|fingerprint| fingerprint.to_string()).unwrap_or_default();
            Failure::new(Kind::NoConsent, text).hint(format!(
                "look at the plan, then say --yes; with --fingerprint {fingerprint} for exactly this plan"
            ))
        })
        .await?;
        self.destroy(session, parts, fingerprint).await
    }

    /// `3 snapshots of 2 VMs`.
    fn of_vms(&self, parts: &[Part]) -> String {
        format!("{} of {}", plan::snapshots(self.selection.len()), vms(parts.len()))
    }

    /// The VMs as they are now, with their plans.
    async fn parts(&mut self, session: &mut Session<'_>) -> Result<Vec<Part>, Failure> {
        if self.selection.is_empty() {
            return Ok(Vec::new());
        }
        let (hosts, problems) = session.of_all(async |host: Host| host.vms().await).await?;
        let shown: Vec<Vm> = hosts.into_iter().flatten().collect();
        for problem in problems {
            if !self.left_out.contains(&problem) {
                self.left_out.push(problem);
            }
        }
        let mut parts = Vec::new();
        for selected in self.selection.vms() {
            let tree = selected.tree();
            let Some(proposal) = self.proposal(selected)? else { continue };
            let vm = shown.iter().find(|vm| vm.id().eq_ignore_ascii_case(tree.vm_id()));
            let refused = match vm {
                Some(vm) => renamed(tree, vm).or_else(|| operation::refusal(&proposal, vm)),
                None => Some(stale(tree, "the VM is no longer among those that could be read".to_owned())),
            };
            parts.push(Part { vm: vm.cloned(), tree: tree.clone(), proposal, refused });
        }
        Ok(parts)
    }

    fn proposal(&self, selected: &SelectedVm) -> Result<Option<Proposal>, Failure> {
        let plans = match self.order {
            Order::LeavesFirst => selected.plans_leaves_first(),
            Order::AsSelected => selected.plans(),
        };
        let plans = plans.map_err(|error| Failure::new(Kind::Planning, "planning failed").cause(error))?;
        let accepted = plans.into_iter().map(|plan| match self.accept_foreign {
            true => plan.accept_foreign().into(),
            false => plan.into(),
        });
        Ok(Proposal::of(accepted.collect()))
    }

    /// Refuses plans with another fingerprint than the approved one.
    fn approved(&self, fingerprint: Option<Fingerprint>) -> Result<(), Failure> {
        match (self.args.fingerprint, fingerprint) {
            (Some(approved), now) if now != Some(approved) => {
                let now =
                    now.map_or_else(|| "nothing is selected".to_owned(), |now| format!("fingerprint {now}"));
                let cause = format!("the plan is not the one that was approved ({now}, approved {approved})");
                let failure = Failure::new(Kind::Stale, "destroying the snapshots failed").cause(cause);
                Err(failure.hint("look at the plan again with --dry-run"))
            }
            _ => Ok(()),
        }
    }

    fn plan_lines(&self, parts: &[Part], fingerprint: Option<Fingerprint>) -> Vec<Line> {
        let mut lines = self.lines.clone();
        let mut rows = self.rows.clone();
        let snapshots = self.selection.vms().iter().flat_map(SelectedVm::snapshots);
        let with_memory = snapshots.filter(|snapshot| snapshot.is_saved == Some(true)).count();
        if with_memory > 0 {
            let text = format!("{} with a memory state, which is lost with it", plan::snapshots(with_memory));
            rows.push(("caution", Line::new().styled(style::CAUTION, text)));
        }
        for part in parts {
            if let Some(failure) = &part.refused {
                let why = failure.parts().causes.first().unwrap_or(&failure.parts().message);
                let text = format!("{}: {why}", part.tree.vm_name());
                rows.push(("refused", Line::new().styled(style::CAUTION, text)));
            }
        }
        rows.extend(fingerprint.map(|fingerprint| ("fingerprint", Line::plain(fingerprint))));
        if !rows.is_empty() {
            lines.push(Line::new());
            lines.extend(facts(rows));
        }
        lines
    }

    fn dry(
        self,
        session: &Session<'_>,
        parts: &[Part],
        lines: Vec<Line>,
        fingerprint: Option<Fingerprint>,
    ) -> Result<Answer, Failure> {
        let planned = |plan: PlanView| Step { plan, job: None, operation: None, outcome: None };
        let of_vm = |part: &Part| VmResult {
            vm: VmRef::of(&part.tree),
            node: part.node(),
            steps: part.proposal.views().map(planned).collect(),
            error: part.refused.as_ref().map(|failure| ErrorOfVm::new(failure, None)),
            not_begun: Vec::new(),
        };
        let summary = Summary { selected: self.selection.len(), ..Summary::default() };
        let results = parts.iter().map(of_vm).collect();
        // Only a dry run that was asked for is a look; otherwise this is all that the command does.
        let exit = if self.dry_run { Exit::Done } else { self.unless_left_out(Exit::Done) };
        let body = self.body(session, true, fingerprint, summary, results, exit);
        let mut answer = Answer::new(lines, &body)?;
        answer.exit = exit;
        answer.warnings = self.left_out;
        Ok(answer)
    }

    /// A failure if the command would be done, and a node or a VM was left out: a timer sees the exit code alone.
    fn unless_left_out(&self, exit: Exit) -> Exit {
        match exit {
            Exit::Done | Exit::MergePending if !self.left_out.is_empty() => Exit::Failed,
            exit => exit,
        }
    }

    fn body(
        &self,
        session: &Session<'_>,
        dry_run: bool,
        fingerprint: Option<Fingerprint>,
        summary: Summary,
        vms: Vec<VmResult>,
        exit: Exit,
    ) -> Body {
        Body {
            endpoint: session.host.endpoint().to_string(),
            dry_run,
            fingerprint: fingerprint.map(|fingerprint| fingerprint.to_string()),
            complete: self.left_out.is_empty(),
            summary,
            vms,
            kept: self.kept.clone(),
            exit_code: exit.code(),
        }
    }

    async fn destroy(
        self,
        session: &mut Session<'_>,
        parts: Vec<Part>,
        fingerprint: Option<Fingerprint>,
    ) -> Result<Answer, Failure> {
        let mut run = Run {
            args: self.args,
            results: Vec::new(),
            summary: Summary::default(),
            exits: Vec::new(),
            done: Vec::new(),
            effect: Effect::None,
        };
        run.summary.selected = self.selection.len();
        let mut table = Table::new(&[Column::name("VM"), Column::name("SNAPSHOT"), Column::text("RESULT")]);
        let mut waiting = parts.into_iter();
        let mut down = Vec::new();
        while let Some(part) = waiting.next() {
            let node = part.node();
            if node.as_ref().is_some_and(|node| down.contains(node)) {
                run.not_begun(&part, &part.proposal.plans().collect::<Vec<_>>(), None, &mut table);
                continue;
            }
            let stopped = run.part(session, &part, &mut table).await;
            let Some(failure) = stopped else { continue };
            // A node of a cluster that is not reached takes its own VMs with it.
            if let (Exit::NotReached, Some(node)) = (failure.parts().exit_alone(), node) {
                down.push(node);
                continue;
            }
            let before = run.results.len().saturating_sub(1);
            for part in waiting.by_ref() {
                run.not_begun(&part, &part.proposal.plans().collect::<Vec<_>>(), None, &mut table);
            }
            if failure.parts().kind == Kind::Interrupted {
                // The interruption is the answer; what went wrong on the VMs before comes with it.
                for error in run.results.iter().take(before).filter_map(|result| result.error.as_ref()) {
                    session.console.warn(&error.words());
                }
                let undone = run.results.iter().flat_map(VmResult::undone);
                let undone = undone.collect();
                let steps = run.results.iter().flat_map(|result| result.steps.clone()).collect();
                let failure = after(failure, run.effect);
                return Err(failure.between(run.done, undone, steps));
            }
        }
        let exit = self.unless_left_out(worst(&run.exits));
        session.console.note(&Line::new());
        let shown = table.shown(session.console.layout(false));
        let mut lines = shown.lines;
        lines.push(Line::new());
        lines.push(
            Line::plain(format_args!("{}: ", plan::snapshots(run.summary.selected)))
                .text(run.summary.words()),
        );
        let body = self.body(session, false, fingerprint, run.summary, run.results, exit);
        let mut answer = Answer::new(lines, &body)?;
        answer.remarks.extend(shown.remark);
        if matches!(exit, Exit::Unknown | Exit::MergePending) || run.summary.accepted > 0 {
            let resume = session.reattach.command(&["resume"]);
            answer.remarks.push(
                Line::new().styled(style::CAUTION, "Open operations are left. To find out their outcome:"),
            );
            answer.remarks.push(Line::plain(format_args!("  {resume}")));
        }
        answer.exit = exit;
        Ok(answer)
    }
}

/// The run over all VMs.
struct Run<'a> {
    args: &'a OperationArgs,
    results: Vec<VmResult>,
    summary: Summary,
    exits: Vec<Exit>,
    /// What was done, in sentences.
    done: Vec<String>,
    /// What all steps so far have done to the host.
    effect: Effect,
}

impl Part {
    /// The cluster node that the VM is on.
    fn node(&self) -> Option<String> {
        self.vm.as_ref().and_then(Vm::node).map(str::to_owned)
    }
}

impl Run<'_> {
    /// Destroys the snapshots of one VM; returns the failure that ends the whole command.
    async fn part(&mut self, session: &mut Session<'_>, part: &Part, table: &mut Table) -> Option<Failure> {
        let plans: Vec<&Plan> = part.proposal.plans().collect();
        session.interrupt.stands(self.between());
        session.console.note(&Line::new());
        session.console.note(&Line::new().styled(style::STRONG, part.tree.vm_name()));
        let ready = match (&part.refused, &part.vm) {
            (None, Some(vm)) => operation::recover_earlier(session, self.args, vm).await.map(|()| vm),
            (Some(failure), _) => Err(failure.clone()),
            (None, None) => return None,
        };
        let vm = match ready {
            Ok(vm) => vm,
            Err(failure) => {
                report::tell(session.console, &failure);
                self.not_begun(part, &plans, Some(&failure), table);
                self.exits.push(failure.parts().exit);
                return ends_all(&failure).then_some(failure);
            }
        };
        let mut steps = Steps::of(&part.proposal);
        let mut failed = None;
        for plan in &plans {
            if let Err(failure) = steps.take(session, self.args, vm, plan).await {
                failed = Some(failure);
                break;
            }
        }
        let taken = steps.into_taken();
        let vm = part.tree.vm_name();
        for (plan, taken) in plans.iter().zip(&taken) {
            let is_seen = taken.outcome.status == Status::Done;
            let (text, effect) = match is_seen {
                true => (result(taken.exit), Effect::Applied),
                false => (Line::plain("accepted, not followed"), Effect::Unknown),
            };
            if is_seen {
                self.summary.count(taken.exit)
            } else {
                self.summary.accepted += 1
            }
            self.effect = together(self.effect, effect);
            self.exits.push(taken.exit);
            self.done.push(taken.done.clone());
            table.row([Line::plain(vm), Line::plain(target(plan).1), text]);
        }
        let Some(failure) = failed else {
            self.results.push(VmResult {
                vm: VmRef::of(&part.tree),
                node: part.node(),
                steps: taken.into_iter().map(|taken| taken.step).collect(),
                error: None,
                not_begun: Vec::new(),
            });
            return None;
        };
        report::tell(session.console, &failure);
        let exit = failure.parts().exit;
        self.exits.push(exit);
        self.effect = together(self.effect, failure.parts().effect_alone().unwrap_or(Effect::Unknown));
        let mut rest = plans.into_iter().skip(taken.len());
        let failing = rest.next();
        if let Some(plan) = failing {
            // What is refused before the call was not begun, whatever its code.
            let was_sent = failure.parts().operation.is_some() || failure.parts().outcome.is_some();
            let class = if was_sent || exit == Exit::Unknown { exit } else { Exit::NotBegun };
            self.summary.count(class);
            let cause = failure.parts().causes.first().unwrap_or(&failure.parts().message);
            let gone = if failure.parts().destroyed.is_empty() { "" } else { ", gone all the same" };
            let text = result(class).text(format_args!("{gone}: {cause}"));
            table.row([Line::plain(vm), Line::plain(target(plan).1), text]);
        }
        let rest: Vec<&Plan> = rest.collect();
        let not_begun: Vec<SnapshotRef> = rest.iter().map(|plan| target(plan).0).collect();
        for plan in &rest {
            self.summary.count(Exit::NotBegun);
            table.row([Line::plain(vm), Line::plain(target(plan).1), result(Exit::NotBegun)]);
        }
        self.results.push(VmResult {
            vm: VmRef::of(&part.tree),
            node: part.node(),
            steps: taken.into_iter().map(|taken| taken.step).collect(),
            error: Some(ErrorOfVm::new(&failure, failing.map(|plan| target(plan).0))),
            not_begun,
        });
        ends_all(&failure).then_some(failure)
    }

    /// The failure if the command is ended between two VMs.
    fn between(&self) -> Failure {
        let failure = after(Failure::interrupted("stopped before the next VM", Effect::None), self.effect);
        failure.between(self.done.clone(), Vec::new(), Vec::new())
    }

    /// Notes that nothing was begun of these plans.
    fn not_begun(&mut self, part: &Part, plans: &[&Plan], why: Option<&Failure>, table: &mut Table) {
        for plan in plans {
            self.summary.count(Exit::NotBegun);
            table.row([
                Line::plain(part.tree.vm_name()),
                Line::plain(target(plan).1),
                result(Exit::NotBegun),
            ]);
        }
        self.results.push(VmResult {
            vm: VmRef::of(&part.tree),
            node: part.node(),
            steps: Vec::new(),
            error: why.map(|failure| ErrorOfVm::new(failure, None)),
            not_begun: plans.iter().map(|plan| target(plan).0).collect(),
        });
    }
}

/// The failure if a VM has another name than the one that it was selected by: it may be one that is excluded.
fn renamed(tree: &SnapshotTree, vm: &Vm) -> Option<Failure> {
    let is_another = tree.knows_name() && tree.vm_name() != vm.name();
    is_another.then(|| stale(tree, format!("the VM is called {:?} now", vm.name())))
}

/// The failure if a VM is not as it was selected.
fn stale(tree: &SnapshotTree, why: String) -> Failure {
    let text = format!("destroying the snapshots of {:?} was not begun", tree.vm_name());
    Failure::new(Kind::Stale, text).cause(why).hint("run the command again: it reads and selects anew")
}

/// The fingerprint of all plans; `None` without one.
fn fingerprint_of(parts: &[Part]) -> Option<Fingerprint> {
    let mut plans = parts.iter().flat_map(|part| part.proposal.plans());
    let first = plans.next()?;
    let others: Vec<String> = plans.map(|plan| plan.fingerprint().to_string()).collect();
    Some(first.fingerprint_with(&others))
}

/// The snapshot that a plan destroys, and its path.
fn target(plan: &Plan) -> (SnapshotRef, String) {
    match plan {
        Plan::Destroy(plan) => (plan.target().into(), plan.tree().label(plan.target())),
        other => (SnapshotRef { id: String::new(), name: String::new() }, present::question(other)),
    }
}

fn result(exit: Exit) -> Line {
    match exit {
        Exit::Done => Line::new().styled(style::GOOD, "destroyed"),
        Exit::MergePending => Line::new().styled(style::CAUTION, "destroyed, merge still open"),
        Exit::Unknown | Exit::Interrupted => Line::new().styled(style::CAUTION, "not known"),
        Exit::NotBegun => Line::new().styled(style::FAINT, "not begun"),
        _ => Line::new().styled(style::BAD, "failed"),
    }
}
