//! The public view of the schema: the classes, members and methods that this version knows.
//!
//! The tables stay private and may change; these types read them.

use super::{CLASSES, CimType, Class, Direction, Method, Parameter, Property};
use crate::codes::Family;

/// A class that this version knows.
#[derive(Clone, Copy, Debug)]
pub struct KnownClass(&'static Class);

/// A property of a [`KnownClass`], or a parameter of a [`KnownMethod`].
#[derive(Clone, Copy, Debug)]
pub struct KnownMember(&'static Property);

/// A method of a [`KnownClass`].
#[derive(Clone, Copy, Debug)]
pub struct KnownMethod(&'static Method);

/// A parameter of a [`KnownMethod`].
#[derive(Clone, Copy, Debug)]
pub struct KnownParameter(&'static Parameter);

/// The class of that name, if this version knows it; case does not matter.
///
/// An unknown class is no error: the client can use any class of any host.
///
/// ```
/// use hvsnap::cim::CimType;
///
/// let service = hvsnap::schema::known_class("Msvm_VirtualSystemSnapshotService").unwrap();
/// let method = service.method("DestroySnapshot").unwrap();
/// let snapshot = method.parameter("AffectedSnapshot").unwrap();
/// assert_eq!(snapshot.member().cim_type(), CimType::Reference);
/// assert_eq!(snapshot.member().reference_class(), Some("CIM_VirtualSystemSettingData"));
/// assert!(hvsnap::schema::known_class("Win32_Service").is_none());
/// ```
pub fn known_class(name: &str) -> Option<KnownClass> {
    let mut all = CLASSES.iter().flat_map(|class| class.line());
    all.find(|class| class.name.eq_ignore_ascii_case(name)).map(KnownClass)
}

impl KnownClass {
    /// The name, in its proper case.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// True if it is the class `name`, or derives from it.
    pub fn is_a(self, name: &str) -> bool {
        self.0.is_a(name)
    }

    /// True if the tables list all its members. A class that is known only as the base of others may lack members, including
    /// keys.
    pub fn is_whole(self) -> bool {
        super::class(self.0.name).is_some()
    }

    /// The properties, own and inherited, in the order of the wire.
    pub fn properties(self) -> impl Iterator<Item = KnownMember> {
        self.0.all_properties().iter().copied().map(KnownMember)
    }

    /// The property of that name; case does not matter.
    pub fn property(self, name: &str) -> Option<KnownMember> {
        self.0.property(name).map(KnownMember)
    }

    /// The properties that identify an instance; none for a singleton or an embedded class, if the class
    /// [is whole](Self::is_whole).
    pub fn keys(self) -> impl Iterator<Item = KnownMember> {
        self.0.keys().map(KnownMember)
    }

    /// The method of that name, own or inherited. A class may have further methods, which are not known.
    pub fn method(self, name: &str) -> Option<KnownMethod> {
        self.0.method(name).map(KnownMethod)
    }
}

impl KnownMember {
    /// The name, in its proper case.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The type of the value, or of each member of the array.
    pub fn cim_type(self) -> CimType {
        self.0.cim_type
    }

    /// True for an array.
    pub fn is_array(self) -> bool {
        self.0.array
    }

    /// The class declared for a reference; an instance may derive from it.
    pub fn reference_class(self) -> Option<&'static str> {
        self.0.reference
    }

    /// The class of an embedded instance: an element for the type `object`, CIM-XML text for the type `string`.
    pub fn embedded_class(self) -> Option<&'static str> {
        self.0.embedded
    }

    /// The meaning of a number, if the value map contains it.
    pub fn label(self, number: u32) -> Option<&'static str> {
        self.0.values?.label(number)
    }
}

impl KnownMethod {
    /// The name, in its proper case.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The parameters, in the order of the schema, in which they are sent.
    pub fn parameters(self) -> impl Iterator<Item = KnownParameter> {
        self.0.parameters.iter().map(KnownParameter)
    }

    /// The parameter of that name; case does not matter.
    pub fn parameter(self, name: &str) -> Option<KnownParameter> {
        self.parameters().find(|parameter| parameter.member().name().eq_ignore_ascii_case(name))
    }

    /// The family of its return values, if known.
    pub fn returns(self) -> Option<Family> {
        self.0.returns
    }
}

impl KnownParameter {
    /// The name and type.
    pub fn member(self) -> KnownMember {
        KnownMember(&self.0.property)
    }

    /// True if the call gives it.
    pub fn is_input(self) -> bool {
        self.0.direction != Direction::Out
    }

    /// True if a call may omit it.
    pub fn is_optional(self) -> bool {
        self.0.optional
    }
}
