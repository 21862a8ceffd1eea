//! Sealed sessions: their connections, their lifetime, and what is known when one ends.

use std::{collections::BTreeMap, sync::Arc};

use tokio::{net::TcpStream, sync::Notify};

use super::{ntlm, peer::Connection, *};
use crate::http::{HttpErrorKind, Written};

fn pool(peer: &Peer) -> Pool {
    let endpoint = Endpoint::from_url(&peer.url()).unwrap();
    Pool::new(endpoint, ntlm::credentials(), PoolOptions::default()).unwrap()
}

/// The number of requests with a body on each connection.
fn carried(peer: &Peer) -> BTreeMap<usize, usize> {
    let mut carried = BTreeMap::new();
    for (connection, _) in peer.seen().into_iter().filter(|(_, body)| !body.is_empty()) {
        *carried.entry(connection).or_default() += 1;
    }
    carried
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_hundred_sealed_requests_ride_one_connection() {
    let peer = Peer::start(|_, connection| ntlm::serve(connection)).await;
    let pool = pool(&peer);
    for number in 0..300 {
        let text = format!("<n>{number}</n>{}", "x".repeat(number * 13));
        let answer = pool.post(Bytes::from(text.clone()), patient()).await.unwrap();
        assert_eq!(answer.body, format!("{text}!"));
        assert_eq!(answer.status, 200);
        // The type in the frame, which is that of the plain text, not the type of the frame itself.
        assert_eq!(answer.content_type.as_deref(), Some("application/soap+xml;charset=UTF-16"));
    }
    assert_eq!(carried(&peer), BTreeMap::from([(0, 300)]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_channel_has_a_session_of_its_own() {
    let peer = Peer::start(|_, connection| ntlm::serve(connection)).await;
    let pool = Arc::new(pool(&peer));
    let requests: Vec<_> = (0..40)
        .map(|number: usize| {
            let pool = Arc::clone(&pool);
            tokio::spawn(async move {
                let text = format!("<n>{number}</n>");
                let answer = pool.post(Bytes::from(text.clone()), patient()).await.unwrap();
                assert_eq!(answer.body, format!("{text}!"));
            })
        })
        .collect();
    for request in requests {
        request.await.unwrap();
    }
    let carried = carried(&peer);
    assert!(carried.len() <= 4 && carried.values().sum::<usize>() == 40, "{carried:?}");
}

#[tokio::test]
async fn a_request_whose_idle_connection_was_closed_is_sealed_again_and_delivered_once() {
    let closed = Arc::new(Notify::new());
    let (delivered, mut deliveries) = tokio::sync::mpsc::unbounded_channel();
    let peer = Peer::start({
        let closed = Arc::clone(&closed);
        move |number, mut connection: Connection<TcpStream>| {
            let (closed, delivered) = (Arc::clone(&closed), delivered.clone());
            async move {
                let mut keys = ntlm::welcome(&mut connection, None).await.unwrap();
                while let Some((head, body)) = connection.whole_request().await {
                    let plain = keys.open(&head, &body);
                    connection.send(keys.answer("200 OK", &plain)).await;
                    delivered.send((number, plain)).unwrap();
                    if number == 0 {
                        connection.close().await;
                        closed.notify_one();
                        return;
                    }
                }
            }
        }
    })
    .await;
    let pool = pool(&peer);
    post(&pool, "<first/>").await.unwrap();
    closed.notified().await;
    assert_eq!(post(&pool, "<second/>").await.unwrap().body, "<second/>");
    assert_eq!(deliveries.try_recv().unwrap(), (0, "<first/>".to_owned()));
    assert_eq!(deliveries.try_recv().unwrap(), (1, "<second/>".to_owned()));
    assert!(deliveries.try_recv().is_err());
}

#[tokio::test]
async fn a_sealed_request_that_was_read_and_never_answered_is_never_sent_again() {
    for resets in [false, true] {
        let peer = Peer::start(move |number, mut connection: Connection<TcpStream>| async move {
            let mut keys = ntlm::welcome(&mut connection, None).await.unwrap();
            while let Some((head, body)) = connection.whole_request().await {
                let plain = keys.open(&head, &body);
                if plain != "<invoke/>" {
                    connection.send(keys.answer("200 OK", &format!("{number}"))).await;
                } else if resets {
                    return connection.reset();
                } else {
                    return connection.close().await;
                }
            }
        })
        .await;
        let pool = pool(&peer);
        post(&pool, "<read/>").await.unwrap();
        let error = post(&pool, "<invoke/>").await.unwrap_err();
        assert_eq!((error.kind(), error.written()), (&HttpErrorKind::ConnectionLost, Written::Maybe));
        assert_eq!(carried(&peer), BTreeMap::from([(0, 2)]));
        assert_eq!(post(&pool, "<read/>").await.unwrap().body, "1");
        assert_eq!(carried(&peer), BTreeMap::from([(0, 2), (1, 1)]));
    }
}

#[tokio::test]
async fn a_first_request_that_was_read_and_never_answered_may_have_been_written() {
    let peer = Peer::start(|_, mut connection: Connection<TcpStream>| async move {
        ntlm::welcome(&mut connection, None).await.unwrap();
        connection.request().await;
        connection.reset();
    })
    .await;
    let error = post(&pool(&peer), "<invoke/>").await.unwrap_err();
    assert_eq!((error.kind(), error.written()), (&HttpErrorKind::ConnectionLost, Written::Maybe));
    assert_eq!(carried(&peer), BTreeMap::from([(0, 1)]));
}

#[tokio::test]
async fn a_sealed_request_that_is_never_answered_ends_in_a_time_out_that_says_so() {
    let peer = Peer::start(|_, mut connection: Connection<TcpStream>| async move {
        ntlm::welcome(&mut connection, None).await.unwrap();
        connection.request().await;
        connection.closed_by_client().await;
    })
    .await;
    let error = pool(&peer).post(Bytes::from_static(b"<x/>"), impatient()).await.unwrap_err();
    assert_eq!(error.kind(), &HttpErrorKind::AnswerTimedOut(IMPATIENCE));
    // On a busy system the time may be over before the legs are complete.
    if !carried(&peer).is_empty() {
        assert_eq!(error.written(), Written::Maybe);
    }
}

#[tokio::test]
async fn a_request_that_was_dropped_half_way_takes_its_session_along() {
    let (report, mut reports) = tokio::sync::mpsc::unbounded_channel();
    let peer = Peer::start(move |number, mut connection: Connection<TcpStream>| {
        let report = report.clone();
        async move {
            if number > 0 {
                return ntlm::serve(connection).await;
            }
            ntlm::welcome(&mut connection, None).await.unwrap();
            connection.request().await;
            report.send(()).unwrap();
            connection.closed_by_client().await;
        }
    })
    .await;
    let pool = pool(&peer);
    {
        let abandoned = post(&pool, "<abandoned/>");
        tokio::select! {
            answer = abandoned => panic!("{answer:?}"),
            report = reports.recv() => assert_eq!(report, Some(())),
        }
    }
    assert_eq!(post(&pool, "<next/>").await.unwrap().body, "<next/>!");
    assert_eq!(carried(&peer), BTreeMap::from([(0, 1), (1, 1)]));
}

#[tokio::test]
async fn a_sealed_fault_is_an_answer_and_leaves_the_session_alone() {
    let peer = Peer::start(|_, mut connection: Connection<TcpStream>| async move {
        let mut keys = ntlm::welcome(&mut connection, None).await.unwrap();
        while let Some((head, body)) = connection.whole_request().await {
            let plain = keys.open(&head, &body);
            connection.send(keys.answer("500 ", &plain)).await;
        }
    })
    .await;
    let pool = pool(&peer);
    for _ in 0..3 {
        let answer = post(&pool, "<fault/>").await.unwrap();
        assert_eq!((answer.status, &*answer.body), (500, &b"<fault/>"[..]));
    }
    assert_eq!(carried(&peer), BTreeMap::from([(0, 3)]));
}

#[tokio::test]
async fn connection_close_after_every_answer_costs_a_handshake_each() {
    let peer = Peer::start(|_, mut connection: Connection<TcpStream>| async move {
        let mut keys = ntlm::welcome(&mut connection, None).await.unwrap();
        let (head, body) = connection.whole_request().await.unwrap();
        let plain = keys.open(&head, &body);
        let answer = keys.answer("200 OK\r\nConnection: Close", &plain);
        connection.send(answer).await;
        connection.close().await;
    })
    .await;
    let pool = pool(&peer);
    for _ in 0..3 {
        assert_eq!(post(&pool, "<x/>").await.unwrap().body, "<x/>");
    }
    assert_eq!(carried(&peer), BTreeMap::from([(0, 1), (1, 1), (2, 1)]));
}
