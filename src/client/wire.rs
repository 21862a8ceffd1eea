//! One exchange over the wire: a request out, its answer in, and what a missing answer means.
//!
//! A read may be tried again; a call never. Whatever cannot be told apart from "the host acted" is
//! [`Effect::Unknown`]. Wire bodies are logged at `trace`; they hold no credential, those travel in headers.

use std::{borrow::Cow, time::Duration};

use bytes::Bytes;
use tracing::{debug, trace};

use crate::{
    Limits, Violation,
    client::{Effect, Error, ErrorKind, Inner, connection_error::ConnectionError, fault::effect_of},
    http::{Answer, HttpErrorKind, Written},
    soap::MessageId,
    violation::ProtocolError,
    wsman::{AnswerError, RequestSettings},
    xml::{UnwritableText, decode},
};

/// How often a read is tried, in all.
const ATTEMPTS: u32 = 3;
/// The pause before the second try; doubled before the third.
const PAUSE: Duration = Duration::from_millis(250);

/// Writes a request for a message id; reads the answer to it.
pub(super) trait Exchange {
    type Output;
    fn request(&self, settings: &RequestSettings, id: &MessageId) -> Result<String, UnwritableText>;
    fn answer(&self, text: &str, limits: &Limits, id: &MessageId) -> Result<Self::Output, AnswerError>;
}

/// How often a read has been tried, and how long to wait before the next try.
pub(super) struct Again {
    attempt: u32,
    pause: Duration,
}

impl Again {
    pub(super) fn new() -> Self {
        Self { attempt: 1, pause: PAUSE }
    }

    /// What a try came to; `None` once it is time for the next one.
    pub(super) async fn after<T>(
        &mut self,
        inner: &Inner,
        outcome: Result<T, Error>,
    ) -> Option<Result<T, Error>> {
        match outcome {
            Err(error) if self.attempt < ATTEMPTS && is_worth_another_try(&error) => {
                debug!(attempt = self.attempt, cause = %error.kind(), "{}: trying again", error.during());
                inner.clock.sleep(self.pause).await;
                self.pause = self.pause.saturating_mul(2);
                self.attempt += 1;
                None
            }
            // Reading changes nothing, however it ends.
            outcome => Some(outcome.map_err(|error| error.with_effect(Effect::None))),
        }
    }
}

impl Inner {
    /// A read: tried again where the connection or the host was too weak for it.
    pub(super) async fn read<E: Exchange>(&self, during: &str, exchange: &E) -> Result<E::Output, Error> {
        let mut again = Again::new();
        loop {
            let outcome = self.once(during, exchange).await;
            if let Some(outcome) = again.after(self, outcome).await {
                return outcome;
            }
        }
    }

    /// A call that may change the host: sent once, and the error says what may have become of it.
    pub(super) async fn call<E: Exchange>(&self, during: &str, exchange: &E) -> Result<E::Output, Error> {
        self.once(during, exchange).await
    }

    /// The same, as the message that was announced.
    pub(super) async fn call_as<E: Exchange>(
        &self,
        id: &MessageId,
        during: &str,
        exchange: &E,
    ) -> Result<E::Output, Error> {
        self.send(id, during, exchange).await
    }

    async fn once<E: Exchange>(&self, during: &str, exchange: &E) -> Result<E::Output, Error> {
        let id = MessageId::from_random(uuid::Uuid::new_v4().as_u128());
        self.send(&id, during, exchange).await
    }

    async fn send<E: Exchange>(
        &self,
        id: &MessageId,
        during: &str,
        exchange: &E,
    ) -> Result<E::Output, Error> {
        let request = exchange
            .request(&self.settings, id)
            .map_err(|error| Error::before(ErrorKind::Unwritable(error), during))?;
        trace!(%id, body = %request, "request");
        let answer = self.pool.post(Bytes::from(request), self.answer_timeout).await.map_err(|error| {
            let effect = match error.written() {
                Written::Nothing => Effect::None,
                Written::Maybe => Effect::Unknown,
            };
            Error::new(ErrorKind::Connection(ConnectionError(error)), during, effect)
        })?;
        self.understand(during, exchange, id, &answer)
    }

    fn understand<E: Exchange>(
        &self,
        during: &str,
        exchange: &E,
        id: &MessageId,
        answer: &Answer,
    ) -> Result<E::Output, Error> {
        let text = text_of(answer);
        match &text {
            Ok(text) => trace!(%id, status = answer.status, body = %text, "answer"),
            Err(error) => trace!(%id, status = answer.status, %error, "answer"),
        }
        let success = (200..300).contains(&answer.status);
        let read = match &text {
            Ok(text) => exchange.answer(text, &self.limits, id),
            Err(error) => Err(AnswerError::Protocol(error.clone())),
        };
        let outcome = match read {
            Ok(output) if success => Ok(output),
            // A status of failure over a body of success is a contradiction that nobody can act on; where the body was
            // sealed, somebody on the way may have written the status.
            Ok(_) => Err(Error::new(ErrorKind::Status(answer.status), during, Effect::Unknown)),
            Err(AnswerError::Fault(fault)) => {
                let effect = effect_of(&fault);
                Err(Error::new(ErrorKind::Fault(fault), during, effect))
            }
            // What is not SOAP comes from HTTP.sys or something on the way, and only the status counts.
            Err(AnswerError::Protocol(_)) if !success => Err(status(during, answer)),
            Err(AnswerError::Protocol(error)) => {
                Err(Error::new(ErrorKind::Protocol(error), during, Effect::Unknown))
            }
        };
        outcome.map_err(|error| match &text {
            Ok(text) => error.with_raw(text),
            Err(_) => error,
        })
    }
}

fn status(during: &str, answer: &Answer) -> Error {
    // Below 500 the request was refused before anybody read it (WS-Man over HTTP; MS-WSMV 3.1.5.1), if it was the host
    // that said so.
    let refused = (400..500).contains(&answer.status) && !answer.is_unsealed;
    let effect = if refused { Effect::None } else { Effect::Unknown };
    Error::new(ErrorKind::Status(answer.status), during, effect)
}

fn text_of(answer: &Answer) -> Result<Cow<'_, str>, ProtocolError> {
    let charset = answer.content_type.as_deref().and_then(|content_type| {
        let mut parameters = content_type.split(';').skip(1);
        parameters.find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case("charset").then(|| value.trim())
        })
    });
    if answer.body.is_empty() {
        return Err(ProtocolError::new(Violation::NotAnEnvelope, "an empty body"));
    }
    decode(&answer.body, charset)
}

fn is_worth_another_try(error: &Error) -> bool {
    match error.kind() {
        // An identity that was lost is proven again on another connection.
        ErrorKind::Connection(error) => {
            matches!(error.0.kind(), HttpErrorKind::ConnectionLost | HttpErrorKind::IdentityLost(_))
        }
        ErrorKind::Status(status) => *status == 503,
        // 2150859174 to 176: too many operations of the user, or too much load (MS-WSMV; recorded on a host).
        ErrorKind::Fault(fault) => {
            fault.has_subcode("TimedOut") || matches!(fault.number(), Some(2_150_859_174..=2_150_859_176))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_below_500_says_that_nothing_was_done_only_where_it_is_the_hosts_own_word() {
        for (number, is_unsealed, effect) in [
            (413, false, Effect::None),
            (413, true, Effect::Unknown),
            (500, false, Effect::Unknown),
            (500, true, Effect::Unknown),
        ] {
            let answer = Answer { status: number, content_type: None, body: Bytes::new(), is_unsealed };
            assert_eq!(status("calling", &answer).effect(), effect, "{number} {is_unsealed}");
        }
    }
}
