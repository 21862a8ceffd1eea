//! Obstacles to a plan, found before anything is sent.

use std::fmt;

use super::SnapshotName;
use crate::hyperv::{Snapshot, SnapshotKind, VmState};

/// Why a plan cannot begin.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Obstacle {
    /// The VM's settings allow no user's snapshots (`UserSnapshotType` 2).
    CheckpointsDisabled,
    /// The snapshot is not a user's checkpoint, judged by its kind.
    Foreign {
        /// The snapshot.
        snapshot: SnapshotName,
        /// Its kind.
        kind: SnapshotKind,
    },
    /// The VM is in a state that does not allow the operation.
    State {
        /// The state.
        state: VmState,
        /// The states that allow it.
        wanted: &'static str,
    },
    /// The snapshot holds no saved state.
    NoSavedState,
    /// The guest has no integration service that could shut it down.
    NoShutdownComponent,
}

impl Obstacle {
    /// An obstacle if the snapshot is not a user's.
    pub(crate) fn foreign(snapshot: &Snapshot) -> Option<Self> {
        let kind = snapshot.kind.clone();
        (kind != SnapshotKind::Realized)
            .then(|| Self::Foreign { snapshot: SnapshotName::from(snapshot), kind })
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CheckpointsDisabled => f.write_str("checkpoints are disabled in the settings of the VM"),
            Self::Foreign { snapshot, kind } => {
                let whose = match kind {
                    SnapshotKind::Recovery => "a backup product took it and may still need it",
                    SnapshotKind::Replica => "it belongs to Hyper-V Replica",
                    SnapshotKind::Planned => "it belongs to a VM that is being imported",
                    SnapshotKind::Missing => "its files are missing on the host",
                    _ => "its kind is not known to this version",
                };
                write!(f, "{:?} is not a user's checkpoint ({kind}): {whose}", snapshot.name)
            }
            Self::State { state, wanted } => write!(f, "the VM is {state}, and must be {wanted}"),
            Self::NoSavedState => f.write_str("the snapshot holds no saved state"),
            Self::NoShutdownComponent => f.write_str(
                "the guest cannot be asked to shut down: the VM shows no shutdown integration service",
            ),
        }
    }
}
