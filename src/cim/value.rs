//! Typed CIM values.
//!
//! The wire carries no types: an [`Instance`] holds raw texts, and [`Raw::to_value`](crate::cim::Raw::to_value) converts them to
//! a given type. Follows DSP0004 1.7, section 5.2 (intrinsic types).

use crate::{
    cim::{Datetime, Instance, Interval, Timestamp},
    wsman::EndpointReference,
};

/// A typed value.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// Null, of any type.
    Null,
    /// `boolean`.
    Boolean(bool),
    /// `char16`.
    Char16(u16),
    /// `datetime`.
    Datetime(Datetime),
    /// `real32`.
    Real32(f32),
    /// `real64`.
    Real64(f64),
    /// `sint8`.
    Sint8(i8),
    /// `sint16`.
    Sint16(i16),
    /// `sint32`.
    Sint32(i32),
    /// `sint64`.
    Sint64(i64),
    /// `uint8`.
    Uint8(u8),
    /// `uint16`.
    Uint16(u16),
    /// `uint32`.
    Uint32(u32),
    /// `uint64`.
    Uint64(u64),
    /// `string`.
    String(String),
    /// `REF`.
    Reference(EndpointReference),
    /// An embedded object.
    Object(Box<Instance<'static>>),
    /// An array. An empty array and null look the same on the wire.
    Array(Vec<Value>),
}

macro_rules! value_from {
    ($($type:ty => $variant:ident,)+) => {
        $(impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::$variant(value)
            }
        })+
    };
}

value_from! {
    bool => Boolean,
    f32 => Real32,
    f64 => Real64,
    i8 => Sint8,
    i16 => Sint16,
    i32 => Sint32,
    i64 => Sint64,
    u8 => Uint8,
    u16 => Uint16,
    u32 => Uint32,
    u64 => Uint64,
    String => String,
    Datetime => Datetime,
    EndpointReference => Reference,
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}

impl From<Timestamp> for Value {
    fn from(value: Timestamp) -> Self {
        Self::Datetime(Datetime::Timestamp(value))
    }
}

impl From<Interval> for Value {
    fn from(value: Interval) -> Self {
        Self::Datetime(Datetime::Interval(value))
    }
}

impl From<Instance<'static>> for Value {
    fn from(value: Instance<'static>) -> Self {
        Self::Object(Box::new(value))
    }
}

/// `None` is null.
impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Self {
        Self::Array(values.into_iter().map(Into::into).collect())
    }
}
