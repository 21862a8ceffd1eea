//! Status 401, and the connections on which a password may be sent.

use super::*;
use crate::{
    http::{CertificateFingerprint, HttpErrorKind, Written, tls::TlsOptions},
    limits::Limits,
    violation::Violation,
};

async fn turned_away(fields: &str) -> HttpError {
    turned_away_within(fields, Limits::default()).await
}

async fn turned_away_within(fields: &str, limits: Limits) -> HttpError {
    let text = format!("HTTP/1.1 401 \r\n{fields}Content-Length: 0\r\n\r\n");
    let peer = Peer::start(move |_, mut connection| {
        let text = text.clone();
        async move {
            while connection.request().await.is_some() {
                connection.send(&text).await;
            }
        }
    })
    .await;
    let error =
        post(&pool_with(&peer, PoolOptions { limits, ..PoolOptions::default() }), "x").await.unwrap_err();
    // A second try with the same password may lock the account.
    assert_eq!(peer.seen().len(), 1);
    // The request carried its body and the token; an intermediary may have written the status.
    assert_eq!(error.written(), Written::Maybe);
    error
}

fn offered(schemes: &[&str]) -> HttpErrorKind {
    let offered = schemes.iter().map(|&scheme| scheme.to_owned()).collect();
    HttpErrorKind::NotAuthenticated { tried: "Basic", mechanism: "Basic", offered }
}

#[tokio::test]
async fn a_wrong_password_is_told_with_what_was_offered() {
    for fields in [
        "WWW-Authenticate: Negotiate\r\nWWW-Authenticate: Basic realm=\"WSMAN\"\r\n",
        "www-authenticate: Negotiate, Basic realm=\"WSMAN\"\r\n",
    ] {
        let error = turned_away(fields).await;
        assert_eq!(error.kind(), &offered(&["Negotiate", "Basic"]));
        let text = error.to_string();
        let told =
            "did not accept the user or the password (Basic authentication; it offers Negotiate, Basic)";
        assert!(text.ends_with(told), "{text}");
    }
}

#[tokio::test]
async fn a_scheme_that_is_not_offered_is_told() {
    let error = turned_away("WWW-Authenticate: Negotiate\r\nWWW-Authenticate: Kerberos\r\n").await;
    assert_eq!(error.kind(), &offered(&["Negotiate", "Kerberos"]));
    let text = error.to_string();
    assert!(text.ends_with("does not offer Basic authentication, only Negotiate, Kerberos"), "{text}");
    let error = turned_away("").await;
    assert_eq!(error.kind(), &offered(&[]));
    assert!(
        error.to_string().ends_with("did not accept Basic authentication and offers no other"),
        "{error}"
    );
}

#[tokio::test]
async fn tokens_of_a_hostile_host_are_violations() {
    let error = turned_away("WWW-Authenticate: Basic abc==\r\n").await;
    assert_eq!(error.kind(), &HttpErrorKind::Violation(Violation::BadToken));
    let limits = Limits { token_bytes: 2, ..Limits::default() };
    let error = turned_away_within("WWW-Authenticate: Basic abcd\r\n", limits).await;
    assert_eq!(error.kind(), &HttpErrorKind::Violation(Violation::TokenTooLong));
    let error = turned_away("WWW-Authenticate: Basic abcd\r\n").await;
    assert_eq!(error.kind(), &offered(&["Basic"]));
}

#[tokio::test]
async fn nothing_of_a_password_shows_in_errors() {
    let error = turned_away("WWW-Authenticate: Basic realm=\"WSMAN\"\r\n").await;
    let shown = format!("{error:?} {}", told(&error));
    for secret in ["hush", "b3BzOmh1c2g="] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn a_password_does_not_cross_the_network_in_plain_text_unless_told_to() {
    let pool = |url, dangerous_plaintext| {
        // Pinned, so that the trust store of the local system does not matter.
        let tls =
            TlsOptions { pinned: CertificateFingerprint::parse(&"0".repeat(64)), ..TlsOptions::default() };
        let options = PoolOptions { dangerous_plaintext, tls, ..PoolOptions::default() };
        Pool::new(Endpoint::from_url(url).unwrap(), credentials(), options)
    };
    // There is no runtime here, so no connection could have been dialled.
    let error = pool("http://192.0.2.1", false).unwrap_err();
    assert_eq!(error.kind(), &HttpErrorKind::PlaintextRefused { scheme: "Basic" });
    assert_eq!(error.written(), Written::Nothing);
    assert_eq!(
        error.to_string(),
        "Basic authentication with 192.0.2.1:5985 without TLS would show the password to the network"
    );
    assert!(pool("http://192.0.2.1", true).is_ok());
    assert!(pool("https://192.0.2.1", false).is_ok());
    assert!(pool("http://[::1]", false).is_ok());
    assert!(pool("http://localhost", false).is_ok());
}

#[test]
fn credentials_that_the_scheme_cannot_carry_are_told_at_once() {
    let credentials = Credentials::basic("a:b", Secret::new("hush"));
    let endpoint = Endpoint::from_url("http://127.0.0.1").unwrap();
    let error = Pool::new(endpoint, credentials, PoolOptions::default()).unwrap_err();
    assert_eq!(
        told(&error),
        "the credentials cannot be used: Basic authentication cannot carry a user with a colon"
    );
}
