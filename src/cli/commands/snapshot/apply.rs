//! `snapshot apply`: applies a snapshot; stops the VM before and starts it afterwards on request.

use clap::{Args, ValueEnum};
use hvsnap::hyperv::{ApplyPlan, Plan, SnapshotId, SnapshotTree, StateChange, VmRecord, VmState};
use serde::Serialize;

use super::{SnapshotArgs, not_found, read};
use crate::cli::{
    answer::Answer,
    commands::{
        HostCommand,
        operation::{OperationArgs, begin},
        steps::Steps,
    },
    failure::Failure,
    kind::Kind,
    proposal::Proposal,
    render::{Line, style, table::facts, tree},
    session::Session,
    view::{SnapshotRef, VmRef},
};

/// Revert a VM to a snapshot: show what is lost, ask, wait
#[derive(Debug, Args)]
#[command(
    visible_alias = "revert",
    after_help = "\
What was written since the last snapshot is in no snapshot and is lost, and so is running memory.
With --snapshot-first the disks are kept; memory only where that snapshot holds it: with --stop save
the VM is saved before, and with a production checkpoint of a running VM it is not kept.
A VM that runs or is paused is refused unless --stop says how to stop it.
A snapshot with memory leaves the VM saved, a production snapshot leaves it off: --start starts it.
Several steps cannot go with --no-wait: each needs the end of the one before.

Examples:
  hvsnap snapshot apply web-01 base/before-upgrade --dry-run
  hvsnap snapshot apply web-01 base/before-upgrade --stop save --start --yes
  hvsnap snapshot apply web-01 base --snapshot-first --stop off --yes --output json"
)]
pub(crate) struct Apply {
    #[command(flatten)]
    which: SnapshotArgs,

    /// How to stop a VM that runs or is paused
    #[arg(long, value_enum, value_name = "HOW")]
    stop: Option<Stop>,

    /// Take a snapshot of the current state first
    #[arg(long)]
    snapshot_first: bool,

    /// Start the VM afterwards
    #[arg(long)]
    start: bool,

    /// Also apply a snapshot that a backup, Hyper-V Replica or an import made
    #[arg(long)]
    accept_foreign: bool,

    #[command(flatten)]
    operation: OperationArgs,
}

/// How a VM is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Stop {
    /// Save its memory, as Hyper-V Manager does
    Save,
    /// Turn it off without a shutdown, like a power cut
    Off,
}

impl Stop {
    fn change(self) -> StateChange {
        match self {
            Self::Save => StateChange::Save,
            Self::Off => StateChange::TurnOff,
        }
    }
}

impl HostCommand for Apply {
    fn on_busy(&self) -> hvsnap::OnBusy {
        self.operation.on_busy.on_busy()
    }

    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let (vm, tree) = read(session, &self.which.vm).await?;
        let plan = self.plan(&tree, None)?;
        let state = vm.record().state;
        let runs = matches!(state, Some(VmState::RUNNING | VmState::PAUSED));
        let stop = self.stop.filter(|_| runs).map(|stop| Plan::from(tree.plan_state(stop.change(), state)));
        let snapshot = self.snapshot_first.then(|| Plan::from(tree.plan_create(None)));
        // A snapshot of a saved VM contains its memory; turning off loses the memory, so the snapshot is taken before.
        let mut before: Vec<Plan> = match self.stop {
            Some(Stop::Off) => [snapshot, stop].into_iter().flatten().collect(),
            _ => [stop, snapshot].into_iter().flatten().collect(),
        };
        before.push(Plan::from(&plan));
        let start = self.start.then(|| tree.plan_state(StateChange::Start, plan.state_after()));
        let Some(proposal) = Proposal::of(before.clone()) else { return Ok(Answer::nothing()) };
        let proposal = proposal.then_plan(start);
        if let Some(answer) = begin(session, &self.operation, &vm, &proposal).await? {
            return Ok(answer);
        }
        let mut steps = Steps::of(&proposal);
        let (args, mut now) = (&self.operation, tree.clone());
        for step in &before {
            match step {
                Plan::Create(_) => {
                    let outcome = steps.take(session, args, &vm, step).await?;
                    now = steps.tree_with_created(&tree, &outcome)?;
                }
                Plan::Apply(plan) => {
                    let plan =
                        self.plan(&now, Some(plan.target().id())).map_err(|failure| steps.failed(failure))?;
                    steps.take(session, args, &vm, &plan.into()).await?;
                }
                step => {
                    steps.take(session, args, &vm, step).await?;
                }
            }
        }
        if self.start {
            let state = session.reading(vm.refresh()).await.map_err(|failure| steps.failed(failure))?.state;
            let start = now.plan_state(StateChange::Start, state);
            match start.is_there() {
                true => steps.skip(),
                false => drop(steps.take(session, args, &vm, &start.into()).await?),
            }
        }
        steps.answer(session)
    }
}

impl Apply {
    /// The plan on this tree; for the snapshot with this id, if it is already known.
    fn plan(&self, tree: &SnapshotTree, id: Option<&SnapshotId>) -> Result<ApplyPlan, Failure> {
        let wanted = &self.which.snapshot;
        let plan = match id {
            Some(id) => tree.plan_apply(id),
            None => {
                let target = tree.find(wanted).map_err(|error| not_found(tree, wanted, error))?;
                tree.plan_apply(target.id())
            }
        };
        let plan = plan.map_err(|error| Failure::new(Kind::Planning, "planning failed").cause(error))?;
        Ok(if self.accept_foreign { plan.accept_foreign() } else { plan })
    }
}

/// The plan, as JSON.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ApplyPlan"))]
pub(crate) struct View {
    /// The VM.
    vm: VmRef,
    /// The snapshot that is applied.
    target: SnapshotRef,
    /// The snapshot that the current state descends from; later changes are lost.
    current: Option<SnapshotRef>,
    /// `saved` or `off`; null if the host does not say.
    state_after: Option<String>,
    /// Fingerprint of the plan: an approval holds for it alone.
    fingerprint: String,
}

impl View {
    pub(crate) fn new(plan: &ApplyPlan, fingerprint: String) -> Self {
        Self {
            vm: VmRef::of(plan.tree()),
            target: plan.target().into(),
            current: plan.tree().current().map(SnapshotRef::from),
            state_after: plan.state_after().map(|state| state.to_string()),
            fingerprint,
        }
    }
}

/// The plan, as text.
pub(crate) fn lines(plan: &ApplyPlan, vm: &VmRecord, proposal: &Proposal) -> Vec<Line> {
    let head = format!("Plan: apply {} to {}", plan.tree().label(plan.target()), plan.tree().vm_name());
    let mut lines = vec![Line::new().styled(style::STRONG, head), Line::new()];
    let mark = |snapshot: &hvsnap::hyperv::Snapshot| match snapshot.id() == plan.target().id() {
        true => Line::new().styled(style::CAUTION, "← the VM reverts to this"),
        false => Line::new(),
    };
    lines.extend(tree::lines(plan.tree(), mark).into_iter().map(|line| Line::plain("  ").join(line)));
    lines.push(Line::new());
    let since = match plan.tree().current() {
        Some(current) => format!("what the disks took in since {}", plan.tree().label(current)),
        None => "what is on the VM's current disks".to_owned(),
    };
    let mut rows = vec![match proposal.takes_snapshot() {
        true => ("kept", Line::plain(format_args!("{since}: in the snapshot that is taken first"))),
        false => ("lost", Line::new().styled(style::BAD, format_args!("{since}: it is in no snapshot"))),
    }];
    if matches!(vm.state, Some(VmState::RUNNING | VmState::PAUSED | VmState::SAVED)) {
        let saves = |step: &Plan| matches!(step, Plan::State(step) if step.change() == StateChange::Save);
        let is_saved_first = vm.state == Some(VmState::SAVED) || proposal.plans().any(saves);
        rows.push(match (proposal.takes_snapshot(), is_saved_first) {
            (true, true) => {
                ("kept", Line::plain("the VM's memory as it is now: in the snapshot that is taken first"))
            }
            (true, false) => {
                let text =
                    "the VM's memory as it is now, unless the snapshot that is taken first is a standard one";
                ("lost", Line::new().styled(style::BAD, text))
            }
            (false, _) => ("lost", Line::new().styled(style::BAD, "the VM's memory as it is now")),
        });
    }
    let starts =
        proposal.plans().any(|step| matches!(step, Plan::State(step) if step.change() == StateChange::Start));
    let after = match plan.state_after() {
        _ if starts => Line::plain("running"),
        Some(VmState::SAVED) => Line::plain("saved: starting it resumes from the snapshot's memory"),
        Some(_) => Line::plain("off: the snapshot holds no memory, so the VM stays off unless it is started"),
        None => Line::new()
            .styled(style::CAUTION, "not known: the host does not say whether the snapshot holds memory"),
    };
    rows.push(("VM afterwards", after));
    rows.extend(proposal.rows());
    lines.extend(facts(rows));
    lines
}
