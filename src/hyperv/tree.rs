//! The tree of a VM's snapshots: plain data, read at one moment.
//!
//! It never sends a request, and may be outdated a moment later; the fingerprint shows that. Built from the
//! `Parent` of each snapshot and of the VM's own settings.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    fmt,
    sync::Arc,
};

use sha2::{Digest, Sha256};

use crate::{
    hyperv::{
        CheckpointType,
        find::{FindError, find_snapshot},
        snapshot::{OwnSettings, Parent, SettingData, Snapshot, SnapshotId},
    },
    violation::{ProtocolError, Violation},
};

/// A path of more names than this is not shown: a host allows 50 snapshots per VM (Microsoft, "Plan for Hyper-V
/// scalability").
const PATH_NAMES: usize = 64;
/// Nor is one of more bytes.
const PATH_BYTES: usize = 4096;

/// All snapshots of one VM.
///
/// Copies share what was read. Looking up a snapshot, its parent, its children or its depth takes the same time in a large
/// tree as in a small one.
#[derive(Clone, Debug)]
pub struct SnapshotTree(Arc<Tree>);

#[derive(Debug)]
struct Tree {
    vm_id: String,
    vm_name: String,
    /// Parents before children, siblings by creation time and name.
    snapshots: Vec<Snapshot>,
    places: Places,
    current: Option<SnapshotId>,
    /// The host did not send the VM's own settings, or their parent cannot be read.
    current_unknown: bool,
    /// `UserSnapshotType` of the VM's own settings.
    checkpoints: Option<CheckpointType>,
    /// The folded ids of all other instances in the answer: the VM's own settings, planned VMs, the settings of other VMs.
    others: HashSet<String>,
}

/// The position of each snapshot in the list, and its relatives.
#[derive(Debug)]
struct Places {
    of: HashMap<SnapshotId, usize>,
    /// The parent of each.
    parents: Vec<Option<usize>>,
    /// How many ancestors each has.
    depths: Vec<usize>,
    /// The children of every id that is named as a parent, whether it is in the tree or not.
    children: HashMap<SnapshotId, Vec<usize>>,
}

/// Distinguishes two states of a tree, or two plans: it covers everything that a destroy depends on.
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
        // The parser would accept a sign.
        let is_shown = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match u64::from_str_radix(text, 16) {
            Ok(number) if is_shown => Ok(Self(number)),
            _ => Err(FingerprintError),
        }
    }
}

/// A text that is not a fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint is 16 hexadecimal digits, as shown with a plan")]
pub struct FingerprintError;

impl SnapshotTree {
    /// Builds the tree of the VM `vm_id` from all its settings.
    pub(crate) fn build(
        vm_id: &str,
        vm_name: &str,
        settings: Vec<SettingData>,
    ) -> Result<Self, ProtocolError> {
        let (mut found, mut system, mut others, mut own_type) = (Vec::new(), None, HashSet::new(), None);
        for setting in settings {
            match setting {
                SettingData::System(own) => {
                    let OwnSettings { id, parent, checkpoints } = *own;
                    own_type = checkpoints;
                    if system.as_ref().is_some_and(|known| *known != parent) {
                        let detail = "the VM's own settings twice, with different parents";
                        return Err(ProtocolError::new(Violation::WrongInstance, detail));
                    }
                    others.extend(id.map(|id| id.folded()));
                    system = Some(parent);
                }
                SettingData::Snapshot(snapshot) => found.push(*snapshot),
                SettingData::Other(id) => others.extend(id.map(|id| id.folded())),
            }
        }
        found.sort_by(|a, b| (a.created, &a.element_name).cmp(&(b.created, &b.element_name)));
        let current_unknown = !matches!(system, Some(Parent::Root | Parent::Of(_)));
        let current = match system {
            Some(Parent::Of(id)) => Some(id),
            _ => None,
        };
        let snapshots = in_tree_order(found)?;
        Ok(Self(Arc::new(Tree {
            vm_id: vm_id.to_owned(),
            vm_name: vm_name.to_owned(),
            places: Places::of(&snapshots),
            snapshots,
            current,
            current_unknown,
            checkpoints: own_type,
            others,
        })))
    }

    /// The tree after an earlier operation has set this type of snapshots.
    #[must_use]
    pub fn expecting(&self, checkpoints: CheckpointType) -> Self {
        let tree = self.left(|_| false, &Parent::Root);
        Self(Arc::new(Tree { checkpoints: Some(checkpoints), ..tree }))
    }

    /// The tree without the snapshots for which `goes` is true; their children move under `parent`.
    pub(super) fn without(&self, goes: impl Fn(&SnapshotId) -> bool, parent: &Parent) -> Self {
        Self(Arc::new(self.left(goes, parent)))
    }

    fn left(&self, goes: impl Fn(&SnapshotId) -> bool, parent: &Parent) -> Tree {
        let moved = |was: &Parent| match was {
            Parent::Of(id) if goes(id) => parent.clone(),
            was => was.clone(),
        };
        let kept = self.snapshots().iter().filter(|snapshot| !goes(&snapshot.id));
        let snapshots: Vec<Snapshot> =
            kept.map(|snapshot| Snapshot { parent: moved(&snapshot.parent), ..snapshot.clone() }).collect();
        let current = match self.0.current.as_ref().filter(|id| goes(id)) {
            Some(_) => match parent {
                Parent::Of(id) => Some(id.clone()),
                _ => None,
            },
            None => self.0.current.clone(),
        };
        Tree {
            vm_id: self.0.vm_id.clone(),
            vm_name: self.0.vm_name.clone(),
            places: Places::of(&snapshots),
            snapshots,
            current,
            current_unknown: self.0.current_unknown,
            checkpoints: self.0.checkpoints,
            others: self.0.others.clone(),
        }
    }

    /// True if the answer that the tree was built from has an instance with this id that is not a snapshot of the VM.
    pub(crate) fn shows_otherwise(&self, id: &str) -> bool {
        self.0.others.contains(&SnapshotId::new(id).folded())
    }

    /// The VM's GUID.
    pub fn vm_id(&self) -> &str {
        &self.0.vm_id
    }

    /// The VM's name, for display.
    pub fn vm_name(&self) -> &str {
        &self.0.vm_name
    }

    /// False if the host did not tell the VM's name: [`vm_name`](Self::vm_name) is its GUID then.
    pub fn knows_name(&self) -> bool {
        !self.vm_name().eq_ignore_ascii_case(self.vm_id())
    }

    /// All snapshots: parents before children, siblings by age.
    pub fn snapshots(&self) -> &[Snapshot] {
        &self.0.snapshots
    }

    /// The number of snapshots.
    pub fn len(&self) -> usize {
        self.snapshots().len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.snapshots().is_empty()
    }

    /// The snapshot with this id.
    pub fn get(&self, id: &SnapshotId) -> Option<&Snapshot> {
        self.snapshots().get(*self.0.places.of.get(id)?)
    }

    /// The one snapshot that `wanted` names: by `InstanceID` (with or without `Microsoft:`), by name, or by the path of
    /// names from a root, joined by slashes.
    ///
    /// # Errors
    /// If there is none; the error then lists similar names. If there are several, for example because the id of one is the name
    /// of another; the error then lists all of them.
    pub fn find(&self, wanted: &str) -> Result<&Snapshot, FindError> {
        find_snapshot(self, wanted)
    }

    /// The snapshots without a parent in this tree.
    pub fn roots(&self) -> impl Iterator<Item = &Snapshot> {
        let parents = &self.0.places.parents;
        self.snapshots().iter().zip(parents).filter(|(_, parent)| parent.is_none()).map(|(root, _)| root)
    }

    /// The snapshots directly under `id`.
    pub fn children<'t>(&'t self, id: &SnapshotId) -> impl Iterator<Item = &'t Snapshot> + use<'t> {
        self.children_of(id).iter().filter_map(|place| self.snapshots().get(*place))
    }

    /// The parent of `snapshot`.
    pub fn parent_of(&self, snapshot: &Snapshot) -> Option<&Snapshot> {
        match &snapshot.parent {
            Parent::Of(id) => self.get(id),
            _ => None,
        }
    }

    /// How many ancestors `snapshot` has; 0 for a root.
    pub fn depth(&self, snapshot: &Snapshot) -> usize {
        let Places { of, depths, .. } = &self.0.places;
        let parent = match &snapshot.parent {
            Parent::Of(id) => of.get(id).and_then(|place| depths.get(*place)),
            _ => None,
        };
        parent.map_or(0, |depth| depth + 1)
    }

    /// All snapshots under `id`, at any depth, parents before children.
    pub fn descendants(&self, id: &SnapshotId) -> Vec<&Snapshot> {
        let mut below = self.children_of(id).to_vec();
        let mut next = 0;
        while let Some(snapshot) = below.get(next).and_then(|place| self.snapshots().get(*place)) {
            below.extend(self.children_of(&snapshot.id));
            next += 1;
        }
        // In the order of the list.
        below.sort_unstable();
        below.into_iter().filter_map(|place| self.snapshots().get(place)).collect()
    }

    /// The names from the root down to `snapshot`, joined by slashes. Its length grows with the depth; to write the paths of
    /// many snapshots, use [`short_path`](Self::short_path).
    pub fn path(&self, snapshot: &Snapshot) -> String {
        let mut names: Vec<&str> = self.upwards(snapshot).map(Snapshot::element_name).collect();
        names.reverse();
        names.join("/")
    }

    /// The [`path`](Self::path), unless it has more than 64 names or 4096 bytes: so the paths of all snapshots of a list take
    /// at most a multiple of the list, however deep the tree is.
    pub fn short_path(&self, snapshot: &Snapshot) -> Option<String> {
        if self.depth(snapshot) >= PATH_NAMES {
            return None;
        }
        let bytes: usize = self.upwards(snapshot).map(|place| place.element_name.len() + 1).sum();
        (bytes <= PATH_BYTES + 1).then(|| self.path(snapshot))
    }

    /// The display name of `snapshot`: its [`short_path`](Self::short_path), or `…/` and its name.
    pub fn label(&self, snapshot: &Snapshot) -> String {
        self.short_path(snapshot).unwrap_or_else(|| format!("…/{}", snapshot.element_name))
    }

    /// The snapshot that the VM's current state descends from.
    pub fn current(&self) -> Option<&Snapshot> {
        self.0.current.as_ref().and_then(|id| self.get(id))
    }

    /// The id of the VM's own settings' parent, whether it is in the tree or not.
    pub(crate) fn current_id(&self) -> Option<&SnapshotId> {
        self.0.current.as_ref()
    }

    /// False if the host did not say which snapshot the current state descends from.
    pub fn knows_current(&self) -> bool {
        !self.0.current_unknown
    }

    /// The type of the VM's snapshots, by its settings; `None` if the host does not say.
    pub fn checkpoint_type(&self) -> Option<CheckpointType> {
        self.0.checkpoints
    }

    /// The position of each snapshot's parent, which is before the snapshot.
    pub(super) fn parents(&self) -> &[Option<usize>] {
        &self.0.places.parents
    }

    fn children_of(&self, id: &SnapshotId) -> &[usize] {
        self.0.places.children.get(id).map_or(&[], Vec::as_slice)
    }

    /// The snapshot and its ancestors, the root last.
    fn upwards<'t>(&'t self, snapshot: &'t Snapshot) -> impl Iterator<Item = &'t Snapshot> {
        std::iter::successors(Some(snapshot), |place| self.parent_of(place))
    }

    /// The fingerprint of this state.
    pub fn fingerprint(&self) -> Fingerprint {
        let mut hash = FieldHash::new();
        let mut field = |text: &str| hash.field(text);
        field(&self.vm_id().to_ascii_lowercase());
        field(&self.0.current.as_ref().map(|id| id.folded()).unwrap_or_default());
        let mut snapshots: Vec<&Snapshot> = self.snapshots().iter().collect();
        snapshots.sort_by_cached_key(|snapshot| snapshot.id.folded());
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
    /// The fingerprint of this one's content together with `fields`.
    pub(super) fn with(self, fields: &[&str]) -> Self {
        let mut hash = FieldHash::new();
        hash.field(&self.to_string());
        for field in fields {
            hash.field(field);
        }
        hash.finish()
    }
}

/// Hashes texts so that different lists never yield the same input.
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

impl Places {
    /// For snapshots in tree order.
    fn of(snapshots: &[Snapshot]) -> Self {
        let place = |(place, snapshot): (usize, &Snapshot)| (snapshot.id.clone(), place);
        let of: HashMap<SnapshotId, usize> = snapshots.iter().enumerate().map(place).collect();
        let (mut parents, mut depths) = (Vec::new(), Vec::<usize>::new());
        let mut children: HashMap<SnapshotId, Vec<usize>> = HashMap::new();
        for (place, snapshot) in snapshots.iter().enumerate() {
            let mut parent = None;
            if let Parent::Of(id) = &snapshot.parent {
                parent = of.get(id).copied();
                children.entry(id.clone()).or_default().push(place);
            }
            depths.push(parent.and_then(|parent| depths.get(parent)).map_or(0, |depth| depth + 1));
            parents.push(parent);
        }
        Self { of, parents, depths, children }
    }
}

/// Puts parents before children, level by level; a snapshot whose parent is not in the list counts as a root.
fn in_tree_order(snapshots: Vec<Snapshot>) -> Result<Vec<Snapshot>, ProtocolError> {
    let mut places = HashMap::new();
    for (place, snapshot) in snapshots.iter().enumerate() {
        match places.entry(snapshot.id.clone()) {
            Entry::Vacant(entry) => drop(entry.insert(place)),
            Entry::Occupied(_) => {
                let detail = format!("two snapshots with the InstanceID {}", snapshot.id);
                return Err(ProtocolError::new(Violation::BadProperty, detail));
            }
        }
    }
    let (mut level, mut children): (Vec<usize>, HashMap<usize, Vec<usize>>) = Default::default();
    for (index, snapshot) in snapshots.iter().enumerate() {
        let parent = match &snapshot.parent {
            Parent::Of(id) => places.get(id),
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
