//! A document as a tree, read by the reader and written by the writer: both must agree.
//!
//! Attributes, which the reader only looks up, and text beside elements, which it skips, are not kept.

use crate::{
    Limits,
    violation::ProtocolError,
    xml::{Content, Element, Reader, UnwritableText, Writer},
};

/// An element.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tree {
    namespace: String,
    local: String,
    text: String,
    children: Vec<Tree>,
}

impl Tree {
    /// Reads a whole document.
    pub(super) fn read(text: &str, limits: &Limits) -> Result<Self, ProtocolError> {
        let mut reader = Reader::new(text, limits);
        let root = reader.root()?;
        let tree = Self::element(&mut reader, &root)?;
        reader.finish()?;
        Ok(tree)
    }

    fn element<'a>(reader: &mut Reader<'a>, open: &Element<'a>) -> Result<Self, ProtocolError> {
        // Unescapes an attribute, not only the namespaces.
        reader.attribute(open, "", "Name")?;
        let mut tree = Self {
            namespace: open.name.namespace.to_string(),
            local: open.name.local.to_owned(),
            text: String::new(),
            children: Vec::new(),
        };
        match reader.content(open)? {
            Content::Text(text) => tree.text = text.into_owned(),
            Content::Child(first) => {
                tree.children.push(Self::element(reader, &first)?);
                while let Some(next) = reader.child(open)? {
                    tree.children.push(Self::element(reader, &next)?);
                }
            }
        }
        Ok(tree)
    }

    /// Writes the document again.
    pub(super) fn write(&self) -> Result<String, UnwritableText> {
        let mut writer = Writer::new();
        self.write_to(&mut writer);
        writer.finish()
    }

    fn write_to(&self, writer: &mut Writer) {
        if self.namespace.is_empty() {
            writer.start(&self.local, &[]);
        } else {
            writer.start(&format!("n:{}", self.local), &[("xmlns:n", &self.namespace)]);
        }
        writer.text(&self.text);
        for child in &self.children {
            child.write_to(writer);
        }
        writer.end();
    }
}
