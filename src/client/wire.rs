//! Sends one request, reads its answer, and classifies a missing answer.
//!
//! `retry` decides whether a read is sent again; a call never is. If it is not certain that the host did nothing, the effect is
//! [`Effect::Unknown`]. Message bodies are logged at `trace`; they contain no credentials.

use std::{
    borrow::Cow,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use bytes::Bytes;
use tracing::trace;

use crate::{
    Violation,
    client::{
        Effect, Error, ErrorKind, Inner, connection_error::ConnectionError, error::Addressed,
        fault::effect_of, retry::Again,
    },
    http::{Answer, CONTENT_TYPE, HttpError, HttpErrorKind, Limit, NotSoap, Written},
    soap::MessageId,
    violation::ProtocolError,
    wsman::{AnswerError, Exchange},
    xml::decode,
};

/// The message ids of one client: a random start that is counted up.
///
/// Ids must only be unique; drawing 16 random bytes each time would cost more than writing a request.
#[derive(Debug)]
pub(crate) struct Messages {
    first: u128,
    sent: AtomicU64,
}

impl Messages {
    pub(super) fn from_random(first: u128) -> Self {
        Self { first, sent: AtomicU64::new(0) }
    }

    fn next(&self) -> MessageId {
        let number = self.sent.fetch_add(1, Ordering::Relaxed);
        MessageId::from_random(self.first ^ u128::from(number))
    }
}

impl Inner {
    /// Sends a read, with retry if the connection failed or the host was overloaded.
    pub(crate) async fn read<E: Exchange>(&self, during: &str, exchange: &E) -> Result<E::Output, Error> {
        let mut again = Again::new(self);
        loop {
            let outcome = self.ask(during, exchange).await;
            if let Some(outcome) = again.after(self, outcome).await {
                return outcome;
            }
        }
    }

    /// Sends a read once, without retry, because only the caller knows whether a second answer would be useful. Like all reads
    /// it waits while the host is overloaded.
    pub(crate) async fn ask<E: Exchange>(&self, during: &str, exchange: &E) -> Result<E::Output, Error> {
        self.retry.until_allowed(self).await;
        self.once(during, exchange).await
    }

    /// Sends a call that may change the host: once, and the error has its possible effect.
    ///
    /// Even a call of which nothing was written is not sent again: the tree may have changed meanwhile, so the caller must read
    /// it again first. (The pool below opens another connection if an idle one is found closed, which takes no time.) For the
    /// same reason a call does not wait for an overloaded host: the read that it was checked against has already waited.
    pub(crate) async fn call<E: Exchange>(&self, during: &str, exchange: &E) -> Result<E::Output, Error> {
        self.once(during, exchange).await
    }

    /// The same, with the message id that was announced before.
    pub(crate) async fn call_as<E: Exchange>(
        &self,
        id: &MessageId,
        during: &str,
        exchange: &E,
    ) -> Result<E::Output, Error> {
        self.send(id, during, exchange).await
    }

    async fn once<E: Exchange>(&self, during: &str, exchange: &E) -> Result<E::Output, Error> {
        self.send(&self.messages.next(), during, exchange).await
    }

    async fn send<E: Exchange>(
        &self,
        id: &MessageId,
        during: &str,
        exchange: &E,
    ) -> Result<E::Output, Error> {
        if self.is_over() {
            return Err(self.timed_out(during, false, Effect::None));
        }
        let request = exchange
            .request(&self.settings, id)
            .map_err(|error| Error::before(ErrorKind::Unwritable(error), during))?;
        trace!(%id, body = %request, "request");
        let limit = Limit::new(self.answer_timeout, self.over());
        let (outcome, retry_after) = match self.pool.post(Bytes::from(request), limit).await {
            Ok(answer) => (self.understand(during, exchange, id, &answer), answer.retry_after),
            Err(error) => {
                let retry_after = error.retry_after();
                (Err(self.unanswered(during, error)), retry_after)
            }
        };
        self.note_outcome(&outcome, retry_after);
        outcome
    }

    /// The error for a missing answer; the same cause gives the same error with any authentication.
    fn unanswered(&self, during: &str, error: HttpError) -> Error {
        let effect = match error.written() {
            Written::Nothing => Effect::None,
            Written::Maybe => Effect::Unknown,
        };
        let kind = match error.kind() {
            HttpErrorKind::CutOff => {
                return self.timed_out(during, error.written() == Written::Maybe, effect);
            }
            HttpErrorKind::AuthenticationStatus(status) => ErrorKind::Status(*status),
            HttpErrorKind::NotSoap(what) => ErrorKind::NotSoap(what.clone()),
            _ => ErrorKind::Connection(ConnectionError(error)),
        };
        Error::new(kind, during, effect)
    }

    /// Reduces the load on an overloaded host, and restores it when the host has recovered.
    fn note_outcome<T>(&self, outcome: &Result<T, Error>, retry_after: Option<Duration>) {
        match outcome {
            Err(error) if error.is_busy() => {
                self.retry.overloaded(self.clock.now(), retry_after);
                self.pool.narrow();
            }
            Err(error) if matches!(error.kind(), ErrorKind::Connection(_) | ErrorKind::TimedOut { .. }) => {}
            _ if self.retry.answered() => self.pool.widen(),
            _ => {}
        }
    }

    fn understand<E: Exchange>(
        &self,
        during: &str,
        exchange: &E,
        id: &MessageId,
        answer: &Answer,
    ) -> Result<E::Output, Error> {
        let mut text = text_of(answer);
        match &text {
            Ok(text) => trace!(%id, status = answer.status, body = %self.pool.redact(text), "answer"),
            Err(error) => trace!(%id, status = answer.status, %error, "answer"),
        }
        let success = (200..300).contains(&answer.status);
        let read = |text: &Result<Cow<'_, str>, ProtocolError>| match text {
            Ok(text) => exchange.answer(text, &self.limits, id),
            Err(error) => Err(AnswerError::Protocol(error.clone())),
        };
        let mut read_answer = read(&text);
        // An error may be shown to anyone, and the answer may repeat the password.
        if read_answer.is_err() || !success {
            let redacted = text.as_ref().ok().map(|text| self.pool.redact(text));
            if let Some(Cow::Owned(redacted)) = redacted {
                text = Ok(Cow::Owned(redacted));
                read_answer = read(&text);
            }
        }
        let outcome = match read_answer {
            Ok(output) if success => Ok(output),
            // An error status with a success body is contradictory; with a sealed body, an intermediary may have written the
            // status.
            Ok(_) => Err(Error::new(ErrorKind::Status(answer.status), during, Effect::Unknown)),
            Err(AnswerError::Fault(fault)) => {
                let effect = effect_of(&fault);
                let addressed = Addressed { form: self.form, is_class: E::IS_OF_CLASS };
                Err(Error::new(ErrorKind::Fault(fault), during, effect).with_addressed(addressed))
            }
            Err(AnswerError::Protocol(error)) => {
                Err(Error::new(no_soap(answer, error), during, Effect::Unknown))
            }
        };
        outcome.map_err(|error| match &text {
            Ok(text) => error.with_raw(text),
            Err(_) => error,
        })
    }
}

/// The error for an answer without a message: a status of HTTP.sys or an intermediary, or not SOAP at all.
///
/// It proves nothing about a call, whatever the status: a proxy may have written it after the host received the request.
fn no_soap(answer: &Answer, error: ProtocolError) -> ErrorKind {
    if !(200..300).contains(&answer.status) {
        return ErrorKind::Status(answer.status);
    }
    match NotSoap::of(answer.content_type.as_deref(), answer.content_encoding.as_deref(), &answer.body) {
        Some(what) => ErrorKind::NotSoap(what),
        None => ErrorKind::Protocol(error),
    }
}

fn text_of(answer: &Answer) -> Result<Cow<'_, str>, ProtocolError> {
    // Most answers have the media type of requests, whose charset is the default.
    let other = answer.content_type.as_deref().filter(|content_type| *content_type != CONTENT_TYPE);
    let charset = other.and_then(|content_type| {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wsman::{EndpointReference, Get, SelectorSet};
    use crate::{Limits, wsman::RequestSettings, xml::UnwritableText};

    #[test]
    fn no_two_messages_have_the_same_number() {
        let ids = |first| {
            let messages = Messages::from_random(first);
            (0..10_000).map(|_| messages.next().to_string()).collect::<std::collections::HashSet<_>>()
        };
        let (some, others) = (ids(u128::MAX), ids(1 << 64));
        assert_eq!((some.len(), others.len()), (10_000, 10_000));
        assert!(some.is_disjoint(&others));
    }

    #[test]
    fn the_client_waits_longer_for_an_answer_than_it_lets_the_host_work_on_it() {
        let builder = crate::Client::builder("http://127.0.0.1")
            .timeouts(crate::Timeouts::new().operation(Duration::from_secs(300)));
        let credentials = crate::Credentials::basic("u", crate::Secret::new("p"));
        let client = builder.credentials(credentials).build().unwrap();
        let reference = EndpointReference::new("http://x/y".parse().unwrap(), SelectorSet::new());
        let request = Get::of(&reference).request(&client.0.settings, &client.0.messages.next()).unwrap();
        assert!(request.contains("<w:OperationTimeout>PT300.000S</w:OperationTimeout>"), "{request}");
        assert!(client.0.answer_timeout > Duration::from_secs(300));
    }

    #[test]
    fn a_language_that_cannot_be_sent_is_told_before_there_is_a_client() {
        let credentials = crate::Credentials::basic("u", crate::Secret::new("p"));
        let builder = crate::Client::builder("http://127.0.0.1").locale("en\u{1}").credentials(credentials);
        let error = builder.build().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Unwritable(_)), "{error}");
        assert_eq!(error.effect(), Effect::None);
    }

    #[test]
    fn no_status_says_of_a_call_that_nothing_was_done() {
        for status in [204, 302, 400, 403, 404, 407, 408, 413, 417, 421, 425, 429, 500, 502, 503, 504] {
            let answer = Answer {
                status,
                content_type: None,
                content_encoding: None,
                body: Bytes::new(),
                retry_after: None,
            };
            let exchange = Called;
            let client = crate::Client::builder("http://127.0.0.1");
            let client =
                client.credentials(crate::Credentials::basic("u", crate::Secret::new("p"))).build().unwrap();
            let id = client.0.messages.next();
            let error = client.0.understand("calling", &exchange, &id, &answer).unwrap_err();
            assert_eq!(error.effect(), Effect::Unknown, "{status}");
        }
    }

    struct Called;

    impl Exchange for Called {
        type Output = ();

        fn request(&self, _: &RequestSettings, _: &MessageId) -> Result<String, UnwritableText> {
            Ok(String::new())
        }

        fn answer(&self, _: &str, _: &Limits, _: &MessageId) -> Result<(), AnswerError> {
            Err(ProtocolError::new(Violation::NotAnEnvelope, "").into())
        }
    }
}
