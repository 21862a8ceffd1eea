//! From values to elements: parameters of a method, properties of an instance.
//!
//! Null is written as `xsi:nil`, an empty array as nothing, members of an array as siblings: the forms that Windows
//! sends and takes. It never chooses a prefix. Follows DSP0230, section 8, and MS-WSMV 2.2.5.

use crate::{
    cim::{Datetime, Instance, Raw, Value},
    xml::{Writer, XSI},
};

/// The namespace of `cim:Datetime` and its like (DSP0230, section 8.1).
pub(crate) const CIM: &str = "http://schemas.dmtf.org/wbem/wscim/1/common";

/// The namespace declarations that [`property`] needs for these values, besides `a` and `w`.
pub(crate) fn declarations<'v>(values: impl Iterator<Item = &'v Value>) -> Vec<(&'static str, &'static str)> {
    let (mut cim, mut xsi) = (false, false);
    values.for_each(|value| need(value, &mut cim, &mut xsi));
    let declarations = [(cim, ("xmlns:cim", CIM)), (xsi, ("xmlns:xsi", XSI))];
    declarations.into_iter().filter_map(|(needed, declaration)| needed.then_some(declaration)).collect()
}

/// Notes which of both namespaces this value needs.
fn need(value: &Value, cim: &mut bool, xsi: &mut bool) {
    match value {
        Value::Datetime(_) => *cim = true,
        Value::Null | Value::Object(_) => *xsi = true,
        Value::Array(members) => members.iter().for_each(|member| need(member, cim, xsi)),
        _ => {}
    }
}

/// Writes the element `name` (with its prefix) for `value`; `a`, `w`, `cim` and `xsi` must be bound as far as needed.
pub(crate) fn property(writer: &mut Writer, name: &str, value: &Value) {
    match value {
        Value::Null => {
            writer.empty(name, &[("xsi:nil", "true")]);
        }
        Value::Array(members) => {
            for member in members {
                property(writer, name, member);
            }
        }
        Value::Datetime(datetime) => {
            let (form, text) = match datetime {
                Datetime::Timestamp(timestamp) => ("cim:Datetime", timestamp.to_string()),
                Datetime::Interval(interval) => ("cim:Interval", interval.to_string()),
                Datetime::Unspecified => ("cim:CIM_DateTime", datetime.to_string()),
            };
            writer.start(name, &[]).leaf(form, &[], &text).end();
        }
        Value::Reference(reference) => {
            writer.start(name, &[]);
            reference.write_content(writer);
            writer.end();
        }
        Value::Object(instance) => {
            let class = format!("{}_Type", instance.class());
            writer.start(name, &[("xsi:type", &class)]);
            for inner in instance.properties() {
                let inner_name = name.split_once(':').map_or_else(
                    || inner.name().to_owned(),
                    |(prefix, _)| format!("{prefix}:{}", inner.name()),
                );
                for raw in inner.values() {
                    writer.leaf(&inner_name, &[], &raw.to_string());
                }
            }
            writer.end();
        }
        scalar => {
            writer.leaf(name, &[], &text(scalar));
        }
    }
}

/// The text of a scalar; empty for what is written otherwise.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Boolean(value) => value.to_string(),
        Value::Char16(value) => value.to_string(),
        Value::Real32(value) => real(f64::from(*value), value.to_string()),
        Value::Real64(value) => real(*value, value.to_string()),
        Value::Sint8(value) => value.to_string(),
        Value::Sint16(value) => value.to_string(),
        Value::Sint32(value) => value.to_string(),
        Value::Sint64(value) => value.to_string(),
        Value::Uint8(value) => value.to_string(),
        Value::Uint16(value) => value.to_string(),
        Value::Uint32(value) => value.to_string(),
        Value::Uint64(value) => value.to_string(),
        Value::String(value) => value.clone(),
        // Written above.
        Value::Null | Value::Datetime(_) | Value::Reference(_) | Value::Object(_) | Value::Array(_) => {
            String::new()
        }
    }
}

/// The representation of an instance, for Put and Create: an element of the class in the namespace of its resource URI. Values are
/// written as they were read; markup of an unknown form is left out.
pub(crate) fn instance(writer: &mut Writer, resource_uri: &str, instance: &Instance<'_>) {
    writer.start(&["p:", instance.class()].concat(), &[("xmlns:p", resource_uri)]);
    for property in instance.properties() {
        let name = ["p:", property.name()].concat();
        property.values().iter().for_each(|value| raw(writer, &name, value));
    }
    writer.end();
}

/// The namespaces that instances need.
pub(crate) const OF_INSTANCES: [(&str, &str); 2] = [("xmlns:cim", CIM), ("xmlns:xsi", XSI)];

fn raw(writer: &mut Writer, name: &str, value: &Raw<'_>) {
    match value {
        Raw::Null => {
            writer.empty(name, &[("xsi:nil", "true")]);
        }
        Raw::Text(text) => {
            writer.leaf(name, &[], text);
        }
        Raw::Datetime(text) => {
            let form = match text.trim() {
                interval if interval.starts_with('P') => "cim:Interval",
                time if time.contains('T') => "cim:Datetime",
                _ => "cim:CIM_DateTime",
            };
            writer.start(name, &[]).leaf(form, &[], text).end();
        }
        Raw::Reference(reference) => {
            writer.start(name, &[]);
            reference.write_content(writer);
            writer.end();
        }
        Raw::Object(instance) => {
            let class = format!("p:{}_Type", instance.class());
            writer.start(name, &[("xsi:type", &class)]);
            for property in instance.properties() {
                let name = ["p:", property.name()].concat();
                property.values().iter().for_each(|value| raw(writer, &name, value));
            }
            writer.end();
        }
        Raw::Markup(_) => {}
    }
}

/// The lexical form of xs:float, whose infinities are `INF` (XML Schema part 2, section 3.2.4).
fn real(value: f64, finite: String) -> String {
    if value.is_infinite() { if value > 0.0 { "INF".to_owned() } else { "-INF".to_owned() } } else { finite }
}
