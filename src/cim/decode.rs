//! From open elements to instances and method outputs.
//!
//! Takes every property form that servers send; a form it does not know is kept as markup and never costs the instance.
//! It never checks a class. Follows DSP0230, section 8; nil and absence per XML Schema part 1, section 2.6.1.

use std::borrow::Cow;

use crate::{
    cim::{Instance, Property, Raw},
    soap::ADDRESSING,
    violation::{ProtocolError, Violation},
    wsman::EndpointReference,
    xml::{Content, Element, Reader, XSI},
};

type Result<T> = std::result::Result<T, ProtocolError>;

/// The class of the fragment that answers a query for named properties (MS-WSMV 3.1.4.1.13).
const FRAGMENT: &str = "XmlFragment";

/// Reads the open element of an instance, or of a method's output, whose parameters are properties too.
pub(crate) fn instance<'a>(reader: &mut Reader<'a>, element: &Element<'a>) -> Result<Instance<'a>> {
    let class = if element.name.local == FRAGMENT { "" } else { element.name.local };
    let mut properties = Vec::new();
    while let Some(child) = reader.child(element)? {
        add(reader, &child, &mut properties)?;
    }
    Ok(Instance { class: Cow::Borrowed(class), properties })
}

fn add<'a>(reader: &mut Reader<'a>, child: &Element<'a>, properties: &mut Vec<Property<'a>>) -> Result<()> {
    let value = raw(reader, child)?;
    let bound = reader.limits().instance_properties;
    let name = child.name.local;
    // Members of an array are siblings of one name; they come together, so the last property is looked at first.
    let count = properties.len();
    let known = match properties.last() {
        Some(property) if property.name == name => count.checked_sub(1),
        _ => properties.iter().position(|property| property.name == name),
    };
    let full = || reader.error(Violation::TooManyProperties, name);
    match known.and_then(|index| properties.get_mut(index)) {
        Some(property) if property.values.len() >= bound => return Err(full()),
        Some(property) => property.values.push(value),
        None if count >= bound => return Err(full()),
        None => properties.push(Property { name: Cow::Borrowed(name), values: vec![value] }),
    }
    Ok(())
}

fn raw<'a>(reader: &mut Reader<'a>, element: &Element<'a>) -> Result<Raw<'a>> {
    if let Some(nil) = reader.attribute(element, XSI, "nil")?
        && matches!(nil.trim(), "true" | "1")
    {
        return Ok(Raw::Null);
    }
    let first = match reader.content(element)? {
        Content::Text(text) => return Ok(Raw::Text(text)),
        Content::Child(first) => first,
    };
    match first.name.local {
        "Datetime" | "Interval" | "CIM_DateTime" => reader.text(&first).map(Raw::Datetime),
        _ if first.name.namespace == ADDRESSING => {
            match EndpointReference::read_from(reader, element, first) {
                Ok(reference) => Ok(Raw::Reference(reference)),
                // What is wrong in the reference is this property's error; what is wrong in the XML is the answer's.
                Err(error) if error.violation() == Violation::BadReference => {
                    reader.raw(element).map(|text| Raw::Markup(Cow::Borrowed(text)))
                }
                Err(error) => Err(error),
            }
        }
        _ => nested(reader, element, first),
    }
}

/// An instance inside a property: its properties directly, with the class in `xsi:type`, or in an element of its own.
fn nested<'a>(reader: &mut Reader<'a>, element: &Element<'a>, first: Element<'a>) -> Result<Raw<'a>> {
    let class = match reader.attribute(element, XSI, "type")? {
        Some(name) => {
            let local = name.rsplit(':').next().unwrap_or_default();
            Cow::Owned(local.strip_suffix("_Type").unwrap_or(local).to_owned())
        }
        // The namespace of a property is the URI of its class.
        None => match &first.name.namespace {
            Cow::Borrowed(uri) => Cow::Borrowed(uri.rsplit('/').next().unwrap_or_default()),
            Cow::Owned(uri) => Cow::Owned(uri.rsplit('/').next().unwrap_or_default().to_owned()),
        },
    };
    if class == first.name.local {
        return instance(reader, &first).map(Raw::Object);
    }
    let mut properties = Vec::new();
    let mut child = Some(first);
    while let Some(property) = child {
        add(reader, &property, &mut properties)?;
        child = reader.child(element)?;
    }
    Ok(Raw::Object(Instance { class, properties }))
}
