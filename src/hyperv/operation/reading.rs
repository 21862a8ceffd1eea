//! What a reading of the tree shows of an operation, and whether it can be the whole tree.

use super::SnapshotName;
use crate::hyperv::Observation;

/// What a tree shows of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TreeReading {
    pub(crate) gone: Vec<SnapshotName>,
    pub(crate) remaining: Vec<SnapshotName>,
    /// To be kept, and missing.
    pub(crate) unexpected: Vec<SnapshotName>,
    pub(super) appeared: Vec<SnapshotName>,
    pub(super) is_as_planned: bool,
    /// Why it cannot be the whole tree.
    pub(super) gap: Option<Gap>,
    /// Snapshots that name a parent which is not in the tree: strange, but possible.
    pub(super) has_orphans: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
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
    /// True if all that was planned is gone by it.
    pub(crate) fn is_all_gone(&self) -> bool {
        self.remaining.is_empty()
    }

    /// True if it can be the whole tree.
    pub(crate) fn is_whole(&self) -> bool {
        self.gap.is_none()
    }

    /// True if a second reading must say the same before it is believed.
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
        facts.extend(self.appeared.iter().cloned().map(Observation::Appeared));
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
