//! What a fault rule makes of a job that a call has just started.
//!
//! The same that a lab can say of a snapshot's destroy, for one call only. It never touches a job that has ended.

use super::{Host, JobKind};
use crate::sim::{
    faults::JobFault,
    lab::{DestroySpec, JobEnd, MergeSpec},
};

impl Host {
    /// Changes the fate of the job; a call that started none has nothing to change.
    pub(crate) fn spoil(&mut self, job: Option<&str>, fault: &JobFault) {
        let Some(job) = job.and_then(|id| self.jobs.iter_mut().find(|job| job.id == id)) else { return };
        let JobKind::Destroy(work) = &mut job.kind else { return };
        match fault {
            JobFault::Stuck => job.run = None,
            JobFault::Exception { code, description, removes } => {
                job.end = JobEnd::Exception;
                job.error_code = *code;
                job.error_description.clone_from(description);
                work.removes = *removes;
            }
            JobFault::Vanishes { removes } => {
                job.end = JobEnd::Vanishes;
                work.removes = *removes;
            }
            later => {
                let (vm, snapshot) = (job.vm.clone(), work.snapshot.clone());
                let vm = self.vms.iter_mut().find(|known| known.id == vm);
                if let Some(snapshot) = vm.and_then(|vm| vm.snapshots.of_mut(&snapshot)) {
                    spoil_effects(&mut snapshot.destroy, later);
                }
            }
        }
    }
}

/// Changes what comes after the end of the job.
fn spoil_effects(spec: &mut DestroySpec, fault: &JobFault) {
    match fault {
        JobFault::ObjectLate(delay) => spec.object_delay = Some(*delay),
        JobFault::DiskLate(delay) => spec.disk_delay = Some(*delay),
        JobFault::MergeBlocked => spec.merge = MergeSpec::Never,
        JobFault::MergeStops => spec.merge = MergeSpec::Stops,
        JobFault::MergeFails { code, description } => {
            spec.merge = MergeSpec::Fails;
            spec.merge_error_code = *code;
            spec.merge_error_description.clone_from(description);
        }
        JobFault::Stuck | JobFault::Exception { .. } | JobFault::Vanishes { .. } => {}
    }
}
