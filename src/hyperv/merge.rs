//! Watches the merge of disks after a destroy.
//!
//! A delete has three stages: the job ends, the snapshot's object is removed, and then the disks point back to the parent file
//! (observed on hosts). "Merged" means the third. The disks decide if they can be read; otherwise the end of a merge job that was
//! submitted after the call; otherwise the VM's `OperationalStatus` (32772 while disks merge). Time and readings are arguments.

use std::{fmt, time::Duration};

use crate::{
    cim::Timestamp,
    hyperv::{DiskReading, JobRecord, VmActivity, VmRecord, job::JobType},
    schema::names::STORAGE_JOB,
};

/// How long after the snapshot's removal a merge may still appear in the VM's status (runbooks wait 5 s).
pub(super) const MERGE_GAP: Duration = Duration::from_secs(5);
/// How long after the last sign of a merge the disks may still show their old files.
pub(super) const DISK_LAG: Duration = Duration::from_secs(15);

/// The state of the merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum MergeState {
    /// It was not watched.
    NotWatched,
    /// None was expected, and none was waited for.
    NotExpected,
    /// One was expected, and none was seen.
    NotSeen,
    /// It is over; [`MergeEvidence`] says how that is known.
    Finished,
    /// It is running.
    Running,
    /// It was seen, is no longer running, and the disks are not merged.
    Stopped,
    /// Its job failed, so the disks are not merged.
    Failed,
    /// Merging is switched off for the VM (`Msvm_DiskMergeSettingData.EnabledState` 0), so the disks are not merged.
    SwitchedOff,
    /// It could not be watched to the end: the host stopped answering, or the deadline passed before a merge could appear.
    Unknown,
}

crate::keyed::keyed! {
    MergeState {
        NotWatched,
        NotExpected,
        NotSeen,
        Finished,
        Running,
        Stopped,
        Failed,
        SwitchedOff,
        Unknown,
    }
    MergeEvidence { Disks, Job, Status }
}

impl MergeState {
    /// The name, for programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::NotWatched => "not_watched",
            Self::NotExpected => "not_expected",
            Self::NotSeen => "not_seen",
            Self::Finished => "finished",
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::SwitchedOff => "switched_off",
            Self::Unknown => "unknown",
        }
    }

    /// True if no disk is waiting to be merged.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Finished | Self::NotExpected)
    }
}

impl fmt::Display for MergeState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotWatched => "not watched",
            Self::NotExpected => "not expected",
            Self::NotSeen => "not seen",
            Self::Finished => "finished",
            Self::Running => "running",
            Self::Stopped => "stopped without an end",
            Self::Failed => "failed",
            Self::SwitchedOff => "switched off",
            Self::Unknown => "unknown",
        })
    }
}

/// The evidence that a merge is finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum MergeEvidence {
    /// The disks point at the files that the merge ends in.
    Disks,
    /// A merge job that was submitted after the call succeeded.
    Job,
    /// The VM's status showed a merge, and no longer does.
    Status,
}

impl MergeEvidence {
    /// The name, for programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Disks => "disks",
            Self::Job => "job",
            Self::Status => "status",
        }
    }
}

impl fmt::Display for MergeEvidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Disks => "the disks point at the merged files",
            Self::Job => "the merge job ended well",
            Self::Status => "the VM's status shows no merge any more",
        })
    }
}

/// The next reading that the watch needs.
#[derive(Clone, Debug)]
pub(crate) enum MergeStep {
    /// Read the VM again after a pause.
    LookAgain,
    /// The VM shows no merge: read the disks.
    ReadDisks,
    /// The disks do not decide: read whether a merge job is running, or how it ended.
    ReadJobs,
    /// An expected merge was not seen to end: read whether merging is switched off.
    ReadSettings,
    /// The watch is over.
    Over(MergeEnd),
}

/// How a watch ended.
#[derive(Clone, Debug)]
pub(crate) struct MergeEnd {
    pub(crate) state: MergeState,
    pub(crate) evidence: Option<MergeEvidence>,
    /// The job that failed.
    pub(crate) job: Option<Box<JobRecord>>,
}

impl MergeEnd {
    pub(crate) fn of(state: MergeState) -> Self {
        Self { state, evidence: None, job: None }
    }

    fn finished(evidence: MergeEvidence) -> Self {
        Self { evidence: Some(evidence), ..Self::of(MergeState::Finished) }
    }
}

/// The state of one watch.
#[derive(Clone, Debug)]
pub(crate) struct MergeWatch {
    /// When activity was last seen.
    active: Duration,
    /// The VM's status showed a merge, or a job of this destroy was running.
    is_seen: bool,
    is_in_status: bool,
    /// The VM has moved to another node since a merge was seen: what that node does not show is not known to be over.
    has_moved: bool,
    /// Whether the disks can be read, and their state before the call is known.
    by_disks: bool,
    /// Merge jobs that were submitted before this time do not belong to this destroy.
    since: Option<Timestamp>,
}

impl MergeWatch {
    /// Starts when the snapshot was seen to be gone. `since` is the host's time of the call, from the delete job.
    pub(crate) fn new(now: Duration, by_disks: bool, since: Option<Timestamp>) -> Self {
        Self { active: now, is_seen: false, is_in_status: false, has_moved: false, by_disks, since }
    }

    /// The state if the watch is given up before it is over: by then it is unknown whether a merge follows.
    pub(crate) fn state(&self) -> MergeState {
        if self.is_seen { MergeState::Running } else { MergeState::Unknown }
    }

    /// The VM has moved to another node.
    pub(crate) fn moved(&mut self, now: Duration) {
        (self.is_in_status, self.has_moved, self.active) = (false, self.has_moved || self.is_seen, now);
    }

    /// The VM now.
    pub(crate) fn vm(&mut self, now: Duration, vm: &VmRecord) -> MergeStep {
        if vm.is_doing(VmActivity::MERGING_DISKS) {
            (self.is_seen, self.is_in_status, self.has_moved) = (true, true, false);
            self.active = now;
            return MergeStep::LookAgain;
        }
        // The VM's status may show the end of the deletion a moment later than the job does.
        if vm.is_doing(VmActivity::DELETING_SNAPSHOT) {
            self.active = now;
            return MergeStep::LookAgain;
        }
        if self.by_disks {
            return MergeStep::ReadDisks;
        }
        if (!self.is_seen || self.has_moved) && now.saturating_sub(self.active) < MERGE_GAP {
            return MergeStep::LookAgain;
        }
        MergeStep::ReadJobs
    }

    /// What the disks show, for [`MergeStep::ReadDisks`]; `None` if unknown.
    pub(crate) fn disks(&mut self, now: Duration, reading: Option<&DiskReading>) -> MergeStep {
        match reading {
            Some(DiskReading::Merged) => MergeStep::Over(MergeEnd::finished(MergeEvidence::Disks)),
            Some(DiskReading::NotMerged) if now.saturating_sub(self.active) < DISK_LAG => {
                MergeStep::LookAgain
            }
            Some(DiskReading::NotMerged) => MergeStep::ReadJobs,
            _ => {
                self.by_disks = false;
                if !self.is_seen && now.saturating_sub(self.active) < MERGE_GAP {
                    MergeStep::LookAgain
                } else {
                    MergeStep::ReadJobs
                }
            }
        }
    }

    /// The jobs that affect the VM, for [`MergeStep::ReadJobs`]; `None` if they cannot be read.
    pub(crate) fn jobs(&mut self, now: Duration, jobs: Option<&[JobRecord]>) -> MergeStep {
        let merges: Vec<&JobRecord> = jobs.unwrap_or_default().iter().filter(|job| is_merge(job)).collect();
        let mut live = merges.iter().filter(|job| !job.has_ended()).peekable();
        if live.peek().is_some() {
            // A merge of an earlier operation is waited for, since this one's may follow it, but proves nothing.
            self.is_seen |= live.any(|job| self.is_own(job));
            self.active = now;
            return MergeStep::LookAgain;
        }
        let own: Vec<&JobRecord> = merges.into_iter().filter(|job| self.is_own(job)).collect();
        if let Some(failed) = own.iter().find(|job| !job.has_succeeded()) {
            let job = Some(Box::new((*failed).clone()));
            return MergeStep::Over(MergeEnd { job, ..MergeEnd::of(MergeState::Failed) });
        }
        if self.by_disks {
            // The disks show that it is not done, whatever a job says.
            self.is_seen |= !own.is_empty();
            return MergeStep::ReadSettings;
        }
        if !own.is_empty() {
            return MergeStep::Over(MergeEnd::finished(MergeEvidence::Job));
        }
        if self.is_in_status {
            return MergeStep::Over(MergeEnd::finished(MergeEvidence::Status));
        }
        MergeStep::ReadSettings
    }

    /// Whether merging is enabled for the VM, for [`MergeStep::ReadSettings`]; `None` if unknown.
    pub(crate) fn settings(&self, is_enabled: Option<bool>) -> MergeEnd {
        MergeEnd::of(match (is_enabled, self.is_seen) {
            (Some(false), _) => MergeState::SwitchedOff,
            (_, true) if self.has_moved && !self.by_disks => MergeState::Unknown,
            (_, true) => MergeState::Stopped,
            (_, false) => MergeState::NotSeen,
        })
    }

    /// By the host's clock, which dates both the delete job and the merge job.
    fn is_own(&self, job: &JobRecord) -> bool {
        let submitted = job.submitted.or(job.started);
        matches!((self.since, submitted), (Some(since), Some(submitted)) if submitted >= since)
    }
}

/// The two job classes number their types differently.
pub(super) fn is_merge(job: &JobRecord) -> bool {
    let merge = if job.class.eq_ignore_ascii_case(STORAGE_JOB) {
        JobType::STORAGE_MERGE
    } else {
        JobType::MERGE_DISKS
    };
    job.job_type == Some(merge)
}
