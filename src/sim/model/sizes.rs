//! Sizes of files and volumes, and the growth of a file.
//!
//! The file of the current state grows at a constant rate while the VM runs, in whole blocks; a merge adds the sizes of two files;
//! no file is larger than its disk. All of this is assumed. The volumes are those of the lab and those that hold disks of VMs.
//! No operation fails for lack of space.

use std::time::Duration;

use super::{DiskFile, Host, Node, Vm, layers::Found};
use crate::sim::{
    lab::{NodeSpec, VmState, VolumeSpec},
    path::alike,
    per_node::PerNode,
};

/// The usual block size of a differencing VHDX; files grow by whole blocks.
const BLOCK: u64 = 2 << 20;

/// The least capacity of a volume without one in the lab.
const CAPACITY: u64 = 2 << 40;

/// The volume that every host has.
const SYSTEM: &str = "C:\\";

/// The folder in which cluster volumes are mounted.
const SHARED: &str = "C:\\ClusterStorage\\";

/// A volume of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Volume {
    /// A drive or a folder, with a backslash at its end.
    pub(crate) path: String,
    /// In bytes.
    pub(crate) capacity: u64,
    /// The space used by anything but disks of VMs, in bytes.
    used: u64,
}

impl Volume {
    /// True if it is a cluster volume.
    pub(crate) fn is_shared(&self) -> bool {
        self.path.len() > SHARED.len() && holds(SHARED, &self.path)
    }

    /// True if Windows is on it.
    pub(crate) fn is_system(&self) -> bool {
        alike(&self.path, SYSTEM)
    }
}

/// The volumes of a host: those of the lab, the system volume, and those that hold disks of VMs.
pub(super) fn volumes(
    specs: &[VolumeSpec],
    vms: &[Vm],
    nodes: &PerNode<NodeSpec>,
    now: Duration,
) -> Vec<Volume> {
    let mut known = specs.to_vec();
    let disks = vms.iter().flat_map(|vm| vm.disks.iter());
    for root in disks.filter_map(|disk| root(disk)).chain([SYSTEM.to_owned()]) {
        if !known.iter().any(|spec| alike(&spec.path, &root)) {
            known.push(VolumeSpec { path: root, capacity: None, used: 0 });
        }
    }
    let volume = |spec: &VolumeSpec| Volume {
        path: spec.path.clone(),
        capacity: spec.capacity.unwrap_or(CAPACITY),
        used: spec.used,
    };
    let mut volumes: Vec<Volume> = known.iter().map(volume).collect();
    let most = |volume| {
        let taken = nodes.iter().map(|node| taken(&volumes, volume, vms, &node.name, now));
        taken.max().unwrap_or_default()
    };
    let taken: Vec<u64> = volumes.iter().map(most).collect();
    for ((volume, spec), taken) in volumes.iter_mut().zip(&known).zip(taken) {
        if spec.capacity.is_none() {
            // At least half is free at the start, even with many VMs.
            volume.capacity = volume.capacity.max(taken.saturating_mul(2));
        }
    }
    volumes
}

/// The drive or the cluster volume of a file; `None` for a file on a share.
fn root(file: &str) -> Option<String> {
    if let Some((_, rest)) = file.split_at_checked(SHARED.len()).filter(|_| holds(SHARED, file))
        && let Some((name, _)) = rest.split_once('\\')
    {
        return Some(format!("{SHARED}{name}\\"));
    }
    let (drive, _) = file.split_at_checked(SYSTEM.len())?;
    drive.ends_with(":\\").then(|| drive.to_owned())
}

/// True if the file is below the folder.
fn holds(folder: &str, file: &str) -> bool {
    file.split_at_checked(folder.len()).is_some_and(|(start, _)| alike(start, folder))
}

fn taken(volumes: &[Volume], volume: &Volume, vms: &[Vm], node: &str, now: Duration) -> u64 {
    let is_on_it = |disk: &&String| {
        let around = volumes.iter().filter(|known| holds(&known.path, disk));
        around.max_by_key(|known| known.path.len()) == Some(volume)
    };
    let bytes = |vm: &Vm| {
        // Drives of another node are not drives of this host.
        let is_here = vm.node == node || volume.is_shared();
        let disks =
            u64::try_from(vm.disks.iter().filter(is_on_it).filter(|_| is_here).count()).unwrap_or(u64::MAX);
        vm.bytes(now).saturating_mul(disks)
    };
    vms.iter().map(bytes).fold(volume.used, u64::saturating_add)
}

impl Host {
    /// The disk file with that path, of any VM; case does not matter.
    pub(crate) fn disk_file(&self, path: &str) -> Option<DiskFile> {
        self.vms.iter().find_map(|vm| vm.disks.iter().find_map(|base| vm.disk_file(path, base, self.now)))
    }

    /// The free space of the volume on a node, in bytes.
    pub(crate) fn free(&self, volume: &Volume, node: &Node) -> u64 {
        volume.capacity.saturating_sub(taken(&self.volumes, volume, &self.vms, &node.name, self.now))
    }
}

impl Vm {
    /// Adds what was written up to `now` to the size of the file. Call it before the state of the VM or its present file changes.
    pub(super) fn write(&mut self, now: Duration) {
        let grown = self.grown(now);
        self.layers.grow(grown);
        self.written = self.written.max(now);
    }

    /// The bytes written since the last [`write`](Self::write).
    fn grown(&self, now: Duration) -> u64 {
        if self.state != VmState::Running {
            return 0;
        }
        let seconds = now.saturating_sub(self.written).as_secs();
        let bytes = self.sizes.per_minute.saturating_mul(seconds) / 60;
        bytes / BLOCK * BLOCK
    }

    /// The size of all files of one disk, in bytes.
    fn bytes(&self, now: Duration) -> u64 {
        self.layers.total(self.sizes.disk).saturating_add(self.grown(now))
    }

    fn disk_file(&self, path: &str, base: &str, now: Duration) -> Option<DiskFile> {
        let Found { path, parent, size, content, layer } = self.layers.find(path, base)?;
        let disk = self.sizes.disk;
        let grown = if self.layers.present().next() == Some(layer) { self.grown(now) } else { 0 };
        Some(DiskFile {
            path,
            parent,
            base: base.to_owned(),
            size: size.saturating_add(grown).min(disk),
            content: content.saturating_add(grown).min(disk),
            disk,
            node: self.node.clone(),
            in_use: self.state.is_live() && self.layers.present().any(|present| present == layer),
        })
    }
}
