//! A VM and its snapshots: plain data, with queries on the tree.
//!
//! It never changes by itself; `create`, `apply`, `destroy`, `edits` and `states` change it.

use std::{
    collections::{BTreeMap, HashSet},
    time::Duration,
};

use super::{
    layers::{Layers, Owner},
    snapshots::Snapshots,
    states::Transition,
};
use crate::sim::lab::{CallSpec, Checkpoints, DiskSizes, Guest, SnapshotKind, StateRequest, VmState};

/// A virtual machine.
#[derive(Clone, Debug)]
pub(crate) struct Vm {
    /// A GUID in upper case.
    pub(crate) id: String,
    pub(crate) name: String,
    /// The host or cluster node that owns it, by name.
    pub(crate) node: String,
    pub(crate) state: VmState,
    /// The transition in progress.
    pub(crate) changing: Option<Transition>,
    /// The time of its last state change.
    pub(crate) changed: Duration,
    /// When it was started; `None` unless it runs or is paused.
    pub(crate) started: Option<Duration>,
    /// The outcomes of state requests that the lab specifies.
    pub(super) requests: BTreeMap<StateRequest, CallSpec>,
    /// How its guest responds to a shutdown request.
    pub(crate) guest: Guest,
    pub(crate) generation: u8,
    pub(crate) created: Duration,
    pub(crate) notes: Vec<String>,
    /// The files of its disks as they were before the first snapshot.
    pub(crate) disks: Vec<String>,
    /// Whether its disks may merge.
    pub(crate) merging: bool,
    /// In the order in which they were made known.
    pub(crate) snapshots: Snapshots,
    /// The snapshot that the current state descends from.
    pub(crate) current: Option<String>,
    /// The snapshot that was applied last.
    pub(crate) applied: Option<String>,
    pub(super) layers: Layers,
    /// The sizes of its disks, and its rate of writing.
    pub(super) sizes: DiskSizes,
    /// Writes up to this time are included in the sizes of its files.
    pub(super) written: Duration,
    /// When its configuration changed last.
    pub(crate) configured: Duration,
    /// The kind of checkpoints that users take.
    pub(crate) checkpoints: Checkpoints,
    /// True if the running guest takes part in a production checkpoint.
    pub(super) guest_vss: bool,
    pub(super) create: CallSpec,
    pub(super) modify: CallSpec,
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
    pub(super) destroy: CallSpec,
    pub(super) apply: CallSpec,
    pub(super) clear: CallSpec,
}

impl Snapshot {
    /// An ordinary one without a parent, taken at `created`.
    pub(super) fn new(id: String, name: String, created: Duration) -> Self {
        Self {
            id,
            name,
            parent: None,
            created,
            kind: SnapshotKind::Realized,
            automatic: false,
            saved_state: false,
            notes: Vec::new(),
            destroy: CallSpec::default(),
            apply: CallSpec::default(),
            clear: CallSpec::default(),
        }
    }
}

impl Vm {
    /// True if the VM or one of its snapshots has this identifier.
    pub(super) fn has_settings(&self, id: &str) -> bool {
        self.id.eq_ignore_ascii_case(id) || self.snapshots.of(id).is_some()
    }

    /// The snapshot of that identifier.
    pub(crate) fn snapshot(&self, id: &str) -> Option<&Snapshot> {
        self.snapshots.of(id)
    }

    /// The snapshots whose name, or whose path of names from a root, is `reference`.
    pub(crate) fn called(&self, reference: &str) -> Vec<&Snapshot> {
        let children = self.snapshots.children();
        let mut by_path = HashSet::new();
        // Only below those whose path `reference` begins with is there anything to look for.
        let mut waiting = vec![(None, reference)];
        while let Some((parent, rest)) = waiting.pop() {
            for child in children.get(&parent).into_iter().flatten() {
                match rest.strip_prefix(&*child.name) {
                    Some("") => drop(by_path.insert(child.id.as_str())),
                    Some(rest) => {
                        waiting.extend(rest.strip_prefix('/').map(|rest| (Some(child.id.as_str()), rest)));
                    }
                    None => {}
                }
            }
        }
        let is_called = |known: &&Snapshot| known.name == reference || by_path.contains(&*known.id);
        self.snapshots.iter().filter(is_called).collect()
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
        let children = self.snapshots.children();
        let mut found: Vec<&Snapshot> = self.snapshot(id).into_iter().collect();
        let mut at = 0;
        while let Some(parent) = found.get(at) {
            found.extend(children.get(&Some(parent.id.as_str())).into_iter().flatten());
            at += 1;
        }
        found.into_iter().map(|snapshot| snapshot.id.clone()).collect()
    }

    /// The disk files of a snapshot, or of the current state.
    pub(crate) fn files(&self, snapshot: Option<&str>) -> Vec<String> {
        let owner = snapshot.map_or(Owner::Now, |id| Owner::Snapshot(id.to_owned()));
        self.disks.iter().map(|disk| self.layers.file(&owner, disk)).collect()
    }

    /// Removes snapshots: their children take their parent, and so does the current state.
    pub(super) fn remove(&mut self, ids: &[String], now: Duration) {
        let removed = self.snapshots.remove(ids);
        if removed.is_empty() {
            return;
        }
        removed.lift(&mut self.current);
        self.applied.take_if(|applied| removed.has(applied));
        self.configured = now;
    }
}
