//! The disk files under a snapshot tree: one layer a snapshot, one for the present state, merged when one is left over.
//!
//! A snapshot owns the file that was frozen when it was taken, the base file for the first; what came after is in the
//! files of those that depend on it, the present state among them, and each of these has that file as its parent
//! (documented: Microsoft on checkpoints and differencing disks). When the snapshot goes, its file stays until
//!
//! - nothing depends on it: the file goes too (documented);
//! - one layer depends on it: the content of that layer's file goes into the file, that layer has the file from then on,
//!   and what depended on that layer now has the file as its parent. So the name that is left is that of the destroyed
//!   snapshot, and the dependent's name is gone (documented; that `HostResource` then names the parent is reported by
//!   watchers). As long as the merge is not over, both files are there (assumed);
//! - two or more depend on it: it stays, and merges as soon as one is left (documented, the second half assumed).
//!
//! So a merge is over when the file that the dependent had is in the chain of no disk, neither of the present state nor of a
//! snapshot: a dependent off the current branch merges without a change of the present disks.
//! All disks of a VM have the same layers. Several snapshots without a parent descend from one base file whose snapshot is
//! gone (assumed). Never knows time or jobs.

use crate::sim::path::alike;

/// Whose state a layer holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The machine's present state.
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
}

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
}

/// All layers of a machine.
#[derive(Clone, Debug, Default)]
pub(super) struct Layers {
    layers: Vec<Layer>,
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
        let layer = self.layers.iter().find(|layer| layer.owner.as_ref() == Some(owner));
        layer.map_or_else(|| base.to_owned(), |layer| layer.file(base))
    }

    /// The file `path`, if one of the layers of the disk `base` is in it.
    pub(super) fn disk_file(&self, path: &str, base: &str) -> Option<DiskFile> {
        let layer = self.layers.iter().find(|layer| alike(&layer.file(base), path))?;
        let parent = layer.parent.and_then(|id| self.layers.iter().find(|layer| layer.id == id));
        let parent = parent.map(|parent| parent.file(base));
        Some(DiskFile { path: layer.file(base), parent, base: base.to_owned() })
    }

    /// A snapshot is taken: its layer is the one that was written to, and the present state gets a new one on top.
    pub(super) fn split(&mut self, snapshot: &str, guid: String) {
        let frozen = self.of(&Owner::Now);
        self.edit(&Owner::Now, |layer| layer.owner = Some(Owner::Snapshot(snapshot.to_owned())));
        self.push(frozen, Some(Owner::Now), Some(guid));
    }

    /// A snapshot appears off the current branch, on top of the layer of `parent`.
    pub(super) fn branch(&mut self, parent: Option<&str>, snapshot: &str, guid: String) {
        let parent = parent.and_then(|parent| self.of(&Owner::Snapshot(parent.to_owned())));
        self.push(parent, Some(Owner::Snapshot(snapshot.to_owned())), Some(guid));
    }

    /// Takes the layer from a snapshot that is gone; with `merge` false the file is to stay.
    pub(super) fn release(&mut self, snapshot: &str, merge: bool) {
        self.edit(&Owner::Snapshot(snapshot.to_owned()), |layer| {
            layer.owner = None;
            layer.kept = !merge;
        });
    }

    /// Drops ownerless layers on which nothing depends, and returns those on which one layer does: they are to merge.
    pub(super) fn settle(&mut self) -> Vec<u32> {
        let unused =
            |all: &Self| all.layers.iter().position(|l| l.owner.is_none() && all.dependents(l.id) == 0);
        while let Some(at) = unused(self) {
            self.layers.remove(at);
        }
        self.layers
            .iter()
            .filter(|layer| layer.owner.is_none() && !layer.kept && self.dependents(layer.id) == 1)
            .map(|layer| layer.id)
            .collect()
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
        }
    }

    fn dependents(&self, id: u32) -> usize {
        self.layers.iter().filter(|layer| layer.parent == Some(id)).count()
    }

    fn of(&self, owner: &Owner) -> Option<u32> {
        self.layers.iter().find(|layer| layer.owner.as_ref() == Some(owner)).map(|layer| layer.id)
    }

    fn edit(&mut self, owner: &Owner, change: impl FnOnce(&mut Layer)) {
        if let Some(layer) = self.layers.iter_mut().find(|layer| layer.owner.as_ref() == Some(owner)) {
            change(layer);
        }
    }

    fn push(&mut self, parent: Option<u32>, owner: Option<Owner>, suffix: Option<String>) -> u32 {
        let id = self.next;
        self.next = self.next.wrapping_add(1);
        self.layers.push(Layer { id, parent, owner, suffix, kept: false });
        id
    }
}
