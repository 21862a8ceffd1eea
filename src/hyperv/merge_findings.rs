//! What a look at the disks of a VM finds out of merging: what runs, what failed, what is switched off, what was left over.
//!
//! Pure: from the VM, its tree, its disks, its jobs and its merge setting. What was not read is no finding.

use crate::{
    cim::Timestamp,
    hyperv::{
        DiskUsage, JobRecord, MergeSetting, SnapshotKind, SnapshotName, SnapshotTree, UnmergedFile,
        VmActivity, VmRecord, disks::is_of_snapshot, merge::is_merge,
    },
};

/// One finding.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum MergeFinding {
    /// The VM's status shows a merge, or a job of one has not ended; with that job, if there is one.
    Running(Option<Box<JobRecord>>),
    /// The last merge job ended badly.
    Failed(Box<JobRecord>),
    /// Merging is switched off for the VM.
    SwitchedOff,
    /// A file that no snapshot explains is under one that a snapshot made, and is not merged.
    Unmerged(UnmergedFile),
    /// By its name a snapshot made this file, but the settings that name it have no parent. Told where chains are not read.
    Unexplained {
        /// `InstanceID` of the settings: a snapshot's, or the VM's own.
        settings: String,
        /// The file.
        file: String,
    },
    /// A snapshot of a backup.
    Backup {
        /// The snapshot.
        snapshot: SnapshotName,
        /// When it was taken.
        created: Option<Timestamp>,
    },
    /// So many reference points of backups. They are usual; one that was left over may keep a file open.
    ReferencePoints(usize),
    /// Something is not known, and why.
    Unknown(String),
}

impl MergeFinding {
    /// The name, for programs.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Running(_) => "running",
            Self::Failed(_) => "failed",
            Self::SwitchedOff => "switched_off",
            Self::Unmerged(_) => "unmerged",
            Self::Unexplained { .. } => "unexplained",
            Self::Backup { .. } => "backup",
            Self::ReferencePoints(_) => "reference_points",
            Self::Unknown(_) => "unknown",
        }
    }
}

/// What is found out of the merging of one VM's disks.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct VmMerges {
    /// The VM.
    pub vm: VmRecord,
    /// Whether its disks may merge; `None` if the host does not show that.
    pub setting: Option<MergeSetting>,
    /// The findings.
    pub findings: Vec<MergeFinding>,
    /// The disks, as far as they were read.
    pub disks: DiskUsage,
    /// The snapshots; `None` if they were not read.
    pub tree: Option<SnapshotTree>,
}

/// What is read of a VM.
pub(crate) struct Merging<'m> {
    pub(crate) vm: &'m VmRecord,
    pub(crate) tree: Option<&'m SnapshotTree>,
    pub(crate) disks: &'m DiskUsage,
    /// True if the chains were read too.
    pub(crate) has_chains: bool,
    pub(crate) setting: Option<&'m MergeSetting>,
    /// The jobs of the VM.
    pub(crate) jobs: &'m [JobRecord],
    pub(crate) reference_points: usize,
}

impl Merging<'_> {
    pub(crate) fn findings(&self) -> Vec<MergeFinding> {
        let mut found: Vec<MergeFinding> = self.jobs().into_iter().collect();
        if self.setting.is_some_and(|setting| setting.is_enabled == Some(false)) {
            found.push(MergeFinding::SwitchedOff);
        }
        if self.has_chains {
            let unmerged = self.disks.unmerged().into_iter().filter(|file| !file.is_kept());
            found.extend(unmerged.map(MergeFinding::Unmerged));
            found.extend(self.disks.problems().into_iter().map(MergeFinding::Unknown));
        } else {
            found.extend(self.unexplained());
        }
        let snapshots = self.tree.iter().flat_map(|tree| tree.snapshots());
        let backups = snapshots.filter(|snapshot| snapshot.kind == SnapshotKind::Recovery);
        found.extend(
            backups.map(|backup| MergeFinding::Backup { snapshot: backup.into(), created: backup.created }),
        );
        let points = Some(self.reference_points).filter(|points| *points > 0);
        found.extend(points.map(MergeFinding::ReferencePoints));
        found
    }

    /// What the VM's status and its jobs say.
    fn jobs(&self) -> Option<MergeFinding> {
        let merges: Vec<&JobRecord> = self.jobs.iter().filter(|job| is_merge(job)).collect();
        let boxed = |job: &&JobRecord| Box::new((*job).clone());
        if let Some(running) = merges.iter().find(|job| !job.has_ended()) {
            return Some(MergeFinding::Running(Some(boxed(running))));
        }
        if self.vm.is_doing(VmActivity::MERGING_DISKS) {
            return Some(MergeFinding::Running(None));
        }
        let last = merges.iter().max_by_key(|job| job.submitted.or(job.started));
        last.filter(|job| !job.has_succeeded()).map(|job| MergeFinding::Failed(boxed(job)))
    }

    /// Files that a snapshot made by their name, named by the only settings without a parent. Of several such settings none
    /// is unexplained: their files may all depend on the file of one snapshot that is gone.
    fn unexplained(&self) -> Vec<MergeFinding> {
        let Some(tree) = self.tree.filter(|tree| tree.knows_current()) else { return Vec::new() };
        let own = tree.current_id().is_none().then(|| self.disks.own_settings().to_owned());
        let roots: Vec<String> = tree.roots().map(|root| root.id().to_string()).chain(own).collect();
        let [settings] = roots.as_slice() else { return Vec::new() };
        let files = self.disks.heads(settings).iter().filter(|file| is_of_snapshot(file)).cloned();
        files.map(|file| MergeFinding::Unexplained { settings: settings.clone(), file }).collect()
    }
}

#[cfg(test)]
mod tests;
