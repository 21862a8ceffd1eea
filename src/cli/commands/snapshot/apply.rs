//! `snapshot apply`: goes back to a snapshot; stops the VM first and starts it afterwards where that is asked for.

use clap::{Args, ValueEnum};
use hvsnap::{
    Vm,
    hyperv::{ApplyPlan, Plan, SnapshotTree, StateChange, VmRecord, VmState},
};
use serde::Serialize;

use super::{SnapshotArgs, not_found, read};
use crate::cli::{
    answer::Answer,
    commands::{
        HostCommand,
        operation::{OperationArgs, Steps, begin, take},
    },
    failure::Failure,
    kind::Kind,
    present,
    render::{Line, style, table::facts, tree},
    session::Session,
    view::{SnapshotRef, VmRef},
};

/// Bring a VM back to a snapshot: show what is lost, ask, wait
#[derive(Debug, Args)]
#[command(
    visible_alias = "revert",
    after_help = "\
What was written since the last snapshot is in no snapshot and is lost, and so is running memory; --snapshot-first
keeps both. A VM that runs or is paused is refused unless --stop says how to stop it.
A snapshot with memory leaves the VM saved, a production snapshot leaves it off: --start starts it.

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
    /// Turn it off, as by pulling the plug
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
        let plan = self.plan(&tree)?;
        let runs = matches!(vm.record().state, Some(VmState::RUNNING | VmState::PAUSED));
        if (self.start || self.snapshot_first || self.stop.is_some()) && self.operation.no_wait {
            return Err(Failure::usage(
                "--stop, --snapshot-first and --start need the end of the job: they cannot go with --no-wait",
            ));
        }
        // With --stop the state of now is not in the way.
        let shown = match self.stop {
            Some(stop) if runs => plan.clone().after(stop.change()),
            _ => plan.clone(),
        };
        if let Some(answer) = begin(session, &self.operation, &vm, &[shown.into()]).await? {
            return Ok(answer);
        }
        let mut steps = Steps::default();
        let done = self.steps(session, &vm, runs, &mut steps).await;
        done.map_err(|failure| steps.before(failure))?;
        steps.answer(session)
    }
}

impl Apply {
    fn plan(&self, tree: &SnapshotTree) -> Result<ApplyPlan, Failure> {
        let wanted = &self.which.snapshot;
        let target = tree.find(wanted).map_err(|error| not_found(tree, wanted, error))?;
        let plan = tree.plan_apply(target.id());
        let plan = plan.map_err(|error| Failure::new(Kind::Planning, "planning failed").cause(error))?;
        Ok(if self.accept_foreign { plan.accept_foreign() } else { plan })
    }

    async fn steps(
        &self,
        session: &mut Session<'_>,
        vm: &Vm,
        runs: bool,
        steps: &mut Steps,
    ) -> Result<(), Failure> {
        let args = &self.operation;
        if self.snapshot_first {
            let tree = session.reading(vm.snapshots()).await?;
            steps.push(take(session, args, vm, &tree.plan_create(None).into()).await?);
        }
        if let Some(stop) = self.stop
            && runs
        {
            change_state(session, args, vm, stop.change(), steps).await?;
        }
        let tree = session.reading(vm.snapshots()).await?;
        let plan = self.plan(&tree)?;
        steps.push(take(session, args, vm, &plan.into()).await?);
        if self.start {
            change_state(session, args, vm, StateChange::Start, steps).await?;
        }
        Ok(())
    }
}

async fn change_state(
    session: &mut Session<'_>,
    args: &OperationArgs,
    vm: &Vm,
    change: StateChange,
    steps: &mut Steps,
) -> Result<(), Failure> {
    let state = session.reading(vm.refresh()).await?.state;
    let tree = session.reading(vm.snapshots()).await?;
    let plan = tree.plan_state(change, state);
    if !plan.is_there() {
        steps.push(take(session, args, vm, &plan.into()).await?);
    }
    Ok(())
}

/// The plan, as JSON.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct View {
    vm: VmRef,
    target: SnapshotRef,
    /// The snapshot that the current state descends from; what was written since is lost.
    current: Option<SnapshotRef>,
    /// `saved` or `off`; null if the host does not say.
    state_after: Option<String>,
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
pub(crate) fn lines(plan: &ApplyPlan, vm: &VmRecord) -> Vec<Line> {
    let head = format!("Plan: apply {} to {}", plan.tree().label(plan.target()), plan.tree().vm_name());
    let mut lines = vec![Line::new().styled(style::STRONG, head), Line::new()];
    let mark = |snapshot: &hvsnap::hyperv::Snapshot| match snapshot.id() == plan.target().id() {
        true => Line::new().styled(style::CAUTION, "← the VM goes back to this"),
        false => Line::new(),
    };
    lines.extend(tree::lines(plan.tree(), mark).into_iter().map(|line| Line::plain("  ").join(line)));
    lines.push(Line::new());
    let since = match plan.tree().current() {
        Some(current) => {
            format!("what the disks took in since {} is in no snapshot", plan.tree().label(current))
        }
        None => "the VM's current disks are in no snapshot".to_owned(),
    };
    let mut rows = vec![("lost", Line::new().styled(style::BAD, since))];
    if matches!(vm.state, Some(VmState::RUNNING | VmState::PAUSED | VmState::SAVED)) {
        rows.push(("lost", Line::new().styled(style::BAD, "the VM's memory as it is now")));
    }
    let after = match plan.state_after() {
        Some(VmState::SAVED) => Line::plain("saved: starting it resumes from the snapshot's memory"),
        Some(_) => Line::plain("off: the snapshot holds no memory, so the VM stays off unless it is started"),
        None => Line::new()
            .styled(style::CAUTION, "not known: the host does not say whether the snapshot holds memory"),
    };
    if let Some(stop) = plan.stop() {
        rows.insert(0, ("first", Line::plain(format_args!("{} the VM", present::verb(stop)))));
    }
    rows.push(("VM afterwards", after));
    rows.push(("fingerprint", Line::plain(Plan::from(plan).fingerprint())));
    lines.extend(facts(rows));
    lines
}
