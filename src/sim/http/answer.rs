//! Answers in the form of Windows' HTTP stack: status without reason, few headers, one line for each scheme.
//!
//! The forms are from recordings and MS-WSMV, section 2.2.9.1.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Response, StatusCode,
    ext::ReasonPhrase,
    header::{ALLOW, CONNECTION, CONTENT_TYPE, DATE, HeaderValue, SERVER, WWW_AUTHENTICATE},
};

use crate::sim::{auth::Scheme, lab::Schemes};

pub(super) type Answer = Response<Full<Bytes>>;

/// An answer without SOAP.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    /// True if the connection ends.
    pub(super) closes: bool,
    /// For the journal: the reason, if the status does not determine it.
    pub(super) denied: Option<String>,
}

impl Refusal {
    pub(super) fn of(status: StatusCode) -> Self {
        Self { status, closes: false, denied: None }
    }

    /// The refusal of an unencrypted message that must be encrypted.
    pub(super) fn unencrypted() -> Self {
        Self::of(StatusCode::INTERNAL_SERVER_ERROR).because("a message without encryption")
    }

    /// A refusal that closes the connection.
    pub(super) fn closing(status: StatusCode) -> Self {
        Self { closes: true, ..Self::of(status) }
    }

    /// Adds a reason for the journal.
    pub(super) fn because(self, reason: impl ToString) -> Self {
        Self { denied: Some(reason.to_string()), ..self }
    }

    pub(super) fn answer(&self, schemes: Schemes, now: Duration) -> Answer {
        let mut answer = finish(self.status, now, None, Bytes::new());
        let headers = answer.headers_mut();
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(ALLOW, HeaderValue::from_static("POST"));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let offers = [
                (schemes.negotiate, "Negotiate"),
                (schemes.kerberos, "Kerberos"),
                (schemes.basic, "Basic realm=\"WSMAN\""),
            ];
            for (_, offer) in offers.into_iter().filter(|(is_on, _)| *is_on) {
                headers.append(WWW_AUTHENTICATE, HeaderValue::from_static(offer));
            }
        }
        if self.closes {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        answer
    }
}

/// The answer to a leg that is not the last one.
pub(super) fn challenge(scheme: Scheme, token: &[u8], now: Duration) -> Answer {
    with_token(finish(StatusCode::UNAUTHORIZED, now, None, Bytes::new()), scheme, token)
}

/// The answer, with a token for the client.
pub(super) fn with_token(mut answer: Answer, scheme: Scheme, token: &[u8]) -> Answer {
    let value = format!("{} {}", scheme.word(), STANDARD.encode(token));
    if let Ok(value) = HeaderValue::from_str(&value) {
        answer.headers_mut().insert(WWW_AUTHENTICATE, value);
    }
    answer
}

pub(super) fn finish(
    status: StatusCode,
    now: Duration,
    content_type: Option<HeaderValue>,
    body: Bytes,
) -> Answer {
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = status;
    answer.extensions_mut().insert(ReasonPhrase::from_static(b""));
    let headers = answer.headers_mut();
    if let Some(content_type) = content_type {
        headers.insert(CONTENT_TYPE, content_type);
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
