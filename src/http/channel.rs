//! One connection with one identity: opened once, used for one request at a time, given up at the first doubt.
//!
//! It never opens a second connection and never sends a request again; it is consumed by a request and comes back only
//! with a complete answer, so that whoever drops a request half-way drops its connection too. What is sealed goes and
//! comes as [MS-WSMV], section 2.2.9.1, has it: on plain HTTP always where the identity allows, over TLS never.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use reqwest::StatusCode;

use super::{
    Answer, Authentication, CONTENT_TYPE, HttpError, HttpErrorKind, Written,
    connection::{Connection, Reply, authorization},
    handshake,
    pool::Site,
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

/// How the host knows who is calling.
enum Identity {
    /// It is told anew with every request.
    EachTime(Exchange),
    /// It will be told before the first request.
    Unproven(Exchange),
    /// It knows, for as long as the connection lasts.
    Proven(Session),
}

/// What became of a request.
pub(super) enum Outcome {
    /// The answer, and the channel if it can take another request.
    Answered(Answer, Option<Box<Channel>>),
    /// The host had closed the connection before; nothing of the request was written.
    Gone,
}

impl Channel {
    pub(super) fn new(site: &Arc<Site>, number: u64) -> Result<Self, HttpError> {
        let exchange = Exchange::new(&site.credentials, &site.peer())
            .map_err(|error| site.error(HttpErrorKind::Credentials(error), Written::Nothing))?;
        let connection = Connection::new(site, number, exchange.is_connection_bound())?;
        let identity = if exchange.is_connection_bound() {
            Identity::Unproven(exchange)
        } else {
            Identity::EachTime(exchange)
        };
        Ok(Self { connection, identity })
    }

    /// Sends one body and reads the whole answer, within `limit` from the first dial to the last byte.
    pub(super) async fn post(self, body: Bytes, limit: Duration) -> Result<Outcome, HttpError> {
        let (site, gate) = (Arc::clone(&self.connection.site), self.connection.gate().clone());
        match tokio::time::timeout(limit, self.converse(body)).await {
            Ok(outcome) => outcome,
            Err(_) => {
                let written = if gate.may_have_passed() { Written::Maybe } else { Written::Nothing };
                Err(site.error(HttpErrorKind::AnswerTimedOut(limit), written))
            }
        }
    }

    async fn converse(self, body: Bytes) -> Result<Outcome, HttpError> {
        let Self { mut connection, identity } = self;
        let identity = match identity {
            Identity::Unproven(exchange) => {
                let Some(session) = handshake::establish(&mut connection, exchange).await? else {
                    return Ok(Outcome::Gone);
                };
                Identity::Proven(session)
            }
            identity => identity,
        };
        connection.gate().entrust();
        let conversation = Conversation { connection, body };
        match identity {
            Identity::EachTime(exchange) | Identity::Unproven(exchange) => {
                conversation.introduced(exchange).await
            }
            Identity::Proven(session) if conversation.connection.site.endpoint.is_tls() => {
                conversation.known(session).await
            }
            Identity::Proven(session) => conversation.sealed(session).await,
        }
    }
}

/// A request on the connection that it rides.
struct Conversation {
    connection: Connection,
    body: Bytes,
}

impl Conversation {
    /// With a token of its own, which says it all.
    async fn introduced(mut self, exchange: Exchange) -> Result<Outcome, HttpError> {
        let site = Arc::clone(&self.connection.site);
        let Some(token) = exchange.each_time() else {
            return Err(handshake::refused(&site, &exchange, Vec::new()));
        };
        let authorization = authorization(&site, exchange.scheme(), &token)?;
        let Some(reply) = self.connection.send(Some(authorization), CONTENT_TYPE, self.body).await? else {
            return Ok(Outcome::Gone);
        };
        if reply.status() == StatusCode::UNAUTHORIZED {
            let challenges = reply.challenges();
            handshake::token_of(&site, &challenges, exchange.scheme())?;
            // There is only one thing to say; saying it again may lock the account.
            return Err(handshake::refused(&site, &exchange, handshake::schemes(&challenges)));
        }
        site.convinced(Authentication::each_time(&exchange));
        answered(self.connection, reply, Identity::EachTime(exchange)).await
    }

    /// On a connection with TLS whose host knows the caller: as it is, and without a word on who that is.
    async fn known(mut self, session: Session) -> Result<Outcome, HttpError> {
        let Some(reply) = self.connection.send(None, CONTENT_TYPE, self.body).await? else {
            return Ok(Outcome::Gone);
        };
        if reply.status() == StatusCode::UNAUTHORIZED {
            return Err(self.connection.site.error(HttpErrorKind::IdentityLost(401), Written::Nothing));
        }
        answered(self.connection, reply, Identity::Proven(session)).await
    }

    /// On a connection that everybody can read and write.
    async fn sealed(mut self, mut session: Session) -> Result<Outcome, HttpError> {
        let site = Arc::clone(&self.connection.site);
        // Anybody on the way may have written what is not sealed: it proves nothing, whatever it says.
        let doubtful = |kind| site.error(kind, Written::Maybe);
        let protocol = session.protocol();
        let sealed = session.seal(&self.body).map_err(|error| handshake::failed(&site, error))?;
        let body = sealed::write(protocol, self.body.len(), &sealed.signature, &sealed.data);
        let content_type = sealed::content_type(protocol);
        let Some(reply) = self.connection.send(None, &content_type, body.into()).await? else {
            return Ok(Outcome::Gone);
        };
        let (status, keeps) = (reply.status(), reply.keeps_connection());
        let retry_after = reply.retry_after();
        let sealed = reply.content_type().filter(|value| sealed::is_sealed(value));
        // What cannot be unsealed is answered with 400 and nothing else.
        if status == StatusCode::UNAUTHORIZED || (status == StatusCode::BAD_REQUEST && sealed.is_none()) {
            return Err(doubtful(HttpErrorKind::IdentityLost(status.as_u16())));
        }
        let Some(content_type) = sealed else {
            if !status.is_client_error() && !status.is_server_error() {
                return Err(doubtful(HttpErrorKind::Violation(Violation::NotSealed)));
            }
            // The service's own failures come so: 413, 500, 503.
            let status = status.as_u16();
            let (content_type, body) = (None, Bytes::new());
            let answer = Answer { status, content_type, body, is_unsealed: true, retry_after };
            return Ok(Outcome::Answered(answer, None));
        };
        let content_type = content_type.to_owned();
        let body = self.connection.read(reply).await?;
        let frame = Frame::read(protocol, &content_type, &body)
            .map_err(|violation| doubtful(HttpErrorKind::Violation(violation)))?;
        let mut plain = session
            .unseal(frame.signature, frame.data)
            .map_err(|error| handshake::failed(&site, error).with_written(Written::Maybe))?;
        if plain.len() != frame.length {
            return Err(doubtful(HttpErrorKind::Violation(Violation::SealedLength)));
        }
        let answer = Answer {
            status: status.as_u16(),
            content_type: Some(frame.content_type),
            body: std::mem::take(&mut *plain).into(),
            is_unsealed: false,
            retry_after,
        };
        let identity = Identity::Proven(session);
        let channel = keeps.then(|| Box::new(Channel { connection: self.connection, identity }));
        Ok(Outcome::Answered(answer, channel))
    }
}

/// The answer as it is, and the channel if it outlives it.
async fn answered(connection: Connection, reply: Reply, identity: Identity) -> Result<Outcome, HttpError> {
    let (status, keeps) = (reply.status().as_u16(), reply.keeps_connection());
    let retry_after = reply.retry_after();
    let content_type = reply.content_type().map(str::to_owned);
    let body = connection.read(reply).await?;
    let answer = Answer { status, content_type, body, is_unsealed: false, retry_after };
    Ok(Outcome::Answered(answer, keeps.then(|| Box::new(Channel { connection, identity }))))
}
