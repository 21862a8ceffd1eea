//! The tree of a machine's snapshots: plain data, read at one moment.
//!
//! It never fetches, and nothing it returns is promised to be so a moment later; the fingerprint tells. Built from the
//! `Parent` of each snapshot and of the machine's own settings.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use sha2::{Digest, Sha256};

use crate::{
    hyperv::{
        find::{FindError, find_snapshot},
        snapshot::{Parent, SettingData, Snapshot, SnapshotId},
    },
    violation::{ProtocolError, Violation},
};

/// All snapshots of one machine.
#[derive(Clone, Debug)]
pub struct SnapshotTree {
    vm_id: String,
    vm_name: String,
    /// Parents before children, siblings by creation time and name.
    snapshots: Vec<Snapshot>,
    current: Option<SnapshotId>,
    /// The machine's own settings were not among what the host sent, or their parent cannot be read.
    current_unknown: bool,
}

/// Tells two states of a tree, or two plans, apart: everything that a destroy depends on goes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(u64);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl std::str::FromStr for Fingerprint {
    type Err = FingerprintError;

    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        let text = text.trim();
        // The parser would take a sign for a digit.
        let is_shown = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match u64::from_str_radix(text, 16) {
            Ok(number) if is_shown => Ok(Self(number)),
            _ => Err(FingerprintError),
        }
    }
}

/// A text that is no fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FingerprintError;

impl fmt::Display for FingerprintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a fingerprint is 16 hexadecimal digits, as shown with a plan")
    }
}

impl std::error::Error for FingerprintError {}

impl SnapshotTree {
    /// Builds the tree of the machine `vm_id` out of all its settings.
    pub(crate) fn build(
        vm_id: &str,
        vm_name: &str,
        settings: Vec<SettingData>,
    ) -> Result<Self, ProtocolError> {
        let (mut found, mut system) = (Vec::new(), None);
        for setting in settings {
            match setting {
                SettingData::System { parent } => system = Some(parent),
                SettingData::Snapshot(snapshot) => found.push(*snapshot),
                SettingData::Other => {}
            }
        }
        found.sort_by(|a, b| (a.created, &a.element_name).cmp(&(b.created, &b.element_name)));
        let mut ids = HashSet::new();
        if let Some(twice) = found.iter().find(|snapshot| !ids.insert(snapshot.id.folded())) {
            let detail = format!("two snapshots with the InstanceID {}", twice.id);
            return Err(ProtocolError::new(Violation::BadProperty, detail));
        }
        let current_unknown = !matches!(system, Some(Parent::Root | Parent::Of(_)));
        let current = match system {
            Some(Parent::Of(id)) => Some(id),
            _ => None,
        };
        Ok(Self {
            vm_id: vm_id.to_owned(),
            vm_name: vm_name.to_owned(),
            snapshots: in_tree_order(found)?,
            current,
            current_unknown,
        })
    }

    /// The machine's GUID.
    pub fn vm_id(&self) -> &str {
        &self.vm_id
    }

    /// The machine's name for people.
    pub fn vm_name(&self) -> &str {
        &self.vm_name
    }

    /// All snapshots: parents before children, siblings by age.
    pub fn snapshots(&self) -> &[Snapshot] {
        &self.snapshots
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.snapshots.len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.snapshots.is_empty()
    }

    /// The snapshot with this id.
    pub fn get(&self, id: &SnapshotId) -> Option<&Snapshot> {
        self.snapshots.iter().find(|snapshot| snapshot.id == *id)
    }

    /// The one snapshot that `wanted` names: by `InstanceID` (with or without `Microsoft:`), by name, or by the path of
    /// names from a root, joined by slashes.
    ///
    /// # Errors
    /// If there is none; then the error lists similar names. If there is more than one, as where one has the id of another
    /// as its name; then it lists all of them.
    pub fn find(&self, wanted: &str) -> Result<&Snapshot, FindError> {
        find_snapshot(self, wanted)
    }

    /// The snapshots without a parent in this tree.
    pub fn roots(&self) -> impl Iterator<Item = &Snapshot> {
        self.snapshots.iter().filter(|snapshot| self.parent_of(snapshot).is_none())
    }

    /// The snapshots directly under `id`.
    pub fn children<'t>(&'t self, id: &'t SnapshotId) -> impl Iterator<Item = &'t Snapshot> {
        self.snapshots.iter().filter(move |snapshot| snapshot.parent == Parent::Of(id.clone()))
    }

    /// The snapshot under which `snapshot` hangs.
    pub fn parent_of(&self, snapshot: &Snapshot) -> Option<&Snapshot> {
        match &snapshot.parent {
            Parent::Of(id) => self.get(id),
            _ => None,
        }
    }

    /// All that is under `id`, at any depth, parents before children.
    pub fn descendants(&self, id: &SnapshotId) -> Vec<&Snapshot> {
        let mut below: Vec<&Snapshot> = Vec::new();
        // Parents stand before their children, so one pass is enough.
        for snapshot in &self.snapshots {
            if let Parent::Of(parent) = &snapshot.parent
                && (parent == id || below.iter().any(|other| other.id == *parent))
            {
                below.push(snapshot);
            }
        }
        below
    }

    /// The names from the root down to `snapshot`, joined by slashes.
    pub fn path(&self, snapshot: &Snapshot) -> String {
        let mut names = vec![snapshot.element_name.as_str()];
        let mut place = snapshot;
        while let Some(parent) = self.parent_of(place) {
            names.push(&parent.element_name);
            place = parent;
        }
        names.reverse();
        names.join("/")
    }

    /// The snapshot that the machine's present state descends from.
    pub fn current(&self) -> Option<&Snapshot> {
        self.current.as_ref().and_then(|id| self.get(id))
    }

    /// The id that the VM's own settings name as their parent, whether it is in the tree or not.
    pub(crate) fn current_id(&self) -> Option<&SnapshotId> {
        self.current.as_ref()
    }

    /// False if the host did not say where the present state hangs.
    pub fn knows_current(&self) -> bool {
        !self.current_unknown
    }

    /// The fingerprint of this state.
    pub fn fingerprint(&self) -> Fingerprint {
        let mut hash = FieldHash::new();
        let mut field = |text: &str| hash.field(text);
        field(&self.vm_id.to_ascii_lowercase());
        field(&self.current.as_ref().map(|id| id.folded()).unwrap_or_default());
        let mut snapshots: Vec<&Snapshot> = self.snapshots.iter().collect();
        snapshots.sort_by_key(|snapshot| snapshot.id.folded());
        for snapshot in snapshots {
            field(&snapshot.id.folded());
            field(&snapshot.element_name);
            field(&snapshot.kind.to_string());
            field(&match &snapshot.parent {
                Parent::Root => String::new(),
                Parent::Of(id) => id.folded(),
                Parent::Unreadable(raw) => format!("?{raw}"),
            });
            field(&snapshot.created.map(|created| created.to_string()).unwrap_or_default());
        }
        hash.finish()
    }
}

impl Fingerprint {
    /// The fingerprint of what this one stands for together with `fields`.
    pub(super) fn with(self, fields: &[&str]) -> Self {
        let mut hash = FieldHash::new();
        hash.field(&self.to_string());
        for field in fields {
            hash.field(field);
        }
        hash.finish()
    }
}

/// Hashes texts so that no two lists of them run together.
struct FieldHash(Sha256);

impl FieldHash {
    fn new() -> Self {
        Self(Sha256::new())
    }

    fn field(&mut self, text: &str) {
        self.0.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.update(text.as_bytes());
    }

    fn finish(self) -> Fingerprint {
        let digest = self.0.finalize();
        Fingerprint(digest.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte)))
    }
}

/// Puts parents before children, level by level; a snapshot whose parent is not among them counts as a root.
fn in_tree_order(snapshots: Vec<Snapshot>) -> Result<Vec<Snapshot>, ProtocolError> {
    let place = |(index, snapshot): (usize, &Snapshot)| (snapshot.id.folded(), index);
    let places: HashMap<String, usize> = snapshots.iter().enumerate().map(place).collect();
    let (mut level, mut children): (Vec<usize>, HashMap<usize, Vec<usize>>) = Default::default();
    for (index, snapshot) in snapshots.iter().enumerate() {
        let parent = match &snapshot.parent {
            Parent::Of(id) => places.get(&id.folded()),
            _ => None,
        };
        parent.map_or(&mut level, |parent| children.entry(*parent).or_default()).push(index);
    }
    let mut order = Vec::with_capacity(snapshots.len());
    while !level.is_empty() {
        let mut below: Vec<usize> =
            level.iter().filter_map(|index| children.remove(index)).flatten().collect();
        below.sort_unstable();
        order.append(&mut level);
        level = below;
    }
    if order.len() < snapshots.len() {
        let mut left: Vec<usize> = children.into_values().flatten().collect();
        left.sort_unstable();
        let names: Vec<&str> = left
            .iter()
            .filter_map(|index| snapshots.get(*index))
            .map(|snapshot| snapshot.id.as_str())
            .collect();
        let detail = format!("the parents of {} go round in a circle", names.join(", "));
        return Err(ProtocolError::new(Violation::BadProperty, detail));
    }
    let mut waiting: Vec<Option<Snapshot>> = snapshots.into_iter().map(Some).collect();
    Ok(order.into_iter().filter_map(|index| waiting.get_mut(index)?.take()).collect())
}
