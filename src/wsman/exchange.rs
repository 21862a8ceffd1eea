//! The [`Exchange`] trait: writes a request and reads its answer, without a socket.

use crate::{
    Limits,
    soap::MessageId,
    wsman::{
        AnswerError, Create, Delete, Identify, Identity, Put, Release, RequestSettings, ResourceCreated,
    },
    xml::{UnwritableText, Writer},
};

/// Writes a request for a message id; reads the answer to it.
pub(crate) trait Exchange {
    /// What the answer comes to.
    type Output;
    /// True if the request is about a class or about all of them: then there is no instance that could be missing.
    const IS_OF_CLASS: bool = false;

    /// The same bytes for the same input.
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

    /// Whatever it says: a context that is not released ends by the host's own timer.
    fn answer(&self, _: &str, _: &Limits, _: &MessageId) -> Result<(), AnswerError> {
        Ok(())
    }
}
