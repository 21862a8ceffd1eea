//! `merge show --fix`: switches merging on, as an operation.

use hvsnap::{
    Vm,
    hyperv::{ChangeError, EnableMergingPlan},
};
use serde::Serialize;

use crate::cli::{
    answer::Answer,
    commands::operation::{OperationArgs, carry_out},
    failure::Failure,
    kind::Kind,
    present::plain,
    proposal::Proposal,
    render::Line,
    session::Session,
    view::VmRef,
};

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct AsItIs {
    /// URL of the endpoint that was asked.
    endpoint: String,
    /// True if nothing was sent.
    dry_run: bool,
    /// The VM.
    vm: VmRef,
    /// True: merging is switched on already.
    merging_enabled: bool,
    /// The exit code of the command.
    exit_code: u8,
}

/// Plans it, asks, calls, and reads back.
pub(super) async fn run(session: &mut Session<'_>, args: &OperationArgs, vm: &Vm) -> Result<Answer, Failure> {
    let tree = session.reading(vm.snapshots()).await?;
    let Some(setting) = session.reading(vm.merge_setting()).await? else {
        let text = format!("switching on the merging of the disks of {:?} failed", vm.name());
        let failure = Failure::new(Kind::Planning, text);
        return Err(failure.cause("the host does not show whether the disks of this VM may merge"));
    };
    match tree.plan_enable_merging(&setting) {
        Ok(plan) => carry_out(session, args, vm, plan).await,
        Err(ChangeError::Nothing) => {
            let body = AsItIs {
                endpoint: session.host.endpoint().to_string(),
                dry_run: args.dry_run,
                vm: VmRef::of(&tree),
                merging_enabled: true,
                exit_code: 0,
            };
            let text = format!("merging of {} is switched on already; nothing was sent.", vm.name());
            Answer::new(vec![Line::plain(text)], &body)
        }
        Err(error) => Err(Failure::new(Kind::Planning, "planning failed").cause(error)),
    }
}

/// The plan, as JSON.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "EnableMergingPlan"))]
pub(crate) struct View {
    /// The VM.
    vm: VmRef,
    /// `InstanceID` of the setting.
    setting: String,
    /// Whether the disks may merge now; null if the host does not say.
    merging_enabled: Option<bool>,
    /// Fingerprint of the plan: an approval holds for it alone.
    fingerprint: String,
}

impl View {
    pub(crate) fn new(plan: &EnableMergingPlan, fingerprint: String) -> Self {
        Self {
            vm: VmRef::of(plan.tree()),
            setting: plan.setting().id.clone(),
            merging_enabled: plan.setting().is_enabled,
            fingerprint,
        }
    }
}

/// The plan, as text.
pub(crate) fn lines(plan: &EnableMergingPlan, proposal: &Proposal) -> Vec<Line> {
    let now = match plan.setting().is_enabled {
        Some(false) => "switched off",
        _ => "not known",
    };
    let rows = vec![
        ("merging", Line::plain(now)),
        ("afterwards", Line::plain("switched on: merges that were held back begin")),
    ];
    plain(format!("switch on the merging of the disks of {}", plan.tree().vm_name()), rows, proposal)
}

/// What is asked before it is done, without the VM.
pub(crate) const QUESTION: &str = "Switch merging on";

/// What is done once it is.
pub(crate) fn done(vm: &str) -> String {
    format!("Switched on the merging of the disks of {vm}")
}

/// What an operation was to do.
pub(crate) fn what(vm: &str) -> String {
    format!("switch on the merging of the disks of {vm}")
}
