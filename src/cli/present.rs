//! Presents operations of all kinds: plan, question, sentence, and record.
//!
//! The texts of a kind are in the file of its command.

use hvsnap::{
    hyperv::{Action, Obstacle, Plan, VmRecord, VmState},
    journal::Operation,
};

use crate::cli::{
    commands::{
        merge::enable,
        snapshot::{apply, clear_state, create, destroy, modify},
        vm::state,
    },
    failure::Failure,
    proposal::Proposal,
    render::{Line, plan as destroy_plan, status::Row, style, table},
};

/// The steps of a command; `vm` is the VM as it was when the plans were made.
pub(crate) fn all_lines(proposal: &Proposal, vm: &VmRecord) -> Vec<Line> {
    match proposal.main() {
        Plan::Destroy(_) if !proposal.others().is_empty() => destroy::series(proposal),
        Plan::Destroy(plan) => destroy_plan::lines(plan, proposal.costs().first(), proposal.rows()),
        Plan::Create(plan) => create::lines(plan, vm, proposal),
        Plan::Apply(plan) => apply::lines(plan, vm, proposal),
        Plan::Modify(plan) => modify::lines(plan, proposal),
        Plan::Clear(plan) => clear_state::lines(plan, proposal),
        Plan::State(plan) => state::lines(plan, proposal),
        Plan::EnableMerging(plan) => enable::lines(plan, proposal),
        _ => Vec::new(),
    }
}

/// The question before a command runs, without the VM.
pub(crate) fn question_of(proposal: &Proposal) -> String {
    let steps = proposal.others().len() + 1;
    match proposal.main() {
        plan if steps == 1 => question(plan),
        Plan::Destroy(_) => format!("Destroy {}", destroy_plan::snapshots(steps)),
        plan => format!("{}, in {steps} steps", question(plan)),
    }
}

/// The question before a step, without the VM: `Destroy base/before-upgrade`.
pub(crate) fn question(plan: &Plan) -> String {
    match plan {
        Plan::Destroy(plan) => destroy::question(plan),
        Plan::Create(_) => "Take a snapshot".to_owned(),
        Plan::Apply(plan) => format!("Apply {:?}", plan.target().element_name()),
        Plan::Modify(plan) => modify::question(plan),
        Plan::Clear(plan) => format!("Clear the saved state of {:?}", plan.target().element_name()),
        Plan::State(plan) => state::question(plan.change()).to_owned(),
        Plan::EnableMerging(_) => enable::QUESTION.to_owned(),
        _ => "Go on".to_owned(),
    }
}

/// The sentence after a step: `Destroyed base/before-upgrade of web-01`.
pub(crate) fn done(plan: &Plan) -> String {
    let vm = plan.vm_name();
    match plan {
        Plan::Destroy(plan) => destroy::done(plan),
        Plan::Create(_) => format!("Took a snapshot of {vm}"),
        Plan::Apply(plan) => format!("Applied {} to {vm}", plan.tree().label(plan.target())),
        Plan::Modify(plan) => modify::done(plan),
        Plan::Clear(plan) => {
            format!("Cleared the saved state of {} of {vm}", plan.tree().label(plan.target()))
        }
        Plan::State(plan) => format!("{vm} {}", state::done(plan.change())),
        Plan::EnableMerging(_) => enable::done(vm),
        _ => format!("Done on {vm}"),
    }
}

/// A description of an operation: `destroy before-upgrade of web-01`.
pub(crate) fn what(operation: &Operation) -> String {
    let intent = &operation.intent;
    let vm = &intent.vm_name;
    let target = intent.target().map_or("?", |target| target.name.as_str());
    match &intent.action {
        Action::Destroy(action) => destroy::what(action, target, vm),
        Action::Create(_) => format!("take a snapshot of {vm}"),
        Action::Apply(_) => format!("apply {target} to {vm}"),
        Action::Modify(action) => modify::what(action, vm),
        Action::Clear(_) => format!("clear the saved state of {target} of {vm}"),
        Action::State(action) => format!("{} {vm}", state::what(action.change)),
        Action::EnableMerging(_) => enable::what(vm),
        other => format!("{} on {vm}", other.kind()),
    }
}

/// The details of the record's action.
pub(crate) fn rows(operation: &Operation) -> Vec<Row> {
    match &operation.intent.action {
        Action::Destroy(action) => destroy::rows(action),
        Action::Modify(action) => modify::rows(action),
        _ => Vec::new(),
    }
}

/// A plan that cannot begin, with advice.
pub(crate) fn with_obstacle(failure: Failure, obstacle: &Obstacle) -> Failure {
    let hint = match obstacle {
        Obstacle::CheckpointsDisabled => {
            "allow checkpoints in the settings of the VM, or use --type standard, which sets them for this snapshot"
        }
        Obstacle::Foreign { .. } => {
            "leave it to the product that created it; if that product is no longer in use, repeat with --accept-foreign"
        }
        Obstacle::State { wanted: "off or saved", state: VmState::RUNNING | VmState::PAUSED } => {
            "stop it first: hvsnap vm shutdown, save or stop; snapshot apply does it with --stop save or --stop off"
        }
        Obstacle::State { state: VmState::PAUSED, .. } => "resume it: hvsnap vm resume",
        Obstacle::State { .. } => "change the state first: hvsnap vm --help",
        Obstacle::NoShutdownComponent => {
            "install or enable the guest's integration services, or turn the VM off: hvsnap vm stop"
        }
        _ => return failure.cause_once(obstacle),
    };
    failure.cause_once(obstacle).hint(hint)
}

/// The head and rows of a plan without a tree, then the steps and the fingerprint.
pub(crate) fn plain(head: String, mut rows: Vec<Row>, proposal: &Proposal) -> Vec<Line> {
    let mut lines = vec![Line::new().styled(style::STRONG, format_args!("Plan: {head}")), Line::new()];
    rows.extend(proposal.rows());
    lines.extend(table::facts(rows));
    lines
}
