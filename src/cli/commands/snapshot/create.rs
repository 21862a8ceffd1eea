//! `snapshot create`: plan, consent, call, wait; then the name and notes, which are a second call.

use clap::{Args, ValueEnum};
use hvsnap::{
    Vm,
    hyperv::{
        Change, CheckpointType, Consistency, CreatePlan, Plan, SnapshotId, SnapshotTree, VmRecord, VmState,
    },
};
use serde::Serialize;

use super::read;
use crate::cli::{
    answer::Answer,
    commands::{
        HostCommand,
        operation::{OperationArgs, Steps, begin, take},
        vm::VmArgs,
    },
    failure::Failure,
    kind::Kind,
    present::plain,
    render::{Line, style},
    session::Session,
    view::{SnapshotRef, VmRef},
};

/// Take a snapshot: show the plan, ask, wait, and name it
#[derive(Debug, Args)]
#[command(
    visible_alias = "take",
    after_help = "\
The settings of the VM decide whether the snapshot is a production or a standard one; --type sets them for
this snapshot and sets them back afterwards. The host names the snapshot; --name and --notes change that
by a second call. If that call fails, the snapshot is there under the host's name, and the command says so.

Examples:
  hvsnap snapshot create web-01 --name before-upgrade --yes
  hvsnap snapshot create web-01 --name nightly --notes 'made by cron' --yes --output json
  hvsnap snapshot create web-01 --type standard --dry-run"
)]
pub(crate) struct Create {
    #[command(flatten)]
    which: VmArgs,

    /// Name of the snapshot; without one the host's default, the VM's name and the time
    #[arg(long)]
    name: Option<String>,

    /// Notes of the snapshot
    #[arg(long)]
    notes: Option<String>,

    /// What kind of snapshot to take, whatever the VM's settings say
    #[arg(long = "type", value_enum, value_name = "TYPE")]
    kind: Option<Kinds>,

    /// Ask for this consistency in the call; by default the host decides
    #[arg(long, value_enum, value_name = "LEVEL")]
    consistency: Option<Level>,

    #[command(flatten)]
    operation: OperationArgs,
}

/// The kinds of snapshots that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kinds {
    /// Production where the guest can do it, else standard
    Production,
    /// Production or none
    ProductionOnly,
    /// Standard: disks and memory
    Standard,
}

impl Kinds {
    fn checkpoints(self) -> CheckpointType {
        match self {
            Self::Production => CheckpointType::PRODUCTION,
            Self::ProductionOnly => CheckpointType::PRODUCTION_ONLY,
            Self::Standard => CheckpointType::STANDARD,
        }
    }
}

/// How consistent the data is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Level {
    /// Applications write out their data
    Application,
    /// As after a power cut
    Crash,
}

impl HostCommand for Create {
    fn on_busy(&self) -> hvsnap::OnBusy {
        self.operation.on_busy.on_busy()
    }

    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let (vm, tree) = read(session, &self.which.vm).await?;
        if let Some(name) = &self.name
            && name.trim().is_empty()
        {
            return Err(Failure::usage("--name is empty"));
        }
        let names_it = self.name.is_some() || self.notes.is_some();
        if names_it && self.operation.no_wait {
            return Err(Failure::usage(
                "--name and --notes need the end of the job: they cannot go with --no-wait",
            ));
        }
        let consistency = self.consistency.map(|level| match level {
            Level::Application => Consistency::Application,
            Level::Crash => Consistency::Crash,
        });
        let before = tree.checkpoint_type();
        let wanted = self.kind.map(Kinds::checkpoints).filter(|wanted| before != Some(*wanted));
        let plan = tree.plan_create(consistency);
        // With another type the settings of now are not in the way.
        let shown = match wanted {
            Some(wanted) => plan.expecting(wanted),
            None => plan,
        };
        if let Some(answer) = begin(session, &self.operation, &vm, &[shown.into()]).await? {
            return Ok(answer);
        }
        let mut steps = Steps::default();
        if let Some(wanted) = wanted {
            set_type(session, &self.operation, &vm, &tree, wanted, &mut steps).await?;
        }
        let taken = self.take(session, &vm, consistency, &mut steps).await;
        // The settings go back, whatever came of the snapshot.
        let restored = match (wanted, before) {
            (Some(_), Some(before)) => self.restore(session, &vm, before, &mut steps).await,
            _ => Ok(()),
        };
        let done = match (taken, restored) {
            (Err(failure), Err(other)) => Err(failure.cause(other.parts().message.clone())),
            (taken, restored) => taken.and(restored),
        };
        done.map_err(|failure| steps.before(failure))?;
        steps.answer(session)
    }
}

impl Create {
    /// Takes the snapshot and names it.
    async fn take(
        &self,
        session: &mut Session<'_>,
        vm: &Vm,
        consistency: Option<Consistency>,
        steps: &mut Steps,
    ) -> Result<(), Failure> {
        let tree = session.reading(vm.snapshots()).await?;
        let taken = take(session, &self.operation, vm, &tree.plan_create(consistency).into()).await?;
        let created = taken.outcome.created.clone();
        steps.push(taken);
        let mut change = Change::default();
        change.name.clone_from(&self.name);
        change.notes.clone_from(&self.notes);
        if change == Change::default() {
            return Ok(());
        }
        let Some(created) = created else {
            let text = "the snapshot was taken, but the host does not say which one it is, so it has the host's name";
            return Err(Failure::new(Kind::Planning, text));
        };
        let named = async {
            let tree = session.reading(vm.snapshots()).await?;
            let plan = tree.plan_modify(&SnapshotId::from(&created), change);
            let plan = plan.map_err(|error| Failure::usage("naming the snapshot failed").cause(error))?;
            take(session, &self.operation, vm, &plan.into()).await
        };
        match named.await {
            Ok(taken) => {
                steps.push(taken);
                Ok(())
            }
            Err(failure) => {
                let text = format!("the snapshot was taken; its name is the host's, {created}");
                Err(failure.cause(text))
            }
        }
    }

    async fn restore(
        &self,
        session: &mut Session<'_>,
        vm: &Vm,
        before: CheckpointType,
        steps: &mut Steps,
    ) -> Result<(), Failure> {
        let tree = session.reading(vm.snapshots()).await?;
        let restored = set_type(session, &self.operation, vm, &tree, before, steps).await;
        restored.map_err(|failure| {
            failure
                .cause(format!("the VM's type of checkpoints was changed, and is not set back to: {before}"))
        })
    }
}

/// Sets the VM's type of checkpoints, as an operation of its own.
async fn set_type(
    session: &mut Session<'_>,
    args: &OperationArgs,
    vm: &Vm,
    tree: &SnapshotTree,
    wanted: CheckpointType,
    steps: &mut Steps,
) -> Result<(), Failure> {
    let Ok(plan) = tree.plan_checkpoint_type(wanted) else { return Ok(()) };
    let taken = take(session, args, vm, &plan.into()).await?;
    steps.push(taken);
    Ok(())
}

/// The plan, as JSON.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct View {
    vm: VmRef,
    /// The snapshot that the new one will hang under; null for a root, or if the host does not say.
    parent: Option<SnapshotRef>,
    /// `UserSnapshotType`; null before Windows Server 2016.
    checkpoint_type: Option<u16>,
    consistency: Option<&'static str>,
    fingerprint: String,
}

impl View {
    pub(crate) fn new(plan: &CreatePlan, fingerprint: String) -> Self {
        Self {
            vm: VmRef::of(plan.tree()),
            parent: plan.parent().map(SnapshotRef::from),
            checkpoint_type: plan.checkpoint_type().map(|checkpoints| checkpoints.0),
            consistency: plan.consistency().map(Consistency::key),
            fingerprint,
        }
    }
}

/// The plan, as text.
pub(crate) fn lines(plan: &CreatePlan, vm: &VmRecord) -> Vec<Line> {
    let place = match plan.parent() {
        Some(parent) => format!("under {}", plan.tree().label(parent)),
        None if plan.tree().knows_current() => {
            "as a root: the VM's current state is in no snapshot".to_owned()
        }
        None => "not known: the host does not say where the current state hangs".to_owned(),
    };
    let mut rows = vec![("place", Line::plain(place)), ("kind", kind(plan, vm.state))];
    rows.extend(vm.state.map(|state| ("VM", Line::plain(state))));
    if let Some(consistency) = plan.consistency() {
        rows.push(("consistency", Line::plain(consistency.key())));
    }
    rows.push(("fingerprint", Line::plain(Plan::from(plan).fingerprint())));
    plain(format!("take a snapshot of {}", plan.tree().vm_name()), rows)
}

/// What kind it is expected to become: that depends on the settings and on the VM's state.
fn kind(plan: &CreatePlan, state: Option<VmState>) -> Line {
    let holds_memory = matches!(state, Some(VmState::RUNNING | VmState::PAUSED));
    let text = match plan.checkpoint_type() {
        Some(CheckpointType::DISABLED) => {
            return Line::new().styled(style::BAD, "none: checkpoints are disabled for this VM");
        }
        _ if !holds_memory => "disks alone: the VM does not run",
        Some(CheckpointType::PRODUCTION) => {
            "production: disks alone; standard with memory if the guest cannot"
        }
        Some(CheckpointType::PRODUCTION_ONLY) => "production: disks alone, or none if the guest cannot",
        Some(CheckpointType::STANDARD) => "standard: disks and memory",
        _ => "as the host decides",
    };
    Line::plain(text)
}
