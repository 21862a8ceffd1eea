//! The model as CIM instances: what one user sees in one namespace.
//!
//! Every class of the schema has a file here that fills its properties. Nothing is kept: instances are made from the
//! model when they are asked for. It never changes the model and knows no message.

mod association;
mod embedded;
mod job;
mod merge_setting;
mod service;
mod settings;
mod storage;
mod system;
#[cfg(test)]
mod tests;
mod virtual_disk;

pub(crate) use embedded::error_text;
pub(crate) use job::path as job_path;
pub(crate) use settings::guid as settings_guid;
pub(crate) use virtual_disk::disk_text;

use super::{instance::Instance, lab::Rights, model::Host, path::ObjectPath, wql::Objects};
use crate::hyperv::schema::{Class, names};

/// The namespaces that a Hyper-V host serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Namespace {
    /// `root\virtualization\v2`.
    Virtualization,
    /// `root\HyperVCluster\v2`.
    Cluster,
}

/// What one user sees in one namespace at the present time of the model.
pub(crate) struct View<'a> {
    pub(crate) host: &'a Host,
    pub(crate) namespace: Namespace,
    pub(crate) rights: Rights,
}

impl Objects for View<'_> {
    fn has(&self, class: &'static Class) -> bool {
        self.namespace == Namespace::Virtualization || class.in_hypervcluster
    }

    fn instances(&self, class: &'static Class) -> Vec<Instance> {
        if self.rights == Rights::Filtered || !self.has(class) {
            return Vec::new();
        }
        let made: Option<Vec<Instance>> = match class.name {
            names::COMPUTER_SYSTEM => system::all(self.host),
            names::SETTING_DATA => settings::all(self.host),
            names::CONCRETE_JOB | names::STORAGE_JOB => job::all(self.host, class.name),
            names::SNAPSHOT_SERVICE | names::MANAGEMENT_SERVICE | names::IMAGE_SERVICE => {
                service::service(self.host, class.name).map(|service| vec![service])
            }
            names::STORAGE_ALLOCATION => storage::all(self.host),
            names::DISK_MERGE => merge_setting::all(self.host),
            names::ERROR | names::VIRTUAL_DISK => None,
            _ => association::all(self.host, class.name),
        };
        made.unwrap_or_default()
    }

    fn object(&self, path: &ObjectPath) -> Option<Instance> {
        if self.rights == Rights::Filtered || !self.has(path.class) {
            return None;
        }
        let made = match path.class.name {
            names::COMPUTER_SYSTEM => system::one(self.host, path.key("Name")?),
            names::SETTING_DATA => settings::one(self.host, path.key("InstanceID")?),
            names::CONCRETE_JOB | names::STORAGE_JOB => {
                self.host.job(path.key("InstanceID")?).and_then(|job| job::job(self.host, job))
            }
            names::STORAGE_ALLOCATION => storage::one(self.host, path.key("InstanceID")?),
            _ => self.instances(path.class).into_iter().find(|instance| instance.path() == *path),
        };
        made.filter(|instance| instance.path() == *path)
    }
}
