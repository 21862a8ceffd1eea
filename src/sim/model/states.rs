//! States of VMs: allowed transitions, transitions in progress, and the shutdown of a guest.
//!
//! A VM at rest has one of four states. A transition has a job, except a shutdown that the guest was asked for. The allowed
//! transitions are those of Microsoft's own client; the table in [`crate::sim`] labels the rest.

use std::time::Duration;

use super::{EditError, Host, JobKind, ServiceJob, Started, Vm, call::Work, effect::Effect, job::Cancel};
use crate::{
    codes::{job_state, method},
    sim::lab::{Guest, StateRequest, VmState},
};

/// A transition in progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Transition {
    pub(crate) request: StateRequest,
    /// The state before; the VM keeps it if the transition fails.
    pub(crate) from: VmState,
    pub(super) to: VmState,
}

impl Transition {
    /// The transition of a request; `None` if it is not allowed, or if the VM is in that state already.
    fn of(request: StateRequest, from: VmState) -> Option<Self> {
        use VmState::{Off, Paused, Running, Saved};
        let to = match (request, from) {
            (StateRequest::Start, Off | Saved | Paused) | (StateRequest::Reset, Running) => Running,
            (StateRequest::Off, Running | Paused | Saved) | (StateRequest::Shutdown, Running) => Off,
            (StateRequest::Save, Running | Paused) => Saved,
            (StateRequest::Pause, Running) => Paused,
            _ => return None,
        };
        Some(Self { request, from, to })
    }
}

impl Vm {
    /// True if the VM has an `Msvm_ShutdownComponent`.
    pub(crate) fn has_shutdown_component(&self) -> bool {
        self.state == VmState::Running && self.guest != Guest::None
    }

    /// Changes the state at once.
    pub(super) fn enter(&mut self, state: VmState, at: Duration) {
        self.write(at);
        self.started = match state {
            VmState::Off | VmState::Saved => None,
            VmState::Paused => self.started.or(Some(at)),
            // A pause does not end the run.
            VmState::Running => self.started.filter(|_| self.state == VmState::Paused).or(Some(at)),
        };
        self.state = state;
        self.changed = at;
    }
}

impl Host {
    /// Handles a request of `owner` to change the state of the VM `id`.
    pub(crate) fn change_state(&mut self, id: &str, request: StateRequest, owner: &str) -> Started {
        let Some(vm) = self.vm(id) else {
            return Started::without_job(method::VENDOR_INVALID_PARAMETER);
        };
        let (id, guest) = (vm.id.clone(), vm.guest);
        let shuts_down = request == StateRequest::Shutdown;
        // Turning off replaces a shutdown in progress.
        let is_free = vm.changing.is_none_or(|under_way| {
            request == StateRequest::Off && under_way.request == StateRequest::Shutdown
        });
        let is_able = !shuts_down || matches!(guest, Guest::Ready | Guest::Hung);
        let may_begin = is_free && is_able && self.work_on(&id).is_none() && !self.is_about_to_change(&id);
        let Some(transition) = Transition::of(request, vm.state).filter(|_| may_begin) else {
            return Started::without_job(method::VENDOR_INVALID_STATE);
        };
        let mut spec = vm.requests.get(&request).cloned().unwrap_or_default();
        let usual = if shuts_down { self.timing.shutdown } else { self.timing.state };
        spec.job_time.get_or_insert(usual);
        if matches!(spec.return_value, method::JOB_STARTED | method::COMPLETED) {
            self.give_up_transition(&id);
            self.set_changing(&id, Some(transition));
        }
        let started = self.begin(&id, Work::State(transition), spec, owner);
        if shuts_down && guest == Guest::Hung {
            let mut jobs = self.jobs.iter_mut();
            if let Some(job) = jobs.find(|job| started.job.as_ref() == Some(&job.id)) {
                job.run = None;
            }
        }
        started
    }

    /// Asks the guest of the VM `id` to shut down; returns the return value of the method.
    pub(crate) fn shut_down_guest(&mut self, id: &str, force: bool) -> u32 {
        let Some(vm) = self.vm(id).filter(|vm| vm.has_shutdown_component()) else {
            return method::VENDOR_INVALID_STATE;
        };
        let (id, guest) = (vm.id.clone(), vm.guest);
        match vm.changing.map(|under_way| under_way.request) {
            Some(StateRequest::Shutdown) => return method::VENDOR_SHUTDOWN_IN_PROGRESS,
            Some(_) => return method::VENDOR_INVALID_STATE,
            None => {}
        }
        match guest {
            Guest::NotReady => return method::VENDOR_NOT_READY,
            Guest::Locked if !force => return method::VENDOR_LOCKED,
            _ => {}
        }
        let transition = Transition::of(StateRequest::Shutdown, vm.state);
        if transition.is_none() || self.work_on(&id).is_some() || self.is_about_to_change(&id) {
            return method::VENDOR_INVALID_STATE;
        }
        self.set_changing(&id, transition);
        if guest != Guest::Hung {
            self.schedule(self.now.saturating_add(self.timing.shutdown), &id, Effect::ShutDown);
        }
        method::COMPLETED
    }

    /// Sets the state of a VM at once; a transition in progress is given up.
    pub(crate) fn set_state(&mut self, vm: &str, state: VmState) -> Result<(), EditError> {
        let index = self.find_vm(vm)?;
        if let Some(id) = self.vms.get(index).map(|vm| vm.id.clone()) {
            self.give_up_transition(&id);
            self.end_transition(&id, Some(state), self.now);
        }
        Ok(())
    }

    /// Ends a transition, in the state `to` or in the state before.
    pub(super) fn end_transition(&mut self, vm: &str, to: Option<VmState>, at: Duration) {
        if let Some(vm) = self.vms.iter_mut().find(|known| known.id == vm) {
            vm.changing = None;
            if let Some(to) = to {
                vm.enter(to, at);
            }
        }
    }

    /// Gives up the transition in progress: terminates its job, cancels the shutdown of the guest.
    fn give_up_transition(&mut self, vm: &str) {
        let now = self.now;
        self.forget_transition(vm);
        for job in self.jobs.iter_mut().filter(|job| !job.has_ended() && job.vm == vm) {
            if matches!(job.kind, JobKind::Service(ServiceJob { work: Work::State(_), .. })) {
                job.cancel = Some(Cancel { at: now, ends: now, state: job_state::TERMINATED });
            }
        }
        self.advance(now);
    }

    fn set_changing(&mut self, vm: &str, transition: Option<Transition>) {
        if let Some(vm) = self.vms.iter_mut().find(|known| known.id == vm) {
            vm.changing = transition;
        }
    }
}
