//! What became of a destroy: depth reached, what is gone, what was kept, how the merge ended; and the progress on the way.
//!
//! Plain data. Nothing in here is assumed: what is said to be gone was looked for and not found.

use std::{fmt, sync::Arc};

use crate::{
    client::Error,
    hyperv::{JobRecord, MergeState, Snapshot, SnapshotTree},
};

/// How long to wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
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

/// How far it is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Progress {
    /// What is being waited for.
    pub phase: Phase,
    /// 0 to 100; for a merge, of which hosts tell no number, 0 until it is done.
    pub percent: u16,
    /// The state, in a few words.
    pub state: String,
}

/// How the job ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum JobConclusion {
    /// There was no job: the host did it at once.
    Synchronous,
    /// It was not waited for.
    NotAwaited,
    /// It ended well.
    Succeeded(Box<JobRecord>),
    /// It ended well, with warnings.
    Warned(Box<JobRecord>),
    /// Its object was gone before its end was seen; the tree shows that it did its work.
    Vanished,
}

/// What became of a destroy that did not fail.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// The depth that was asked for.
    pub until: Until,
    /// How the job ended.
    pub job: JobConclusion,
    /// Gone from the host, as planned; read back. Empty if only acceptance was waited for.
    pub destroyed: Vec<Snapshot>,
    /// Gone from the host though not planned: somebody else's doing, or the host's.
    pub unexpected: Vec<Snapshot>,
    /// Still there, as they are now.
    pub kept: Vec<Snapshot>,
    /// How the merge ended.
    pub merge: MergeState,
    /// Why the merge could not be followed, if it is [`MergeState::Unknown`] for another reason than that the time was over.
    pub merge_problem: Option<Arc<Error>>,
    /// The tree as it was read back; `None` if only acceptance was waited for.
    pub tree: Option<SnapshotTree>,
}

impl Outcome {
    /// True unless disks were to be merged and are not known to be.
    pub fn is_complete(&self) -> bool {
        !matches!(self.merge, MergeState::Running | MergeState::Failed | MergeState::Unknown)
    }
}

impl fmt::Display for JobConclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Synchronous => f.write_str("the host did it at once"),
            Self::NotAwaited => f.write_str("the job was not waited for"),
            Self::Succeeded(job) | Self::Warned(job) => {
                write!(f, "the job {} ended in state {}", job.instance_id, job.state)
            }
            Self::Vanished => f.write_str("the job was gone before its end was seen"),
        }
    }
}

impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accepted => "accepted",
            Self::JobEnded => "job",
            Self::Merged => "merged",
        })
    }
}
