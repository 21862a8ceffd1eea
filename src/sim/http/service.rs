//! Handles the requests of one connection: answers that need only HTTP, and messages for the endpoint.
//!
//! Statuses as recorded: an empty reason phrase, and an empty body unless it is SOAP. An unencrypted body over plain HTTP gets an
//! empty 500 unless the lab allows it. A sealed body gets a sealed answer, also for faults; one that cannot be unsealed gets an
//! empty 400 and ends the context. Follows MS-WSMV, sections 2.2.9.1, 3.1.4.1.20 and 3.1.5.1, and recorded answers.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::{
    Method, Request, StatusCode,
    body::Incoming,
    header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
    http::request::Parts,
};

use super::{
    Lines,
    answer::{Answer, Refusal, challenge, finish, with_token},
    encoding::{Encoding, soap_charset},
    ending::{Broken, Ending, Line},
    identity::{Admission, Identity},
    multipart::{self, Envelope, Frame},
};
use crate::{
    clock::Clock,
    sim::{
        auth::{Authority, Denied},
        clock::SimClock,
        endpoint::{Caller, Endpoint, Silent},
        faults::Spoil,
        journal::{RequestKind, RequestOutcome},
        lab::Rights,
        per_node::PerNode,
    },
    xml,
};

/// The state shared by all connections.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) endpoint: Endpoint,
    pub(crate) clock: SimClock,
    /// One a node: they differ in the names of the host.
    pub(crate) authorities: Arc<PerNode<Authority>>,
    /// True if unencrypted bodies are accepted.
    pub(crate) plain: bool,
    /// The greatest size of a request, in bytes.
    pub(crate) max_request: usize,
    pub(crate) counts: Arc<Counts>,
    pub(crate) line: Arc<Line>,
    /// Those of all listeners.
    pub(crate) lines: Arc<Lines>,
}

impl Service {
    /// The authority of the node that answers.
    fn authority(&self) -> &Authority {
        self.authorities.at(self.endpoint.node())
    }
}

/// Counters.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Accepted connections.
    pub(crate) connections: AtomicUsize,
    /// HTTP requests of any kind.
    pub(crate) http_requests: AtomicUsize,
    /// Successful authentications of a whole connection.
    pub(crate) handshakes: AtomicUsize,
}

/// Answers the requests of one connection.
#[derive(Debug)]
pub(super) struct Connection {
    service: Arc<Service>,
    identity: Mutex<Identity>,
    ending: Mutex<Option<Ending>>,
}

/// An answer, and the fault that a rule applies to it.
struct Served {
    answer: Answer,
    spoil: Option<Spoil>,
}

/// A request with a plain body.
struct Plain {
    body: Bytes,
    charset: Option<String>,
}

impl Connection {
    pub(super) fn new(service: Arc<Service>, certificate: Option<[u8; 32]>) -> Self {
        service.counts.connections.fetch_add(1, Ordering::Relaxed);
        Self { service, identity: Mutex::new(Identity::of_connection(certificate)), ending: Mutex::new(None) }
    }

    /// How to continue after [`Broken`].
    pub(super) fn ending(&self) -> Option<Ending> {
        self.ending.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(super) fn service(&self) -> &Service {
        &self.service
    }

    /// The answer, unless a fault replaces it.
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Result<Answer, Broken> {
        self.service.counts.http_requests.fetch_add(1, Ordering::Relaxed);
        let now = self.service.clock.now();
        if !self.service.endpoint.is_up() {
            return Err(self.reset());
        }
        let (head, body) = request.into_parts();
        if !head.uri.path().eq_ignore_ascii_case("/wsman") {
            return Ok(self.refuse(&Refusal::of(StatusCode::NOT_FOUND), None, now));
        }
        if head.method != Method::POST {
            return Ok(self.refuse(&Refusal::closing(StatusCode::METHOD_NOT_ALLOWED), None, now));
        }
        // Read before any answer, so that the connection can continue after a 401.
        let body = receive(&head.headers, body, self.service.max_request).await;
        match self.admit(&head.headers, body.as_ref().ok(), now) {
            Err(refusal) => Ok(self.refuse(&refusal, None, now)),
            Ok(Admission::Challenge(scheme, token)) => Ok(challenge(scheme, &token, now)),
            Ok(Admission::Nobody) => Ok(self.refuse(&Refusal::of(StatusCode::UNAUTHORIZED), None, now)),
            Ok(Admission::Known { mut caller, token, is_new }) => {
                if is_new {
                    self.service.counts.handshakes.fetch_add(1, Ordering::Relaxed);
                }
                let served = match body {
                    Ok(body) => self.serve(&head, body, &mut caller, now).await,
                    Err(refusal) => Err(refusal),
                };
                let Served { answer, spoil } = served.unwrap_or_else(|refusal| Served {
                    answer: self.refuse(&refusal, Some(&caller), now),
                    spoil: None,
                });
                let answer = match token {
                    Some((scheme, token)) => with_token(answer, scheme, &token),
                    None => answer,
                };
                match spoil {
                    Some(spoil) => self.spoil(answer, spoil, now).await,
                    None => {
                        self.service.line.remember(&answer).await;
                        Ok(answer)
                    }
                }
            }
        }
    }

    fn admit(&self, headers: &HeaderMap, body: Option<&Bytes>, now: Duration) -> Result<Admission, Refusal> {
        let is_plain = body.is_some_and(|body| !body.is_empty()) && !is_sealed(headers);
        let forbidden = is_plain && !self.service.plain;
        let header = text(headers, AUTHORIZATION);
        let admission = self.identity().admit(header, forbidden, self.service.authority(), now)?;
        let asks = headers.get("WSMANIDENTIFY").and_then(|value| value.to_str().ok());
        let is_anonymous = asks.is_some_and(|value| value.trim().eq_ignore_ascii_case("unauthenticated"));
        match admission {
            Admission::Nobody if is_anonymous => {
                let caller = Caller { name: None, rights: Rights::Filtered, mechanism: None, sealed: false };
                Ok(Admission::Known { caller, token: None, is_new: false })
            }
            admission => Ok(admission),
        }
    }

    async fn serve(
        &self,
        head: &Parts,
        body: Bytes,
        caller: &mut Caller,
        now: Duration,
    ) -> Result<Served, Refusal> {
        if body.is_empty() {
            // The last leg of a client that authenticates before it sends a message.
            let answer = finish(StatusCode::OK, now, None, Bytes::new());
            return Ok(Served { answer, spoil: None });
        }
        let Plain { body, charset } = self.open(head, body, caller)?;
        let encoding = Encoding::of(&body);
        let endpoint = &self.service.endpoint;
        let (mut spoil, mut now) = (None, now);
        let reply = match xml::decode(&body, charset.as_deref()) {
            Ok(text) => {
                let asked = endpoint.meet(&text, caller, now);
                let fired = &asked.fired;
                self.pass(fired.before).await;
                let reached = endpoint.node();
                let reply = endpoint.carry_out(&asked, caller, self.service.clock.now());
                if !fired.turns.is_empty() {
                    self.service.lines.follow(endpoint).await;
                }
                self.pass(fired.after).await;
                now = self.service.clock.now();
                spoil = asked.fired.spoil.filter(|spoil| !spoil.is_of_the_message());
                if !endpoint.is_up() || endpoint.node() != reached {
                    // The node has failed meanwhile.
                    spoil = Some(Spoil::Reset { executed: true });
                }
                reply
            }
            Err(error) => endpoint.undecodable(error.to_string(), caller, now),
        };
        let reply = reply.map_err(|silent| match silent {
            Silent::Unauthorized => Refusal::of(StatusCode::UNAUTHORIZED),
            Silent::Unwritable => Refusal::of(StatusCode::INTERNAL_SERVER_ERROR),
        })?;
        let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let bytes = encoding.encode(reply.envelope);
        if !caller.sealed {
            let content_type = HeaderValue::from_static(encoding.content_type());
            let answer = finish(status, now, Some(content_type), bytes);
            return Ok(Served { answer, spoil });
        }
        let mut identity = self.identity();
        let session = identity.session.as_mut().ok_or(Denied::NoContext).map_err(broken)?;
        let (signature, data) = session.seal(&bytes).map_err(broken)?;
        let (protocol, content_type) = (session.protocol(), encoding.content_type());
        let frame = Frame { content_type, length: bytes.len(), signature: &signature, data: &data };
        let body = multipart::close(protocol, &frame);
        let content_type = HeaderValue::try_from(multipart::content_type(protocol)).ok();
        Ok(Served { answer: finish(status, now, content_type, body.into()), spoil })
    }

    /// Ends the connection without an answer.
    fn reset(&self) -> Broken {
        *self.ending.lock().unwrap_or_else(PoisonError::into_inner) = Some(Ending::Reset);
        Broken
    }

    /// Delays for a rule.
    async fn pass(&self, time: Duration) {
        if !time.is_zero() {
            self.service.clock.sleep(time).await;
        }
    }

    /// Applies a fault to the connection instead of sending the answer.
    async fn spoil(&self, answer: Answer, spoil: Spoil, now: Duration) -> Result<Answer, Broken> {
        if let Spoil::Status { code, body, .. } = spoil {
            let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            return Ok(match body {
                None => Refusal::of(status).answer(self.service.authority().schemes(), now),
                Some(body) => finish(status, now, Some(HeaderValue::from_static("text/html")), body.into()),
            });
        }
        let ending = self.service.line.end(answer, spoil, &self.service.clock).await;
        *self.ending.lock().unwrap_or_else(PoisonError::into_inner) = Some(ending);
        Err(Broken)
    }

    /// The plain body: unsealed, or accepted unencrypted.
    fn open(&self, head: &Parts, body: Bytes, caller: &mut Caller) -> Result<Plain, Refusal> {
        let content_type = text(&head.headers, CONTENT_TYPE).unwrap_or_default();
        if let Some(envelope) = Envelope::of(content_type) {
            let mut identity = self.identity();
            let unsealed = unseal(&mut identity, envelope.as_ref(), &body);
            if unsealed.is_err() {
                identity.forget();
            }
            caller.sealed = unsealed.is_ok();
            return unsealed.map_err(broken);
        }
        let Some(charset) = soap_charset(content_type) else {
            return Err(Refusal::of(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        };
        if !self.service.plain && caller.name.is_some() {
            return Err(Refusal::unencrypted());
        }
        Ok(Plain { body, charset })
    }

    fn refuse(&self, refusal: &Refusal, caller: Option<&Caller>, now: Duration) -> Answer {
        let mut state = self.service.endpoint.at(now);
        let mut entry = state.new_entry(RequestKind::Http, caller);
        entry.outcome = RequestOutcome::Refused { status: refusal.status.as_u16() };
        entry.denied.clone_from(&refusal.denied);
        state.journal.add(entry);
        drop(state);
        refusal.answer(self.service.authority().schemes(), now)
    }

    fn identity(&self) -> MutexGuard<'_, Identity> {
        self.identity.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The whole body, up to the limit.
async fn receive(headers: &HeaderMap, body: Incoming, most: usize) -> Result<Bytes, Refusal> {
    let length = text(headers, CONTENT_LENGTH).and_then(|text| text.parse::<usize>().ok());
    if length.is_some_and(|length| length > most) {
        // The rest of the request will not be read.
        return Err(Refusal::closing(StatusCode::PAYLOAD_TOO_LARGE));
    }
    let body = Limited::new(body, most).collect().await;
    let body = body.map_err(|_| Refusal::closing(StatusCode::BAD_REQUEST))?;
    length.map(|_| body.to_bytes()).ok_or(Refusal::of(StatusCode::LENGTH_REQUIRED))
}

fn unseal(identity: &mut Identity, envelope: Option<&Envelope>, body: &[u8]) -> Result<Plain, Denied> {
    let session = identity.session.as_mut().ok_or(Denied::NoContext)?;
    let envelope = envelope.filter(|envelope| envelope.protocol == session.protocol());
    let frame = envelope.and_then(|envelope| envelope.open(body)).ok_or(Denied::BadFrame)?;
    let charset = soap_charset(frame.content_type).ok_or(Denied::BadFrame)?;
    let plain = session.unseal(frame.signature, frame.data)?;
    if plain.len() != frame.length {
        return Err(Denied::BadFrame);
    }
    Ok(Plain { body: plain.into(), charset })
}

fn broken(denied: Denied) -> Refusal {
    Refusal::of(StatusCode::BAD_REQUEST).because(denied)
}

fn is_sealed(headers: &HeaderMap) -> bool {
    text(headers, CONTENT_TYPE).is_some_and(|content_type| Envelope::of(content_type).is_some())
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
