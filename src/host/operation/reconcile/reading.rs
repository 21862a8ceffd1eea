//! What is read of a host after a call: one look, and the looks so far.
//!
//! A look says what it shows and whether it can be whole; what follows from it is decided by the [verdict](super).

use std::{collections::HashSet, time::Duration};

use crate::{
    host::{
        JobSeen, Observation,
        journal::{Intent, SnapshotName},
    },
    hyperv::{Parent, Snapshot, SnapshotTree, VmActivity},
};

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

/// One look at the host: VM, tree and jobs, asked for in this order. A deletion that ends between tree and jobs shows in the
/// tree of the second look, without which nothing is final.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    /// When it began.
    pub(crate) at: Duration,
    /// What the VM is busy with, if that may change its snapshots.
    pub(crate) vm: Reading<Option<VmActivity>>,
    /// A job that deletes one of the VM's snapshots and has not ended; `None` in a list that was read.
    pub(crate) deletion: Reading<Option<JobSeen>>,
    pub(crate) tree: Reading<TreeReading>,
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

/// A tree against the intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TreeReading {
    pub(super) gone: Vec<SnapshotName>,
    pub(super) remaining: Vec<SnapshotName>,
    /// To be kept, and missing.
    pub(super) unexpected: Vec<SnapshotName>,
    appeared: Vec<SnapshotName>,
    is_as_planned: bool,
    /// Why it cannot be the whole tree.
    gap: Option<Gap>,
    /// Snapshots that name a parent which is not in the tree: strange, but possible.
    has_orphans: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Gap {
    /// The VM's own settings are missing, or their parent cannot be read.
    OwnSettings,
    /// Their parent is missing.
    Parent(String),
    /// A snapshot that was to go is shown, but as something else than a snapshot of this VM.
    Disguised(String),
    /// All that was to stay is missing.
    NothingKept,
}

impl TreeReading {
    pub(crate) fn new(intent: &Intent, tree: &SnapshotTree) -> Self {
        let fold = |id: &str| id.to_ascii_lowercase();
        let there: HashSet<String> = tree.snapshots().iter().map(|snapshot| snapshot.id().folded()).collect();
        let known: HashSet<String> =
            intent.destroyed.iter().chain(&intent.kept).map(|name| fold(&name.id)).collect();
        let (remaining, gone): (Vec<_>, Vec<_>) =
            intent.destroyed.iter().cloned().partition(|name| there.contains(&fold(&name.id)));
        let is_missing = |name: &&SnapshotName| !there.contains(&fold(&name.id));
        let is_new = |snapshot: &&Snapshot| !known.contains(&snapshot.id().folded());
        let disguised = intent.destroyed.iter().find(|name| tree.shows_otherwise(&name.id));
        let unexpected: Vec<_> = intent.kept.iter().filter(is_missing).cloned().collect();
        let gap = match tree.current_id() {
            _ if !tree.knows_current() => Some(Gap::OwnSettings),
            Some(id) if !there.contains(&id.folded()) => Some(Gap::Parent(id.to_string())),
            _ => match disguised {
                Some(name) => Some(Gap::Disguised(name.id.clone())),
                None if !intent.kept.is_empty() && unexpected.len() == intent.kept.len() => {
                    Some(Gap::NothingKept)
                }
                None => None,
            },
        };
        let is_orphan = |snapshot: &Snapshot| match &snapshot.parent {
            Parent::Of(id) => !there.contains(&id.folded()),
            _ => false,
        };
        Self {
            gone,
            remaining,
            unexpected,
            appeared: tree.snapshots().iter().filter(is_new).map(SnapshotName::from).collect(),
            is_as_planned: tree.fingerprint() == intent.tree,
            gap,
            has_orphans: tree.snapshots().iter().any(is_orphan),
        }
    }

    /// True if all that was planned is gone by it.
    pub(crate) fn is_all_gone(&self) -> bool {
        self.remaining.is_empty()
    }

    /// True if it can be the whole tree.
    pub(crate) fn is_whole(&self) -> bool {
        self.gap.is_none()
    }

    /// True if a second reading must say the same before it is believed.
    pub(super) fn is_strange(&self) -> bool {
        !self.unexpected.is_empty() || self.has_orphans
    }

    fn facts(&self) -> Vec<Observation> {
        let mut facts: Vec<Observation> = self.gap.iter().map(Gap::fact).collect();
        if self.gap.is_some() {
            return facts;
        }
        facts.extend(self.gone.iter().cloned().map(Observation::Gone));
        facts.extend(self.remaining.iter().cloned().map(Observation::There));
        facts.extend(self.unexpected.iter().cloned().map(Observation::Vanished));
        facts.extend(self.appeared.iter().cloned().map(Observation::Appeared));
        facts.extend(self.is_as_planned.then_some(Observation::TreeAsPlanned));
        facts
    }
}

impl Gap {
    fn fact(&self) -> Observation {
        match self {
            Self::OwnSettings => Observation::NothingSeen,
            Self::Parent(id) => Observation::DanglingParent(id.clone()),
            Self::Disguised(id) => Observation::ShownOtherwise(id.clone()),
            Self::NothingKept => Observation::NothingKept,
        }
    }
}

impl Look {
    /// True if neither the VM nor one of its jobs deletes a snapshot, and both could be read.
    pub(super) fn is_quiet(&self) -> bool {
        matches!((&self.vm, &self.deletion), (Reading::Seen(None), Reading::Seen(None)))
    }

    pub(super) fn is_deleting(&self) -> bool {
        matches!(self.vm, Reading::Seen(Some(_))) || matches!(self.deletion, Reading::Seen(Some(_)))
    }

    /// The tree, if it can be the whole one.
    pub(super) fn whole(&self) -> Option<&TreeReading> {
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
            Reading::Seen(Some(activity)) => facts.push(Observation::Activity(*activity)),
            Reading::Seen(None) | Reading::NotAsked => {}
        }
        match &self.deletion {
            Reading::Failed(why) => facts.push(Observation::JobsUnreadable(why.clone())),
            Reading::Seen(Some(job)) => facts.push(Observation::LiveDeletion(job.clone())),
            _ => {}
        }
        match &self.tree {
            Reading::Failed(why) => facts.push(Observation::TreeUnreadable(why.clone())),
            Reading::Seen(tree) if matches!(self.vm, Reading::Seen(_)) => facts.extend(tree.facts()),
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
        if look.whole().is_some_and(|tree| tree.is_all_gone() || look.is_quiet() || look.is_deleting()) {
            self.vague_since = None;
        } else {
            self.vague_since.get_or_insert(look.at);
        }
        self.last = Some(look);
    }

    /// Over how long the same was seen, by more than one look.
    pub(super) fn same_for(&self) -> Duration {
        let last = self.last.as_ref().map_or(self.same_since, |look| look.at);
        last.saturating_sub(self.same_since)
    }
}
