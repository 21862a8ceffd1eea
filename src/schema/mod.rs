//! CIM classes, as data: properties, methods with their parameters, return codes and value maps.
//!
//! Shared by `hyperv`, the client and the simulator; there is no behaviour that could be wrong in all of them. A member is listed
//! once, at the class that declares it; a class also has those of its superclasses, in the order of the wire, which is
//! alphabetical without regard to case. A client can use classes that are not listed. Sources: Microsoft's documentation, the
//! schema of Windows Server 2019, and CIM 2.32.

#![allow(dead_code, reason = "a table is whole, whoever reads which part of it")]

mod association;
pub(crate) mod build;
mod cim;
mod cim_type;
mod cimv2;
mod error;
mod job;
mod known;
mod mscluster;
pub(crate) mod names;
mod service;
mod settings;
mod storage;
mod system;
pub(crate) mod values;

use std::{collections::BTreeMap, iter::successors, sync::OnceLock};

pub use cim_type::{CimType, CimTypeError};
pub use known::{KnownClass, KnownMember, KnownMethod, KnownParameter, known_class};

use crate::codes::Family;
use names::{CIMV2_NAMESPACE, CLUSTER_NAMESPACE, MSCLUSTER_NAMESPACE, NAMESPACE};
use values::Values;

/// One class: its name, its superclass, its properties and its methods.
#[derive(Debug)]
pub(crate) struct Class {
    /// In its proper case.
    pub(crate) name: &'static str,
    superclass: Option<&'static Class>,
    /// The namespaces that contain it, in the form of resource URIs.
    pub(crate) namespaces: &'static [&'static str],
    own_properties: &'static [Property],
    own_methods: &'static [Method],
    /// Own and inherited properties, merged at first use.
    all: OnceLock<Vec<&'static Property>>,
}

/// A property of a [`Class`], or a parameter of a [`Method`].
#[derive(Debug)]
pub(crate) struct Property {
    /// In its proper case.
    pub(crate) name: &'static str,
    /// The type of the value, or of each member of an array.
    pub(crate) cim_type: CimType,
    /// True for an array.
    pub(crate) array: bool,
    /// True if it is part of the object path.
    pub(crate) key: bool,
    /// The declared class of a reference; the referenced instance may be of a derived class.
    pub(crate) reference: Option<&'static str>,
    /// The class of an embedded instance: nested XML for the type `object`, CIM-XML text for the type `string`.
    pub(crate) embedded: Option<&'static str>,
    /// The meaning of its numbers.
    pub(crate) values: Option<Values>,
    /// The first build of Windows that has it; 0 if every host with the namespace does.
    pub(crate) since: u32,
}

/// A method of a [`Class`].
#[derive(Debug)]
pub(crate) struct Method {
    /// In its proper case.
    pub(crate) name: &'static str,
    /// In the order of the schema.
    pub(crate) parameters: &'static [Parameter],
    /// The meaning of `ReturnValue`, if known.
    pub(crate) returns: Option<Family>,
    /// The first build of Windows that has it; 0 if every host with the class does.
    pub(crate) since: u32,
}

/// A parameter of a [`Method`].
#[derive(Debug)]
pub(crate) struct Parameter {
    /// Which side gives the value.
    pub(crate) direction: Direction,
    /// Name and type.
    pub(crate) property: Property,
    /// True if a call may omit it.
    pub(crate) optional: bool,
}

/// The side that gives the value of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// The call.
    In,
    /// The answer.
    Out,
    /// Both.
    InOut,
}

/// Host namespace only.
const HOST: &[&str] = &[NAMESPACE];
/// Host and cluster namespaces.
const BOTH: &[&str] = &[NAMESPACE, CLUSTER_NAMESPACE];
/// In every Windows system.
const CIMV2: &[&str] = &[CIMV2_NAMESPACE];
/// On nodes of failover clusters.
const MSCLUSTER: &[&str] = &[MSCLUSTER_NAMESPACE];

/// Every class with instances, including embedded ones; their superclasses are reached through them.
pub(crate) static CLASSES: &[&Class] = &[
    &system::COMPUTER_SYSTEM,
    &settings::SETTING_DATA,
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
    &settings::SNAPSHOT_SETTING,
    &storage::VIRTUAL_DISK_STATE,
    &system::SUMMARY,
    &system::SHUTDOWN_COMPONENT,
    &cimv2::WIN32_OPERATING_SYSTEM,
    &cimv2::WIN32_COMPUTER_SYSTEM,
    &cimv2::WIN32_PROCESSOR,
    &cimv2::WIN32_VOLUME,
    &mscluster::RESOURCE,
    &mscluster::NODE,
];

/// The class of that name; case does not matter, as on a host.
pub(crate) fn class(name: &str) -> Option<&'static Class> {
    CLASSES.iter().find(|class| class.name.eq_ignore_ascii_case(name)).copied()
}

/// The classes with that name or with a superclass of that name.
pub(crate) fn derived(name: &str) -> impl Iterator<Item = &'static Class> {
    CLASSES.iter().copied().filter(move |class| class.is_a(name))
}

impl Class {
    const fn new(
        name: &'static str,
        superclass: Option<&'static Class>,
        namespaces: &'static [&'static str],
    ) -> Self {
        Self { name, superclass, namespaces, own_properties: &[], own_methods: &[], all: OnceLock::new() }
    }

    const fn properties(mut self, own: &'static [Property]) -> Self {
        self.own_properties = own;
        self
    }

    const fn methods(mut self, own: &'static [Method]) -> Self {
        self.own_methods = own;
        self
    }

    /// The class itself, then its superclasses up to the root.
    fn line(&'static self) -> impl Iterator<Item = &'static Self> {
        successors(Some(self), |class| class.superclass)
    }

    /// The superclasses, from the direct one to the root.
    pub(crate) fn superclasses(&'static self) -> impl Iterator<Item = &'static Self> {
        self.line().skip(1)
    }

    /// True if an instance of this class is an instance of `name`: the class or one of its superclasses has that name.
    pub(crate) fn is_a(&'static self, name: &str) -> bool {
        self.line().any(|class| class.name.eq_ignore_ascii_case(name))
    }

    /// True if the namespace contains it.
    pub(crate) fn is_in(&self, namespace: &str) -> bool {
        self.namespaces.iter().any(|known| known.eq_ignore_ascii_case(namespace))
    }

    /// All properties, in the order of the wire. A redeclared property replaces the inherited one.
    pub(crate) fn all_properties(&'static self) -> &'static [&'static Property] {
        self.all.get_or_init(|| {
            let mut all = BTreeMap::new();
            for property in self.line().flat_map(|class| class.own_properties) {
                all.entry(property.name.to_ascii_lowercase()).or_insert(property);
            }
            all.into_values().collect()
        })
    }

    /// The property of that name; case does not matter.
    pub(crate) fn property(&'static self, name: &str) -> Option<&'static Property> {
        self.all_properties().iter().find(|property| property.name.eq_ignore_ascii_case(name)).copied()
    }

    /// The properties in the object path.
    pub(crate) fn keys(&'static self) -> impl Iterator<Item = &'static Property> {
        self.all_properties().iter().copied().filter(|property| property.key)
    }

    /// The method of that name, own or inherited; case does not matter.
    pub(crate) fn method(&'static self, name: &str) -> Option<&'static Method> {
        self.line().flat_map(|class| class.own_methods).find(|method| method.name.eq_ignore_ascii_case(name))
    }
}

impl Method {
    const fn since(mut self, build: u32) -> Self {
        self.since = build;
        self
    }

    /// The parameters of a call.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = &'static Parameter> + use<> {
        self.parameters.iter().filter(|parameter| parameter.direction != Direction::Out)
    }

    /// The parameters of an answer.
    pub(crate) fn outputs(&self) -> impl Iterator<Item = &'static Parameter> + use<> {
        self.parameters.iter().filter(|parameter| parameter.direction != Direction::In)
    }

    /// The parameter of that name; case does not matter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|parameter| parameter.property.name.eq_ignore_ascii_case(name))
    }
}

impl Parameter {
    const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

impl Property {
    const fn new(name: &'static str, cim_type: CimType) -> Self {
        Self {
            name,
            cim_type,
            array: false,
            key: false,
            reference: None,
            embedded: None,
            values: None,
            since: 0,
        }
    }

    const fn array(mut self) -> Self {
        self.array = true;
        self
    }

    const fn key(mut self) -> Self {
        self.key = true;
        self
    }

    const fn embedded(mut self, class: &'static str) -> Self {
        self.embedded = Some(class);
        self
    }

    const fn values(mut self, values: Values) -> Self {
        self.values = Some(values);
        self
    }

    const fn since(mut self, build: u32) -> Self {
        self.since = build;
        self
    }
}

/// One function per type, which makes a property of that type.
macro_rules! types {
    ($($function:ident $cim_type:ident)+) => {
        $(const fn $function(name: &'static str) -> Property {
            Property::new(name, CimType::$cim_type)
        })+
    };
}

types! {
    boolean Boolean
    datetime Datetime
    sint8 Sint8
    sint16 Sint16
    sint32 Sint32
    sint64 Sint64
    string String
    uint8 Uint8
    uint16 Uint16
    uint32 Uint32
    uint64 Uint64
}

const fn reference(name: &'static str, class: &'static str) -> Property {
    let mut property = Property::new(name, CimType::Reference);
    property.reference = Some(class);
    property
}

const fn object(name: &'static str, class: &'static str) -> Property {
    Property::new(name, CimType::Object).embedded(class)
}

/// The return codes of most Hyper-V methods.
const RETURNED: Option<Family> = Some(Family::Method);
/// The return codes of `RequestStateChange`.
const STATE_CHANGE: Option<Family> = Some(Family::StateChange);

const fn method(name: &'static str, returns: Option<Family>, parameters: &'static [Parameter]) -> Method {
    Method { name, parameters, returns, since: 0 }
}

/// The job that a method has started.
const STARTED_JOB: Parameter = output(reference("Job", names::ANY_JOB));

/// The settings or the snapshot that a method works on.
const fn settings(name: &'static str) -> Parameter {
    input(reference(name, "CIM_VirtualSystemSettingData"))
}

const fn input(property: Property) -> Parameter {
    Parameter { direction: Direction::In, property, optional: false }
}

const fn output(property: Property) -> Parameter {
    Parameter { direction: Direction::Out, property, optional: false }
}

const fn in_out(property: Property) -> Parameter {
    Parameter { direction: Direction::InOut, property, optional: false }
}

#[cfg(test)]
mod tests;
