//! Snapshots and their tree, as JSON: a flat list, parents before children, each with parent and depth.
//!
//! The list is flat because the host determines the depth, and deeply nested JSON is hard to read safely.

use hvsnap::hyperv::{Parent, Snapshot, SnapshotName, SnapshotTree};
use serde::Serialize;

use super::{texts, time};

/// The VM of a document.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct VmRef {
    /// GUID of the VM.
    pub(crate) id: String,
    /// Name of the VM.
    pub(crate) name: String,
}

impl VmRef {
    pub(crate) fn of(tree: &SnapshotTree) -> Self {
        Self { id: tree.vm_id().to_owned(), name: tree.vm_name().to_owned() }
    }
}

/// A snapshot by name and id.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SnapshotRef {
    /// Id of the snapshot.
    pub(crate) id: String,
    /// Name of the snapshot.
    pub(crate) name: String,
}

impl From<&Snapshot> for SnapshotRef {
    fn from(snapshot: &Snapshot) -> Self {
        Self { id: snapshot.id().to_string(), name: snapshot.element_name().to_owned() }
    }
}

impl SnapshotRef {
    pub(crate) fn named(name: &SnapshotName) -> Self {
        Self { id: name.id.clone(), name: name.name.clone() }
    }
}

/// A snapshot in its tree.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SnapshotView {
    /// Id of the snapshot.
    id: String,
    /// Its name.
    name: String,
    /// The names from the root, such as `base/before-upgrade`; null if longer than 64 names or 4096 bytes, because in a
    /// deep tree the paths would be larger than all other data.
    path: Option<String>,
    /// How many snapshots are above it.
    depth: usize,
    /// Id of the parent; null for a root, and if the parent cannot be read.
    parent: Option<String>,
    /// The reference to the parent, if it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    unreadable_parent: Option<String>,
    /// True if the VM's current state descends from it.
    current: bool,
    /// What it is, such as `checkpoint` or `backup checkpoint`; else the `VirtualSystemType` of the host.
    kind: String,
    /// True if the host took it automatically.
    automatic: bool,
    /// True if it contains a memory state.
    saved: Option<bool>,
    /// When it was taken (UTC).
    created: Option<String>,
    /// Its notes.
    notes: Vec<String>,
    /// Version of its configuration.
    version: Option<String>,
    /// The folder of its configuration on the host.
    data_root: Option<String>,
    /// Properties that could not be read, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable: Vec<String>,
}

impl SnapshotView {
    /// All snapshots of a tree, parents before children.
    pub(crate) fn all(tree: &SnapshotTree) -> impl Iterator<Item = Self> {
        tree.snapshots().iter().map(|snapshot| Self::new(tree, snapshot))
    }

    pub(crate) fn new(tree: &SnapshotTree, snapshot: &Snapshot) -> Self {
        let (parent, unreadable_parent) = match &snapshot.parent {
            Parent::Of(id) => (Some(id.to_string()), None),
            Parent::Unreadable(raw) => (None, Some(raw.clone())),
            _ => (None, None),
        };
        Self {
            id: snapshot.id().to_string(),
            name: snapshot.element_name().to_owned(),
            path: tree.short_path(snapshot),
            depth: tree.depth(snapshot),
            parent,
            unreadable_parent,
            current: tree.current().is_some_and(|current| current.id() == snapshot.id()),
            kind: snapshot.kind.to_string(),
            automatic: snapshot.is_automatic,
            saved: snapshot.is_saved,
            created: time(snapshot.created),
            notes: snapshot.notes.clone(),
            version: snapshot.version.clone(),
            data_root: snapshot.data_root.clone(),
            unreadable: texts(&snapshot.unreadable),
        }
    }
}

/// All snapshots of a VM.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct TreeView {
    #[serde(flatten)]
    head: TreeHead,
    /// The snapshots, parents before children.
    snapshots: Vec<SnapshotView>,
}

/// A tree without its snapshots.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct TreeHead {
    /// The VM.
    vm: VmRef,
    /// Fingerprint of the tree.
    fingerprint: String,
    /// Id of the snapshot that the current state descends from; null if there is none or it is unknown.
    current: Option<String>,
    /// True if the host tells which snapshot the current state descends from.
    current_known: bool,
}

impl From<&SnapshotTree> for TreeView {
    fn from(tree: &SnapshotTree) -> Self {
        Self { head: TreeHead::from(tree), snapshots: SnapshotView::all(tree).collect() }
    }
}

impl From<&SnapshotTree> for TreeHead {
    fn from(tree: &SnapshotTree) -> Self {
        Self {
            vm: VmRef::of(tree),
            fingerprint: tree.fingerprint().to_string(),
            current: tree.current().map(|current| current.id().to_string()),
            current_known: tree.knows_current(),
        }
    }
}
