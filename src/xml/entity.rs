//! Entity and character references: the five predefined entities and numeric references.
//!
//! Any other entity is an error. Follows XML 1.0, sections 4.1 and 4.6.

use std::borrow::Cow;

use quick_xml::events::BytesRef;

/// The character of a reference; the error is the reference as written.
pub(super) fn resolve(reference: &BytesRef<'_>) -> Result<char, String> {
    let written = reference.xml10_content();
    match reference.resolve_char_ref() {
        Ok(Some(character)) => Ok(character),
        Err(_) => Err(written.into_owned()),
        Ok(None) => match written.as_ref() {
            "amp" => Ok('&'),
            "lt" => Ok('<'),
            "gt" => Ok('>'),
            "quot" => Ok('"'),
            "apos" => Ok('\''),
            _ => Err(written.into_owned()),
        },
    }
}

/// The value of an attribute with its references resolved; the error describes the invalid part.
pub(super) fn unescape(value: Cow<'_, str>) -> Result<Cow<'_, str>, String> {
    match value {
        Cow::Borrowed(text) => quick_xml::escape::unescape(text).map_err(|error| error.to_string()),
        Cow::Owned(text) => quick_xml::escape::unescape(&text)
            .map(|text| Cow::Owned(text.into_owned()))
            .map_err(|error| error.to_string()),
    }
}
