//! A wrong password is tried once, for any number of requests, connections, pools and hosts.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::net::TcpStream;

use super::{
    ntlm,
    peer::{Connection, answer},
    *,
};
use crate::http::{HttpErrorKind, Written};

const BASIC: &str = "HTTP/1.1 401 \r\nWWW-Authenticate: Basic realm=\"WSMAN\"\r\nContent-Length: 0\r\n\r\n";

/// A host that refuses every caller.
async fn severe() -> Peer {
    Peer::start(|_, mut connection: Connection<TcpStream>| async move {
        ntlm::welcome(&mut connection, None).await;
        connection.closed_by_client().await;
    })
    .await
}

fn wrong(user: &str) -> Credentials {
    Credentials::ntlm(user, Secret::new("wrong"))
}

fn pool_for(peer: &Peer, credentials: &Credentials) -> Arc<Pool> {
    let endpoint = Endpoint::from_url(&peer.url()).unwrap();
    Arc::new(Pool::new(endpoint, credentials.clone(), PoolOptions::default()).unwrap())
}

/// The results of several simultaneous requests.
async fn together(pool: &Arc<Pool>) -> Vec<Result<Answer, HttpError>> {
    let requests: Vec<_> = (0..12)
        .map(|_| {
            let pool = Arc::clone(pool);
            tokio::spawn(async move { post(&pool, "x").await })
        })
        .collect();
    let mut outcomes = Vec::new();
    for request in requests {
        outcomes.push(request.await.unwrap());
    }
    outcomes
}

fn assert_refused(error: &HttpError) {
    assert!(matches!(error.kind(), HttpErrorKind::NotAuthenticated { .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_requests_at_once_one_tries_a_wrong_password() {
    let peer = severe().await;
    for outcome in together(&pool_for(&peer, &wrong(ntlm::USER))).await {
        assert_refused(&outcome.unwrap_err());
    }
    assert_eq!(peer.seen().len(), 2, "the legs of one logon");

    let peer = Peer::answering(BASIC).await;
    for outcome in together(&pool_for(&peer, &credentials())).await {
        assert_refused(&outcome.unwrap_err());
    }
    assert_eq!(peer.seen().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_requests_at_once_are_all_answered_where_the_password_is_right() {
    let peer = Peer::start(|_, connection| ntlm::serve(connection)).await;
    for outcome in together(&pool_for(&peer, &ntlm::credentials())).await {
        assert_eq!(outcome.unwrap().body, "x!");
    }
}

#[tokio::test]
async fn what_was_refused_is_not_tried_again_by_another_pool_and_says_so() {
    let peer = severe().await;
    let credentials = wrong(ntlm::USER);
    assert_refused(&post(&pool_for(&peer, &credentials), "x").await.unwrap_err());
    for _ in 0..2 {
        let error = post(&pool_for(&peer, &credentials), "x").await.unwrap_err();
        assert_refused(&error);
        assert_eq!(error.written(), Written::Nothing);
        let text = told(&error);
        assert!(text.ends_with(": the password was refused before, and is not tried again"), "{text}");
    }
    assert_eq!(peer.seen().len(), 2);
    // Another password is independent.
    assert_refused(&post(&pool_for(&peer, &wrong(ntlm::USER)), "x").await.unwrap_err());
    assert_eq!(peer.seen().len(), 4);
}

#[tokio::test]
async fn a_domain_account_that_was_refused_at_one_host_is_not_tried_at_the_next() {
    let (first, second) = (severe().await, severe().await);
    let credentials = wrong(ntlm::USER);
    assert_refused(&post(&pool_for(&first, &credentials), "x").await.unwrap_err());
    let error = post(&pool_for(&second, &credentials), "x").await.unwrap_err();
    assert_refused(&error);
    assert!(error.to_string().contains(&first.port().to_string()), "it names who refused: {error}");
    assert_eq!(second.seen(), []);
    // The account of that name on the other host is a different one.
    let credentials = wrong("operator");
    assert_refused(&post(&pool_for(&first, &credentials), "x").await.unwrap_err());
    assert_refused(&post(&pool_for(&second, &credentials), "x").await.unwrap_err());
    assert_eq!(second.seen().len(), 2);
}

#[tokio::test]
async fn a_password_that_is_refused_after_it_was_accepted_is_tried_once_more() {
    let changed = Arc::new(AtomicBool::new(false));
    let peer = Peer::start({
        let changed = Arc::clone(&changed);
        move |_, mut connection: Connection<TcpStream>| {
            let changed = Arc::clone(&changed);
            async move {
                while connection.request().await.is_some() {
                    if changed.load(Ordering::Acquire) {
                        connection.send(BASIC).await;
                    } else {
                        connection.send(answer("200 OK", "safe")).await;
                    }
                }
            }
        }
    })
    .await;
    let pool = pool_for(&peer, &credentials());
    assert_eq!(post(&pool, "x").await.unwrap().body, "safe");
    changed.store(true, Ordering::Release);
    for _ in 0..4 {
        assert_refused(&post(&pool, "x").await.unwrap_err());
    }
    assert_eq!(peer.seen().len(), 3, "once more than a password that was never accepted");
}
