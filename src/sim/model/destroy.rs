//! Destroying snapshots: the answer at once, the effect when its time comes, the merge that follows.
//!
//! A snapshot that is destroyed alone leaves its children to its parent; a tree goes as a whole. It never touches what
//! was not named. After Microsoft's documentation of `DestroySnapshot` and `DestroySnapshotTree`.

use std::time::Duration;

use super::{
    Host, Job, JobKind,
    job::{DestroyJob, Finished},
};
use crate::{
    hyperv::schema::codes::{job_state, returned, state_change},
    sim::lab::{DestroySpec, JobEnd, MergeSpec},
};

/// How much a call destroys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The snapshot alone.
    Single,
    /// The snapshot and all that descends from it.
    Tree,
}

/// The answer to a call that destroys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Destroyed {
    pub(crate) return_value: u32,
    /// The job that was started.
    pub(crate) job: Option<String>,
}

impl Destroyed {
    fn without_job(return_value: u32) -> Self {
        Self { return_value, job: None }
    }
}

impl Host {
    /// Takes a call that destroys the snapshot `id`, made by `owner`.
    pub(crate) fn destroy(&mut self, id: &str, scope: Scope, owner: &str) -> Destroyed {
        let Some((vm, snapshot)) = self.snapshot(id) else {
            // Which answer a real host gives here is not settled; the text of the reference reaches the provider.
            return Destroyed::without_job(returned::INVALID_PARAMETER);
        };
        let (vm, id, spec) = (vm.id.clone(), snapshot.id.clone(), snapshot.destroy.clone());
        if self.is_deleting(&vm) {
            return Destroyed::without_job(returned::INVALID_STATE);
        }
        if self.is_about_to_merge(&vm) {
            return Destroyed::without_job(returned::IN_USE);
        }
        let work = DestroyJob { snapshot: id, scope, removes: spec.removes };
        if spec.return_value == returned::COMPLETED {
            self.remove(&vm, &work, self.now);
        }
        if spec.return_value != returned::JOB_STARTED {
            return Destroyed::without_job(spec.return_value);
        }
        let job = Job {
            id: self.guid(),
            kind: JobKind::Destroy(work),
            vm,
            owner: owner.to_owned(),
            submitted: self.now,
            run: Some(spec.job_time.unwrap_or(self.timing.job)),
            end: spec.job,
            error_code: spec.error_code,
            error_description: spec.error_description,
            cancellable: spec.cancellable,
            cancel: None,
            finished: None,
        };
        let started = Destroyed { return_value: returned::JOB_STARTED, job: Some(job.id.clone()) };
        self.jobs.push(job);
        started
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
            job.error_code = u16::try_from(returned::FAILED).unwrap_or(u16::MAX);
        }
        job.finished = Some(Finished { at: due, state });
        let (vm, kind) = (job.vm.clone(), job.kind.clone());
        if !cancelled && job.end == JobEnd::Vanishes {
            self.jobs.remove(index);
        }
        match kind {
            JobKind::Destroy(work) if !cancelled && work.removes => self.remove(&vm, &work, due),
            JobKind::Destroy(_) => {}
            JobKind::Merge(layers) => self.merged(&vm, &layers, due),
        }
    }

    fn remove(&mut self, vm_id: &str, work: &DestroyJob, at: Duration) {
        let Some(vm) = self.vms.iter_mut().find(|vm| vm.id == vm_id) else { return };
        let Some(spec) = vm.snapshot(&work.snapshot).map(|snapshot| snapshot.destroy.clone()) else { return };
        let gone = match work.scope {
            Scope::Single => vec![work.snapshot.clone()],
            Scope::Tree => vm.subtree(&work.snapshot),
        };
        for id in gone {
            vm.layers.release(&id, spec.merge != MergeSpec::None);
            vm.remove(&id, at);
        }
        self.start_merge(vm_id, &spec, at);
    }

    fn merged(&mut self, vm_id: &str, layers: &[u32], at: Duration) {
        if let Some(vm) = self.vms.iter_mut().find(|vm| vm.id == vm_id) {
            for layer in layers {
                vm.layers.merged(*layer);
            }
            vm.configured = at;
        }
    }

    /// Starts the merge of whatever layers of the machine have become superfluous.
    pub(super) fn start_merge(&mut self, vm_id: &str, spec: &DestroySpec, at: Duration) {
        let Some(vm) = self.vms.iter_mut().find(|vm| vm.id == vm_id) else { return };
        let layers = vm.layers.settle();
        if layers.is_empty() {
            return;
        }
        let run = spec.merge_time.unwrap_or(self.timing.merge);
        let job = Job {
            id: self.guid(),
            kind: JobKind::Merge(layers),
            vm: vm_id.to_owned(),
            owner: "NT AUTHORITY\\SYSTEM".to_owned(),
            submitted: at.saturating_add(self.timing.merge_delay),
            run: (spec.merge != MergeSpec::Never).then_some(run),
            end: JobEnd::Completes,
            error_code: 0,
            error_description: None,
            cancellable: false,
            cancel: None,
            finished: None,
        };
        self.jobs.push(job);
    }

    /// Whether a merge is under way, or will be in a moment.
    fn is_about_to_merge(&self, vm: &str) -> bool {
        let merges = |job: &Job| !job.has_ended() && job.vm == vm && matches!(job.kind, JobKind::Merge(_));
        self.jobs.iter().any(merges)
    }
}
