//! `vm start`, `stop`, `shutdown`, `save`, `pause` and `resume`: change the state of a VM.

use clap::Args;
use hvsnap::hyperv::{Plan, StateChange, StatePlan, VmState};
use serde::Serialize;

use super::VmArgs;
use crate::cli::{
    answer::Answer,
    commands::{
        HostCommand,
        operation::{OperationArgs, carry_out},
    },
    failure::Failure,
    present::plain,
    proposal::Proposal,
    render::{Line, style},
    session::Session,
    view::VmRef,
};

/// One command for each state change.
macro_rules! state_commands {
    ($($(#[$about:meta])* $command:ident: $change:ident;)+) => {
        $(
            #[derive(Debug, Args)]
            $(#[$about])*
            pub(crate) struct $command {
                #[command(flatten)]
                which: VmArgs,

                #[command(flatten)]
                operation: OperationArgs,
            }

            impl HostCommand for $command {
                fn on_busy(&self) -> hvsnap::OnBusy {
                    self.operation.on_busy.on_busy()
                }

                async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
                    change(session, &self.which, &self.operation, StateChange::$change, false).await
                }
            }
        )+
    };
}

state_commands! {
    /// Start a VM that is off or saved
    #[command(after_help = "\
A VM that is running already is left as it is, with exit code 0.

Example:
  hvsnap vm start web-01 --yes")]
    Start: Start;
    /// Turn a VM off without a shutdown, like a power cut; a saved state is lost
    #[command(after_help = "\
The guest is not asked: data that it has not written out is lost. See also: hvsnap vm shutdown.

Example:
  hvsnap vm stop web-01 --yes")]
    Stop: TurnOff;
    /// Save the memory of a VM to disk and stop it
    #[command(after_help = "\
Example:
  hvsnap vm save web-01 --yes")]
    Save: Save;
    /// Pause a running VM
    #[command(after_help = "\
Example:
  hvsnap vm pause web-01 --yes")]
    Pause: Pause;
    /// Resume a paused VM
    #[command(after_help = "\
Example:
  hvsnap vm resume web-01 --yes")]
    Resume: Resume;
}

/// Ask the guest to shut down, and wait until the VM is off
#[derive(Debug, Args)]
#[command(after_help = "\
Needs the guest's integration services. A guest that is not off after five minutes is no longer waited for:
that is told as not known, because it may still shut down.

Examples:
  hvsnap vm shutdown web-01 --yes
  hvsnap vm shutdown web-01 --force --yes --timeout 10m")]
pub(crate) struct Shutdown {
    #[command(flatten)]
    which: VmArgs,

    /// Also where the guest is locked or programs have unsaved data
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    operation: OperationArgs,
}

impl HostCommand for Shutdown {
    fn on_busy(&self) -> hvsnap::OnBusy {
        self.operation.on_busy.on_busy()
    }

    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        change(session, &self.which, &self.operation, StateChange::Shutdown, self.force).await
    }
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct AsItIs {
    /// URL of the endpoint that was asked.
    endpoint: String,
    /// True if nothing was sent.
    dry_run: bool,
    /// The VM.
    vm: VmRef,
    /// The state that the VM has already.
    state: String,
    /// The exit code of the command.
    exit_code: u8,
}

async fn change(
    session: &mut Session<'_>,
    which: &VmArgs,
    args: &OperationArgs,
    change: StateChange,
    force: bool,
) -> Result<Answer, Failure> {
    let vm = session.vm(&which.vm).await?;
    let tree = session.reading(vm.snapshots()).await?;
    let plan = tree.plan_state(change, vm.record().state);
    let plan = if force { plan.force() } else { plan };
    if plan.is_there() {
        let body = AsItIs {
            endpoint: session.host.endpoint().to_string(),
            dry_run: args.dry_run,
            vm: VmRef::of(&tree),
            state: change.goal().to_string(),
            exit_code: 0,
        };
        let text = format!("{} is {} already; nothing was sent.", vm.name(), change.goal());
        return Answer::new(vec![Line::plain(text)], &body);
    }
    carry_out(session, args, &vm, plan).await
}

/// The plan, as JSON.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "StatePlan"))]
pub(crate) struct View {
    /// The VM.
    vm: VmRef,
    /// The change.
    #[cfg_attr(test, schemars(with = "crate::cli::schema::keys::Keys<StateChange>"))]
    change: &'static str,
    /// The current state of the VM; null if the host does not say.
    state: Option<String>,
    /// The state of the VM afterwards.
    state_after: String,
    /// Fingerprint of the plan: an approval holds for it alone.
    fingerprint: String,
}

impl View {
    pub(crate) fn new(plan: &StatePlan, fingerprint: String) -> Self {
        Self {
            vm: VmRef::of(Plan::from(plan).tree()),
            change: plan.change().key(),
            state: plan.state().map(|state| state.to_string()),
            state_after: plan.change().goal().to_string(),
            fingerprint,
        }
    }
}

/// The plan, as text.
pub(crate) fn lines(plan: &StatePlan, proposal: &Proposal) -> Vec<Line> {
    let whole = Plan::from(plan);
    let mut rows = vec![
        ("state", plan.state().map(Line::plain).unwrap_or_default()),
        ("afterwards", Line::plain(plan.change().goal())),
    ];
    let lost = match (plan.change(), plan.state()) {
        (StateChange::TurnOff, Some(VmState::SAVED)) => Some("the saved memory"),
        (StateChange::TurnOff, _) => Some("what the guest has not written out"),
        _ => None,
    };
    rows.extend(lost.map(|lost| ("lost", Line::new().styled(style::BAD, lost))));
    plain(format!("{} {}", what(plan.change()), whole.vm_name()), rows, proposal)
}

/// The question before it is done, without the VM.
pub(crate) fn question(change: StateChange) -> &'static str {
    match change {
        StateChange::Start => "Start",
        StateChange::Resume => "Resume",
        StateChange::TurnOff => "Turn off",
        StateChange::Save => "Save the memory",
        StateChange::Pause => "Pause",
        _ => "Shut down",
    }
}

/// The change as a phrase in a sentence.
pub(crate) fn what(change: StateChange) -> &'static str {
    match change {
        StateChange::Start => "start",
        StateChange::Resume => "resume",
        StateChange::TurnOff => "turn off",
        StateChange::Save => "save",
        StateChange::Pause => "pause",
        _ => "shut down",
    }
}

/// The sentence about the VM after it is done.
pub(crate) fn done(change: StateChange) -> &'static str {
    match change {
        StateChange::Start | StateChange::Resume => "is running",
        StateChange::TurnOff => "is turned off",
        StateChange::Save => "is saved",
        StateChange::Pause => "is paused",
        _ => "is shut down",
    }
}
