//! The nodes of the cluster: which VMs they run, VMs that move, nodes that fail.
//!
//! Without a cluster there is one node, the host; a VM can then be on a node that nothing here stands for. A VM that moves takes its
//! snapshots and disks along. Its jobs are objects of the node that it left, and go; by a live migration their work goes on, with
//! the node it ends. A merge continues in a new job.

use super::{EditError, Host, JobKind, ServiceJob};
use crate::sim::lab::{CallSpec, NodeSpec, VmState};

/// A host: the only one, or a node of the cluster.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// NetBIOS name.
    pub(crate) name: String,
    /// DNS name.
    pub(crate) fqdn: String,
    /// The description that an administrator gives it (`Win32_OperatingSystem.Description`).
    pub(crate) description: String,
    /// False while it has failed.
    pub(crate) is_up: bool,
}

/// What becomes of the operations of a VM that moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnderWay {
    /// They go on, though their jobs cannot be seen.
    Continues,
    /// They end without an effect.
    IsCutOff,
}

impl Node {
    pub(super) fn new(spec: &NodeSpec) -> Self {
        let NodeSpec { name, fqdn } = spec.clone();
        Self { name, fqdn, description: String::new(), is_up: true }
    }

    /// True if that is its name.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

impl Host {
    /// Moves a VM to another node, which must be up.
    pub(crate) fn move_vm(&mut self, vm: &str, node: &str, under_way: UnderWay) -> Result<(), EditError> {
        let index = self.find_vm(vm)?;
        let node = match self.find_node(node) {
            Ok(place) if self.nodes.at(place).is_up => self.nodes.at(place).name.clone(),
            Ok(_) => return Err(EditError::missing(format!("node \"{node}\" that is up"))),
            // Without a cluster in the lab, other nodes are names only.
            Err(_) if self.cluster.is_none() => node.to_owned(),
            Err(error) => return Err(error),
        };
        let Some(vm) = self.vms.get_mut(index).filter(|vm| !vm.node.eq_ignore_ascii_case(&node)) else {
            return Ok(());
        };
        vm.node = node;
        let vm = vm.id.clone();
        if under_way == UnderWay::IsCutOff {
            self.cut_off(&vm);
        }
        self.leave_jobs(&vm);
        Ok(())
    }

    /// Lets a node fail: its VMs come up on the next node that is up, and so does the name of the cluster.
    pub(crate) fn fail_node(&mut self, name: &str) -> Result<(), EditError> {
        let failed = self.node_of_cluster(name)?;
        if !self.nodes.at(failed).is_up {
            return Ok(());
        }
        self.nodes.at_mut(failed).is_up = false;
        let count = self.nodes.len();
        let next = (1..count).map(|step| (failed + step) % count).find(|place| self.nodes.at(*place).is_up);
        if let Some(next) = next.filter(|_| self.owner == failed) {
            self.owner = next;
        }
        let (name, next) =
            (self.nodes.at(failed).name.clone(), next.map(|next| self.nodes.at(next).name.clone()));
        let vms: Vec<String> = self.vms.iter().filter(|vm| vm.node == name).map(|vm| vm.id.clone()).collect();
        for vm in vms {
            self.fail_over(&vm, next.as_deref());
        }
        Ok(())
    }

    /// Lets a failed node come up again. VMs that it lost stay where they are; merges of those that it still has go on.
    pub(crate) fn recover_node(&mut self, name: &str) -> Result<(), EditError> {
        let place = self.node_of_cluster(name)?;
        self.nodes.at_mut(place).is_up = true;
        if !self.nodes.at(self.owner).is_up {
            self.owner = place;
        }
        let name = &self.nodes.at(place).name;
        let vms: Vec<String> =
            self.vms.iter().filter(|vm| vm.node == *name).map(|vm| vm.id.clone()).collect();
        for vm in vms {
            self.start_merge(&vm, &CallSpec::default(), self.now);
        }
        Ok(())
    }

    /// The place of the node with that name.
    fn find_node(&self, name: &str) -> Result<usize, EditError> {
        let found = self.nodes.iter().position(|node| node.is_called(name));
        found.ok_or_else(|| EditError::missing(format!("node \"{name}\"")))
    }

    fn node_of_cluster(&self, name: &str) -> Result<usize, EditError> {
        match &self.cluster {
            Some(_) => self.find_node(name),
            None => Err(EditError::missing("cluster".to_owned())),
        }
    }

    /// A VM whose node has failed comes up on the node `next`, if there is one.
    fn fail_over(&mut self, id: &str, next: Option<&str>) {
        self.forget_transition(id);
        self.cut_off(id);
        let (now, merge_delay) = (self.now, self.timing.merge_delay);
        if let Some(vm) = self.vms.iter_mut().find(|vm| vm.id == id) {
            vm.changing = None;
            if vm.state.is_live() {
                // Its memory is lost.
                vm.enter(VmState::Off, now);
                if next.is_some() {
                    vm.enter(VmState::Running, now);
                }
            }
            if let Some(next) = next {
                next.clone_into(&mut vm.node);
            }
        }
        self.leave_jobs(id);
        match next {
            Some(_) => {
                // They begin anew.
                for job in self.jobs.iter_mut().filter(|job| job.vm == id) {
                    job.submitted = now.saturating_add(merge_delay);
                }
            }
            None => self.jobs.retain(|job| job.vm != id),
        }
    }

    /// Ends the running operations of a VM without an effect.
    fn cut_off(&mut self, vm: &str) {
        let is_cut =
            |job: &super::Job| job.vm == vm && !job.has_ended() && matches!(job.kind, JobKind::Service(_));
        let cut: Vec<_> = self.jobs.extract_if(.., |job| is_cut(job)).collect();
        for job in cut {
            if let JobKind::Service(ServiceJob { work, .. }) = &job.kind {
                self.come_to_nothing(vm, work);
            }
        }
    }

    /// Takes the jobs of a VM that moved from sight, and gives merges a new one.
    fn leave_jobs(&mut self, vm: &str) {
        self.jobs.retain(|job| job.vm != vm || !job.has_ended());
        let random = &mut self.random;
        for job in self.jobs.iter_mut().filter(|job| job.vm == vm) {
            match job.kind {
                JobKind::Service(_) => job.is_left = true,
                JobKind::Merge(_) => job.id = random.guid(),
            }
        }
    }
}
