//! Instances and method outputs as elements of a body.
//!
//! All as recorded: properties in the order of the class, null scalars as `xsi:nil`, null and empty arrays omitted, datetimes in
//! `cim:Datetime` or `cim:Interval`, references as the content of an endpoint reference without its wrapper. Members that the
//! host's build does not have are omitted. Follows DSP0230 and MS-WSMV 2.2.5, 3.1.4.1.25.

use super::{
    names::ns,
    reference,
    resource::Resource,
    value::{self, carriable, plain},
};
use crate::{
    sim::{
        instance::{Instance, Scalar, Value},
        path::ObjectPath,
    },
    xml::Writer,
};

/// An instance, as the answer to a Get or as an item.
pub(crate) fn instance(writer: &mut Writer, instance: &Instance, within: &Resource, build: u32) {
    let name = instance.class.name;
    let (uri, kind) = (within.class_uri(name), format!("p:{name}_Type"));
    let attributes = [
        ("xmlns:xsi", ns::XSI),
        ("xmlns:p", uri.as_str()),
        ("xmlns:cim", ns::CIM),
        ("xsi:type", kind.as_str()),
    ];
    writer.start(&format!("p:{name}"), &attributes);
    for (property, value) in instance.properties().filter(|(property, _)| property.since <= build) {
        let name = format!("p:{}", property.name);
        match value {
            Value::Null if property.array => {}
            Value::Null => {
                writer.empty(&name, &[("xsi:nil", "true")]);
            }
            Value::One(scalar) => element(writer, &name, scalar, within, "cim:"),
            Value::Many(members) => {
                members.iter().for_each(|member| element(writer, &name, member, within, "cim:"));
            }
        }
    }
    writer.end();
}

/// Properties requested by name: elements without namespace and class, in the order of the class.
pub(crate) fn fragment(writer: &mut Writer, instance: &Instance, properties: &[String], within: &Resource) {
    writer.start("w:XmlFragment", &[("xmlns:xsi", ns::XSI), ("xmlns:w", ns::WSMAN)]);
    for (property, value) in instance.properties() {
        if !properties.iter().any(|wanted| wanted.eq_ignore_ascii_case(property.name)) {
            continue;
        }
        match value {
            Value::Null if property.array => {}
            Value::Null => {
                writer.empty(property.name, &[("xsi:nil", "true")]);
            }
            Value::One(scalar) => element(writer, property.name, scalar, within, ""),
            Value::Many(members) => {
                members.iter().for_each(|member| element(writer, property.name, member, within, ""));
            }
        }
    }
    writer.end();
}

/// An out parameter of a method.
#[derive(Clone, Debug)]
pub(crate) enum Parameter {
    /// A reference, or null.
    Reference(&'static str, Option<ObjectPath>),
    /// A text, or null.
    Text(&'static str, Option<String>),
    /// The members of an array of texts.
    Texts(&'static str, Vec<String>),
}

/// `METHOD_OUTPUT`: the out parameters, then the return value.
pub(crate) fn method_output(
    writer: &mut Writer,
    uri: &str,
    method: &str,
    parameters: &[Parameter],
    return_value: u32,
    within: &Resource,
) {
    let attributes = [("xmlns:xsi", ns::XSI), ("xmlns:p", uri), ("xmlns:cim", ns::CIM)];
    writer.start(&format!("p:{method}_OUTPUT"), &attributes);
    for parameter in parameters {
        match parameter {
            Parameter::Reference(name, None) | Parameter::Text(name, None) => {
                writer.empty(&format!("p:{name}"), &[("xsi:nil", "true")]);
            }
            Parameter::Reference(name, Some(path)) => {
                reference::content(writer, &format!("p:{name}"), path, within);
            }
            Parameter::Text(name, Some(text)) => {
                writer.leaf(&format!("p:{name}"), &[], &carriable(text));
            }
            Parameter::Texts(name, texts) => {
                for text in texts {
                    writer.leaf(&format!("p:{name}"), &[], &carriable(text));
                }
            }
        }
    }
    writer.leaf("p:ReturnValue", &[], &return_value.to_string()).end();
}

fn element(writer: &mut Writer, name: &str, scalar: &Scalar, within: &Resource, prefix: &str) {
    let (kind, text) = match scalar {
        Scalar::Time(since) => ("Datetime", value::time(*since)),
        Scalar::Never => ("Datetime", value::NEVER.to_owned()),
        Scalar::Interval(length) => ("Interval", value::interval(*length)),
        Scalar::Reference(path) => return reference::content(writer, name, path, within),
        other => {
            writer.leaf(name, &[], &plain(other).unwrap_or_default());
            return;
        }
    };
    writer.start(name, &[]).leaf(&format!("{prefix}{kind}"), &[], &text).end();
}
