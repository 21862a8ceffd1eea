//! Get: one instance by its keys, or one property of it.
//!
//! The caller's decoder reads the instance. Follows DSP0226, sections 7.2 and 7.7.

use crate::{
    Limits,
    soap::MessageId,
    violation::ProtocolError,
    wsman::{
        EndpointReference, ResourceUri, SelectorSet,
        answer::{self, AnswerError},
        names::GET,
        request::{RequestHead, RequestSettings},
    },
    xml::{Element, Reader, UnwritableText},
};

/// The exchange.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Get<'r> {
    resource_uri: &'r ResourceUri,
    selectors: &'r SelectorSet,
    /// The only property to read.
    property: Option<&'r str>,
}

impl<'r> Get<'r> {
    /// A Get of the instance that `reference` names, with its resource URI and selectors as given.
    pub(crate) fn of(reference: &'r EndpointReference) -> Self {
        Self { resource_uri: &reference.resource_uri, selectors: &reference.selectors, property: None }
    }

    /// Reads only this property.
    pub(crate) fn part(self, property: &'r str) -> Self {
        Self { property: Some(property), ..self }
    }

    pub(crate) fn request(
        &self,
        settings: &RequestSettings,
        id: &MessageId,
    ) -> Result<String, UnwritableText> {
        let head = RequestHead { resource_uri: self.resource_uri, action: GET, selectors: self.selectors };
        settings.start_part(&head, self.property, id, &[]).finish()
    }

    pub(crate) fn answer<'a, T>(
        &self,
        text: &'a str,
        limits: &'a Limits,
        id: &MessageId,
        decode: impl FnOnce(&mut Reader<'a>, &Element<'a>) -> Result<T, ProtocolError>,
    ) -> Result<T, AnswerError> {
        let mut reader = Reader::new(text, limits);
        let element = answer::open(&mut reader, Some(id))?;
        let decoded = decode(&mut reader, &element)?;
        reader.finish()?;
        Ok(decoded)
    }
}
