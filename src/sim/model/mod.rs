//! The host as a pure model: VMs, snapshot trees, disks, jobs, with time as an argument.
//!
//! Nothing happens between calls: [`Host::advance`] applies everything that is due, in order; all other functions read the
//! result. The behaviour of Hyper-V is taken from Microsoft's documentation of `Msvm_VirtualSystemSnapshotService` and
//! `Msvm_ConcreteJob`; the table in [`crate::sim`] says which behaviour is documented and which assumed.

mod apply;
mod build;
mod call;
mod create;
mod destroy;
mod edits;
mod effect;
mod job;
mod layers;
mod merge;
mod nodes;
mod sizes;
mod snapshots;
mod spoil;
mod states;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_disks;
#[cfg(test)]
mod tests_large;
#[cfg(test)]
mod tests_life;
#[cfg(test)]
mod tests_merge;
#[cfg(test)]
mod tests_sizes;
#[cfg(test)]
mod tests_states;
mod vm;

use std::time::Duration;

pub(crate) use call::{Change, ServiceJob, Work};
pub(crate) use create::SnapshotRequest;
pub(crate) use destroy::Scope;
pub use edits::EditError;
pub(crate) use job::{Job, JobKind, Started};
pub(crate) use layers::DiskFile;
pub(crate) use nodes::{Node, UnderWay};
pub(crate) use sizes::Volume;
pub(crate) use vm::{Snapshot, Vm};

use effect::{Due, Pending};

use super::{
    lab::{HostSpec, Timing},
    per_node::PerNode,
    random::Random,
};

/// A host and everything on it.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    pub(crate) spec: HostSpec,
    pub(crate) timing: Timing,
    /// The name of the cluster, if the lab has one.
    pub(crate) cluster: Option<String>,
    pub(crate) nodes: PerNode<Node>,
    /// The node that has the cluster's name.
    pub(crate) owner: usize,
    pub(crate) vms: Vec<Vm>,
    pub(crate) volumes: Vec<Volume>,
    jobs: Vec<Job>,
    /// Pending effects of jobs that ended.
    effects: Vec<Pending>,
    random: Random,
    /// The latest time that the model was advanced to.
    now: Duration,
    /// When the host began to run.
    pub(crate) booted: Duration,
}

impl Host {
    /// Applies everything that became due up to `now`. A time before the latest one changes nothing.
    pub(crate) fn advance(&mut self, now: Duration) {
        self.now = self.now.max(now);
        // A merge that starts when a job ends may itself be due already: look again after each event.
        while let Some((due, what)) = self.next_due() {
            match what {
                Due::Effect(index) => self.take_effect(index),
                Due::Job(index) => self.finish(index, due),
            }
        }
        let (now, retention) = (self.now, self.timing.retention);
        self.jobs.retain(|job| job.finished_at().is_none_or(|ended| ended.saturating_add(retention) > now));
    }

    /// The time that the model stands at.
    pub(crate) fn now(&self) -> Duration {
        self.now
    }

    /// The jobs that can be seen at present, oldest first.
    pub(crate) fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter().filter(|job| job.submitted <= self.now)
    }

    /// The job of that identifier, if it can be seen at present.
    pub(crate) fn job(&self, id: &str) -> Option<&Job> {
        self.jobs().find(|job| job.id.eq_ignore_ascii_case(id))
    }

    /// The VM with that identifier.
    pub(crate) fn vm(&self, id: &str) -> Option<&Vm> {
        self.vms.iter().find(|vm| vm.id.eq_ignore_ascii_case(id))
    }

    /// The VM of the snapshot, and the snapshot.
    pub(crate) fn snapshot(&self, id: &str) -> Option<(&Vm, &Snapshot)> {
        self.vms.iter().find_map(|vm| vm.snapshot(id).map(|snapshot| (vm, snapshot)))
    }

    /// True if a job that deletes a snapshot of the VM has not ended.
    pub(crate) fn is_deleting(&self, vm: &str) -> bool {
        matches!(self.work_on(vm), Some(Work::Destroy(..)))
    }

    /// True if the state of the VM is changing.
    pub(crate) fn is_changing(&self, vm: &str) -> bool {
        self.vm(vm).is_some_and(|vm| vm.changing.is_some())
    }

    /// True if disks of the VM are merging and the merge is visible.
    pub(crate) fn is_merging(&self, vm: &str) -> bool {
        self.jobs().any(|job| !job.has_ended() && job.vm == vm && matches!(job.kind, JobKind::Merge(_)))
    }

    /// A new identifier.
    pub(crate) fn guid(&mut self) -> String {
        self.random.guid()
    }
}
