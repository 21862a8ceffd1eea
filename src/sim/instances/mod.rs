//! The model as CIM instances: what one user sees in one namespace.
//!
//! Each class of the model has a file here that fills its properties. Instances are made from the model on request and not
//! stored.

mod association;
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

use super::{instance::Instance, lab::Rights, model::Host, path::ObjectPath, wql::Objects};
use crate::schema::{Class, names};

/// The namespaces of a host; the last two exist only with Hyper-V.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Namespace {
    /// `root\cimv2`.
    Windows,
    /// `root\virtualization\v2`.
    Virtualization,
    /// `root\HyperVCluster\v2`.
    Cluster,
}

/// What one user sees in one namespace at the model's present time.
pub(crate) struct View<'a> {
    pub(crate) host: &'a Host,
    pub(crate) namespace: Namespace,
    pub(crate) rights: Rights,
}

/// Makes all instances of a class.
type Maker = fn(&Host, &'static str) -> Option<Vec<Instance>>;

/// The function for a class; `None` if the model does not have the class.
fn maker(class: &str) -> Option<Maker> {
    Some(match class {
        names::COMPUTER_SYSTEM => |host, _| system::all(host),
        names::SETTING_DATA => |host, _| settings::all(host),
        names::CONCRETE_JOB | names::STORAGE_JOB => |host, class| job::all(host, class),
        names::SNAPSHOT_SERVICE | names::MANAGEMENT_SERVICE | names::IMAGE_SERVICE => {
            |host, class| service::service(host, class).map(|service| vec![service])
        }
        names::STORAGE_ALLOCATION => |host, _| storage::all(host),
        names::DISK_MERGE => |host, _| merge_setting::all(host),
        names::SUMMARY => |host, _| summary::all(host),
        names::SHUTDOWN_COMPONENT => |host, _| shutdown::all(host),
        names::SNAPSHOT_OF_VIRTUAL_SYSTEM
        | names::MOST_CURRENT_SNAPSHOT
        | names::LAST_APPLIED_SNAPSHOT
        | names::SETTINGS_DEFINE_STATE
        | names::AFFECTED_JOB_ELEMENT
        | names::AFFECTED_STORAGE_JOB_ELEMENT
        | names::SETTING_DATA_COMPONENT => association::all,
        names::WIN32_OPERATING_SYSTEM => |host, _| windows::operating_system(host),
        names::WIN32_COMPUTER_SYSTEM => |host, _| windows::computer_system(host),
        names::WIN32_PROCESSOR => |host, _| windows::processors(host),
        names::WIN32_VOLUME => |host, _| windows::volumes(host),
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
        maker(class.name).and_then(|make| make(self.host, class.name)).unwrap_or_default()
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
            names::SUMMARY => summary::one(self.host, path.key("InstanceID")?),
            _ => self.instances(path.class).into_iter().find(|instance| instance.path() == *path),
        };
        made.filter(|instance| instance.path() == *path)
    }
}
