//! CIM classes, as data: properties, methods with their parameters, return codes and value maps.
//!
//! What `hyperv`, the client and the simulator may share: it has no behaviour that one of them could get wrong for both. A member
//! stands once, at the class that declares it; a class has those of its superclasses too, in the order of the wire, which is
//! alphabetical without regard to case. A client needs no class to be listed here. Facts of Microsoft's documentation, of the
//! schema of Windows Server 2019, and of CIM 2.32.

#![allow(dead_code, reason = "a table is whole, whoever reads which part of it")]

mod association;
pub(crate) mod build;
mod cim;
mod cim_type;
mod cimv2;
mod error;
mod job;
pub(crate) mod names;
mod service;
mod settings;
mod storage;
mod system;
pub(crate) mod values;

use std::{collections::BTreeMap, iter::successors, sync::OnceLock};

pub use cim_type::CimType;

use crate::codes::Family;
use names::{CIMV2_NAMESPACE, CLUSTER_NAMESPACE, NAMESPACE};
use values::Values;

/// One class: what it is called, what it derives from, what its instances carry and can do.
#[derive(Debug)]
pub(crate) struct Class {
    /// In its proper case.
    pub(crate) name: &'static str,
    superclass: Option<&'static Class>,
    /// The namespaces that have it, in the form that resource URIs want.
    pub(crate) namespaces: &'static [&'static str],
    own_properties: &'static [Property],
    own_methods: &'static [Method],
    /// Own and inherited properties, put together at first use.
    all: OnceLock<Vec<&'static Property>>,
}

/// A property of a [`Class`], or a parameter of a [`Method`].
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
    /// The class of an embedded instance: nested XML for the type `object`, CIM-XML text for the type `string`.
    pub(crate) embedded: Option<&'static str>,
    /// What its numbers mean.
    pub(crate) values: Option<Values>,
    /// First build of Windows that has it; 0 when every host with the namespace does.
    pub(crate) since: u32,
}

/// A method of a [`Class`].
#[derive(Debug)]
pub(crate) struct Method {
    /// In its proper case.
    pub(crate) name: &'static str,
    /// In the order of the schema.
    pub(crate) parameters: &'static [Parameter],
    /// What `ReturnValue` means, where it is known.
    pub(crate) returns: Option<Family>,
    /// First build of Windows that has it; 0 when every host with the class does.
    pub(crate) since: u32,
}

/// A parameter of a [`Method`].
#[derive(Debug)]
pub(crate) struct Parameter {
    /// Whose turn it is to give a value.
    pub(crate) direction: Direction,
    /// Name and type.
    pub(crate) property: Property,
    /// Whether a call may leave it out.
    pub(crate) optional: bool,
}

/// Who gives the value of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// The call.
    In,
    /// The answer.
    Out,
    /// Both.
    InOut,
}

/// On a host alone.
const HOST: &[&str] = &[NAMESPACE];
/// On a host and in a cluster.
const BOTH: &[&str] = &[NAMESPACE, CLUSTER_NAMESPACE];
/// On every Windows.
const CIMV2: &[&str] = &[CIMV2_NAMESPACE];

/// Every class of which there are instances, of their own or embedded; what these derive from is reached through them.
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
];

/// The class of that name; upper and lower case are alike, as on a host.
pub(crate) fn class(name: &str) -> Option<&'static Class> {
    CLASSES.iter().find(|class| class.name.eq_ignore_ascii_case(name)).copied()
}

/// The classes that are called so or derive from one that is.
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

    /// The class itself, then what it derives from, up to the root.
    fn line(&'static self) -> impl Iterator<Item = &'static Self> {
        successors(Some(self), |class| class.superclass)
    }

    /// What it derives from, from the direct superclass to the root.
    pub(crate) fn superclasses(&'static self) -> impl Iterator<Item = &'static Self> {
        self.line().skip(1)
    }

    /// Whether an instance of this class is an instance of `name`: it or one of its superclasses is called so.
    pub(crate) fn is_a(&'static self, name: &str) -> bool {
        self.line().any(|class| class.name.eq_ignore_ascii_case(name))
    }

    /// Whether the namespace has it.
    pub(crate) fn is_in(&self, namespace: &str) -> bool {
        self.namespaces.iter().any(|known| known.eq_ignore_ascii_case(namespace))
    }

    /// All properties, in the order of the wire. What a class declares anew replaces what it inherits.
    pub(crate) fn all_properties(&'static self) -> &'static [&'static Property] {
        self.all.get_or_init(|| {
            let mut all = BTreeMap::new();
            for property in self.line().flat_map(|class| class.own_properties) {
                all.entry(property.name.to_ascii_lowercase()).or_insert(property);
            }
            all.into_values().collect()
        })
    }

    /// The property of that name; upper and lower case are alike.
    pub(crate) fn property(&'static self, name: &str) -> Option<&'static Property> {
        self.all_properties().iter().find(|property| property.name.eq_ignore_ascii_case(name)).copied()
    }

    /// The properties that make up the object path.
    pub(crate) fn keys(&'static self) -> impl Iterator<Item = &'static Property> {
        self.all_properties().iter().copied().filter(|property| property.key)
    }

    /// The method of that name, own or inherited; upper and lower case are alike.
    pub(crate) fn method(&'static self, name: &str) -> Option<&'static Method> {
        self.line().flat_map(|class| class.own_methods).find(|method| method.name.eq_ignore_ascii_case(name))
    }
}

impl Method {
    const fn since(mut self, build: u32) -> Self {
        self.since = build;
        self
    }

    /// The parameters that a call gives.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = &'static Parameter> + use<> {
        self.parameters.iter().filter(|parameter| parameter.direction != Direction::Out)
    }

    /// The parameters that an answer gives.
    pub(crate) fn outputs(&self) -> impl Iterator<Item = &'static Parameter> + use<> {
        self.parameters.iter().filter(|parameter| parameter.direction != Direction::In)
    }

    /// The parameter of that name; upper and lower case are alike.
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

/// A function per type: a property of that type.
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

/// What most methods of Hyper-V return.
const RETURNED: Option<Family> = Some(Family::Method);
/// What `RequestStateChange` returns.
const STATE_CHANGE: Option<Family> = Some(Family::StateChange);

const fn method(name: &'static str, returns: Option<Family>, parameters: &'static [Parameter]) -> Method {
    Method { name, parameters, returns, since: 0 }
}

/// The job that a method has started.
const STARTED_JOB: Parameter = output(reference("Job", names::ANY_JOB));

/// Settings or a snapshot that a method is about.
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
