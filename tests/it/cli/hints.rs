//! The suggestions of the command for the words of other programs, and for empty results.

use std::net::TcpListener;

use crate::cli::{Bench, Ran};

#[tokio::test]
async fn words_of_other_programs_lead_to_those_of_this_one() {
    let bench = Bench::new().await;
    let json = bench.bare_run(&["vm", "list", "--json"]).await;
    json.shows(2, &["'--output json'"]);
    assert!(!json.stderr.contains("--spn"), "{json:#?}");
    for verb in ["remove", "rm"] {
        bench.bare_run(&["snapshot", verb, "web-01", "base"]).await.shows(2, &["'snapshot destroy'"]);
    }
    bench.bare_run(&["snapshot", "delete", "--help"]).await.shows(0, &["snapshot destroy web-01"]);
    let alone = bench.bare_run(&[]).await;
    alone.shows(0, &["hvsnap doctor", "snapshot destroy web-01 before-upgrade --dry-run", "hvsnap help"]);
    assert_eq!(alone.stderr, "");
    bench.bare_run(&["snapshot"]).await.shows(2, &["Usage: hvsnap snapshot", "destroy"]);
    bench.bare_run(&["help", "snapshot", "destroy"]).await.shows(0, &["Usage: hvsnap snapshot destroy"]);
    bench.bare_run(&["--tls"]).await.shows(2, &["Usage: hvsnap"]);
    bench.bare_run(&["help"]).await.shows(0, &["Usage: hvsnap", "Commands:"]);
    bench.bare_run(&["help", "journal", "close"]).await.shows(0, &["Usage: hvsnap journal close"]);
}

#[tokio::test]
async fn a_time_limit_of_nothing_is_refused() {
    let bench = Bench::new().await;
    for (limit, why) in
        [("0", "give a unit"), ("0s", "leaves no time for anything"), ("0ms", "leaves no time for anything")]
    {
        bench.run(&["vm", "list", "--timeout", limit]).await.shows(2, &[why]);
    }
    assert_eq!(bench.sim.http_requests(), 0);
}

#[tokio::test]
async fn an_id_that_does_not_exist_is_said_to_be_none() {
    let bench = Bench::new().await;
    bench.bare_run(&["explain", "HVS9999"]).await.shows(3, &["hvsnap has no code HVS9999"]);
    bench.bare_run(&["explain", "frobnicate"]).await.shows(3, &["neither a number nor a name"]);
    bench.run(&["job", "show", "8621A03F"]).await.shows(3, &["no job with ID 8621A03F; give the full ID"]);
}

#[tokio::test]
async fn a_job_that_was_cancelled_is_said_to_be() {
    let bench = Bench::new().await;
    let ran = bench.destroy("broken-01", "stopped", &[]).await;
    ran.shows(1, &["terminated", "hint: the job was cancelled on the host; "]);
}

#[tokio::test]
async fn a_host_that_is_down_is_said_to_be_retried_at_once() {
    let bench = Bench::new().await;
    bench.destroy("slow-01", "long", &["--no-wait"]).await.shows(0, &[]);
    // Dropped at once, so that nothing listens on the port.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let endpoint = format!("http://127.0.0.1:{port}/wsman");
    let file = bench.home().join(".local/state/hvsnap/operations");
    for entry in std::fs::read_dir(&file).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace(bench.sim.endpoint(), &endpoint)).unwrap();
    }
    let mut command = bench.command(&["resume", "--timeout", "20s"]);
    command.env("HVSNAP_ENDPOINT", &endpoint);
    let ran = Ran::of(command).await;
    ran.shows(5, &["warning: the host does not answer (", "refused the connection), retrying"]);
}
