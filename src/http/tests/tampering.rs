//! Changes to the answers of a sealed session, by an intermediary or a hostile host.

use tokio::net::TcpStream;

use super::{
    ntlm::{self, Keys, framed},
    peer::{Connection, answer},
    *,
};
use crate::{
    http::{HttpErrorKind, Written},
    limits::Limits,
    violation::Violation,
};

/// Makes an answer with the keys of the session, or from a genuine answer.
type Forgery = fn(&mut Keys, Vec<u8>) -> Vec<u8>;

/// The answer to the second of two requests; the first was answered correctly.
async fn second<F>(forge: F) -> Result<Answer, HttpError>
where
    F: Fn(&mut Keys, Vec<u8>) -> Vec<u8> + Copy + Send + Sync + 'static,
{
    second_within(Limits::default(), forge).await
}

async fn second_within<F>(limits: Limits, forge: F) -> Result<Answer, HttpError>
where
    F: Fn(&mut Keys, Vec<u8>) -> Vec<u8> + Copy + Send + Sync + 'static,
{
    let peer = Peer::start(move |number, mut connection: Connection<TcpStream>| async move {
        if number > 0 {
            return ntlm::serve(connection).await;
        }
        let Some(mut keys) = ntlm::welcome(&mut connection, None).await else { return };
        let Some((head, body)) = connection.whole_request().await else { return };
        keys.open(&head, &body);
        let first = keys.answer("200 OK", "<first/>");
        connection.send(&first).await;
        let Some((head, body)) = connection.whole_request().await else { return };
        keys.open(&head, &body);
        connection.send(forge(&mut keys, first)).await;
        // No further request may arrive here.
        assert!(connection.request().await.is_none());
    })
    .await;
    let options = PoolOptions { limits, ..PoolOptions::default() };
    let pool = Pool::new(Endpoint::from_url(&peer.url()).unwrap(), ntlm::credentials(), options).unwrap();
    assert_eq!(post(&pool, "<x/>").await.unwrap().body, "<first/>");
    let outcome = post(&pool, "<y/>").await;
    // After any of these errors the session is over, and the next request uses a connection of its own.
    assert_eq!(post(&pool, "<z/>").await.unwrap().body, "<z/>!");
    assert!(peer.seen().iter().any(|(connection, _)| *connection == 1));
    outcome
}

async fn offence<F>(forge: F) -> Violation
where
    F: Fn(&mut Keys, Vec<u8>) -> Vec<u8> + Copy + Send + Sync + 'static,
{
    let error = second(forge).await.unwrap_err();
    assert_eq!(error.written(), Written::Maybe, "{}", told(&error));
    let HttpErrorKind::Violation(violation) = error.kind() else { panic!("{error:?}") };
    *violation
}

#[tokio::test]
async fn an_answer_in_plain_text_is_refused() {
    assert_eq!(offence(|_, _| answer("200 OK", "<done/>").into()).await, Violation::NotSealed);
    let empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(offence(move |_, _| empty.into()).await, Violation::NotSealed);
    assert_eq!(offence(|_, _| answer("302 Found", "").into()).await, Violation::NotSealed);
    let nearly = answer("200 OK", "<done/>").replace("soap+xml", "multipart/encrypted+xml");
    let nearly: &'static str = nearly.leak();
    assert_eq!(offence(move |_, _| nearly.into()).await, Violation::NotSealed);
}

#[tokio::test]
async fn a_plain_status_of_failure_is_passed_on_without_its_body_and_as_nobodys_word() {
    for (line, status) in [("404 ", 404), ("413 ", 413), ("500 ", 500), ("503 x", 503)] {
        for body in ["", "<s:Envelope>a forged fault</s:Envelope>"] {
            let text: &'static str = answer(line, body).leak();
            let answer = second(move |_, _| text.into()).await.unwrap();
            assert_eq!((answer.status, answer.content_type), (status, None));
            assert!(answer.body.is_empty());
        }
    }
}

#[tokio::test]
async fn a_status_that_means_that_the_session_is_lost_ends_it_and_is_nobodys_word() {
    let lost = |error: HttpError, status| {
        let found = (error.kind().clone(), error.written());
        assert_eq!(found, (HttpErrorKind::IdentityLost(status), Written::Maybe));
    };
    let bad = "HTTP/1.1 400 \r\nContent-Length: 0\r\n\r\n";
    lost(second(move |_, _| bad.into()).await.unwrap_err(), 400);
    for challenge in ["Negotiate", "Negotiate TlRMTVNTUAACAAAA", "Basic realm=\"WSMAN\""] {
        let text: &'static str = ntlm::unauthorized(challenge).leak();
        lost(second(move |_, _| text.into()).await.unwrap_err(), 401);
    }
}

#[tokio::test]
async fn an_answer_that_was_tampered_with_repeated_or_made_up_is_refused() {
    let forgeries: [Forgery; 5] = [
        |keys, _| {
            let (signature, mut data) = keys.seal(b"<done/>");
            data[0] ^= 1;
            framed("200 OK", data.len(), &signature, &data)
        },
        |keys, _| {
            let (mut signature, data) = keys.seal(b"<done/>");
            signature[4] ^= 1;
            framed("200 OK", data.len(), &signature, &data)
        },
        |keys, _| {
            // One answer is missing.
            keys.seal(b"<lost/>");
            keys.answer("200 OK", "<done/>")
        },
        |_, first| first,
        |_, _| framed("200 OK", 7, &[0; 16], b"<done/>"),
    ];
    for forge in forgeries {
        let error = second(forge).await.unwrap_err();
        assert_eq!(error.written(), Written::Maybe);
        let named = matches!(error.kind(), HttpErrorKind::Violation(_) | HttpErrorKind::Authentication(_));
        assert!(named, "{error:?}");
    }
}

#[tokio::test]
async fn a_frame_that_lies_or_is_broken_is_named() {
    let longer = offence(|keys, _| {
        let (signature, data) = keys.seal(b"<done/>");
        framed("200 OK", data.len() + 1, &signature, &data)
    });
    assert_eq!(longer.await, Violation::SealedLength);
    let endless = offence(|keys, _| {
        let (signature, data) = keys.seal(b"<done/>");
        framed("200 OK", usize::MAX, &signature, &data)
    });
    assert_eq!(endless.await, Violation::SealedLength);
    let huge = offence(|keys, _| {
        let (_, data) = keys.seal(b"<done/>");
        framed("200 OK", data.len(), &[0; 4096], &data)
    });
    assert_eq!(huge.await, Violation::BadSealedFrame);
    let short = offence(|_, _| framed("200 OK", 0, b"", b""));
    assert_eq!(short.await, Violation::OutOfSequence);
    let other = offence(|keys, _| {
        let text = String::from_utf8_lossy(&keys.answer("200 OK", "")).replace("SPNEGO", "CredSSP");
        answer("200 OK", "")
            .replace(
                "application/soap+xml;charset=UTF-8",
                text.split_once("Content-Type: ").unwrap().1.split_once("\r\n").unwrap().0,
            )
            .into()
    });
    assert_eq!(other.await, Violation::WrongSealing);
}

#[tokio::test]
async fn a_sealed_answer_beyond_the_bound_is_refused_before_it_is_read() {
    let limits = Limits { answer_bytes: 1000, ..Limits::default() };
    let error = second_within(limits, |keys, _| keys.answer("200 OK", &"x".repeat(1000))).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.written()),
        (&HttpErrorKind::Violation(Violation::AnswerTooLong), Written::Maybe)
    );
}
