//! A job over time: its state and progress at any moment follow from when it was submitted and how it is to end.
//!
//! States and their order after Microsoft's documentation of `Msvm_ConcreteJob` (`JobState`, `RequestStateChange`).
//! It never reads a clock and has no effect on VMs; `call` applies those.

use std::time::Duration;

use super::call::{ServiceJob, Work};
use crate::{
    codes::{job_state, requested_state, state_change},
    sim::lab::JobEnd,
};

/// The answer to a call that can start a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Started {
    pub(crate) return_value: u32,
    /// The started job.
    pub(crate) job: Option<String>,
}

impl Started {
    pub(crate) fn without_job(return_value: u32) -> Self {
        Self { return_value, job: None }
    }
}

/// A job and what is to become of it.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// A GUID in upper case.
    pub(crate) id: String,
    pub(crate) kind: JobKind,
    /// The VM that it works on.
    pub(crate) vm: String,
    /// Who asked for it.
    pub(crate) owner: String,
    /// True if its VM has moved away: it goes on, and cannot be seen.
    pub(crate) is_left: bool,
    /// From here on it can be seen.
    pub(crate) submitted: Duration,
    /// How long it runs; `None` for ever.
    pub(super) run: Option<Duration>,
    pub(super) end: JobEnd,
    pub(super) error_code: u16,
    pub(super) error_description: Option<String>,
    pub(crate) cancellable: bool,
    pub(super) cancel: Option<Cancel>,
    pub(super) finished: Option<Finished>,
}

/// What a job does.
#[derive(Clone, Debug)]
pub(crate) enum JobKind {
    /// A request to a service.
    Service(ServiceJob),
    /// Merges disk layers in the background.
    Merge(MergeJob),
}

/// The object of a job that merges.
#[derive(Clone, Debug)]
pub(crate) struct MergeJob {
    pub(super) layers: Vec<u32>,
    /// From its end until the disks point to the files that are left.
    pub(super) disk_delay: Duration,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Cancel {
    pub(super) at: Duration,
    pub(super) ends: Duration,
    pub(super) state: u16,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Finished {
    pub(super) at: Duration,
    pub(super) state: u16,
}

impl Job {
    /// When it will end, if it has not ended and is to end.
    pub(super) fn due(&self) -> Option<Duration> {
        match (&self.finished, &self.cancel) {
            (Some(_), _) => None,
            (None, Some(cancel)) => Some(cancel.ends),
            (None, None) => self.run.map(|run| self.submitted.saturating_add(run)),
        }
    }

    /// When it ended.
    pub(crate) fn finished_at(&self) -> Option<Duration> {
        self.finished.map(|finished| finished.at)
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.finished.is_some()
    }

    /// `JobState` at `now`.
    pub(crate) fn state(&self, now: Duration) -> u16 {
        if let Some(finished) = self.finished {
            return finished.state;
        }
        if self.cancel.is_some() {
            return job_state::SHUTTING_DOWN;
        }
        let elapsed = now.saturating_sub(self.submitted);
        if elapsed < self.stage(1) {
            job_state::NEW
        } else if elapsed < self.stage(2) {
            job_state::STARTING
        } else {
            job_state::RUNNING
        }
    }

    /// `PercentComplete` at `now`.
    pub(crate) fn percent(&self, now: Duration) -> u16 {
        let until = match (self.finished, self.cancel) {
            (Some(end), _)
                if matches!(end.state, job_state::COMPLETED | job_state::COMPLETED_WITH_WARNINGS) =>
            {
                return 100;
            }
            (_, Some(cancel)) => cancel.at,
            (Some(end), None) => end.at,
            (None, None) => now,
        };
        let elapsed = until.saturating_sub(self.submitted);
        if elapsed < self.stage(2) {
            return 0;
        }
        // A merge without an end creeps up to its last percent and stays there.
        let total = self.run.unwrap_or(Duration::from_secs(600)).as_millis().max(1);
        u16::try_from(elapsed.as_millis().saturating_mul(100) / total).unwrap_or(99).min(99)
    }

    /// When it began to run.
    pub(crate) fn started(&self, now: Duration) -> Option<Duration> {
        let started = self.submitted.saturating_add(self.stage(2));
        (started <= self.finished_at().unwrap_or(now)).then_some(started)
    }

    /// When its state changed last.
    pub(crate) fn changed(&self, now: Duration) -> Duration {
        let stage = match (self.finished, self.cancel, self.state(now)) {
            (Some(finished), _, _) => return finished.at,
            (None, Some(cancel), _) => return cancel.at,
            (None, None, job_state::NEW) => 0,
            (None, None, job_state::STARTING) => 1,
            (None, None, _) => 2,
        };
        self.submitted.saturating_add(self.stage(stage))
    }

    /// How long it has run.
    pub(crate) fn elapsed(&self, now: Duration) -> Duration {
        self.finished_at().unwrap_or(now).saturating_sub(self.submitted)
    }

    /// `ErrorCode`: 0 until it ended badly.
    pub(crate) fn error_code(&self) -> u16 {
        if self.has_ended() { self.error_code } else { 0 }
    }

    /// What went wrong, once it ended badly.
    pub(crate) fn error_description(&self) -> Option<String> {
        let default = match self.finished?.state {
            job_state::COMPLETED => return None,
            job_state::COMPLETED_WITH_WARNINGS => "The operation was completed with warnings.",
            job_state::TERMINATED | job_state::KILLED => "The operation was cancelled.",
            _ => "The operation failed.",
        };
        Some(self.error_description.clone().unwrap_or_else(|| default.to_owned()))
    }

    /// Links it from `at` on to the snapshot `id`, if it takes that snapshot.
    pub(super) fn link(&mut self, id: &str, at: Duration) {
        if let JobKind::Service(ServiceJob { work: Work::Create(new), .. }) = &mut self.kind
            && new.id == id
        {
            new.linked = Some(at);
        }
    }

    /// `RequestStateChange`: its return value, and the transition if there is one.
    pub(super) fn request(&mut self, state: u16, now: Duration, takes: Duration) -> u32 {
        let end = match state {
            requested_state::TERMINATE => job_state::TERMINATED,
            requested_state::KILL => job_state::KILLED,
            requested_state::START | requested_state::SUSPEND | requested_state::SERVICE => {
                return state_change::NOT_SUPPORTED;
            }
            _ => return state_change::INVALID_PARAMETER,
        };
        if self.has_ended() || self.cancel.is_some() {
            return state_change::INVALID_TRANSITION;
        }
        if !self.cancellable {
            return state_change::NOT_SUPPORTED;
        }
        self.cancel = Some(Cancel { at: now, ends: now.saturating_add(takes), state: end });
        state_change::TRANSITION_STARTED
    }

    /// New and Starting take a twentieth of the whole each.
    fn stage(&self, twentieths: u32) -> Duration {
        let run = self.run.unwrap_or(Duration::from_secs(2));
        (run / 20).saturating_mul(twentieths)
    }
}
