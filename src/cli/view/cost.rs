//! What a destroy costs, and the sizes of the disks of a VM, as JSON: bytes, and null for what is not known.

use hvsnap::hyperv::{
    Bytes, ChainEnd, DestroyCost, DiskChain, DiskUsage, FileMerge, ParentFile, SnapshotTree, SpaceNeed,
    UnmergedFile,
};
use serde::Serialize;

use super::SnapshotRef;

/// What a destroy costs.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct CostView {
    /// The size of the files that the host merges afterwards, in bytes; null if it is not known.
    merged_bytes: Option<u64>,
    /// The least size of those files, in bytes, if not all are known.
    merged_bytes_at_least: u64,
    /// The size of the files that go without a merge, in bytes; null if it is not known.
    freed_bytes: Option<u64>,
    /// The merges that follow.
    merges: Vec<MergeView>,
    /// What the merges need on each volume.
    space: Vec<SpaceView>,
    /// Why something is not known.
    unknown: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct MergeView {
    /// Paths of the files that are merged.
    from: Vec<String>,
    /// Path of the file that they are merged into.
    into: String,
    /// The size of the files that are merged, in bytes; null if it is not known.
    bytes: Option<u64>,
    /// The most that the file may grow by, in bytes; null if it is not known.
    growth_bytes: Option<u64>,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct SpaceView {
    /// The name of the volume, or the path of a file whose volume is not known.
    volume: String,
    /// The free space, in bytes.
    free_bytes: Option<u64>,
    /// Why the free space is not known.
    unknown: Option<String>,
    /// The most that merging may need, in bytes; null if it is not known.
    needed_bytes: Option<u64>,
    /// True if less is free than that.
    short: bool,
}

impl From<&DestroyCost> for CostView {
    fn from(cost: &DestroyCost) -> Self {
        let mut unknown = cost.merged.reasons().to_vec();
        unknown
            .extend(cost.freed.reasons().iter().filter(|why| !cost.merged.reasons().contains(why)).cloned());
        Self {
            merged_bytes: cost.merged.exact(),
            merged_bytes_at_least: cost.merged.at_least(),
            freed_bytes: cost.freed.exact(),
            merges: cost.merges.iter().map(MergeView::from).collect(),
            space: cost.space.iter().map(SpaceView::from).collect(),
            unknown,
        }
    }
}

impl From<&FileMerge> for MergeView {
    fn from(merge: &FileMerge) -> Self {
        Self {
            from: merge.from.clone(),
            into: merge.into.clone(),
            bytes: merge.bytes.exact(),
            growth_bytes: merge.growth.exact(),
        }
    }
}

impl From<&SpaceNeed> for SpaceView {
    fn from(need: &SpaceNeed) -> Self {
        Self {
            volume: need.volume.clone(),
            free_bytes: need.free,
            unknown: need.unknown.clone(),
            needed_bytes: need.needed.exact(),
            short: need.is_short(),
        }
    }
}

/// The sizes of all snapshots of a VM and of its current state.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SizesView {
    /// The sizes of each snapshot.
    snapshots: Vec<SnapshotSizes>,
    /// The sizes of the current state.
    current: HeldView,
    /// The files that are still to be merged.
    unmerged: Vec<UnmergedView>,
    /// Why something is not known.
    pub(crate) unknown: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct SnapshotSizes {
    #[serde(flatten)]
    snapshot: SnapshotRef,
    #[serde(flatten)]
    held: HeldView,
    /// What those that depend on it directly have written since, in bytes; this is merged where there is one.
    since_bytes: Option<u64>,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct HeldView {
    /// The size of its files in bytes: of a snapshot those that were frozen when it was taken, of the current state those
    /// written to; null if it is not known.
    bytes: Option<u64>,
    /// The files of each disk.
    chains: Vec<ChainView>,
}

/// The files of one disk, that of the settings first.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ChainView {
    /// The files, each on top of the next.
    files: Vec<FileView>,
    /// True if the last file has no parent.
    whole: bool,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct FileView {
    /// Path of the file on the host.
    path: String,
    /// Its size in bytes.
    bytes: Option<u64>,
    /// Path of its parent; null if it has none, or it is not known.
    parent: Option<String>,
}

/// A file that no settings name, under a file that a snapshot made.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct UnmergedView {
    /// Path of the file that is to take the others in.
    into: String,
    /// Paths of the files that are to be merged into it.
    from: Vec<String>,
    /// True if it stays because two or more files depend on it.
    kept: bool,
}

impl SizesView {
    pub(crate) fn new(tree: &SnapshotTree, usage: &DiskUsage) -> Self {
        let snapshots = tree.snapshots().iter().map(|snapshot| SnapshotSizes {
            snapshot: snapshot.into(),
            held: HeldView::new(&usage.frozen(snapshot.id()), &usage.of(snapshot.id())),
            since_bytes: usage.since(tree, snapshot).exact(),
        });
        let mut unknown = usage.problems();
        let frozen = tree.snapshots().iter().map(|snapshot| usage.frozen(snapshot.id()));
        for bytes in frozen.chain([usage.written_now()]) {
            for why in bytes.reasons() {
                if !unknown.contains(why) {
                    unknown.push(why.clone());
                }
            }
        }
        Self {
            snapshots: snapshots.collect(),
            current: HeldView::new(&usage.written_now(), &usage.current()),
            unmerged: usage.unmerged().iter().map(UnmergedView::from).collect(),
            unknown,
        }
    }
}

impl HeldView {
    fn new(bytes: &Bytes, chains: &[DiskChain]) -> Self {
        Self { bytes: bytes.exact(), chains: chains.iter().map(ChainView::from).collect() }
    }
}

impl From<&DiskChain> for ChainView {
    fn from(chain: &DiskChain) -> Self {
        let file = |file: &hvsnap::hyperv::DiskFile| FileView {
            path: file.path.clone(),
            bytes: file.size.exact(),
            parent: match &file.parent {
                ParentFile::File(parent) => Some(parent.clone()),
                _ => None,
            },
        };
        Self { files: chain.files.iter().map(file).collect(), whole: chain.end == ChainEnd::Whole }
    }
}

impl From<&UnmergedFile> for UnmergedView {
    fn from(file: &UnmergedFile) -> Self {
        Self {
            into: file.into.clone(),
            from: file.from.iter().map(|from| from.path.clone()).collect(),
            kept: file.is_kept(),
        }
    }
}
