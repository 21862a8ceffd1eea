//! A machine and its snapshots: plain data with the questions that one asks of a tree.
//!
//! It never changes by itself; `destroy` and `edits` change it.

use std::time::Duration;

use super::layers::{Layers, Owner};
use crate::sim::lab::{DestroySpec, SnapshotKind, VmState};

/// A virtual machine.
#[derive(Clone, Debug)]
pub(crate) struct Vm {
    /// A GUID in upper case.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) state: VmState,
    pub(crate) generation: u8,
    pub(crate) created: Duration,
    pub(crate) notes: Vec<String>,
    /// The files of its disks as they were before the first snapshot.
    pub(crate) disks: Vec<String>,
    /// Whether its disks may merge.
    pub(crate) merging: bool,
    /// In the order in which they were made known.
    pub(crate) snapshots: Vec<Snapshot>,
    /// The snapshot that the present state descends from.
    pub(crate) current: Option<String>,
    /// The snapshot that was applied last.
    pub(crate) applied: Option<String>,
    pub(super) layers: Layers,
    /// When its configuration changed last.
    pub(crate) configured: Duration,
}

/// A snapshot.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    /// A GUID in upper case.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) parent: Option<String>,
    pub(crate) created: Duration,
    pub(crate) kind: SnapshotKind,
    pub(crate) automatic: bool,
    pub(crate) saved_state: bool,
    pub(crate) notes: Vec<String>,
    pub(crate) destroy: DestroySpec,
}

impl Vm {
    /// The snapshot of that identifier.
    pub(crate) fn snapshot(&self, id: &str) -> Option<&Snapshot> {
        self.snapshots.iter().find(|snapshot| snapshot.id.eq_ignore_ascii_case(id))
    }

    /// Names from the root to the snapshot, joined by slashes.
    pub(crate) fn path(&self, id: &str) -> String {
        let mut names = Vec::new();
        let mut at = self.snapshot(id);
        while let Some(snapshot) = at {
            names.push(snapshot.name.as_str());
            at = snapshot.parent.as_deref().and_then(|parent| self.snapshot(parent));
        }
        names.reverse();
        names.join("/")
    }

    /// The snapshot and all that descends from it, parents before children.
    pub(crate) fn subtree(&self, id: &str) -> Vec<String> {
        let mut found: Vec<String> =
            self.snapshot(id).map(|snapshot| snapshot.id.clone()).into_iter().collect();
        let mut at = 0;
        while let Some(parent) = found.get(at).cloned() {
            let children = self.snapshots.iter().filter(|s| s.parent.as_ref() == Some(&parent));
            found.extend(children.map(|child| child.id.clone()));
            at += 1;
        }
        found
    }

    /// The disk files of a snapshot, or of the present state.
    pub(crate) fn files(&self, snapshot: Option<&str>) -> Vec<String> {
        let owner = snapshot.map_or(Owner::Now, |id| Owner::Snapshot(id.to_owned()));
        self.disks.iter().map(|disk| self.layers.file(&owner, disk)).collect()
    }

    /// Removes a snapshot: its children take its parent, and so does the present state.
    pub(super) fn remove(&mut self, id: &str, now: Duration) {
        let Some(at) = self.snapshots.iter().position(|snapshot| snapshot.id == id) else { return };
        let removed = self.snapshots.remove(at);
        for child in self.snapshots.iter_mut().filter(|s| s.parent.as_deref() == Some(id)) {
            child.parent.clone_from(&removed.parent);
        }
        if self.current.as_deref() == Some(id) {
            self.current = removed.parent;
        }
        if self.applied.as_deref() == Some(id) {
            self.applied = None;
        }
        self.configured = now;
    }
}
