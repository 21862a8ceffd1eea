//! The plan of a destroy: what will be gone, what depends on it, what becomes of that; all before anything is sent.
//!
//! Pure: it never asks a host. Destroying a single snapshot removes exactly that one and hangs its children under its
//! parent; only the tree scope removes descendants (Microsoft, snapshot documentation; observed on hosts).

use std::{collections::HashSet, fmt};

use crate::hyperv::{
    difference::TreeDifference,
    snapshot::{Parent, Snapshot, SnapshotId, SnapshotKind},
    tree::{Fingerprint, SnapshotTree},
};

/// How much a destroy takes.
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
    /// Nothing depends on what goes: its disks are simply removed.
    None,
    /// One dependent remains: the disks are merged.
    Merge,
    /// Two or more dependents remain: no merge while they do, the disk files stay.
    Deferred,
    /// The host did not say where the present state hangs.
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

/// Something to know before saying yes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Caution {
    /// A backup product made it and counts on it.
    Backup(SnapshotId),
    /// Hyper-V Replica made it.
    Replica(SnapshotId),
    /// The host made it by itself and may remove it by itself.
    Automatic(SnapshotId),
    /// It holds a memory state, which goes with it.
    SavedState(SnapshotId),
    /// It is not a checkpoint of a running or stopped VM; hosts tend to refuse.
    Unusual(SnapshotId),
    /// The parent of this snapshot cannot be read: it may depend on what goes. Such a plan is not carried out.
    UnreadableParent(SnapshotId),
}

/// What a destroy would do to the tree that it was planned on.
#[derive(Clone, Debug)]
pub struct DestroyPlan {
    tree: SnapshotTree,
    scope: DestroyScope,
    target: Snapshot,
    /// The target, and all that depends on it.
    affected: Vec<Snapshot>,
    destroyed: HashSet<SnapshotId>,
    cautions: Vec<Caution>,
    accepts_foreign: bool,
}

/// The snapshot asked for is not in the tree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no snapshot {0} in this tree")]
pub struct UnknownSnapshot(SnapshotId);

impl UnknownSnapshot {
    pub(crate) fn new(id: &SnapshotId) -> Self {
        Self(id.clone())
    }

    /// The id that was asked for.
    pub fn id(&self) -> &SnapshotId {
        &self.0
    }
}

impl SnapshotTree {
    /// Plans the destruction of `target`; nothing is sent.
    ///
    /// # Errors
    /// If `target` is not in this tree (it came from another one).
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

/// How many of the affected ones, of which the target is the first, go.
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

    /// The VM's name for people.
    pub fn vm_name(&self) -> &str {
        self.tree.vm_name()
    }

    /// How much it takes.
    pub fn scope(&self) -> DestroyScope {
        self.scope
    }

    /// The snapshot that is named in the call.
    pub fn target(&self) -> &Snapshot {
        &self.target
    }

    /// All that will be gone, the target first.
    pub fn destroyed(&self) -> &[Snapshot] {
        self.affected.get(..taken(self.scope, self.affected.len())).unwrap_or_default()
    }

    /// Whether the snapshot of this id will be gone.
    pub fn destroys(&self, id: &SnapshotId) -> bool {
        self.destroyed.contains(id)
    }

    /// All that depends on the target, at any depth: kept and hung elsewhere (single), or gone too (tree).
    pub fn dependents(&self) -> &[Snapshot] {
        self.affected.get(1..).unwrap_or_default()
    }

    /// All that will still be there.
    pub fn kept(&self) -> impl Iterator<Item = &Snapshot> {
        self.tree.snapshots().iter().filter(|snapshot| !self.destroys(&snapshot.id))
    }

    /// The dependents that get a new parent: the target's children, if they stay.
    pub fn reparented(&self) -> impl Iterator<Item = &Snapshot> {
        self.dependents().iter().filter(|snapshot| self.reparents(snapshot))
    }

    /// Whether `snapshot`, one of the tree, is among [`reparented`](Self::reparented).
    pub fn reparents(&self, snapshot: &Snapshot) -> bool {
        let is_child = matches!(&snapshot.parent, Parent::Of(parent) if *parent == self.target.id);
        self.scope == DestroyScope::Single && is_child
    }

    /// The new parent of [`reparented`](Self::reparented); without one they become roots.
    pub fn new_parent(&self) -> Option<&Snapshot> {
        self.tree.parent_of(&self.target)
    }

    /// True if the VM's present state descends from what will be gone.
    pub fn takes_current(&self) -> bool {
        self.tree.current().is_some_and(|current| self.destroys(current.id()))
    }

    /// Whether a merge of disks is to be expected.
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

    /// Also where one of the snapshots that go is not a checkpoint of a user's, such as a recovery point of a backup.
    #[must_use]
    pub fn accept_foreign(mut self) -> Self {
        self.accepts_foreign = true;
        self
    }

    pub(crate) fn accepts_foreign(&self) -> bool {
        self.accepts_foreign
    }

    /// What to know before saying yes.
    pub fn cautions(&self) -> &[Caution] {
        &self.cautions
    }

    /// False if a parent could not be read, so that nobody can say what depends on the target.
    pub fn is_certain(&self) -> bool {
        !self.cautions.iter().any(|caution| matches!(caution, Caution::UnreadableParent(_)))
    }

    /// The fingerprint of this plan: of the tree, the target and the scope, so that whoever approves it approves no other.
    pub fn fingerprint(&self) -> Fingerprint {
        self.tree.fingerprint().with(&[&self.target.id.folded(), &self.scope.to_string()])
    }

    /// What has changed since, if anything that matters has.
    pub fn difference(&self, now: &SnapshotTree) -> Option<TreeDifference> {
        TreeDifference::between(&self.tree, now)
    }
}
