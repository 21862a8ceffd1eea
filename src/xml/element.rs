//! The elements that the reader returns; they borrow from the document.

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
    /// The position of the start tag, in bytes.
    pub(crate) offset: usize,
}

/// The content of an element: a text, or child elements of which the first is given.
pub(crate) enum Content<'a> {
    Text(Cow<'a, str>),
    Child(Element<'a>),
}

/// A part of an element's content.
pub(super) enum Token<'a> {
    /// A start tag or an empty-element tag; `name_length` in bytes.
    Tag { name_length: usize, empty: bool },
    /// Text or CDATA.
    Text(Cow<'a, str>),
    /// The character of a reference.
    Character(char),
    /// A comment or a processing instruction.
    Nothing,
}
