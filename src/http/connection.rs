//! One connection, which is opened once and carries one request after the other.
//!
//! It never dials a second time. The caller supplies the `Authorization` header. Follows HTTP/1.1, RFC 9112.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::{Bytes, BytesMut};
use reqwest::{
    Client, ClientBuilder, Method, Request, Response, StatusCode, Version,
    header::{
        AUTHORIZATION, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderName,
        HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
    },
    redirect,
};
use zeroize::Zeroizing;

use super::{
    HttpError, HttpErrorKind, Written, challenge::Challenge, error::is_held, pool::EndpointContext,
    single_connection::SingleConnection, tls::CertificateCapture, waiting,
};
use crate::{auth::ChannelBinding, violation::Violation};

const USER_AGENT: &str = concat!("hvsnap/", env!("CARGO_PKG_VERSION"));

pub(super) struct Connection {
    /// The number in the log.
    pub(super) number: u64,
    pub(super) context: Arc<EndpointContext>,
    client: Client,
    single: SingleConnection,
    capture: Option<Arc<CertificateCapture>>,
    used: bool,
}

impl Connection {
    /// Prepares a connection; `is_bound` (an identity will be bound to it) decides how it is opened.
    pub(super) fn new(
        context: &Arc<EndpointContext>,
        number: u64,
        is_bound: bool,
    ) -> Result<Self, HttpError> {
        let capturing = if is_bound { context.tls.capturing_config() } else { None };
        let (config, capture, single) = match capturing {
            Some((config, capture)) => (config, Some(capture), SingleConnection::holding()),
            None => (context.tls.config(), None, SingleConnection::default()),
        };
        let setup = |error| context.error(HttpErrorKind::Setup, Written::Nothing).with_source(error);
        let builder = Client::builder()
            .user_agent(USER_AGENT)
            .tls_backend_preconfigured(config)
            .connect_timeout(context.options.connect_timeout)
            .dns_resolver(waiting::Resolver::shared())
            .connector_layer(single.clone())
            .http1_only()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .pool_max_idle_per_host(1)
            // The pool above decides how long a channel may rest, and opens a new one after that.
            .pool_idle_timeout(None);
        let builder = match &context.options.proxy {
            Some(proxy) => builder.proxy(proxy.layer().map_err(setup)?),
            None => builder,
        };
        let builder = by_interface(builder, context.endpoint.zone());
        let client = builder.build().map_err(setup)?;
        Ok(Self { number, context: Arc::clone(context), client, single, capture, used: false })
    }

    pub(super) fn single(&self) -> &SingleConnection {
        &self.single
    }

    /// True if a request was answered on it.
    pub(super) fn is_used(&self) -> bool {
        self.used
    }

    /// Opens a TLS connection without sending a request, and returns the channel binding for the authentication.
    pub(super) async fn open(&mut self) -> Result<Option<ChannelBinding>, HttpError> {
        let Some(capture) = &self.capture else { return Ok(None) };
        match self.client.post(self.context.endpoint.url().clone()).send().await {
            Err(error) if is_held(&error) => match capture.binding() {
                Some(binding) => Ok(Some(binding)),
                None => Err(self.context.error(HttpErrorKind::Setup, Written::Nothing)),
            },
            Err(error) => Err(self.context.reqwest_error(error)),
            Ok(_) => Err(self.context.error(HttpErrorKind::Setup, Written::Nothing)),
        }
    }

    /// Sends once; [`arrived`](Self::arrived) interprets the result.
    pub(super) fn send(
        &self,
        authorization: Option<HeaderValue>,
        content_type: HeaderValue,
        body: Bytes,
    ) -> impl Future<Output = Result<Response, reqwest::Error>> + use<> {
        let mut request = Request::new(Method::POST, self.context.endpoint.url().clone());
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, content_type);
        if body.is_empty() {
            // The library omits the length of an empty body, which a service answers with 411.
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        if let Some(authorization) = authorization {
            headers.insert(AUTHORIZATION, authorization);
        }
        *request.body_mut() = Some(body.into());
        self.client.execute(request)
    }

    /// The answer; `None` if the connection was closed before anything was written.
    pub(super) fn arrived(
        &mut self,
        sent: Result<Response, reqwest::Error>,
    ) -> Result<Option<Reply>, HttpError> {
        match sent {
            Ok(response) => {
                let reply = Reply(response);
                if !self.used {
                    tracing::debug!(channel = self.number, endpoint = %self.context.endpoint, "connection opened");
                    self.context.answered(reply.date());
                }
                self.used = true;
                Ok(Some(reply))
            }
            // A used channel dials again only if its connection is gone; the layer then refuses the new one.
            Err(error) if self.used && error.is_connect() => {
                tracing::debug!(channel = self.number, "connection found closed");
                Ok(None)
            }
            Err(error) => Err(self.context.reqwest_error(error)),
        }
    }

    /// Reads the whole body; this frees the connection for the next request.
    pub(super) async fn read(&self, reply: &mut Reply) -> Result<Bytes, HttpError> {
        let response = &mut reply.0;
        let limit = self.context.options.limits.answer_bytes;
        let too_long =
            || self.context.error(HttpErrorKind::Violation(Violation::AnswerTooLong), Written::Maybe);
        let announced = response.content_length().unwrap_or_default();
        if usize::try_from(announced).map_or(true, |announced| announced > limit) {
            return Err(too_long());
        }
        // An answer in one piece is returned without a copy.
        let mut body = Bytes::new();
        let mut pieces = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.context.reqwest_error(error))? {
            let length = body.len() + pieces.len();
            if chunk.len() > limit.saturating_sub(length) {
                return Err(too_long());
            }
            if length == 0 {
                body = chunk;
                continue;
            }
            pieces.extend_from_slice(&std::mem::take(&mut body));
            pieces.extend_from_slice(&chunk);
        }
        Ok(if pieces.is_empty() { body } else { pieces.freeze() })
    }
}

/// Binds to the network interface that the zone of the address names.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "macos"))]
fn by_interface(builder: ClientBuilder, zone: Option<&str>) -> ClientBuilder {
    match zone {
        Some(zone) => builder.interface(zone),
        None => builder,
    }
}

/// On other systems no address has a zone.
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "macos")))]
fn by_interface(builder: ClientBuilder, _: Option<&str>) -> ClientBuilder {
    builder
}

impl Drop for Connection {
    fn drop(&mut self) {
        tracing::debug!(channel = self.number, "channel discarded");
    }
}

/// The head of an answer whose body is not read yet.
pub(super) struct Reply(Response);

impl Reply {
    pub(super) fn status(&self) -> StatusCode {
        self.0.status()
    }

    pub(super) fn content_type(&self) -> Option<&str> {
        self.0.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok())
    }

    pub(super) fn content_encoding(&self) -> Option<&str> {
        self.lines(CONTENT_ENCODING).next()
    }

    pub(super) fn challenges(&self) -> Vec<Challenge<'_>> {
        Challenge::read_all(self.lines(WWW_AUTHENTICATE))
    }

    /// The host's time, from its `Date` header.
    pub(super) fn date(&self) -> Option<Duration> {
        self.lines(DATE).next().and_then(since_1970)
    }

    /// The value of `Retry-After`: seconds, or a time by the host's clock.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        let text = self.lines(RETRY_AFTER).next()?.trim();
        let seconds = text.parse().ok().map(Duration::from_secs);
        seconds.or_else(|| since_1970(text)?.checked_sub(self.date()?))
    }

    /// True if the host keeps the connection open after this answer (RFC 9112, section 9.3).
    pub(super) fn keeps_connection(&self) -> bool {
        let mut options = self.lines(CONNECTION).flat_map(|line| line.split(','));
        self.0.version() == Version::HTTP_11
            && !options.any(|option| option.trim().eq_ignore_ascii_case("close"))
    }

    fn lines(&self, name: HeaderName) -> impl Iterator<Item = &str> {
        self.0.headers().get_all(name).iter().filter_map(|line| line.to_str().ok())
    }
}

/// The `Content-Type` of a message that is not sealed.
pub(super) fn soap() -> HeaderValue {
    const { HeaderValue::from_static(super::CONTENT_TYPE) }
}

/// The value of `Authorization`; the scheme alone if there is no token.
pub(super) fn authorization(
    context: &EndpointContext,
    scheme: &str,
    token: &[u8],
) -> Result<HeaderValue, HttpError> {
    // Allocate the exact size: a text that grows leaves copies of the token in memory.
    let mut value = Zeroizing::new(String::with_capacity(scheme.len() + 1 + token.len().div_ceil(3) * 4));
    value.push_str(scheme);
    value.push(' ');
    STANDARD.encode_string(token, &mut value);
    let mut value = HeaderValue::from_str(value.trim_end())
        .map_err(|error| context.error(HttpErrorKind::Setup, Written::Nothing).with_source(error))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Parses an HTTP date (RFC 9110, section 5.6.7).
fn since_1970(text: &str) -> Option<Duration> {
    httpdate::parse_http_date(text.trim()).ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()
}
