//! The disk files under a snapshot tree: one layer a snapshot, one for the current state, merged when one is left over.
//!
//! A snapshot owns the file that was frozen when it was taken, the base file for the first; what came after is in the
//! files of those that depend on it, the current state among them, and each of these has that file as its parent
//! (documented: Microsoft on checkpoints and differencing disks). When the snapshot goes, its file stays until
//!
//! - nothing depends on it: the file goes too (documented);
//! - one layer depends on it: the content of that layer's file goes into the file, that layer has the file from then on,
//!   and what depended on that layer now has the file as its parent. So the name that is left is that of the destroyed
//!   snapshot, and the dependent's name is gone (documented; that `HostResource` then names the parent is reported by
//!   watchers). As long as the merge is not over, both files are there (assumed);
//! - two or more depend on it: it stays, and merges as soon as one is left (documented, the second half assumed).
//!
//! So a merge is over when the file that the dependent had is in the chain of no disk, neither of the current state nor of a
//! snapshot: a dependent off the current branch merges without a change of the present disks.
//! All disks of a VM have the same layers. Several snapshots without a parent descend from one base file whose snapshot is
//! gone (assumed). Never knows time or jobs.

use std::{
    collections::{HashMap, HashSet},
    iter::successors,
};

use crate::sim::path::alike;

/// Whose state a layer holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Owner {
    /// The VM's current state.
    Now,
    /// The snapshot of that identifier.
    Snapshot(String),
}

#[derive(Clone, Debug)]
struct Layer {
    id: u32,
    parent: Option<u32>,
    owner: Option<Owner>,
    /// The GUID in the name of a differencing disk; `None` for the first file of all.
    suffix: Option<String>,
    /// It must not be merged away.
    kept: bool,
    /// The size of its file of each disk, in bytes.
    size: u64,
}

/// The size of a new differencing file (assumed).
const EMPTY: u64 = 4 << 20;

impl Layer {
    /// Its file for the disk `base`.
    fn file(&self, base: &str) -> String {
        let Some(guid) = &self.suffix else { return base.to_owned() };
        let (stem, extension) = base.rsplit_once('.').unwrap_or((base, "vhdx"));
        format!("{stem}_{guid}.a{}", extension.to_lowercase())
    }
}

/// A file on the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DiskFile {
    pub(crate) path: String,
    /// The file that it descends from.
    pub(crate) parent: Option<String>,
    /// The first file of the disk.
    pub(crate) base: String,
    /// Its size on the volume, in bytes.
    pub(crate) size: u64,
    /// The size of this file and all of its parents, in bytes.
    pub(crate) content: u64,
    /// The size of the disk, as a guest sees it.
    pub(crate) disk: u64,
    /// True if a running or paused VM has the file open.
    pub(crate) in_use: bool,
    /// The host or node that its VM is on.
    pub(crate) node: String,
}

/// A file of a disk, as its layer knows it.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) path: String,
    pub(super) parent: Option<String>,
    pub(super) size: u64,
    pub(super) content: u64,
    pub(super) layer: u32,
}

/// All layers of a VM.
#[derive(Clone, Debug, Default)]
pub(super) struct Layers {
    /// By number: a new one has the highest.
    layers: Vec<Layer>,
    owned: HashMap<Owner, u32>,
    next: u32,
}

impl Layers {
    /// Lays the layers of a tree given as owners and the owners that they descend from.
    pub(super) fn laid(tree: &[(Owner, Option<Owner>)], mut guid: impl FnMut() -> String) -> Self {
        let mut layers = Self::default();
        // Several roots can only have come from a common one whose snapshot is gone.
        let several = tree.iter().filter(|(_, parent)| parent.is_none()).count() > 1;
        let shared = several.then(|| layers.push(None, None, None));
        for (owner, _) in tree {
            layers.push(shared, Some(owner.clone()), None);
        }
        for (owner, parent) in tree {
            if let Some(parent) = parent.as_ref().and_then(|parent| layers.of(parent)) {
                layers.edit(owner, |layer| layer.parent = Some(parent));
            }
        }
        for layer in &mut layers.layers {
            layer.suffix = layer.parent.map(|_| guid());
        }
        layers
    }

    /// The file that `owner` has for the disk `base`.
    pub(super) fn file(&self, owner: &Owner, base: &str) -> String {
        let layer = self.of(owner).and_then(|id| self.layer(id));
        layer.map_or_else(|| base.to_owned(), |layer| layer.file(base))
    }

    /// The file `path`, if one of the layers of the disk `base` is in it.
    pub(super) fn find(&self, path: &str, base: &str) -> Option<Found> {
        let layer = self.layers.iter().find(|layer| alike(&layer.file(base), path))?;
        let parent = layer.parent.and_then(|id| self.layer(id));
        let parent = parent.map(|parent| parent.file(base));
        Some(Found {
            path: layer.file(base),
            parent,
            size: layer.size,
            content: self.content(layer),
            layer: layer.id,
        })
    }

    /// Sets the size of each file: `base` for the first, `written` of the owner for the others.
    pub(super) fn sized(mut self, base: u64, written: impl Fn(&Owner) -> u64) -> Self {
        for layer in &mut self.layers {
            layer.size = match (&layer.suffix, &layer.owner) {
                (Some(_), Some(owner)) => written(owner),
                _ => base,
            };
        }
        self
    }

    /// Grows the file of the current state.
    pub(super) fn grow(&mut self, bytes: u64) {
        self.edit(&Owner::Now, |layer| layer.size = layer.size.saturating_add(bytes));
    }

    /// The size of all files of one disk, each counted up to `most`.
    pub(super) fn total(&self, most: u64) -> u64 {
        self.layers.iter().fold(0, |sum, layer| sum.saturating_add(layer.size.min(most)))
    }

    /// The layers of the current state, the latest first.
    pub(super) fn present(&self) -> impl Iterator<Item = u32> {
        let latest = self.of(&Owner::Now).and_then(|id| self.layer(id));
        successors(latest, |layer| self.layer(layer.parent?)).map(|layer| layer.id)
    }

    fn content(&self, layer: &Layer) -> u64 {
        let chain = successors(Some(layer), |layer| self.layer(layer.parent?));
        chain.fold(0, |sum, layer| sum.saturating_add(layer.size))
    }

    /// A snapshot is taken: its layer is the one that was written to, and the current state gets a new one on top.
    pub(super) fn split(&mut self, snapshot: &str, guid: String) {
        let frozen = self.of(&Owner::Now);
        let owner = Owner::Snapshot(snapshot.to_owned());
        self.edit(&Owner::Now, |layer| layer.owner = Some(owner.clone()));
        self.owned.extend(frozen.map(|id| (owner, id)));
        self.push(frozen, Some(Owner::Now), Some(guid));
    }

    /// Applies a snapshot: the layer of the current state loses its owner, and a new one starts on that of the snapshot.
    pub(super) fn go_back(&mut self, snapshot: &str, guid: String) {
        self.edit(&Owner::Now, |layer| layer.owner = None);
        let parent = self.of(&Owner::Snapshot(snapshot.to_owned()));
        self.push(parent, Some(Owner::Now), Some(guid));
    }

    /// A snapshot appears off the current branch, on top of the layer of `parent`.
    pub(super) fn branch(&mut self, parent: Option<&str>, snapshot: &str, guid: String) {
        let parent = parent.and_then(|parent| self.of(&Owner::Snapshot(parent.to_owned())));
        self.push(parent, Some(Owner::Snapshot(snapshot.to_owned())), Some(guid));
    }

    /// Takes the layer from a snapshot that is gone; with `merge` false the file is to stay.
    pub(super) fn release(&mut self, snapshot: &str, merge: bool) {
        let owner = Owner::Snapshot(snapshot.to_owned());
        self.edit(&owner, |layer| {
            layer.owner = None;
            layer.kept = !merge;
        });
        self.owned.remove(&owner);
    }

    /// Drops ownerless layers on which nothing depends, and returns those on which one layer does: they are to merge.
    pub(super) fn settle(&mut self) -> Vec<u32> {
        let mut dependents: HashMap<u32, usize> = HashMap::new();
        for parent in self.layers.iter().filter_map(|layer| layer.parent) {
            *dependents.entry(parent).or_default() += 1;
        }
        let ownerless = |layer: &&Layer| layer.owner.is_none();
        let unused = self.layers.iter().filter(ownerless).filter(|layer| !dependents.contains_key(&layer.id));
        let mut unused: Vec<u32> = unused.map(|layer| layer.id).collect();
        let mut gone = HashSet::new();
        while let Some(id) = unused.pop() {
            gone.insert(id);
            // The one that it depended on may have no other.
            let Some(parent) = self.layer(id).and_then(|layer| layer.parent) else { continue };
            let Some(count) = dependents.get_mut(&parent) else { continue };
            *count -= 1;
            if *count == 0 {
                unused.extend(self.layer(parent).filter(ownerless).map(|layer| layer.id));
            }
        }
        self.layers.retain(|layer| !gone.contains(&layer.id));
        let merges = |layer: &&Layer| !layer.kept && dependents.get(&layer.id) == Some(&1);
        self.layers.iter().filter(ownerless).filter(merges).map(|layer| layer.id).collect()
    }

    /// The merge has ended: the dependent's disk is now in the file that it descended from.
    pub(super) fn merged(&mut self, id: u32) {
        let Some(at) = self.layers.iter().position(|layer| layer.id == id) else { return };
        if self.dependents(id) != 1 {
            return;
        }
        let gone = self.layers.remove(at);
        for layer in self.layers.iter_mut().filter(|layer| layer.parent == Some(id)) {
            layer.parent = gone.parent;
            layer.suffix.clone_from(&gone.suffix);
            // As if no block were in both files (assumed); `sizes` limits it to the size of the disk.
            layer.size = layer.size.saturating_add(gone.size);
        }
    }

    fn dependents(&self, id: u32) -> usize {
        self.layers.iter().filter(|layer| layer.parent == Some(id)).count()
    }

    fn layer(&self, id: u32) -> Option<&Layer> {
        self.layers.get(self.layers.binary_search_by_key(&id, |layer| layer.id).ok()?)
    }

    fn of(&self, owner: &Owner) -> Option<u32> {
        self.owned.get(owner).copied()
    }

    fn edit(&mut self, owner: &Owner, change: impl FnOnce(&mut Layer)) {
        let at = self.of(owner).and_then(|id| self.layers.binary_search_by_key(&id, |layer| layer.id).ok());
        if let Some(layer) = at.and_then(|at| self.layers.get_mut(at)) {
            change(layer);
        }
    }

    fn push(&mut self, parent: Option<u32>, owner: Option<Owner>, suffix: Option<String>) -> u32 {
        let id = self.next;
        self.next = self.next.saturating_add(1);
        self.owned.extend(owner.clone().map(|owner| (owner, id)));
        self.layers.push(Layer { id, parent, owner, suffix, kept: false, size: EMPTY });
        id
    }
}
