//! The operations of the matrix: how each is planned, what it changes of the model, and where its outcome cannot be known.
//!
//! A new operation is one row here. What the host does and what the client may say of it is decided for all rows alike.

use hvsnap::{
    hyperv::{Change, DestroyScope, Plan, SnapshotId, SnapshotTree, StateChange, VmState},
    sim::VmState as State,
};

use crate::campaigns::model::Effect;

pub(crate) struct Operation {
    pub(crate) name: &'static str,
    /// The method that it calls, once.
    pub(crate) method: &'static str,
    /// The state of the VM in the lab.
    pub(crate) state: &'static str,
    pub(crate) plan: fn(&SnapshotTree, Option<VmState>) -> Plan,
    pub(crate) effect: Effect,
    /// True if the host answers with a job.
    pub(crate) starts_job: bool,
    /// True if disks merge afterwards, which is waited for too.
    pub(crate) merges: bool,
    /// True if its job alone ties what it did to it: without the job, what is new on the host may be another's.
    pub(crate) is_tied_by_job: bool,
    /// Of how many cells one is tried in a run by hand, and in a long one.
    pub(crate) sample: [usize; 2],
    /// True if repeated requests of the same read are steps of their own.
    pub(crate) has_all_steps: bool,
}

fn find(tree: &SnapshotTree, path: &str) -> SnapshotId {
    tree.find(path).unwrap().id().clone()
}

const PLAIN: Operation = Operation {
    name: "",
    method: "",
    state: "running",
    plan: |tree, _| tree.plan_create(None).into(),
    effect: Effect::Taken,
    starts_job: true,
    merges: false,
    is_tied_by_job: false,
    sample: [13, 1],
    has_all_steps: false,
};

pub(crate) const OPERATIONS: [Operation; 8] = [
    Operation {
        name: "destroy",
        method: "DestroySnapshot",
        plan: |tree, _| {
            tree.plan_destroy(&find(tree, "base/before-upgrade"), DestroyScope::Single).unwrap().into()
        },
        effect: Effect::Gone("base/before-upgrade"),
        merges: true,
        sample: [1, 1],
        has_all_steps: true,
        ..PLAIN
    },
    Operation {
        name: "destroy tree",
        method: "DestroySnapshotTree",
        plan: |tree, _| {
            tree.plan_destroy(&find(tree, "base/before-upgrade"), DestroyScope::Tree).unwrap().into()
        },
        effect: Effect::GoneWithAllUnderIt("base/before-upgrade"),
        merges: true,
        sample: [37, 9],
        ..PLAIN
    },
    Operation { name: "create", method: "CreateSnapshot", is_tied_by_job: true, ..PLAIN },
    Operation {
        name: "apply",
        method: "ApplySnapshot",
        state: "off",
        plan: |tree, _| tree.plan_apply(&find(tree, "base")).unwrap().into(),
        effect: Effect::Applied("base"),
        ..PLAIN
    },
    // The current state is based on it before and after: the files of the disks tell.
    Operation {
        name: "apply the current",
        method: "ApplySnapshot",
        state: "saved",
        plan: |tree, _| tree.plan_apply(&find(tree, AFTER)).unwrap().into(),
        effect: Effect::Applied(AFTER),
        sample: [37, 9],
        ..PLAIN
    },
    Operation {
        name: "rename",
        method: "ModifySystemSettings",
        plan: |tree, _| {
            let change = Change::default().name("R&D <\u{fc}>");
            tree.plan_modify(&find(tree, "base/before-upgrade"), change).unwrap().into()
        },
        effect: Effect::Named(Some("base/before-upgrade"), "R&D <\u{fc}>"),
        starts_job: false,
        ..PLAIN
    },
    Operation {
        name: "state: save",
        method: "RequestStateChange",
        plan: |tree, state| tree.plan_state(StateChange::Save, state).into(),
        effect: Effect::State(State::Saved),
        ..PLAIN
    },
    // The host answers that the guest was asked; the guest takes its time.
    Operation {
        name: "state: shutdown",
        method: "InitiateShutdown",
        plan: |tree, state| tree.plan_state(StateChange::Shutdown, state).into(),
        effect: Effect::State(State::Off),
        starts_job: false,
        sample: [37, 9],
        ..PLAIN
    },
];

const AFTER: &str = "base/before-upgrade/after-upgrade";
