//! Settling a destroy by state: what the tree shows now against what was planned.
//!
//! It never invokes anything. A tree that was read is a fact; a number or a state of a job is a hint.

use std::time::Duration;

use crate::{
    client::{DestroyJob, Effect, Error, ErrorKind, destroy::unknown, retry::patiently},
    hyperv::{DestroyPlan, Snapshot, SnapshotTree, VmActivity},
};

/// How often the tree is looked at again when a job reported success and the snapshot is still there.
const LOOKS: u32 = 4;
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// The tree now, against the plan.
pub(super) struct Settled {
    /// Planned, and gone.
    pub(super) destroyed: Vec<Snapshot>,
    /// Planned, and still there.
    pub(super) remaining: Vec<Snapshot>,
    /// Gone, and not planned.
    pub(super) unexpected: Vec<Snapshot>,
    pub(super) tree: SnapshotTree,
}

impl Settled {
    pub(super) fn new(plan: &DestroyPlan, tree: SnapshotTree) -> Self {
        let is_there = |snapshot: &&Snapshot| tree.get(snapshot.id()).is_some();
        let (remaining, destroyed): (Vec<_>, Vec<_>) = plan.destroyed().iter().partition(is_there);
        let unexpected = plan.kept().filter(|snapshot| !is_there(snapshot)).cloned().collect();
        Self {
            destroyed: destroyed.into_iter().cloned().collect(),
            remaining: remaining.into_iter().cloned().collect(),
            unexpected,
            tree,
        }
    }
}

impl DestroyJob {
    pub(super) async fn read_back(&self) -> Result<Settled, Error> {
        match patiently(&self.vm.client.0, None, || self.vm.snapshots()).await {
            Ok(tree) => Ok(Settled::new(&self.plan, tree)),
            Err(error) => Err(self.error(ErrorKind::ReadBack(Box::new(error)), Effect::Unknown)),
        }
    }

    /// The job ended well: everything planned must be gone, if not at once then in a moment.
    pub(super) async fn settle_ended(&self) -> Result<Settled, Error> {
        let mut looks = 1;
        loop {
            let settled = self.read_back().await?;
            if settled.remaining.is_empty() {
                return Ok(settled);
            }
            if looks >= LOOKS {
                return Err(self.error(ErrorKind::StillThere(settled.remaining), Effect::Unknown));
            }
            looks += 1;
            self.vm.client.0.clock.sleep(BETWEEN_LOOKS).await;
        }
    }

    /// The job's object is gone: the tree decides, and whether the machine is still at it.
    pub(super) async fn settle_vanished(&self) -> Result<Settled, Error> {
        let settled = self.read_back().await?;
        if settled.remaining.is_empty() {
            return Ok(settled);
        }
        let machine = self.vm.refresh().await.map_err(unknown)?;
        // The machine may have been at it when the tree was read, and have ended since.
        let settled = self.read_back().await?;
        if settled.remaining.is_empty() {
            return Ok(settled);
        }
        let effect = if machine.is_doing(VmActivity::DELETING_SNAPSHOT) {
            Effect::Unknown
        } else if settled.destroyed.is_empty() {
            Effect::None
        } else {
            Effect::Applied
        };
        Err(self.error(ErrorKind::JobVanished { destroyed: settled.destroyed }, effect))
    }
}
