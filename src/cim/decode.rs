//! Decodes XML elements to instances and method results.
//!
//! All property forms that servers send are accepted; an unknown form is kept as markup. The class is not checked. Follows
//! DSP0230, section 8, and XML Schema part 1, section 2.6.1 (nil and absence).

use std::borrow::Cow;

use crate::{
    cim::{Instance, Property, Raw, Values},
    soap::ADDRESSING,
    violation::{ProtocolError, Violation},
    wsman::EndpointReference,
    xml::{Content, Element, Reader, XSI},
};

type Result<T> = std::result::Result<T, ProtocolError>;

/// The class of the fragment that answers a query for named properties (MS-WSMV 3.1.4.1.13).
const FRAGMENT: &str = "XmlFragment";

/// Initial capacity: enough for the properties of most classes.
const ROOM_IN_INSTANCE: usize = 64;
/// Initial capacity: enough for the output parameters of most methods.
const ROOM_IN_OUTPUT: usize = 4;

/// Reads the open element of an instance.
pub(crate) fn instance<'a>(reader: &mut Reader<'a>, element: &Element<'a>) -> Result<Instance<'a>> {
    whole(reader, element, ROOM_IN_INSTANCE)
}

/// Reads the open element of a method's output; output parameters have the form of properties.
pub(crate) fn output<'a>(reader: &mut Reader<'a>, element: &Element<'a>) -> Result<Instance<'a>> {
    whole(reader, element, ROOM_IN_OUTPUT)
}

fn whole<'a>(reader: &mut Reader<'a>, element: &Element<'a>, room: usize) -> Result<Instance<'a>> {
    let class = if element.name.local == FRAGMENT { "" } else { element.name.local };
    let mut properties = Properties::with_room(room);
    while let Some(child) = reader.child(element)? {
        properties.add(reader, &child)?;
    }
    Ok(Instance { class: Cow::Borrowed(class), properties: properties.list })
}

/// The properties of one instance while they are read.
struct Properties<'a> {
    list: Vec<Property<'a>>,
    /// True while each name sorts after the one before it, as hosts send them: then a new name cannot be a repeated one.
    ascending: bool,
}

impl<'a> Properties<'a> {
    fn with_room(count: usize) -> Self {
        Self { list: Vec::with_capacity(count), ascending: true }
    }

    fn add(&mut self, reader: &mut Reader<'a>, child: &Element<'a>) -> Result<()> {
        let value = raw(reader, child)?;
        let bound = reader.limits().instance_properties;
        let name = child.name.local;
        let full = || reader.error(Violation::TooManyProperties, name);
        let known = self.position(name);
        let count = self.list.len();
        match known.and_then(|index| self.list.get_mut(index)) {
            Some(property) if property.values.as_slice().len() >= bound => return Err(full()),
            Some(property) => property.values.push(value),
            None if count >= bound => return Err(full()),
            None => self.list.push(Property { name: Cow::Borrowed(name), values: Values::One(value) }),
        }
        Ok(())
    }

    /// The index of the property, if it exists already: members of an array are siblings with the same name.
    fn position(&mut self, name: &str) -> Option<usize> {
        let last = self.list.last()?;
        // Members of an array follow each other directly.
        if last.name == name {
            return self.list.len().checked_sub(1);
        }
        self.ascending &= is_after(name, &last.name);
        if self.ascending {
            return None;
        }
        self.list.iter().position(|property| property.name == name)
    }
}

/// True if `name` sorts after `last`. Hosts sort without regard to case.
fn is_after(name: &str, last: &str) -> bool {
    for (byte, last) in name.bytes().zip(last.bytes()) {
        if byte != last && !byte.eq_ignore_ascii_case(&last) {
            return byte.to_ascii_lowercase() > last.to_ascii_lowercase();
        }
    }
    name.len() > last.len()
}

fn raw<'a>(reader: &mut Reader<'a>, element: &Element<'a>) -> Result<Raw<'a>> {
    if let Some(nil) = reader.attribute(element, XSI, "nil")?
        && matches!(nil.trim_ascii(), "true" | "1")
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
                // An error in the reference belongs to this property; an error in the XML belongs to the whole answer.
                Err(error) if error.violation() == Violation::BadReference => {
                    reader.raw(element).map(|text| Raw::Markup(Cow::Borrowed(text)))
                }
                Err(error) => Err(error),
            }
        }
        _ => nested(reader, element, first),
    }
}

/// Reads an instance inside a property: its properties directly, with the class in `xsi:type`, or inside an element of its own.
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
    let mut properties = Properties::with_room(ROOM_IN_INSTANCE);
    let mut child = Some(first);
    while let Some(property) = child {
        properties.add(reader, &property)?;
        child = reader.child(element)?;
    }
    Ok(Raw::Object(Instance { class, properties: properties.list }))
}
