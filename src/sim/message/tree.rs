//! A request as a small tree: elements with namespaces, the relevant attributes, texts.
//!
//! Requests are small and read as a whole; answers never become trees. The limits are those of the reader.

use crate::{
    Limits,
    sim::message::ns,
    violation::ProtocolError,
    xml::{Content, Element, Reader},
};

/// The attributes that a WinRM service uses, and those of CIM-XML.
const ATTRIBUTES: [(&str, &str); 7] = [
    (ns::SOAP, "mustUnderstand"),
    ("", "Name"),
    ("", "Dialect"),
    (ns::XSI, "nil"),
    ("", "CLASSNAME"),
    ("", "NAME"),
    ("", "TYPE"),
];

/// An element of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) namespace: String,
    pub(crate) local: String,
    attributes: Vec<(&'static str, String)>,
    pub(crate) children: Vec<Node>,
    /// The text of an element without child elements.
    pub(crate) text: String,
}

impl Node {
    /// Reads a whole document.
    pub(crate) fn read(text: &str) -> Result<Self, ProtocolError> {
        let limits = Limits::default();
        let mut reader = Reader::new(text, &limits);
        let root = reader.root()?;
        let node = element(&mut reader, &root)?;
        reader.finish()?;
        Ok(node)
    }

    /// True if it has this name.
    pub(crate) fn is(&self, namespace: &str, local: &str) -> bool {
        self.local == local && self.namespace == namespace
    }

    /// The first child with this name.
    pub(crate) fn child(&self, namespace: &str, local: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.is(namespace, local))
    }

    /// The text without white space around it.
    pub(crate) fn trimmed(&self) -> &str {
        self.text.trim()
    }

    /// The value of a relevant attribute.
    pub(crate) fn attribute(&self, local: &str) -> Option<&str> {
        self.attributes.iter().find(|(name, _)| *name == local).map(|(_, value)| value.as_str())
    }

    /// True if the header block has `mustUnderstand`.
    pub(crate) fn must_understand(&self) -> bool {
        matches!(self.attribute("mustUnderstand").map(str::trim), Some("true" | "1"))
    }

    /// True if it is declared null.
    pub(crate) fn is_nil(&self) -> bool {
        matches!(self.attribute("nil").map(str::trim), Some("true" | "1"))
    }
}

fn element<'a>(reader: &mut Reader<'a>, open: &Element<'a>) -> Result<Node, ProtocolError> {
    let mut node = Node {
        namespace: open.name.namespace.to_string(),
        local: open.name.local.to_owned(),
        ..Node::default()
    };
    for (namespace, local) in ATTRIBUTES {
        if let Some(value) = reader.attribute(open, namespace, local)? {
            node.attributes.push((local, value.into_owned()));
        }
    }
    match reader.content(open)? {
        Content::Text(text) => node.text = text.into_owned(),
        Content::Child(first) => {
            node.children.push(element(reader, &first)?);
            while let Some(next) = reader.child(open)? {
                node.children.push(element(reader, &next)?);
            }
        }
    }
    Ok(node)
}
