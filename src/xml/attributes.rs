//! Attributes: namespaces declared by them, and those that are asked for.
//!
//! What nearly everybody writes is read without a parser; all else is left to the one below, which knows what is well-formed.
//! It never reads an attribute that nobody asks for further than that. Follows Namespaces in XML 1.0, sections 3 and 6.

use std::borrow::Cow;

use quick_xml::events::attributes::Attributes;

use super::{
    element::Element,
    entity,
    name::is_name_byte,
    reader::{Reader, Result},
};
use crate::violation::{Violation, excerpt};

/// The attributes of a null as hosts write it, which are most of all attributes: they need no parser, and declare nothing.
pub(super) const NIL: &str = r#" xsi:nil="true""#;

/// A prefix that stands for a namespace within an element.
pub(super) struct Binding<'a> {
    pub(super) prefix: &'a str,
    pub(super) namespace: Cow<'a, str>,
    pub(super) depth: usize,
}

impl<'a> Reader<'a> {
    /// The attribute `local` in `namespace` (empty for an unqualified one), while `element` is open.
    pub(crate) fn attribute(
        &self,
        element: &Element<'a>,
        namespace: &str,
        local: &str,
    ) -> Result<Option<Cow<'a, str>>> {
        if element.attributes.is_empty() {
            return Ok(None);
        }
        if element.attributes == NIL {
            let is_asked = local == "nil" && self.resolve("xsi")? == namespace;
            return Ok(is_asked.then_some(Cow::Borrowed("true")));
        }
        if let Some(plain) = plain(element.attributes, self.limits.xml_attributes) {
            for (name, value) in plain {
                if self.is_named(name, namespace, local)? {
                    return self.unescape(Cow::Borrowed(value)).map(Some);
                }
            }
            return Ok(None);
        }
        for attribute in Attributes::new(element.attributes, 0) {
            let attribute = attribute.map_err(|error| {
                self.error(Violation::NotWellFormed, error.to_string()).at(element.offset)
            })?;
            if self.is_named(attribute.key.0, namespace, local)? {
                return self.unescape(attribute.value).map(Some);
            }
        }
        Ok(None)
    }

    /// Whether the attribute `name`, as it is written, is `local` in `namespace`.
    fn is_named(&self, name: &str, namespace: &str, local: &str) -> Result<bool> {
        let (prefix, name) = name.split_once(':').unwrap_or(("", name));
        if name != local || prefix == "xmlns" {
            return Ok(false);
        }
        // An attribute without a prefix is in no namespace (Namespaces in XML 1.0, section 6.2).
        Ok(if prefix.is_empty() { namespace.is_empty() } else { self.resolve(prefix)? == namespace })
    }

    /// Binds the namespaces that a start tag declares; all its attributes must be well-formed.
    pub(super) fn declare(&mut self, attributes: &'a str, start: usize) -> Result<()> {
        if let Some(plain) = plain(attributes, self.limits.xml_attributes) {
            for (name, value) in plain {
                self.bind(name, Cow::Borrowed(value))?;
            }
            return Ok(());
        }
        for (count, attribute) in Attributes::new(attributes, 0).enumerate() {
            if count >= self.limits.xml_attributes {
                return Err(self.error(Violation::TooManyAttributes, ""));
            }
            let attribute = attribute
                .map_err(|error| self.error(Violation::NotWellFormed, error.to_string()).at(start))?;
            self.bind(attribute.key.0, attribute.value)?;
        }
        Ok(())
    }

    /// Binds a namespace, if the attribute declares one.
    fn bind(&mut self, name: &'a str, value: Cow<'a, str>) -> Result<()> {
        let prefix = match name.strip_prefix("xmlns") {
            Some("") => "",
            Some(rest) => match rest.strip_prefix(':') {
                Some(prefix) => prefix,
                None => return Ok(()),
            },
            None => return Ok(()),
        };
        let namespace = self.unescape(value)?;
        if namespace.len() > self.limits.xml_name_bytes {
            return Err(self.error(Violation::TextTooLong, "a namespace"));
        }
        if namespace.is_empty() && !prefix.is_empty() {
            return Err(self.error(Violation::NotWellFormed, "a prefix for no namespace"));
        }
        // A name is looked up among all of them.
        if self.bindings.len() >= self.limits.xml_attributes {
            return Err(self.error(Violation::TooManyAttributes, "namespaces in scope"));
        }
        self.bindings.push(Binding { prefix, namespace, depth: self.depth });
        Ok(())
    }

    fn unescape(&self, value: Cow<'a, str>) -> Result<Cow<'a, str>> {
        if value.len() > self.limits.xml_text_bytes {
            return Err(self.error(Violation::TextTooLong, "an attribute"));
        }
        entity::unescape(value).map_err(|text| self.error(Violation::UnknownEntity, excerpt(&text)))
    }
}

/// The attributes in `text` with their names and values, each written as ` name="value"` with nothing to resolve; `None` if one
/// is written otherwise or stands there twice, or if there are more than `most`.
fn plain(text: &str, most: usize) -> Option<Vec<(&str, &str)>> {
    let mut found: Vec<(&str, &str)> = Vec::with_capacity(12);
    let mut left = text;
    while let Some(attribute) = left.strip_prefix(' ') {
        let name_length = attribute.bytes().position(|byte| !is_name_byte(byte) && byte != b':')?;
        let (name, rest) = attribute.split_at_checked(name_length)?;
        let rest = rest.strip_prefix("=\"")?;
        let (value, rest) = rest.split_at_checked(rest.find('"')?)?;
        // No early end: so it is looked at many bytes at a time.
        let odd =
            value.bytes().fold(false, |odd, byte| odd | (byte < b' ') | (byte == b'&') | (byte == b'<'));
        if odd || name.is_empty() || found.len() >= most || found.iter().any(|(other, _)| *other == name) {
            return None;
        }
        found.push((name, value));
        left = rest.strip_prefix('"')?;
    }
    left.is_empty().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_the_parser_reads() {
        for (text, count) in [
            ("", 0),
            (r#" a="1""#, 1),
            (r#" xmlns:p="http://schemas.dmtf.org/wbem" p:x='y'"#, usize::MAX),
            (r#" xmlns="urn:a" xmlns:b="urn:b" b:c="" é="è""#, 4),
        ] {
            let parsed: std::result::Result<Vec<_>, _> = Attributes::new(text, 0).collect();
            let parsed = parsed.unwrap();
            match plain(text, 4) {
                Some(found) => {
                    assert_eq!(found.len(), count, "{text}");
                    let parsed: Vec<_> = parsed.iter().map(|a| (a.key.0, a.value.as_ref())).collect();
                    assert_eq!(found, parsed, "{text}");
                }
                None => assert_eq!(count, usize::MAX, "{text}"),
            }
        }
    }

    #[test]
    fn what_is_written_otherwise_is_left_to_the_parser() {
        for text in [
            "a=\"1\"",
            " a='1'",
            " a=\"1",
            " a=1",
            " a",
            " a =\"1\"",
            " a= \"1\"",
            "  a=\"1\"",
            " a=\"1\" ",
            " =\"1\"",
            " a=\"1\"b=\"2\"",
            " a=\"1\" a=\"2\"",
            " a=\"&amp;\"",
            " a=\"<\"",
            " a=\"\t\"",
            " a=\"\n\"",
            "\ta=\"1\"",
            " a/=\"1\"",
        ] {
            assert_eq!(plain(text, 4), None, "{text:?}");
        }
        assert_eq!(plain(" a=\"1\" b=\"2\"", 1), None);
    }
}
