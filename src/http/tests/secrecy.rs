//! Errors and the log at its most detailed level contain no password, token or key.

use std::{
    fmt::{Debug, Write as _},
    sync::{Arc, Mutex},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tokio::net::TcpStream;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

use super::{ntlm, peer::Connection, *};

/// Records all log events, at any level.
#[derive(Clone, Default)]
struct Everything(Arc<Mutex<String>>);

impl Visit for Everything {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0.lock().unwrap(), " {field}={value:?}");
    }
}

impl Subscriber for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let _ = write!(self.0.lock().unwrap(), "\n{}", event.metadata().target());
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn nothing_secret_is_logged_or_told() {
    let everything = Everything::default();
    // With a single subscriber, the thread that logs first decides for the process whether events are enabled; that may be
    // a thread of another test, which has no subscriber.
    let _second = tracing::Dispatch::new(everything.clone());
    let _guard = tracing::subscriber::set_default(everything.clone());
    let tokens = Arc::new(Mutex::new(vec![STANDARD.encode(ntlm::challenge())]));
    let peer = Peer::start({
        let tokens = Arc::clone(&tokens);
        move |_, mut connection: Connection<TcpStream>| {
            let tokens = Arc::clone(&tokens);
            async move {
                let (head, body) = connection.whole_request().await.unwrap();
                let negotiate = ntlm::token_of(&head, &body);
                connection.send(ntlm::challenged()).await;
                let (head, body) = connection.whole_request().await.unwrap();
                let authenticate = ntlm::token_of(&head, &body);
                tokens.lock().unwrap().push(STANDARD.encode(&authenticate));
                let Ok(mut keys) = ntlm::Keys::agree(&negotiate, &authenticate, None) else {
                    connection.send(ntlm::unauthorized("Negotiate")).await;
                    return;
                };
                connection.send(ntlm::WELCOME).await;
                let (head, body) = connection.whole_request().await.unwrap();
                keys.open(&head, &body);
                connection.send(keys.answer("200 OK", "<answer/>")).await;
            }
        }
    })
    .await;
    let mut told_all = String::new();
    for password in [ntlm::PASSWORD, "hush-hush"] {
        let credentials = Credentials::ntlm(ntlm::USER, Secret::new(password));
        told_all.push_str(&format!("{credentials:?}"));
        let endpoint = Endpoint::from_url(&peer.url()).unwrap();
        let pool = Pool::new(endpoint, credentials, PoolOptions::default()).unwrap();
        match post(&pool, "<request/>").await {
            Ok(answer) => assert_eq!(answer.body, "<answer/>"),
            Err(error) => told_all.push_str(&format!("{error:?}{}", told(&error))),
        }
        told_all.push_str(&format!("{pool:?}"));
    }
    let log = everything.0.lock().unwrap();
    assert!(log.contains("host convinced") && log.contains("NTLM"), "{log}");
    let tokens = tokens.lock().unwrap();
    assert_eq!(tokens.len(), 3);
    let secrets = [ntlm::PASSWORD, "hush-hush", "TlRMTVNTU", "NTLMSSP"];
    for secret in secrets.into_iter().chain(tokens.iter().map(String::as_str)) {
        assert!(!log.contains(secret), "{secret} in the log: {log}");
        assert!(!told_all.contains(secret), "{secret} was told: {told_all}");
    }
}
