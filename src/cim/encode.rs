//! Encodes values as XML elements: parameters of a method, properties of an instance.
//!
//! Null is written as `xsi:nil`, an empty array as nothing, members of an array as siblings: the forms that Windows sends and
//! accepts. The caller chooses the prefixes. Follows DSP0230, section 8, and MS-WSMV 2.2.5.

use crate::{
    cim::{Datetime, Instance, Raw, Value},
    xml::{Writer, XSI},
};

/// The namespace of `cim:Datetime` and related elements (DSP0230, section 8.1).
pub(crate) const CIM: &str = "http://schemas.dmtf.org/wbem/wscim/1/common";

/// The namespace declarations that [`property`] needs for these values, in addition to `a` and `w`.
pub(crate) fn declarations<'v>(values: impl Iterator<Item = &'v Value>) -> Vec<(&'static str, &'static str)> {
    let (mut cim, mut xsi) = (false, false);
    values.for_each(|value| need(value, &mut cim, &mut xsi));
    let declarations = [(cim, ("xmlns:cim", CIM)), (xsi, ("xmlns:xsi", XSI))];
    declarations.into_iter().filter_map(|(needed, declaration)| needed.then_some(declaration)).collect()
}

/// Records which of the two namespaces this value needs.
fn need(value: &Value, cim: &mut bool, xsi: &mut bool) {
    match value {
        Value::Datetime(_) => *cim = true,
        Value::Null => *xsi = true,
        // Properties of the instance may be null or datetimes.
        Value::Object(_) => (*cim, *xsi) = (true, true),
        Value::Array(members) => members.iter().for_each(|member| need(member, cim, xsi)),
        _ => {}
    }
}

/// Writes the element `name` (with its prefix) for `value`. The prefixes `a`, `w`, `cim` and `xsi` must be bound where needed.
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
        Value::Object(instance) => object(writer, name, instance),
        scalar => {
            writer.leaf(name, &[], &text(scalar));
        }
    }
}

/// The text of a scalar; empty for values that [`property`] writes in another form.
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

/// Writes an instance for Put and Create: an element of the class in the namespace of its resource URI. Values are written as
/// they were read. The caller has checked the names, and that no value is markup of an unknown form.
pub(crate) fn instance(writer: &mut Writer, resource_uri: &str, instance: &Instance<'_>) {
    writer.start(&["p:", instance.class()].concat(), &[("xmlns:p", resource_uri)]);
    for property in instance.properties() {
        let name = ["p:", property.name()].concat();
        property.values().iter().for_each(|value| raw(writer, &name, value));
    }
    writer.end();
}

/// Writes one property, for a Put of a fragment (DSP0226, section 7.7).
pub(crate) fn fragment(writer: &mut Writer, resource_uri: &str, name: &str, value: &Value) {
    writer.start("w:XmlFragment", &[("xmlns:p", resource_uri)]);
    property(writer, &["p:", name].concat(), value);
    writer.end();
}

/// The namespace declarations that an instance needs.
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
        Raw::Object(instance) => object(writer, name, instance),
        Raw::Markup(_) => {}
    }
}

/// Writes an instance inside a property or parameter, in the namespace of the enclosing element.
fn object(writer: &mut Writer, name: &str, instance: &Instance<'_>) {
    let class = ["p:", instance.class(), "_Type"].concat();
    writer.start(name, &[("xsi:type", &class)]);
    for property in instance.properties() {
        let name = ["p:", property.name()].concat();
        property.values().iter().for_each(|value| raw(writer, &name, value));
    }
    writer.end();
}

/// The lexical form of xs:float, whose infinities are `INF` (XML Schema part 2, section 3.2.4).
fn real(value: f64, finite: String) -> String {
    if value.is_infinite() { if value > 0.0 { "INF".to_owned() } else { "-INF".to_owned() } } else { finite }
}
