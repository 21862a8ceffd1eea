//! Observations that support an operation's outcome: each was seen or written down.
//!
//! An observation never says more than was seen. The status beside them is what follows from all of them.

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
    /// The journal holds that the answer was lost, and why.
    Unanswered(String),
    /// The journal holds that the host refused the call, and how.
    Refused(String),
    /// The journal holds that nothing was sent, and why.
    NotSent(String),
    /// The journal holds no answer: the process ended before it was written.
    NoAnswerWritten,
    /// The journal held the conclusion already, with this observation.
    Written(String),
    /// The job of the operation, as it was seen last.
    Job(JobSeen),
    /// The host has forgotten the job, as it does five minutes after the end.
    JobForgotten(String),
    /// The operation's own job cannot be read, and why.
    JobUnreadable(String),
    /// A job of the VM that may be this operation has not ended.
    LiveJob(JobSeen),
    /// The VM is busy.
    Busy(VmWork),
    /// The VM is not busy with anything that may be this operation, and no job that may be it is alive.
    NothingRunning,
    /// The VM is not to be seen: it is gone, or the user may not see it.
    VmNotVisible,
    /// The VM cannot be read, and why.
    VmUnreadable(String),
    /// The VM's jobs cannot be listed, and why.
    JobsUnreadable(String),
    /// The snapshots cannot be read, and why.
    TreeUnreadable(String),
    /// The VM's own settings are not among what the host shows, so that what is missing proves nothing.
    NothingSeen,
    /// The VM's own settings name a parent that the host does not show, so that what is missing proves nothing.
    DanglingParent(String),
    /// A snapshot that was to go is shown, but as something else than a snapshot of this VM.
    ShownOtherwise(String),
    /// None of the snapshots that were to stay is shown, so that what is missing proves nothing.
    NothingKept,
    /// So many readings, over so long, showed the same.
    Repeated(u32, Duration),
    /// It was to be destroyed, and is gone.
    Gone(SnapshotName),
    /// It was to be destroyed, and is there.
    There(SnapshotName),
    /// It was to stay, and is gone.
    Vanished(SnapshotName),
    /// It was not there when the plan was made.
    Appeared(SnapshotName),
    /// The operation took it.
    Created(SnapshotName),
    /// The host shows this, in words.
    Shows(String),
    /// The tree is what was planned on, to the letter.
    TreeAsPlanned,
    /// The call may still be on its way or wait at the host, for at most this long.
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

/// A job at one moment, in short.
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
    /// The job's reason, if it gives one.
    pub error_text: Option<String>,
    /// `TimeSubmitted`, by the host's clock: a merge that was submitted before is not this operation's.
    pub submitted: Option<Timestamp>,
}

impl JobSeen {
    /// A job that ended badly, with the reason that it gives.
    pub(crate) fn failed(job: &JobRecord, errors: &[JobError]) -> Self {
        let told = errors.iter().find_map(|error| error.message.clone());
        let seen = Self::from(job);
        Self { error_text: told.or(seen.error_text), ..seen }
    }

    /// True if it has ended, and not well.
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
                "the VM's current state hangs under {id}, which is not visible: the list of snapshots is incomplete"
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
