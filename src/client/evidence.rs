//! By what it is known what became of an operation: facts, each of which was seen or written down.
//!
//! A fact never says more than was seen. What follows from several of them is the word that they stand beside.

use std::{fmt, time::Duration};

use crate::{
    client::journal::{Answer, Reply, SnapshotName},
    hyperv::{JobRecord, JobState, JobType, ReturnCode, VmActivity},
};

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fact {
    /// The journal holds the method's return value.
    Returned(ReturnCode),
    /// The journal holds that no answer came, and why.
    Unanswered(String),
    /// The journal holds no answer: whoever called did not live to write it down.
    NoAnswerWritten,
    /// The journal held the conclusion already, with this evidence.
    Written(String),
    /// The job of the operation, as it was seen last.
    Job(JobSeen),
    /// The host has forgotten the job, as it does five minutes after the end.
    JobForgotten(String),
    /// A job that deletes a snapshot of the machine is alive.
    LiveDeletion(JobSeen),
    /// The machine is busy.
    Activity(VmActivity),
    /// The machine is not deleting a snapshot, and no job that does is alive.
    NobodyAtIt,
    /// The machine is not to be seen: it is gone, or the user may not see it.
    NoMachine,
    /// Nothing of the machine is to be seen among the snapshots, so that what is missing proves nothing.
    NothingSeen,
    /// It was to be destroyed, and is gone.
    Gone(SnapshotName),
    /// It was to be destroyed, and is there.
    There(SnapshotName),
    /// It was to stay, and is gone.
    Vanished(SnapshotName),
    /// It was not there when the plan was made.
    Appeared(SnapshotName),
    /// The tree is what was planned on, to the letter.
    TreeAsPlanned,
    /// The call may still be on its way or wait at the host, for at most this long.
    MayBeUnderWay(Duration),
}

/// A job at one moment, in short.
#[derive(Clone, Debug, PartialEq, Eq)]
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
}

impl From<&JobRecord> for JobSeen {
    fn from(job: &JobRecord) -> Self {
        Self {
            id: job.instance_id.clone(),
            job_type: job.job_type,
            state: job.state,
            error_code: job.error_code.filter(|code| *code != 0),
            error_text: job.error_text().map(str::to_owned),
        }
    }
}

impl Fact {
    /// What the journal holds of the answer.
    pub(super) fn of_answer(answer: Option<&Answer>) -> Self {
        match answer.map(|answer| &answer.reply) {
            Some(Reply::Returned { code, .. }) => Self::Returned(*code),
            Some(Reply::Missing { error, .. }) => Self::Unanswered(error.clone()),
            None => Self::NoAnswerWritten,
        }
    }
}

impl fmt::Display for SnapshotName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} ({})", self.name, self.id)
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

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Returned(code) => write!(f, "the method returned {code}"),
            Self::Unanswered(error) => write!(f, "no answer came: {error}"),
            Self::NoAnswerWritten => f.write_str("no answer was written down"),
            Self::Written(text) => f.write_str(text),
            Self::Job(job) => write!(f, "the job {job}"),
            Self::JobForgotten(id) => write!(f, "the host has forgotten the job {id}"),
            Self::LiveDeletion(job) => write!(f, "a snapshot of the machine is being deleted: the job {job}"),
            Self::Activity(activity) => write!(f, "the machine is busy: {activity}"),
            Self::NobodyAtIt => f.write_str("no snapshot of the machine is being deleted"),
            Self::NoMachine => {
                f.write_str("the machine is not to be seen: it is gone, or the user may not see it")
            }
            Self::NothingSeen => {
                f.write_str("nothing is to be seen of the machine's settings: the user may not see them")
            }
            Self::Gone(snapshot) => write!(f, "gone: {snapshot}"),
            Self::There(snapshot) => write!(f, "still there: {snapshot}"),
            Self::Vanished(snapshot) => write!(f, "gone as well, and not planned: {snapshot}"),
            Self::Appeared(snapshot) => write!(f, "new since the plan: {snapshot}"),
            Self::TreeAsPlanned => f.write_str("the tree is the one that was planned on"),
            Self::MayBeUnderWay(left) => {
                write!(f, "the call may still be under way, for at most {} seconds", left.as_secs().max(1))
            }
        }
    }
}
