//! The outcome of an operation: status, what is gone, what is left, the state of the merge, and the observations behind it.
//!
//! One type for every observer: the calling process, `resume`, the recovery before the next operation, the journal. Plain data.
//! Nothing is assumed: a snapshot counts as gone only if it was looked for and not found.

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    host::{Error, journal::Status},
    hyperv::{
        JobError, JobRecord, JobSeen, MergeEvidence, MergeState, Observation, Snapshot, SnapshotName,
        SnapshotTree,
    },
};

/// How long to wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Until {
    /// The host has accepted the call.
    Accepted,
    /// The job has ended and the tree was read back.
    JobEnded,
    /// The disks are merged as well.
    #[default]
    Merged,
}

/// What is being waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// The job.
    Job,
    /// The merge of disks.
    Merge,
}

/// The progress of an operation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Progress {
    /// What is being waited for.
    pub phase: Phase,
    /// 0 to 100; for a merge, whose progress hosts do not report, 0 until it is done.
    pub percent: u16,
    /// The state, in a few words.
    pub state: String,
}

impl Progress {
    pub(super) fn of_job(state: impl Into<String>) -> Self {
        Self { phase: Phase::Job, percent: 0, state: state.into() }
    }
}

/// How the operation's own job ended.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum JobConclusion {
    /// No answer names one.
    #[default]
    NotKnown,
    /// There was no job: the host reports that it finished at once.
    Synchronous,
    /// It was not waited for.
    NotAwaited,
    /// It had not ended when last seen.
    Running(Box<JobRecord>),
    /// It succeeded.
    Succeeded(Box<JobRecord>),
    /// It succeeded with warnings.
    Warned(Box<JobRecord>),
    /// It failed, with the errors that it reports.
    Failed(Box<JobRecord>, Vec<JobError>),
    /// Its object was gone before its end was seen.
    Vanished,
    /// It cannot be read; the text says why.
    Unreadable(String),
    /// As recorded in the journal.
    Recorded(JobSeen),
}

impl JobConclusion {
    /// The job in short, if it was seen.
    pub fn seen(&self) -> Option<JobSeen> {
        match self {
            Self::Running(job) | Self::Succeeded(job) | Self::Warned(job) => Some(JobSeen::from(&**job)),
            Self::Failed(job, errors) => Some(JobSeen::failed(job, errors)),
            Self::Recorded(job) => Some(job.clone()),
            _ => None,
        }
    }

    /// The job, if it was seen to end well.
    pub(super) fn well_ended(&self) -> Option<&JobRecord> {
        match self {
            Self::Succeeded(job) | Self::Warned(job) => Some(job),
            _ => None,
        }
    }

    /// True if it is known to have failed.
    pub fn has_failed(&self) -> bool {
        match self {
            Self::Failed(..) => true,
            Self::Recorded(job) => job.has_failed(),
            _ => false,
        }
    }
}

/// The merge of disks.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Merge {
    /// The state.
    pub state: MergeState,
    /// The evidence that it is finished.
    pub evidence: Option<MergeEvidence>,
    /// The job that failed.
    pub job: Option<JobSeen>,
    /// Why it could not be followed, if that was tried and failed.
    pub problem: Option<Arc<Error>>,
}

impl Merge {
    pub(crate) fn of(state: MergeState) -> Self {
        Self { state, evidence: None, job: None, problem: None }
    }
}

/// Why an outcome is not final, and what would make it final.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Open {
    /// The host is working on it.
    Running,
    /// The call may still be in transit or queued at the host, for at most this long.
    CallUnderWay(Duration),
    /// One reading is not enough; another one after this long decides.
    SecondReading(Duration),
    /// The host claims success, and the tree still shows the snapshots.
    Contradiction,
    /// These snapshots are new, and nothing shows whether one of them is the operation's.
    WhoseSnapshot(Vec<SnapshotName>),
    /// The VM's state was the same before the call, and no job shows what happened.
    AsBefore,
    /// The VM is not visible.
    VmNotSeen,
    /// The tree that the host shows is incomplete.
    TreeIncomplete,
    /// The VM's jobs cannot be listed.
    JobsNotReadable,
    /// The operation's own job cannot be read.
    JobNotReadable,
    /// The host does not answer the requests.
    HostNotReadable,
    /// The tree was not read back.
    NotReadBack,
}

impl Open {
    /// True if reading again shows no more: a person must check the host.
    pub fn needs_a_person(&self) -> bool {
        matches!(self, Self::WhoseSnapshot(_) | Self::AsBefore)
    }
}

impl fmt::Display for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Running => f.write_str("the host is still working on it: resume follows it"),
            Self::CallUnderWay(left) => write!(
                f,
                "the call may still be under way: look again in {} s",
                left.as_secs().saturating_add(1)
            ),
            Self::SecondReading(left) => write!(
                f,
                "one reading proves nothing: look again in {} s",
                left.as_secs().saturating_add(1)
            ),
            Self::Contradiction => f.write_str(
                "the host reports success but shows the VM as before: look again in five minutes, and at the VM in Hyper-V Manager",
            ),
            Self::WhoseSnapshot(new) => {
                let names: Vec<_> = new.iter().map(ToString::to_string).collect();
                write!(
                    f,
                    "nothing tells whether this operation took {}: look at the VM's events in Hyper-V Manager",
                    names.join(" or ")
                )
            }
            Self::AsBefore => f.write_str(
                "the VM looks as before the call, and no job tells whether it was done: look at the VM's events in Hyper-V Manager",
            ),
            Self::VmNotSeen => f.write_str(
                "the VM is not visible: look again on the node that runs it, as a user who may see it",
            ),
            Self::TreeIncomplete => f.write_str(
                "the host shows only part of the VM's snapshots: look again as a user who may see them all, or when the service is up",
            ),
            Self::JobsNotReadable => f.write_str(
                "the VM's jobs cannot be listed: look again as a user who may read Msvm_ConcreteJob",
            ),
            Self::JobNotReadable => f.write_str(
                "the job cannot be read: look again as a user who may read it",
            ),
            Self::HostNotReadable => f.write_str("the host cannot be read: look again when it answers"),
            Self::NotReadBack => f.write_str("the tree was not read back: resume reads it"),
        }
    }
}

/// The outcome of an operation, as far as it was observed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// The depth that was asked for.
    pub until: Until,
    /// The cluster node whose readings it is by, for a VM that was reached through a cluster.
    pub node: Option<String>,
    /// The status.
    pub status: Status,
    /// True if a reading of the tree proves what the outcome says of the snapshots, or nothing was sent.
    pub is_verified: bool,
    /// True if the host said that it refused the call.
    pub is_refused: bool,
    /// How the job ended.
    pub job: JobConclusion,
    /// The snapshot that the operation took.
    pub created: Option<SnapshotName>,
    /// Planned, and gone from the host.
    pub destroyed: Vec<SnapshotName>,
    /// Planned, and still there.
    pub remaining: Vec<SnapshotName>,
    /// Gone from the host though not planned: removed by another administrator, or by the host.
    pub unexpected: Vec<SnapshotName>,
    /// The merge.
    pub merge: Merge,
    /// The observations behind it.
    pub observations: Vec<Observation>,
    /// Why it is not final.
    pub open: Option<Open>,
    /// The tree as read back; `None` if it was not read, or proves nothing.
    pub tree: Option<SnapshotTree>,
}

impl Outcome {
    /// An outcome that says nothing about any snapshot.
    pub(crate) fn unknown(until: Until, open: Open, observations: Vec<Observation>) -> Self {
        Self {
            until,
            node: None,
            status: Status::Unknown,
            is_verified: false,
            is_refused: false,
            job: JobConclusion::NotKnown,
            created: None,
            destroyed: Vec::new(),
            remaining: Vec::new(),
            unexpected: Vec::new(),
            merge: Merge::of(MergeState::NotWatched),
            observations,
            open: Some(open),
            tree: None,
        }
    }

    /// The snapshots that still exist; empty if no tree was read back.
    pub fn kept(&self) -> &[Snapshot] {
        self.tree.as_ref().map_or(&[], SnapshotTree::snapshots)
    }

    /// True if all that was planned is done and verified, and nothing that was to be waited for is open: after
    /// [`Until::Merged`] no disk waits to be merged.
    pub fn is_complete(&self) -> bool {
        self.status == Status::Done && self.is_verified && !self.is_merge_open()
    }

    /// True if the merge was to be waited for and is not known to be over.
    pub fn is_merge_open(&self) -> bool {
        self.until == Until::Merged && self.status == Status::Done && !self.merge.state.is_over()
    }
}

crate::keyed::keyed! {
    Until { Accepted, JobEnded, Merged }
}

impl fmt::Display for JobConclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotKnown => f.write_str("no job is known"),
            Self::Synchronous => f.write_str("the host reports success without a job"),
            Self::NotAwaited => f.write_str("the job was not waited for"),
            Self::Running(job) => write!(f, "the job {} is in state {}", job.instance_id, job.state),
            Self::Succeeded(job) | Self::Warned(job) | Self::Failed(job, _) => {
                write!(f, "the job {} ended in state {}", job.instance_id, job.state)
            }
            Self::Vanished => f.write_str("the job was gone before its end was seen"),
            Self::Unreadable(why) => write!(f, "the job cannot be read: {why}"),
            Self::Recorded(job) => write!(f, "the job {job}"),
        }
    }
}

impl Until {
    /// The name, for programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::JobEnded => "job",
            Self::Merged => "merged",
        }
    }
}

impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}
