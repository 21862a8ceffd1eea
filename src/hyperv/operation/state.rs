//! Changing the state of a VM: `RequestStateChange`, or a shutdown by its guest (`Msvm_ShutdownComponent.InitiateShutdown`).
//!
//! What counts is the state that the VM shows: a host answers 32775 also where the VM is in the wanted state already.

use std::time::Duration;

use super::{
    Action, ActionReading, Argument, Callee, Judged, MethodCall, Needs, Obstacle, Planned, Seen, Shown,
    SnapshotName,
};
use crate::{
    cim::Value,
    hyperv::{Disk, Fingerprint, JobRecord, SnapshotTree, VmActivity, VmRecord, VmState, VmWork},
    schema::names::{FORCE, INITIATE_SHUTDOWN, REASON, REQUEST_STATE_CHANGE, REQUESTED_STATE},
};

/// How long a guest may take to shut down: as long as Windows gives programs with unsaved data (Microsoft, `Stop-VM`).
const GUEST_SHUTS_DOWN: Duration = Duration::from_secs(300);

/// For how long a guest that was asked may still shut down.
const GUEST_MAY_SHUT_DOWN: Duration = Duration::from_secs(3600);

/// What a VM is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateChange {
    /// Start: run from off or saved (`RequestedState` 2).
    Start,
    /// Run on from a pause (`RequestedState` 2).
    Resume,
    /// Turn off, as by pulling the plug; of a saved VM the saved state is lost (`RequestedState` 3).
    TurnOff,
    /// Save its memory and stop (`RequestedState` 6).
    Save,
    /// Pause (`RequestedState` 9).
    Pause,
    /// Ask the guest to shut down.
    Shutdown,
}

impl StateChange {
    /// The name, for programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Resume => "resume",
            Self::TurnOff => "turn_off",
            Self::Save => "save",
            Self::Pause => "pause",
            Self::Shutdown => "shutdown",
        }
    }

    /// The state that the VM is in afterwards.
    pub fn goal(self) -> VmState {
        match self {
            Self::Start | Self::Resume => VmState::RUNNING,
            Self::TurnOff | Self::Shutdown => VmState::OFF,
            Self::Save => VmState::SAVED,
            Self::Pause => VmState::PAUSED,
        }
    }

    fn doing(self) -> &'static str {
        match self {
            Self::Start => "starting",
            Self::Resume => "resuming",
            Self::TurnOff => "turning off",
            Self::Save => "saving",
            Self::Pause => "pausing",
            Self::Shutdown => "shutting down",
        }
    }

    /// The states that it starts from, as Microsoft's own client allows them, and what they are called.
    fn from(self) -> (&'static [VmState], &'static str) {
        match self {
            Self::Start => (&[VmState::OFF, VmState::SAVED], "off or saved"),
            Self::Resume => (&[VmState::PAUSED], "paused"),
            Self::TurnOff => {
                (&[VmState::RUNNING, VmState::PAUSED, VmState::SAVED], "running, paused or saved")
            }
            Self::Save => (&[VmState::RUNNING, VmState::PAUSED], "running or paused"),
            Self::Pause | Self::Shutdown => (&[VmState::RUNNING], "running"),
        }
    }
}

crate::keyed::keyed! {
    StateChange { Start, Resume, TurnOff, Save, Pause, Shutdown }
}

/// The plan to change the state of a VM.
#[derive(Clone, Debug)]
pub struct StatePlan {
    tree: SnapshotTree,
    change: StateChange,
    state: Option<VmState>,
    force: bool,
}

impl SnapshotTree {
    /// Plans another state for the VM, which is in `state` now; nothing is sent.
    pub fn plan_state(&self, change: StateChange, state: Option<VmState>) -> StatePlan {
        StatePlan { tree: self.clone(), change, state, force: false }
    }
}

impl StatePlan {
    /// A shutdown also of a guest that is locked or has programs with unsaved data; they get five minutes (Microsoft, `Stop-VM`).
    #[must_use]
    pub fn force(mut self) -> Self {
        self.force = true;
        self
    }

    /// What the VM is to do.
    pub fn change(&self) -> StateChange {
        self.change
    }

    /// The state that it was in.
    pub fn state(&self) -> Option<VmState> {
        self.state
    }

    /// True if it is in the wanted state already.
    pub fn is_there(&self) -> bool {
        self.state == Some(self.change.goal())
    }
}

/// What a change of state is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StateAction {
    /// What the VM is to do.
    #[cfg_attr(feature = "serde", serde(with = "crate::keyed"))]
    pub change: StateChange,
    /// Whether a shutdown is forced.
    #[cfg_attr(feature = "serde", serde(default))]
    pub force: bool,
}

impl Planned for StatePlan {
    fn tree(&self) -> &SnapshotTree {
        &self.tree
    }

    fn fingerprint(&self) -> Fingerprint {
        let state = self.state.map(|state| state.0.to_string()).unwrap_or_default();
        let force = if self.force { "force" } else { "" };
        self.tree.fingerprint().with(&["state", self.change.key(), &state, force])
    }

    fn during(&self) -> String {
        format!("{} {:?}", self.change.doing(), self.tree.vm_name())
    }

    /// Snapshots that come and go change nothing of it.
    fn depends_on_tree(&self) -> bool {
        false
    }

    fn depends_on_state(&self) -> bool {
        true
    }

    fn state_after(&self, _: Option<VmState>) -> Option<VmState> {
        Some(self.change.goal())
    }

    fn obstacle(&self, state: Option<VmState>) -> Option<Obstacle> {
        let (from, wanted) = self.change.from();
        state.filter(|state| !from.contains(state)).map(|state| Obstacle::State { state, wanted })
    }

    fn action(&self, _: Option<&[Disk]>) -> Action {
        Action::State(StateAction { change: self.change, force: self.force })
    }
}

impl Judged for StateAction {
    fn kind(&self) -> &'static str {
        "state"
    }

    fn target(&self) -> Option<&SnapshotName> {
        None
    }

    fn call(&self) -> MethodCall {
        let request = |state: VmState| MethodCall {
            on: Callee::Vm,
            method: REQUEST_STATE_CHANGE,
            // TimeoutPeriod is left out, as Microsoft's own client does.
            parameters: vec![(REQUESTED_STATE, Value::Uint16(state.0).into())],
        };
        match self.change {
            StateChange::Shutdown => MethodCall {
                on: Callee::ShutdownComponent,
                method: INITIATE_SHUTDOWN,
                parameters: vec![
                    (FORCE, Value::Boolean(self.force).into()),
                    (REASON, Argument::Value(Value::String("hvsnap".to_owned()))),
                ],
            },
            change => request(change.goal()),
        }
    }

    fn needs(&self) -> Needs {
        Needs { no_tree: true, ..Needs::default() }
    }

    fn counts_by_goal(&self) -> bool {
        true
    }

    fn reading(&self, seen: &Seen<'_>) -> ActionReading {
        let mut reading = ActionReading::of_state();
        reading.shown = match seen.state {
            Some(state) if state == self.change.goal() => Shown::Present,
            _ => Shown::Nothing,
        };
        reading.shows.extend(seen.state.map(|state| format!("the VM is {state}")));
        reading
    }

    /// A guest that was asked may still shut down long after, so that for an hour "not done" is not said.
    fn claim_holds(&self) -> Option<Duration> {
        (self.change == StateChange::Shutdown).then_some(GUEST_MAY_SHUT_DOWN)
    }

    /// A guest takes its time to shut down; what the host answers is only that it was asked.
    fn lag(&self) -> Option<Duration> {
        (self.change == StateChange::Shutdown).then_some(GUEST_SHUTS_DOWN)
    }

    /// On its way to another state, in a state that cannot be read, or in an activity that this version does not know.
    fn work(&self, vm: &VmRecord) -> Option<VmWork> {
        let unknown = vm.activity().filter(|activity| !activity.is_known());
        let moving = vm.state.filter(|state| !state.is_at_rest()).map(VmWork::State);
        moving.or(unknown.map(VmWork::Activity)).or(match vm.state {
            Some(_) => None,
            None => Some(VmWork::Activity(VmActivity::UNREADABLE)),
        })
    }

    /// Any job that has not ended: its type differs with the state.
    fn may_be_job(&self, job: &JobRecord) -> bool {
        !job.has_ended()
    }
}
