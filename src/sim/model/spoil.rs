//! What a fault rule makes of a job that a call has just started.
//!
//! The same that a lab can say of a call, for one call only. It never touches a job that has ended.

use super::{Host, JobKind, ServiceJob};
use crate::sim::{
    faults::JobFault,
    lab::{CallSpec, JobEnd, MergeSpec},
};

impl Host {
    /// Changes the fate of the job; a call that started none has nothing to change.
    pub(crate) fn spoil(&mut self, job: Option<&str>, fault: &JobFault) {
        let Some(job) = job.and_then(|id| self.jobs.iter_mut().find(|job| job.id == id)) else { return };
        let JobKind::Service(ServiceJob { spec, .. }) = &mut job.kind else { return };
        match fault {
            JobFault::Stuck => job.run = None,
            JobFault::Exception { code, description, takes_effect } => {
                job.end = JobEnd::Exception;
                job.error_code = *code;
                job.error_description.clone_from(description);
                spec.takes_effect = *takes_effect;
            }
            JobFault::Vanishes { takes_effect } => {
                job.end = JobEnd::Vanishes;
                spec.takes_effect = *takes_effect;
            }
            later => spoil_effects(spec, later),
        }
    }
}

/// Changes what comes after the end of the job.
fn spoil_effects(spec: &mut CallSpec, fault: &JobFault) {
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
