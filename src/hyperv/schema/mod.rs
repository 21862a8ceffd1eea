//! The classes, names and numbers of a Hyper-V host, as data.
//!
//! What client and simulator may share: it has no behaviour that one of them could get wrong for both. It never holds
//! values, reads none and knows no namespace URI of the wire. The facts follow Microsoft's documentation of the
//! `root\virtualization\v2` classes and the schema of Windows Server 2019; members are listed in the order in which a
//! host sends them, alphabetical without regard to case.

#![allow(dead_code, reason = "a table is whole, whoever reads which part of it")]

mod association;
pub(crate) mod build;
pub(crate) mod codes;
mod computer_system;
mod error;
mod job;
pub(crate) mod names;
mod service;
mod setting_data;
mod storage;

use crate::cim::CimType;

/// One class: what it is called, what it derives from, what its instances carry.
#[derive(Debug)]
pub(crate) struct Class {
    /// In its proper case.
    pub(crate) name: &'static str,
    /// From the direct superclass to the root.
    pub(crate) superclasses: &'static [&'static str],
    /// Inherited ones included, in the order of the wire.
    pub(crate) properties: &'static [Property],
    /// Whether `root\HyperVCluster\v2` has it too.
    pub(crate) in_hypervcluster: bool,
}

/// One property of a [`Class`].
#[derive(Debug)]
pub(crate) struct Property {
    /// In its proper case.
    pub(crate) name: &'static str,
    /// Type of the value, or of each member of the array.
    pub(crate) cim_type: CimType,
    /// Whether it holds any number of values.
    pub(crate) array: bool,
    /// Whether it is part of the object path.
    pub(crate) key: bool,
    /// The class declared for a reference; what a reference really names may derive from it.
    pub(crate) reference: Option<&'static str>,
    /// First build of Windows that has it; 0 when every host with the namespace does.
    pub(crate) since: u32,
}

/// Every class that is known here.
pub(crate) static CLASSES: &[&Class] = &[
    &computer_system::COMPUTER_SYSTEM,
    &setting_data::SETTING_DATA,
    &job::CONCRETE_JOB,
    &job::STORAGE_JOB,
    &service::SNAPSHOT_SERVICE,
    &service::MANAGEMENT_SERVICE,
    &service::IMAGE_SERVICE,
    &storage::STORAGE_ALLOCATION,
    &storage::DISK_MERGE,
    &storage::VIRTUAL_DISK,
    &association::SNAPSHOT_OF_VIRTUAL_SYSTEM,
    &association::MOST_CURRENT_SNAPSHOT,
    &association::LAST_APPLIED_SNAPSHOT,
    &association::SETTINGS_DEFINE_STATE,
    &association::AFFECTED_JOB_ELEMENT,
    &association::AFFECTED_STORAGE_JOB_ELEMENT,
    &association::SETTING_DATA_COMPONENT,
    &error::ERROR,
];

/// The class of that name; upper and lower case are alike, as on a host.
pub(crate) fn class(name: &str) -> Option<&'static Class> {
    CLASSES.iter().find(|class| class.name.eq_ignore_ascii_case(name)).copied()
}

impl Class {
    /// Whether an instance of this class is an instance of `name`: it or one of its superclasses is called so.
    pub(crate) fn is_a(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
            || self.superclasses.iter().any(|superclass| superclass.eq_ignore_ascii_case(name))
    }

    /// The property of that name; upper and lower case are alike.
    pub(crate) fn property(&self, name: &str) -> Option<&'static Property> {
        self.properties.iter().find(|property| property.name.eq_ignore_ascii_case(name))
    }

    /// The properties that make up the object path.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'static Property> + use<> {
        self.properties.iter().filter(|property| property.key)
    }
}

impl Property {
    const fn since(mut self, build: u32) -> Self {
        self.since = build;
        self
    }
}

const fn scalar(name: &'static str, cim_type: CimType) -> Property {
    Property { name, cim_type, array: false, key: false, reference: None, since: 0 }
}

const fn array(name: &'static str, cim_type: CimType) -> Property {
    Property { name, cim_type, array: true, key: false, reference: None, since: 0 }
}

const fn key(name: &'static str, cim_type: CimType) -> Property {
    Property { name, cim_type, array: false, key: true, reference: None, since: 0 }
}

/// All references of the classes listed here are keys of an association.
const fn reference(name: &'static str, class: &'static str) -> Property {
    Property { name, cim_type: CimType::Reference, array: false, key: true, reference: Some(class), since: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_found_whatever_the_case_of_its_name() {
        assert_eq!(class("MSVM_computersystem").unwrap().name, "Msvm_ComputerSystem");
        assert!(class("Msvm_Nothing").is_none());
    }

    #[test]
    fn a_base_class_covers_its_derived_classes() {
        let jobs: Vec<_> =
            CLASSES.iter().filter(|class| class.is_a("CIM_ConcreteJob")).map(|class| class.name).collect();
        assert_eq!(jobs, ["Msvm_ConcreteJob", "Msvm_StorageJob"]);
        assert!(!class("Msvm_StorageJob").unwrap().is_a("Msvm_ConcreteJob"));
    }

    #[test]
    fn properties_are_listed_once_and_in_the_order_of_the_wire() {
        for class in CLASSES {
            let names: Vec<_> = class.properties.iter().map(|p| p.name.to_ascii_lowercase()).collect();
            let mut sorted = names.clone();
            sorted.sort();
            sorted.dedup();
            assert_eq!(names, sorted, "{}", class.name);
        }
    }

    #[test]
    fn every_class_but_the_embedded_one_has_a_key() {
        for class in CLASSES {
            assert_eq!(class.keys().count() == 0, class.name == names::ERROR, "{}", class.name);
        }
    }

    #[test]
    fn keys_are_those_of_object_paths_in_the_field() {
        let keys = |name| class(name).unwrap().keys().map(|key| key.name).collect::<Vec<_>>();
        assert_eq!(keys("Msvm_ComputerSystem"), ["CreationClassName", "Name"]);
        assert_eq!(keys("Msvm_VirtualSystemSettingData"), ["InstanceID"]);
        assert_eq!(
            keys("Msvm_VirtualSystemSnapshotService"),
            ["CreationClassName", "Name", "SystemCreationClassName", "SystemName"]
        );
    }
}
