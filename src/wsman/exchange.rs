//! The [`Exchange`] trait: writes a request and reads its answer, without a socket.

use crate::{
    Limits,
    soap::MessageId,
    wsman::{
        AnswerError, Create, Delete, Identify, Identity, Put, Release, RequestSettings, ResourceCreated,
    },
    xml::{UnwritableText, Writer},
};

/// One operation: writes its request for a message id, and reads the answer.
pub(crate) trait Exchange {
    /// The result.
    type Output;
    /// True if the request concerns a class or all classes, so that no instance can be missing.
    const IS_OF_CLASS: bool = false;

    /// The request; the same bytes for the same input.
    fn request(&self, settings: &RequestSettings, id: &MessageId) -> Result<String, UnwritableText>;

    /// Reads the answer to the message `id`.
    fn answer(&self, text: &str, limits: &Limits, id: &MessageId) -> Result<Self::Output, AnswerError>;
}

impl Exchange for Identify {
    type Output = Identity;

    fn request(&self, _: &RequestSettings, _: &MessageId) -> Result<String, UnwritableText> {
        Self::request()
    }

    fn answer(&self, text: &str, limits: &Limits, _: &MessageId) -> Result<Identity, AnswerError> {
        Self::answer(text, limits)
    }
}

impl<W: Fn(&mut Writer)> Exchange for Put<'_, W> {
    type Output = ();

    fn request(&self, settings: &RequestSettings, id: &MessageId) -> Result<String, UnwritableText> {
        self.request(settings, id)
    }

    fn answer(&self, text: &str, limits: &Limits, id: &MessageId) -> Result<(), AnswerError> {
        Self::answer(text, limits, id)
    }
}

impl<W: Fn(&mut Writer)> Exchange for Create<'_, W> {
    type Output = ResourceCreated;
    const IS_OF_CLASS: bool = true;

    fn request(&self, settings: &RequestSettings, id: &MessageId) -> Result<String, UnwritableText> {
        self.request(settings, id)
    }

    fn answer(&self, text: &str, limits: &Limits, id: &MessageId) -> Result<ResourceCreated, AnswerError> {
        Self::answer(text, limits, id)
    }
}

impl Exchange for Delete<'_> {
    type Output = ();

    fn request(&self, settings: &RequestSettings, id: &MessageId) -> Result<String, UnwritableText> {
        self.request(settings, id)
    }

    fn answer(&self, text: &str, limits: &Limits, id: &MessageId) -> Result<(), AnswerError> {
        Self::answer(text, limits, id)
    }
}

impl Exchange for Release<'_> {
    type Output = ();

    fn request(&self, settings: &RequestSettings, id: &MessageId) -> Result<String, UnwritableText> {
        self.request(settings, id)
    }

    /// Ignores the answer: a context that is not released expires on the host.
    fn answer(&self, _: &str, _: &Limits, _: &MessageId) -> Result<(), AnswerError> {
        Ok(())
    }
}
