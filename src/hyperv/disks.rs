//! Virtual disks of settings, and what they show of the merge after a destroy.
//!
//! A snapshot freezes the file that the VM wrote to; later writes go to a new file whose parent is the frozen one.
//! When a snapshot is deleted and one dependent remains, the host merges the dependent's file into the frozen one and points the
//! dependent's settings at it. So the merge is over when the dependent's disks are the frozen files again (observed for the
//! current state of a VM: the disk points back to its parent; for a dependent snapshot by analogy). Paths are compared without
//! regard to case and otherwise literally, because hosts store them as given. Pure.

use std::collections::HashMap;

use crate::{
    cim::Instance,
    hyperv::plan::{DestroyPlan, DestroyScope, MergeExpectation},
    schema::names::SETTING_ID_PREFIX,
    violation::{ProtocolError, Violation},
};

/// The maximum number of settings in one query for disks: a longer condition may exceed a WMI quota.
pub(crate) const MOST_SETTINGS: usize = 20;
/// The file extensions of virtual disks.
const EXTENSIONS: [&str; 5] = [".vhd", ".vhdx", ".avhd", ".avhdx", ".vhds"];
/// The file extensions of disks that a snapshot creates; only these are merged.
const OF_SNAPSHOTS: [&str; 2] = [".avhd", ".avhdx"];

/// A disk of some settings: `Msvm_StorageAllocationSettingData`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Disk {
    /// `InstanceID`: that of the settings, a backslash, and the position of the disk.
    pub(crate) id: String,
    /// `HostResource`: the path of the file.
    pub(crate) file: String,
}

impl Disk {
    /// Reads an instance; `None` if it is not a virtual disk with a file.
    ///
    /// # Errors
    /// If `InstanceID` or `HostResource` cannot be read.
    pub(crate) fn from_instance(instance: &Instance<'_>) -> Result<Option<Self>, ProtocolError> {
        let bad = |detail: String| ProtocolError::new(Violation::BadProperty, detail);
        let id = instance.read::<String>("InstanceID").map_err(|error| bad(error.to_string()))?;
        let files = instance.list::<String>("HostResource").map_err(|error| bad(error.to_string()))?;
        let Some(id) = id else {
            return Err(bad(format!("{}.InstanceID is missing", instance.class())));
        };
        let file = files.into_iter().find(|file| is_virtual_disk(file));
        Ok(file.map(|file| Self { id, file }))
    }

    /// The `InstanceID` of the settings.
    pub(crate) fn settings(&self) -> Option<&str> {
        self.id.split('\\').next().filter(|settings| !settings.is_empty())
    }

    /// The files of the disks of these settings.
    pub(crate) fn files_of(disks: &[Self], settings: &str) -> Vec<String> {
        disks.iter().filter(|disk| disk.is_of(settings)).map(|disk| disk.file.clone()).collect()
    }

    /// True if it is of these settings.
    pub(crate) fn is_of(&self, settings: &str) -> bool {
        let head = self.id.get(..settings.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(settings))
    }
}

/// No settings have more disks than this: a VM has four controllers for 64 disks each, and two for two.
const MOST_DISKS: usize = 512;

/// The longest path that is followed. Windows has longer ones; such a file is unknown.
pub(crate) const LONGEST_PATH: usize = 4 * 1024;

/// These disks, if no settings have more than a VM can have.
///
/// # Errors
/// If some do.
pub(crate) fn bounded(disks: Vec<Disk>) -> Result<Vec<Disk>, ProtocolError> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for settings in disks.iter().filter_map(Disk::settings) {
        let count = counts.entry(settings.to_ascii_lowercase()).or_default();
        *count += 1;
        if *count > MOST_DISKS {
            let detail = format!("more than {MOST_DISKS} disks of {settings}");
            return Err(ProtocolError::new(Violation::TooManyItems, detail));
        }
    }
    Ok(disks)
}

fn is_virtual_disk(file: &str) -> bool {
    ends_with(file, &EXTENSIONS)
}

/// True for a file that a snapshot created; a disk that was added to the VM after the snapshot has none, and is not merged.
pub(crate) fn is_of_snapshot(file: &str) -> bool {
    ends_with(file, &OF_SNAPSHOTS)
}

fn ends_with(file: &str, extensions: &[&str]) -> bool {
    let file = file.to_ascii_lowercase();
    extensions.iter().any(|extension| file.ends_with(extension))
}

/// The settings whose disks are read before a destroy, to detect its merge afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MergeScope {
    /// `InstanceID` of the settings whose disks will be merged: a snapshot's or the VM's own.
    pub(crate) dependent: String,
    /// `InstanceID` of the snapshot whose files they are merged into.
    pub(crate) target: String,
    /// `InstanceID`s of the other snapshots that are destroyed.
    others: Vec<String>,
}

impl MergeScope {
    /// `None` if the plan expects no merge, or one that the disks cannot show.
    pub(crate) fn of(plan: &DestroyPlan) -> Option<Self> {
        if plan.merge_expectation() != MergeExpectation::Merge {
            return None;
        }
        let child = match plan.scope() {
            DestroyScope::Single => plan.reparented().next().map(|snapshot| snapshot.id().to_string()),
            DestroyScope::Tree => None,
        };
        let target = plan.target().id().to_string();
        let others: Vec<String> =
            plan.destroyed().iter().skip(1).map(|snapshot| snapshot.id().to_string()).collect();
        (others.len() + 2 <= MOST_SETTINGS).then(|| Self {
            dependent: child.unwrap_or_else(|| format!("{SETTING_ID_PREFIX}{}", plan.vm_id())),
            target,
            others,
        })
    }

    /// All settings whose disks are read.
    pub(crate) fn settings(&self) -> impl Iterator<Item = &str> {
        [&self.dependent, &self.target].into_iter().chain(&self.others).map(String::as_str)
    }

    /// The disks before the call; `None` if not all of them are visible.
    pub(crate) fn before(&self, disks: &[Disk]) -> Option<MergingDisks> {
        let of = |settings: &str| Disk::files_of(disks, settings);
        let (into, mut merging) = (of(&self.target), of(&self.dependent));
        if into.is_empty() || merging.is_empty() {
            return None;
        }
        merging.extend(self.others.iter().flat_map(|settings| of(settings)));
        merging.retain(|file| is_of_snapshot(file) && !contains(&into, file));
        (!merging.is_empty()).then(|| MergingDisks { dependent: self.dependent.clone(), merging, into })
    }
}

/// The disks that a destroy merges, as they were before the call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MergingDisks {
    /// `InstanceID` of the settings whose disks are merged: a snapshot's or the VM's own.
    pub dependent: String,
    /// Files that are merged and then removed.
    pub merging: Vec<String>,
    /// Files that they are merged into.
    pub into: Vec<String>,
}

/// What the disks show afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DiskReading {
    /// None of them is a file to be merged, and all are files that the merge ends in.
    Merged,
    /// One of them still is a file to be merged.
    NotMerged,
    /// These are other files; the chain of their parents decides.
    Elsewhere(Vec<String>),
    /// The settings show no disk.
    NotSeen,
}

impl MergingDisks {
    /// What `disks`, read after the call, show.
    pub(crate) fn reading(&self, disks: &[Disk]) -> DiskReading {
        let files: Vec<&String> =
            disks.iter().filter(|disk| disk.is_of(&self.dependent)).map(|disk| &disk.file).collect();
        if files.is_empty() {
            return DiskReading::NotSeen;
        }
        if files.iter().any(|file| self.is_merging(file)) {
            return DiskReading::NotMerged;
        }
        let is_elsewhere = |file: &&String| is_of_snapshot(file) && !contains(&self.into, file);
        let elsewhere: Vec<String> = files.into_iter().filter(is_elsewhere).cloned().collect();
        if elsewhere.is_empty() { DiskReading::Merged } else { DiskReading::Elsewhere(elsewhere) }
    }

    /// True for a file that is merged and then removed.
    pub(crate) fn is_merging(&self, file: &str) -> bool {
        contains(&self.merging, file)
    }
}

fn contains(files: &[String], file: &str) -> bool {
    files.iter().any(|known| known.eq_ignore_ascii_case(file))
}

/// `ParentPath` of `Msvm_VirtualHardDiskSettingData`, resolved against the folder of the file that names it; `None` without one.
pub(crate) fn parent_file(file: &str, parent: &str) -> Option<String> {
    let parent = parent.trim();
    if parent.is_empty() {
        return None;
    }
    let is_absolute = parent.starts_with('\\') || parent.as_bytes().get(1) == Some(&b':');
    if is_absolute {
        return Some(parent.to_owned());
    }
    let mut folders: Vec<&str> = file.split('\\').collect();
    folders.pop();
    for part in parent.split('\\') {
        match part {
            "." | "" => {}
            // As Windows does, not above the volume or the share.
            ".." => {
                if folders.len() > 1 && folders.last().is_some_and(|last| !last.is_empty()) {
                    folders.pop();
                }
            }
            part => folders.push(part),
        }
    }
    Some(folders.join("\\"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk(settings: &str, place: u32, file: &str) -> Disk {
        Disk { id: format!("Microsoft:{settings}\\83F8638B\\{place}\\0\\D"), file: file.to_owned() }
    }

    fn scope() -> MergeScope {
        MergeScope {
            dependent: "Microsoft:VM".to_owned(),
            target: "Microsoft:S".to_owned(),
            others: vec!["Microsoft:T".to_owned()],
        }
    }

    fn before() -> MergingDisks {
        let disks = [
            disk("VM", 0, r"D:\a_2.avhdx"),
            disk("VM", 1, r"D:\b_2.avhdx"),
            disk("S", 0, r"D:\a.vhdx"),
            disk("S", 1, r"D:\b.vhdx"),
            disk("T", 0, r"D:\a_1.avhdx"),
            disk("T", 1, r"D:\b_1.avhdx"),
            disk("OTHER", 0, r"D:\c.vhdx"),
        ];
        scope().before(&disks).unwrap()
    }

    #[test]
    fn disks_are_merged_once_they_point_at_the_files_of_the_snapshot_that_went() {
        let before = before();
        assert_eq!(before.merging, [r"D:\a_2.avhdx", r"D:\b_2.avhdx", r"D:\a_1.avhdx", r"D:\b_1.avhdx"]);
        let half = [disk("vm", 0, r"d:\A.VHDX"), disk("vm", 1, r"D:\b_2.avhdx")];
        assert_eq!(before.reading(&half), DiskReading::NotMerged);
        let between = [disk("VM", 0, r"D:\a.vhdx"), disk("VM", 1, r"D:\b_1.avhdx")];
        assert_eq!(before.reading(&between), DiskReading::NotMerged);
        let all = [disk("VM", 0, r"D:\a.vhdx"), disk("VM", 1, r"D:\b.vhdx")];
        assert_eq!(before.reading(&all), DiskReading::Merged);
    }

    #[test]
    fn a_file_that_was_not_there_before_is_decided_by_its_parents_and_no_disk_at_all_by_nothing() {
        let before = before();
        let newer = [disk("VM", 0, r"D:\a_3.avhdx"), disk("VM", 1, r"D:\b.vhdx")];
        assert_eq!(before.reading(&newer), DiskReading::Elsewhere(vec![r"D:\a_3.avhdx".to_owned()]));
        assert_eq!(before.reading(&[disk("S", 0, r"D:\a.vhdx")]), DiskReading::NotSeen);
    }

    #[test]
    fn a_disk_that_was_added_after_the_snapshot_is_not_merged() {
        let added = disk("VM", 2, r"D:\new.vhdx");
        let disks = [disk("VM", 0, r"D:\a_1.avhdx"), added.clone(), disk("S", 0, r"D:\a.vhdx")];
        let before = scope().before(&disks).unwrap();
        assert_eq!(before.merging, [r"D:\a_1.avhdx"]);
        assert_eq!(before.reading(&[disk("VM", 0, r"D:\a.vhdx"), added.clone()]), DiskReading::Merged);
        assert_eq!(before.reading(&[disk("VM", 0, r"D:\a_1.avhdx"), added]), DiskReading::NotMerged);
    }

    #[test]
    fn without_all_disks_nothing_is_known_before() {
        assert_eq!(scope().before(&[disk("VM", 0, r"D:\a_2.avhdx")]), None);
        assert_eq!(scope().before(&[disk("S", 0, r"D:\a.vhdx")]), None);
        // A disk that the snapshot does not cover is not merged.
        let same = [disk("VM", 0, r"D:\shared.vhdx"), disk("S", 0, r"D:\shared.vhdx")];
        assert_eq!(scope().before(&same), None);
    }

    #[test]
    fn a_parent_path_may_be_relative() {
        assert_eq!(parent_file(r"D:\vm\a_1.avhdx", ""), None);
        assert_eq!(parent_file(r"D:\vm\a_1.avhdx", r".\a.vhdx").unwrap(), r"D:\vm\a.vhdx");
        assert_eq!(parent_file(r"D:\vm\s\a_1.avhdx", r"..\a.vhdx").unwrap(), r"D:\vm\a.vhdx");
        assert_eq!(parent_file(r"D:\a_1.avhdx", r"..\..\a.vhdx").unwrap(), r"D:\a.vhdx");
        assert_eq!(parent_file(r"\\srv\vm\a_1.avhdx", r".\b\a.vhdx").unwrap(), r"\\srv\vm\b\a.vhdx");
        assert_eq!(parent_file(r"D:\vm\a_1.avhdx", r"E:\a.vhdx").unwrap(), r"E:\a.vhdx");
        assert_eq!(parent_file(r"D:\vm\a_1.avhdx", r"\\srv\a.vhdx").unwrap(), r"\\srv\a.vhdx");
    }
}
