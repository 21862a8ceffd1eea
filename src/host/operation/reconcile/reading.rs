//! Readings of a host after a call: one look, and the history of looks.
//!
//! A look says what it shows and whether it can be complete; the [verdict](super) decides what follows.

use std::time::Duration;

use crate::hyperv::{ActionReading, JobSeen, Observation, VmWork};

/// How often what is shown may change between two readings, while nothing is at work, before it is left open.
const MOST_CHANGES: u32 = 30;

/// The result of reading one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reading<T> {
    /// Not requested, so it says nothing.
    NotAsked,
    /// The request failed, so it says nothing either.
    Failed(String),
    /// It does not exist, according to the host's status.
    Absent,
    /// The value.
    Seen(T),
}

/// One look at the host: VM, tree and jobs, read in this order. What ends between tree and jobs shows in the
/// tree of the second look; without that one nothing is final.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    /// When it began.
    pub(crate) at: Duration,
    /// The cluster node that it was taken on; `None` outside a cluster, or if no node shows the VM.
    pub(crate) node: Option<String>,
    /// What the VM is doing, if that may be the operation.
    pub(crate) vm: Reading<Option<VmWork>>,
    /// A job of the VM that may be the operation and has not ended; `None` in a list that was read.
    pub(crate) job: Reading<Option<JobSeen>>,
    pub(crate) tree: Reading<ActionReading>,
}

/// The operation's own job, as last seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum OwnJob {
    /// The answer names none, or there is no answer.
    #[default]
    None,
    /// It has not ended.
    Running(JobSeen),
    Succeeded(JobSeen),
    Failed(JobSeen),
    /// The host has deleted it.
    Gone(String),
    /// It cannot be read; the text says why.
    Unreadable(String),
}

impl Look {
    /// True if neither the VM nor one of its jobs may be working on it, and both could be read.
    pub(super) fn is_quiet(&self) -> bool {
        matches!((&self.vm, &self.job), (Reading::Seen(None), Reading::Seen(None)))
    }

    pub(super) fn is_at_work(&self) -> bool {
        matches!(self.vm, Reading::Seen(Some(_))) || matches!(self.job, Reading::Seen(Some(_)))
    }

    /// The tree, if it can be complete.
    pub(super) fn whole(&self) -> Option<&ActionReading> {
        match (&self.vm, &self.tree) {
            (Reading::Seen(_), Reading::Seen(tree)) if tree.is_whole() => Some(tree),
            _ => None,
        }
    }

    /// Whether it shows the same as another look. What another node shows confirms nothing: the first to be asked may show the VM
    /// as it was before it moved.
    fn is_like(&self, other: &Self) -> bool {
        self.node == other.node
            && self.tree == other.tree
            && self.is_quiet() == other.is_quiet()
            && self.vm == other.vm
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

/// What was seen so far: the last look, and for how long it has not changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    /// When the first look began.
    pub(super) first_at: Option<Duration>,
    pub(super) last: Option<Look>,
    /// When the first of the looks began that all show the same.
    same_since: Duration,
    pub(super) same: u32,
    /// How many looks, while nothing was at work, showed something else than the one before.
    changes: u32,
    /// Since when no look shows a complete tree and all that was requested.
    pub(super) unclear_since: Option<Duration>,
    /// When the own job was first known to have ended.
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

    /// Adds a look.
    pub(crate) fn look(&mut self, look: Look) {
        self.first_at.get_or_insert(look.at);
        if self.last.as_ref().is_some_and(|last| last.is_like(&look)) {
            self.same = self.same.saturating_add(1);
        } else {
            (self.same, self.same_since) = (1, look.at);
            self.changes = self.changes.saturating_add(u32::from(!look.is_at_work()));
        }
        if look.whole().is_some_and(|tree| tree.is_done() || look.is_quiet() || look.is_at_work()) {
            self.unclear_since = None;
        } else {
            self.unclear_since.get_or_insert(look.at);
        }
        self.last = Some(look);
    }

    /// True if what is shown has changed so often that reading again would not end.
    pub(crate) fn is_restless(&self) -> bool {
        self.changes > MOST_CHANGES
    }

    /// For how long no look has shown a whole tree and all that was asked.
    pub(crate) fn unclear_for(&self, now: Duration) -> Duration {
        self.unclear_since.map_or(Duration::ZERO, |since| now.saturating_sub(since))
    }

    /// For how long several looks have shown the same.
    pub(super) fn same_for(&self) -> Duration {
        let last = self.last.as_ref().map_or(self.same_since, |look| look.at);
        last.saturating_sub(self.same_since)
    }
}
