//! Get: one instance by its keys.
//!
//! It never decodes the instance; the caller's decoder is handed the open element. Follows DSP0226, section 7.2.

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
}

impl<'r> Get<'r> {
    /// Of the instance that `reference` names: its own resource URI and all its selectors, as given.
    pub(crate) fn of(reference: &'r EndpointReference) -> Self {
        Self { resource_uri: &reference.resource_uri, selectors: &reference.selectors }
    }

    pub(crate) fn request(
        &self,
        settings: &RequestSettings,
        id: &MessageId,
    ) -> Result<String, UnwritableText> {
        let head = RequestHead { resource_uri: self.resource_uri, action: GET, selectors: self.selectors };
        settings.start(&head, id, &[]).finish()
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
