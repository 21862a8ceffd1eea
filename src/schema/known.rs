//! The schema as the public API shows it: classes, members and methods that this version knows.
//!
//! The tables themselves stay free to change; these types only read them.

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

/// The class of that name, if this version knows it; upper and lower case are alike.
///
/// A class that is not known is no error: the client reaches any class of any host.
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
    /// Its name, in its proper case.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// Whether it is the class `name`, or derives from it.
    pub fn is_a(self, name: &str) -> bool {
        self.0.is_a(name)
    }

    /// Whether it stands in the tables by itself, with all its members. Of a class that is known only as the base of others,
    /// members may be missing, keys too.
    pub fn is_whole(self) -> bool {
        super::class(self.0.name).is_some()
    }

    /// Its properties, own and inherited, in the order of the wire.
    pub fn properties(self) -> impl Iterator<Item = KnownMember> {
        self.0.all_properties().iter().copied().map(KnownMember)
    }

    /// The property of that name; upper and lower case are alike.
    pub fn property(self, name: &str) -> Option<KnownMember> {
        self.0.property(name).map(KnownMember)
    }

    /// The properties that name an instance; none for a singleton or an embedded class, if the class
    /// [is whole](Self::is_whole).
    pub fn keys(self) -> impl Iterator<Item = KnownMember> {
        self.0.keys().map(KnownMember)
    }

    /// The method of that name, own or inherited. A class has methods besides those that are known.
    pub fn method(self, name: &str) -> Option<KnownMethod> {
        self.0.method(name).map(KnownMethod)
    }
}

impl KnownMember {
    /// Its name, in its proper case.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The type of the value, or of each member of the array.
    pub fn cim_type(self) -> CimType {
        self.0.cim_type
    }

    /// Whether it holds any number of values.
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

    /// What a number of it means, if it has a value map that holds the number.
    pub fn label(self, number: u32) -> Option<&'static str> {
        self.0.values?.label(number)
    }
}

impl KnownMethod {
    /// Its name, in its proper case.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// Its parameters, in the order of the schema, in which they are sent.
    pub fn parameters(self) -> impl Iterator<Item = KnownParameter> {
        self.0.parameters.iter().map(KnownParameter)
    }

    /// The parameter of that name; upper and lower case are alike.
    pub fn parameter(self, name: &str) -> Option<KnownParameter> {
        self.parameters().find(|parameter| parameter.member().name().eq_ignore_ascii_case(name))
    }

    /// The family that its return values belong to, where it is known.
    pub fn returns(self) -> Option<Family> {
        self.0.returns
    }
}

impl KnownParameter {
    /// Its name and type.
    pub fn member(self) -> KnownMember {
        KnownMember(&self.0.property)
    }

    /// Whether a call gives it.
    pub fn is_input(self) -> bool {
        self.0.direction != Direction::Out
    }

    /// Whether a call may leave it out.
    pub fn is_optional(self) -> bool {
        self.0.optional
    }
}
