//! A call that works on snapshots or settings: the immediate answer, the job, the later effect.
//!
//! All of these methods run here: [`Work`] is the request, [`CallSpec`] its result as the lab describes it. The effects are in
//! `create`, `apply`, `destroy`, `edits` and `states`. The snapshots of a VM have one operation at a time.

use std::time::Duration;

use super::{
    Host, Job, JobKind, Started,
    destroy::Scope,
    effect::Effect,
    job::{Finished, MergeJob},
    states::Transition,
};
use crate::{
    codes::{job_state, method, state_change},
    sim::lab::{CallSpec, Checkpoints, JobEnd, SnapshotKind},
};

/// The request of a call.
#[derive(Clone, Debug)]
pub(crate) enum Work {
    /// Takes a snapshot.
    Create(NewSnapshot),
    /// Applies a snapshot.
    Apply(String),
    /// Drops the saved memory of a snapshot.
    Clear(String),
    /// Destroys snapshots.
    Destroy(String, Scope),
    /// Changes settings of the VM or of a snapshot.
    Modify(Change),
    /// The VM goes into another state.
    State(Transition),
}

/// A snapshot that a job takes.
#[derive(Clone, Debug)]
pub(crate) struct NewSnapshot {
    pub(crate) id: String,
    pub(super) kind: SnapshotKind,
    pub(super) automatic: bool,
    /// True if it has the memory of the VM.
    pub(super) saved_state: bool,
    /// From this time on the job is linked to it.
    pub(crate) linked: Option<Duration>,
}

/// New settings.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// The GUID of the settings.
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) notes: Option<Vec<String>>,
    /// Of a VM only: a snapshot keeps it.
    pub(crate) checkpoints: Option<Checkpoints>,
}

/// The work of a job, and its result.
#[derive(Clone, Debug)]
pub(crate) struct ServiceJob {
    pub(crate) work: Work,
    pub(super) spec: CallSpec,
}

impl Work {
    /// True if it works on the snapshots of the VM, which have one operation at a time.
    pub(super) fn is_exclusive(&self) -> bool {
        !matches!(self, Self::Modify(_) | Self::State(_))
    }

    /// The snapshot that it works on.
    pub(crate) fn snapshot(&self) -> Option<&str> {
        match self {
            Self::Create(new) => Some(&new.id),
            Self::Apply(id) | Self::Clear(id) | Self::Destroy(id, _) => Some(id),
            Self::Modify(_) | Self::State(_) => None,
        }
    }
}

impl Host {
    /// The running operation on the snapshots of the VM.
    pub(crate) fn work_on(&self, vm: &str) -> Option<&Work> {
        let mut jobs = self.jobs().filter(|job| !job.has_ended() && job.vm == vm);
        jobs.find_map(|job| match &job.kind {
            JobKind::Service(ServiceJob { work, .. }) => Some(work).filter(|work| work.is_exclusive()),
            JobKind::Merge(_) => None,
        })
    }

    /// The return value of a call while the snapshots or disks of the VM are busy.
    pub(super) fn busy(&self, vm: &str) -> Option<u32> {
        if self.work_on(vm).is_some() || self.is_about_to_change(vm) || self.is_changing(vm) {
            return Some(method::VENDOR_INVALID_STATE);
        }
        (!self.merging_layers(vm).is_empty()).then_some(method::VENDOR_IN_USE)
    }

    /// Answers a call of `owner` as `spec` says: refuses it, does it at once or starts a job.
    pub(super) fn begin(&mut self, vm: &str, work: Work, spec: CallSpec, owner: &str) -> Started {
        let job = ServiceJob { work, spec };
        match job.spec.return_value {
            method::JOB_STARTED => {}
            method::COMPLETED => {
                self.end(vm, job, self.now);
                self.advance(self.now);
                return Started::without_job(method::COMPLETED);
            }
            refusal => return Started::without_job(refusal),
        }
        let (spec, id) = (&job.spec, self.random.guid());
        self.jobs.push(Job {
            id: id.clone(),
            vm: vm.to_owned(),
            owner: owner.to_owned(),
            is_left: false,
            submitted: self.now,
            run: Some(spec.job_time.unwrap_or(self.timing.job)),
            end: spec.job,
            error_code: spec.error_code,
            error_description: spec.error_description.clone(),
            cancellable: spec.cancellable,
            cancel: None,
            finished: None,
            kind: JobKind::Service(job),
        });
        Started { return_value: method::JOB_STARTED, job: Some(id) }
    }

    /// Takes a `RequestStateChange` of a job; `None` when there is no such job.
    pub(crate) fn request_state_change(&mut self, job: &str, state: u16, timeout: bool) -> Option<u32> {
        let (now, takes) = (self.now, self.timing.cancel);
        let mut jobs = self.jobs.iter_mut().filter(|job| job.submitted <= now);
        let job = jobs.find(|known| known.id.eq_ignore_ascii_case(job))?;
        if timeout {
            return Some(state_change::TIMEOUT_NOT_SUPPORTED);
        }
        Some(job.request(state, now, takes))
    }

    /// Ends the job at `index`, whose time came at `due`.
    pub(super) fn finish(&mut self, index: usize, due: Duration) {
        let Some(job) = self.jobs.get_mut(index) else { return };
        let state = match (job.cancel, job.end) {
            (Some(cancel), _) => cancel.state,
            (None, JobEnd::Completes | JobEnd::Vanishes) => job_state::COMPLETED,
            (None, JobEnd::Warnings) => job_state::COMPLETED_WITH_WARNINGS,
            (None, JobEnd::Exception) => job_state::EXCEPTION,
            (None, JobEnd::Terminated) => job_state::TERMINATED,
        };
        let cancelled = job.cancel.is_some();
        if cancelled && job.error_code == 0 {
            job.error_code = method::JOB_FAILED;
        }
        job.finished = Some(Finished { at: due, state });
        let (vm, kind, end) = (job.vm.clone(), job.kind.clone(), job.end);
        if !cancelled && end == JobEnd::Vanishes {
            self.jobs.remove(index);
        }
        match kind {
            JobKind::Service(job) if !cancelled => self.end(&vm, job, due),
            JobKind::Merge(MergeJob { layers, disk_delay }) if end == JobEnd::Completes => {
                self.schedule(due.saturating_add(disk_delay), &vm, Effect::Switch(layers));
            }
            JobKind::Service(job) => self.come_to_nothing(&vm, &job.work),
            JobKind::Merge(_) => {}
        }
    }

    /// Schedules the effect of work that ended at `at`.
    fn end(&mut self, vm: &str, job: ServiceJob, at: Duration) {
        if job.spec.takes_effect {
            let delay = if job.work.is_exclusive() { self.timing.object_delay } else { Duration::ZERO };
            let delay = job.spec.object_delay.unwrap_or(delay);
            self.schedule(at.saturating_add(delay), vm, Effect::Work(Box::new(job)));
        } else {
            self.come_to_nothing(vm, &job.work);
        }
    }

    /// Ends work without an effect.
    pub(super) fn come_to_nothing(&mut self, vm: &str, work: &Work) {
        if matches!(work, Work::State(_)) {
            self.end_transition(vm, None, self.now);
        }
    }

    /// Applies the effect of the call.
    pub(super) fn carry_out(&mut self, vm: &str, ServiceJob { work, spec }: ServiceJob, at: Duration) {
        match work {
            Work::Create(new) => self.take_snapshot(vm, new, &spec, at),
            Work::Apply(snapshot) => self.go_back(vm, &snapshot, at),
            Work::Clear(snapshot) => self.forget_memory(vm, &snapshot, at),
            Work::Destroy(snapshot, scope) => self.remove(vm, &snapshot, scope, &spec, at),
            Work::Modify(change) => self.change_settings(vm, change, at),
            Work::State(transition) => self.end_transition(vm, Some(transition.to), at),
        }
    }
}
