//! Accepted and refused answers: statuses, reason phrases, bodies within and beyond limits.

use super::*;
use crate::{
    http::{HttpErrorKind, Written},
    limits::Limits,
    violation::Violation,
};

async fn answered(text: &'static str) -> Result<Answer, HttpError> {
    post(&pool(&Peer::answering(text).await), "x").await
}

#[tokio::test]
async fn the_request_is_complete_and_plain() {
    let peer = Peer::start(|_, mut connection| async move {
        while let Some(head) = connection.request().await {
            connection.send(&peer::answer("200 OK", &head)).await;
        }
    })
    .await;
    let head = post(&pool(&peer), "<x/>").await.unwrap().body;
    let head = String::from_utf8(head.to_vec()).unwrap();
    let (first, fields) = head.split_once("\r\n").unwrap();
    assert_eq!(first, "POST /wsman HTTP/1.1");
    let mut fields: Vec<_> = fields.lines().filter(|line| !line.is_empty()).map(str::to_lowercase).collect();
    fields.sort();
    assert_eq!(
        fields,
        [
            "accept: */*".to_owned(),
            "authorization: basic b3bzomh1c2g=".to_owned(),
            "content-length: 4".to_owned(),
            "content-type: application/soap+xml;charset=utf-8".to_owned(),
            format!("host: 127.0.0.1:{}", peer.port()),
            format!("user-agent: hvsnap/{}", env!("CARGO_PKG_VERSION")),
        ]
    );
}

#[tokio::test]
async fn any_status_but_401_is_an_answer() {
    for status in ["200", "204", "302", "400", "403", "404", "407", "413", "500", "503"] {
        let peer = Peer::start(move |_, mut connection| async move {
            connection.request().await;
            let body = if status == "204" { "" } else { "<why/>" };
            connection.send(&peer::answer(&format!("{status} x\r\nLocation: /y"), body)).await;
        })
        .await;
        let answer = post(&pool(&peer), "x").await.unwrap();
        assert_eq!(answer.status.to_string(), status);
        assert_eq!(answer.body, if status == "204" { "" } else { "<why/>" });
        assert_eq!(answer.content_type.as_deref(), Some("application/soap+xml;charset=UTF-8"));
        assert_eq!(peer.seen().len(), 1);
    }
}

#[tokio::test]
async fn reason_phrases_may_be_missing_empty_or_odd() {
    for text in [
        "HTTP/1.1 200\r\nContent-Length: 1\r\n\r\ny",
        "HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\ny",
        "HTTP/1.1 200 (null)\r\nContent-Length: 1\r\n\r\ny",
    ] {
        let answer = answered(text).await.unwrap();
        assert_eq!((answer.status, answer.content_type, &*answer.body), (200, None, &b"y"[..]), "{text:?}");
    }
}

#[tokio::test]
async fn bodies_may_come_in_chunks_or_end_with_the_connection() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n";
    assert_eq!(answered(chunked).await.unwrap().body, "abc");
    let peer = Peer::start(|_, mut connection| async move {
        connection.request().await;
        connection.send("HTTP/1.0 200 OK\r\n\r\nabc").await;
        connection.close().await;
    })
    .await;
    let pool = pool(&peer);
    assert_eq!(post(&pool, "x").await.unwrap().body, "abc");
    assert_eq!(post(&pool, "x").await.unwrap().body, "abc");
}

#[tokio::test]
async fn a_body_that_ends_too_early_is_no_answer() {
    for text in [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "",
    ] {
        let peer = Peer::start(move |_, mut connection| async move {
            connection.request().await;
            connection.send(text).await;
            connection.close().await;
        })
        .await;
        let error = post(&pool(&peer), "x").await.unwrap_err();
        assert_eq!(
            (error.kind(), error.written()),
            (&HttpErrorKind::ConnectionLost, Written::Maybe),
            "{text:?}"
        );
    }
}

#[tokio::test]
async fn a_body_that_stops_coming_ends_in_a_time_out() {
    let peer = Peer::answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc").await;
    let error = pool(&peer).post(Bytes::from_static(b"x"), impatient()).await.unwrap_err();
    assert_eq!(error.kind(), &HttpErrorKind::AnswerTimedOut(IMPATIENCE));
}

#[tokio::test]
async fn a_body_beyond_the_bound_is_refused_announced_or_not() {
    let options =
        || PoolOptions { limits: Limits { answer_bytes: 4, ..Limits::default() }, ..PoolOptions::default() };
    for text in [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n",
    ] {
        let peer = Peer::answering(text).await;
        let error = post(&pool_with(&peer, options()), "x").await.unwrap_err();
        assert_eq!(
            (error.kind(), error.written()),
            (&HttpErrorKind::Violation(Violation::AnswerTooLong), Written::Maybe),
            "{text:?}"
        );
    }
    let peer = Peer::answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd").await;
    assert_eq!(post(&pool_with(&peer, options()), "x").await.unwrap().body, "abcd");
}

#[tokio::test]
async fn what_is_not_http_is_named_so() {
    for text in ["SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 99x\r\n\r\n"] {
        let error = answered(text).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.written()),
            (&HttpErrorKind::Violation(Violation::BadHttp), Written::Maybe),
            "{text:?}"
        );
    }
}

/// A host that answers plain HTTP with a TLS alert, and its number of requests.
async fn alerting() -> Peer {
    Peer::answering("\x15\x03\x01\x00\x02\x02\x0a").await
}

#[tokio::test]
async fn a_port_of_tls_is_named_so_whatever_the_scheme() {
    for credentials in [credentials(), ntlm::credentials()] {
        let peer = alerting().await;
        let endpoint = Endpoint::from_url(&peer.url()).unwrap();
        let pool = Pool::new(endpoint, credentials, PoolOptions::default()).unwrap();
        let error = post(&pool, "<secret/>").await.unwrap_err();
        assert_eq!(error.kind(), &HttpErrorKind::SpeaksTls);
        assert!(error.to_string().ends_with(" speaks TLS, not plain HTTP"), "{error}");
        // The request that identifies the protocol contains neither a token nor a body.
        let asked = peer.heads().last().unwrap().to_lowercase();
        assert!(!asked.contains("authorization"), "{asked}");
        assert_eq!(peer.seen().last().unwrap().1, "");
    }
}

#[tokio::test]
async fn what_has_spoken_http_once_is_not_asked_for_tls() {
    let peer = Peer::start(|number, mut connection| async move {
        while connection.request().await.is_some() {
            let alert = "\x15\x03\x01\x00\x02\x02\x0a".to_owned();
            let first = peer::answer("200 OK\r\nConnection: close", "<x/>");
            connection.send(if number == 0 { first } else { alert }).await;
        }
    })
    .await;
    let pool = pool(&peer);
    post(&pool, "x").await.unwrap();
    let error = post(&pool, "x").await.unwrap_err();
    assert_eq!(error.kind(), &HttpErrorKind::Violation(Violation::BadHttp));
    assert_eq!(peer.seen().len(), 2);
}
