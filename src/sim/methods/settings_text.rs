//! An instance as CIM-XML text in a parameter, validated against its class; `SystemSettings` of `ModifySystemSettings`.
//!
//! The second parser of a host is pickier than that of the message: it knows no named entities but `&gt;`. Types must be those of
//! the class, datetimes have the form of CIM (DSP0201 2.4, section 5.2.3; the codes as watched on a real host).

use crate::{
    codes::method as returned,
    schema::{CimType, Class, Property, names},
    sim::{lab::Checkpoints, message::Node},
};

/// What the text asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) instance_id: String,
    pub(super) element_name: Option<String>,
    pub(super) notes: Option<Vec<String>>,
    pub(super) checkpoints: Option<Checkpoints>,
}

impl Settings {
    /// Reads the text; an error is a return value.
    pub(super) fn read(text: &str) -> Result<Self, u32> {
        let mut settings = Self::default();
        for (property, values) in read(text, names::SETTING_DATA)? {
            match property.name {
                "InstanceID" => settings.instance_id = values.into_iter().next().unwrap_or_default(),
                "ElementName" => settings.element_name = values.into_iter().next(),
                // Of several only the first is kept; none, like null, changes nothing.
                "Notes" => settings.notes = values.into_iter().next().map(|first| vec![first]),
                "UserSnapshotType" => {
                    let number = values.first().and_then(|value| value.parse().ok());
                    let kind = number
                        .map(|number| Checkpoints::of(number).ok_or(returned::VENDOR_INVALID_PARAMETER));
                    settings.checkpoints = kind.transpose()?;
                }
                _ => {}
            }
        }
        Ok(settings)
    }
}

/// Reads an instance of `class`: the properties that the text has, each with its values. An error is a return value.
pub(super) fn read(text: &str, class: &str) -> Result<Vec<(&'static Property, Vec<String>)>, u32> {
    entities(text)?;
    let root = Node::read(text).map_err(|_| returned::VENDOR_INVALID_PARAMETER)?;
    let known = root.attribute("CLASSNAME").and_then(crate::schema::class);
    let known = known.filter(|known| root.is("", "INSTANCE") && known.is_a(class));
    let known = known.ok_or(returned::VENDOR_INVALID_PARAMETER)?;
    let properties = root.children.iter().filter(|node| node.local != "QUALIFIER");
    properties.map(|node| values(known, node)).collect()
}

fn entities(text: &str) -> Result<(), u32> {
    if text.contains("&lt;") {
        return Err(returned::VENDOR_INVALID_PARAMETER);
    }
    let named = text.split('&').skip(1).any(|rest| !rest.starts_with('#') && !rest.starts_with("gt;"));
    if named { Err(returned::VENDOR_FAILED) } else { Ok(()) }
}

/// The property that a node is about, with its values; none for null.
fn values(class: &'static Class, node: &Node) -> Result<(&'static Property, Vec<String>), u32> {
    let property = node.attribute("NAME").and_then(|name| class.property(name));
    let property = property.ok_or(returned::VENDOR_INVALID_PARAMETER)?;
    let holder = match node.local.as_str() {
        "PROPERTY" if !property.array => Some(node),
        "PROPERTY.ARRAY" if property.array => node.child("", "VALUE.ARRAY"),
        _ => return Err(returned::VENDOR_INVALID_PARAMETER),
    };
    if node.attribute("TYPE") != Some(property.cim_type.to_string().as_str()) {
        return Err(returned::VENDOR_FAILED);
    }
    let children = holder.map(|holder| holder.children.as_slice()).unwrap_or_default();
    let texts = children.iter().filter(|value| value.is("", "VALUE")).map(|value| value.text.clone());
    let values: Vec<String> = texts.collect();
    if values.iter().all(|text| fits(text, property.cim_type)) {
        Ok((property, values))
    } else {
        Err(returned::VENDOR_FAILED)
    }
}

fn fits(text: &str, cim_type: CimType) -> bool {
    match cim_type {
        CimType::Boolean => text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"),
        // 25 characters: with a sign and an offset, or of an interval (DSP0004, section 5.2.4).
        CimType::Datetime => {
            text.len() == 25
                && text.as_bytes().get(14) == Some(&b'.')
                && matches!(text.as_bytes().get(21), Some(b'+' | b'-' | b':'))
        }
        CimType::Sint8 | CimType::Sint16 | CimType::Sint32 | CimType::Sint64 => text.parse::<i64>().is_ok(),
        CimType::Uint8 => text.parse::<u8>().is_ok(),
        CimType::Uint16 => text.parse::<u16>().is_ok(),
        CimType::Uint32 => text.parse::<u32>().is_ok(),
        CimType::Uint64 => text.parse::<u64>().is_ok(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(properties: &str) -> Result<Settings, u32> {
        Settings::read(&format!(
            "<INSTANCE CLASSNAME=\"Msvm_VirtualSystemSettingData\">{properties}</INSTANCE>"
        ))
    }

    fn name(value: &str) -> String {
        format!("<PROPERTY NAME=\"ElementName\" TYPE=\"string\"><VALUE>{value}</VALUE></PROPERTY>")
    }

    #[test]
    fn numeric_entities_are_read_and_named_ones_are_not() {
        let read = |value: &str| read(&name(value)).map(|settings| settings.element_name.unwrap());
        assert_eq!(read("a &#38; &#60;b&#62; &gt; \""), Ok("a & <b> > \"".to_owned()));
        assert_eq!(read("a &amp; b"), Err(returned::VENDOR_FAILED));
        assert_eq!(read("a &lt; b"), Err(returned::VENDOR_INVALID_PARAMETER));
    }

    #[test]
    fn types_and_forms_are_those_of_the_class() {
        let one = |name: &str, kind: &str, value: &str| {
            read(&format!("<PROPERTY NAME=\"{name}\" TYPE=\"{kind}\"><VALUE>{value}</VALUE></PROPERTY>"))
        };
        assert!(one("CreationTime", "datetime", "20260302183000.000000+000").is_ok());
        assert_eq!(one("CreationTime", "datetime", "2026-03-02T18:30:00Z"), Err(returned::VENDOR_FAILED));
        assert_eq!(one("CreationTime", "string", "20260302183000.000000+000"), Err(returned::VENDOR_FAILED));
        assert!(one("IsSaved", "boolean", "True").is_ok());
        assert_eq!(one("IsSaved", "boolean", "1"), Err(returned::VENDOR_FAILED));
        assert_eq!(one("Notes", "string", "x"), Err(returned::VENDOR_INVALID_PARAMETER), "it is an array");
        assert_eq!(one("Nothing", "string", "x"), Err(returned::VENDOR_INVALID_PARAMETER));
    }

    #[test]
    fn of_several_notes_the_first_is_kept() {
        let notes = read(
            "<PROPERTY.ARRAY NAME=\"Notes\" TYPE=\"string\"><VALUE.ARRAY><VALUE>one\ntwo</VALUE>\
             <VALUE>three</VALUE></VALUE.ARRAY></PROPERTY.ARRAY>",
        );
        assert_eq!(notes.unwrap().notes, Some(vec!["one\ntwo".to_owned()]));
    }

    #[test]
    fn another_class_or_no_instance_is_refused() {
        for text in ["", "<X/>", "<INSTANCE CLASSNAME=\"Msvm_ComputerSystem\"/>", "<INSTANCE/>"] {
            assert_eq!(Settings::read(text), Err(returned::VENDOR_INVALID_PARAMETER), "{text}");
        }
    }
}
