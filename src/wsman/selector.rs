//! Selectors: the keys that identify one instance of a resource.
//!
//! Names and values compare without regard to case (MS-WSMV 3.1.4.1.2). A value is text or an endpoint reference (DSP0226,
//! section 5.4.2.2). Selectors are sent unchanged and in the given order.

use crate::{
    limits::Held,
    soap::ADDRESSING,
    violation::{ProtocolError, Violation},
    wsman::{EndpointReference, names::WSMAN},
    xml::{Content, Element, Reader, Writer},
};

/// The value of a selector.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SelectorValue {
    /// A text: the lexical form of any type.
    Text(String),
    /// A reference, for keys of associations.
    Reference(Box<EndpointReference>),
}

impl PartialEq for SelectorValue {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a.eq_ignore_ascii_case(b),
            (Self::Reference(a), Self::Reference(b)) => a == b,
            _ => false,
        }
    }
}

/// One key and its value.
#[derive(Clone, Debug)]
pub struct Selector {
    /// The name of the key.
    pub name: String,
    /// The value of the key.
    pub value: SelectorValue,
}

/// The keys of one instance.
#[derive(Clone, Debug, Default)]
pub struct SelectorSet(Vec<Selector>);

impl SelectorSet {
    /// The empty set: for a singleton or a whole class.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a selector with a text value.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.push(Selector { name: name.into(), value: SelectorValue::Text(value.into()) });
        self
    }

    /// Adds a selector that is a reference, as the keys of associations are.
    #[must_use]
    pub fn with_reference(mut self, name: impl Into<String>, reference: EndpointReference) -> Self {
        let value = SelectorValue::Reference(Box::new(reference));
        self.0.push(Selector { name: name.into(), value });
        self
    }

    /// The selectors, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Selector> {
        self.0.iter()
    }

    /// True if the set is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text of the selector `name`.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|s| s.name.eq_ignore_ascii_case(name)).and_then(|s| match &s.value {
            SelectorValue::Text(text) => Some(text.as_str()),
            SelectorValue::Reference(_) => None,
        })
    }

    /// Adds a selector unchanged.
    pub(crate) fn push(&mut self, selector: Selector) {
        self.0.push(selector);
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.start("w:SelectorSet", &[]);
        for selector in &self.0 {
            writer.start("w:Selector", &[("Name", &selector.name)]);
            match &selector.value {
                SelectorValue::Text(text) => {
                    writer.text(text);
                }
                SelectorValue::Reference(reference) => {
                    // Inside a selector the wrapper is part of the specification (DSP0226, section 5.4.2.2).
                    writer.start("a:EndpointReference", &[]);
                    reference.write_content(writer);
                    writer.end();
                }
            }
            writer.end();
        }
        writer.end();
    }

    /// Reads the open element `w:SelectorSet`.
    pub(crate) fn read<'a>(reader: &mut Reader<'a>, set: &Element<'a>) -> Result<Self, ProtocolError> {
        let mut selectors = Self::new();
        while let Some(element) = reader.child(set)? {
            if !element.name.is(WSMAN, "Selector") {
                continue;
            }
            if selectors.0.len() >= reader.limits().selectors {
                return Err(reader.error(Violation::TooManySelectors, ""));
            }
            let name = reader.attribute(&element, "", "Name")?.unwrap_or_default().into_owned();
            if name.is_empty() {
                return Err(reader.error(Violation::BadReference, "a selector without a name"));
            }
            let value = match reader.content(&element)? {
                Content::Text(text) => SelectorValue::Text(text.into_owned()),
                // With the wrapper of the specification; Microsoft's server for Linux omits it.
                Content::Child(child) if child.name.namespace == ADDRESSING => {
                    let reference = EndpointReference::read_from(reader, &element, child)?;
                    SelectorValue::Reference(Box::new(reference))
                }
                Content::Child(_) => {
                    return Err(reader.error(Violation::BadReference, "a selector of an unknown form"));
                }
            };
            selectors.push(Selector { name, value });
        }
        Ok(selectors)
    }
}

impl PartialEq for SelectorSet {
    /// Equal if keys and values are the same, in any order.
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len()
            && self
                .0
                .iter()
                .all(|a| other.0.iter().any(|b| a.name.eq_ignore_ascii_case(&b.name) && a.value == b.value))
    }
}

impl Held for SelectorSet {
    fn held(&self) -> usize {
        self.0.held()
    }
}

impl Held for Selector {
    fn held(&self) -> usize {
        let value = match &self.value {
            SelectorValue::Text(text) => text.held(),
            SelectorValue::Reference(reference) => size_of::<EndpointReference>() + reference.held(),
        };
        self.name.held() + value
    }
}
