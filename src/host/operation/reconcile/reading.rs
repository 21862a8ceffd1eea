//! What is read of a host after a call: one look, and the looks so far.
//!
//! A look says what it shows and whether it can be whole; what follows from it is decided by the [verdict](super).

use std::time::Duration;

use crate::hyperv::{ActionReading, JobSeen, Observation, VmWork};

/// What was found out of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reading<T> {
    /// It was not asked for, so it says nothing.
    NotAsked,
    /// It could not be had, so it says nothing either.
    Failed(String),
    /// It is not there, by the host's status.
    Absent,
    /// This.
    Seen(T),
}

/// One look at the host: VM, tree and jobs, asked for in this order. What ends between tree and jobs shows in the
/// tree of the second look, without which nothing is final.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    /// When it began.
    pub(crate) at: Duration,
    /// What the VM is doing, if that may be the operation.
    pub(crate) vm: Reading<Option<VmWork>>,
    /// A job of the VM that may be the operation and has not ended; `None` in a list that was read.
    pub(crate) job: Reading<Option<JobSeen>>,
    pub(crate) tree: Reading<ActionReading>,
}

/// The operation's own job, as it was seen last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum OwnJob {
    /// The answer names none, or there is no answer.
    #[default]
    None,
    /// It has not ended.
    Running(JobSeen),
    Succeeded(JobSeen),
    Failed(JobSeen),
    /// The host has forgotten it.
    Gone(String),
    /// It cannot be read, and why.
    Unreadable(String),
}

impl Look {
    /// True if neither the VM nor one of its jobs may be at work on it, and both could be read.
    pub(super) fn is_quiet(&self) -> bool {
        matches!((&self.vm, &self.job), (Reading::Seen(None), Reading::Seen(None)))
    }

    pub(super) fn is_at_work(&self) -> bool {
        matches!(self.vm, Reading::Seen(Some(_))) || matches!(self.job, Reading::Seen(Some(_)))
    }

    /// The tree, if it can be the whole one.
    pub(super) fn whole(&self) -> Option<&ActionReading> {
        match (&self.vm, &self.tree) {
            (Reading::Seen(_), Reading::Seen(tree)) if tree.is_whole() => Some(tree),
            _ => None,
        }
    }

    /// Whether it shows the same as another one.
    fn is_like(&self, other: &Self) -> bool {
        self.tree == other.tree && self.is_quiet() == other.is_quiet() && self.vm == other.vm
    }

    pub(super) fn facts(&self) -> Vec<Observation> {
        let mut facts = Vec::new();
        match &self.vm {
            Reading::Absent => facts.push(Observation::VmNotVisible),
            Reading::Failed(why) => facts.push(Observation::VmUnreadable(why.clone())),
            Reading::Seen(Some(work)) => facts.push(Observation::Busy(*work)),
            Reading::Seen(None) | Reading::NotAsked => {}
        }
        match &self.job {
            Reading::Failed(why) => facts.push(Observation::JobsUnreadable(why.clone())),
            Reading::Seen(Some(job)) => facts.push(Observation::LiveJob(job.clone())),
            _ => {}
        }
        match &self.tree {
            Reading::Failed(why) => facts.push(Observation::TreeUnreadable(why.clone())),
            Reading::Seen(tree) if matches!(self.vm, Reading::Seen(_)) => facts.extend(tree.observations()),
            _ => {}
        }
        facts
    }
}

/// What was seen so far: the last look, and for how long it has been the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    /// When the first look began.
    pub(super) first_at: Option<Duration>,
    pub(super) last: Option<Look>,
    /// When the first of the looks began that all show the same.
    same_since: Duration,
    pub(super) same: u32,
    /// Since when no look shows a whole tree and all that was asked.
    pub(super) vague_since: Option<Duration>,
    /// Since when the own job is known to have ended.
    pub(super) job_ended_at: Option<Duration>,
    pub(crate) job: OwnJob,
}

impl History {
    /// The job, as it was seen at this time.
    pub(crate) fn job(&mut self, at: Duration, job: OwnJob) {
        if matches!(job, OwnJob::Succeeded(_) | OwnJob::Failed(_) | OwnJob::Gone(_)) {
            self.job_ended_at.get_or_insert(at);
        }
        self.job = job;
    }

    /// One more look.
    pub(crate) fn look(&mut self, look: Look) {
        self.first_at.get_or_insert(look.at);
        if self.last.as_ref().is_some_and(|last| last.is_like(&look)) {
            self.same = self.same.saturating_add(1);
        } else {
            (self.same, self.same_since) = (1, look.at);
        }
        if look.whole().is_some_and(|tree| tree.is_done() || look.is_quiet() || look.is_at_work()) {
            self.vague_since = None;
        } else {
            self.vague_since.get_or_insert(look.at);
        }
        self.last = Some(look);
    }

    /// For how long no look has shown a whole tree and all that was asked.
    pub(crate) fn vague_for(&self, now: Duration) -> Duration {
        self.vague_since.map_or(Duration::ZERO, |since| now.saturating_sub(since))
    }

    /// Over how long the same was seen, by more than one look.
    pub(super) fn same_for(&self) -> Duration {
        let last = self.last.as_ref().map_or(self.same_since, |look| look.at);
        last.saturating_sub(self.same_since)
    }
}
