//! Describes an answer that is not SOAP, by its headers and first bytes.

use std::fmt;

use crate::violation::excerpt;

/// The kind of an answer that is not SOAP.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotSoap {
    /// A web page: from a login portal, a proxy or another service.
    WebPage,
    /// A compressed body, which no request asks for, and its encoding, such as `gzip`.
    Compressed(String),
    /// A body of another media type.
    Other(String),
}

/// The first bytes of gzip (RFC 1952, section 2.3.1).
const GZIP: &[u8] = &[0x1F, 0x8B];

impl NotSoap {
    /// The kind of this answer; `None` if it may be XML, or its kind cannot be determined.
    pub(crate) fn of(
        content_type: Option<&str>,
        content_encoding: Option<&str>,
        body: &[u8],
    ) -> Option<Self> {
        let encoding =
            content_encoding.map(str::trim).filter(|encoding| !encoding.eq_ignore_ascii_case("identity"));
        if let Some(encoding) = encoding {
            return Some(Self::Compressed(excerpt(encoding)));
        }
        if body.starts_with(GZIP) {
            return Some(Self::Compressed("gzip".to_owned()));
        }
        let media_type =
            content_type.and_then(|value| value.split(';').next()).map(str::trim).unwrap_or_default();
        let media_type = media_type.to_ascii_lowercase();
        if body.is_empty() {
            return None;
        }
        if matches!(media_type.as_str(), "text/html" | "application/xhtml+xml") || is_html(body) {
            return Some(Self::WebPage);
        }
        let may_be_xml =
            media_type.is_empty() || media_type.ends_with("xml") || media_type.starts_with("multipart/");
        (!may_be_xml).then(|| Self::Other(excerpt(&media_type)))
    }
}

/// True if the body begins as an HTML page.
fn is_html(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii_start();
    [&b"<!doctype html"[..], b"<html"]
        .iter()
        .any(|begin| body.get(..begin.len()).is_some_and(|found| found.eq_ignore_ascii_case(begin)))
}

impl fmt::Display for NotSoap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WebPage => f.write_str("a web page"),
            Self::Compressed(how) => write!(f, "a compressed body ({how})"),
            Self::Other(media_type) => f.write_str(media_type),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_soap_is_called_what_it_is() {
        let compressed = |how: &str| Some(NotSoap::Compressed(how.to_owned()));
        for (content_type, encoding, body, what) in [
            (Some("text/html; charset=utf-8"), None, &b"Sign in"[..], Some(NotSoap::WebPage)),
            (None, None, b" \r\n<!DOCTYPE HTML><html>", Some(NotSoap::WebPage)),
            (Some("application/soap+xml"), None, b"\xEF\xBB\xBF<HTML><body>", Some(NotSoap::WebPage)),
            (Some("application/soap+xml"), Some("gzip"), b"\x1f\x8b\x08", compressed("gzip")),
            (Some("application/soap+xml"), Some(" br"), b"\x0b\x02", compressed("br")),
            (Some("application/soap+xml"), None, b"\x1f\x8b\x08", compressed("gzip")),
            (Some("application/json"), None, b"{}", Some(NotSoap::Other("application/json".to_owned()))),
            (Some("text/plain"), None, b"no", Some(NotSoap::Other("text/plain".to_owned()))),
            (Some("application/soap+xml"), Some("identity"), b"<s:Envelope", None),
            (Some("text/xml"), None, b"<s:Envelope", None),
            (Some("text/html"), None, b"", None),
            (None, None, b"<s:Envelope", None),
            (None, None, b"", None),
        ] {
            assert_eq!(NotSoap::of(content_type, encoding, body), what, "{content_type:?} {encoding:?}");
        }
    }
}
