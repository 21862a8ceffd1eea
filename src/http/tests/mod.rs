//! The behaviour of channels and pools, with small socket servers whose answers each test defines.

mod answers;
mod authentication;
mod authority;
mod binding;
mod connections;
mod kerberos;
mod late;
mod legs;
mod ntlm;
mod once;
mod peer;
mod proxies;
mod secrecy;
mod sessions;
mod tampering;
mod tls;
mod trust;

use std::{error::Error, time::Duration};

use bytes::Bytes;

use super::{Answer, Endpoint, HttpError, Limit, Pool, PoolOptions};
use crate::{auth::Credentials, secret::Secret};
use peer::Peer;

/// Reached only if a test hangs.
const PATIENCE: Duration = Duration::from_secs(60);
/// For tests in which no answer ever comes.
const IMPATIENCE: Duration = Duration::from_millis(50);

fn patient() -> Limit<'static> {
    Limit::new(PATIENCE, None)
}

fn impatient() -> Limit<'static> {
    Limit::new(IMPATIENCE, None)
}

fn credentials() -> Credentials {
    Credentials::basic("ops", Secret::new("hush"))
}

fn pool_with(peer: &Peer, options: PoolOptions) -> Pool {
    Pool::new(Endpoint::from_url(&peer.url()).unwrap(), credentials(), options).unwrap()
}

fn pool(peer: &Peer) -> Pool {
    pool_with(peer, PoolOptions::default())
}

async fn post(pool: &Pool, body: &'static str) -> Result<Answer, HttpError> {
    pool.post(Bytes::from_static(body.as_bytes()), patient()).await
}

/// The whole chain of causes, as a user sees it.
fn told(error: &HttpError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
