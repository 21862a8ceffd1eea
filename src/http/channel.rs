//! One authenticated connection, used for one request at a time.
//!
//! A request consumes the channel and returns it only with a complete answer; a dropped request drops its connection. A channel
//! never reconnects or resends. On plain HTTP messages are sealed if the mechanism can; over TLS they are not. Follows
//! [MS-WSMV], section 2.2.9.1.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::{StatusCode, header::HeaderValue};

use super::{
    Answer, Authentication, HttpError, HttpErrorKind, Late, Written,
    connection::{Connection, Reply, authorization, soap},
    handshake,
    limit::Limit,
    pool::EndpointContext,
    sealed::{self, Frame},
};
use crate::{
    auth::{Exchange, Session},
    violation::Violation,
};

/// One authenticated connection.
pub(super) struct Channel {
    connection: Connection,
    identity: Identity,
}

/// How the caller is authenticated on this connection.
enum Identity {
    /// By the same header in every request.
    EachTime(Exchange, HeaderValue),
    /// By an exchange before the first request, still to come.
    Unproven(Exchange),
    /// By an exchange that succeeded; valid as long as the connection lasts.
    Proven(Session),
}

/// The outcome of a request.
pub(super) enum Outcome {
    /// The answer, and the channel if it can take another request.
    Answered(Answer, Option<Box<Channel>>),
    /// The host had already closed the connection; nothing of the request was written.
    Gone,
}

/// A complete answer, and whether the connection stays open; `None` if the host had already closed the connection.
type Read = Option<(Answer, bool)>;

impl Channel {
    pub(super) fn new(context: &Arc<EndpointContext>, number: u64) -> Result<Box<Self>, HttpError> {
        let exchange = Exchange::new(&context.credentials, &context.peer())
            .map_err(|error| context.error(HttpErrorKind::Credentials(error), Written::Nothing))?;
        let connection = Connection::new(context, number, exchange.is_connection_bound())?;
        let identity = match exchange.each_time() {
            Some(token) => {
                let authorization = authorization(context, exchange.scheme(), &token)?;
                Identity::EachTime(exchange, authorization)
            }
            None => Identity::Unproven(exchange),
        };
        Ok(Box::new(Self { connection, identity }))
    }

    /// Sends one body and reads the whole answer; `limit` counts from the first dial to the last byte.
    pub(super) async fn post(
        self: Box<Self>,
        body: Bytes,
        limit: &mut Limit<'_>,
    ) -> Result<Outcome, HttpError> {
        let (context, single) = (Arc::clone(&self.connection.context), self.connection.single().clone());
        let timed = tokio::time::timeout(limit.answer, self.converse(body));
        let kind = match limit.uncut(timed).await {
            Some(Ok(outcome)) => return outcome,
            Some(Err(_)) => HttpErrorKind::AnswerTimedOut(limit.answer),
            None => HttpErrorKind::CutOff,
        };
        let written = if single.may_have_passed() { Written::Maybe } else { Written::Nothing };
        Err(context.error(kind, written))
    }

    async fn converse(self: Box<Self>, body: Bytes) -> Result<Outcome, HttpError> {
        let mut channel = match &self.identity {
            Identity::Unproven(_) => match self.proven().await? {
                Some(channel) => channel,
                None => return Ok(Outcome::Gone),
            },
            Identity::EachTime(..) | Identity::Proven(_) => self,
        };
        let Self { connection, identity } = &mut *channel;
        connection.single().entrust();
        let read = match identity {
            Identity::Proven(session) if !connection.context.endpoint.is_tls() => {
                sealed(connection, session, body).await?
            }
            identity => plain(connection, identity, body).await?,
        };
        Ok(match read {
            Some((answer, keeps)) => Outcome::Answered(answer, keeps.then_some(channel)),
            None => Outcome::Gone,
        })
    }

    /// The same channel after the exchange, if the scheme needs one; `None` if the host had already closed the connection.
    async fn proven(self: Box<Self>) -> Result<Option<Box<Self>>, HttpError> {
        let Self { mut connection, identity } = *self;
        let context = Arc::clone(&connection.context);
        let _attempt = context.attempt().await?;
        let identity = match identity {
            Identity::Unproven(exchange) => match handshake::establish(&mut connection, exchange).await? {
                Some(session) => Identity::Proven(session),
                None => return Ok(None),
            },
            identity => identity,
        };
        Ok(Some(Box::new(Self { connection, identity })))
    }
}

/// Sends without sealing: with a token in the request, or on an authenticated TLS connection.
async fn plain(connection: &mut Connection, identity: &Identity, body: Bytes) -> Result<Read, HttpError> {
    let is_first = !connection.is_used();
    let context = Arc::clone(&connection.context);
    let (authorization, attempt) = match identity {
        Identity::EachTime(_, authorization) => (Some(authorization.clone()), Some(context.attempt().await?)),
        Identity::Unproven(_) | Identity::Proven(_) => (None, None),
    };
    let sent = connection.send(authorization, soap(), body).await;
    let Some(mut reply) = connection.arrived(sent)? else {
        return Ok(None);
    };
    if reply.status() == StatusCode::UNAUTHORIZED {
        return Err(unauthorized(&connection.context, identity, &reply));
    }
    if reply.status() == StatusCode::FORBIDDEN && context.has_unasked_identity() {
        let kind = HttpErrorKind::ClientCertificateLate(Late::Status(StatusCode::FORBIDDEN.as_u16()));
        return Err(context.error(kind, Written::Maybe));
    }
    if let (true, Identity::EachTime(exchange, _)) = (is_first, identity) {
        context.convinced(Authentication::each_time(exchange));
    }
    drop(attempt);
    let (status, keeps) = (reply.status().as_u16(), reply.keeps_connection());
    let retry_after = reply.retry_after();
    let content_type = reply.content_type().map(str::to_owned);
    let content_encoding = reply.content_encoding().map(str::to_owned);
    let body = connection.read(&mut reply).await?;
    Ok(Some((Answer { status, content_type, content_encoding, body, retry_after }, keeps)))
}

/// The error for status 401.
///
/// The request carried its body, and an intermediary may have written the status after the host received the request.
#[cold]
fn unauthorized(context: &EndpointContext, identity: &Identity, reply: &Reply) -> HttpError {
    let Identity::EachTime(exchange, _) = identity else {
        return context.error(HttpErrorKind::IdentityLost(401), Written::Maybe);
    };
    let challenges = reply.challenges();
    let error = match handshake::token_of(context, &challenges, exchange.scheme()) {
        // A second try would send the same token and may lock the account.
        Ok(_) => handshake::refused(context, exchange, handshake::schemes(&challenges)),
        Err(error) => error,
    };
    error.with_written(Written::Maybe)
}

/// Sends a sealed message, over a connection that others can read and change.
async fn sealed(connection: &mut Connection, session: &mut Session, body: Bytes) -> Result<Read, HttpError> {
    let context = Arc::clone(&connection.context);
    // An answer that is not sealed may come from an intermediary, so it proves nothing.
    let doubtful = |kind| context.error(kind, Written::Maybe);
    let protocol = session.protocol();
    let sealed = session.seal(&body).map_err(|error| handshake::failed(&context, error))?;
    let body = sealed::write(protocol, body.len(), &sealed.signature, &sealed.data);
    let content_type = HeaderValue::try_from(sealed::content_type(protocol))
        .map_err(|error| context.error(HttpErrorKind::Setup, Written::Nothing).with_source(error))?;
    let sent = connection.send(None, content_type, body.into()).await;
    let Some(mut reply) = connection.arrived(sent)? else { return Ok(None) };
    let (status, keeps) = (reply.status(), reply.keeps_connection());
    let retry_after = reply.retry_after();
    let sealed = reply.content_type().filter(|value| sealed::is_sealed(value));
    // A host answers a message that it cannot unseal with a bare 400.
    if status == StatusCode::UNAUTHORIZED || (status == StatusCode::BAD_REQUEST && sealed.is_none()) {
        return Err(doubtful(HttpErrorKind::IdentityLost(status.as_u16())));
    }
    let Some(content_type) = sealed else {
        if !status.is_client_error() && !status.is_server_error() {
            return Err(doubtful(HttpErrorKind::Violation(Violation::NotSealed)));
        }
        // The service's own failures are not sealed: 413, 500, 503.
        let (status, body) = (status.as_u16(), Bytes::new());
        let (content_type, content_encoding) = (None, None);
        return Ok(Some((Answer { status, content_type, content_encoding, body, retry_after }, false)));
    };
    let content_type = content_type.to_owned();
    let body = connection.read(&mut reply).await?;
    let frame = Frame::read(protocol, &content_type, &body)
        .map_err(|violation| doubtful(HttpErrorKind::Violation(violation)))?;
    let mut plain = session
        .unseal(frame.signature, frame.data)
        .map_err(|error| handshake::failed(&context, error).with_written(Written::Maybe))?;
    if plain.len() != frame.length {
        return Err(doubtful(HttpErrorKind::Violation(Violation::SealedLength)));
    }
    let answer = Answer {
        status: status.as_u16(),
        content_type: Some(frame.content_type),
        content_encoding: None,
        body: std::mem::take(&mut *plain).into(),
        retry_after,
    };
    Ok(Some((answer, keeps)))
}
