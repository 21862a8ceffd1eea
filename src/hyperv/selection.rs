//! Selects snapshots of many VMs: by VM, name, origin and age; and what a retention policy keeps and destroys.
//!
//! Pure: the trees and the time are arguments. An age that is not known matches no condition on ages. A selection is a list of
//! snapshots, from which the plans are made, so that what is shown is what is done.

use std::{collections::HashMap, fmt, str::FromStr, time::Duration};

use crate::{
    cim::Timestamp,
    hyperv::{
        DestroyPlan, DestroyScope, Snapshot, SnapshotId, SnapshotKind, SnapshotTree, UnknownSnapshot,
        snapshot::IS_AUTOMATIC,
    },
};

/// A name with wildcards: `*` any text, `?` one character, `[a-z]` one of these, `[!a-z]` none of these; `[*]` a star itself.
/// Compared as a whole, without regard to case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePattern {
    text: String,
    pattern: glob::Pattern,
}

/// The text is not a pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a pattern of a name, at its character {at}: {reason}")]
pub struct PatternError {
    at: usize,
    reason: &'static str,
}

impl FromStr for NamePattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        if text.is_empty() {
            return Err(PatternError { at: 1, reason: "it is empty" });
        }
        // Two stars have a meaning of their own in paths, which names do not have.
        let mut folded = folded(text);
        while folded.contains("**") {
            folded = folded.replace("**", "*");
        }
        let pattern = glob::Pattern::new(&folded)
            .map_err(|error| PatternError { at: error.pos + 1, reason: error.msg })?;
        Ok(Self { text: text.to_owned(), pattern })
    }
}

impl fmt::Display for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl NamePattern {
    /// True if the whole name fits.
    pub fn matches(&self, name: &str) -> bool {
        self.pattern.matches(&folded(name))
    }

    /// True for the VM's name or its GUID.
    fn matches_vm(&self, tree: &SnapshotTree) -> bool {
        self.matches(tree.vm_name()) || tree.vm_id().eq_ignore_ascii_case(&self.text)
    }
}

/// Without the difference of case, character by character: what follows a character does not change it, as in a text that is put in
/// lower case as a whole, where the sigma at its end is another one.
fn folded(text: &str) -> String {
    let lower = |character: char| {
        let mut lower = character.to_lowercase();
        match (lower.next(), lower.next()) {
            (Some('ς'), None) => 'σ',
            (Some(lower), None) => lower,
            _ => character,
        }
    };
    text.chars().map(lower).collect()
}

/// Who took a snapshot, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// A user or a program, as a checkpoint.
    User,
    /// The host, when the VM was started ("automatic checkpoints").
    Automatic,
    /// A backup product.
    Backup,
    /// Hyper-V Replica.
    Replica,
    /// An import of a VM.
    Import,
    /// Its files are missing.
    Missing,
    /// A kind that this version does not know.
    Other,
}

impl Origin {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::User, Self::Automatic, Self::Backup, Self::Replica, Self::Import, Self::Missing, Self::Other];

    /// The name for programs and flags.
    pub fn key(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Automatic => "automatic",
            Self::Backup => "backup",
            Self::Replica => "replica",
            Self::Import => "import",
            Self::Missing => "missing",
            Self::Other => "other",
        }
    }
}

impl Snapshot {
    /// Who took it, and what for, by `VirtualSystemType` and `IsAutomaticSnapshot`; [`Origin::Other`] if the latter cannot be read.
    pub fn origin(&self) -> Origin {
        let is_unclear = || self.unreadable.iter().any(|error| error.property() == IS_AUTOMATIC);
        match self.kind {
            SnapshotKind::Realized if self.is_automatic => Origin::Automatic,
            SnapshotKind::Realized if is_unclear() => Origin::Other,
            SnapshotKind::Realized => Origin::User,
            SnapshotKind::Recovery => Origin::Backup,
            SnapshotKind::Replica => Origin::Replica,
            SnapshotKind::Planned => Origin::Import,
            SnapshotKind::Missing => Origin::Missing,
            SnapshotKind::Other(_) => Origin::Other,
        }
    }

    /// How long ago it was taken; `None` if the host does not tell or tells a time before all snapshots, as a zero in whatever
    /// time zone is one; zero if it lies ahead of `now`.
    pub fn age(&self, now: Timestamp) -> Option<Duration> {
        let created = self.created.filter(|created| created.unix_micros() > ONE_DAY_OF_1970)?;
        let micros = now.unix_micros().saturating_sub(created.unix_micros());
        Some(Duration::from_micros(u64::try_from(micros).unwrap_or(0)))
    }
}

/// A time up to this one is a zero of some clock, in some time zone.
const ONE_DAY_OF_1970: i64 = 86_400_000_000;

/// Conditions on snapshots; all must hold. Of a list of patterns or origins one must fit; an empty list is no condition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SnapshotFilter {
    /// Names of VMs, or their GUIDs in full.
    pub vms: Vec<NamePattern>,
    /// Names or GUIDs of VMs that are left out.
    pub excluded_vms: Vec<NamePattern>,
    /// Names of snapshots.
    pub names: Vec<NamePattern>,
    /// Who took them.
    pub origins: Vec<Origin>,
    /// Taken longer ago than this.
    pub older_than: Option<Duration>,
    /// Taken less long ago than this.
    pub newer_than: Option<Duration>,
}

impl SnapshotFilter {
    /// True if there is no condition.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// True if the VM fits. One whose name the host does not tell may be an excluded one, so it does not fit if there are any.
    pub fn matches_vm(&self, tree: &SnapshotTree) -> bool {
        if !self.excluded_vms.is_empty() && !tree.knows_name() {
            return false;
        }
        any(&self.vms, |pattern| pattern.matches_vm(tree))
            && !self.excluded_vms.iter().any(|pattern| pattern.matches_vm(tree))
    }

    /// The patterns of [`vms`](Self::vms) that fit none of these VMs.
    pub fn selecting_none<'f>(&'f self, trees: &'f [SnapshotTree]) -> impl Iterator<Item = &'f NamePattern> {
        fitting_none(&self.vms, trees)
    }

    /// The patterns of [`excluded_vms`](Self::excluded_vms) that fit none of these VMs, such as one with a mistake in it.
    pub fn excluding_none<'f>(&'f self, trees: &'f [SnapshotTree]) -> impl Iterator<Item = &'f NamePattern> {
        fitting_none(&self.excluded_vms, trees)
    }

    /// True if the snapshot fits.
    pub fn matches(&self, tree: &SnapshotTree, snapshot: &Snapshot, now: Timestamp) -> bool {
        self.matches_vm(tree) && self.mismatch(snapshot, now).is_none()
    }

    /// The first condition on the snapshot itself that does not hold.
    fn mismatch(&self, snapshot: &Snapshot, now: Timestamp) -> Option<Kept> {
        if !any(&self.names, |pattern| pattern.matches(snapshot.element_name())) {
            return Some(Kept::OtherName);
        }
        if !any(&self.origins, |origin| *origin == snapshot.origin()) {
            return Some(Kept::OtherOrigin);
        }
        if self.older_than.is_none() && self.newer_than.is_none() {
            return None;
        }
        match snapshot.age(now) {
            None => Some(Kept::AgeUnknown),
            Some(age) if self.older_than.is_some_and(|limit| age <= limit) => Some(Kept::TooYoung),
            Some(age) if self.newer_than.is_some_and(|limit| age >= limit) => Some(Kept::TooOld),
            Some(_) => None,
        }
    }

    /// The snapshots that fit, VM by VM in the order of the trees, parents first.
    pub fn select(&self, trees: &[SnapshotTree], now: Timestamp) -> Selection {
        let vms = trees.iter().filter(|tree| self.matches_vm(tree));
        let fits = |tree: &SnapshotTree| {
            let ids = tree.snapshots().iter().filter(|snapshot| self.mismatch(snapshot, now).is_none());
            ids.map(|snapshot| snapshot.id().clone()).collect::<Vec<_>>()
        };
        let vms = vms.map(|tree| SelectedVm { tree: tree.clone(), ids: fits(tree) });
        Selection { vms: vms.filter(|vm| !vm.ids.is_empty()).collect() }
    }
}

fn fitting_none<'f>(
    patterns: &'f [NamePattern],
    trees: &'f [SnapshotTree],
) -> impl Iterator<Item = &'f NamePattern> {
    patterns.iter().filter(|pattern| !trees.iter().any(|tree| pattern.matches_vm(tree)))
}

fn any<T>(list: &[T], fits: impl Fn(&T) -> bool) -> bool {
    list.is_empty() || list.iter().any(fits)
}

/// Snapshots of several VMs.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    vms: Vec<SelectedVm>,
}

/// The selected snapshots of one VM.
#[derive(Clone, Debug)]
pub struct SelectedVm {
    tree: SnapshotTree,
    ids: Vec<SnapshotId>,
}

impl Selection {
    /// The VMs with a selected snapshot.
    pub fn vms(&self) -> &[SelectedVm] {
        &self.vms
    }

    /// The number of selected snapshots.
    pub fn len(&self) -> usize {
        self.vms.iter().map(|vm| vm.ids.len()).sum()
    }

    /// True if nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.vms.is_empty()
    }
}

impl SelectedVm {
    /// The VM's tree that the snapshots were selected in.
    pub fn tree(&self) -> &SnapshotTree {
        &self.tree
    }

    /// The selected snapshots, in the order of the selection.
    pub fn snapshots(&self) -> impl Iterator<Item = &Snapshot> {
        self.ids.iter().filter_map(|id| self.tree.get(id))
    }

    /// One plan for each of them, in the order of the selection; each expects the tree that the plans before it leave.
    ///
    /// # Errors
    /// If one of them is not in the tree, which does not happen for a selection of this tree.
    pub fn plans(&self) -> Result<Vec<DestroyPlan>, UnknownSnapshot> {
        let (mut plans, mut tree) = (Vec::with_capacity(self.ids.len()), self.tree.clone());
        for id in &self.ids {
            let plan = tree.plan_destroy(id, DestroyScope::Single)?;
            tree = plan.tree_after();
            plans.push(plan);
        }
        Ok(plans)
    }

    /// One plan for each of them, leaves first.
    ///
    /// # Errors
    /// As [`plans`](Self::plans).
    pub fn plans_leaves_first(&self) -> Result<Vec<DestroyPlan>, UnknownSnapshot> {
        self.tree.plan_destroy_all(&self.ids, DestroyScope::Single)
    }
}

/// Which snapshots are destroyed for their age, and which are kept.
///
/// Of the snapshots that the filter covers by VM, name and origin, the newest [`keep`](Self::keep) of each VM are kept; of the
/// others go those whose age fits. By default it covers the checkpoints of users.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PrunePolicy {
    /// The snapshots that it covers; without origins, those of users.
    pub filter: SnapshotFilter,
    /// How many of each VM are kept, the newest ones.
    pub keep: usize,
    /// How many go at most, the oldest of all VMs first; without a limit if `None`.
    pub at_most: Option<usize>,
    /// True if the parent of the current state may go, whose merge a running VM works on.
    pub parent_of_current: bool,
}

impl PrunePolicy {
    /// A policy for the snapshots that `filter` covers; nothing else is kept, except the parents of current states.
    pub fn new(filter: SnapshotFilter) -> Self {
        Self { filter, keep: 0, at_most: None, parent_of_current: false }
    }

    /// True if it says what goes: an age or a number to keep. Without both it would destroy all that the filter covers.
    pub fn has_a_limit(&self) -> bool {
        self.filter.older_than.is_some() || self.keep > 0
    }

    /// What goes and what is kept, with the reason; nothing is sent.
    pub fn apply(&self, trees: &[SnapshotTree], now: Timestamp) -> Pruning {
        let mut filter = self.filter.clone();
        if filter.origins.is_empty() {
            filter.origins = vec![Origin::User];
        }
        let (mut kept, mut going) = (Vec::new(), Vec::new());
        for (place, tree) in trees.iter().enumerate() {
            let mut keep = |snapshot: &Snapshot, why| {
                kept.push(KeptSnapshot { tree: tree.clone(), id: snapshot.id().clone(), why });
            };
            if !filter.matches_vm(tree) {
                tree.snapshots().iter().for_each(|snapshot| keep(snapshot, Kept::OtherVm));
                continue;
            }
            let newest = self.newest(&filter, tree, now);
            for snapshot in tree.snapshots() {
                let why = match filter.mismatch(snapshot, now) {
                    Some(why) => Some(why),
                    None if snapshot.age(now).is_none() => Some(Kept::AgeUnknown),
                    None if newest.contains(&snapshot.id()) => Some(Kept::Newest),
                    None if self.parent_of_current => None,
                    None if !tree.knows_current() => Some(Kept::CurrentUnknown),
                    None if tree.current_id() == Some(snapshot.id()) => Some(Kept::ParentOfCurrent),
                    None => None,
                };
                match why {
                    Some(why) => keep(snapshot, why),
                    None => going.push((place, tree, snapshot)),
                }
            }
        }
        going.sort_by(|(place, _, one), (other, _, two)| {
            (one.created, place, one.id().as_str()).cmp(&(two.created, other, two.id().as_str()))
        });
        let beyond = going.split_off(going.len().min(self.at_most.unwrap_or(usize::MAX)));
        kept.extend(beyond.into_iter().map(|(_, tree, snapshot)| KeptSnapshot {
            tree: tree.clone(),
            id: snapshot.id().clone(),
            why: Kept::BeyondLimit,
        }));
        let (mut vms, mut places) = (Vec::<SelectedVm>::new(), HashMap::new());
        for (place, tree, snapshot) in going {
            let at = *places.entry(place).or_insert_with(|| {
                vms.push(SelectedVm { tree: tree.clone(), ids: Vec::new() });
                vms.len() - 1
            });
            if let Some(vm) = vms.get_mut(at) {
                vm.ids.push(snapshot.id().clone());
            }
        }
        Pruning { selection: Selection { vms }, kept }
    }

    /// The newest of those that the filter covers, whatever their age.
    fn newest<'t>(
        &self,
        filter: &SnapshotFilter,
        tree: &'t SnapshotTree,
        now: Timestamp,
    ) -> Vec<&'t SnapshotId> {
        let covered = SnapshotFilter { older_than: None, newer_than: None, ..filter.clone() };
        let mut all: Vec<&Snapshot> = tree
            .snapshots()
            .iter()
            .filter(|snapshot| covered.mismatch(snapshot, now).is_none() && snapshot.age(now).is_some())
            .collect();
        // Of several of the same time the one further down the tree is newer.
        all.sort_by_key(|snapshot| std::cmp::Reverse((snapshot.created, tree.depth(snapshot))));
        all.into_iter().take(self.keep).map(Snapshot::id).collect()
    }
}

/// What a policy destroys and keeps.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Pruning {
    /// What goes: the VM with the oldest one first, and of each VM the oldest first.
    pub selection: Selection,
    /// What is kept.
    pub kept: Vec<KeptSnapshot>,
}

/// A snapshot that a policy keeps.
#[derive(Clone, Debug)]
pub struct KeptSnapshot {
    tree: SnapshotTree,
    id: SnapshotId,
    why: Kept,
}

impl KeptSnapshot {
    /// The tree of its VM.
    pub fn tree(&self) -> &SnapshotTree {
        &self.tree
    }

    /// The snapshot.
    pub fn snapshot(&self) -> Option<&Snapshot> {
        self.tree.get(&self.id)
    }

    /// Why it is kept.
    pub fn why(&self) -> Kept {
        self.why
    }
}

/// Why a policy keeps a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kept {
    /// The policy does not cover the VM.
    OtherVm,
    /// It does not cover the name.
    OtherName,
    /// It does not cover the origin.
    OtherOrigin,
    /// The host does not tell when it was taken.
    AgeUnknown,
    /// It is not old enough.
    TooYoung,
    /// It is older than the policy covers.
    TooOld,
    /// It is one of the newest of its VM.
    Newest,
    /// The VM's current state depends on it directly.
    ParentOfCurrent,
    /// The host does not tell which snapshot the VM's current state depends on.
    CurrentUnknown,
    /// More would go than the policy allows at once.
    BeyondLimit,
}

impl Kept {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::OtherVm,
        Self::OtherName,
        Self::OtherOrigin,
        Self::AgeUnknown,
        Self::TooYoung,
        Self::TooOld,
        Self::Newest,
        Self::ParentOfCurrent,
        Self::CurrentUnknown,
        Self::BeyondLimit,
    ];

    /// The name for programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::OtherVm => "other_vm",
            Self::OtherName => "other_name",
            Self::OtherOrigin => "other_origin",
            Self::AgeUnknown => "age_unknown",
            Self::TooYoung => "too_young",
            Self::TooOld => "too_old",
            Self::Newest => "newest",
            Self::ParentOfCurrent => "parent_of_current",
            Self::CurrentUnknown => "current_unknown",
            Self::BeyondLimit => "beyond_limit",
        }
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherVm => "VM not selected, or excluded",
            Self::OtherName => "name not selected",
            Self::OtherOrigin => "not a checkpoint of the selected kinds",
            Self::AgeUnknown => "age not known",
            Self::TooYoung => "not old enough",
            Self::TooOld => "too old",
            Self::Newest => "one of the newest",
            Self::ParentOfCurrent => "parent of the current state",
            Self::CurrentUnknown => "parent of the current state not known",
            Self::BeyondLimit => "beyond the limit of this run",
        })
    }
}

#[cfg(test)]
mod tests;
