//! `snapshot create`: plan, consent, call, wait; then a second call sets the name and notes.

use clap::{Args, ValueEnum};
use hvsnap::{
    Effect, Vm,
    hyperv::{
        Change, ChangeError, CheckpointType, Consistency, CreatePlan, Plan, SnapshotId, SnapshotTree,
        VmRecord, VmState,
    },
};
use serde::Serialize;

use super::read;
use crate::cli::{
    answer::Answer,
    commands::{
        HostCommand,
        operation::{OperationArgs, begin},
        steps::Steps,
        vm::{VmArgs, checkpoints},
    },
    exit::Exit,
    failure::Failure,
    kind::Kind,
    present::{self, plain},
    proposal::{Item, Proposal},
    render::{Line, style},
    session::Session,
    view::{SnapshotRef, VmRef},
};

/// Take a snapshot: show the plan, ask, wait, and name it
#[derive(Debug, Args)]
#[command(
    visible_alias = "take",
    after_help = "\
The settings of the VM decide whether the snapshot is a production or a standard one.
With --type they are set for this snapshot and set back afterwards.
The host names the snapshot; --name and --notes change that by a second call. If that call fails,
the snapshot is there under the host's name, and the command says so.
Several steps cannot go with --no-wait: each needs the end of the one before.

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

    /// Ask for this consistency in the call; by default the host decides. A host that refuses a call without settings
    /// takes one with it
    #[arg(long, value_enum, value_name = "LEVEL")]
    consistency: Option<Level>,

    #[command(flatten)]
    operation: OperationArgs,
}

/// The types of snapshots that can be requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kinds {
    /// Production if the guest supports it, otherwise standard
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
        if self.name.as_ref().is_some_and(|name| name.trim().is_empty()) {
            return Err(Failure::usage("--name is empty"));
        }
        let (vm, tree) = read(session, &self.which.vm).await?;
        let consistency = self.consistency.map(|level| match level {
            Level::Application => Consistency::Application,
            Level::Crash => Consistency::Crash,
        });
        let before = tree.checkpoint_type();
        let wanted = self.kind.map(Kinds::checkpoints).filter(|wanted| before != Some(*wanted));
        let changed = wanted.map_or_else(|| tree.clone(), |wanted| tree.expecting(wanted));
        let set = wanted.and_then(|wanted| tree.plan_checkpoint_type(wanted).ok());
        let set_back =
            before.filter(|_| set.is_some()).and_then(|before| changed.plan_checkpoint_type(before).ok());
        let create = Plan::from(changed.plan_create(consistency));
        let proposal = match &set {
            Some(set) => Proposal::new(set).then_plan(Some(&create)),
            None => Proposal::new(&create),
        };
        let naming = self.naming();
        let proposal = match naming.as_ref().map(words) {
            Some(words) => proposal.then(Item::Later(words)),
            None => proposal,
        };
        let proposal = proposal.then_plan(set_back.as_ref());
        if let Some(answer) = begin(session, &self.operation, &vm, &proposal).await? {
            return Ok(answer);
        }
        let mut steps = Steps::of(&proposal);
        if let Some(set) = set {
            steps.take(session, &self.operation, &vm, &set.into()).await?;
        }
        let taken = self.take(session, &vm, &tree, &create, naming, &mut steps).await;
        let Some(set_back) = set_back else {
            taken?;
            return steps.answer(session);
        };
        let back = present::question(&Plan::from(&set_back));
        let by_hand = |failure: Failure| {
            let kind = before.map_or("TYPE", checkpoints::word);
            failure.hint(format!(
                "set the VM's type of checkpoints back: hvsnap vm checkpoints {} {kind}",
                vm.id()
            ))
        };
        match taken {
            Ok(()) => {
                let done = steps.take(session, &self.operation, &vm, &set_back.into()).await;
                done.map_err(by_hand)?;
                steps.answer(session)
            }
            // After an interruption no further call is made.
            Err(failure) if failure.parts().kind == Kind::Interrupted => Err(by_hand(failure)),
            // The settings are restored whether or not the snapshot was taken.
            Err(failure) => match steps.take(session, &self.operation, &vm, &set_back.into()).await {
                Ok(_) => Err(failure.and_done(back)),
                Err(_) => Err(by_hand(failure)),
            },
        }
    }
}

impl Create {
    /// The name and notes to set, if any.
    fn naming(&self) -> Option<Change> {
        let mut change = Change::default();
        change.name.clone_from(&self.name);
        change.notes.clone_from(&self.notes);
        (change != Change::default()).then_some(change)
    }

    /// Hosts differ in what they take without settings in the call, and tell only in a text in their language.
    fn may_want_settings(&self, failure: Failure) -> Failure {
        let parts = failure.parts();
        let is_refused = matches!(parts.kind, Kind::JobFailed | Kind::Refused);
        let is_it = self.consistency.is_none() && is_refused && parts.effect == Some(Effect::None);
        if !is_it || parts.exit == Exit::Access {
            return failure;
        }
        failure.hint(
            "if the host calls the type of the checkpoint invalid, it wants settings in the call: try again with \
             --consistency application, or crash",
        )
    }

    /// Takes the snapshot and names it.
    async fn take(
        &self,
        session: &mut Session<'_>,
        vm: &Vm,
        before: &SnapshotTree,
        create: &Plan,
        naming: Option<Change>,
        steps: &mut Steps<'_>,
    ) -> Result<(), Failure> {
        let outcome = steps.take(session, &self.operation, vm, create).await;
        let outcome = outcome.map_err(|failure| self.may_want_settings(failure))?;
        let Some(naming) = naming else { return Ok(()) };
        let tree = steps.tree_with_created(before, &outcome)?;
        let created = outcome.created.as_ref().map(SnapshotId::from);
        let plan = created.map(|created| tree.plan_modify(&created, naming));
        match plan {
            Some(Ok(plan)) => {
                steps.take(session, &self.operation, vm, &plan.into()).await?;
            }
            // It already has that name.
            Some(Err(ChangeError::Nothing)) | None => steps.skip(),
            Some(Err(error)) => {
                return Err(steps.failed(Failure::usage("naming the snapshot failed").cause(error)));
            }
        }
        Ok(())
    }
}

/// The change of the new snapshot, in words.
fn words(naming: &Change) -> String {
    match (&naming.name, &naming.notes) {
        (Some(name), None) => format!("Rename it to {name:?}"),
        (Some(name), Some(notes)) => format!("Rename it to {name:?}, with the notes {notes:?}"),
        (None, notes) => format!("Give it the notes {:?}", notes.as_deref().unwrap_or_default()),
    }
}

/// The plan, as JSON.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "CreatePlan"))]
pub(crate) struct View {
    /// The VM.
    vm: VmRef,
    /// The parent of the new snapshot; null for a root, or if the host does not say.
    parent: Option<SnapshotRef>,
    /// `UserSnapshotType`; null before Windows Server 2016.
    checkpoint_type: Option<u16>,
    /// The consistency that is asked for; null if the host decides.
    #[cfg_attr(test, schemars(with = "Option<crate::cli::schema::keys::Keys<Consistency>>"))]
    consistency: Option<&'static str>,
    /// Fingerprint of the plan: an approval holds for it alone.
    fingerprint: String,
}

impl View {
    pub(crate) fn new(plan: &CreatePlan, fingerprint: String) -> Self {
        Self {
            vm: VmRef::of(plan.tree()),
            parent: plan.parent().map(SnapshotRef::from),
            checkpoint_type: plan.tree().checkpoint_type().map(|checkpoints| checkpoints.0),
            consistency: plan.consistency().map(Consistency::key),
            fingerprint,
        }
    }
}

/// The plan, as text.
pub(crate) fn lines(plan: &CreatePlan, vm: &VmRecord, proposal: &Proposal) -> Vec<Line> {
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
    plain(format!("take a snapshot of {}", plan.tree().vm_name()), rows, proposal)
}

/// The expected type, which depends on the settings and the VM's state.
fn kind(plan: &CreatePlan, state: Option<VmState>) -> Line {
    let holds_memory = matches!(state, Some(VmState::RUNNING | VmState::PAUSED));
    let text = match plan.tree().checkpoint_type() {
        Some(CheckpointType::DISABLED) => {
            return Line::new().styled(style::BAD, "none: checkpoints are disabled for this VM");
        }
        _ if state == Some(VmState::SAVED) => "disks, and the saved memory where the host keeps it",
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
