//! Snapshots and their tree, as JSON: a flat list, parents before children, each with parent and depth.
//!
//! The list is flat because the host determines the depth, and deeply nested JSON is hard to read safely.

use hvsnap::hyperv::{Parent, Snapshot, SnapshotName, SnapshotTree};
use serde::Serialize;

use super::{texts, time};

/// The VM of a document.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct VmRef {
    pub(crate) id: String,
    pub(crate) name: String,
}

impl VmRef {
    pub(crate) fn of(tree: &SnapshotTree) -> Self {
        Self { id: tree.vm_id().to_owned(), name: tree.vm_name().to_owned() }
    }
}

/// A snapshot by name and id.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct SnapshotRef {
    pub(crate) id: String,
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
pub(crate) struct SnapshotView {
    id: String,
    name: String,
    /// Null if longer than 64 names or 4096 bytes: in a deep tree the paths would be larger than all other data.
    path: Option<String>,
    depth: usize,
    /// The id; null for a root, and if the parent cannot be read.
    parent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unreadable_parent: Option<String>,
    /// True if the VM's current state descends from it.
    current: bool,
    kind: String,
    automatic: bool,
    /// True if it contains a memory state.
    saved: Option<bool>,
    created: Option<String>,
    notes: Vec<String>,
    version: Option<String>,
    data_root: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable: Vec<String>,
}

impl SnapshotView {
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
pub(crate) struct TreeView {
    vm: VmRef,
    fingerprint: String,
    /// The snapshot that the current state descends from; null if there is none or it is unknown.
    current: Option<String>,
    current_known: bool,
    snapshots: Vec<SnapshotView>,
}

impl From<&SnapshotTree> for TreeView {
    fn from(tree: &SnapshotTree) -> Self {
        Self::of(tree, tree.snapshots())
    }
}

impl TreeView {
    /// Some snapshots of a tree; all else is of the whole tree.
    pub(crate) fn of<'t>(tree: &SnapshotTree, shown: impl IntoIterator<Item = &'t Snapshot>) -> Self {
        Self {
            vm: VmRef::of(tree),
            fingerprint: tree.fingerprint().to_string(),
            current: tree.current().map(|current| current.id().to_string()),
            current_known: tree.knows_current(),
            snapshots: shown.into_iter().map(|snapshot| SnapshotView::new(tree, snapshot)).collect(),
        }
    }
}
