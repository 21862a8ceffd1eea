//! What a destroy costs: the bytes that the host merges afterwards, those that it frees, and the space that merging may need.
//!
//! By the chains as they are: a dependent's files merge into the file that the snapshot froze. How many blocks both files have is
//! not known before, so the sizes are those of the files, and the need is the most that the file may grow by. Of several destroys
//! each is told of what the ones before it leave. Pure; nothing of it is in a fingerprint.

use std::collections::{HashMap, HashSet};

use crate::hyperv::{
    Bytes, DestroyPlan, DestroyScope, DiskUsage, MergeExpectation, Volume,
    chain::{Above, DiskFile, ParentFile, folded, sum},
    disks::Disk,
};

/// Files that are merged into another.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct FileMerge {
    /// The files that are merged and go.
    pub from: Vec<String>,
    /// The file that stays.
    pub into: String,
    /// The size of the files that are merged.
    pub bytes: Bytes,
    /// The most that the file may grow by: not more than is merged, nor beyond the size of the disk.
    pub growth: Bytes,
}

/// The space that merging may need on one volume.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SpaceNeed {
    /// The name of the volume; of a file whose volume is not known, its path.
    pub volume: String,
    /// The free space; `None` if it is not known.
    pub free: Option<u64>,
    /// Why it is not known.
    pub unknown: Option<String>,
    /// The most that merging may need.
    pub needed: Bytes,
}

impl SpaceNeed {
    /// True if less is free than merging may need, as far as that is known.
    pub fn is_short(&self) -> bool {
        self.free.is_some_and(|free| free < self.needed.at_least())
    }
}

/// What a destroy costs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct DestroyCost {
    /// What is merged into what.
    pub merges: Vec<FileMerge>,
    /// The size of all files that are merged.
    pub merged: Bytes,
    /// The size of the disk files that are removed without a merge; saved memory is not counted.
    pub freed: Bytes,
    /// The free space where merging writes; empty if nothing is merged.
    pub space: Vec<SpaceNeed>,
}

impl DestroyCost {
    /// Nothing of it is known, and why.
    pub(crate) fn unknown(why: &str) -> Self {
        Self { merged: Bytes::unknown(why), freed: Bytes::unknown(why), ..Self::default() }
    }

    /// The cost of several destroys, one after the other: the sums, and for each volume the largest need, because each merge frees
    /// the files that it has merged.
    pub fn in_all(costs: &[Self]) -> Self {
        let mut all = Self::default();
        for cost in costs {
            all.merges.extend(cost.merges.iter().cloned());
            all.merged = all.merged.plus(&cost.merged);
            all.freed = all.freed.plus(&cost.freed);
            for need in &cost.space {
                let known =
                    all.space.iter_mut().find(|known| known.volume.eq_ignore_ascii_case(&need.volume));
                match known {
                    Some(known) => known.needed = std::mem::take(&mut known.needed).or_more(&need.needed),
                    None => all.space.push(need.clone()),
                }
            }
        }
        all
    }

    /// The same with the free space of the volumes that merging writes to; `Err` if they cannot be read, and why.
    pub(crate) fn with_space(mut self, volumes: &Result<Vec<Volume>, String>) -> Self {
        let mut space: Vec<SpaceNeed> = Vec::new();
        for merge in &self.merges {
            let volume = match volumes {
                Ok(volumes) => Volume::of(volumes, &merge.into),
                Err(why) => Err(why.clone()),
            };
            let (name, free, unknown) = match volume {
                Ok(Volume { name, free: Some(free), .. }) => (name.clone(), Some(*free), None),
                Ok(Volume { name, .. }) => (name.clone(), None, Some("the host does not say it".to_owned())),
                Err(why) => (merge.into.clone(), None, Some(why)),
            };
            match space.iter_mut().find(|known| known.volume.eq_ignore_ascii_case(&name)) {
                Some(known) => known.needed = std::mem::take(&mut known.needed).plus(&merge.growth),
                None => space.push(SpaceNeed { volume: name, free, unknown, needed: merge.growth.clone() }),
            }
        }
        self.space = space;
        self
    }
}

impl DiskUsage {
    /// The cost of destroys that are carried out one after the other; without the free space.
    pub(crate) fn costs(&self, plans: &[&DestroyPlan]) -> Vec<DestroyCost> {
        let mut usage = self.clone();
        let mut costs = Vec::new();
        for plan in plans {
            let cost = usage.cost(plan);
            usage = usage.after(plan, &cost);
            costs.push(cost);
        }
        costs
    }

    /// The settings whose disks are merged by a plan.
    pub(crate) fn dependent(&self, plan: &DestroyPlan) -> Option<String> {
        if plan.merge_expectation() != MergeExpectation::Merge {
            return None;
        }
        let child = match plan.scope() {
            DestroyScope::Single => plan.reparented().next().map(|snapshot| snapshot.id().to_string()),
            DestroyScope::Tree => None,
        };
        Some(child.unwrap_or_else(|| self.own_settings().to_owned()))
    }

    fn cost(&self, plan: &DestroyPlan) -> DestroyCost {
        let merges = match plan.merge_expectation() {
            MergeExpectation::Unknown => {
                return DestroyCost::unknown("the host does not say where the current state hangs");
            }
            MergeExpectation::Deferred => return DestroyCost::default(),
            MergeExpectation::None => Vec::new(),
            MergeExpectation::Merge => {
                let dependent = self.dependent(plan).unwrap_or_default();
                let target = plan.target().id().as_str();
                if self.heads(&dependent).is_empty() || self.heads(target).is_empty() {
                    return DestroyCost::unknown("the host shows no disks");
                }
                self.above(&dependent, target)
            }
        };
        let mut cost = DestroyCost::default();
        for merge in merges {
            match merge {
                Ok(Above { files, .. }) if files.is_empty() => {}
                Ok(Above { files, base }) => cost.merges.push(self.merge(&files, base)),
                Err(why) => cost.merged = cost.merged.plus(&Bytes::unknown(why)),
            }
        }
        cost.merged = cost.merged.plus(&sum(cost.merges.iter().map(|merge| &merge.bytes)));
        cost.freed = self.freed(plan, &cost);
        cost
    }

    fn merge(&self, files: &[DiskFile], into: String) -> FileMerge {
        let bytes = sum(files.iter().map(|file| &file.size));
        let capacity = files.iter().filter_map(|file| file.capacity).max();
        let room = capacity.zip(self.size(&into).exact()).map(|(most, size)| most.saturating_sub(size));
        let growth = room.map_or_else(|| bytes.clone(), |room| bytes.clone().up_to(room));
        FileMerge { from: files.iter().map(|file| file.path.clone()).collect(), into, bytes, growth }
    }

    /// The files of the snapshots that go, except those that merge, are merged into, or are named by other settings too.
    fn freed(&self, plan: &DestroyPlan, cost: &DestroyCost) -> Bytes {
        let (disks, _) = self.parts();
        let goes = |disk: &&Disk| plan.destroyed().iter().any(|snapshot| disk.is_of(snapshot.id().as_str()));
        let stays = disks.iter().filter(|disk| !goes(disk)).map(|disk| folded(&disk.file));
        let merged = cost.merges.iter().flat_map(|merge| merge.from.iter().chain([&merge.into]));
        let mut kept: HashSet<String> = stays.chain(merged.map(|file| folded(file))).collect();
        if plan.merge_expectation() == MergeExpectation::Merge {
            // Whatever is merged into them, or cannot be said to be.
            kept.extend(self.heads(plan.target().id().as_str()).iter().map(|file| folded(file)));
        }
        let mut freed = Bytes::default();
        for disk in disks.iter().filter(goes) {
            if kept.insert(folded(&disk.file)) {
                freed = freed.plus(&self.size(&disk.file));
            }
        }
        freed
    }

    /// The disks as a plan leaves them.
    fn after(&self, plan: &DestroyPlan, cost: &DestroyCost) -> Self {
        let (disks, files) = self.parts();
        let into: HashMap<String, &FileMerge> = cost
            .merges
            .iter()
            .flat_map(|merge| merge.from.iter().map(move |from| (folded(from), merge)))
            .collect();
        let place = |file: &str| into.get(&folded(file)).map_or(file, |merge| merge.into.as_str()).to_owned();
        let goes = |disk: &Disk| plan.destroyed().iter().any(|snapshot| disk.is_of(snapshot.id().as_str()));
        let disks = disks.iter().filter(|disk| !goes(disk));
        let disks = disks.map(|disk| Disk { file: place(&disk.file), ..disk.clone() }).collect();
        let mut left = HashMap::new();
        for (key, file) in files.iter().filter(|(key, _)| !into.contains_key(*key)) {
            let parent = match &file.parent {
                ParentFile::File(parent) => ParentFile::File(place(parent)),
                parent => parent.clone(),
            };
            left.insert(key.clone(), DiskFile { parent, ..file.clone() });
        }
        for merge in &cost.merges {
            if let Some(file) = left.get_mut(&folded(&merge.into)) {
                let capacity = merge.from.iter().filter_map(|from| self.file(from)?.capacity).max();
                file.capacity = file.capacity.or(capacity);
                let size = file.size.clone().plus(&merge.bytes);
                file.size = file.capacity.map_or(size.clone(), |most| size.up_to(most));
            }
        }
        self.with(disks, left)
    }
}

#[cfg(test)]
mod tests;
