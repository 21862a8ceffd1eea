//! What changed between two states of one tree.
//!
//! It never judges whether a change matters: for a destroy every change does. Pure: compares two trees.

use std::fmt;

use crate::hyperv::{Snapshot, SnapshotTree};

/// The changes, in the order in which they are reported.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TreeDifference {
    /// Added since.
    pub appeared: Vec<Snapshot>,
    /// Removed since.
    pub vanished: Vec<Snapshot>,
    /// With another parent since, as they are now.
    pub moved: Vec<Snapshot>,
    /// With another name, kind or creation time since, as they are now.
    pub altered: Vec<Snapshot>,
    /// The VM's current state has another parent.
    pub current_moved: bool,
}

impl TreeDifference {
    pub(crate) fn between(before: &SnapshotTree, now: &SnapshotTree) -> Option<Self> {
        if before.fingerprint() == now.fingerprint() {
            return None;
        }
        let missing_in = |tree: &SnapshotTree, other: &SnapshotTree| -> Vec<Snapshot> {
            other.snapshots().iter().filter(|s| tree.get(s.id()).is_none()).cloned().collect()
        };
        let changed = |test: fn(&Snapshot, &Snapshot) -> bool| -> Vec<Snapshot> {
            let pairs = now.snapshots().iter().filter_map(|s| Some((before.get(s.id())?, s)));
            pairs.filter(|(old, new)| test(old, new)).map(|(_, new)| new.clone()).collect()
        };
        let place = |tree: &SnapshotTree| tree.current().map(|snapshot| snapshot.id().folded());
        Some(Self {
            appeared: missing_in(before, now),
            vanished: missing_in(now, before),
            moved: changed(|old, new| old.parent != new.parent),
            altered: changed(|old, new| {
                old.element_name != new.element_name || old.kind != new.kind || old.created != new.created
            }),
            current_moved: place(before) != place(now),
        })
    }
}

impl fmt::Display for TreeDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        for (what, snapshots) in [
            ("appeared", &self.appeared),
            ("vanished", &self.vanished),
            ("moved", &self.moved),
            ("changed", &self.altered),
        ] {
            if !snapshots.is_empty() {
                let names: Vec<_> = snapshots.iter().map(|s| format!("{:?}", s.element_name())).collect();
                parts.push(format!("{what}: {}", names.join(", ")));
            }
        }
        if self.current_moved {
            parts.push("the current state is based on another snapshot".to_owned());
        }
        if parts.is_empty() {
            parts.push("the tree is another one".to_owned());
        }
        f.write_str(&parts.join("; "))
    }
}
