//! Writes embedded instances: an instance as CIM-XML text, for parameters that are declared as string.
//!
//! Null is a property without a value. References are object paths as text. Markup characters are written as numeric
//! references, because Windows hosts were seen to refuse named ones here. Follows DSP0201 2.4, sections 5.2.3 and 5.2.4.

use std::fmt::Write as _;

use crate::cim::{CimType, ClassName, NameError, Value};

/// An instance that a method takes as text, such as `SystemSettings` of `ModifySystemSettings`.
///
/// It holds the keys and only the properties to set.
///
/// ```
/// use hvsnap::cim::EmbeddedInstance;
///
/// let settings = EmbeddedInstance::new("Msvm_VirtualSystemSettingData".parse()?)
///     .with("InstanceID", "Microsoft:7AF5D4F0-0000-4000-8000-000000000001")?
///     .with("ElementName", "before <upgrade>")?;
/// assert_eq!(
///     settings.to_string(),
///     "<INSTANCE CLASSNAME=\"Msvm_VirtualSystemSettingData\"><PROPERTY NAME=\"InstanceID\" TYPE=\"string\"><VALUE>\
///      Microsoft:7AF5D4F0-0000-4000-8000-000000000001</VALUE></PROPERTY><PROPERTY NAME=\"ElementName\" TYPE=\"string\">\
///      <VALUE>before &#60;upgrade&#62;</VALUE></PROPERTY></INSTANCE>"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct EmbeddedInstance {
    class: ClassName,
    properties: Vec<Written>,
}

/// One property.
#[derive(Clone, Debug, PartialEq)]
struct Written {
    name: ClassName,
    cim_type: CimType,
    is_array: bool,
    value: Value,
}

/// The value has no form in an embedded instance.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EmbeddedError {
    /// The name is not a valid CIM name.
    #[error("{0}")]
    Name(NameError),
    /// Null and an empty array have no type of their own: see [`EmbeddedInstance::with_null`].
    #[error("null or an empty array without a type")]
    NoType,
    /// References are written as object paths, which are strings. Instances and arrays of arrays are not possible.
    #[error("a reference, an instance or an array in an array")]
    NotAValue,
    /// The members of an array have different types.
    #[error("an array of several types")]
    MixedArray,
    /// A value is not of the type given beside it.
    #[error("a value that is no {0}")]
    OtherType(CimType),
}

impl EmbeddedInstance {
    /// An instance of `class` without properties.
    pub const fn new(class: ClassName) -> Self {
        Self { class, properties: Vec::new() }
    }

    /// Adds a property. Its CIM type is that of the value and must be the type that the class declares.
    ///
    /// # Errors
    /// If the name or the value has no form in an embedded instance.
    pub fn with(self, name: &str, value: impl Into<Value>) -> Result<Self, EmbeddedError> {
        let value = value.into();
        let cim_type = match &value {
            Value::Array(members) => {
                let mut types = members.iter().map(type_of);
                let first = types.next().ok_or(EmbeddedError::NoType)??;
                for found in types {
                    if found? != first {
                        return Err(EmbeddedError::MixedArray);
                    }
                }
                first
            }
            value => type_of(value)?,
        };
        let is_array = matches!(value, Value::Array(_));
        self.with_typed(name, cim_type, is_array, value)
    }

    /// Adds an array of this type, which may be empty and may hold nulls; `None` is a null array.
    ///
    /// # Errors
    /// If the name is not a valid CIM name, a member has no form in such a text, or a member has another type.
    pub fn with_array(
        self,
        name: &str,
        cim_type: CimType,
        members: Option<Vec<Value>>,
    ) -> Result<Self, EmbeddedError> {
        for member in members.iter().flatten().filter(|member| **member != Value::Null) {
            if type_of(member)? != cim_type {
                return Err(EmbeddedError::OtherType(cim_type));
            }
        }
        self.with_typed(name, cim_type, true, members.map_or(Value::Null, Value::Array))
    }

    /// Adds a property that is null; a null array is added by [`with_array`](Self::with_array).
    ///
    /// # Errors
    /// If the name is not a valid CIM name.
    pub fn with_null(self, name: &str, cim_type: CimType) -> Result<Self, EmbeddedError> {
        self.with_typed(name, cim_type, false, Value::Null)
    }

    fn with_typed(
        mut self,
        name: &str,
        cim_type: CimType,
        is_array: bool,
        value: Value,
    ) -> Result<Self, EmbeddedError> {
        let name = name.parse().map_err(EmbeddedError::Name)?;
        self.properties.push(Written { name, cim_type, is_array, value });
        Ok(self)
    }
}

fn type_of(value: &Value) -> Result<CimType, EmbeddedError> {
    Ok(match value {
        Value::Boolean(_) => CimType::Boolean,
        Value::Char16(_) => CimType::Char16,
        Value::Datetime(_) => CimType::Datetime,
        Value::Real32(_) => CimType::Real32,
        Value::Real64(_) => CimType::Real64,
        Value::Sint8(_) => CimType::Sint8,
        Value::Sint16(_) => CimType::Sint16,
        Value::Sint32(_) => CimType::Sint32,
        Value::Sint64(_) => CimType::Sint64,
        Value::Uint8(_) => CimType::Uint8,
        Value::Uint16(_) => CimType::Uint16,
        Value::Uint32(_) => CimType::Uint32,
        Value::Uint64(_) => CimType::Uint64,
        Value::String(_) => CimType::String,
        Value::Null => return Err(EmbeddedError::NoType),
        Value::Reference(_) | Value::Object(_) | Value::Array(_) => return Err(EmbeddedError::NotAValue),
    })
}

/// The text of a scalar: booleans in capitals (DSP0201), datetimes as 25 characters (DSP0004).
fn text(value: &Value) -> String {
    match value {
        Value::Boolean(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
        Value::Datetime(datetime) => datetime.to_cim(),
        value => crate::cim::encode::text(value),
    }
}

impl std::fmt::Display for EmbeddedInstance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<INSTANCE CLASSNAME=\"{}\">", self.class)?;
        for Written { name, cim_type, is_array, value } in &self.properties {
            let element = if *is_array { "PROPERTY.ARRAY" } else { "PROPERTY" };
            write!(f, "<{element} NAME=\"{name}\" TYPE=\"{cim_type}\">")?;
            match value {
                Value::Null => {}
                Value::Array(members) => {
                    f.write_str("<VALUE.ARRAY>")?;
                    for member in members {
                        match member {
                            Value::Null => f.write_str("<VALUE.NULL/>")?,
                            member => write!(f, "<VALUE>{}</VALUE>", Escaped(&text(member)))?,
                        }
                    }
                    f.write_str("</VALUE.ARRAY>")?;
                }
                value => write!(f, "<VALUE>{}</VALUE>", Escaped(&text(value)))?,
            }
            write!(f, "</{element}>")?;
        }
        f.write_str("</INSTANCE>")
    }
}

impl From<EmbeddedInstance> for Value {
    fn from(instance: EmbeddedInstance) -> Self {
        Self::String(instance.to_string())
    }
}

/// Text with markup characters as numeric references. Control characters other than tab and line ends are left out, because
/// hosts refuse them.
struct Escaped<'t>(&'t str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' | '<' | '>' | '"' => write!(f, "&#{};", u32::from(character))?,
                '\t' | '\n' | '\r' => f.write_char(character)?,
                control if control.is_control() => {}
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Limits,
        cim::{Datetime, Timestamp, parse_embedded},
    };

    fn instance() -> EmbeddedInstance {
        EmbeddedInstance::new("Msvm_VirtualSystemSettingData".parse().unwrap())
    }

    #[test]
    fn what_is_written_is_read_back_as_it_was() {
        let written = instance()
            .with("ElementName", "a & b <c> \"d\" 'e'\nf\u{1}")
            .unwrap()
            .with("Notes", Value::Array(vec!["one\ntwo".into(), "thr&e".into()]))
            .unwrap()
            .with("IsAutomaticSnapshot", true)
            .unwrap()
            .with("ConsistencyLevel", 1_u8)
            .unwrap()
            .with("CreationTime", Datetime::Timestamp(Timestamp::from_unix_micros(1_790_000_000_000_000)))
            .unwrap()
            .with_null("Caption", CimType::String)
            .unwrap();
        let read = parse_embedded(&written.to_string(), &Limits::default()).unwrap();
        assert_eq!(read.class(), "Msvm_VirtualSystemSettingData");
        assert_eq!(read.read::<String>("ElementName").unwrap().unwrap(), "a & b <c> \"d\" 'e'\nf");
        assert_eq!(read.list::<String>("Notes").unwrap(), ["one\ntwo", "thr&e"]);
        assert_eq!(read.read::<bool>("IsAutomaticSnapshot").unwrap(), Some(true));
        assert_eq!(read.read::<u8>("ConsistencyLevel").unwrap(), Some(1));
        let time = read.read::<Timestamp>("CreationTime").unwrap().unwrap();
        assert_eq!(time.unix_micros(), 1_790_000_000_000_000);
        assert_eq!(read.read::<String>("Caption").unwrap(), None);
    }

    #[test]
    fn an_array_may_be_null_or_empty_or_hold_nulls() {
        let text = |members| {
            let instance = instance().with_array("Notes", CimType::String, members).unwrap().to_string();
            let (_, property) = instance.split_once("TYPE=\"string\">").unwrap();
            property.strip_suffix("</PROPERTY.ARRAY></INSTANCE>").unwrap().to_owned()
        };
        assert_eq!(text(None), "");
        assert_eq!(text(Some(Vec::new())), "<VALUE.ARRAY></VALUE.ARRAY>");
        assert_eq!(
            text(Some(vec!["one".into(), Value::Null])),
            "<VALUE.ARRAY><VALUE>one</VALUE><VALUE.NULL/></VALUE.ARRAY>"
        );
        let other = instance().with_array("Notes", CimType::String, Some(vec![1_u8.into()]));
        assert_eq!(other, Err(EmbeddedError::OtherType(CimType::String)));
    }

    #[test]
    fn no_named_entity_stands_in_the_text() {
        let text = instance().with("ElementName", "&<>\"").unwrap().to_string();
        assert!(text.contains("<VALUE>&#38;&#60;&#62;&#34;</VALUE>"), "{text}");
        assert!(!text.contains("&amp;") && !text.contains("&lt;"), "{text}");
    }

    #[test]
    fn what_has_no_place_in_it_is_refused() {
        let refused = |value: Value| instance().with("X", value).unwrap_err();
        assert_eq!(refused(Value::Null), EmbeddedError::NoType);
        assert_eq!(refused(Value::Array(Vec::new())), EmbeddedError::NoType);
        assert_eq!(refused(Value::Array(vec![1_u8.into(), "a".into()])), EmbeddedError::MixedArray);
        assert_eq!(refused(Value::Array(vec![Value::Array(Vec::new())])), EmbeddedError::NotAValue);
        assert!(matches!(instance().with("a\"b", 1_u8), Err(EmbeddedError::Name(_))));
    }
}
