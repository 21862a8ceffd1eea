//! Oracles for values: datetimes, properties by type, references, embedded instances, object paths.
//!
//! Nested objects are not written, because the client sends none.

use super::{Verdict, answers::assert_within, kept, limits, short};
use crate::{
    Limits,
    cim::{CimType, Datetime, Instance, ObjectPath, Value, decode, encode, parse_embedded},
    violation::ProtocolError,
    wsman::EndpointReference,
    xml::{self, Content, Reader, UnwritableText, Writer},
};

const SCALARS: [CimType; 15] = [
    CimType::Boolean,
    CimType::Char16,
    CimType::Datetime,
    CimType::Real32,
    CimType::Real64,
    CimType::Sint8,
    CimType::Sint16,
    CimType::Sint32,
    CimType::Sint64,
    CimType::Uint8,
    CimType::Uint16,
    CimType::Uint32,
    CimType::Uint64,
    CimType::String,
    CimType::Reference,
];

fn utf8(bytes: &[u8]) -> Result<&str, Verdict> {
    std::str::from_utf8(bytes).map_err(|error| Verdict::Refused(short(error)))
}

/// A text that may be a datetime.
pub fn datetime(bytes: &[u8]) -> Verdict {
    let text = match utf8(bytes) {
        Ok(text) => text,
        Err(verdict) => return verdict,
    };
    match text.parse::<Datetime>() {
        Ok(datetime) => {
            let shown = datetime.to_string();
            assert_eq!(shown.parse(), Ok(datetime), "what is shown of {text:?} reads the same: {shown:?}");
            Verdict::Taken
        }
        Err(error) => Verdict::Refused(short(error)),
    }
}

/// Limits for values that were read within smaller ones, with room for the markup around them.
fn roomy() -> Limits {
    Limits { xml_depth: 80, ..Limits::default() }
}

/// A document that is an instance: each property as each type, written and read again.
pub fn values(bytes: &[u8]) -> Verdict {
    fn read<'t>(text: &'t str, limits: &'t Limits) -> Result<Instance<'t>, ProtocolError> {
        let mut reader = Reader::new(text, limits);
        let root = reader.root()?;
        let instance = decode::instance(&mut reader, &root)?;
        reader.finish()?;
        Ok(instance)
    }
    let limits = limits();
    let text = match xml::decode(bytes, None) {
        Ok(text) => text,
        Err(error) => return error.into(),
    };
    let instance = match read(&text, &limits) {
        Ok(instance) => instance,
        Err(error) => return error.into(),
    };
    assert_within(&instance, &limits);
    for property in instance.properties() {
        for cim_type in SCALARS {
            for array in [false, true] {
                match instance.value(property.name(), cim_type, array) {
                    Ok(value) => assert_survives(&value, cim_type, array),
                    Err(error) => drop(short(error)),
                }
            }
        }
    }
    Verdict::Taken
}

fn assert_survives(value: &Value, cim_type: CimType, array: bool) {
    let Ok(text) = written(value) else { return };
    let limits = roomy();
    let mut reader = Reader::new(&text, &limits);
    let root = kept(reader.root(), "what was written has a root");
    let instance = kept(decode::instance(&mut reader, &root), "what was written can be read");
    kept(reader.finish(), "what was written ends");
    let again = kept(instance.value("X", cim_type, array), "what was written is of the same type");
    // Compared as text: values compare loosely, and NaN not at all.
    assert_eq!(format!("{again:?}"), format!("{value:?}"), "what was written means the same: {text}");
}

fn written(value: &Value) -> Result<String, UnwritableText> {
    let mut declarations = vec![
        ("xmlns:p", "urn:p"),
        ("xmlns:a", crate::soap::ADDRESSING),
        ("xmlns:w", crate::wsman::names::WSMAN),
    ];
    declarations.extend(encode::declarations(std::iter::once(value)));
    let mut writer = Writer::new();
    writer.start("p:C", &declarations);
    encode::property(&mut writer, "p:X", value);
    writer.finish()
}

/// A document that holds a reference, wrapped or not.
pub fn reference(bytes: &[u8]) -> Verdict {
    fn read(text: &str, limits: &Limits) -> Result<EndpointReference, ProtocolError> {
        let mut reader = Reader::new(text, limits);
        let root = reader.root()?;
        let reference = match reader.content(&root)? {
            Content::Child(first) => EndpointReference::read_from(&mut reader, &root, first)?,
            Content::Text(_) => EndpointReference::read_content(&mut reader, &root)?,
        };
        reader.finish()?;
        Ok(reference)
    }
    let text = match xml::decode(bytes, None) {
        Ok(text) => text,
        Err(error) => return error.into(),
    };
    let reference = match read(&text, &limits()) {
        Ok(reference) => reference,
        Err(error) => return error.into(),
    };
    if let Ok(text) = written(&Value::Reference(reference.clone())) {
        // One level deeper: `p:C` contains `p:X`, which contains the reference.
        let inner = text.split_once("<p:X>").and_then(|(_, rest)| rest.rsplit_once("</p:X>"));
        let (inner, _) = kept(inner.ok_or(&text), "the value stands in its element");
        let inner = format!(
            "<x xmlns:a=\"{}\" xmlns:w=\"{}\">{inner}</x>",
            crate::soap::ADDRESSING,
            crate::wsman::names::WSMAN
        );
        let again = kept(read(&inner, &roomy()), "what was written can be read");
        assert_eq!(format!("{again:?}"), format!("{reference:?}"), "what was written means the same");
        assert!(again == reference, "a reference equals itself");
    }
    Verdict::Taken
}

/// The text of an embedded instance.
pub fn embedded(bytes: &[u8]) -> Verdict {
    let limits = limits();
    let outcome = xml::decode(bytes, None).and_then(|text| parse_embedded(&text, &limits));
    if let Ok(instance) = &outcome {
        assert_within(instance, &limits);
        for property in instance.properties() {
            for cim_type in SCALARS {
                if let Ok(value) = instance.value(property.name(), cim_type, true) {
                    assert_survives(&value, cim_type, true);
                }
            }
        }
    }
    Verdict::of(outcome)
}

/// A path to an instance.
pub fn object_path(bytes: &[u8]) -> Verdict {
    let text = match utf8(bytes) {
        Ok(text) => text,
        Err(verdict) => return verdict,
    };
    #[cfg(feature = "sim")]
    let other = super::sim::object_path(text);
    // Nobody else is there to read it.
    #[cfg(not(feature = "sim"))]
    let other: Option<(&str, Vec<(&str, String)>)> = None;
    match text.parse::<ObjectPath>() {
        Ok(path) => {
            if let Some((class, keys)) = other {
                assert!(class.eq_ignore_ascii_case(path.class()), "both readers see one class");
                for (name, value) in keys {
                    assert_eq!(path.key(name), Some(value.as_str()), "both readers see one {name}");
                }
            }
            Verdict::Taken
        }
        Err(error) => Verdict::Refused(short(error)),
    }
}
