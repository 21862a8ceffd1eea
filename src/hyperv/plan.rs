//! The plan of a destroy, before anything is sent: what is destroyed, what depends on it, and what happens to the dependents.
//!
//! Pure: it never asks a host. Destroying a single snapshot removes only that one and moves its children under its
//! parent; only the tree scope removes descendants (Microsoft, snapshot documentation; observed on hosts).

use std::{collections::HashSet, fmt};

use crate::hyperv::{
    difference::TreeDifference,
    snapshot::{Parent, Snapshot, SnapshotId, SnapshotKind},
    tree::{Fingerprint, SnapshotTree},
};

/// How much a destroy removes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DestroyScope {
    /// The snapshot alone (`DestroySnapshot`).
    #[default]
    Single,
    /// The snapshot and all under it (`DestroySnapshotTree`).
    Tree,
}

impl DestroyScope {
    /// The name, for programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Tree => "tree",
        }
    }
}

crate::keyed::keyed! {
    DestroyScope { Single, Tree }
    MergeExpectation { None, Merge, Deferred, Unknown }
}

impl fmt::Display for DestroyScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// Whether the host is expected to merge disks afterwards (Microsoft; observed on hosts).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MergeExpectation {
    /// Nothing depends on what is destroyed: its disks are removed.
    None,
    /// One dependent remains: the disks are merged.
    Merge,
    /// Two or more dependents remain: no merge as long as they do; the disk files stay.
    Deferred,
    /// The host did not say which snapshot the current state depends on.
    Unknown,
}

impl MergeExpectation {
    /// The name, for programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Merge => "merge",
            Self::Deferred => "deferred",
            Self::Unknown => "unknown",
        }
    }
}

/// A warning to show before the plan is approved.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Caution {
    /// A backup product created it and relies on it.
    Backup(SnapshotId),
    /// Hyper-V Replica created it.
    Replica(SnapshotId),
    /// The host created it automatically and may remove it.
    Automatic(SnapshotId),
    /// It holds a memory state, which is lost.
    SavedState(SnapshotId),
    /// It is not a checkpoint of a running or stopped VM; hosts usually refuse.
    Unusual(SnapshotId),
    /// The parent of this snapshot cannot be read: it may depend on what is destroyed. Such a plan cannot begin.
    UnreadableParent(SnapshotId),
}

/// What a destroy does to the tree that it is based on.
#[derive(Clone, Debug)]
pub struct DestroyPlan {
    tree: SnapshotTree,
    scope: DestroyScope,
    target: Snapshot,
    /// The target, and all its dependents.
    affected: Vec<Snapshot>,
    destroyed: HashSet<SnapshotId>,
    cautions: Vec<Caution>,
    accepts_foreign: bool,
}

/// The requested snapshot is not in the tree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no snapshot {0} in this tree")]
pub struct UnknownSnapshot(SnapshotId);

impl UnknownSnapshot {
    pub(crate) fn new(id: &SnapshotId) -> Self {
        Self(id.clone())
    }

    /// The requested id.
    pub fn id(&self) -> &SnapshotId {
        &self.0
    }
}

impl SnapshotTree {
    /// Plans to destroy `target`; nothing is sent.
    ///
    /// # Errors
    /// If `target` is not in this tree (but in another one).
    pub fn plan_destroy(
        &self,
        target: &SnapshotId,
        scope: DestroyScope,
    ) -> Result<DestroyPlan, UnknownSnapshot> {
        let target = self.get(target).ok_or_else(|| UnknownSnapshot(target.clone()))?.clone();
        let mut affected = vec![target.clone()];
        affected.extend(self.descendants(&target.id).into_iter().cloned());
        let gone = affected.iter().take(taken(scope, affected.len()));
        let destroyed = gone.clone().map(|snapshot| snapshot.id.clone()).collect();
        let mut cautions: Vec<Caution> = gone.flat_map(cautions_of).collect();
        cautions.extend(
            self.snapshots()
                .iter()
                .filter(|snapshot| matches!(snapshot.parent, Parent::Unreadable(_)))
                .map(|snapshot| Caution::UnreadableParent(snapshot.id.clone())),
        );
        Ok(DestroyPlan {
            tree: self.clone(),
            scope,
            target,
            affected,
            destroyed,
            cautions,
            accepts_foreign: false,
        })
    }
}

impl SnapshotTree {
    /// Plans to destroy several snapshots, one after the other, leaves first; nothing is sent. Each plan after the first is based
    /// on the tree that the plans before it leave, so it is stale if anything else has changed. With the tree scope, targets under
    /// other targets are part of these.
    ///
    /// # Errors
    /// If one of `targets` is not in this tree.
    pub fn plan_destroy_all(
        &self,
        targets: &[SnapshotId],
        scope: DestroyScope,
    ) -> Result<Vec<DestroyPlan>, UnknownSnapshot> {
        let mut wanted = Vec::new();
        for target in targets {
            wanted.push(self.get(target).ok_or_else(|| UnknownSnapshot(target.clone()))?);
        }
        if scope == DestroyScope::Tree {
            let under: HashSet<&SnapshotId> = targets
                .iter()
                .flat_map(|target| self.descendants(target))
                .map(|snapshot| &snapshot.id)
                .collect();
            wanted.retain(|snapshot| !under.contains(&snapshot.id));
        }
        wanted.sort_by_key(|snapshot| std::cmp::Reverse(self.depth(snapshot)));
        wanted.dedup_by(|one, other| one.id == other.id);
        let (mut plans, mut tree) = (Vec::new(), self.clone());
        for target in wanted {
            let plan = tree.plan_destroy(&target.id, scope)?;
            tree = plan.tree_after();
            plans.push(plan);
        }
        Ok(plans)
    }
}

/// How many of the affected snapshots, the target first, are destroyed.
fn taken(scope: DestroyScope, affected: usize) -> usize {
    match scope {
        DestroyScope::Single => 1,
        DestroyScope::Tree => affected,
    }
}

fn cautions_of(snapshot: &Snapshot) -> Vec<Caution> {
    let id = || snapshot.id.clone();
    let mut cautions = Vec::new();
    match snapshot.kind {
        SnapshotKind::Realized => {}
        SnapshotKind::Recovery => cautions.push(Caution::Backup(id())),
        SnapshotKind::Replica => cautions.push(Caution::Replica(id())),
        _ => cautions.push(Caution::Unusual(id())),
    }
    if snapshot.is_automatic {
        cautions.push(Caution::Automatic(id()));
    }
    if snapshot.is_saved == Some(true) {
        cautions.push(Caution::SavedState(id()));
    }
    cautions
}

impl DestroyPlan {
    /// The tree that this was planned on.
    pub fn tree(&self) -> &SnapshotTree {
        &self.tree
    }

    /// The VM's GUID.
    pub fn vm_id(&self) -> &str {
        self.tree.vm_id()
    }

    /// The VM's name, for display.
    pub fn vm_name(&self) -> &str {
        self.tree.vm_name()
    }

    /// How much it removes.
    pub fn scope(&self) -> DestroyScope {
        self.scope
    }

    /// The snapshot that the call names.
    pub fn target(&self) -> &Snapshot {
        &self.target
    }

    /// All snapshots that are destroyed, the target first.
    pub fn destroyed(&self) -> &[Snapshot] {
        self.affected.get(..taken(self.scope, self.affected.len())).unwrap_or_default()
    }

    /// Whether the snapshot with this id is destroyed.
    pub fn destroys(&self, id: &SnapshotId) -> bool {
        self.destroyed.contains(id)
    }

    /// All dependents of the target, at any depth: kept with a new ancestry (single), or destroyed too (tree).
    pub fn dependents(&self) -> &[Snapshot] {
        self.affected.get(1..).unwrap_or_default()
    }

    /// All snapshots that are kept.
    pub fn kept(&self) -> impl Iterator<Item = &Snapshot> {
        self.tree.snapshots().iter().filter(|snapshot| !self.destroys(&snapshot.id))
    }

    /// The dependents that get a new parent: the target's children, if they are kept.
    pub fn reparented(&self) -> impl Iterator<Item = &Snapshot> {
        self.dependents().iter().filter(|snapshot| self.reparents(snapshot))
    }

    /// Whether `snapshot`, one of the tree, is among [`reparented`](Self::reparented).
    pub fn reparents(&self, snapshot: &Snapshot) -> bool {
        let is_child = matches!(&snapshot.parent, Parent::Of(parent) if *parent == self.target.id);
        self.scope == DestroyScope::Single && is_child
    }

    /// The new parent of [`reparented`](Self::reparented); if `None`, they become roots.
    pub fn new_parent(&self) -> Option<&Snapshot> {
        self.tree.parent_of(&self.target)
    }

    /// True if the VM's current state descends from a snapshot that is destroyed.
    pub fn takes_current(&self) -> bool {
        self.tree.current().is_some_and(|current| self.destroys(current.id()))
    }

    /// Whether a merge of disks is expected.
    pub fn merge_expectation(&self) -> MergeExpectation {
        if !self.tree.knows_current() {
            return MergeExpectation::Unknown;
        }
        let remaining = match self.scope {
            DestroyScope::Single => {
                self.reparented().count()
                    + usize::from(self.tree.current().is_some_and(|c| c.id == self.target.id))
            }
            DestroyScope::Tree => usize::from(self.takes_current()),
        };
        match remaining {
            0 => MergeExpectation::None,
            1 => MergeExpectation::Merge,
            _ => MergeExpectation::Deferred,
        }
    }

    /// Also allows snapshots that are not a user's checkpoint, such as a recovery point of a backup.
    #[must_use]
    pub fn accept_foreign(mut self) -> Self {
        self.accepts_foreign = true;
        self
    }

    pub(crate) fn accepts_foreign(&self) -> bool {
        self.accepts_foreign
    }

    /// The expected tree afterwards.
    pub fn tree_after(&self) -> SnapshotTree {
        let parent = &self.target.parent;
        self.tree.without(|id| self.destroys(id), parent)
    }

    /// Warnings to show before the plan is approved.
    pub fn cautions(&self) -> &[Caution] {
        &self.cautions
    }

    /// False if a parent could not be read, so it is unknown what depends on the target.
    pub fn is_certain(&self) -> bool {
        !self.cautions.iter().any(|caution| matches!(caution, Caution::UnreadableParent(_)))
    }

    /// The fingerprint of this plan: of the tree, the target and the scope. An approval holds for this plan only.
    pub fn fingerprint(&self) -> Fingerprint {
        self.tree.fingerprint().with(&[&self.target.id.folded(), &self.scope.to_string()])
    }

    /// The changes of the tree since the plan, if any matters.
    pub fn difference(&self, now: &SnapshotTree) -> Option<TreeDifference> {
        TreeDifference::between(&self.tree, now)
    }
}
