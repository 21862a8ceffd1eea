//! A well-behaved foreign host: authentication, number of connections, and channel bindings.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

use hvsnap::{Credentials, Secret};
use serde_json::json;

use crate::foreign::{Host, Rows, Way, told};

/// Keeps every core busy, twice over, until dropped.
struct Load(Arc<AtomicBool>, Vec<JoinHandle<()>>);

impl Load {
    fn begin() -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let cores = thread::available_parallelism().map_or(2, usize::from);
        let burn = |over: Arc<AtomicBool>| {
            move || {
                while !over.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            }
        };
        let threads = (0..cores * 2).map(|_| thread::spawn(burn(Arc::clone(&over)))).collect();
        Self(over, threads)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
        for thread in self.1.drain(..) {
            let _ = thread.join();
        }
    }
}

async fn sealed_under_load(ways: &[Way]) {
    let mut rows = Rows::default();
    for way in ways {
        let mut host = Host::start(way, json!({}));
        let client = host.client(&way.credentials);
        let load = Load::begin();
        let mut seen = "answered".to_owned();
        for _ in 0..300 {
            let outcome = told(client.identify().await);
            if outcome != seen {
                seen = outcome;
                break;
            }
        }
        drop(load);
        let report = host.report();
        let seen = format!("{seen} {} times, {}", report.number("sealed"), report.summary());
        let expected = format!("answered 300 times, {}, connections 1, handshakes 1", way.mechanism);
        rows.row(&way.scheme, "300 sealed requests, all cores busy", &expected, &seen);
    }
    rows.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a foreign peer; tests/interop/run.py brings it"]
async fn three_hundred_sealed_requests_share_one_connection_by_ntlm() {
    sealed_under_load(&Way::ntlm()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a foreign peer; tests/interop/run.py brings it"]
async fn three_hundred_sealed_requests_share_one_connection_by_kerberos() {
    sealed_under_load(&Way::kerberos()).await;
}

#[tokio::test]
#[ignore = "needs a foreign peer; tests/interop/run.py brings it"]
async fn a_wrong_password_or_user_is_refused_by_ntlm() {
    let mut rows = Rows::default();
    for way in Way::ntlm() {
        let expected = "nothing changed: the host did not accept the user or the password (NTLM in Negotiate authentication";
        for (case, user, password) in
            [("wrong password", r"LAB\operator", "wrong"), ("unknown user", r"LAB\nobody", "correct-horse")]
        {
            let mut host = Host::start(&way, json!({}));
            let password = Secret::new(password);
            let raw = way.protocol == "ntlm";
            let credentials =
                if raw { Credentials::ntlm(user, password) } else { Credentials::negotiate(user, password) };
            let client = host.client(&credentials);
            rows.row(&way.scheme, case, expected, &told(client.identify().await));
            let report = host.report();
            let seen = format!("handshakes {}, legs {}", report.number("handshakes"), report.number("legs"));
            rows.row(&way.scheme, &format!("{case}, as the host saw it"), "handshakes 0, legs 2", &seen);
        }
    }
    rows.end();
}

async fn channel_bound(ways: &[Way]) {
    let mut rows = Rows::default();
    for way in ways {
        for (binding, relayed, accepted) in [
            ("strict", false, true),
            ("absent", false, true),
            // Without the binding the man in the middle cannot be detected, which is the purpose of `strict`.
            ("absent", true, true),
            ("strict", true, false),
        ] {
            let mut host = Host::start_tls(way, json!({ "binding": binding }));
            let client =
                if relayed { host.relayed_client(&way.credentials) } else { host.client(&way.credentials) };
            let mut seen = told(client.identify().await);
            let report = host.report();
            if accepted {
                seen = format!("{seen}, {}", report.summary());
            } else {
                seen = format!("{}, {}; {seen}", report.summary(), report.refused().join(", "));
            }
            let expected = if accepted {
                format!("answered, {}, connections 1, handshakes 1", way.mechanism)
            } else {
                "nobody, connections 1, handshakes 0, leg: BadBindingsError; nothing changed: the host did not \
                 accept the"
                    .to_owned()
            };
            let between = if relayed { ", a man in the middle" } else { "" };
            rows.row(&way.scheme, &format!("TLS, binding {binding}{between}"), &expected, &seen);
        }
    }
    rows.end();
}

#[tokio::test]
#[ignore = "needs a foreign peer; tests/interop/run.py brings it"]
async fn the_channel_is_bound_by_ntlm() {
    channel_bound(&Way::ntlm()).await;
}

#[tokio::test]
#[ignore = "needs a foreign peer; tests/interop/run.py brings it"]
async fn the_channel_is_bound_by_kerberos() {
    channel_bound(&Way::kerberos()).await;
}

async fn reopened(ways: &[Way]) {
    let mut rows = Rows::default();
    for way in ways {
        let mut host = Host::start(way, json!({ "mischief": { "do": "close-idle", "nth": 1 } }));
        let client = host.client(&way.credentials);
        let mut seen = Vec::new();
        for _ in 0..4 {
            seen.push(told(client.identify().await));
        }
        let seen = format!("{}, {}", seen.join(" "), host.report().summary());
        let expected =
            format!("answered answered answered answered, {}, connections 2, handshakes 2", way.mechanism);
        rows.row(&way.scheme, "the host closes a resting connection", &expected, &seen);
    }
    rows.end();
}

#[tokio::test]
#[ignore = "needs a foreign peer; tests/interop/run.py brings it"]
async fn a_connection_that_ended_at_rest_is_replaced_by_one_with_ntlm() {
    reopened(&Way::ntlm()).await;
}

#[tokio::test]
#[ignore = "needs a foreign peer; tests/interop/run.py brings it"]
async fn a_connection_that_ended_at_rest_is_replaced_by_one_with_kerberos() {
    reopened(&Way::kerberos()).await;
}
