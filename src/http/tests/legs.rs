//! Connection-bound authentications: what is sent before the first request, and what ends the exchange.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use tokio::net::TcpStream;

use super::{
    ntlm::{self, WELCOME, challenged, unauthorized},
    peer::Connection,
    *,
};
use crate::{
    http::{HttpErrorKind, NotSoap, Written},
    limits::Limits,
    violation::Violation,
};

fn pool_within(peer: &Peer, limits: Limits) -> Pool {
    let options = PoolOptions { limits, ..PoolOptions::default() };
    Pool::new(Endpoint::from_url(&peer.url()).unwrap(), ntlm::credentials(), options).unwrap()
}

fn pool(peer: &Peer) -> Pool {
    pool_within(peer, Limits::default())
}

/// A host that gives these answers to the first legs, and none after that.
async fn answering(legs: &[String]) -> Peer {
    let legs = Arc::new(legs.to_vec());
    Peer::start(move |_, mut connection| {
        let legs = Arc::clone(&legs);
        async move {
            for leg in legs.iter() {
                connection.request().await;
                connection.send(leg).await;
            }
            connection.closed_by_client().await;
        }
    })
    .await
}

/// The error of an authentication that ends early; only legs may have been sent.
async fn ended(legs: &[String]) -> HttpErrorKind {
    ended_within(legs, Limits::default()).await
}

async fn ended_within(legs: &[String], limits: Limits) -> HttpErrorKind {
    let peer = answering(legs).await;
    let error = post(&pool_within(&peer, limits), "<secret/>").await.unwrap_err();
    assert_eq!(error.written(), Written::Nothing, "{}", told(&error));
    let seen = peer.seen();
    assert_eq!(seen.len(), legs.len(), "{}", told(&error));
    assert!(seen.iter().all(|(connection, body)| *connection == 0 && body.is_empty()), "{seen:?}");
    error.kind().clone()
}

fn closing(answer: &str) -> String {
    answer.replace("Content-Length", "Connection: close\r\nContent-Length")
}

#[tokio::test]
async fn tokens_come_first_with_empty_bodies_and_requests_follow_without_tokens() {
    let heads = Arc::new(Mutex::new(Vec::new()));
    let peer = Peer::start({
        let heads = Arc::clone(&heads);
        move |_, mut connection: Connection<TcpStream>| {
            let heads = Arc::clone(&heads);
            async move {
                let (head, body) = connection.whole_request().await.unwrap();
                let negotiate = ntlm::token_of(&head, &body);
                heads.lock().unwrap().push(head);
                connection.send(challenged()).await;
                let (head, body) = connection.whole_request().await.unwrap();
                let authenticate = ntlm::token_of(&head, &body);
                heads.lock().unwrap().push(head);
                let mut keys = ntlm::Keys::agree(&negotiate, &authenticate, None).unwrap();
                connection.send(WELCOME).await;
                while let Some((head, body)) = connection.whole_request().await {
                    let plain = keys.open(&head, &body);
                    heads.lock().unwrap().push(head);
                    connection.send(keys.answer("200 OK", &plain)).await;
                }
            }
        }
    })
    .await;
    let pool = pool(&peer);
    for text in ["<one/>", "<two/>"] {
        assert_eq!(post(&pool, text).await.unwrap().body, text);
    }
    let heads = heads.lock().unwrap();
    let lines: Vec<_> = heads.iter().map(|head| head.lines().next().unwrap()).collect();
    assert_eq!(lines, ["POST /wsman HTTP/1.1"; 4]);
    for leg in &heads[..2] {
        let fields = leg.to_lowercase();
        assert!(fields.contains("\r\ncontent-type: application/soap+xml;charset=utf-8\r\n"), "{leg}");
    }
    assert!(peer.seen().iter().all(|(connection, _)| *connection == 0));
}

#[tokio::test]
async fn a_refused_caller_is_told_what_was_tried_and_what_is_offered() {
    let peer = Peer::start(|_, mut connection: Connection<TcpStream>| async move {
        ntlm::welcome(&mut connection, None).await;
        connection.closed_by_client().await;
    })
    .await;
    let credentials = Credentials::ntlm(ntlm::USER, Secret::new("wrong"));
    let endpoint = Endpoint::from_url(&peer.url()).unwrap();
    let pool = Pool::new(endpoint, credentials, PoolOptions::default()).unwrap();
    let error = post(&pool, "x").await.unwrap_err();
    let offered = vec!["Negotiate".to_owned(), "Kerberos".to_owned()];
    let kind = HttpErrorKind::NotAuthenticated { tried: "Negotiate", mechanism: "NTLM", offered };
    assert_eq!((error.kind(), error.written()), (&kind, Written::Nothing));
    let text = error.to_string();
    let told = "did not accept the user or the password (NTLM in Negotiate authentication; it offers Negotiate, Kerberos)";
    assert!(text.ends_with(told), "{text}");
    // A second try with the same password may lock the account.
    assert_eq!(peer.seen().len(), 2);
}

#[tokio::test]
async fn a_host_that_does_not_offer_the_scheme_is_told() {
    let kind = ended(&[closing(&unauthorized("Basic realm=\"WSMAN\""))]).await;
    let offered = vec!["Basic".to_owned(), "Kerberos".to_owned()];
    assert_eq!(kind, HttpErrorKind::NotAuthenticated { tried: "Negotiate", mechanism: "NTLM", offered });
}

#[tokio::test]
async fn a_host_that_wants_no_legs_is_told() {
    assert!(matches!(ended(&[unauthorized("Negotiate")]).await, HttpErrorKind::NotAuthenticated { .. }));
    for (status, number) in [("403 x", 403), ("404 x", 404), ("500 x", 500), ("503 x", 503), ("302 x", 302)] {
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(ended(&[answer]).await, HttpErrorKind::AuthenticationStatus(number));
    }
}

#[tokio::test]
async fn a_page_instead_of_a_leg_is_called_what_it_is() {
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>".to_owned();
    assert_eq!(ended(&[page]).await, HttpErrorKind::NotSoap(NotSoap::WebPage));
    let packed = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxy".to_owned();
    assert_eq!(ended(&[packed]).await, HttpErrorKind::NotSoap(NotSoap::Compressed("gzip".to_owned())));
}

#[tokio::test]
async fn a_welcome_before_anything_was_proven_is_no_welcome() {
    for welcome in [
        WELCOME.to_owned(),
        challenged().replace("401", "200"),
        WELCOME.replace("Content-Length", "WWW-Authenticate: Negotiate oRQwEqADCgEA\r\nContent-Length"),
    ] {
        let kind = ended(&[welcome]).await;
        let turned_down = matches!(kind, HttpErrorKind::Authentication(_) | HttpErrorKind::Violation(_));
        assert!(turned_down, "{kind:?}");
    }
}

#[tokio::test]
async fn a_host_that_gives_up_the_connection_between_legs_is_told() {
    let dropped = HttpErrorKind::Violation(Violation::IdentityDropped);
    assert_eq!(ended(&[closing(&challenged())]).await, dropped);
    assert_eq!(ended(&[challenged(), closing(WELCOME)]).await, dropped);
    for legs in [0, 1, 2] {
        let peer = Peer::start(move |_, mut connection| async move {
            for _ in 0..legs {
                connection.request().await;
                connection.send(challenged()).await;
            }
            connection.close().await;
        })
        .await;
        let error = post(&pool(&peer), "x").await.unwrap_err();
        assert_eq!(error.written(), Written::Nothing, "{}", told(&error));
        assert!(peer.seen().iter().all(|(_, body)| body.is_empty()));
    }
}

#[tokio::test]
async fn a_host_that_challenges_for_ever_is_left() {
    let peer = Peer::start(|_, mut connection| async move {
        while connection.request().await.is_some() {
            connection.send(challenged()).await;
        }
    })
    .await;
    let error = post(&pool(&peer), "x").await.unwrap_err();
    assert_eq!(error.written(), Written::Nothing);
    assert!((2..=8).contains(&peer.seen().len()), "{}", told(&error));
}

#[tokio::test]
async fn tokens_that_break_the_protocol_are_named() {
    let two = challenged().replace("WWW-Authenticate: K", "WWW-Authenticate: Negotiate TlRMTVNTUAA=\r\nX: K");
    assert_eq!(ended(&[two]).await, HttpErrorKind::Violation(Violation::SeveralTokens));
    let kind = ended(&[unauthorized("Negotiate TlRM=")]).await;
    assert_eq!(kind, HttpErrorKind::Violation(Violation::BadToken));
    let kind = ended_within(&[challenged()], Limits { token_bytes: 16, ..Limits::default() }).await;
    assert_eq!(kind, HttpErrorKind::Violation(Violation::TokenTooLong));
    for token in ["TlRM", "TlRMTVNTUAA=", "TlRMTVNTUAACAAAA", "TlRMTVNTUAADAAAA"] {
        let kind = ended(&[unauthorized(&format!("Negotiate {token}"))]).await;
        let named = matches!(kind, HttpErrorKind::Violation(_) | HttpErrorKind::Authentication(_));
        assert!(named, "{token}: {kind:?}");
    }
}

#[tokio::test]
async fn whatever_body_a_challenge_has_is_read_before_the_next_leg() {
    let bodies = [
        challenged().replace("Content-Length: 0\r\n\r\n", "Content-Length: 5\r\n\r\n<no/>"),
        challenged().replace("Content-Length: 0", "Transfer-Encoding: chunked") + "3\r\nabc\r\n0\r\n\r\n",
    ];
    for challenge in bodies {
        let peer = Peer::start(move |_, mut connection: Connection<TcpStream>| {
            let challenge = challenge.clone();
            async move {
                let (head, body) = connection.whole_request().await.unwrap();
                let negotiate = ntlm::token_of(&head, &body);
                connection.send(challenge).await;
                let (head, body) = connection.whole_request().await.unwrap();
                let mut keys = ntlm::Keys::agree(&negotiate, &ntlm::token_of(&head, &body), None).unwrap();
                connection.send(WELCOME).await;
                let (head, body) = connection.whole_request().await.unwrap();
                let plain = keys.open(&head, &body);
                connection.send(keys.answer("200 OK", &plain)).await;
            }
        })
        .await;
        assert_eq!(post(&pool(&peer), "<x/>").await.unwrap().body, "<x/>");
        assert!(peer.seen().iter().all(|(connection, _)| *connection == 0));
    }
}

#[tokio::test]
async fn an_authentication_that_hangs_has_written_nothing() {
    let legs = Arc::new(AtomicUsize::new(0));
    let peer = Peer::start({
        let legs = Arc::clone(&legs);
        move |_, mut connection| {
            let legs = Arc::clone(&legs);
            async move {
                connection.request().await;
                legs.fetch_add(1, Ordering::SeqCst);
                connection.closed_by_client().await;
            }
        }
    })
    .await;
    let error = pool(&peer).post(Bytes::from_static(b"x"), impatient()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.written()),
        (&HttpErrorKind::AnswerTimedOut(IMPATIENCE), Written::Nothing)
    );
    assert!(legs.load(Ordering::SeqCst) <= 1);
}
