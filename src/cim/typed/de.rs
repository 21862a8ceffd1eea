//! Deserializes an instance to a Rust type.

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor},
    forward_to_deserialize_any,
};

use super::InstanceError;
use crate::{
    cim::{Datetime, FromRaw, Instance, Interval, Property, Raw, Timestamp},
    wsman::{EndpointReference, Selector, SelectorValue},
};

/// An instance: a map of its properties.
pub(super) struct Of<'i>(pub(super) &'i Instance<'i>);

impl<'de> Deserializer<'de> for Of<'_> {
    type Error = InstanceError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, InstanceError> {
        visitor.visit_map(Properties { rest: self.0.properties().collect(), value: None })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

struct Properties<'i> {
    /// The properties still to read.
    rest: std::collections::VecDeque<&'i Property<'i>>,
    value: Option<&'i Property<'i>>,
}

impl<'de> MapAccess<'de> for Properties<'_> {
    type Error = InstanceError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, InstanceError> {
        self.value = self.rest.pop_front();
        self.value.map(|property| seed.deserialize(property.name().into_deserializer())).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, InstanceError> {
        let property = self.value.take().ok_or_else(|| InstanceError::custom("a value without a key"))?;
        let value = seed.deserialize(Values { name: property.name(), values: property.values() });
        value.map_err(|error| match error.0.starts_with(property.name()) {
            true => error,
            false => InstanceError(format!("{}: {}", property.name(), error.0)),
        })
    }
}

/// The values of one property: a scalar, or the members of an array.
struct Values<'i> {
    name: &'i str,
    values: &'i [Raw<'i>],
}

impl<'i> Values<'i> {
    /// The only value; several values are not a scalar.
    fn one(&self) -> Result<&'i Raw<'i>, InstanceError> {
        match self.values {
            [value] => Ok(value),
            [] => Ok(&Raw::Null),
            [..] => Err(InstanceError::custom("an array in the place of a scalar")),
        }
    }

    fn read<T: FromRaw>(&self) -> Result<T, InstanceError> {
        let raw = self.one()?;
        T::from_raw(raw).ok_or_else(|| {
            let found = crate::violation::excerpt(&raw.to_string());
            InstanceError::custom(format_args!("{} is no {}: {found:?}", self.name, T::EXPECTED))
        })
    }
}

macro_rules! scalars {
    ($($method:ident $visit:ident $type:ty,)+) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, InstanceError> {
            visitor.$visit(self.read::<$type>()?)
        })+
    };
}

impl<'de> Deserializer<'de> for Values<'_> {
    type Error = InstanceError;

    /// Without a type hint: text as a string, an array as a sequence.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, InstanceError> {
        match self.values {
            [] | [Raw::Null] => visitor.visit_unit(),
            [Raw::Text(text) | Raw::Datetime(text) | Raw::Markup(text)] => visitor.visit_str(text),
            [Raw::Object(instance)] => Of(instance).deserialize_any(visitor),
            [Raw::Reference(reference)] => visitor.visit_map(Reference::new(reference)),
            [..] => self.deserialize_seq(visitor),
        }
    }

    scalars! {
        deserialize_bool visit_bool bool,
        deserialize_i8 visit_i8 i8,
        deserialize_i16 visit_i16 i16,
        deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64,
        deserialize_u8 visit_u8 u8,
        deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32,
        deserialize_u64 visit_u64 u64,
        deserialize_f32 visit_f32 f32,
        deserialize_f64 visit_f64 f64,
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, InstanceError> {
        match self.values {
            [] | [Raw::Null] => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    /// A single value reads as an array of one member, which looks the same on the wire; null is an empty array.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, InstanceError> {
        let members = match self.values {
            [Raw::Null] => &[],
            members => members,
        };
        visitor.visit_seq(Members { name: self.name, rest: members.iter() })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, InstanceError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, InstanceError> {
        let text = self.read::<String>()?;
        visitor.visit_enum(IntoDeserializer::<InstanceError>::into_deserializer(text))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, InstanceError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, InstanceError> {
        self.deserialize_seq(visitor)
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct map struct identifier ignored_any
    }
}

struct Members<'i> {
    name: &'i str,
    rest: std::slice::Iter<'i, Raw<'i>>,
}

impl<'de> SeqAccess<'de> for Members<'_> {
    type Error = InstanceError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, InstanceError> {
        let member = self.rest.next().map(std::slice::from_ref);
        member.map(|values| seed.deserialize(Values { name: self.name, values })).transpose()
    }
}

/// A reference: a map of `ResourceURI` and one entry for each selector, under the selector's name.
struct Reference<'i> {
    reference: &'i EndpointReference,
    at: usize,
}

impl<'i> Reference<'i> {
    fn new(reference: &'i EndpointReference) -> Self {
        Self { reference, at: 0 }
    }

    fn selector(&self) -> Option<&'i Selector> {
        self.reference.selectors.iter().nth(self.at.checked_sub(1)?)
    }
}

impl<'de> MapAccess<'de> for Reference<'_> {
    type Error = InstanceError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, InstanceError> {
        let name = match self.at {
            0 => Some("ResourceURI"),
            _ => self.selector().map(|selector| selector.name.as_str()),
        };
        name.map(|name| seed.deserialize(name.into_deserializer())).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, InstanceError> {
        let selector = self.selector();
        let is_uri = self.at == 0;
        self.at = self.at.saturating_add(1);
        match selector.map(|selector| &selector.value) {
            _ if is_uri => seed.deserialize(self.reference.resource_uri.as_str().into_deserializer()),
            Some(SelectorValue::Text(text)) => seed.deserialize(text.as_str().into_deserializer()),
            Some(SelectorValue::Reference(_)) => {
                Err(InstanceError::custom("a reference whose keys are references"))
            }
            None => Err(InstanceError::custom("a value without a key")),
        }
    }
}

macro_rules! from_text {
    ($($type:ty: $variant:pat => $value:expr, $expected:literal;)+) => {
        $(impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                match text.parse::<Datetime>() {
                    Ok($variant) => Ok($value),
                    _ => Err(D::Error::custom(format_args!("no {}: {text:?}", $expected))),
                }
            }
        })+
    };
}

from_text! {
    Datetime: datetime => datetime, "datetime";
    Timestamp: Datetime::Timestamp(time) => time, "point in time";
    Interval: Datetime::Interval(length) => length, "interval";
}
