//! Instances, references and values as JSON, which `read` can read again.
//!
//! `types` names the type of each property, so that nothing is lost when it is read: a datetime is a string in the form of
//! Windows hosts, and so is a 64-bit number, because many JSON readers keep only 53 bits.

use hvsnap::{
    cim::{Instance, Value},
    wsman::{EndpointReference, SelectorValue},
};
use serde::Serialize;
use serde_json::{Map, Number, Value as Json};

use super::typed::{self, Content, Item, Typed};

/// An instance.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct InstanceView {
    /// The class; null for the answer to a query for named properties.
    class: Option<String>,
    /// The CIM namespace; left out for an instance inside of a property.
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    /// The reference of the instance; left out if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<ReferenceView>,
    #[serde(flatten)]
    members: MembersView,
}

/// Properties or parameters.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct MembersView {
    /// The values by name, as the types say: 64-bit numbers and datetimes are strings.
    properties: Map<String, Json>,
    /// The type of each value by name, such as `uint16` or `string[]`; left out where it is not known.
    types: Map<String, Json>,
}

/// An endpoint reference.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ReferenceView {
    /// URI of the class.
    resource_uri: String,
    /// The keys by name: strings, or references.
    selectors: Map<String, Json>,
    /// The address, if it is not that of the service that the reference came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
}

impl InstanceView {
    /// An instance; `only` these properties, if any is named.
    pub(super) fn new(
        instance: &Instance<'_>,
        namespace: &str,
        reference: Option<&EndpointReference>,
        only: &[String],
    ) -> Self {
        Self {
            class: class(instance),
            namespace: Some(namespace.to_owned()),
            reference: reference.map(ReferenceView::new),
            members: MembersView::new(&typed::properties(instance, only)),
        }
    }

    /// An instance in a property.
    fn nested(instance: &Instance<'_>) -> Self {
        Self {
            class: class(instance),
            namespace: None,
            reference: None,
            members: MembersView::new(&typed::properties(instance, &[])),
        }
    }
}

fn class(instance: &Instance<'_>) -> Option<String> {
    Some(instance.class().to_owned()).filter(|class| !class.is_empty())
}

impl MembersView {
    pub(super) fn new(members: &[Typed]) -> Self {
        let name = |member: &Typed| member.name.clone();
        let types = members.iter().filter_map(|member| {
            member.type_name.map(|type_name| (name(member), Json::String(type_name.to_string())))
        });
        Self {
            properties: members.iter().map(|member| (name(member), content(member))).collect(),
            types: types.collect(),
        }
    }
}

impl ReferenceView {
    pub(super) fn new(reference: &EndpointReference) -> Self {
        let selectors = reference.selectors.iter().map(|selector| {
            let value = match &selector.value {
                SelectorValue::Text(text) => Json::String(text.clone()),
                SelectorValue::Reference(reference) => json(&Self::new(reference)),
                _ => Json::Null,
            };
            (selector.name.clone(), value)
        });
        Self {
            resource_uri: reference.resource_uri.to_string(),
            selectors: selectors.collect(),
            address: (!reference.is_anonymous()).then(|| reference.address.clone()),
        }
    }
}

fn content(member: &Typed) -> Json {
    match &member.content {
        Content::Many(items) => Json::Array(items.iter().map(item).collect()),
        // An array of one member looks like a scalar, unless the schema says otherwise.
        Content::One(one) => item(one),
    }
}

fn item(item: &Item) -> Json {
    match item {
        Item::Null => Json::Null,
        Item::Value(value) => scalar(value),
        Item::Reference(reference) => json(&ReferenceView::new(reference)),
        Item::Instance(instance) => json(&InstanceView::nested(instance)),
        Item::Text(text) => Json::String(text.clone()),
    }
}

/// Strings and maps can always be serialized.
fn json(view: &impl Serialize) -> Json {
    serde_json::to_value(view).unwrap_or_default()
}

fn scalar(value: &Value) -> Json {
    match value {
        Value::Boolean(value) => Json::Bool(*value),
        Value::Char16(value) | Value::Uint16(value) => Json::from(*value),
        Value::Uint8(value) => Json::from(*value),
        Value::Uint32(value) => Json::from(*value),
        Value::Sint8(value) => Json::from(*value),
        Value::Sint16(value) => Json::from(*value),
        Value::Sint32(value) => Json::from(*value),
        Value::Uint64(value) => Json::String(value.to_string()),
        Value::Sint64(value) => Json::String(value.to_string()),
        // From its shortest digits: those of the nearest double are longer.
        Value::Real32(value) => real(value.to_string().parse().unwrap_or_else(|_| f64::from(*value))),
        Value::Real64(value) => real(*value),
        Value::Datetime(value) => Json::String(value.to_string()),
        Value::String(value) => Json::String(value.clone()),
        _ => Json::Null,
    }
}

/// JSON has no infinities.
fn real(value: f64) -> Json {
    Number::from_f64(value).map_or_else(|| Json::String(value.to_string()), Json::Number)
}
