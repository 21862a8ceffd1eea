//! Observations that support an operation's outcome, each read from the host or from the journal.
//!
//! An observation never says more than was seen. The status follows from all of them.

use std::{fmt, time::Duration};

use crate::{
    cim::Timestamp,
    hyperv::{JobError, JobRecord, JobState, JobType, ReturnCode, SnapshotName, VmActivity, VmState},
};

/// One observation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Observation {
    /// The journal holds the method's return value.
    Returned(ReturnCode),
    /// The journal holds that the answer was lost; the text says why.
    Unanswered(String),
    /// The journal holds that the host refused the call; the text says how.
    Refused(String),
    /// The journal holds that nothing was sent; the text says why.
    NotSent(String),
    /// The journal holds no answer: the process ended before it was recorded.
    NoAnswerWritten,
    /// The journal already held the conclusion, with this observation.
    Written(String),
    /// The job of the operation, as last seen.
    Job(JobSeen),
    /// The host has deleted the job, which it does five minutes after the end.
    JobForgotten(String),
    /// The VM is on another cluster node than the one that was called, where the job is not known: from, to.
    Moved(String, String),
    /// The operation's own job cannot be read; the text says why.
    JobUnreadable(String),
    /// A job of the VM that may be this operation has not ended.
    LiveJob(JobSeen),
    /// The VM is busy.
    Busy(VmWork),
    /// The VM is not busy with anything that may be this operation, and no job that may be it is running.
    NothingRunning,
    /// The VM is not visible: it is gone, or the user may not see it.
    VmNotVisible,
    /// The VM cannot be read; the text says why.
    VmUnreadable(String),
    /// The VM's jobs cannot be listed; the text says why.
    JobsUnreadable(String),
    /// The snapshots cannot be read; the text says why.
    TreeUnreadable(String),
    /// The host does not show the VM's own settings, so an absence proves nothing.
    NothingSeen,
    /// The VM's own settings name a parent that the host does not show, so an absence proves nothing.
    DanglingParent(String),
    /// The host shows a snapshot that was to be destroyed, but as something else than a snapshot of this VM.
    ShownOtherwise(String),
    /// None of the snapshots to be kept is shown, so an absence proves nothing.
    NothingKept,
    /// This many readings, over this time, showed the same.
    Repeated(u32, Duration),
    /// A snapshot to be destroyed is gone.
    Gone(SnapshotName),
    /// A snapshot to be destroyed still exists.
    There(SnapshotName),
    /// A snapshot to be kept is gone.
    Vanished(SnapshotName),
    /// A snapshot that did not exist when the plan was made.
    Appeared(SnapshotName),
    /// The operation took it.
    Created(SnapshotName),
    /// The host shows this, in words.
    Shows(String),
    /// The tree is exactly the one that was planned on.
    TreeAsPlanned,
    /// The call may still be in transit or queued at the host, for at most this long.
    MayBeUnderWay(Duration),
}

/// What a VM is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VmWork {
    /// An activity, by its operational status.
    Activity(VmActivity),
    /// A change of its state, by `EnabledState`.
    State(VmState),
}

impl fmt::Display for VmWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Activity(activity) => activity.fmt(f),
            Self::State(state) => state.fmt(f),
        }
    }
}

/// A summary of a job at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct JobSeen {
    /// `InstanceID`.
    pub id: String,
    /// `JobType`.
    pub job_type: Option<JobType>,
    /// `JobState`.
    pub state: JobState,
    /// `ErrorCode`, if it is not 0.
    pub error_code: Option<u32>,
    /// The job's error text, if there is one.
    pub error_text: Option<String>,
    /// `TimeSubmitted`, by the host's clock: a merge that was submitted earlier is not this operation's.
    pub submitted: Option<Timestamp>,
}

impl JobSeen {
    /// A failed job, with its error text.
    pub(crate) fn failed(job: &JobRecord, errors: &[JobError]) -> Self {
        let told = errors.iter().find_map(|error| error.message.clone());
        let seen = Self::from(job);
        Self { error_text: told.or(seen.error_text), ..seen }
    }

    /// True if it has ended without success.
    pub fn has_failed(&self) -> bool {
        let is_well = matches!(self.state, JobState::COMPLETED | JobState::COMPLETED_WITH_WARNINGS);
        self.state.is_final() && !(is_well && self.error_code.is_none())
    }
}

impl From<&JobRecord> for JobSeen {
    fn from(job: &JobRecord) -> Self {
        Self {
            id: job.instance_id.clone(),
            job_type: job.job_type,
            state: job.state,
            error_code: job.error_code.filter(|code| *code != 0),
            error_text: job.error_text().map(str::to_owned),
            submitted: job.submitted.or(job.started),
        }
    }
}

impl fmt::Display for JobSeen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is in state {}", self.id, self.state)?;
        if let Some(code) = self.error_code {
            write!(f, ", error {}", ReturnCode(code))?;
        }
        match &self.error_text {
            Some(text) => write!(f, ": {text}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Returned(code) => write!(f, "the method returned {code}"),
            Self::Unanswered(error) => write!(f, "the answer was lost: {error}"),
            Self::Refused(error) => write!(f, "the host refused: {error}"),
            Self::NotSent(error) => write!(f, "nothing was sent: {error}"),
            Self::NoAnswerWritten => f.write_str("no answer was recorded"),
            Self::Written(text) => f.write_str(text),
            Self::Job(job) => write!(f, "the job {job}"),
            Self::JobForgotten(id) => write!(f, "the host has forgotten the job {id}"),
            Self::Moved(from, to) => {
                write!(f, "the VM has moved from {from} to {to}, where the job is not known")
            }
            Self::JobUnreadable(why) => write!(f, "the job cannot be read: {why}"),
            Self::LiveJob(job) => write!(f, "a job that may be this operation is running: the job {job}"),
            Self::Busy(work) => write!(f, "the VM is busy: {work}"),
            Self::NothingRunning => f.write_str("no job that may be this operation is running"),
            Self::VmNotVisible => {
                f.write_str("the VM is not visible: moved to another node, deleted, or hidden from this user")
            }
            Self::VmUnreadable(why) => write!(f, "the VM cannot be read: {why}"),
            Self::JobsUnreadable(why) => write!(f, "the VM's jobs cannot be listed: {why}"),
            Self::TreeUnreadable(why) => write!(f, "the snapshots cannot be read: {why}"),
            Self::NothingSeen => {
                f.write_str("the VM's own settings are not visible, so a missing snapshot proves nothing")
            }
            Self::DanglingParent(id) => write!(
                f,
                "the VM's current state is based on {id}, which is not visible: the list of snapshots is incomplete"
            ),
            Self::ShownOtherwise(id) => {
                write!(
                    f,
                    "{id} is shown, but not as a snapshot of this VM, so the list of snapshots is not reliable"
                )
            }
            Self::NothingKept => f.write_str(
                "none of the snapshots that were to stay is visible, so a missing snapshot proves nothing",
            ),
            Self::Repeated(readings, over) => {
                write!(f, "{readings} readings over {} s showed the same", over.as_secs())
            }
            Self::Gone(snapshot) => write!(f, "gone: {snapshot}"),
            Self::There(snapshot) => write!(f, "still there: {snapshot}"),
            Self::Vanished(snapshot) => write!(f, "gone as well, and not planned: {snapshot}"),
            Self::Appeared(snapshot) => write!(f, "new since the plan: {snapshot}"),
            Self::Created(snapshot) => write!(f, "taken: {snapshot}"),
            Self::Shows(text) => f.write_str(text),
            Self::TreeAsPlanned => f.write_str("the tree is the one that was planned on"),
            Self::MayBeUnderWay(left) => {
                write!(f, "the call may still be under way, for at most {} seconds", left.as_secs().max(1))
            }
        }
    }
}
