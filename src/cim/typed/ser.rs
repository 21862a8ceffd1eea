//! Serializes a Rust type to an instance.

use serde::{
    Serialize, Serializer,
    ser::{Error, Impossible, SerializeMap, SerializeSeq, SerializeStruct},
};

use super::InstanceError;
use crate::cim::{ClassName, Datetime, Instance, Interval, Timestamp, Value};

pub(super) fn instance<T: Serialize + ?Sized>(
    class: &ClassName,
    value: &T,
) -> Result<Instance<'static>, InstanceError> {
    match value.serialize(ToValue { class })? {
        Value::Object(instance) => Ok(*instance),
        _ => Err(InstanceError::custom(format_args!("{class}: neither a struct nor a map"))),
    }
}

/// Makes a CIM value; a struct or map becomes an instance of the class.
#[derive(Clone, Copy)]
struct ToValue<'c> {
    class: &'c ClassName,
}

fn no_place<T>(what: &str) -> Result<T, InstanceError> {
    Err(InstanceError::custom(format_args!("{what} has no place in an instance")))
}

macro_rules! scalars {
    ($($method:ident $type:ty,)+) => {
        $(fn $method(self, value: $type) -> Result<Value, InstanceError> {
            Ok(Value::from(value))
        })+
    };
}

type Never = Impossible<Value, InstanceError>;

impl<'c> Serializer for ToValue<'c> {
    type Ok = Value;
    type Error = InstanceError;
    type SerializeSeq = Members<'c>;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Fields<'c>;
    type SerializeStruct = Fields<'c>;
    type SerializeStructVariant = Never;

    scalars! {
        serialize_bool bool,
        serialize_i8 i8,
        serialize_i16 i16,
        serialize_i32 i32,
        serialize_i64 i64,
        serialize_u8 u8,
        serialize_u16 u16,
        serialize_u32 u32,
        serialize_u64 u64,
        serialize_f32 f32,
        serialize_f64 f64,
        serialize_str &str,
    }

    fn serialize_char(self, value: char) -> Result<Value, InstanceError> {
        Ok(Value::String(value.to_string()))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Value, InstanceError> {
        Ok(Value::from(value.to_vec()))
    }

    fn serialize_none(self) -> Result<Value, InstanceError> {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, InstanceError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, InstanceError> {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value, InstanceError> {
        Ok(Value::Null)
    }

    fn serialize_unit_variant(self, _: &str, _: u32, variant: &str) -> Result<Value, InstanceError> {
        Ok(Value::from(variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Value, InstanceError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Value, InstanceError> {
        no_place("an enum with values")
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Members<'c>, InstanceError> {
        Ok(Members { to_value: self, values: Vec::new() })
    }

    fn serialize_tuple(self, _: usize) -> Result<Never, InstanceError> {
        no_place("a tuple")
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Never, InstanceError> {
        no_place("a tuple")
    }

    fn serialize_tuple_variant(self, _: &str, _: u32, _: &str, _: usize) -> Result<Never, InstanceError> {
        no_place("an enum with values")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Fields<'c>, InstanceError> {
        Ok(Fields { to_value: self, instance: Instance::new(self.class), name: String::new() })
    }

    fn serialize_struct(self, _: &'static str, fields: usize) -> Result<Fields<'c>, InstanceError> {
        self.serialize_map(Some(fields))
    }

    fn serialize_struct_variant(self, _: &str, _: u32, _: &str, _: usize) -> Result<Never, InstanceError> {
        no_place("an enum with values")
    }
}

struct Members<'c> {
    to_value: ToValue<'c>,
    values: Vec<Value>,
}

impl SerializeSeq for Members<'_> {
    type Ok = Value;
    type Error = InstanceError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), InstanceError> {
        match value.serialize(self.to_value)? {
            Value::Array(_) => no_place("an array in an array"),
            value => {
                self.values.push(value);
                Ok(())
            }
        }
    }

    fn end(self) -> Result<Value, InstanceError> {
        Ok(Value::Array(self.values))
    }
}

struct Fields<'c> {
    to_value: ToValue<'c>,
    instance: Instance<'static>,
    /// The key of the next value.
    name: String,
}

impl Fields<'_> {
    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), InstanceError> {
        let named = |error: InstanceError| InstanceError(format!("{name}: {error}"));
        // Class names and property names follow the same rules (DSP0004, section 5.2.1).
        name.parse::<ClassName>().map_err(|_| named(InstanceError("not a property name".to_owned())))?;
        let value = value.serialize(self.to_value).map_err(named)?;
        let instance = std::mem::replace(&mut self.instance, Instance::new(self.to_value.class));
        self.instance = instance.with(name, value);
        Ok(())
    }
}

impl SerializeMap for Fields<'_> {
    type Ok = Value;
    type Error = InstanceError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), InstanceError> {
        match key.serialize(self.to_value)? {
            Value::String(name) => {
                self.name = name;
                Ok(())
            }
            _ => no_place("a key that is no text"),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), InstanceError> {
        let name = std::mem::take(&mut self.name);
        self.field(&name, value)
    }

    fn end(self) -> Result<Value, InstanceError> {
        Ok(Value::Object(Box::new(self.instance)))
    }
}

impl SerializeStruct for Fields<'_> {
    type Ok = Value;
    type Error = InstanceError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), InstanceError> {
        self.field(name, value)
    }

    fn end(self) -> Result<Value, InstanceError> {
        Ok(Value::Object(Box::new(self.instance)))
    }
}

macro_rules! as_text {
    ($($type:ty,)+) => {
        $(impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        })+
    };
}

as_text! { Datetime, Timestamp, Interval, }

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::cim::Raw;

    #[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Computer {
        name: String,
        cores: u32,
        ratio: f64,
        is_on: bool,
        notes: Vec<String>,
        codes: Vec<u16>,
        owner: Option<String>,
        boot: Option<Timestamp>,
        uptime: Option<Interval>,
    }

    fn computer() -> Computer {
        Computer {
            name: "web-01".to_owned(),
            cores: 4,
            ratio: 0.5,
            is_on: true,
            notes: vec!["a".to_owned(), "b & c".to_owned()],
            codes: vec![7],
            owner: None,
            boot: Some(Timestamp::from_unix_micros(1_790_000_000_000_000)),
            uptime: Some(Interval::new(std::time::Duration::from_secs(90_061))),
        }
    }

    fn class() -> ClassName {
        "Test_Computer".parse().unwrap()
    }

    #[test]
    fn a_type_becomes_an_instance_and_the_instance_the_type() {
        let instance = Instance::from_typed(&class(), &computer()).unwrap();
        assert_eq!(instance.class(), "Test_Computer");
        assert_eq!(instance.read::<u32>("Cores").unwrap(), Some(4));
        assert_eq!(instance.property("Owner").unwrap().values(), [Raw::Null]);
        assert_eq!(instance.to_typed::<Computer>().unwrap(), computer());
    }

    #[test]
    fn what_does_not_fit_is_an_error_that_names_the_property() {
        let instance = Instance::from_typed(&class(), &computer()).unwrap();
        for (changed, wanted) in [
            (instance.clone().with("Cores", "four"), "Test_Computer: Cores is no uint32: \"four\""),
            (
                instance.clone().with("Name", vec![1_u8, 2]),
                "Test_Computer: Name: invalid type: sequence, expected a string",
            ),
            (
                instance.clone().with("Boot", "yesterday"),
                "Test_Computer: Boot: no point in time: \"yesterday\"",
            ),
            (Instance::new(&class()), "Test_Computer: missing field `Name`"),
        ] {
            assert_eq!(changed.to_typed::<Computer>().unwrap_err().to_string(), wanted);
        }
    }

    #[test]
    fn a_nested_instance_and_a_reference_are_maps() {
        #[derive(Debug, Deserialize, PartialEq)]
        struct Key {
            #[serde(rename = "ResourceURI")]
            uri: String,
            #[serde(rename = "InstanceID")]
            id: String,
        }
        #[derive(Debug, Deserialize, PartialEq)]
        #[serde(rename_all = "PascalCase")]
        struct Holder {
            job: Key,
            inner: Computer,
            missing: Option<Key>,
        }
        let job = crate::wsman::EndpointReference::new(
            "http://x/y/Msvm_ConcreteJob".parse().unwrap(),
            crate::wsman::SelectorSet::new().with("InstanceID", "J1"),
        );
        let inner = Instance::from_typed(&class(), &computer()).unwrap();
        let instance = Instance::new(&class()).with("Job", job).with("Inner", inner);
        let holder: Holder = instance.to_typed().unwrap();
        assert_eq!((holder.job.id.as_str(), holder.job.uri.as_str()), ("J1", "http://x/y/Msvm_ConcreteJob"));
        assert_eq!((holder.inner, holder.missing), (computer(), None));
    }

    #[test]
    fn what_has_no_place_in_an_instance_is_refused() {
        assert!(Instance::from_typed(&class(), &7_u8).is_err());
        assert!(Instance::from_typed(&class(), &std::collections::BTreeMap::from([("a b", 1)])).is_err());
        assert!(
            Instance::from_typed(&class(), &std::collections::BTreeMap::from([("A", vec![vec![1]])]))
                .is_err()
        );
    }
}
