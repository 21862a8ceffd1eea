//! The model as CIM instances: what one user sees in one namespace.
//!
//! Each class of the model has a file here that fills its properties. Instances are made from the model on request and not
//! stored.

mod association;
mod cluster;
mod embedded;
mod job;
mod merge_setting;
mod service;
mod settings;
mod shutdown;
mod storage;
mod summary;
mod system;
#[cfg(test)]
mod tests;
mod virtual_disk;
mod windows;

pub(crate) use embedded::error_text;
pub(crate) use job::path as job_path;
pub(crate) use merge_setting::vm_of as merge_setting_vm;
pub(crate) use settings::{guid as settings_guid, path as settings_path};
pub(crate) use virtual_disk::{disk_state_text, disk_text};

use std::collections::HashSet;

use super::{
    instance::Instance,
    lab::Rights,
    model::{Host, Job, Node, Snapshot, Vm},
    path::ObjectPath,
    wql::Objects,
};
use crate::schema::{Class, names};

/// The namespaces of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Namespace {
    /// `root\cimv2`.
    Windows,
    /// `root\MSCluster`: without instances outside a cluster.
    MsCluster,
    /// `root\virtualization\v2`, with Hyper-V only.
    Virtualization,
    /// `root\HyperVCluster\v2`, with Hyper-V only.
    Cluster,
}

/// What one user sees in one namespace at the model's present time.
pub(crate) struct View<'a> {
    pub(crate) host: &'a Host,
    /// The node that answers.
    pub(crate) node: &'a Node,
    pub(crate) namespace: Namespace,
    pub(crate) rights: Rights,
}

impl<'a> View<'a> {
    /// True if the namespace has the VM: the cluster's has those of all nodes, the virtualization namespace those of the node.
    fn shows(&self, vm: &Vm) -> bool {
        self.namespace == Namespace::Cluster || self.node.is_called(&vm.node)
    }

    fn vms(&self) -> impl Iterator<Item = &'a Vm> {
        self.host.vms.iter().filter(|vm| self.shows(vm))
    }

    /// The VM with that identifier.
    pub(crate) fn vm(&self, id: &str) -> Option<&'a Vm> {
        self.host.vm(id).filter(|vm| self.shows(vm))
    }

    /// The VM that has the snapshot, and the snapshot.
    fn snapshot(&self, id: &str) -> Option<(&'a Vm, &'a Snapshot)> {
        self.host.snapshot(id).filter(|(vm, _)| self.shows(vm))
    }

    /// The name of the system that the namespace is about: the cluster, or the node.
    fn system(&self) -> &'a str {
        match &self.host.cluster {
            Some(cluster) if self.namespace == Namespace::Cluster => cluster,
            _ => &self.node.name,
        }
    }

    /// True if a VM or a snapshot has that GUID.
    pub(crate) fn has_settings(&self, id: &str) -> bool {
        self.snapshot(id).is_some() || self.vm(id).is_some()
    }

    /// The visible jobs: those of visible VMs that have not moved since.
    fn jobs(&self) -> impl Iterator<Item = &'a Job> {
        let hidden = self.host.vms.iter().filter(|vm| !self.shows(vm));
        let hidden: HashSet<&str> = hidden.map(|vm| vm.id.as_str()).collect();
        self.host.jobs().filter(move |job| !job.is_left && !hidden.contains(job.vm.as_str()))
    }

    fn job(&self, id: &str) -> Option<&'a Job> {
        self.host.job(id).filter(|job| !job.is_left && self.vm(&job.vm).is_some())
    }
}

/// Makes all instances of a class.
type Maker = fn(&View<'_>, &'static str) -> Option<Vec<Instance>>;

/// The function for a class; `None` if the model does not have the class.
fn maker(class: &str) -> Option<Maker> {
    Some(match class {
        names::COMPUTER_SYSTEM => |view, _| system::all(view),
        names::SETTING_DATA => |view, _| settings::all(view),
        names::CONCRETE_JOB | names::STORAGE_JOB => |view, class| job::all(view, class),
        names::SNAPSHOT_SERVICE | names::MANAGEMENT_SERVICE | names::IMAGE_SERVICE => {
            |view, class| service::service(view, class).map(|service| vec![service])
        }
        names::STORAGE_ALLOCATION => |view, _| storage::all(view),
        names::DISK_MERGE => |view, _| merge_setting::all(view),
        names::SUMMARY => |view, _| summary::all(view),
        names::SHUTDOWN_COMPONENT => |view, _| shutdown::all(view),
        names::SNAPSHOT_OF_VIRTUAL_SYSTEM
        | names::MOST_CURRENT_SNAPSHOT
        | names::LAST_APPLIED_SNAPSHOT
        | names::SETTINGS_DEFINE_STATE
        | names::AFFECTED_JOB_ELEMENT
        | names::AFFECTED_STORAGE_JOB_ELEMENT
        | names::SETTING_DATA_COMPONENT => association::all,
        names::WIN32_OPERATING_SYSTEM => |view, _| windows::operating_system(view),
        names::WIN32_COMPUTER_SYSTEM => |view, _| windows::computer_system(view),
        names::WIN32_PROCESSOR => |view, _| windows::processors(view),
        names::WIN32_VOLUME => |view, _| windows::volumes(view),
        names::CLUSTER_RESOURCE => |view, _| cluster::resources(view),
        names::CLUSTER_NODE => |view, _| cluster::nodes(view),
        // These classes have embedded instances only.
        names::ERROR | names::VIRTUAL_DISK | names::VIRTUAL_DISK_STATE => |_, _| None,
        _ => return None,
    })
}

impl Objects for View<'_> {
    fn has(&self, class: &'static Class) -> bool {
        class.is_in(self.namespace.text()) && maker(class.name).is_some()
    }

    fn instances(&self, class: &'static Class) -> Vec<Instance> {
        if self.rights == Rights::Filtered || !self.has(class) {
            return Vec::new();
        }
        maker(class.name).and_then(|make| make(self, class.name)).unwrap_or_default()
    }

    fn object(&self, path: &ObjectPath) -> Option<Instance> {
        if self.rights == Rights::Filtered || !self.has(path.class) {
            return None;
        }
        let made = match path.class.name {
            names::COMPUTER_SYSTEM => system::one(self, path.key("Name")?),
            names::SETTING_DATA => settings::one(self, path.key("InstanceID")?),
            names::CONCRETE_JOB | names::STORAGE_JOB => {
                self.job(path.key("InstanceID")?).and_then(|job| job::job(self.host, job))
            }
            names::STORAGE_ALLOCATION => storage::one(self, path.key("InstanceID")?),
            names::SUMMARY => summary::one(self, path.key("InstanceID")?),
            _ => self.instances(path.class).into_iter().find(|instance| instance.path() == *path),
        };
        made.filter(|instance| instance.path() == *path)
    }
}
