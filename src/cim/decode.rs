//! Decodes elements to instances and method results.
//!
//! All property forms that servers send are accepted; an unknown form is kept as markup. The class is not checked. DSP0230,
//! section 8; XML Schema part 1, section 2.6.1 (nil and absence).

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

/// Room for as many properties as most classes of a host have.
const ROOM_IN_INSTANCE: usize = 64;
/// Room for as many parameters as most methods give back.
const ROOM_IN_OUTPUT: usize = 4;

/// Reads the open element of an instance.
pub(crate) fn instance<'a>(reader: &mut Reader<'a>, element: &Element<'a>) -> Result<Instance<'a>> {
    whole(reader, element, ROOM_IN_INSTANCE)
}

/// Reads the open element of a method's output, whose parameters are properties too.
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
    /// Every name so far came after the one before it, as hosts write them: then a later one cannot have been there.
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

    /// Where the property is, if there is one already: members of an array are siblings of one name.
    fn position(&mut self, name: &str) -> Option<usize> {
        let last = self.list.last()?;
        // They come together.
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

/// In the order of hosts, which has no regard to case.
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
    let mut properties = Properties::with_room(ROOM_IN_INSTANCE);
    let mut child = Some(first);
    while let Some(property) = child {
        properties.add(reader, &property)?;
        child = reader.child(element)?;
    }
    Ok(Raw::Object(Instance { class, properties: properties.list }))
}
