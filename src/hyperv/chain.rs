//! Disk chains: the files of each snapshot and of the current state, how large they are, and what no snapshot explains.
//!
//! The settings of a snapshot, and those of the VM itself, name one file for each disk, the head of a chain: a differencing file
//! holds what was written since its parent was frozen, the last one of a chain is whole. A file that cannot be read is unknown;
//! that is never taken for the end of a chain. Pure.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::{
    hyperv::{
        Snapshot, SnapshotId, SnapshotTree,
        disks::{Disk, is_of_snapshot},
    },
    schema::names::SETTING_ID_PREFIX,
};

/// The longest chain that is followed: 50 checkpoints, and some for backups.
pub(crate) const LONGEST_CHAIN: usize = 64;

/// A sum of sizes in bytes, of which some may not be known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Bytes {
    at_least: u64,
    unknown: Vec<String>,
}

impl Bytes {
    /// What is known.
    pub(crate) fn of(bytes: u64) -> Self {
        Self { at_least: bytes, unknown: Vec::new() }
    }

    /// Nothing is known, and why.
    pub(crate) fn unknown(why: impl Into<String>) -> Self {
        Self { at_least: 0, unknown: vec![why.into()] }
    }

    /// The sum; `None` if a part of it is not known.
    pub fn exact(&self) -> Option<u64> {
        self.unknown.is_empty().then_some(self.at_least)
    }

    /// The sum of what is known.
    pub fn at_least(&self) -> u64 {
        self.at_least
    }

    /// Why it is not all known; each reason once.
    pub fn reasons(&self) -> &[String] {
        &self.unknown
    }

    /// True if it is known to be nothing.
    pub fn is_zero(&self) -> bool {
        self.exact() == Some(0)
    }

    /// The sum of both.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        self.at_least = self.at_least.saturating_add(other.at_least);
        for why in &other.unknown {
            if !self.unknown.contains(why) {
                self.unknown.push(why.clone());
            }
        }
        self
    }

    /// The larger one: not less than either, and as unknown as both.
    #[must_use]
    pub(crate) fn or_more(self, other: &Self) -> Self {
        let at_least = self.at_least.max(other.at_least);
        Self { at_least, ..self.plus(other) }
    }

    /// Not more than `most`.
    pub(crate) fn up_to(self, most: u64) -> Self {
        match self.exact() {
            Some(bytes) => Self::of(bytes.min(most)),
            // A limit that is reached already is reached whatever is missing.
            None if self.at_least >= most => Self::of(most),
            None => self,
        }
    }
}

/// The sum of several, each with its own reasons.
pub(crate) fn sum<'b>(all: impl IntoIterator<Item = &'b Bytes>) -> Bytes {
    all.into_iter().fold(Bytes::default(), Bytes::plus)
}

/// The parent of a virtual disk file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ParentFile {
    /// It has none: the file is whole.
    None,
    /// This file, with its folder.
    File(String),
    /// It was not read, or cannot be.
    Unknown(String),
}

/// A virtual disk file, as the image service of the host describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct DiskFile {
    /// The path, as the settings or the file above it name it.
    pub path: String,
    /// `FileSize`: what it takes on its volume.
    pub size: Bytes,
    /// `ParentPath`, resolved against the folder of the file.
    pub parent: ParentFile,
    /// `MaxInternalSize`: the size of the disk, as the guest sees it; `None` if that was not read.
    pub capacity: Option<u64>,
    /// Whether the host was asked for the size, and for the parent.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) asked: Asked,
}

/// What the host was asked about a file, whatever it answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) size: bool,
    pub(crate) parent: bool,
}

impl DiskFile {
    /// A file of which nothing is known, and why.
    pub(crate) fn unread(path: &str, why: &str) -> Self {
        let size = Bytes::unknown(format!("{path}: {why}"));
        let parent = ParentFile::Unknown(why.to_owned());
        Self { path: path.to_owned(), size, parent, capacity: None, asked: Asked::default() }
    }
}

/// How a chain of files ends.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ChainEnd {
    /// In a file without a parent.
    Whole,
    /// It is not known what comes after the last file.
    Unknown(String),
}

/// The files of one disk: the one that the settings name, its parent, and so on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct DiskChain {
    /// The files, that of the settings first.
    pub files: Vec<DiskFile>,
    /// What is after the last one.
    pub end: ChainEnd,
}

/// A file that no settings name, under a file that a snapshot made: the host merges the latter into it, or is to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct UnmergedFile {
    /// The file that stays.
    pub into: String,
    /// The files on top of it, which are merged into it once there is only one.
    pub from: Vec<DiskFile>,
    /// The `InstanceID` of the settings in whose chains it is.
    pub settings: Vec<String>,
}

impl UnmergedFile {
    /// True if the host keeps it, because two or more files depend on it.
    pub fn is_kept(&self) -> bool {
        self.from.len() > 1
    }
}

/// The files of one disk above a file that a snapshot froze.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Above {
    /// The topmost first.
    pub(crate) files: Vec<DiskFile>,
    /// The file that the snapshot froze.
    pub(crate) base: String,
}

/// The disks of a VM: the chain of each snapshot and of the current state.
#[derive(Clone, Debug, Default)]
pub struct DiskUsage {
    own_settings: String,
    disks: Vec<Disk>,
    /// The files of all settings, by their folded `InstanceID`.
    heads: HashMap<String, Vec<String>>,
    /// By folded path.
    files: HashMap<String, DiskFile>,
}

impl DiskUsage {
    /// The disks of the VM `vm_id`, of which no file is read yet.
    pub(crate) fn new(vm_id: &str, disks: Vec<Disk>) -> Self {
        Self::of_parts(format!("{SETTING_ID_PREFIX}{vm_id}"), disks, HashMap::new())
    }

    fn of_parts(own_settings: String, disks: Vec<Disk>, files: HashMap<String, DiskFile>) -> Self {
        let mut heads: HashMap<String, Vec<String>> = HashMap::new();
        let mut seen = HashSet::new();
        for disk in &disks {
            let Some(settings) = disk.settings().map(str::to_ascii_lowercase) else { continue };
            if seen.insert((settings.clone(), folded(&disk.file))) {
                heads.entry(settings).or_default().push(disk.file.clone());
            }
        }
        Self { own_settings, disks, heads, files }
    }

    /// One more file, under the name that leads to it.
    pub(crate) fn insert(&mut self, file: DiskFile) {
        self.files.insert(folded(&file.path), file);
    }

    /// What is known of a file; `None` if it was not read.
    pub fn file(&self, path: &str) -> Option<&DiskFile> {
        self.files.get(&folded(path))
    }

    /// The files that the settings with this `InstanceID` name.
    pub(crate) fn heads(&self, settings: &str) -> &[String] {
        self.heads.get(&settings.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// The files that any settings name, each once.
    pub(crate) fn all_heads(&self) -> Vec<String> {
        let mut seen = HashSet::new();
        let heads = self.disks.iter().filter(|disk| seen.insert(folded(&disk.file)));
        heads.map(|disk| disk.file.clone()).collect()
    }

    /// The `InstanceID` of the VM's own settings.
    pub(crate) fn own_settings(&self) -> &str {
        &self.own_settings
    }

    /// The chains of the current state, one for each disk.
    pub fn current(&self) -> Vec<DiskChain> {
        self.chains(&self.own_settings)
    }

    /// The chains of a snapshot, one for each disk.
    pub fn of(&self, snapshot: &SnapshotId) -> Vec<DiskChain> {
        self.chains(snapshot.as_str())
    }

    pub(crate) fn chains(&self, settings: &str) -> Vec<DiskChain> {
        self.heads(settings).iter().map(|head| self.chain(head)).collect()
    }

    /// The chain that begins with a file.
    pub(crate) fn chain(&self, head: &str) -> DiskChain {
        let mut files: Vec<DiskFile> = Vec::new();
        let mut next = head.to_owned();
        let end = loop {
            if files.len() == LONGEST_CHAIN {
                break ChainEnd::Unknown(format!("more than {LONGEST_CHAIN} files in a chain"));
            }
            let Some(file) = self.file(&next) else {
                let file = DiskFile::unread(&next, "it was not read");
                files.push(file);
                break ChainEnd::Unknown("it was not read".to_owned());
            };
            files.push(file.clone());
            match file.parent.clone() {
                ParentFile::None => break ChainEnd::Whole,
                ParentFile::Unknown(why) => break ChainEnd::Unknown(why),
                ParentFile::File(parent) => next = parent,
            }
        };
        DiskChain { files, end }
    }

    /// What the disk files of a snapshot take: those that were frozen when it was taken, in which the VM wrote until then. For the
    /// first snapshot of a VM these are the whole disks. Saved memory is not counted.
    pub fn frozen(&self, snapshot: &SnapshotId) -> Bytes {
        self.heads_size(snapshot.as_str())
    }

    /// What the files take that the current state writes to.
    pub fn written_now(&self) -> Bytes {
        self.heads_size(&self.own_settings)
    }

    fn heads_size(&self, settings: &str) -> Bytes {
        let heads = self.heads(settings);
        sum(&heads.iter().map(|head| self.size(head)).collect::<Vec<_>>())
    }

    /// What was written since a snapshot by those that depend on it directly: the files on top of its own. That is what a destroy
    /// merges where there is one dependent; with two or more nothing is merged, and with none there is nothing.
    pub fn since(&self, tree: &SnapshotTree, snapshot: &Snapshot) -> Bytes {
        let children = tree.children(snapshot.id()).map(|child| child.id().as_str());
        let is_current = tree.current().is_some_and(|current| current.id() == snapshot.id());
        let dependents = children.chain(is_current.then_some(self.own_settings()));
        let mut on_top = Bytes::default();
        let mut seen = HashSet::new();
        for dependent in dependents {
            for above in self.above(dependent, snapshot.id().as_str()) {
                match above {
                    Ok(Above { files, .. }) => {
                        for file in files.iter().filter(|file| seen.insert(folded(&file.path))) {
                            on_top = on_top.plus(&file.size);
                        }
                    }
                    Err(why) => on_top = on_top.plus(&Bytes::unknown(why)),
                }
            }
        }
        on_top
    }

    /// For each disk of `settings` the files above the one of `base`; without those disks that `base` has not.
    pub(crate) fn above(&self, settings: &str, base: &str) -> Vec<Result<Above, String>> {
        let ends: HashSet<String> = self.heads(base).iter().map(|file| folded(file)).collect();
        let chains = self.heads(settings).iter().filter_map(|head| {
            let mut files = Vec::new();
            let DiskChain { files: all, end } = self.chain(head);
            for file in all {
                if ends.contains(&folded(&file.path)) {
                    return Some(Ok(Above { files, base: file.path }));
                }
                files.push(file);
            }
            match end {
                // Its parent may have another name than the one in the settings of `base`.
                ChainEnd::Whole if is_of_snapshot(head) && !ends.is_empty() => {
                    Some(Err(format!("{head}: its parents do not lead to a file of the snapshot")))
                }
                ChainEnd::Whole => None,
                ChainEnd::Unknown(why) => {
                    let last = files.last().map_or(head.as_str(), |file| file.path.as_str());
                    Some(Err(format!("{last}: {why}")))
                }
            }
        });
        chains.collect()
    }

    /// The size of a file.
    pub(crate) fn size(&self, path: &str) -> Bytes {
        self.file(path)
            .map_or_else(|| Bytes::unknown(format!("{path}: it was not read")), |file| file.size.clone())
    }

    /// The files in the chains of all settings that no settings name, where a snapshot's file is on top of them: what is still to
    /// be merged, or stays because two or more depend on it. The parent of a disk that was made as a differencing disk is none.
    pub fn unmerged(&self) -> Vec<UnmergedFile> {
        let settings: Vec<&str> = self.disks.iter().filter_map(Disk::settings).collect();
        let settings: Vec<&str> = unique(settings);
        let named: HashSet<String> = self.disks.iter().map(|disk| folded(&disk.file)).collect();
        let mut found: BTreeMap<String, UnmergedFile> = BTreeMap::new();
        for of in settings {
            for chain in self.chains(of) {
                let pairs = chain.files.iter().zip(chain.files.iter().skip(1));
                for (above, file) in pairs {
                    let key = folded(&file.path);
                    if named.contains(&key) || !is_of_snapshot(&above.path) {
                        continue;
                    }
                    let known = found.entry(key).or_insert_with(|| UnmergedFile {
                        into: file.path.clone(),
                        from: Vec::new(),
                        settings: Vec::new(),
                    });
                    if !known.from.iter().any(|from| folded(&from.path) == folded(&above.path)) {
                        known.from.push(above.clone());
                    }
                    if !known.settings.iter().any(|known| known.eq_ignore_ascii_case(of)) {
                        known.settings.push(of.to_owned());
                    }
                }
            }
        }
        found.into_values().collect()
    }

    /// Why chains are not known to their ends; each reason once.
    pub fn problems(&self) -> Vec<String> {
        let (mut problems, mut told) = (Vec::new(), HashSet::new());
        let mut seen = HashSet::new();
        for disk in self.disks.iter().filter(|disk| seen.insert(folded(&disk.file))) {
            let DiskChain { files, end } = self.chain(&disk.file);
            if let (Some(last), ChainEnd::Unknown(why)) = (files.last(), end) {
                let problem = format!("{}: {why}", last.path);
                if told.insert(problem.clone()) {
                    problems.push(problem);
                }
            }
        }
        problems
    }

    /// The same with other files and other disks.
    pub(super) fn with(&self, disks: Vec<Disk>, files: HashMap<String, DiskFile>) -> Self {
        Self::of_parts(self.own_settings.clone(), disks, files)
    }

    pub(super) fn parts(&self) -> (&[Disk], &HashMap<String, DiskFile>) {
        (&self.disks, &self.files)
    }
}

/// Paths are compared without regard to case.
pub(super) fn folded(path: &str) -> String {
    path.to_lowercase()
}

fn unique(all: Vec<&str>) -> Vec<&str> {
    let mut seen = HashSet::new();
    all.into_iter().filter(|one| seen.insert(one.to_ascii_lowercase())).collect()
}
