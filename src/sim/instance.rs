//! An instance: a class of the schema with a value, or null, for each of its properties.
//!
//! `message::body` writes the values. A value with another type than its property is a mistake of this simulator; tests that
//! write every class find it.

use std::time::Duration;

use super::path::ObjectPath;
use crate::schema::{self, Class, Property};

/// The values of one instance, in the order of its class.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    pub(crate) class: &'static Class,
    values: Vec<Value>,
    /// Members of embedded instances, which queries can test, by their dotted names.
    inner: Vec<(&'static str, Value)>,
}

/// The value of a property.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// Null.
    Null,
    /// A scalar.
    One(Scalar),
    /// The members of an array.
    Many(Vec<Scalar>),
}

/// A scalar value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar {
    /// `boolean`.
    Boolean(bool),
    /// Any unsigned type.
    Number(u64),
    /// `string`.
    Text(String),
    /// `datetime`: since 1970-01-01T00:00:00Z.
    Time(Duration),
    /// `datetime`: the value that Windows sends for "never".
    Never,
    /// `datetime`: an interval.
    Interval(Duration),
    /// The path of another object.
    Reference(ObjectPath),
}

impl Instance {
    /// An instance with all properties null; `None` if the schema does not contain the class.
    pub(crate) fn of(class: &str) -> Option<Self> {
        let class = schema::class(class)?;
        Some(Self { class, values: vec![Value::Null; class.all_properties().len()], inner: Vec::new() })
    }

    /// Sets a property; ignores a name that the class does not have.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let at = self.class.all_properties().iter().position(|property| property.name == name);
        debug_assert!(at.is_some(), "{} has no {name}", self.class.name);
        if let Some(slot) = at.and_then(|at| self.values.get_mut(at)) {
            *slot = value.into();
        }
        self
    }

    /// Sets a member of an embedded instance, given by its dotted name: a query can test it, no answer has it.
    pub(crate) fn with_inner(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.inner.push((name, value.into()));
        self
    }

    /// The value of a property, or of a member by its dotted name; null if there is none.
    pub(crate) fn value(&self, name: &str) -> &Value {
        let found = self.properties().find(|(property, _)| property.name.eq_ignore_ascii_case(name));
        let inner = || self.inner.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value).or_else(|| Some(&inner()?.1)).unwrap_or(&Value::Null)
    }

    /// All properties with their values, in the order of the wire.
    pub(crate) fn properties(&self) -> impl Iterator<Item = (&'static Property, &Value)> {
        self.class.all_properties().iter().copied().zip(&self.values)
    }

    /// The object path of the instance.
    pub(crate) fn path(&self) -> ObjectPath {
        let text = |value: &Value| match value {
            Value::One(Scalar::Text(text)) => text.clone(),
            Value::One(Scalar::Reference(path)) => path.to_string(),
            _ => String::new(),
        };
        let keys = self.properties().filter(|(property, _)| property.key);
        ObjectPath {
            class: self.class,
            keys: keys.map(|(property, value)| (property.name, text(value))).collect(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::One(Scalar::Text(text.to_owned()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::One(Scalar::Text(text))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::One(Scalar::Boolean(value))
    }
}

impl From<u64> for Value {
    fn from(value: u64) -> Self {
        Self::One(Scalar::Number(value))
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        u64::from(value).into()
    }
}

impl From<u16> for Value {
    fn from(value: u16) -> Self {
        u64::from(value).into()
    }
}

impl From<Scalar> for Value {
    fn from(value: Scalar) -> Self {
        Self::One(value)
    }
}

impl From<ObjectPath> for Value {
    fn from(path: ObjectPath) -> Self {
        Self::One(Scalar::Reference(path))
    }
}

impl From<&[u16]> for Value {
    fn from(values: &[u16]) -> Self {
        Self::Many(values.iter().map(|value| Scalar::Number(u64::from(*value))).collect())
    }
}

impl From<Vec<String>> for Value {
    fn from(values: Vec<String>) -> Self {
        Self::Many(values.into_iter().map(Scalar::Text).collect())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
