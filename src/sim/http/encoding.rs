//! Media types and encodings: SOAP in UTF-8 or UTF-16; the answer has the encoding of the request.
//!
//! Byte order mark, charset and first character determine the encoding. Follows RFC 3902 and MS-WSMV 2.2.1.

use bytes::Bytes;

/// The encoding of a request and of its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16,
}

/// The charset in `Content-Type`; the outer `None` if the type is not that of SOAP 1.2.
pub(super) fn soap_charset(content_type: &str) -> Option<Option<String>> {
    let mut parts = content_type.split(';');
    if !parts.next()?.trim().eq_ignore_ascii_case("application/soap+xml") {
        return None;
    }
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_owned())
    });
    Some(charset)
}

impl Encoding {
    /// The encoding of a request's body.
    pub(super) fn of(body: &[u8]) -> Self {
        match body {
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [b'<', 0, ..] | [0, b'<', ..] => Self::Utf16,
            _ => Self::Utf8,
        }
    }

    /// `Content-Type` of the answer.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Utf8 => "application/soap+xml;charset=UTF-8",
            Self::Utf16 => "application/soap+xml;charset=UTF-16",
        }
    }

    /// The bytes of the answer.
    pub(super) fn encode(self, text: String) -> Bytes {
        match self {
            Self::Utf8 => text.into(),
            Self::Utf16 => std::iter::once(0xFEFF)
                .chain(text.encode_utf16())
                .flat_map(u16::to_le_bytes)
                .collect::<Vec<u8>>()
                .into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_type_of_soap_is_taken() {
        assert_eq!(soap_charset("application/soap+xml;charset=UTF-8"), Some(Some("UTF-8".to_owned())));
        assert_eq!(soap_charset("Application/SOAP+XML; charset=\"utf-16\""), Some(Some("utf-16".to_owned())));
        assert_eq!(soap_charset("application/soap+xml"), Some(None));
        assert_eq!(soap_charset("text/xml"), None);
        assert_eq!(soap_charset("application/x-www-form-urlencoded"), None);
    }

    #[test]
    fn utf16_is_answered_in_little_endian_with_a_mark() {
        assert_eq!(Encoding::of(b"<\0s\0"), Encoding::Utf16);
        assert_eq!(&Encoding::Utf16.encode("<é".to_owned())[..], [0xFF, 0xFE, b'<', 0, 0xE9, 0]);
    }
}
