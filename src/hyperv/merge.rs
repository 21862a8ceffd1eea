//! Watching the merge of disks that follows a destroy.
//!
//! Time and the machine's states come in as arguments. A merge is seen in the machine's `OperationalStatus` (32772) within
//! seconds after the job ended; so a short gap is allowed before "no merge" is concluded. It never says that a merge is
//! done while a merge job is alive.

use std::time::Duration;

use crate::hyperv::{JobRecord, VmActivity, VmRecord, job::JobType, schema::names::STORAGE_JOB};

/// How long after the job's end a merge may still begin to show (runbooks wait 5 s).
pub const MERGE_GAP: Duration = Duration::from_secs(5);

/// What is known of the merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MergeState {
    /// It was not watched.
    NotWatched,
    /// None was seen within [`MERGE_GAP`]; a normal outcome.
    NotSeen,
    /// One was seen, and is over.
    Finished,
    /// One is running.
    Running,
    /// Its job has ended badly, so the disks are not merged.
    Failed,
    /// It could not be watched to the end: the host fell silent, or the time was over before one could show.
    Unknown,
}

/// What the watch asks for next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MergeStep {
    /// Look at the machine again after a pause.
    LookAgain,
    /// The machine shows none (any more): see whether a merge job is alive.
    CheckJobs,
    /// The watch is over.
    Over(MergeState),
}

/// The state of one watch.
#[derive(Clone, Debug)]
pub(crate) struct MergeWatch {
    since: Duration,
    seen: bool,
}

impl MergeWatch {
    /// Begins at the time when the job was known to have ended.
    pub(crate) fn new(now: Duration) -> Self {
        Self { since: now, seen: false }
    }

    /// What the watch says if it is given up before it is over: that no merge follows is not known by then.
    pub(crate) fn state(&self) -> MergeState {
        if self.seen { MergeState::Running } else { MergeState::Unknown }
    }

    /// The machine as it is now.
    pub(crate) fn vm(&mut self, now: Duration, vm: &VmRecord) -> MergeStep {
        if vm.is_doing(VmActivity::MERGING_DISKS) {
            self.seen = true;
            return MergeStep::LookAgain;
        }
        // The end of the deletion itself may show a moment later than the end of its job.
        let gap = now.saturating_sub(self.since) < MERGE_GAP;
        if vm.is_doing(VmActivity::DELETING_SNAPSHOT) || (gap && !self.seen) {
            return MergeStep::LookAgain;
        }
        MergeStep::CheckJobs
    }

    /// The jobs that concern the machine, when asked for by [`MergeStep::CheckJobs`].
    pub(crate) fn jobs(&mut self, jobs: &[JobRecord]) -> MergeStep {
        let merges = || jobs.iter().filter(|job| is_merge(job));
        if merges().any(|job| !job.has_ended()) {
            self.seen = true;
            return MergeStep::LookAgain;
        }
        if merges().any(|job| !job.has_succeeded()) {
            return MergeStep::Over(MergeState::Failed);
        }
        self.seen |= merges().next().is_some();
        MergeStep::Over(if self.seen { MergeState::Finished } else { MergeState::NotSeen })
    }
}

/// The two job classes count their types from different lists.
fn is_merge(job: &JobRecord) -> bool {
    let merge = if job.class.eq_ignore_ascii_case(STORAGE_JOB) {
        JobType::STORAGE_MERGE
    } else {
        JobType::MERGE_DISKS
    };
    job.job_type == Some(merge)
}
