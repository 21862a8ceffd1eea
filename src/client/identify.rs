//! Identify: who answers.

use crate::{
    Limits,
    client::{Client, Effect, Error, Inner, wire::Exchange},
    soap::MessageId,
    wsman::{AnswerError, Identify, Identity, RequestSettings},
    xml::UnwritableText,
};

const DURING: &str = "asking the host who it is";

impl Client {
    /// Asks the host who it is.
    ///
    /// # Errors
    /// If it cannot be reached, does not accept the user, or is no WS-Management service.
    pub async fn identify(&self) -> Result<Identity, Error> {
        self.0.read(DURING, &IdentifyExchange).await
    }
}

impl Inner {
    /// Who answers, asked once: an account must not be locked by trying again.
    pub(crate) async fn identify_once(&self) -> Result<Identity, Error> {
        let outcome = self.ask(DURING, &IdentifyExchange).await;
        outcome.map_err(|error| error.with_effect(Effect::None))
    }
}

struct IdentifyExchange;

impl Exchange for IdentifyExchange {
    type Output = Identity;

    fn request(&self, _: &RequestSettings, _: &MessageId) -> Result<String, UnwritableText> {
        Identify::request()
    }

    fn answer(&self, text: &str, limits: &Limits, _: &MessageId) -> Result<Identity, AnswerError> {
        Identify::answer(text, limits)
    }
}
