//! The connection that carries each request, and what is known when a connection ends.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::{Notify, mpsc};

use super::{
    peer::{Connection, answer},
    *,
};
use crate::http::{HttpErrorKind, Written, channel::Outcome};

#[tokio::test]
async fn fifty_serial_requests_ride_one_connection() {
    let peer = Peer::start(|_, mut connection| async move {
        while connection.request().await.is_some() {
            connection.send(&answer("200 OK", "yes")).await;
        }
    })
    .await;
    let pool = pool(&peer);
    for _ in 0..50 {
        assert_eq!(post(&pool, "again").await.unwrap().body, "yes");
    }
    let seen = peer.seen();
    assert_eq!(seen.len(), 50);
    assert!(seen.iter().all(|request| request == &(0, "again".to_owned())), "{seen:?}");
}

#[tokio::test]
async fn a_request_is_sent_once_more_where_the_idle_connection_was_found_closed() {
    let closed = Arc::new(Notify::new());
    let peer = Peer::start({
        let closed = Arc::clone(&closed);
        move |number, mut connection| {
            let closed = Arc::clone(&closed);
            async move {
                connection.request().await;
                connection.send(&answer("200 OK", &number.to_string())).await;
                if number == 0 {
                    connection.close().await;
                    closed.notify_one();
                } else {
                    connection.closed_by_client().await;
                }
            }
        }
    })
    .await;
    let pool = pool(&peer);
    assert_eq!(post(&pool, "first").await.unwrap().body, "0");
    closed.notified().await;
    assert_eq!(post(&pool, "second").await.unwrap().body, "1");
    assert_eq!(peer.seen(), [(0, "first".to_owned()), (1, "second".to_owned())]);
}

#[tokio::test]
async fn a_channel_never_dials_again_in_silence() {
    let closed = Arc::new(Notify::new());
    let peer = Peer::start({
        let closed = Arc::clone(&closed);
        move |_, mut connection| {
            let closed = Arc::clone(&closed);
            async move {
                connection.request().await;
                connection.send(&answer("200 OK", "")).await;
                connection.close().await;
                closed.notify_one();
            }
        }
    })
    .await;
    let channel = pool(&peer).fresh().unwrap();
    let Outcome::Answered(_, Some(channel)) =
        channel.post(Bytes::from_static(b"first"), &mut patient()).await.unwrap()
    else {
        panic!("no answer, or no channel")
    };
    closed.notified().await;
    let outcome = channel.post(Bytes::from_static(b"second"), &mut patient()).await.unwrap();
    assert!(matches!(outcome, Outcome::Gone));
    assert_eq!(peer.seen(), [(0, "first".to_owned())]);
}

#[tokio::test]
async fn a_request_whose_connection_was_reset_is_never_sent_again() {
    let peer = Peer::start(|_, mut connection| async move {
        if let Some(_head) = connection.request().await {
            connection.send(&answer("200 OK", "")).await;
            connection.request().await;
            connection.reset();
        }
    })
    .await;
    let pool = pool(&peer);
    post(&pool, "first").await.unwrap();
    let error = post(&pool, "second").await.unwrap_err();
    assert_eq!((error.kind(), error.written()), (&HttpErrorKind::ConnectionLost, Written::Maybe));
    assert!(told(&error).contains("ended before the answer was complete"), "{}", told(&error));
    // If it had been sent again, the next request would not be the third.
    post(&pool, "third").await.unwrap();
    let bodies: Vec<_> = peer.seen().into_iter().map(|(_, body)| body).collect();
    assert_eq!(bodies, ["first", "second", "third"]);
}

#[tokio::test]
async fn a_first_request_that_is_read_and_then_reset_may_have_been_written() {
    let peer = Peer::start(|_, mut connection| async move {
        connection.request().await;
        connection.reset();
    })
    .await;
    let error = post(&pool(&peer), "only").await.unwrap_err();
    assert_eq!((error.kind(), error.written()), (&HttpErrorKind::ConnectionLost, Written::Maybe));
    assert_eq!(peer.seen(), [(0, "only".to_owned())]);
}

#[tokio::test]
async fn a_refused_connection_has_written_nothing() {
    let peer = Peer::answering("").await;
    let pool = pool(&peer);
    let port = pool.endpoint().port();
    peer.stop().await;
    let error = post(&pool, "x").await.unwrap_err();
    assert_eq!((error.kind(), error.written()), (&HttpErrorKind::ConnectRefused, Written::Nothing));
    assert_eq!(error.to_string(), format!("127.0.0.1:{port} refused the connection"));
    assert!(error.source().is_some());
}

#[tokio::test]
async fn a_name_without_address_has_written_nothing() {
    // A label of more than 63 characters is never valid, so no resolver is asked.
    let name = "x".repeat(64);
    let endpoint = Endpoint::from_host(&name, false).unwrap();
    let options = PoolOptions { dangerous_plaintext: true, ..PoolOptions::default() };
    let pool = Pool::new(endpoint, credentials(), options).unwrap();
    let error = post(&pool, "x").await.unwrap_err();
    assert_eq!((error.kind(), error.written()), (&HttpErrorKind::NameResolution, Written::Nothing));
    assert_eq!(error.to_string(), format!("no address is known for {name}:5985"));
}

#[tokio::test]
async fn connection_close_after_every_answer_costs_a_connection_each() {
    let peer = Peer::start(|_, mut connection| async move {
        connection.request().await;
        connection.send("HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 2\r\n\r\nok").await;
        connection.close().await;
    })
    .await;
    let pool = pool(&peer);
    for _ in 0..5 {
        assert_eq!(post(&pool, "x").await.unwrap().body, "ok");
    }
    let connections: Vec<_> = peer.seen().into_iter().map(|(connection, _)| connection).collect();
    assert_eq!(connections, [0, 1, 2, 3, 4]);
}

#[tokio::test]
async fn a_request_that_was_dropped_half_way_takes_its_connection_along() {
    let (report, mut reports) = mpsc::unbounded_channel();
    let peer = Peer::start(move |number, mut connection| {
        let report = report.clone();
        async move {
            connection.request().await;
            if number == 0 {
                report.send("read").unwrap();
                connection.closed_by_client().await;
                report.send("closed").unwrap();
            } else {
                connection.send(&answer("200 OK", "")).await;
                connection.closed_by_client().await;
            }
        }
    })
    .await;
    let pool = pool(&peer);
    {
        let abandoned = post(&pool, "abandoned");
        tokio::select! {
            answer = abandoned => panic!("{answer:?}"),
            report = reports.recv() => assert_eq!(report, Some("read")),
        }
    }
    assert_eq!(reports.recv().await, Some("closed"));
    post(&pool, "next").await.unwrap();
    assert_eq!(peer.seen(), [(0, "abandoned".to_owned()), (1, "next".to_owned())]);
}

#[tokio::test]
async fn no_more_requests_run_at_a_time_than_there_are_channels() {
    async fn serve(
        mut connection: Connection<tokio::net::TcpStream>,
        open: Arc<Notify>,
        waiting: Arc<Notify>,
    ) {
        while connection.request().await.is_some() {
            waiting.notify_one();
            open.notified().await;
            connection.send(&answer("200 OK", "")).await;
        }
    }
    let (open, waiting) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let peer = Peer::start({
        let (open, waiting) = (Arc::clone(&open), Arc::clone(&waiting));
        move |_, connection| serve(connection, Arc::clone(&open), Arc::clone(&waiting))
    })
    .await;
    let pool = Arc::new(pool_with(&peer, PoolOptions { channels: 2, ..PoolOptions::default() }));
    let requests: Vec<_> = (0..6)
        .map(|_| {
            let pool = Arc::clone(&pool);
            tokio::spawn(async move { post(&pool, "x").await.map(|answer| answer.status) })
        })
        .collect();
    for _ in 0..6 {
        waiting.notified().await;
        open.notify_one();
    }
    for request in requests {
        assert_eq!(request.await.unwrap().unwrap(), 200);
    }
    let seen = peer.seen();
    assert_eq!(seen.len(), 6);
    assert!(seen.iter().all(|(connection, _)| *connection < 2), "{seen:?}");
}

#[tokio::test]
async fn a_host_that_never_answers_ends_in_a_time_out_and_the_connection_is_given_up() {
    let closed = Arc::new(AtomicBool::new(false));
    let peer = Peer::start({
        let closed = Arc::clone(&closed);
        move |number, mut connection| {
            let closed = Arc::clone(&closed);
            async move {
                connection.request().await;
                if number == 0 {
                    connection.closed_by_client().await;
                    closed.store(true, Ordering::SeqCst);
                }
                connection.send(&answer("200 OK", "")).await;
            }
        }
    })
    .await;
    let pool = pool(&peer);
    let error = pool.post(Bytes::from_static(b"slow"), impatient()).await.unwrap_err();
    assert_eq!(error.kind(), &HttpErrorKind::AnswerTimedOut(IMPATIENCE));
    // On a busy system the peer may not even have been dialled; it was if it has received the request.
    if !peer.seen().is_empty() {
        assert_eq!(error.written(), Written::Maybe);
        while !closed.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn what_the_caller_cuts_may_be_written_once_the_host_can_have_seen_it_and_not_while_it_waits_for_a_connection()
 {
    let seen = Arc::new(Notify::new());
    let tell = Arc::clone(&seen);
    let peer = Peer::start(move |_, mut connection| {
        let tell = Arc::clone(&tell);
        async move {
            connection.request().await;
            tell.notify_one();
            connection.closed_by_client().await;
        }
    })
    .await;
    let pool = pool_with(&peer, PoolOptions { channels: 1, ..PoolOptions::default() });
    let post = |over: &Arc<Notify>| {
        let (pool, over) = (&pool, Arc::clone(over));
        async move {
            let over = Box::pin(async move { over.notified().await });
            pool.post(Bytes::from_static(b"x"), Limit::new(PATIENCE, Some(over))).await.unwrap_err()
        }
    };
    let (first_over, second_over) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let cut = async {
        seen.notified().await;
        // The second request waits for the connection of the first.
        second_over.notify_one();
    };
    let second = async {
        let error = post(&second_over).await;
        first_over.notify_one();
        error
    };
    let (first, second, ()) = tokio::join!(post(&first_over), second, cut);
    for (error, written) in [(first, Written::Maybe), (second, Written::Nothing)] {
        assert_eq!((error.kind(), error.written()), (&HttpErrorKind::CutOff, written));
    }
}

#[tokio::test]
async fn a_channel_that_rested_too_long_is_not_trusted_with_a_request() {
    let peer = Peer::start(|_, mut connection| async move {
        while connection.request().await.is_some() {
            connection.send(&answer("200 OK", "")).await;
        }
    })
    .await;
    let pool = pool_with(&peer, PoolOptions { max_rest: Duration::ZERO, ..PoolOptions::default() });
    for _ in 0..3 {
        post(&pool, "x").await.unwrap();
    }
    let connections: Vec<_> = peer.seen().into_iter().map(|(connection, _)| connection).collect();
    assert_eq!(connections, [0, 1, 2]);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_address_with_a_zone_is_reached_by_that_interface_and_its_host_is_told_nothing_of_it() {
    let Ok(listener) = tokio::net::TcpListener::bind("[::1]:0").await else { return };
    let port = listener.local_addr().unwrap().port();
    let by = |interface: &str| {
        let endpoint = Endpoint::from_url(&format!("http://[::1%25{interface}]:{port}")).unwrap();
        Pool::new(endpoint, credentials(), PoolOptions::default()).unwrap()
    };
    let missing = post(&by("no-such-if"), "x").await.unwrap_err();
    if told(&missing).contains("not permitted") {
        // Old kernels allow it to root only.
        return;
    }
    assert_eq!((missing.kind(), missing.written()), (&HttpErrorKind::Unreachable, Written::Nothing));
    let peer = Peer::on(listener, |_, mut connection| async move {
        while connection.request().await.is_some() {
            connection.send(answer("200 OK", "safe")).await;
        }
    });
    let pool = by("lo");
    assert_eq!(post(&pool, "x").await.unwrap().body, "safe");
    assert!(peer.heads()[0].contains(&format!("\r\nhost: [::1]:{port}\r\n")), "{:?}", peer.heads());
    let place = pool.reach(pool.resolve().await.unwrap()).await.unwrap();
    assert_eq!(place.port(), port);
}
