//! Destroying snapshots: the answer at once, the effect when its time comes, the merge that follows.
//!
//! A snapshot that is destroyed alone leaves its children to its parent; a tree goes as a whole. It never touches what
//! was not named. After Microsoft's documentation of `DestroySnapshot` and `DestroySnapshotTree`.

use std::time::Duration;

use super::{
    Host, Job, JobKind, Started,
    effect::Effect,
    job::{DestroyJob, Finished, MergeJob},
};
use crate::{
    codes::{job_state, method, state_change},
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

impl Host {
    /// Takes a call that destroys the snapshot `id`, made by `owner`.
    pub(crate) fn destroy(&mut self, id: &str, scope: Scope, owner: &str) -> Started {
        let Some((vm, snapshot)) = self.snapshot(id) else {
            // Which answer a real host gives here is not settled; the text of the reference reaches the provider.
            return Started::without_job(method::VENDOR_INVALID_PARAMETER);
        };
        let (vm, id, spec) = (vm.id.clone(), snapshot.id.clone(), snapshot.destroy.clone());
        if self.is_deleting(&vm) || self.is_about_to_remove(&vm) {
            return Started::without_job(method::VENDOR_INVALID_STATE);
        }
        if !self.merging_layers(&vm).is_empty() {
            return Started::without_job(method::VENDOR_IN_USE);
        }
        let work = DestroyJob { snapshot: id, scope, removes: spec.removes };
        if spec.return_value == method::COMPLETED {
            self.end_destroy(&vm, work, self.now);
            self.advance(self.now);
            return Started::without_job(spec.return_value);
        }
        if spec.return_value != method::JOB_STARTED {
            return Started::without_job(spec.return_value);
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
        let started = Started { return_value: method::JOB_STARTED, job: Some(job.id.clone()) };
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
            job.error_code = method::JOB_FAILED;
        }
        job.finished = Some(Finished { at: due, state });
        let (vm, kind, end) = (job.vm.clone(), job.kind.clone(), job.end);
        if !cancelled && end == JobEnd::Vanishes {
            self.jobs.remove(index);
        }
        match kind {
            JobKind::Destroy(work) if !cancelled => self.end_destroy(&vm, work, due),
            JobKind::Merge(MergeJob { layers, disk_delay }) if end == JobEnd::Completes => {
                self.schedule(due.saturating_add(disk_delay), &vm, Effect::Switch(layers));
            }
            JobKind::Destroy(_) | JobKind::Merge(_) => {}
        }
    }

    /// The deletion has been carried out at `at`, as far as the host says.
    fn end_destroy(&mut self, vm: &str, work: DestroyJob, at: Duration) {
        if work.removes {
            let spec = self.snapshot(&work.snapshot).map(|(_, snapshot)| &snapshot.destroy);
            let delay = spec.and_then(|spec| spec.object_delay).unwrap_or(self.timing.object_delay);
            self.schedule(at.saturating_add(delay), vm, Effect::Remove(work));
        }
    }

    /// Removes what the deletion names, and starts the merge of what it leaves over.
    pub(super) fn remove(&mut self, vm_id: &str, work: &DestroyJob, at: Duration) {
        let Some(vm) = self.vms.iter_mut().find(|vm| vm.id == vm_id) else { return };
        let Some(spec) = vm.snapshot(&work.snapshot).map(|snapshot| snapshot.destroy.clone()) else { return };
        let gone = match work.scope {
            Scope::Single => vec![work.snapshot.clone()],
            Scope::Tree => vm.subtree(&work.snapshot),
        };
        for id in &gone {
            vm.layers.release(id, spec.merge != MergeSpec::None);
        }
        vm.remove(&gone, at);
        self.start_merge(vm_id, &spec, at);
    }

    /// Points the disks of the VM to the files that are left.
    pub(super) fn switch(&mut self, vm_id: &str, layers: &[u32], at: Duration) {
        if let Some(vm) = self.vms.iter_mut().find(|vm| vm.id == vm_id) {
            for layer in layers {
                vm.layers.merged(*layer);
            }
            vm.configured = at;
        }
    }

    /// Starts the merge of the superfluous layers of the VM, those of a merge that failed included.
    pub(super) fn start_merge(&mut self, vm_id: &str, spec: &DestroySpec, at: Duration) {
        let Some(vm) = self.vms.iter_mut().find(|vm| vm.id == vm_id) else { return };
        let (mut layers, merging) = (vm.layers.settle(), vm.merging);
        let under_way = self.merging_layers(vm_id);
        layers.retain(|layer| !under_way.contains(layer));
        if layers.is_empty() || !merging {
            return;
        }
        let run = spec.merge_time.unwrap_or(self.timing.merge);
        let (end, error_code) = match spec.merge {
            MergeSpec::Fails => (JobEnd::Exception, spec.merge_error_code),
            MergeSpec::Stops => (JobEnd::Vanishes, 0),
            MergeSpec::Completes | MergeSpec::None | MergeSpec::Never => (JobEnd::Completes, 0),
        };
        let disk_delay = spec.disk_delay.unwrap_or(self.timing.disk_delay);
        let job = Job {
            id: self.guid(),
            kind: JobKind::Merge(MergeJob { layers, disk_delay }),
            vm: vm_id.to_owned(),
            owner: "NT AUTHORITY\\SYSTEM".to_owned(),
            submitted: at.saturating_add(spec.merge_delay.unwrap_or(self.timing.merge_delay)),
            run: (spec.merge != MergeSpec::Never).then_some(run),
            end,
            error_code,
            error_description: spec.merge_error_description.clone(),
            cancellable: false,
            cancel: None,
            finished: None,
        };
        self.jobs.push(job);
    }

    /// The layers of the VM that merge, will in a moment, or did while its disks do not show it yet.
    fn merging_layers(&self, vm: &str) -> Vec<u32> {
        let jobs = self.jobs.iter().filter(|job| !job.has_ended() && job.vm == vm);
        let merging = jobs.flat_map(|job| match &job.kind {
            JobKind::Merge(merge) => merge.layers.as_slice(),
            JobKind::Destroy(_) => &[],
        });
        merging.copied().chain(self.about_to_switch(vm)).collect()
    }
}
