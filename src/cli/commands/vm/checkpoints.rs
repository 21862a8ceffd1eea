//! `vm checkpoints`: the type of a VM's snapshots, by its settings.

use clap::{Args, ValueEnum};
use hvsnap::hyperv::{ChangeError, CheckpointType};
use serde::Serialize;

use super::VmArgs;
use crate::cli::{
    answer::Answer,
    commands::{
        HostCommand,
        operation::{OperationArgs, carry_out},
    },
    failure::Failure,
    render::Line,
    session::Session,
    view::VmRef,
};

/// Show or set what kind of snapshots a VM takes
#[derive(Debug, Args)]
#[command(after_help = "\
Without a TYPE it shows the type and changes nothing.

Examples:
  hvsnap vm checkpoints web-01
  hvsnap vm checkpoints web-01 production --yes")]
pub(crate) struct Checkpoints {
    #[command(flatten)]
    which: VmArgs,

    /// The type from now on
    #[arg(value_enum, value_name = "TYPE")]
    kind: Option<Kind>,

    #[command(flatten)]
    operation: OperationArgs,
}

/// The type of a user's snapshot: `UserSnapshotType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Production if the guest supports it, otherwise standard
    Production,
    /// Production or none
    ProductionOnly,
    /// Standard: disks and memory
    Standard,
    /// No snapshots are allowed
    Disabled,
}

impl Kind {
    fn checkpoints(self) -> CheckpointType {
        match self {
            Self::Production => CheckpointType::PRODUCTION,
            Self::ProductionOnly => CheckpointType::PRODUCTION_ONLY,
            Self::Standard => CheckpointType::STANDARD,
            Self::Disabled => CheckpointType::DISABLED,
        }
    }
}

/// The type's name on the command line.
pub(crate) fn word(checkpoints: CheckpointType) -> &'static str {
    match checkpoints {
        CheckpointType::PRODUCTION => "production",
        CheckpointType::PRODUCTION_ONLY => "production-only",
        CheckpointType::STANDARD => "standard",
        CheckpointType::DISABLED => "disabled",
        _ => "TYPE",
    }
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Body {
    /// URL of the endpoint that was asked.
    endpoint: String,
    /// The VM.
    vm: VmRef,
    /// `UserSnapshotType`; null before Windows Server 2016.
    checkpoint_type: Option<u16>,
}

impl HostCommand for Checkpoints {
    fn on_busy(&self) -> hvsnap::OnBusy {
        self.operation.on_busy.on_busy()
    }

    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let vm = session.vm(&self.which.vm).await?;
        let tree = session.reading(vm.snapshots()).await?;
        let now = tree.checkpoint_type();
        match self.kind.map(|kind| tree.plan_checkpoint_type(kind.checkpoints())) {
            Some(Ok(plan)) => carry_out(session, &self.operation, &vm, plan).await,
            Some(Err(error)) if error != ChangeError::Nothing => {
                Err(Failure::usage("the type cannot be changed").cause(error))
            }
            already => {
                let body = Body {
                    endpoint: session.host.endpoint().to_string(),
                    vm: VmRef::of(&tree),
                    checkpoint_type: now.map(|now| now.0),
                };
                let now = now.map_or_else(|| "not shown by the host".to_owned(), |now| now.to_string());
                let rest = if already.is_some() { " already; nothing was sent" } else { "" };
                Answer::new(
                    vec![Line::plain(format_args!("checkpoints of {}: {now}{rest}", vm.name()))],
                    &body,
                )
            }
        }
    }
}
