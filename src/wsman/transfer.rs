//! Put, Create and Delete: change, create and delete one instance.
//!
//! Windows supports them for WMI classes since 2012; most Hyper-V classes are changed by methods of a service instead. The
//! caller writes the instance. Follows DSP0226, sections 7.3 to 7.5 and 7.7, and WS-Transfer.

use crate::{
    Limits,
    soap::MessageId,
    violation::{ProtocolError, Violation},
    wsman::{
        EndpointReference, ResourceUri, SelectorSet,
        answer::{self, AnswerError},
        names::{CREATE, DELETE, PUT, TRANSFER},
        request::{RequestHead, RequestSettings},
    },
    xml::{Reader, UnwritableText, Writer},
};

/// The exchange that changes an instance, or one property of it; `write` writes the representation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Put<'r, W> {
    pub(crate) target: &'r EndpointReference,
    /// The only property to change.
    pub(crate) property: Option<&'r str>,
    /// Namespaces that the representation needs in addition to those of every request.
    pub(crate) declarations: &'r [(&'r str, &'r str)],
    pub(crate) write: W,
}

impl<W: Fn(&mut Writer)> Put<'_, W> {
    pub(crate) fn request(
        &self,
        settings: &RequestSettings,
        id: &MessageId,
    ) -> Result<String, UnwritableText> {
        let EndpointReference { resource_uri, selectors, .. } = self.target;
        let head = RequestHead { resource_uri, action: PUT, selectors };
        let mut writer = settings.start_part(&head, self.property, id, self.declarations);
        (self.write)(&mut writer);
        writer.finish()
    }

    /// The answer may contain the changed instance, or nothing; the content is ignored.
    pub(crate) fn answer(text: &str, limits: &Limits, id: &MessageId) -> Result<(), AnswerError> {
        let mut reader = Reader::new(text, limits);
        answer::open_any(&mut reader, id)
    }
}

/// The exchange that creates an instance; `write` writes its representation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Create<'r, W> {
    pub(crate) resource_uri: &'r ResourceUri,
    pub(crate) selectors: &'r SelectorSet,
    pub(crate) declarations: &'r [(&'r str, &'r str)],
    pub(crate) write: W,
}

/// The reference to a created instance.
pub(crate) type ResourceCreated = EndpointReference;

impl<W: Fn(&mut Writer)> Create<'_, W> {
    pub(crate) fn request(
        &self,
        settings: &RequestSettings,
        id: &MessageId,
    ) -> Result<String, UnwritableText> {
        let head = RequestHead { resource_uri: self.resource_uri, action: CREATE, selectors: self.selectors };
        let mut writer = settings.start(&head, id, self.declarations);
        (self.write)(&mut writer);
        writer.finish()
    }

    /// The body is `x:ResourceCreated`, with the content of an endpoint reference.
    pub(crate) fn answer(
        text: &str,
        limits: &Limits,
        id: &MessageId,
    ) -> Result<ResourceCreated, AnswerError> {
        let mut reader = Reader::new(text, limits);
        let element = answer::open(&mut reader, Some(id))?;
        if !element.name.is(TRANSFER, "ResourceCreated") {
            return Err(answer::unexpected(&element, "ResourceCreated").into());
        }
        let first = reader
            .child(&element)?
            .ok_or_else(|| ProtocolError::new(Violation::BadReference, "an empty x:ResourceCreated"))?;
        let reference = EndpointReference::read_from(&mut reader, &element, first)?;
        reader.finish()?;
        Ok(reference)
    }
}

/// The exchange that deletes an instance.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Delete<'r> {
    pub(crate) target: &'r EndpointReference,
}

impl Delete<'_> {
    pub(crate) fn request(
        &self,
        settings: &RequestSettings,
        id: &MessageId,
    ) -> Result<String, UnwritableText> {
        let EndpointReference { resource_uri, selectors, .. } = self.target;
        settings.start(&RequestHead { resource_uri, action: DELETE, selectors }, id, &[]).finish()
    }

    pub(crate) fn answer(text: &str, limits: &Limits, id: &MessageId) -> Result<(), AnswerError> {
        let mut reader = Reader::new(text, limits);
        answer::open_any(&mut reader, id)
    }
}
