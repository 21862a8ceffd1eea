//! One connection with one identity: opened once, used for one request at a time, given up at the first doubt.
//!
//! It never opens a second connection and never sends a request again; it is consumed by a request and comes back only
//! with a complete answer, so that whoever drops a request half-way drops its connection too.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::{Bytes, BytesMut};
use reqwest::{
    Client, Response, StatusCode, Version,
    header::{AUTHORIZATION, CONNECTION, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE},
    redirect,
};
use zeroize::Zeroizing;

use super::{Answer, HttpError, HttpErrorKind, Written, challenge::Challenge, gate::Gate, pool::Site};
use crate::{
    auth::{AuthError, Entropy, Exchange, Moment, Step},
    violation::Violation,
};

const USER_AGENT: &str = concat!("hvsnap/", env!("CARGO_PKG_VERSION"));

/// One authenticated connection.
pub(super) struct Channel {
    /// For the log.
    number: u64,
    site: Arc<Site>,
    client: Client,
    gate: Gate,
    exchange: Exchange,
    /// Whether a request was answered on it.
    used: bool,
}

/// What became of a request.
pub(super) enum Outcome {
    /// The answer, and the channel if it can take another request.
    Answered(Answer, Option<Channel>),
    /// The host had closed the connection before; nothing of the request was written.
    Gone,
}

impl Channel {
    pub(super) fn new(site: &Arc<Site>, number: u64) -> Result<Self, HttpError> {
        let exchange = Exchange::new(&site.credentials, &site.peer())
            .map_err(|error| site.error(HttpErrorKind::Credentials(error), Written::Nothing))?;
        let gate = Gate::default();
        let setup = |error| site.error(HttpErrorKind::Setup, Written::Nothing).with_source(error);
        let builder = Client::builder()
            .user_agent(USER_AGENT)
            .tls_backend_preconfigured(site.tls.config())
            .connect_timeout(site.options.connect_timeout)
            .connector_layer(gate.clone())
            .http1_only()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .pool_max_idle_per_host(1)
            // How long a channel may rest is decided by the pool above, which then opens another.
            .pool_idle_timeout(None);
        let builder = match &site.options.proxy {
            Some(proxy) => builder.proxy(proxy.layer().map_err(setup)?),
            None => builder,
        };
        let client = builder.build().map_err(setup)?;
        Ok(Self { number, site: Arc::clone(site), client, gate, exchange, used: false })
    }

    /// Sends one body and reads the whole answer, within `limit` from the first dial to the last byte.
    pub(super) async fn post(mut self, body: Bytes, limit: Duration) -> Result<Outcome, HttpError> {
        match tokio::time::timeout(limit, self.converse(body)).await {
            Ok(Ok(Some((answer, keep)))) => Ok(Outcome::Answered(answer, keep.then_some(self))),
            Ok(Ok(None)) => Ok(Outcome::Gone),
            Ok(Err(error)) => Err(error),
            Err(_) => {
                let written = if self.gate.is_open() { Written::Maybe } else { Written::Nothing };
                Err(self.site.error(HttpErrorKind::AnswerTimedOut(limit), written))
            }
        }
    }

    /// The answer and whether the connection outlives it, or nothing if the connection was gone.
    async fn converse(&mut self, body: Bytes) -> Result<Option<(Answer, bool)>, HttpError> {
        let mut offered = Vec::new();
        let mut challenge = None;
        while let Step::Send(token) = self.step(challenge.as_deref())? {
            let Some(response) = self.send(body.clone(), &token).await? else { return Ok(None) };
            if response.status() != StatusCode::UNAUTHORIZED {
                let keep = keeps_connection(&response);
                return Ok(Some((self.read(response).await?, keep)));
            }
            let lines = response.headers().get_all(WWW_AUTHENTICATE);
            let challenges = Challenge::read_all(lines.iter().filter_map(|line| line.to_str().ok()));
            offered = challenges.iter().map(|challenge| challenge.scheme.to_owned()).collect();
            let scheme = self.exchange.scheme();
            let Some(ours) = challenges.iter().find(|offer| offer.scheme.eq_ignore_ascii_case(scheme)) else {
                break;
            };
            challenge = Some(ours.token(&self.site.options.limits).map_err(|violation| {
                self.site.error(HttpErrorKind::Violation(violation), Written::Nothing)
            })?);
        }
        let kind = HttpErrorKind::NotAuthenticated { tried: self.exchange.scheme(), offered };
        Err(self.site.error(kind, Written::Nothing))
    }

    fn step(&mut self, challenge: Option<&[u8]>) -> Result<Step, HttpError> {
        let mut bytes = Zeroizing::new([0; Entropy::SIZE]);
        getrandom::fill(&mut *bytes)
            .map_err(|error| self.site.error(HttpErrorKind::Setup, Written::Nothing).with_source(error))?;
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let mut moment = Moment { random: Entropy::new(&bytes), now };
        self.exchange.step(challenge, None, &mut moment).map_err(|error| {
            let kind = match error {
                AuthError::Violation(violation) => HttpErrorKind::Violation(violation),
                error => HttpErrorKind::Authentication(error),
            };
            self.site.error(kind, Written::Nothing)
        })
    }

    /// Sends once; nothing comes back if the connection was gone before anything was written.
    async fn send(&mut self, body: Bytes, token: &[u8]) -> Result<Option<Response>, HttpError> {
        let scheme = self.exchange.scheme();
        let credentials = Zeroizing::new(format!("{scheme} {}", *Zeroizing::new(STANDARD.encode(token))));
        let mut authorization = HeaderValue::from_str(&credentials)
            .map_err(|error| self.site.error(HttpErrorKind::Setup, Written::Nothing).with_source(error))?;
        authorization.set_sensitive(true);
        let request = self
            .client
            .post(self.site.endpoint.url().clone())
            .header(AUTHORIZATION, authorization)
            .header(CONTENT_TYPE, super::CONTENT_TYPE)
            .body(body);
        match request.send().await {
            Ok(response) => {
                let number = self.number;
                if self.used {
                    tracing::debug!(channel = number, "connection reused");
                } else {
                    tracing::debug!(channel = number, endpoint = %self.site.endpoint, "connection opened");
                }
                self.used = true;
                Ok(Some(response))
            }
            // A channel that has its connection dials again only when that is gone, and the gate turns it back.
            Err(error) if self.used && error.is_connect() => {
                tracing::debug!(channel = self.number, "connection found closed");
                Ok(None)
            }
            Err(error) => Err(self.site.reqwest_error(error)),
        }
    }

    async fn read(&self, mut response: Response) -> Result<Answer, HttpError> {
        let limit = self.site.options.limits.answer_bytes;
        let too_long = || self.site.error(HttpErrorKind::Violation(Violation::AnswerTooLong), Written::Maybe);
        let announced = response.content_length().unwrap_or_default();
        if usize::try_from(announced).map_or(true, |announced| announced > limit) {
            return Err(too_long());
        }
        let content_type = response.headers().get(CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let status = response.status().as_u16();
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.site.reqwest_error(error))? {
            if chunk.len() > limit - body.len() {
                return Err(too_long());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, content_type, body: body.freeze() })
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        tracing::debug!(channel = self.number, "channel discarded");
    }
}

/// Whether the host leaves the connection open after this answer (RFC 9112, section 9.3).
fn keeps_connection(response: &Response) -> bool {
    let mut options = response.headers().get_all(CONNECTION).iter().filter_map(|line| line.to_str().ok());
    response.version() == Version::HTTP_11
        && !options.any(|line| line.split(',').any(|option| option.trim().eq_ignore_ascii_case("close")))
}
