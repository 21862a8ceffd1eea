//! Attributes: namespace declarations, and attributes by name.
//!
//! Common forms are parsed here directly; quick-xml handles the rest and checks that it is well-formed. Follows Namespaces in XML
//! 1.0, sections 3 and 6.

use std::borrow::Cow;

use quick_xml::events::attributes::Attributes;

use super::{
    element::Element,
    entity,
    name::is_name_byte,
    reader::{Reader, Result},
};
use crate::violation::{Violation, excerpt};

/// The attributes of a null in the form of hosts, by far the most frequent ones: they need no parser and declare nothing.
pub(super) const NIL: &str = r#" xsi:nil="true""#;

/// A prefix bound to a namespace within an element.
pub(super) struct Binding<'a> {
    pub(super) prefix: &'a str,
    pub(super) namespace: Cow<'a, str>,
    pub(super) depth: usize,
}

impl<'a> Reader<'a> {
    /// The attribute `local` in `namespace` (empty for an unqualified one); `element` must be open.
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
        let mut plain = Plain { left: element.attributes };
        for (name, value) in &mut plain {
            if self.is_named(name, namespace, local)? {
                self.bounded(value)?;
                return Ok(Some(Cow::Borrowed(value)));
            }
        }
        if plain.left.is_empty() {
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

    /// True if the attribute with the qualified name `name` is `local` in `namespace`.
    fn is_named(&self, name: &str, namespace: &str, local: &str) -> Result<bool> {
        let (prefix, name) = name.split_once(':').unwrap_or(("", name));
        if name != local || prefix == "xmlns" {
            return Ok(false);
        }
        // An attribute without a prefix is in no namespace (Namespaces in XML 1.0, section 6.2).
        Ok(if prefix.is_empty() { namespace.is_empty() } else { self.resolve(prefix)? == namespace })
    }

    /// Binds the namespaces that a start tag declares; checks that all its attributes are well-formed.
    pub(super) fn declare(&mut self, attributes: &'a str, start: usize) -> Result<()> {
        let known = self.bindings.len();
        if self.declare_plain(attributes)? {
            return Ok(());
        }
        self.bindings.truncate(known);
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

    /// The same for attributes in the plain form; false, with some of them bound, if there are others, a duplicate, or many.
    fn declare_plain(&mut self, attributes: &'a str) -> Result<bool> {
        let mut names = [""; 16];
        let mut plain = Plain { left: attributes };
        for (count, (name, value)) in plain.by_ref().enumerate() {
            let (before, free) = names.split_at_mut(count);
            let Some(place) = free.first_mut() else { return Ok(false) };
            if count >= self.limits.xml_attributes || before.contains(&name) {
                return Ok(false);
            }
            *place = name;
            if let Some(prefix) = declared(name) {
                self.bounded(value)?;
                self.bind_to(prefix, Cow::Borrowed(value))?;
            }
        }
        Ok(plain.left.is_empty())
    }

    /// Binds a namespace if the attribute declares one.
    fn bind(&mut self, name: &'a str, value: Cow<'a, str>) -> Result<()> {
        match declared(name) {
            Some(prefix) => {
                let namespace = self.unescape(value)?;
                self.bind_to(prefix, namespace)
            }
            None => Ok(()),
        }
    }

    fn bind_to(&mut self, prefix: &'a str, namespace: Cow<'a, str>) -> Result<()> {
        if namespace.len() > self.limits.xml_name_bytes {
            return Err(self.error(Violation::TextTooLong, "a namespace"));
        }
        if namespace.is_empty() && !prefix.is_empty() {
            return Err(self.error(Violation::NotWellFormed, "a prefix for no namespace"));
        }
        // Each lookup of a name searches all bindings.
        if self.bindings.len() >= self.limits.xml_attributes {
            return Err(self.error(Violation::TooManyAttributes, "namespaces in scope"));
        }
        self.bindings.push(Binding { prefix, namespace, depth: self.depth });
        Ok(())
    }

    fn bounded(&self, value: &str) -> Result<()> {
        if value.len() > self.limits.xml_text_bytes {
            return Err(self.error(Violation::TextTooLong, "an attribute"));
        }
        Ok(())
    }

    fn unescape(&self, value: Cow<'a, str>) -> Result<Cow<'a, str>> {
        self.bounded(&value)?;
        entity::unescape(value).map_err(|text| self.error(Violation::UnknownEntity, excerpt(&text)))
    }
}

/// The prefix that an attribute with this name declares; empty for the default namespace.
fn declared(name: &str) -> Option<&str> {
    match name.strip_prefix("xmlns")? {
        "" => Some(""),
        rest => rest.strip_prefix(':'),
    }
}

/// Attributes in the plain form: ` name="value"` one after the other, without references in the values.
///
/// The iterator stops before an attribute in another form, which is then in `left`. It does not detect duplicates.
struct Plain<'a> {
    left: &'a str,
}

impl<'a> Iterator for Plain<'a> {
    type Item = (&'a str, &'a str);

    #[inline]
    fn next(&mut self) -> Option<(&'a str, &'a str)> {
        let attribute = self.left.strip_prefix(' ')?;
        let name_length = attribute.bytes().position(|byte| !is_name_byte(byte) && byte != b':')?;
        let (name, rest) = attribute.split_at_checked(name_length)?;
        let rest = rest.strip_prefix("=\"")?;
        let value_length = memchr::memchr3(b'"', b'&', b'<', rest.as_bytes())?;
        let (value, rest) = rest.split_at_checked(value_length)?;
        let left = rest.strip_prefix('"')?;
        if name.is_empty() {
            return None;
        }
        self.left = left;
        Some((name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    #[test]
    fn what_is_read_is_what_the_parser_reads() {
        for (text, count) in [
            ("", 0),
            (r#" a="1""#, 1),
            (r#" xmlns:p="http://schemas.dmtf.org/wbem" p:x='y'"#, 1),
            (r#" xmlns="urn:a" xmlns:b="urn:b" b:c="" é="è""#, 4),
            (" a=\"x\ty\" b=\" z\n \"", 2),
        ] {
            let parsed: std::result::Result<Vec<_>, _> = Attributes::new(text, 0).collect();
            let parsed = parsed.unwrap();
            let mut plain = Plain { left: text };
            let found: Vec<_> = plain.by_ref().collect();
            assert_eq!(found.len(), count, "{text}");
            assert_eq!(plain.left.is_empty(), found.len() == parsed.len(), "{text}");
            for (found, parsed) in found.iter().zip(&parsed) {
                assert_eq!(*found, (parsed.key.0, parsed.value.as_ref()), "{text}");
            }
        }
    }

    #[test]
    fn what_is_written_otherwise_is_left_to_the_parser() {
        let taken = |text, most| {
            let limits = Limits { xml_attributes: most, ..Limits::default() };
            Reader::new("", &limits).declare_plain(text).unwrap()
        };
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
            "\ta=\"1\"",
            " a/=\"1\"",
        ] {
            assert!(!taken(text, 64), "{text:?}");
        }
        let many: String = (0..17).map(|number| format!(" a{number}=\"\"")).collect();
        assert!(!taken(&many, 64));
        let two = " a=\"1\" b=\"2\"";
        assert!(taken(two, 2) && !taken(two, 1));
    }

    #[test]
    fn what_the_parser_reads_again_is_bound_once() {
        let limits = Limits { xml_attributes: 2, ..Limits::default() };
        let mut reader = Reader::new(r#"<a:x xmlns:a="urn:1" xmlns:b='urn:2'/>"#, &limits);
        assert_eq!(reader.root().unwrap().name.namespace, "urn:1");
        assert_eq!(reader.bindings.len(), 2);
    }
}
