//! Enumerate, Pull and Release: instances in pages.
//!
//! Each exchange reads one page. Follows DSP0226, section 8, and MS-WSMV 3.1.4.1.13 to 3.1.4.1.19. Accepted deviations of servers
//! are noted where they are read.

use std::fmt;

use crate::{
    Limits,
    soap::{ADDRESSING, MessageId},
    violation::{ProtocolError, Violation},
    wsman::{
        AssociatedInstances, AssociationInstances, EndpointReference, ResourceUri, SelectorSet,
        answer::{self, AnswerError},
        names::{DIALECT_SELECTOR, DIALECT_WQL, ENUMERATE, ENUMERATION, PULL, RELEASE, WSMAN},
        request::{RequestHead, RequestSettings},
    },
    xml::{Element, Reader, UnwritableText},
};

/// What an enumeration returns for each instance (DSP0226, section 8.7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EnumerationMode {
    /// The instances.
    #[default]
    Object,
    /// Their endpoint references (`EnumerateEPR`).
    Reference,
    /// Both (`EnumerateObjectAndEPR`).
    ObjectAndReference,
}

/// The instances to return.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Filter {
    /// A WQL query; the resource URI must be the all-classes one.
    Wql(String),
    /// Equality on keys and properties; the resource URI must be a class.
    Selectors(SelectorSet),
    /// The instances associated with an instance; the resource URI must be the all-classes one.
    Associated(AssociatedInstances),
    /// The associations of an instance; the resource URI must be the all-classes one.
    Associations(AssociationInstances),
}

/// The position of an enumeration; each page returns a new one.
#[derive(Clone, PartialEq, Eq)]
pub struct EnumerationContext(String);

impl fmt::Debug for EnumerationContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EnumerationContext({:?})", crate::violation::excerpt(&self.0))
    }
}

/// One item of a page; [`EnumerationMode`] decides which parts are present.
#[derive(Debug)]
pub(crate) struct Item<T> {
    pub(crate) object: Option<T>,
    pub(crate) reference: Option<EndpointReference>,
}

/// One page, with its items as the caller converted them; without `next` it is the last.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<EnumerationContext>,
    /// The size of the whole answer.
    pub(crate) bytes: usize,
}

/// The exchange that opens an enumeration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Enumerate<'r> {
    pub(crate) resource_uri: &'r ResourceUri,
    pub(crate) selectors: &'r SelectorSet,
    pub(crate) filter: Option<&'r Filter>,
    pub(crate) mode: EnumerationMode,
    /// The greatest number of items in the answer; the service may send fewer.
    pub(crate) max_elements: u32,
}

impl Enumerate<'_> {
    pub(crate) fn request(
        &self,
        settings: &RequestSettings,
        id: &MessageId,
    ) -> Result<String, UnwritableText> {
        let head =
            RequestHead { resource_uri: self.resource_uri, action: ENUMERATE, selectors: self.selectors };
        let mut writer = settings.start(&head, id, &[("xmlns:n", ENUMERATION)]);
        writer.start("n:Enumerate", &[]).empty("w:OptimizeEnumeration", &[]);
        writer.leaf("w:MaxElements", &[], &self.max_elements.to_string());
        match self.filter {
            None => {}
            Some(Filter::Wql(query)) => {
                writer.leaf("w:Filter", &[("Dialect", DIALECT_WQL)], query);
            }
            Some(Filter::Selectors(selectors)) => {
                writer.start("w:Filter", &[("Dialect", DIALECT_SELECTOR)]);
                selectors.write(&mut writer);
                writer.end();
            }
            Some(Filter::Associated(filter)) => filter.write(&mut writer),
            Some(Filter::Associations(filter)) => filter.write(&mut writer),
        }
        match self.mode {
            EnumerationMode::Object => {}
            EnumerationMode::Reference => {
                writer.leaf("w:EnumerationMode", &[], "EnumerateEPR");
            }
            EnumerationMode::ObjectAndReference => {
                writer.leaf("w:EnumerationMode", &[], "EnumerateObjectAndEPR");
            }
        }
        writer.finish()
    }

    /// Reads the first page, which may be empty without being the last. `decode` reads objects, `take` converts items.
    pub(crate) fn answer<'a, T, U>(
        &self,
        text: &'a str,
        limits: &'a Limits,
        id: &MessageId,
        decode: impl FnMut(&mut Reader<'a>, &Element<'a>) -> Result<T, ProtocolError>,
        take: impl FnMut(Item<T>) -> Result<U, ProtocolError>,
    ) -> Result<Page<U>, AnswerError> {
        let bound = (self.max_elements, self.mode);
        read_page(text, limits, id, "EnumerateResponse", bound, decode, take)
    }
}

/// The exchange that requests the next page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pull<'r> {
    pub(crate) resource_uri: &'r ResourceUri,
    pub(crate) context: &'r EnumerationContext,
    pub(crate) mode: EnumerationMode,
    /// The greatest number of items in the answer; without it a service sends one.
    pub(crate) max_elements: u32,
}

impl Pull<'_> {
    pub(crate) fn request(
        &self,
        settings: &RequestSettings,
        id: &MessageId,
    ) -> Result<String, UnwritableText> {
        let selectors = SelectorSet::new();
        let head = RequestHead { resource_uri: self.resource_uri, action: PULL, selectors: &selectors };
        let mut writer = settings.start(&head, id, &[("xmlns:n", ENUMERATION)]);
        writer.start("n:Pull", &[]);
        writer.leaf("n:EnumerationContext", &[], &self.context.0);
        writer.leaf("n:MaxElements", &[], &self.max_elements.to_string());
        writer.finish()
    }

    pub(crate) fn answer<'a, T, U>(
        &self,
        text: &'a str,
        limits: &'a Limits,
        id: &MessageId,
        decode: impl FnMut(&mut Reader<'a>, &Element<'a>) -> Result<T, ProtocolError>,
        take: impl FnMut(Item<T>) -> Result<U, ProtocolError>,
    ) -> Result<Page<U>, AnswerError> {
        let bound = (self.max_elements, self.mode);
        read_page(text, limits, id, "PullResponse", bound, decode, take)
    }
}

/// The exchange that ends an enumeration early.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Release<'r> {
    pub(crate) resource_uri: &'r ResourceUri,
    pub(crate) context: &'r EnumerationContext,
}

impl Release<'_> {
    pub(crate) fn request(
        &self,
        settings: &RequestSettings,
        id: &MessageId,
    ) -> Result<String, UnwritableText> {
        let selectors = SelectorSet::new();
        let head = RequestHead { resource_uri: self.resource_uri, action: RELEASE, selectors: &selectors };
        let mut writer = settings.start(&head, id, &[("xmlns:n", ENUMERATION)]);
        writer.start("n:Release", &[]);
        writer.leaf("n:EnumerationContext", &[], &self.context.0);
        writer.finish()
    }
}

fn read_page<'a, T, U>(
    text: &'a str,
    limits: &'a Limits,
    id: &MessageId,
    expected: &str,
    (max_elements, mode): (u32, EnumerationMode),
    mut decode: impl FnMut(&mut Reader<'a>, &Element<'a>) -> Result<T, ProtocolError>,
    mut take: impl FnMut(Item<T>) -> Result<U, ProtocolError>,
) -> Result<Page<U>, AnswerError> {
    let reader = &mut Reader::new(text, limits);
    let element = answer::open(reader, Some(id))?;
    if !element.name.is(ENUMERATION, expected) {
        return Err(answer::unexpected(&element, expected).into());
    }
    let asked = usize::try_from(max_elements).unwrap_or(usize::MAX).min(reader.limits().page_items);
    let mut items = Vec::new();
    let (mut context, mut ended) = (None, false);
    while let Some(part) = reader.child(&element)? {
        // In an optimised answer, Items and EndOfSequence are in WS-Management's namespace, otherwise in WS-Enumeration's.
        if part.name.namespace != ENUMERATION && part.name.namespace != WSMAN {
            continue;
        }
        match part.name.local {
            "EnumerationContext" => {
                let text = reader.text(&part)?;
                // Recorded: an empty context, where the first answer is also the last one. It must not be pulled.
                if !text.trim().is_empty() {
                    context = Some(EnumerationContext(text.into_owned()));
                }
            }
            "Items" => {
                while let Some(item) = reader.child(&part)? {
                    if items.len() >= asked {
                        return Err(reader.error(Violation::TooManyItems, format!("{asked} allowed")).into());
                    }
                    items.push(take(read_item(reader, &item, mode, &mut decode)?)?);
                }
            }
            "EndOfSequence" => ended = true,
            _ => {}
        }
    }
    reader.finish()?;
    match (context, ended) {
        // Some servers send both a context and the end; the end counts.
        (_, true) => Ok(Page { items, next: None, bytes: text.len() }),
        (Some(context), false) => Ok(Page { items, next: Some(context), bytes: text.len() }),
        (None, false) => Err(ProtocolError::new(Violation::NoEnumerationContext, expected).into()),
    }
}

fn read_item<'a, T>(
    reader: &mut Reader<'a>,
    item: &Element<'a>,
    mode: EnumerationMode,
    decode: &mut impl FnMut(&mut Reader<'a>, &Element<'a>) -> Result<T, ProtocolError>,
) -> Result<Item<T>, ProtocolError> {
    match mode {
        EnumerationMode::Object => Ok(Item { object: Some(decode(reader, item)?), reference: None }),
        EnumerationMode::Reference => {
            let reference = EndpointReference::read_content(reader, item)?;
            Ok(Item { object: None, reference: Some(reference) })
        }
        EnumerationMode::ObjectAndReference => {
            let (mut object, mut reference) = (None, None);
            while let Some(part) = reader.child(item)? {
                if part.name.is(ADDRESSING, "EndpointReference") {
                    reference = Some(EndpointReference::read_content(reader, &part)?);
                } else {
                    object = Some(decode(reader, &part)?);
                }
            }
            Ok(Item { object, reference })
        }
    }
}
