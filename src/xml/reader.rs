//! The pull reader: opens elements by depth, children one by one, and resolves names to namespaces.
//!
//! It borrows from the text where possible, reads forward only, and keeps just the namespace declarations of the open elements.
//! Follows Namespaces in XML 1.0 and, for what is refused, SOAP 1.2 part 1, section 5.

use std::borrow::Cow;

use quick_xml::events::{BytesRef, Event};

use crate::{
    Limits,
    violation::{ProtocolError, Violation, excerpt},
    xml::{
        XML,
        attributes::{Binding, NIL},
        element::{Content, Element, Token},
        entity,
        name::{self, Name},
    },
};

pub(super) type Result<T> = std::result::Result<T, ProtocolError>;

/// A pull reader over one document.
pub(crate) struct Reader<'a> {
    text: &'a str,
    events: quick_xml::Reader<&'a [u8]>,
    pub(super) limits: &'a Limits,
    pub(super) bindings: Vec<Binding<'a>>,
    pub(super) depth: usize,
    /// The innermost open element is an empty-element tag: its end follows without an event.
    end_due: bool,
    /// The position of the last end tag.
    last_end: usize,
    /// The local names of the open elements, outermost first; for errors only.
    path: Vec<&'a str>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str, limits: &'a Limits) -> Self {
        let mut events = quick_xml::Reader::from_str(text);
        events.config_mut().check_end_names = true;
        Self {
            text,
            events,
            limits,
            // Enough for most answers: a growing list is reallocated each time.
            bindings: Vec::with_capacity(16),
            depth: 0,
            end_due: false,
            last_end: 0,
            path: Vec::with_capacity(16),
        }
    }

    pub(crate) fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// The document element.
    pub(crate) fn root(&mut self) -> Result<Element<'a>> {
        loop {
            let start = self.position();
            match self.event()? {
                Event::Start(tag) => return self.opened(start, tag.name().0.len(), false),
                Event::Empty(tag) => return self.opened(start, tag.name().0.len(), true),
                Event::Text(text) if text.bytes().all(|b| b.is_ascii_whitespace()) => {}
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
                Event::Eof => return Err(self.error(Violation::Truncated, "no document element")),
                _ => return Err(self.error(Violation::NotWellFormed, "text before the document element")),
            }
        }
    }

    /// The next child element of `parent`; skips unread content of the previous one. `None` at the end of `parent`.
    ///
    /// Text between elements is skipped.
    pub(crate) fn child(&mut self, parent: &Element<'a>) -> Result<Option<Element<'a>>> {
        if self.depth > parent.depth {
            self.close_to(parent.depth)?;
        }
        if self.depth < parent.depth {
            return Ok(None);
        }
        loop {
            let start = self.position();
            match self.token()? {
                Some(Token::Tag { name_length, empty }) => {
                    return Ok(Some(self.enter(start, name_length, empty)?));
                }
                Some(Token::Text(_) | Token::Character(_) | Token::Nothing) => {}
                None => return Ok(None),
            }
        }
    }

    /// The text of `element`, which is read to its end; an element inside it is an error.
    pub(crate) fn text(&mut self, element: &Element<'a>) -> Result<Cow<'a, str>> {
        match self.content(element)? {
            Content::Text(text) => Ok(text),
            Content::Child(child) => Err(self.error(
                Violation::UnexpectedBody,
                format!("{} inside the text of {}", child.name.local, element.name.local),
            )),
        }
    }

    /// The text of `element` up to its end, or its first child element; text before the child is skipped.
    pub(crate) fn content(&mut self, element: &Element<'a>) -> Result<Content<'a>> {
        let mut text: Cow<'a, str> = Cow::Borrowed("");
        loop {
            let start = self.position();
            match self.token()? {
                Some(Token::Text(piece)) => self.append(&mut text, piece, element)?,
                Some(Token::Character(character)) => {
                    let mut buffer = [0; 4];
                    let piece = character.encode_utf8(&mut buffer).to_owned();
                    self.append(&mut text, Cow::Owned(piece), element)?;
                }
                Some(Token::Tag { name_length, empty }) => {
                    return self.opened(start, name_length, empty).map(Content::Child);
                }
                Some(Token::Nothing) => {}
                None => return Ok(Content::Text(text)),
            }
        }
    }

    /// The qualified name in the text of `element`; an unbound prefix gives an empty namespace.
    pub(crate) fn qualified_name(&mut self, element: &Element<'a>) -> Result<(String, String)> {
        // The bindings end with the element, so the lookup uses a copy of those in scope now.
        let scope: Vec<(&'a str, Cow<'a, str>)> =
            self.bindings.iter().map(|b| (b.prefix, b.namespace.clone())).collect();
        let text = self.text(element)?;
        let (prefix, local) = text.trim().split_once(':').unwrap_or(("", text.trim()));
        let namespace = scope.iter().rev().find(|(bound, _)| *bound == prefix);
        Ok((namespace.map(|(_, name)| name.to_string()).unwrap_or_default(), local.to_owned()))
    }

    /// Reads `element` to its end and returns its inner text unchanged, markup included.
    ///
    /// The element may have been read in part, or to its end if nothing was read after it.
    pub(crate) fn raw(&mut self, element: &Element<'a>) -> Result<&'a str> {
        let from = self.content_start(element);
        // Inner elements are read as events too, so that all checks apply to them.
        self.close_to(element.depth.saturating_sub(1))?;
        Ok(self.text.get(from..self.last_end).unwrap_or_default())
    }

    /// Reads to the end of the document; every open element must close and nothing may follow.
    pub(crate) fn finish(&mut self) -> Result<()> {
        self.close_to(0)?;
        loop {
            match self.event()? {
                Event::Eof => return Ok(()),
                Event::Comment(_) | Event::PI(_) => {}
                Event::Text(text) if text.bytes().all(|b| b.is_ascii_whitespace()) => {}
                _ => return Err(self.error(Violation::TrailingContent, "")),
            }
        }
    }

    /// An error at the current position.
    pub(crate) fn error(&self, violation: Violation, detail: impl Into<String>) -> ProtocolError {
        let detail = detail.into();
        let place = self.path.join("/");
        let detail = match (detail.is_empty(), place.is_empty()) {
            (_, true) => detail,
            (true, false) => format!("in {place}"),
            (false, false) => format!("{detail} in {place}"),
        };
        ProtocolError::new(violation, detail).at(self.position())
    }

    #[inline(always)]
    fn position(&self) -> usize {
        usize::try_from(self.events.buffer_position()).unwrap_or(usize::MAX)
    }

    /// The position after the start tag; also for an empty-element tag, whose content would otherwise end before it begins.
    fn content_start(&self, element: &Element<'a>) -> usize {
        let tag = self.text.get(element.offset..).unwrap_or_default();
        let attributes_at = element.attributes.as_ptr().addr().saturating_sub(tag.as_ptr().addr());
        element.offset + attributes_at + element.attributes.len() + if element.empty { 2 } else { 1 }
    }

    /// The next event outside the document element.
    fn event(&mut self) -> Result<Event<'a>> {
        match self.events.read_event() {
            Ok(Event::DocType(_)) => Err(self.error(Violation::DocumentType, "")),
            Ok(event) => Ok(event),
            Err(error) => Err(self.broken(&error)),
        }
    }

    #[cold]
    fn broken(&self, error: &quick_xml::Error) -> ProtocolError {
        let violation = match error {
            quick_xml::Error::Syntax(_) => Violation::Truncated,
            _ => Violation::NotWellFormed,
        };
        ProtocolError::new(violation, error.to_string()).at(self.position())
    }

    /// The next part inside the innermost open element; `None` when that element has ended.
    ///
    /// An event is large and each pass copies it, so the needed parts are extracted here.
    #[inline(always)]
    fn token(&mut self) -> Result<Option<Token<'a>>> {
        let start = self.position();
        if self.end_due {
            self.end_due = false;
            self.last_end = start;
            self.closed();
            return Ok(None);
        }
        Ok(Some(match self.events.read_event() {
            Ok(Event::Start(tag)) => Token::Tag { name_length: tag.name().0.len(), empty: false },
            Ok(Event::Empty(tag)) => Token::Tag { name_length: tag.name().0.len(), empty: true },
            Ok(Event::End(_)) => {
                self.last_end = start;
                self.closed();
                return Ok(None);
            }
            Ok(Event::Text(piece)) => Token::Text(piece.xml10_content()),
            Ok(Event::CData(piece)) => Token::Text(piece.xml10_content()),
            Ok(Event::GeneralRef(reference)) => Token::Character(self.entity(&reference)?),
            Ok(Event::Decl(_) | Event::PI(_) | Event::Comment(_)) => Token::Nothing,
            Ok(Event::DocType(_)) => return Err(self.error(Violation::DocumentType, "")),
            Ok(Event::Eof) => return Err(self.error(Violation::Truncated, "")),
            Err(error) => return Err(self.broken(&error)),
        }))
    }

    /// Skips the next part.
    fn skip(&mut self) -> Result<()> {
        let start = self.position();
        if let Some(Token::Tag { name_length, empty }) = self.token()? {
            self.opened(start, name_length, empty)?;
        }
        Ok(())
    }

    fn close_to(&mut self, depth: usize) -> Result<()> {
        while self.depth > depth {
            self.skip()?;
        }
        Ok(())
    }

    #[inline(always)]
    fn closed(&mut self) {
        while self.bindings.last().is_some_and(|binding| binding.depth == self.depth) {
            self.bindings.pop();
        }
        self.depth = self.depth.saturating_sub(1);
        self.path.pop();
    }

    /// Enters the element whose start tag lies between `start` and the current position.
    fn opened(&mut self, start: usize, name_length: usize, empty: bool) -> Result<Element<'a>> {
        self.enter(start, name_length, empty)
    }

    /// The same, inlined for the hot path.
    #[inline(always)]
    fn enter(&mut self, start: usize, name_length: usize, empty: bool) -> Result<Element<'a>> {
        let tag_end = self.position().saturating_sub(if empty { 2 } else { 1 });
        let tag = self.text.get(start.saturating_add(1)..tag_end).unwrap_or_default();
        let (qualified, attributes) = tag.split_at_checked(name_length).unwrap_or((tag, ""));
        if qualified.len() > self.limits.xml_name_bytes {
            return Err(self.error(Violation::TextTooLong, "the name of an element"));
        }
        self.depth += 1;
        self.path.push(qualified);
        if self.depth > self.limits.xml_depth {
            return Err(self.error(Violation::TooDeep, format!("more than {}", self.limits.xml_depth)));
        }
        if !attributes.is_empty() && attributes != NIL {
            self.declare(attributes, start)?;
        }
        let Some((prefix, local)) = name::split(qualified) else {
            return Err(self.error(Violation::NotWellFormed, excerpt(qualified)));
        };
        let namespace = self.resolve(prefix)?;
        self.end_due = empty;
        if let Some(last) = self.path.last_mut() {
            *last = local;
        }
        Ok(Element { name: Name { namespace, local }, attributes, depth: self.depth, empty, offset: start })
    }

    #[inline(always)]
    pub(super) fn resolve(&self, prefix: &str) -> Result<Cow<'a, str>> {
        match self.bindings.iter().rev().find(|binding| binding.prefix == prefix) {
            Some(Binding { namespace: Cow::Borrowed(namespace), .. }) => Ok(Cow::Borrowed(namespace)),
            Some(binding) => Ok(binding.namespace.clone()),
            None if prefix.is_empty() => Ok(Cow::Borrowed("")),
            None if prefix == "xml" => Ok(Cow::Borrowed(XML)),
            None => Err(self.error(Violation::UndeclaredPrefix, excerpt(prefix))),
        }
    }

    fn entity(&self, reference: &BytesRef<'a>) -> Result<char> {
        entity::resolve(reference).map_err(|text| self.error(Violation::UnknownEntity, excerpt(&text)))
    }

    #[inline(always)]
    fn append(&self, text: &mut Cow<'a, str>, piece: Cow<'a, str>, element: &Element<'a>) -> Result<()> {
        if text.len().saturating_add(piece.len()) > self.limits.xml_text_bytes {
            return Err(self.error(Violation::TextTooLong, element.name.local));
        }
        match text {
            Cow::Borrowed("") => *text = piece,
            text => text.to_mut().push_str(&piece),
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
