//! `snapshot destroy`: one or several snapshots, leaves first, each with its own call and record.
//!
//! It destroys only what the plan shows: the library refuses a call if the tree is not the one that the plan expects. Each plan
//! after the first expects the tree that the plans before it leave.

use clap::{Args, ValueEnum};
use hvsnap::{
    Vm,
    hyperv::{
        DestroyAction, DestroyCost, DestroyPlan, DestroyScope, Origin, Plan, Snapshot, SnapshotId,
        SnapshotTree,
    },
};

use super::{
    filter::{FilterArgs, inventory, lines, now, skew, warn_of_misses},
    not_found, read,
};
use crate::cli::{
    answer::Answer,
    commands::{
        HostCommand,
        many::{Many, Order},
        operation::{OperationArgs, begin},
        steps::Steps,
    },
    connect::quoted,
    failure::Failure,
    kind::Kind,
    proposal::Proposal,
    render::{
        Line,
        plan::snapshots,
        status::{Row, names},
        style,
        table::facts,
        time, tree,
    },
    session::{Session, nothing_changed},
};

/// Destroy snapshots: show the plan, ask, wait, and show the resulting tree
#[derive(Debug, Args)]
#[command(
    visible_alias = "delete",
    override_usage = "\
hvsnap snapshot destroy [OPTIONS] <VM> <SNAPSHOT>...
       hvsnap snapshot destroy [OPTIONS] --match [SELECTION]",
    after_help = "\
The plan is always shown first. Without --yes it asks on the terminal; without a terminal it refuses.
Just before the call the tree is read again, unless it was read within the last second and only the
snapshot itself goes: if the tree has changed, nothing is sent.
Several snapshots are one plan and one question: they go one after the other, leaves first. The first
surprise stops the command, and what is left undone is named.
The call is recorded in the journal before it is sent. An earlier operation on the VM whose outcome is
not known is resolved first, by reading the host; if that does not settle it, nothing is sent.
With --dry-run, and before it asks, it shows what the host will merge, and the free space for that;
with --yes, and with --match, the disks are not read.
With --match all snapshots that fit the selection go, of all VMs; those of backups, of Hyper-V Replica and
of imports only with --kind and --accept-foreign. There is one plan, one question, and for each snapshot a
call and a record of its own, VM by VM. A surprise stops its VM, and the others go on.
A merge that is still open does not stop the next destroy, unless the VM is busy with it.
Snapshots of a backup, of Hyper-V Replica or of an import are refused without --accept-foreign.

Examples:
  hvsnap snapshot destroy web-01 base/before-upgrade --dry-run
  hvsnap snapshot destroy web-01 base/before-upgrade --yes --fingerprint 0123456789abcdef
  hvsnap snapshot destroy web-01 monday tuesday wednesday --yes
  hvsnap snapshot destroy web-01 base --scope tree --yes --timeout 30m
  hvsnap snapshot destroy --match --vm 'web-*' --name 'nightly-*' --older-than 14d --dry-run
  hvsnap snapshot destroy web-01 base/before-upgrade --yes --no-wait --output json"
)]
pub(crate) struct Destroy {
    /// Name or GUID of the VM; an ambiguous name is refused
    #[arg(required_unless_present = "matching")]
    pub(in crate::cli::commands) vm: Option<String>,

    /// Name, path (base/before-upgrade) or id of each snapshot; an ambiguous name is refused
    #[arg(required_unless_present = "matching", value_name = "SNAPSHOT")]
    pub(in crate::cli::commands) snapshots: Vec<String>,

    /// Destroy all snapshots that fit the selection, of all VMs
    #[arg(long = "match", id = "matching", conflicts_with_all = ["vm", "snapshots", "scope"])]
    pub(in crate::cli::commands) matching: bool,

    /// What to destroy
    #[arg(long, value_enum, default_value_t = Scope::Single)]
    pub(in crate::cli::commands) scope: Scope,

    /// Also destroy snapshots that a backup, Hyper-V Replica or an import made
    #[arg(long)]
    pub(in crate::cli::commands) accept_foreign: bool,

    #[command(flatten)]
    pub(in crate::cli::commands) operation: OperationArgs,

    #[command(flatten)]
    pub(in crate::cli::commands) filter: FilterArgs,
}

/// What to destroy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scope {
    /// The snapshot alone; its dependents are kept
    Single,
    /// The snapshot and all its descendants
    Tree,
}

impl Scope {
    fn of(self) -> DestroyScope {
        match self {
            Self::Single => DestroyScope::Single,
            Self::Tree => DestroyScope::Tree,
        }
    }
}

impl HostCommand for Destroy {
    fn on_busy(&self) -> hvsnap::OnBusy {
        self.operation.on_busy.on_busy()
    }

    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        if self.matching {
            return self.matching(session).await;
        }
        if !self.filter.filter().is_empty() {
            return Err(Failure::usage(
                "a selection such as --older-than goes with --match, and not with VM and SNAPSHOT",
            ));
        }
        let vm = self.vm.as_deref().unwrap_or_default();
        let (vm, tree) = read(session, vm).await?;
        let Some(proposal) = Proposal::of(self.plans(&tree)?) else { return Ok(Answer::nothing()) };
        let proposal = self.with_costs(session, &vm, proposal).await?;
        if let Some(answer) = begin(session, &self.operation, &vm, &proposal).await? {
            return Ok(answer);
        }
        let mut steps = Steps::of(&proposal);
        for plan in proposal.plans() {
            steps.take(session, &self.operation, &vm, plan).await?;
        }
        steps.answer(session)
    }
}

impl Destroy {
    /// Destroys what the selection fits, of all VMs.
    async fn matching(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let mut filter = self.filter.filter();
        if filter.is_empty() {
            let text = "--match alone would destroy every snapshot of every VM";
            return Err(Failure::usage(text)
                .hint("say which: --vm, --exclude, --name, --kind, --older-than, --newer-than"));
        }
        let (all, left_out) = inventory(session).await?;
        warn_of_misses(session, &filter, &all);
        if let (Some(_), Some(skew)) = (filter.newer_than, skew(session)) {
            let skew = time::length(skew);
            let text = format!(
                "--newer-than cannot be trusted: the host's clock and this computer's differ by {skew}"
            );
            return Err(Failure::usage(text).hint("set the clock that is wrong; hvsnap doctor shows both"));
        }
        let now = now(session);
        let all_kinds = filter.select(&all.trees, now).len();
        if filter.origins.is_empty() && !self.accept_foreign {
            filter.origins = vec![Origin::User, Origin::Automatic];
        }
        let selection = filter.select(&all.trees, now);
        let others = all_kinds - selection.len();
        let total = snapshots(all.snapshots().count());
        let head = match selection.len() {
            0 => format!("None of {total} fits: nothing to destroy"),
            count => format!("Plan: destroy {count} of {total}"),
        };
        let mut lines = vec![Line::new().styled(style::STRONG, head)];
        let mut rows: Vec<Row> = Vec::new();
        if others > 0 {
            let text =
                format!("{} of backups, Hyper-V Replica or imports (--accept-foreign)", snapshots(others));
            rows.push(("left out", Line::plain(text)));
        }
        if !selection.is_empty() {
            rows.push(("order", Line::plain("VM by VM, leaves first")));
        }
        lines.extend(self::lines(session, &selection, now));
        let many = Many {
            args: &self.operation,
            selection: &selection,
            order: Order::LeavesFirst,
            accept_foreign: self.accept_foreign,
            dry_run: self.operation.dry_run,
            lines,
            rows,
            kept: None,
            left_out,
        };
        many.carry_out(session).await
    }

    /// Adds the costs if the plan is shown for a decision: with `--yes` no more requests are sent.
    async fn with_costs(
        &self,
        session: &mut Session<'_>,
        vm: &Vm,
        proposal: Proposal,
    ) -> Result<Proposal, Failure> {
        if self.operation.yes && !self.operation.dry_run {
            return Ok(proposal);
        }
        let costs = {
            let plans = destroys(&proposal);
            session.interrupt.or(vm.destroy_costs(&plans)).await.map_err(nothing_changed)?
        };
        if costs.iter().any(|cost| !cost.merged.is_zero()) {
            let setting = session.interrupt.or(vm.merge_setting()).await.map_err(nothing_changed)?;
            if setting.ok().flatten().and_then(|setting| setting.is_enabled) == Some(false) {
                let name = quoted(vm.name());
                session.console.warn(&format!(
                    "merging is switched off for this VM, so nothing is merged until it is switched on: hvsnap merge show \
                     {name} --fix"
                ));
            }
        }
        Ok(proposal.with_costs(costs))
    }

    /// One plan for each snapshot, leaves first.
    fn plans(&self, tree: &SnapshotTree) -> Result<Vec<Plan>, Failure> {
        let mut targets: Vec<SnapshotId> = Vec::new();
        for wanted in &self.snapshots {
            let target = tree.find(wanted).map_err(|error| not_found(tree, wanted, error))?;
            if targets.contains(target.id()) {
                return Err(Failure::usage(format!("the snapshot {wanted:?} is given twice")));
            }
            targets.push(target.id().clone());
        }
        let plans = tree.plan_destroy_all(&targets, self.scope.of());
        let plans = plans.map_err(|error| Failure::new(Kind::Planning, "planning failed").cause(error))?;
        let accepted = |plan: DestroyPlan| if self.accept_foreign { plan.accept_foreign() } else { plan };
        Ok(plans.into_iter().map(|plan| accepted(plan).into()).collect())
    }
}

/// The snapshots that are destroyed, in a few words: the target's path, and `and all under it`.
fn target(plan: &DestroyPlan) -> String {
    let label = plan.tree().label(plan.target());
    match plan.scope() {
        DestroyScope::Single => label,
        DestroyScope::Tree => format!("{label} and all under it"),
    }
}

/// The question before it is done, without the VM.
pub(crate) fn question(plan: &DestroyPlan) -> String {
    format!("Destroy {}", target(plan))
}

/// The sentence after it is done.
pub(crate) fn done(plan: &DestroyPlan) -> String {
    format!("Destroyed {} of {}", plan.tree().label(plan.target()), plan.vm_name())
}

/// A description of the operation.
pub(crate) fn what(action: &DestroyAction, target: &str, vm: &str) -> String {
    match action.scope {
        DestroyScope::Single => format!("destroy {target} of {vm}"),
        DestroyScope::Tree => format!("destroy {target} of {vm} and all under it"),
    }
}

/// The details of the record.
pub(crate) fn rows(action: &DestroyAction) -> Vec<Row> {
    let mut rows = names("destroys", &action.destroyed);
    rows.extend(names("keeps", &action.kept));
    rows
}

/// The plans of a proposal that are destroys.
fn destroys<'p>(proposal: &'p Proposal) -> Vec<&'p DestroyPlan> {
    let destroy = |plan: &'p Plan| match plan {
        Plan::Destroy(plan) => Some(plan),
        _ => None,
    };
    proposal.plans().filter_map(destroy).collect()
}

/// The plan for several snapshots, as text: the tree with the fate of each snapshot, then the steps.
pub(crate) fn series(proposal: &Proposal) -> Vec<Line> {
    let plans = destroys(proposal);
    let Some(first) = plans.first() else { return Vec::new() };
    let gone = |snapshot: &Snapshot| plans.iter().any(|plan| plan.destroys(snapshot.id()));
    let count = plans.iter().map(|plan| plan.destroyed().len()).sum();
    let head = format!("Plan: destroy {} of {}", snapshots(count), first.vm_name());
    let mut lines = vec![
        Line::new().styled(style::STRONG, head).text(" (one after the other, leaves first)"),
        Line::new(),
    ];
    let fate = |snapshot: &Snapshot| match gone(snapshot) {
        true => Line::new().styled(style::BAD, "✗ will be gone"),
        false => Line::new(),
    };
    lines.extend(tree::lines(first.tree(), fate).into_iter().map(|line| Line::plain("  ").join(line)));
    lines.push(Line::new());
    let mut rows: Vec<Row> = Vec::new();
    let costs = proposal.costs().iter().map(Some).chain(std::iter::repeat(None));
    for ((plan, cost), number) in plans.iter().zip(costs).zip(1..) {
        let merge = crate::cli::render::plan::disks(plan.merge_expectation());
        let what = Line::plain(format_args!("{number}. {}", target(plan)));
        let what = what.styled(style::FAINT, format_args!("  {merge}"));
        let cost = cost.map(crate::cli::render::plan::cost_in_short).filter(|cost| !cost.is_empty());
        rows.push(("destroy", cost.map_or(what.clone(), |cost| what.text(format_args!("  {cost}")))));
        rows.extend(crate::cli::render::plan::cautions(plan));
    }
    if !proposal.costs().is_empty() {
        rows.extend(crate::cli::render::plan::cost_rows(&DestroyCost::in_all(proposal.costs())));
    }
    if plans.iter().any(|plan| plan.takes_current()) {
        let after = plans.last().map(|plan| plan.tree_after());
        let place = match after.as_ref().and_then(|tree| tree.current().map(|current| tree.label(current))) {
            Some(place) => format!("kept; it moves to {place}"),
            None => "kept; no snapshot is left above it".to_owned(),
        };
        rows.push(("running state", Line::plain(place)));
    }
    rows.push(("fingerprint", Line::plain(proposal.fingerprint())));
    lines.extend(facts(rows));
    lines
}
