//! The job and the operation in the document of a failure, wherever it has them.
#![cfg(unix)]

use std::process::Stdio;

use serde_json::Value;

use crate::cli::{
    Bench, Ran,
    cut_off::{Then, gate, interrupt},
    words,
};

/// The ids of job and operation in a document.
fn ids(document: &Value) -> (Option<&str>, Option<&str>) {
    let id = |name: &str| document.pointer(&format!("/{name}/id")).and_then(Value::as_str);
    (id("job"), id("operation"))
}

/// The records of the journal.
async fn records(bench: &Bench) -> Vec<Value> {
    let list = bench.run(&["journal", "list", "-o", "json"]).await.json();
    list["operations"].as_array().unwrap().clone()
}

/// The id of the operation that was to destroy this snapshot.
async fn recorded(bench: &Bench, snapshot: &str) -> String {
    let records = records(bench).await;
    let found = records.iter().find(|record| record["destroyed"][0]["name"] == snapshot);
    found.unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_the_host_refused_or_failed_at_has_its_operation_and_job() {
    let bench = Bench::new().await;
    for (snapshot, has_job, kind) in [("fails", true, "job_failed"), ("busy", false, "refused")] {
        let ran = bench.destroy("broken-01", snapshot, &["-o", "json"]).await;
        let document = ran.json();
        assert_eq!(document["error"]["kind"], kind, "{document:#}");
        let operation = recorded(&bench, snapshot).await;
        let (job, found) = ids(&document);
        assert_eq!((job.is_some(), found), (has_job, Some(operation.as_str())), "{document:#}");
        // There is nothing to follow, so the text offers no command for it.
        assert!(!ran.stderr.contains("re-attach") && !ran.stderr.contains("resume:"), "{}", ran.stderr);
        if let Some(job) = job {
            for verb in ["wait", "cancel"] {
                let document = bench.run(&["job", verb, job, "-o", "json"]).await.json();
                assert_eq!(
                    (ids(&document).0, document["error"].is_object()),
                    (Some(job), true),
                    "{document:#}"
                );
            }
        }
        let closed =
            bench.run(&["journal", "close", &operation, "--reason", "x", "--yes", "-o", "json"]).await;
        assert_eq!(ids(&closed.json()).1, Some(operation.as_str()));
    }
}

#[tokio::test]
async fn what_was_not_begun_has_what_is_in_the_way() {
    let bench = Bench::slow().await;
    let mut command = bench.command(&["snapshot", "destroy", "slow-01", "long", "--yes"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    crate::cli::destroy::accepted(&mut child).await;
    let operation = recorded(&bench, "long").await;
    let records = records(&bench).await;
    let job = records[0]["answer"]["job"]["id"].as_str().unwrap();
    // By another process, which holds the lock.
    for arguments in [
        words(&["snapshot", "destroy", "slow-01", "root", "--yes", "-o", "json"]),
        &["resume", &operation, "-o", "json"],
        &["journal", "close", &operation, "--reason", "x", "--yes", "-o", "json"],
    ] {
        let document = bench.run(arguments).await.json();
        assert_eq!(document["error"]["kind"], "locked", "{document:#}");
        assert_eq!(ids(&document).1, Some(operation.as_str()), "{document:#}");
    }
    let resumed = bench.run(&["resume", "-o", "json"]).await.json();
    let failed = &resumed["failed"][0];
    assert_eq!((ids(failed).1, ids(failed).0), (Some(operation.as_str()), Some(job)), "{resumed:#}");
    // By a job that another journal does not know.
    let elsewhere = bench.home().join("elsewhere");
    let more = ["--state-dir", elsewhere.to_str().unwrap(), "-o", "json"];
    let document = bench.destroy("slow-01", "root", &more).await.json();
    assert_eq!(
        (document["error"]["kind"].as_str(), ids(&document).0),
        (Some("busy"), Some(job)),
        "{document:#}"
    );
    child.kill().await.unwrap();
    // By an operation of which nobody knows the end.
    let document = bench.destroy("slow-01", "root", &["-o", "json"]).await.json();
    assert_eq!(document["error"]["kind"], "earlier_open", "{document:#}");
    assert_eq!(ids(&document).1, Some(operation.as_str()), "{document:#}");
}

#[tokio::test]
async fn an_interrupted_wait_has_operation_and_job_in_every_format() {
    for format in ["json", "jsonl"] {
        let bench = Bench::slow().await;
        let mut command = bench.command(&["snapshot", "destroy", "slow-01", "long", "--yes", "-o", format]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        crate::cli::destroy::accepted(&mut child).await;
        let ran: Ran = interrupt(child).await;
        let last_line = serde_json::Deserializer::from_str(&ran.stdout).into_iter::<Value>().last();
        let document = last_line.unwrap().unwrap();
        assert_eq!(document["error"]["kind"], "interrupted", "{document:#}");
        let operation = recorded(&bench, "long").await;
        let (job, found) = ids(&document);
        assert_eq!((job.is_some(), found), (true, Some(operation.as_str())), "{document:#}");
    }
}

#[tokio::test]
async fn an_earlier_operation_that_is_being_recovered_is_named_however_that_ends() {
    let bench = Bench::slow().await;
    bench.destroy("slow-01", "long", &["--no-wait"]).await.shows(0, &[]);
    let operation = recorded(&bench, "long").await;
    // Its job is the first that is read of the jobs.
    let (url, come) = gate(bench.sim.endpoint(), "Msvm_ConcreteJob", Then::Hold).await;
    let mut command = bench.command(&["snapshot", "destroy", "slow-01", "root", "--yes", "-o", "json"]);
    command.env("HVSNAP_ENDPOINT", url).env("HVSNAP_AUTH", "basic");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    come.notified().await;
    let document = interrupt(child).await.json();
    assert_eq!(document["error"]["kind"], "interrupted", "{document:#}");
    assert_eq!(ids(&document).1, Some(operation.as_str()), "{document:#}");
    assert_eq!(bench.sim.calls("DestroySnapshot"), 1);
}
