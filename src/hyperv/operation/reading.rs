//! What a look at the host shows of an operation, and whether the tree can be complete.

use std::collections::HashSet;

use super::{Seen, SnapshotName};
use crate::hyperv::{Observation, Parent, Snapshot};

/// What a look shows of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ActionReading {
    pub(super) shown: Shown,
    /// To be destroyed, and gone.
    pub(crate) gone: Vec<SnapshotName>,
    /// To be destroyed, and still there.
    pub(crate) remaining: Vec<SnapshotName>,
    /// To be kept, and missing.
    pub(crate) unexpected: Vec<SnapshotName>,
    /// In the tree, but not when the plan was made.
    pub(super) appeared: Vec<SnapshotName>,
    /// The snapshot that the operation took.
    pub(crate) created: Option<SnapshotName>,
    /// Other observations, as text.
    pub(super) shows: Vec<String>,
    pub(super) is_as_planned: bool,
    /// Why the tree cannot be complete.
    pub(super) gap: Option<Gap>,
    /// Whether a snapshot names a parent that is not in the tree: strange, but possible.
    pub(super) has_orphans: bool,
}

/// How much of an operation a look shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// All of it, by an absence: a single reading may be wrong.
    Missing,
    /// All of it, by a presence.
    Present,
    /// Part of it.
    Part,
    /// None of it.
    Nothing,
    /// It is unclear.
    Unclear(Unclear),
}

/// Why a look does not show whether an operation was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unclear {
    /// Snapshots are new, and nothing ties one of them to the operation.
    NewSnapshots {
        /// All of them.
        new: Vec<SnapshotName>,
        /// Those whose times allow them to be the operation's.
        ours: Vec<SnapshotName>,
    },
    /// What is shown was the same before the call, or is not shown at all.
    AsBefore,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    /// The VM's own settings are missing, or their parent cannot be read.
    OwnSettings,
    /// Their parent is missing.
    Parent(String),
    /// A snapshot that was to be destroyed is shown, but as something else than a snapshot of this VM.
    Disguised(String),
    /// All snapshots to be kept are missing.
    NothingKept,
}

impl ActionReading {
    /// What the tree shows of the snapshots to be destroyed and of those to be kept.
    pub(super) fn of_tree(seen: &Seen<'_>, to_go: &[SnapshotName], to_stay: &[SnapshotName]) -> Self {
        let tree = seen.tree;
        let fold = |id: &str| id.to_ascii_lowercase();
        let there: HashSet<String> = tree.snapshots().iter().map(|snapshot| snapshot.id().folded()).collect();
        let known: HashSet<String> = to_go.iter().chain(to_stay).map(|name| fold(&name.id)).collect();
        let (remaining, gone): (Vec<_>, Vec<_>) =
            to_go.iter().cloned().partition(|name| there.contains(&fold(&name.id)));
        let is_missing = |name: &&SnapshotName| !there.contains(&fold(&name.id));
        let is_new = |snapshot: &&Snapshot| !known.contains(&snapshot.id().folded());
        let disguised = to_go.iter().find(|name| tree.shows_otherwise(&name.id));
        let unexpected: Vec<_> = to_stay.iter().filter(is_missing).cloned().collect();
        let gap = match tree.current_id() {
            _ if !tree.knows_current() => Some(Gap::OwnSettings),
            Some(id) if !there.contains(&id.folded()) => Some(Gap::Parent(id.to_string())),
            _ => match disguised {
                Some(name) => Some(Gap::Disguised(name.id.clone())),
                None if !to_stay.is_empty() && unexpected.len() == to_stay.len() => Some(Gap::NothingKept),
                None => None,
            },
        };
        let is_orphan = |snapshot: &Snapshot| match &snapshot.parent {
            Parent::Of(id) => !there.contains(&id.folded()),
            _ => false,
        };
        Self {
            shown: match (gone.len(), remaining.len()) {
                (_, 0) => Shown::Missing,
                (0, _) => Shown::Nothing,
                _ => Shown::Part,
            },
            gone,
            remaining,
            unexpected,
            appeared: tree.snapshots().iter().filter(is_new).map(SnapshotName::from).collect(),
            created: None,
            shows: Vec::new(),
            is_as_planned: tree.fingerprint() == seen.planned_on,
            gap,
            has_orphans: tree.snapshots().iter().any(is_orphan),
        }
    }

    /// A reading that says nothing about snapshots.
    pub(super) fn of_state() -> Self {
        Self {
            shown: Shown::Nothing,
            gone: Vec::new(),
            remaining: Vec::new(),
            unexpected: Vec::new(),
            appeared: Vec::new(),
            created: None,
            shows: Vec::new(),
            is_as_planned: false,
            gap: None,
            has_orphans: false,
        }
    }

    /// True if all that was planned is done.
    pub(crate) fn is_done(&self) -> bool {
        matches!(self.shown, Shown::Missing | Shown::Present)
    }

    /// True if that is shown by an absence, so that a single reading may be wrong.
    pub(crate) fn is_by_absence(&self) -> bool {
        self.shown == Shown::Missing
    }

    /// How much of the operation it shows.
    pub(crate) fn shown(&self) -> &Shown {
        &self.shown
    }

    /// True if the tree can be complete.
    pub(crate) fn is_whole(&self) -> bool {
        self.gap.is_none()
    }

    /// True if a second reading must confirm it.
    pub(crate) fn is_strange(&self) -> bool {
        !self.unexpected.is_empty() || self.has_orphans
    }

    pub(crate) fn observations(&self) -> Vec<Observation> {
        let mut facts: Vec<Observation> = self.gap.iter().map(Gap::observation).collect();
        if self.gap.is_some() {
            return facts;
        }
        facts.extend(self.gone.iter().cloned().map(Observation::Gone));
        facts.extend(self.remaining.iter().cloned().map(Observation::There));
        facts.extend(self.unexpected.iter().cloned().map(Observation::Vanished));
        facts.extend(self.created.iter().cloned().map(Observation::Created));
        let others = self.appeared.iter().filter(|name| self.created.as_ref() != Some(name));
        facts.extend(others.cloned().map(Observation::Appeared));
        facts.extend(self.shows.iter().cloned().map(Observation::Shows));
        facts.extend(self.is_as_planned.then_some(Observation::TreeAsPlanned));
        facts
    }
}

impl Gap {
    fn observation(&self) -> Observation {
        match self {
            Self::OwnSettings => Observation::NothingSeen,
            Self::Parent(id) => Observation::DanglingParent(id.clone()),
            Self::Disguised(id) => Observation::ShownOtherwise(id.clone()),
            Self::NothingKept => Observation::NothingKept,
        }
    }
}
