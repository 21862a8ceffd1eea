//! Changing the state of a VM: `RequestStateChange`, or a shutdown by its guest (`Msvm_ShutdownComponent.InitiateShutdown`).
//!
//! The VM's state is what counts: a host also answers 32775 if the VM is already in the wanted state.

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

/// How long a guest may take to shut down: the time that Windows gives programs with unsaved data (Microsoft, `Stop-VM`).
const GUEST_SHUTS_DOWN: Duration = Duration::from_secs(300);

/// How long after the request a guest may still shut down.
const GUEST_MAY_SHUT_DOWN: Duration = Duration::from_secs(3600);

/// A change of a VM's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateChange {
    /// Start: run from off or saved (`RequestedState` 2).
    Start,
    /// Continue after a pause (`RequestedState` 2).
    Resume,
    /// Turn off without shutting down; the saved state of a saved VM is lost (`RequestedState` 3).
    TurnOff,
    /// Save the memory and stop (`RequestedState` 6).
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

    /// The VM's state afterwards.
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

    /// The allowed initial states, as in Microsoft's own client, and their description.
    fn from(self) -> (&'static [VmState], &'static str) {
        match self {
            Self::Start => (&[VmState::OFF, VmState::SAVED], "off or saved to be started"),
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
    /// Plans to change the VM's state, which is `state` now; nothing is sent.
    pub fn plan_state(&self, change: StateChange, state: Option<VmState>) -> StatePlan {
        StatePlan { tree: self.clone(), change, state, force: false }
    }
}

impl StatePlan {
    /// Also shuts down a guest that is locked or has programs with unsaved data; they get five minutes (Microsoft, `Stop-VM`).
    #[must_use]
    pub fn force(mut self) -> Self {
        self.force = true;
        self
    }

    /// The change.
    pub fn change(&self) -> StateChange {
        self.change
    }

    /// The state before.
    pub fn state(&self) -> Option<VmState> {
        self.state
    }

    /// True if the VM is already in the wanted state.
    pub fn is_there(&self) -> bool {
        self.state == Some(self.change.goal())
    }
}

/// What a change of state does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StateAction {
    /// The change.
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

    /// Snapshots do not matter.
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
            // TimeoutPeriod is omitted, as in Microsoft's own client.
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

    /// A guest may shut down long after the request, so "not done" is not reported for an hour.
    fn claim_holds(&self) -> Option<Duration> {
        (self.change == StateChange::Shutdown).then_some(GUEST_MAY_SHUT_DOWN)
    }

    /// A guest takes time to shut down; the host's answer only says that it was requested.
    fn lag(&self) -> Option<Duration> {
        (self.change == StateChange::Shutdown).then_some(GUEST_SHUTS_DOWN)
    }

    /// A transition, a state that cannot be read, or an activity that this version does not know.
    fn work(&self, vm: &VmRecord) -> Option<VmWork> {
        let unknown = vm.activity().filter(|activity| !activity.is_known());
        let moving = vm.state.filter(|state| !state.is_at_rest()).map(VmWork::State);
        moving.or(unknown.map(VmWork::Activity)).or(match vm.state {
            Some(_) => None,
            None => Some(VmWork::Activity(VmActivity::UNREADABLE)),
        })
    }

    /// Any job that has not ended: its type depends on the state.
    fn may_be_job(&self, job: &JobRecord) -> bool {
        !job.has_ended()
    }
}
