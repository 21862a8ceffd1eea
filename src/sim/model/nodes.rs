//! The nodes of the cluster: which VMs they run, and VMs that move.
//!
//! Without a cluster there is one node, the host; a VM can then be on a node that nothing here stands for. A VM that moves takes its
//! snapshots and disks along; its jobs end as objects, while their work goes on.

use super::{EditError, Host};
use crate::sim::lab::NodeSpec;

/// A host: the only one, or a node of the cluster.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// NetBIOS name.
    pub(crate) name: String,
    /// DNS name.
    pub(crate) fqdn: String,
    /// The description that an administrator gives it (`Win32_OperatingSystem.Description`).
    pub(crate) description: String,
}

impl Node {
    pub(super) fn new(spec: &NodeSpec) -> Self {
        Self { name: spec.name.clone(), fqdn: spec.fqdn.clone(), description: String::new() }
    }

    /// True if that is its name.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

impl Host {
    /// The place of the node with that name.
    pub(crate) fn find_node(&self, name: &str) -> Result<usize, EditError> {
        let found = self.nodes.iter().position(|node| node.is_called(name));
        found.ok_or_else(|| EditError::missing(format!("node \"{name}\"")))
    }

    /// Moves a VM to another node.
    pub(crate) fn move_vm(&mut self, vm: &str, node: &str) -> Result<(), EditError> {
        let index = self.find_vm(vm)?;
        let node = match self.find_node(node) {
            Ok(known) => self.nodes.at(known).name.clone(),
            // Without a cluster in the lab, other nodes are names only.
            Err(_) if self.cluster.is_none() => node.to_owned(),
            Err(error) => return Err(error),
        };
        if let Some(vm) = self.vms.get_mut(index) {
            vm.node = node;
        }
        Ok(())
    }
}
