//! Reads embedded instances: CIM-XML text inside a string property, such as the errors of `GetErrorEx`.
//!
//! References inside stay texts (WMI paths). Follows DSP0201 2.4, sections 5.2.3 and 5.2.4 (`INSTANCE`, `PROPERTY`,
//! `PROPERTY.ARRAY`).

use std::borrow::Cow;

use crate::{
    Limits,
    cim::{Instance, Property, Raw, Values},
    violation::{ProtocolError, Violation},
    xml::{Element, Reader},
};

/// Reads the text of an embedded instance.
///
/// # Errors
/// If the text is not a CIM-XML `INSTANCE` element within `limits`.
pub fn parse_embedded(text: &str, limits: &Limits) -> Result<Instance<'static>, ProtocolError> {
    let mut reader = Reader::new(text, limits);
    let root = reader.root()?;
    if root.name.local != "INSTANCE" {
        return Err(reader.error(Violation::UnexpectedBody, "INSTANCE expected"));
    }
    let class = reader.attribute(&root, "", "CLASSNAME")?.unwrap_or_default().into_owned();
    let mut properties = Vec::new();
    while let Some(element) = reader.child(&root)? {
        let array = element.name.local == "PROPERTY.ARRAY";
        if !array && element.name.local != "PROPERTY" {
            continue;
        }
        if properties.len() >= limits.instance_properties {
            return Err(reader.error(Violation::TooManyProperties, ""));
        }
        let name = reader.attribute(&element, "", "NAME")?.unwrap_or_default().into_owned();
        let is_datetime = reader.attribute(&element, "", "TYPE")?.as_deref() == Some("datetime");
        let mut values = Vec::new();
        while let Some(child) = reader.child(&element)? {
            match child.name.local {
                "VALUE" if !array => {
                    if values.len() >= limits.instance_properties {
                        return Err(reader.error(Violation::TooManyProperties, "a property"));
                    }
                    values.push(value(&mut reader, &child, is_datetime)?);
                }
                "VALUE.ARRAY" if array => members(&mut reader, &child, is_datetime, &mut values)?,
                _ => {}
            }
        }
        if values.is_empty() {
            values.push(Raw::Null);
        }
        properties.push(Property { name: Cow::Owned(name), values: Values::Many(values) });
    }
    reader.finish()?;
    Ok(Instance { class: Cow::Owned(class), properties })
}

fn value<'a>(
    reader: &mut Reader<'a>,
    element: &Element<'a>,
    is_datetime: bool,
) -> Result<Raw<'static>, ProtocolError> {
    let text = Cow::Owned(reader.text(element)?.into_owned());
    Ok(if is_datetime { Raw::Datetime(text) } else { Raw::Text(text) })
}

fn members<'a>(
    reader: &mut Reader<'a>,
    array: &Element<'a>,
    is_datetime: bool,
    values: &mut Vec<Raw<'static>>,
) -> Result<(), ProtocolError> {
    while let Some(member) = reader.child(array)? {
        if values.len() >= reader.limits().instance_properties {
            return Err(reader.error(Violation::TooManyProperties, "an array"));
        }
        match member.name.local {
            "VALUE" => values.push(value(reader, &member, is_datetime)?),
            "VALUE.NULL" => values.push(Raw::Null),
            _ => {}
        }
    }
    Ok(())
}
