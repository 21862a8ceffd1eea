//! Operations as values: the plan, the call, and what a look at the host shows of its outcome.
//!
//! A [`Plan`] is made on a tree, shown and approved. An [`Action`] is what the journal stores before the call is sent, so that the
//! same judgement is possible now, after an interruption, and in another process later. One module per kind: it implements
//! [`Planned`] for its plan and [`Judged`] for its action; the engine (`host/operation`) runs them all. Pure.

mod apply;
mod clear;
mod create;
mod destroy;
mod enable_merging;
mod modify;
mod obstacle;
mod reading;
mod state;

use std::{fmt, time::Duration};

pub use apply::{ApplyAction, ApplyPlan};
pub use clear::{ClearAction, ClearPlan};
pub use create::{CheckpointType, Consistency, CreateAction, CreatePlan};
pub use destroy::DestroyAction;
pub use enable_merging::{EnableMergingAction, EnableMergingPlan};
pub use modify::{Change, ChangeError, ModifyAction, ModifyPlan};
pub use obstacle::Obstacle;
pub(crate) use reading::{ActionReading, Shown, Unclear};
pub use state::{StateAction, StateChange, StatePlan};

use crate::{
    cim::Value,
    hyperv::{
        DestroyPlan, Disk, Fingerprint, JobRecord, JobType, MergingDisks, Snapshot, SnapshotTree,
        TreeDifference, VmActivity, VmRecord, VmState, VmWork,
    },
    violation::cut,
};

/// A snapshot by id and name, as it was when the plan was made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SnapshotName {
    /// `InstanceID`.
    pub id: String,
    /// `ElementName`.
    pub name: String,
}

impl From<&Snapshot> for SnapshotName {
    /// The name is for display only, and cut if long: a record must not grow until it cannot be written.
    fn from(snapshot: &Snapshot) -> Self {
        Self { id: snapshot.id().to_string(), name: cut(snapshot.element_name()).into_owned() }
    }
}

impl fmt::Display for SnapshotName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} ({})", self.name, self.id)
    }
}

/// A method call: the instance that has the method, its name, and its parameters in the order of the schema.
#[derive(Clone, Debug)]
pub(crate) struct MethodCall {
    pub(crate) on: Callee,
    pub(crate) method: &'static str,
    pub(crate) parameters: Vec<(&'static str, Argument)>,
}

/// The instance that has the method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Callee {
    /// The snapshot service of the host.
    SnapshotService,
    /// The management service of the host.
    ManagementService,
    /// The VM.
    Vm,
    /// The VM's integration component that shuts its guest down.
    ShutdownComponent,
}

/// An argument of a method.
#[derive(Clone, Debug)]
pub(crate) enum Argument {
    /// A reference to settings, a snapshot's or a VM's, by `InstanceID`.
    Settings(String),
    /// A reference to the VM.
    Vm,
    /// A value.
    Value(Value),
}

impl From<Value> for Argument {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

/// A plan, as the engine runs it.
pub(crate) trait Planned: Send + Sync {
    /// The tree that the plan is based on.
    fn tree(&self) -> &SnapshotTree;

    /// The fingerprint of the plan: an approval holds for this plan only.
    fn fingerprint(&self) -> Fingerprint;

    /// A description for errors: `destroying "base" of "web-01"`.
    fn during(&self) -> String;

    /// False if the host's answers do not show what depends on the target.
    fn is_certain(&self) -> bool {
        true
    }

    /// False if the tree must be read right before the call, even if it was read a moment ago.
    fn may_use_recent_tree(&self) -> bool {
        true
    }

    /// False if it may be begun on any tree.
    fn depends_on_tree(&self) -> bool {
        true
    }

    /// True if the VM's state is read right before the call.
    fn depends_on_state(&self) -> bool {
        false
    }

    /// Why it cannot begin, judged by its tree and the VM's current state.
    fn obstacle(&self, state: Option<VmState>) -> Option<Obstacle>;

    /// The VM's state afterwards, if it is in `state` before; `None` if unknown.
    fn state_after(&self, state: Option<VmState>) -> Option<VmState> {
        state
    }

    /// The settings whose disks are read before the call.
    fn disks_of(&self) -> Vec<String> {
        Vec::new()
    }

    /// What the journal stores; `disks` are those before the call, `None` if they could not be read.
    fn action(&self, disks: Option<&[Disk]>) -> Action;
}

/// What one look at the host shows.
pub(crate) struct Seen<'s> {
    pub(crate) tree: &'s SnapshotTree,
    /// The fingerprint of the tree that the plan is based on.
    pub(crate) planned_on: Fingerprint,
    /// The VM's `EnabledState`.
    pub(crate) state: Option<VmState>,
    /// The ids of the settings that the host ties to the operation's own job; `None` if not requested or unreadable.
    pub(crate) affected: Option<&'s [String]>,
    /// The operation's own job, if it has ended well.
    pub(crate) job: Option<&'s JobRecord>,
    /// The files of the VM's disks; `None` if not requested or unreadable.
    pub(crate) files: Option<&'s [String]>,
    /// Whether the VM's disks may merge; `None` if that was not asked for, or the host does not show it.
    pub(crate) merging: Option<bool>,
}

/// What a look reads in addition to VM, tree and jobs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Needs {
    /// The settings that the host ties to the operation's own job.
    pub(crate) affected: bool,
    /// The files of the VM's disks.
    pub(crate) disks: bool,
    /// Whether its disks may merge.
    pub(crate) merging: bool,
    /// The tree is not needed.
    pub(crate) no_tree: bool,
}

/// An action: its call and its judgement.
pub(crate) trait Judged: Send + Sync {
    /// The kind, for programs.
    fn kind(&self) -> &'static str;

    /// The snapshot that the call names.
    fn target(&self) -> Option<&SnapshotName>;

    /// Checks that a record's content can be run and judged.
    #[cfg(feature = "journal")]
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    /// The call.
    fn call(&self) -> MethodCall;

    /// What a look reads in addition to VM, tree and jobs.
    fn needs(&self) -> Needs {
        Needs::default()
    }

    /// What a look shows of its outcome.
    fn reading(&self, seen: &Seen<'_>) -> ActionReading;

    /// What remains to be done before the call: the snapshots to be destroyed.
    fn to_do(&self) -> &[SnapshotName] {
        &[]
    }

    /// The VM's activity, if it may be this operation.
    fn work(&self, vm: &VmRecord) -> Option<VmWork>;

    /// True if only the VM's state counts, whatever the host answered.
    fn counts_by_goal(&self) -> bool {
        false
    }

    /// True if a job may be this operation's, and has not ended.
    fn may_be_job(&self, job: &JobRecord) -> bool;

    /// How long the host's report of success outweighs the readings; `None` for the default of some minutes.
    fn claim_holds(&self) -> Option<Duration> {
        None
    }

    /// How long readings may lag behind the host's report of success; `None` for the default of some seconds.
    fn lag(&self) -> Option<Duration> {
        None
    }

    /// The disks to be merged afterwards, as they were before the call.
    fn merging(&self) -> Option<&MergingDisks> {
        None
    }

    /// True if no disk needs a merge as long as the tree is the planned one.
    fn expects_no_merge(&self) -> bool {
        true
    }
}

/// The single list of the kinds of operations.
macro_rules! kinds {
    ($($(#[$about:meta])* $kind:ident($plan:ty, $action:ty),)+) => {
        /// A plan for a VM: pure, based on its tree, to be shown and approved.
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum Plan {
            $($(#[$about])* $kind($plan),)+
        }

        impl Plan {
            pub(crate) fn planned(&self) -> &dyn Planned {
                match self { $(Self::$kind(plan) => plan,)+ }
            }
        }

        $(impl From<$plan> for Plan {
            fn from(plan: $plan) -> Self {
                Self::$kind(plan)
            }
        }

        impl From<&$plan> for Plan {
            fn from(plan: &$plan) -> Self {
                Self::$kind(plan.clone())
            }
        })+

        /// What an operation does.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(tag = "kind", rename_all = "snake_case"))]
        #[non_exhaustive]
        pub enum Action {
            $($(#[$about])* $kind($action),)+
        }

        impl Action {
            pub(crate) fn judged(&self) -> &dyn Judged {
                match self { $(Self::$kind(action) => action,)+ }
            }
        }
    };
}

kinds! {
    /// `DestroySnapshot` or `DestroySnapshotTree`.
    Destroy(DestroyPlan, DestroyAction),
    /// `CreateSnapshot`.
    Create(CreatePlan, CreateAction),
    /// `ApplySnapshot`.
    Apply(ApplyPlan, ApplyAction),
    /// `ModifySystemSettings`.
    Modify(ModifyPlan, ModifyAction),
    /// `ClearSnapshotState`.
    Clear(ClearPlan, ClearAction),
    /// `RequestStateChange` of the VM, or a shutdown by its guest.
    State(StatePlan, StateAction),
    /// `ModifyDiskMergeSettings`.
    EnableMerging(EnableMergingPlan, EnableMergingAction),
}

impl Plan {
    /// The VM's GUID.
    pub fn vm_id(&self) -> &str {
        self.tree().vm_id()
    }

    /// The VM's name, for display.
    pub fn vm_name(&self) -> &str {
        self.tree().vm_name()
    }

    /// The tree that the plan is based on.
    pub fn tree(&self) -> &SnapshotTree {
        self.planned().tree()
    }

    /// A description for errors: `destroying "base" of "web-01"`.
    pub fn doing(&self) -> String {
        self.planned().during()
    }

    /// False if the host's answers do not show what depends on the target; such a plan cannot begin.
    pub fn is_certain(&self) -> bool {
        self.planned().is_certain()
    }

    /// Why it cannot begin with the VM in `state`; `None` if it can.
    pub fn obstacle(&self, state: Option<VmState>) -> Option<Obstacle> {
        self.planned().obstacle(state)
    }

    /// The fingerprint of the plan: an approval holds for this plan only.
    pub fn fingerprint(&self) -> Fingerprint {
        self.planned().fingerprint()
    }

    /// The fingerprint of this plan and the steps that follow, in order: fingerprints of other plans, and texts for steps that
    /// cannot be planned yet. Without further steps it is the plan's own.
    pub fn fingerprint_with(&self, then: &[String]) -> Fingerprint {
        match then {
            [] => self.fingerprint(),
            then => self.fingerprint().with(&then.iter().map(String::as_str).collect::<Vec<_>>()),
        }
    }

    /// The VM's state afterwards, if it is in `state` before; `None` if unknown.
    pub fn state_after(&self, state: Option<VmState>) -> Option<VmState> {
        self.planned().state_after(state)
    }

    /// The changes of the tree since the plan, if any matters.
    pub fn difference(&self, now: &SnapshotTree) -> Option<TreeDifference> {
        TreeDifference::between(self.tree(), now)
    }
}

impl From<&Plan> for Plan {
    fn from(plan: &Plan) -> Self {
        plan.clone()
    }
}

impl Action {
    /// The kind, for programs: `destroy`.
    pub fn kind(&self) -> &'static str {
        self.judged().kind()
    }

    /// The snapshot that the call names.
    pub fn target(&self) -> Option<&SnapshotName> {
        self.judged().target()
    }

    /// The method that is called.
    pub fn method(&self) -> &'static str {
        self.judged().call().method
    }

    /// The destroy, if it is one.
    pub fn as_destroy(&self) -> Option<&DestroyAction> {
        match self {
            Self::Destroy(action) => Some(action),
            _ => None,
        }
    }
}

/// The VM's activity, if it is this one, or one that this version does not know.
fn work(vm: &VmRecord, own: VmActivity) -> Option<VmWork> {
    let may_be = |activity: &VmActivity| *activity == own || !activity.is_known();
    vm.activity().filter(may_be).map(VmWork::Activity)
}

/// True for a job that has not ended and is of this type, or has an unknown type.
fn is_live(job: &JobRecord, own: JobType) -> bool {
    !job.has_ended() && (job.is_of(own) || job.job_type.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        hyperv::{DestroyScope, MergeExpectation},
        schema::{
            self,
            names::{COMPUTER_SYSTEM, MANAGEMENT_SERVICE, SHUTDOWN_COMPONENT, SNAPSHOT_SERVICE},
        },
    };

    /// One action of each kind and form of call.
    fn all() -> Vec<Action> {
        let name = SnapshotName { id: "Microsoft:1".to_owned(), name: "base".to_owned() };
        let destroy = |scope| {
            Action::Destroy(DestroyAction {
                scope,
                destroyed: vec![name.clone()],
                kept: Vec::new(),
                merge: MergeExpectation::None,
                merging: None,
            })
        };
        let state = |change| Action::State(StateAction { change, force: false });
        vec![
            destroy(DestroyScope::Single),
            destroy(DestroyScope::Tree),
            Action::Create(CreateAction { kept: Vec::new(), consistency: None }),
            Action::Apply(ApplyAction {
                target: name.clone(),
                kept: Vec::new(),
                was_current: false,
                files: None,
            }),
            Action::Modify(ModifyAction {
                target: name.clone(),
                change: Change::default().name("other"),
                kept: Vec::new(),
            }),
            Action::Clear(ClearAction { target: name.clone(), kept: Vec::new() }),
            state(StateChange::Save),
            state(StateChange::Shutdown),
            Action::EnableMerging(EnableMergingAction { setting: "Microsoft:1\\2".to_owned() }),
        ]
    }

    #[test]
    fn a_call_has_the_parameters_of_its_method_in_their_order() {
        for action in all() {
            let call = action.judged().call();
            let class = match call.on {
                Callee::SnapshotService => SNAPSHOT_SERVICE,
                Callee::ManagementService => MANAGEMENT_SERVICE,
                Callee::Vm => COMPUTER_SYSTEM,
                Callee::ShutdownComponent => SHUTDOWN_COMPONENT,
            };
            let method = schema::class(class).unwrap().method(call.method).unwrap();
            // Omitted parameters are null.
            let left_out = ["ResultingSnapshot", "TimeoutPeriod"];
            let wanted: Vec<_> = method.inputs().map(|parameter| parameter.property.name).collect();
            let wanted: Vec<_> = wanted.into_iter().filter(|name| !left_out.contains(name)).collect();
            let given: Vec<_> = call.parameters.iter().map(|(name, _)| *name).collect();
            assert_eq!(given, wanted, "{}", call.method);
        }
    }
}
