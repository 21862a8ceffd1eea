//! Elements that the reader returns; they borrow from the document.

use std::borrow::Cow;

use super::name::Name;

/// An element whose start tag has been read.
#[derive(Clone, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) name: Name<'a>,
    /// The raw attributes, without the element's name.
    pub(super) attributes: &'a str,
    pub(super) depth: usize,
    pub(super) empty: bool,
    /// Where the start tag begins, in bytes.
    pub(crate) offset: usize,
}

/// What an element holds: a text, or child elements of which the first is given.
pub(crate) enum Content<'a> {
    Text(Cow<'a, str>),
    Child(Element<'a>),
}

/// What stands in an element, as far as anybody asks.
pub(super) enum Token<'a> {
    /// A start tag, or an empty-element tag, whose name is that long.
    Tag { name_length: usize, empty: bool },
    /// Text or CDATA.
    Text(Cow<'a, str>),
    /// What a reference stands for.
    Character(char),
    /// A comment, a processing instruction.
    Nothing,
}
