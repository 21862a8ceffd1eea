//! Decodes a body to text: UTF-8 and UTF-16, by byte order mark, declared charset, or first bytes.
//!
//! An invalid sequence is an error and is never replaced. Follows XML 1.0, appendix F.

use std::borrow::Cow;

use crate::violation::{ProtocolError, Violation, excerpt};

/// The charsets read as UTF-8, unless the document itself shows another encoding.
const READ_AS_UTF8: [&str; 6] = ["utf-8", "utf8", "us-ascii", "utf-16", "utf-16le", "utf-16be"];

/// Decodes `bytes`; `charset` is the parameter of the content type, if present.
pub(crate) fn decode<'a>(bytes: &'a [u8], charset: Option<&str>) -> Result<Cow<'a, str>, ProtocolError> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        // Without a mark, the first character of a document, '<', shows width and byte order.
        [b'<', 0, ..] => utf16(bytes, u16::from_le_bytes),
        [0, b'<', ..] => utf16(bytes, u16::from_be_bytes),
        _ => match charset.map(|name| name.trim_matches('"')) {
            None => utf8(bytes),
            // A document in UTF-16 starts with one of the patterns above.
            Some(name) if READ_AS_UTF8.iter().any(|known| name.eq_ignore_ascii_case(known)) => utf8(bytes),
            Some(name) => {
                Err(ProtocolError::new(Violation::UnknownEncoding, excerpt(&name.to_ascii_lowercase())))
            }
        },
    }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, ProtocolError> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
        // An incomplete last character means a truncated body, not a wrong encoding.
        let violation =
            if error.error_len().is_none() { Violation::Truncated } else { Violation::BadEncoding };
        ProtocolError::new(violation, "not UTF-8").at(error.valid_up_to())
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'static, str>, ProtocolError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    let text: String = char::decode_utf16(units)
        .collect::<Result<_, _>>()
        .map_err(|_| ProtocolError::new(Violation::BadEncoding, "not UTF-16"))?;
    if rest.is_empty() {
        Ok(Cow::Owned(text))
    } else {
        Err(ProtocolError::new(Violation::Truncated, "half a UTF-16 unit").at(bytes.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16_bytes(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn utf8_is_borrowed_with_and_without_a_mark() {
        assert!(matches!(decode("<a>é</a>".as_bytes(), Some("UTF-8")), Ok(Cow::Borrowed("<a>é</a>"))));
        assert!(matches!(decode("\u{feff}<a/>".as_bytes(), None), Ok(Cow::Borrowed("<a/>"))));
    }

    #[test]
    fn utf16_is_known_by_its_mark_or_its_first_character_whatever_the_charset_says() {
        let text = "<a>日本🦀</a>";
        for mark in ["", "\u{feff}"] {
            let marked = format!("{mark}{text}");
            for bytes in [utf16_bytes(&marked, u16::to_le_bytes), utf16_bytes(&marked, u16::to_be_bytes)] {
                assert_eq!(decode(&bytes, Some("utf-16")).unwrap(), text);
                assert_eq!(decode(&bytes, None).unwrap(), text);
            }
        }
    }

    #[test]
    fn bad_bytes_and_unknown_charsets_are_named() {
        assert_eq!(decode(b"<a>\xff</a>", None).unwrap_err().violation(), Violation::BadEncoding);
        assert_eq!(decode(b"<a>\xc3", None).unwrap_err().violation(), Violation::Truncated);
        assert_eq!(decode(b"<\0a", None).unwrap_err().violation(), Violation::Truncated);
        assert_eq!(decode(b"<\0\0\xd8<\0", None).unwrap_err().violation(), Violation::BadEncoding);
        assert_eq!(decode(b"<a/>", Some("ebcdic")).unwrap_err().violation(), Violation::UnknownEncoding);
    }
}
