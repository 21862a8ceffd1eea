//! `snapshot clear-state`: removes the saved memory of a snapshot.

use clap::Args;
use hvsnap::hyperv::ClearPlan;
use serde::Serialize;

use super::{SnapshotArgs, not_found, read};
use crate::cli::{
    answer::Answer,
    commands::{
        HostCommand,
        operation::{OperationArgs, carry_out},
    },
    failure::Failure,
    kind::Kind,
    present::plain,
    proposal::Proposal,
    render::{Line, style},
    session::Session,
    view::{SnapshotRef, VmRef},
};

/// Drop the saved memory of a snapshot; its disks stay
#[derive(Debug, Args)]
#[command(after_help = "\
A VM that goes back to the snapshot afterwards is off and starts from its disks, as after a power cut.

Example:
  hvsnap snapshot clear-state web-01 base/before-upgrade --yes")]
pub(crate) struct ClearState {
    #[command(flatten)]
    which: SnapshotArgs,

    /// Also for a snapshot that a backup, Hyper-V Replica or an import created
    #[arg(long)]
    accept_foreign: bool,

    #[command(flatten)]
    operation: OperationArgs,
}

impl HostCommand for ClearState {
    fn on_busy(&self) -> hvsnap::OnBusy {
        self.operation.on_busy.on_busy()
    }

    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let (vm, tree) = read(session, &self.which.vm).await?;
        let wanted = &self.which.snapshot;
        let target = tree.find(wanted).map_err(|error| not_found(&tree, wanted, error))?;
        let plan = tree.plan_clear(target.id());
        let plan = plan.map_err(|error| Failure::new(Kind::Planning, "planning failed").cause(error))?;
        let plan = if self.accept_foreign { plan.accept_foreign() } else { plan };
        carry_out(session, &self.operation, &vm, plan).await
    }
}

/// The plan, as JSON.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ClearPlan"))]
pub(crate) struct View {
    /// The VM.
    vm: VmRef,
    /// The snapshot that loses its saved memory.
    target: SnapshotRef,
    /// Fingerprint of the plan: an approval holds for it alone.
    fingerprint: String,
}

impl View {
    pub(crate) fn new(plan: &ClearPlan, fingerprint: String) -> Self {
        Self { vm: VmRef::of(plan.tree()), target: plan.target().into(), fingerprint }
    }
}

/// The plan, as text.
pub(crate) fn lines(plan: &ClearPlan, proposal: &Proposal) -> Vec<Line> {
    let target = plan.tree().label(plan.target());
    let rows = vec![
        ("lost", Line::new().styled(style::BAD, "the memory that the snapshot holds")),
        ("kept", Line::plain("its disks and its settings")),
    ];
    plain(format!("clear the saved state of {target} of {}", plan.tree().vm_name()), rows, proposal)
}
