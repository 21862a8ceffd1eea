//! Values with the names of their types, for output and input.
//!
//! The wire carries no types. They come from the schema if it knows the class, otherwise from the form on the wire; without
//! either the type is `text`.

use std::{fmt, str::FromStr};

use hvsnap::{
    Limits,
    cim::{CimType, Instance, Property, Raw, Value, parse_embedded},
    schema::{KnownClass, KnownMember, known_class},
    wsman::EndpointReference,
};

/// The name of a type: `uint32`, `string[]`, `instance`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TypeName {
    pub(super) kind: Kind,
    pub(super) array: bool,
}

/// The kind of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A type of CIM.
    Cim(CimType),
    /// `instance`: an instance as CIM-XML text, in a property of the type string.
    Instance,
    /// `text`: as the host sent it; its type is unknown.
    Text,
}

/// A property or parameter with its type.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    pub(super) name: String,
    /// `None` for a null of unknown type.
    pub(super) type_name: Option<TypeName>,
    pub(super) content: Content,
    /// Its entry in the schema, if known.
    pub(super) member: Option<KnownMember>,
}

/// One value, or the members of an array; a null array is `One(Null)`.
#[derive(Clone, Debug)]
pub(super) enum Content {
    One(Item),
    Many(Vec<Item>),
}

/// One value.
#[derive(Clone, Debug)]
pub(super) enum Item {
    Null,
    /// A typed scalar.
    Value(Value),
    Reference(EndpointReference),
    /// An instance, nested or as text.
    Instance(Instance<'static>),
    /// Without a known type or form.
    Text(String),
}

impl TypeName {
    pub(super) const STRING: Self = Self::scalar(CimType::String);

    pub(super) const fn scalar(cim_type: CimType) -> Self {
        Self { kind: Kind::Cim(cim_type), array: false }
    }

    /// The type in the schema.
    pub(super) fn of(member: KnownMember) -> Self {
        let kind = match (member.cim_type(), member.embedded_class()) {
            (CimType::String, Some(_)) => Kind::Instance,
            (cim_type, _) => Kind::Cim(cim_type),
        };
        Self { kind, array: member.is_array() }
    }

    /// Whether a value of one type may be written as the other: an instance as text is a string.
    pub(super) fn fits(self, other: Self) -> bool {
        let written = |kind| if kind == Kind::Instance { Kind::Cim(CimType::String) } else { kind };
        self.array == other.array && written(self.kind) == written(other.kind)
    }
}

impl fmt::Display for TypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Cim(cim_type) => cim_type.fmt(f)?,
            Kind::Instance => f.write_str("instance")?,
            Kind::Text => f.write_str("text")?,
        }
        f.write_str(if self.array { "[]" } else { "" })
    }
}

impl FromStr for TypeName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, array) = text.strip_suffix("[]").map_or((text, false), |name| (name, true));
        let kind = match name.to_ascii_lowercase().as_str() {
            "instance" => Kind::Instance,
            "text" => Kind::Text,
            "ref" => Kind::Cim(CimType::Reference),
            name => Kind::Cim(name.parse().map_err(|_| {
                format!(
                    "no type is called {text:?}; types are string, boolean, uint8 to uint64, sint8 to sint64, \
                     real32, real64, char16, datetime, reference, instance and object, each with [] for an array"
                )
            })?),
        };
        Ok(Self { kind, array })
    }
}

/// The properties of an instance; `only` these, if any is named.
pub(super) fn properties(instance: &Instance<'_>, only: &[String]) -> Vec<Typed> {
    let class = known_class(instance.class());
    members(instance, only, |name| class.and_then(|class: KnownClass| class.property(name)))
}

/// The same, with the members' types from another source than the class.
pub(super) fn members(
    instance: &Instance<'_>,
    only: &[String],
    known: impl Fn(&str) -> Option<KnownMember>,
) -> Vec<Typed> {
    let is_asked = |name: &str| only.is_empty() || only.iter().any(|only| only.eq_ignore_ascii_case(name));
    let asked = instance.properties().filter(|property| is_asked(property.name()));
    asked.map(|property| typed(instance, property, known(property.name()))).collect()
}

fn typed(instance: &Instance<'_>, property: &Property<'_>, member: Option<KnownMember>) -> Typed {
    let name = property.name();
    let value = member.map(|member| (instance.value(name, member.cim_type(), member.is_array()), member));
    match value {
        Some((Ok(value), member)) => {
            Typed { member: Some(member), ..Typed::of(name, TypeName::of(member), &value) }
        }
        // Not of the type in the schema: as received.
        _ => untyped(property),
    }
}

impl Typed {
    /// A value of a known type.
    pub(super) fn of(name: &str, mut type_name: TypeName, value: &Value) -> Self {
        let content = match value {
            Value::Array(members) => Content::Many(members.iter().map(|one| item(type_name, one)).collect()),
            value => Content::One(item(type_name, value)),
        };
        let is_text = |item: &Item| matches!(item, Item::Value(Value::String(_)));
        if type_name.kind == Kind::Instance && content.items().iter().any(is_text) {
            type_name.kind = Kind::Cim(CimType::String);
        }
        Self { name: name.to_owned(), type_name: Some(type_name), content, member: None }
    }
}

impl Content {
    pub(super) fn items(&self) -> &[Item] {
        match self {
            Self::One(item) => std::slice::from_ref(item),
            Self::Many(items) => items,
        }
    }
}

fn item(type_name: TypeName, value: &Value) -> Item {
    match value {
        Value::Null => Item::Null,
        Value::Reference(reference) => Item::Reference(reference.clone()),
        Value::Object(instance) => Item::Instance((**instance).clone()),
        Value::String(text) if type_name.kind == Kind::Instance => {
            // A text that is not an instance is shown as text.
            parse_embedded(text, &Limits::default())
                .map_or_else(|_| Item::Value(value.clone()), Item::Instance)
        }
        scalar => Item::Value(scalar.clone()),
    }
}

/// By the form on the wire only.
fn untyped(property: &Property<'_>) -> Typed {
    let mut kind = None;
    let items: Vec<Item> = property
        .values()
        .iter()
        .map(|raw| {
            let (found, item) = by_form(raw);
            kind = kind.or(found);
            item
        })
        .collect();
    let array = items.len() > 1;
    let type_name = kind.map(|kind| TypeName { kind, array });
    let content = match <[Item; 1]>::try_from(items) {
        Ok([item]) => Content::One(item),
        Err(items) if items.is_empty() => Content::One(Item::Null),
        Err(items) => Content::Many(items),
    };
    Typed { name: property.name().to_owned(), type_name, content, member: None }
}

fn by_form(raw: &Raw<'_>) -> (Option<Kind>, Item) {
    let cim = |cim_type| Some(Kind::Cim(cim_type));
    match raw {
        Raw::Null => (None, Item::Null),
        Raw::Reference(reference) => (cim(CimType::Reference), Item::Reference(reference.clone())),
        Raw::Object(instance) => (cim(CimType::Object), Item::Instance(instance.clone().into_owned())),
        Raw::Datetime(text) => match raw.to_value(CimType::Datetime) {
            Some(value) => (cim(CimType::Datetime), Item::Value(value)),
            None => (Some(Kind::Text), Item::Text(text.to_string())),
        },
        other => (Some(Kind::Text), Item::Text(other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_type_is_read_as_it_is_shown() {
        for name in ["uint32", "string[]", "instance", "reference", "object[]", "text", "datetime"] {
            assert_eq!(name.parse::<TypeName>().unwrap().to_string(), name);
        }
        assert_eq!("REF".parse::<TypeName>().unwrap().to_string(), "reference");
        assert!("int".parse::<TypeName>().unwrap_err().contains("no type is called \"int\""));
    }

    #[test]
    fn an_instance_as_text_is_a_string_to_the_host() {
        let name = |text: &str| text.parse::<TypeName>().unwrap();
        assert!(name("instance").fits(name("string")) && !name("instance").fits(name("string[]")));
        assert!(!name("uint8").fits(name("uint16")));
    }
}
