//! `Msvm_ConcreteJob` for operations of a service, `Msvm_StorageJob` for merges: all members, as a real host fills them.
//!
//! `InstallDate` is the year 1601, `TimeBeforeRemoval` five minutes; without an error texts are empty, not null (recorded for
//! `Msvm_StorageJob`). The class and type of a background merge on a real host are not known; here it is a storage job of type 5.

use std::time::Duration;

use super::View;
use crate::{
    codes::{hresult::E_FAIL, job_state, job_type, storage_job_type},
    schema::{
        self, names,
        values::{health_state, operational_status},
    },
    sim::{
        instance::{Instance, Scalar},
        lab::{StateRequest, VmState},
        model::{Host, Job, JobKind, ServiceJob, Work},
        path::ObjectPath,
    },
};

pub(super) fn all(view: &View<'_>, class: &str) -> Option<Vec<Instance>> {
    view.jobs().filter(|known| class_of(known) == class).map(|known| job(view.host, known)).collect()
}

/// The object path of a job.
pub(crate) fn path(job: &Job) -> Option<ObjectPath> {
    Some(ObjectPath::with_key(schema::class(class_of(job))?, job.id.as_str()))
}

fn class_of(job: &Job) -> &'static str {
    match job.kind {
        JobKind::Service(_) => names::CONCRETE_JOB,
        JobKind::Merge(_) => names::STORAGE_JOB,
    }
}

pub(super) fn job(host: &Host, job: &Job) -> Option<Instance> {
    let (now, error) = (host.now(), job.error_description());
    let state = job.state(now);
    let made = base(host, job)?
        .with("Cancellable", job.cancellable && !job.has_ended())
        .with("ElapsedTime", Scalar::Interval(job.elapsed(now)))
        .with("ErrorCode", job.error_code())
        .with("ErrorDescription", error.clone().unwrap_or_default())
        .with("ErrorSummaryDescription", error.unwrap_or_default())
        .with("InstanceID", job.id.as_str())
        .with("JobState", state)
        .with("JobStatus", status_text(state))
        .with("OperationalStatus", operational_status(state))
        .with("Owner", job.owner.as_str())
        .with("PercentComplete", job.percent(now))
        .with("ScheduledStartTime", Scalar::Time(job.submitted))
        .with("StartTime", job.started(now).map_or(Scalar::Never, Scalar::Time))
        .with("TimeOfLastStateChange", Scalar::Time(job.changed(now)))
        .with("TimeSubmitted", Scalar::Time(job.submitted));
    let (title, number) = kind(job);
    let made = made
        .with("Caption", title)
        .with("Description", title)
        .with("ElementName", title)
        .with("JobType", number)
        .with("Name", class_of(job));
    Some(match job.kind {
        JobKind::Service(_) => made,
        JobKind::Merge(_) => {
            made.with("JobCompletionStatusCode", if job.error_code() == 0 { 0 } else { E_FAIL })
        }
    })
}

/// The title and the `JobType` of a job.
fn kind(job: &Job) -> (&'static str, u16) {
    let JobKind::Service(ServiceJob { work, .. }) = &job.kind else {
        return ("Merging Virtual Disk", storage_job_type::MERGING);
    };
    match work {
        Work::State(transition) => state_kind(transition.request, transition.from),
        Work::Create(_) => ("Taking Virtual Machine Snapshot", job_type::SNAPSHOT_VIRTUAL_MACHINE),
        Work::Apply(_) => ("Applying Virtual Machine Snapshot", job_type::APPLY_VIRTUAL_MACHINE_SNAPSHOT),
        Work::Clear(_) => ("Clearing Snapshot State", job_type::CLEAR_VIRTUAL_MACHINE_SNAPSHOT_STATE),
        Work::Destroy(..) => ("Deleting Snapshot", job_type::DELETE_VIRTUAL_MACHINE_SNAPSHOT),
        Work::Modify(_) => ("Modifying Virtual Machine", job_type::MODIFY_VIRTUAL_MACHINE),
    }
}

/// The title and `JobType` of a state change.
fn state_kind(request: StateRequest, from: VmState) -> (&'static str, u16) {
    match (request, from) {
        (StateRequest::Start, VmState::Paused) => {
            ("Resuming Virtual Machine", job_type::RESUME_VIRTUAL_MACHINE)
        }
        (StateRequest::Start, VmState::Saved) => {
            ("Restoring Virtual Machine", job_type::RESTORE_VIRTUAL_MACHINE)
        }
        (StateRequest::Start, _) => ("Starting Virtual Machine", job_type::START_VIRTUAL_MACHINE),
        (StateRequest::Off, _) => ("Turning Off Virtual Machine", job_type::POWER_OFF_VIRTUAL_MACHINE),
        (StateRequest::Shutdown, _) => ("Shutting Down Virtual Machine", job_type::SHUT_DOWN_VIRTUAL_MACHINE),
        (StateRequest::Save, _) => ("Saving Virtual Machine", job_type::SAVE_VIRTUAL_MACHINE),
        (StateRequest::Pause, _) => ("Pausing Virtual Machine", job_type::PAUSE_VIRTUAL_MACHINE),
        (StateRequest::Reset, _) => ("Resetting Virtual Machine", job_type::RESET_VIRTUAL_MACHINE),
    }
}

fn base(host: &Host, job: &Job) -> Option<Instance> {
    Some(
        Instance::of(class_of(job))?
            .with("DeleteOnCompletion", false)
            .with("HealthState", health_state::OK)
            .with("InstallDate", Scalar::Never)
            .with("JobRunTimes", 1_u32)
            .with("LocalOrUtcTime", 2_u16)
            .with("Notify", "")
            .with("Priority", 0_u32)
            .with("RecoveryAction", 2_u16)
            .with("RunDay", 0_u16)
            .with("RunDayOfWeek", 0_u16)
            .with("RunMonth", 0_u16)
            .with("RunStartInterval", Scalar::Interval(Duration::ZERO))
            .with("Status", "OK")
            .with("TimeBeforeRemoval", Scalar::Interval(host.timing.retention))
            .with("UntilTime", Scalar::Never),
    )
}

fn operational_status(state: u16) -> &'static [u16] {
    match state {
        job_state::COMPLETED | job_state::COMPLETED_WITH_WARNINGS => {
            &[operational_status::COMPLETED, operational_status::OK]
        }
        job_state::TERMINATED | job_state::KILLED | job_state::EXCEPTION => &[operational_status::ERROR],
        _ => &[operational_status::OK],
    }
}

fn status_text(state: u16) -> &'static str {
    match state {
        job_state::NEW => "The job has been created",
        job_state::STARTING => "The job is starting",
        job_state::RUNNING => "The job is running",
        job_state::SHUTTING_DOWN => "The job is being cancelled",
        job_state::COMPLETED => "The job completed successfully",
        job_state::COMPLETED_WITH_WARNINGS => "The job completed with warnings",
        job_state::TERMINATED | job_state::KILLED => "The job was cancelled",
        _ => "The job failed",
    }
}
