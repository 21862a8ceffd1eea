//! Names that commands have read lately, for completions: one small file for each host and user, in the system's cache folder.
//!
//! Only names of VMs and snapshots and ids of jobs; readable by the user only; bounded in size, number and age. Nothing else
//! relies on it, so an error here is no error of the command.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy as _;
use hvsnap::{SystemClock, clock::Clock as _, hyperv::SnapshotTree};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// How long names are offered, and files are kept.
const HOURS: u64 = 8;
/// How long jobs are offered; a host forgets them five minutes after their end.
const JOB_MINUTES: u64 = 15;
const LARGEST: u64 = 1024 * 1024;
const MOST_VMS: usize = 2_000;
const MOST_OF_VM: usize = 200;
const MOST_JOBS: usize = 200;
const MOST_FILES: usize = 50;
const LONGEST_NAME: usize = 500;

/// Whose names they are: a host and a user.
#[derive(Clone, Debug)]
pub(crate) struct Owner(pub(crate) String);

/// The names read by a command, or before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recent {
    /// Seconds since 1970 of the last write.
    #[serde(default)]
    at: u64,
    /// The VMs, by name, with the snapshots that were read.
    #[serde(default)]
    pub(crate) vms: BTreeMap<String, Vec<String>>,
    /// True if these are all VMs.
    #[serde(skip)]
    are_all: bool,
    #[serde(default)]
    pub(crate) jobs: Vec<String>,
    /// Seconds since 1970 when the jobs were read.
    #[serde(default)]
    jobs_at: u64,
}

impl Recent {
    /// All VMs of the host.
    pub(crate) fn all_vms<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        self.are_all = true;
        self.vms.extend(names.map(|name| (name.to_owned(), Vec::new())));
    }

    /// The snapshots of a VM.
    pub(crate) fn tree(&mut self, tree: &SnapshotTree) {
        let labels = tree.snapshots().iter().map(|snapshot| tree.label(snapshot)).collect();
        self.vms.insert(tree.vm_name().to_owned(), labels);
    }

    /// The jobs of the host.
    pub(crate) fn jobs<'n>(&mut self, ids: impl Iterator<Item = &'n str>) {
        self.jobs_at = now();
        self.jobs = ids.map(str::to_owned).collect();
    }

    /// Adds what was read to what is known of this owner.
    pub(crate) fn store(self, owner: &Owner) {
        let is_empty = self.vms.is_empty() && !self.are_all && self.jobs_at == 0;
        if let (false, Some(folder)) = (is_empty, folder()) {
            // Without it there are no completions, and nothing else is lost.
            let _ = self.write(&folder, owner);
        }
    }

    /// What is known of this owner and not too old.
    pub(crate) fn of(owner: &Owner) -> Self {
        folder().and_then(|folder| Self::read(&folder.join(owner.file()))).unwrap_or_default()
    }

    fn read(path: &Path) -> Option<Self> {
        // A FIFO would block.
        if !fs::symlink_metadata(path).ok()?.is_file() {
            return None;
        }
        let mut text = String::new();
        File::open(path).ok()?.take(LARGEST).read_to_string(&mut text).ok()?;
        let mut recent: Self = serde_json::from_str(&text).ok()?;
        let age = |at: u64| now().abs_diff(at);
        if age(recent.jobs_at) > JOB_MINUTES * 60 {
            recent.jobs.clear();
        }
        (age(recent.at) <= HOURS * 3600).then_some(recent)
    }

    fn write(mut self, folder: &Path, owner: &Owner) -> std::io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
        let path = folder.join(owner.file());
        self.merge(Self::read(&path).unwrap_or_default());
        let text = serde_json::to_string(&self)?;
        if u64::try_from(text.len()).is_ok_and(|length| length > LARGEST) {
            return Ok(());
        }
        remove_old(folder)?;
        let new = path.with_extension(format!("new-{}", std::process::id()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&new).and_then(|mut file| file.write_all(text.as_bytes()));
        let written = written.and_then(|()| fs::rename(&new, &path));
        if written.is_err() {
            let _ = fs::remove_file(&new);
        }
        written
    }

    /// Completes this by what was known.
    fn merge(&mut self, known: Self) {
        self.at = now();
        for (vm, snapshots) in known.vms {
            match self.vms.get_mut(&vm) {
                // A list of VMs reads no snapshots.
                Some(of_vm) if of_vm.is_empty() && self.are_all => *of_vm = snapshots,
                None if !self.are_all => {
                    self.vms.insert(vm, snapshots);
                }
                _ => {}
            }
        }
        if self.jobs_at == 0 {
            (self.jobs, self.jobs_at) = (known.jobs, known.jobs_at);
        }
        let is_short = |name: &String| name.len() <= LONGEST_NAME;
        self.vms =
            std::mem::take(&mut self.vms).into_iter().filter(|(vm, _)| is_short(vm)).take(MOST_VMS).collect();
        for snapshots in self.vms.values_mut() {
            snapshots.retain(is_short);
            snapshots.truncate(MOST_OF_VM);
        }
        self.jobs.retain(is_short);
        self.jobs.truncate(MOST_JOBS);
    }
}

impl Owner {
    fn file(&self) -> String {
        let hash = Sha256::digest(self.0.as_bytes());
        let name: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        format!("{name}.json")
    }
}

/// Removes files that are too old or too many.
fn remove_old(folder: &Path) -> std::io::Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        files.push((Recent::read(&path).map(|recent| recent.at), path));
    }
    // What is no such file, or is too old, comes first.
    files.sort();
    let too_many = files.len().saturating_sub(MOST_FILES);
    for (at, (written, path)) in files.iter().enumerate() {
        if at >= too_many && written.is_some() {
            continue;
        }
        // Another process may have removed it.
        let _ = fs::remove_file(path);
    }
    Ok(())
}

fn folder() -> Option<PathBuf> {
    let folders = etcetera::base_strategy::choose_native_strategy().ok()?;
    Some(folders.cache_dir().join("hvsnap").join("completion"))
}

fn now() -> u64 {
    SystemClock::new().wall().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recent(vms: &[(&str, &[&str])]) -> Recent {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Recent {
            vms: vms.iter().map(|(vm, names)| ((*vm).to_owned(), owned(names))).collect(),
            ..Recent::default()
        }
    }

    #[test]
    fn a_list_of_all_vms_forgets_those_that_are_gone_and_keeps_the_snapshots_of_the_others() {
        let mut list = Recent::default();
        list.all_vms(["web-01", "db-01"].into_iter());
        list.merge(recent(&[("web-01", &["base"]), ("gone-01", &["x"])]));
        assert_eq!(list.vms, recent(&[("web-01", &["base"]), ("db-01", &[])]).vms);
        let mut tree = recent(&[("web-01", &["base", "base/new"])]);
        tree.merge(recent(&[("web-01", &["base"]), ("db-01", &[])]));
        assert_eq!(tree.vms, recent(&[("web-01", &["base", "base/new"]), ("db-01", &[])]).vms);
        // All snapshots may be gone.
        let mut bare = recent(&[("web-01", &[])]);
        bare.merge(recent(&[("web-01", &["base"])]));
        assert_eq!(bare.vms, recent(&[("web-01", &[])]).vms);
    }

    #[test]
    fn size_and_number_are_bounded() {
        let mut many = Recent::default();
        let names: Vec<String> = (0..MOST_VMS + 5).map(|number| format!("vm-{number:05}")).collect();
        many.all_vms(names.iter().map(String::as_str).chain(["x".repeat(LONGEST_NAME + 1).as_str()]));
        many.merge(Recent::default());
        assert_eq!(many.vms.len(), MOST_VMS);
        let mut deep = recent(&[("web-01", &["x"; MOST_OF_VM + 1])]);
        deep.merge(Recent::default());
        assert_eq!(deep.vms["web-01"].len(), MOST_OF_VM);
    }
}
