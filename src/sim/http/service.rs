//! What HTTP alone answers, and what it hands to the endpoint.
//!
//! Statuses as recorded: an empty reason phrase, an empty body with everything that is no SOAP, `Server` of Windows' HTTP stack,
//! `Negotiate` before `Basic` with 401. A body without message encryption over plain HTTP gets an empty 500 unless the lab
//! allows it. It never reads an envelope. Follows MS-WSMV 3.1.4.1.20, 3.1.5.1 and recorded answers.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    ext::ReasonPhrase,
    header::{
        ALLOW, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderMap, HeaderName,
        HeaderValue, SERVER, WWW_AUTHENTICATE,
    },
};

use super::{
    auth::{self, Identity},
    encoding::{Encoding, soap_charset},
};
use crate::{
    clock::Clock,
    sim::{
        clock::SimClock,
        endpoint::{Caller, Endpoint, Silent},
        journal::{Entry, Operation, Outcome},
        lab::{Rights, UserSpec},
    },
    xml,
};

/// `MaxEnvelopeSizekb` of a service as it is installed, in bytes.
const MAX_REQUEST: usize = 500 * 1024;

type Answer = Response<Full<Bytes>>;

/// Answers the requests of all connections.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) endpoint: Arc<Endpoint>,
    pub(crate) clock: SimClock,
    pub(crate) users: Vec<UserSpec>,
    /// Whether plain bodies are served.
    pub(crate) plain: bool,
}

/// An answer of HTTP alone.
struct Refusal {
    status: StatusCode,
    /// Whether the connection ends.
    closes: bool,
    user: Option<String>,
}

impl Service {
    pub(crate) async fn answer(&self, request: Request<Incoming>) -> Answer {
        let now = self.clock.now();
        match self.try_answer(request, now).await {
            Ok(answer) => answer,
            Err(refusal) => {
                let mut state = self.endpoint.at(now);
                let mut entry = Entry::new(state.host.now(), Operation::Http, refusal.user.clone());
                entry.outcome = Outcome::Refused { status: refusal.status.as_u16() };
                state.journal.add(entry);
                drop(state);
                refused(&refusal, now)
            }
        }
    }

    async fn try_answer(&self, request: Request<Incoming>, now: Duration) -> Result<Answer, Refusal> {
        if !request.uri().path().eq_ignore_ascii_case("/wsman") {
            return Err(Refusal::of(StatusCode::NOT_FOUND));
        }
        if request.method() != Method::POST {
            return Err(Refusal { closes: true, ..Refusal::of(StatusCode::METHOD_NOT_ALLOWED) });
        }
        let (head, body) = request.into_parts();
        let caller = self.caller(&head.headers)?;
        let refuse = |status| Refusal { user: caller.name.clone(), ..Refusal::of(status) };
        let Some(length) = text(&head.headers, CONTENT_LENGTH).and_then(|text| text.parse::<usize>().ok())
        else {
            return Err(refuse(StatusCode::LENGTH_REQUIRED));
        };
        if length > MAX_REQUEST {
            // The rest of the request will not be read.
            return Err(Refusal { closes: true, ..refuse(StatusCode::PAYLOAD_TOO_LARGE) });
        }
        if length == 0 {
            // The first leg of a client that authenticates before it sends anything.
            return Ok(finish(StatusCode::OK, now, None, Bytes::new()));
        }
        let content_type = text(&head.headers, CONTENT_TYPE).unwrap_or_default();
        let Some(charset) = soap_charset(content_type) else {
            return Err(refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        };
        if !self.plain && caller.name.is_some() {
            return Err(refuse(StatusCode::INTERNAL_SERVER_ERROR));
        }
        let Ok(body) = Limited::new(body, MAX_REQUEST).collect().await else {
            return Err(Refusal { closes: true, ..refuse(StatusCode::BAD_REQUEST) });
        };
        let body = body.to_bytes();
        let encoding = Encoding::of(&body);
        let reply = match xml::decode(&body, charset.as_deref()) {
            Ok(text) => self.endpoint.answer(&text, &caller, now),
            Err(error) => self.endpoint.undecodable(error.to_string(), &caller, now),
        };
        let reply = reply.map_err(|silent| match silent {
            Silent::Unauthorized => refuse(StatusCode::UNAUTHORIZED),
            Silent::Unwritable => refuse(StatusCode::INTERNAL_SERVER_ERROR),
        })?;
        let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let bytes = encoding.encode(reply.envelope);
        Ok(finish(status, now, Some(encoding.content_type()), bytes))
    }

    fn caller(&self, headers: &HeaderMap) -> Result<Caller, Refusal> {
        match auth::identify(text(headers, AUTHORIZATION), &self.users) {
            Identity::Known(caller) => Ok(caller),
            Identity::Foreign => Err(Refusal { closes: true, ..Refusal::of(StatusCode::UNAUTHORIZED) }),
            Identity::Unknown => {
                let asks = headers.get("WSMANIDENTIFY").and_then(|value| value.to_str().ok());
                match (asks, headers.contains_key(AUTHORIZATION)) {
                    (Some(value), false) if value.trim().eq_ignore_ascii_case("unauthenticated") => {
                        Ok(Caller { name: None, rights: Rights::Filtered })
                    }
                    _ => Err(Refusal::of(StatusCode::UNAUTHORIZED)),
                }
            }
        }
    }
}

impl Refusal {
    fn of(status: StatusCode) -> Self {
        Self { status, closes: false, user: None }
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn refused(refusal: &Refusal, now: Duration) -> Answer {
    let mut answer = finish(refusal.status, now, None, Bytes::new());
    let headers = answer.headers_mut();
    if refusal.status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(ALLOW, HeaderValue::from_static("POST"));
    }
    if refusal.status == StatusCode::UNAUTHORIZED {
        headers.append(WWW_AUTHENTICATE, HeaderValue::from_static("Negotiate"));
        headers.append(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"WSMAN\""));
    }
    if refusal.closes {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    answer
}

fn finish(status: StatusCode, now: Duration, content_type: Option<&'static str>, body: Bytes) -> Answer {
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = status;
    answer.extensions_mut().insert(ReasonPhrase::from_static(b""));
    let headers = answer.headers_mut();
    if let Some(content_type) = content_type {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    headers.insert(SERVER, HeaderValue::from_static("Microsoft-HTTPAPI/2.0"));
    if let Ok(date) = HeaderValue::from_str(&http_date(now)) {
        headers.insert(DATE, date);
    }
    answer
}

/// `Fri, 22 Jan 2021 10:31:16 GMT` (RFC 9110, section 5.6.7).
fn http_date(since: Duration) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
    let time = time::OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    let day = DAYS.get(usize::from(time.weekday().number_days_from_monday())).unwrap_or(&"Mon");
    let month = MONTHS.get(usize::from(u8::from(time.month())).saturating_sub(1)).unwrap_or(&"Jan");
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    format!("{day}, {:02} {month} {:04} {hour:02}:{minute:02}:{second:02} GMT", time.day(), time.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_have_the_form_of_http() {
        assert_eq!(http_date(Duration::from_secs(1_611_311_476)), "Fri, 22 Jan 2021 10:31:16 GMT");
    }
}
