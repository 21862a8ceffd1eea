//! Instances: a class and properties with raw values. The caller gives the type when it reads a property.
//!
//! No schema is needed. A property that cannot be read keeps its raw text and returns an error of its own; the rest of the
//! instance stays readable. Follows DSP0230, section 8, and the forms recorded from Windows hosts.

use std::{borrow::Cow, fmt};

use crate::{
    cim::{CimType, ClassName, Datetime, Interval, Timestamp, Value},
    violation::excerpt,
    wsman::EndpointReference,
};

/// One instance. It borrows from the answer that contained it until [`into_owned`](Self::into_owned).
#[derive(Clone, Debug, PartialEq)]
pub struct Instance<'a> {
    pub(crate) class: Cow<'a, str>,
    pub(crate) properties: Vec<Property<'a>>,
}

/// One property: its name and its value, or the members of its array.
#[derive(Clone, Debug, PartialEq)]
pub struct Property<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) values: Values<'a>,
}

/// The values of a property. Most properties have one value and need no list.
#[derive(Clone, Debug)]
pub(crate) enum Values<'a> {
    /// A scalar, or an array of one member: both look the same on the wire.
    One(Raw<'a>),
    /// An array.
    Many(Vec<Raw<'a>>),
}

impl<'a> Values<'a> {
    pub(crate) fn as_slice(&self) -> &[Raw<'a>] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }

    pub(crate) fn push(&mut self, value: Raw<'a>) {
        match self {
            Self::Many(values) => values.push(value),
            Self::One(first) => {
                let first = std::mem::replace(first, Raw::Null);
                *self = Self::Many(vec![first, value]);
            }
        }
    }

    fn into_owned(self) -> Values<'static> {
        match self {
            Self::One(value) => Values::One(value.into_owned()),
            Self::Many(values) => Values::Many(values.into_iter().map(Raw::into_owned).collect()),
        }
    }
}

impl PartialEq for Values<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

/// A value whose type is not known yet.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Raw<'a> {
    /// `xsi:nil`.
    Null,
    /// A text: any scalar type, bare datetimes included.
    Text(Cow<'a, str>),
    /// The text inside `cim:Datetime`, `cim:Interval` or `cim:CIM_DateTime`.
    Datetime(Cow<'a, str>),
    /// An endpoint reference.
    Reference(EndpointReference),
    /// A nested instance.
    Object(Instance<'a>),
    /// Markup of another form, as it stands in the answer.
    Markup(Cow<'a, str>),
}

/// The property exists but cannot be read as the requested type; its raw text is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyError {
    class: String,
    property: String,
    expected: &'static str,
    raw: String,
}

impl PropertyError {
    /// The name of the property.
    pub fn property(&self) -> &str {
        &self.property
    }

    /// What the server sent.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// All texts that the error keeps.
    pub(super) fn texts(&self) -> [&str; 3] {
        let Self { class, property, expected: _, raw } = self;
        [class, property, raw]
    }
}

impl fmt::Display for PropertyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let raw = excerpt(&self.raw);
        let (class, property) = (excerpt(&self.class), excerpt(&self.property));
        write!(f, "{class}.{property} is no {}: {raw:?}", self.expected)
    }
}

impl std::error::Error for PropertyError {}

impl Instance<'static> {
    /// An instance of `class` without properties, to be written by Put or Create.
    pub fn new(class: &ClassName) -> Self {
        Self { class: Cow::Owned(class.as_str().to_owned()), properties: Vec::new() }
    }

    /// Sets the property `name` to `value` and replaces an earlier value. An empty array is written as nothing.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let values = match value.into() {
            Value::Array(members) => Values::Many(members.into_iter().map(Raw::from).collect()),
            value => Values::One(Raw::from(value)),
        };
        match self.properties.iter_mut().find(|property| property.name.eq_ignore_ascii_case(name)) {
            Some(property) => property.values = values,
            None => self.properties.push(Property { name: Cow::Owned(name.to_owned()), values }),
        }
        self
    }
}

impl From<Value> for Raw<'static> {
    /// The wire form of a value. An array inside an array, which CIM does not have, becomes empty markup.
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Datetime(Datetime::Timestamp(time)) => Self::Datetime(Cow::Owned(time.to_string())),
            Value::Datetime(Datetime::Interval(length)) => Self::Datetime(Cow::Owned(length.to_string())),
            Value::Datetime(other) => Self::Datetime(Cow::Owned(other.to_string())),
            Value::Reference(reference) => Self::Reference(reference),
            Value::Object(instance) => Self::Object(*instance),
            Value::Array(_) => Self::Markup(Cow::Borrowed("")),
            scalar => Self::Text(Cow::Owned(crate::cim::encode::text(&scalar))),
        }
    }
}

impl<'a> Instance<'a> {
    /// The class, from the element's name; empty for a fragment of a query for named properties.
    pub fn class(&self) -> &str {
        &self.class
    }

    /// All properties, in the order in which they came.
    pub fn properties(&self) -> impl Iterator<Item = &Property<'a>> {
        self.properties.iter()
    }

    /// The property `name`; case does not matter.
    pub fn property(&self, name: &str) -> Option<&Property<'a>> {
        self.properties.iter().find(|property| property.name.eq_ignore_ascii_case(name))
    }

    /// The scalar `name`; `None` if it is null or was not sent.
    ///
    /// # Errors
    /// If the value is not of type `T`, or the property has several values.
    pub fn read<T: FromRaw>(&self, name: &str) -> Result<Option<T>, PropertyError> {
        let Some(property) = self.property(name) else { return Ok(None) };
        match property.values.as_slice() {
            [] | [Raw::Null] => Ok(None),
            [raw] => T::from_raw(raw).map(Some).ok_or_else(|| self.error(name, T::EXPECTED, raw)),
            [first, ..] => Err(self.error(name, "scalar", first)),
        }
    }

    /// The array `name`; empty if it is null, empty or was not sent. These look the same on the wire.
    ///
    /// # Errors
    /// If a member is not of type `T`.
    pub fn list<T: FromRaw>(&self, name: &str) -> Result<Vec<T>, PropertyError> {
        let values = self.property(name).map(|property| property.values.as_slice()).unwrap_or_default();
        let present = values.iter().filter(|raw| **raw != Raw::Null);
        present.map(|raw| T::from_raw(raw).ok_or_else(|| self.error(name, T::EXPECTED, raw))).collect()
    }

    /// The value of `name` as the given CIM type; [`Value::Null`] if it was not sent.
    ///
    /// # Errors
    /// If the value is not of that type.
    pub fn value(&self, name: &str, cim_type: CimType, array: bool) -> Result<Value, PropertyError> {
        let values = self.property(name).map(|property| property.values.as_slice()).unwrap_or_default();
        let typed =
            |raw: &Raw<'_>| raw.to_value(cim_type).ok_or_else(|| self.error(name, "value of its type", raw));
        match values {
            [] | [Raw::Null] => Ok(Value::Null),
            [raw] if !array => typed(raw),
            [first, ..] if !array => Err(self.error(name, "scalar", first)),
            members => members.iter().map(typed).collect::<Result<_, _>>().map(Value::Array),
        }
    }

    /// Copies what is still borrowed from the answer.
    pub fn into_owned(self) -> Instance<'static> {
        Instance {
            class: Cow::Owned(self.class.into_owned()),
            properties: self.properties.into_iter().map(Property::into_owned).collect(),
        }
    }

    fn error(&self, name: &str, expected: &'static str, raw: &Raw<'_>) -> PropertyError {
        PropertyError {
            class: self.class.to_string(),
            property: name.to_owned(),
            expected,
            raw: raw.to_string(),
        }
    }
}

impl<'a> Property<'a> {
    /// The name of the property.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value, or the members of the array, as received.
    pub fn values(&self) -> &[Raw<'a>] {
        self.values.as_slice()
    }

    fn into_owned(self) -> Property<'static> {
        Property { name: Cow::Owned(self.name.into_owned()), values: self.values.into_owned() }
    }
}

impl Raw<'_> {
    /// The value as the given CIM type; `None` if it is not of that type.
    pub fn to_value(&self, cim_type: CimType) -> Option<Value> {
        if matches!(self, Self::Null) {
            return Some(Value::Null);
        }
        Some(match cim_type {
            CimType::Boolean => Value::Boolean(bool::from_raw(self)?),
            CimType::Char16 => Value::Char16(u16::from_raw(self).or_else(|| single_unit(self))?),
            CimType::Datetime => Value::Datetime(Datetime::from_raw(self)?),
            CimType::Real32 => Value::Real32(f32::from_raw(self)?),
            CimType::Real64 => Value::Real64(f64::from_raw(self)?),
            CimType::Sint8 => Value::Sint8(i8::from_raw(self)?),
            CimType::Sint16 => Value::Sint16(i16::from_raw(self)?),
            CimType::Sint32 => Value::Sint32(i32::from_raw(self)?),
            CimType::Sint64 => Value::Sint64(i64::from_raw(self)?),
            CimType::Uint8 => Value::Uint8(u8::from_raw(self)?),
            CimType::Uint16 => Value::Uint16(u16::from_raw(self)?),
            CimType::Uint32 => Value::Uint32(u32::from_raw(self)?),
            CimType::Uint64 => Value::Uint64(u64::from_raw(self)?),
            CimType::String => Value::String(String::from_raw(self)?),
            CimType::Reference => Value::Reference(EndpointReference::from_raw(self)?),
            CimType::Object => match self {
                Self::Object(instance) => Value::Object(Box::new(instance.clone().into_owned())),
                _ => return None,
            },
        })
    }

    fn into_owned(self) -> Raw<'static> {
        match self {
            Self::Null => Raw::Null,
            Self::Text(text) => Raw::Text(Cow::Owned(text.into_owned())),
            Self::Datetime(text) => Raw::Datetime(Cow::Owned(text.into_owned())),
            Self::Reference(reference) => Raw::Reference(reference),
            Self::Object(instance) => Raw::Object(instance.into_owned()),
            Self::Markup(text) => Raw::Markup(Cow::Owned(text.into_owned())),
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl fmt::Display for Raw<'_> {
    /// What the server sent, for display; markup unchanged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("(null)"),
            Self::Text(text) | Self::Datetime(text) | Self::Markup(text) => f.write_str(text),
            Self::Reference(reference) => write!(f, "{}", reference.resource_uri),
            Self::Object(instance) => write!(f, "({} instance)", instance.class()),
        }
    }
}

/// `char16` is a number in DSP0230; some servers send the character itself.
fn single_unit(raw: &Raw<'_>) -> Option<u16> {
    let mut units = raw.text()?.encode_utf16();
    units.next().filter(|_| units.next().is_none())
}

/// Types that a raw value can be read as.
pub trait FromRaw: Sized {
    /// What is expected, for the error.
    const EXPECTED: &'static str;
    /// The value, or `None` if the raw value is not of this type.
    fn from_raw(raw: &Raw<'_>) -> Option<Self>;
}

macro_rules! from_text {
    ($($type:ty => $expected:literal,)+) => {
        $(impl FromRaw for $type {
            const EXPECTED: &'static str = $expected;
            fn from_raw(raw: &Raw<'_>) -> Option<Self> {
                raw.text()?.trim_ascii().parse().ok()
            }
        })+
    };
}

from_text! {
    u8 => "uint8",
    u16 => "uint16",
    u32 => "uint32",
    u64 => "uint64",
    i8 => "sint8",
    i16 => "sint16",
    i32 => "sint32",
    i64 => "sint64",
    f32 => "real32",
    f64 => "real64",
}

impl FromRaw for bool {
    const EXPECTED: &'static str = "boolean";
    /// `true` and `false` in any case (one server was seen to send `TRUE`), `1` and `0` (XML Schema part 2, 3.2.2).
    fn from_raw(raw: &Raw<'_>) -> Option<Self> {
        match raw.text()?.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }
}

impl FromRaw for String {
    const EXPECTED: &'static str = "string";
    fn from_raw(raw: &Raw<'_>) -> Option<Self> {
        raw.text().map(str::to_owned)
    }
}

impl FromRaw for Datetime {
    const EXPECTED: &'static str = "datetime";
    fn from_raw(raw: &Raw<'_>) -> Option<Self> {
        match raw {
            Raw::Datetime(text) | Raw::Text(text) => text.parse().ok(),
            _ => None,
        }
    }
}

impl FromRaw for Timestamp {
    const EXPECTED: &'static str = "point in time";
    fn from_raw(raw: &Raw<'_>) -> Option<Self> {
        match Datetime::from_raw(raw)? {
            Datetime::Timestamp(timestamp) => Some(timestamp),
            _ => None,
        }
    }
}

impl FromRaw for Interval {
    const EXPECTED: &'static str = "interval";
    fn from_raw(raw: &Raw<'_>) -> Option<Self> {
        match Datetime::from_raw(raw)? {
            Datetime::Interval(interval) => Some(interval),
            _ => None,
        }
    }
}

impl FromRaw for EndpointReference {
    const EXPECTED: &'static str = "reference";
    fn from_raw(raw: &Raw<'_>) -> Option<Self> {
        match raw {
            Raw::Reference(reference) => Some(reference.clone()),
            _ => None,
        }
    }
}
