//! `snapshot destroy` for a user and for a script: output, question, and every possible end.

use std::{process::Stdio, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::Child,
};

use crate::cli::{Bench, words};

fn paths(bench: &Bench, vm: &str) -> Vec<String> {
    let mut paths: Vec<_> = bench.sim.snapshots_of(vm).unwrap().into_iter().map(|s| s.path).collect();
    paths.sort();
    paths
}

#[tokio::test]
async fn a_destroy_shows_the_plan_waits_and_says_what_became_of_the_dependents() {
    let bench = Bench::new().await;
    let ran = bench.destroy("web-01", "base/before-upgrade", &["--wait", "merged"]).await;
    ran.shows(0, &["Plan: destroy base/before-upgrade of web-01", "2 move under base"]);
    ran.shows(0, &["Destroyed base/before-upgrade of web-01", "was under before-upgrade", "completed"]);
    assert_eq!(paths(&bench, "web-01").len(), 4);
    assert_eq!(bench.sim.calls("DestroySnapshot"), 1);
}

#[tokio::test]
async fn a_dry_run_sends_nothing_and_its_fingerprint_approves_exactly_that_plan() {
    let bench = Bench::new().await;
    let ran = bench.run(&["snapshot", "destroy", "app-01", "middle", "--dry-run", "--output", "json"]).await;
    ran.shows(0, &[]);
    let fingerprint = ran.json()["plan"]["fingerprint"].as_str().unwrap().to_owned();
    assert_eq!(bench.sim.calls("DestroySnapshot"), 0);
    bench.sim.rename_snapshot("app-01", "newest", "other").unwrap();
    let stale = bench.destroy("app-01", "middle", &["--fingerprint", &fingerprint]).await;
    stale.shows(8, &["the plan is not the one that was approved", "nothing was changed"]);
    assert_eq!(bench.sim.calls("DestroySnapshot"), 0);
    bench.sim.rename_snapshot("app-01", "other", "newest").unwrap();
    let wider = bench.destroy("app-01", "middle", &["--scope", "tree", "--fingerprint", &fingerprint]).await;
    wider.shows(8, &["the plan is not the one that was approved"]);
    bench.destroy("app-01", "middle", &["--fingerprint", &fingerprint]).await.shows(0, &["Destroyed"]);
}

#[tokio::test]
async fn without_a_yes_and_without_a_terminal_nothing_is_sent() {
    let bench = Bench::new().await;
    let ran = bench.run(&["snapshot", "destroy", "web-01", "hotfix"]).await;
    ran.shows(2, &["Plan: destroy", "--yes", "nothing was changed"]);
    assert_eq!(bench.sim.calls("DestroySnapshot"), 0);
}

#[tokio::test]
async fn aliases_scopes_and_depths_do_what_they_say() {
    let bench = Bench::new().await;
    let ran =
        bench.run(&["checkpoint", "delete", "web-01", "before-upgrade", "--scope", "tree", "--yes"]).await;
    ran.shows(0, &["4 snapshots"]);
    assert_eq!(paths(&bench, "web-01"), ["base"]);
    let accepted = bench.destroy("app-01", "newest", &["--no-wait"]).await;
    accepted.shows(0, &["hvsnap job wait"]);
    bench.destroy("app-01", "middle", &["--wait", "job", "--no-wait"]).await.shows(2, &["--no-wait"]);
}

#[tokio::test]
async fn each_failure_has_its_exit_code_its_reason_and_its_effect() {
    let bench = Bench::new().await;
    for (vm, snapshot, code, texts) in [
        ("broken-01", "fails", 1, words(&["in use by another process", "nothing was changed"])),
        ("broken-01", "busy", 1, &["32774", "system is in use", "nothing was changed"]),
        ("broken-01", "denied", 4, &["32769", "access denied", "nothing was changed"]),
        ("broken-01", "stopped", 1, &["terminated", "nothing was changed"]),
        ("broken-01", "warns", 0, &["with warnings"]),
        ("broken-01", "at-once", 0, &["Destroyed"]),
        ("ghost-01", "stays", 1, &["the job is gone before its end was seen", "nothing was changed"]),
        ("ghost-01", "leaves", 0, &["the tree shows that it did its work"]),
        ("twins-01", "nightly", 3, &["start/nightly", "start/weekly/nightly", "nothing was changed"]),
        (
            "twins-01",
            "week",
            3,
            &["no snapshot named \"week\"; did you mean \"start/weekly\"?", "nothing was changed"],
        ),
        ("nobody", "x", 3, &["no VM named \"nobody\""]),
        ("db-01", "monday", 3, &["2 VMs match \"db-01\"", "nothing was changed"]),
    ] {
        bench.destroy(vm, snapshot, &[]).await.shows(code, texts);
    }
}

#[tokio::test]
async fn a_merge_that_never_ends_is_deleted_but_not_done() {
    let bench = Bench::new().await;
    let ran = bench.destroy("merge-01", "endless", &["--timeout", "160s"]).await;
    ran.shows(6, &["Destroyed root/endless", "still merging at the timeout"]);
    assert_eq!(paths(&bench, "merge-01"), ["root", "root/unmerged"]);
}

#[tokio::test]
async fn a_job_that_does_not_end_in_time_leaves_the_outcome_unknown() {
    let bench = Bench::slow().await;
    let ran = bench.destroy("slow-01", "long", &["--timeout", "20s"]).await;
    ran.shows(5, &["effect: not known", "timed out; the job was still ", "re-attach: hvsnap job wait"]);
}

#[tokio::test]
async fn json_is_one_document_with_what_is_gone_kept_and_moved() {
    let bench = Bench::new().await;
    let ran = bench.destroy("app-01", "middle", &["--output", "json"]).await;
    ran.shows(0, &[]);
    let value = ran.json();
    assert_eq!(value["outcome"]["destroyed"][0]["name"], "middle", "{value:#}");
    assert_eq!(value["outcome"]["merge"], "finished", "{value:#}");
    let failed = bench.destroy("broken-01", "fails", &["--output", "json"]).await;
    let error = &failed.json()["error"];
    assert_eq!((error["exit_code"].as_i64(), error["effect"].as_str()), (Some(1), Some("none")), "{error:#}");
}

/// Returns when the command has reported that the host has accepted the call; later output is still to be read.
pub(crate) async fn accepted(child: &mut Child) {
    let (mut said, mut chunk) = (Vec::new(), [0; 256]);
    while !String::from_utf8_lossy(&said).contains("accepted it as job") {
        let count = child.stderr.as_mut().unwrap().read(&mut chunk).await.unwrap();
        assert!(count > 0, "{}", String::from_utf8_lossy(&said));
        said.extend_from_slice(&chunk[..count]);
    }
}

/// Waits until the command says that the host has accepted the call, then interrupts it.
#[cfg(unix)]
#[tokio::test]
async fn an_interrupted_wait_says_that_the_job_goes_on_and_how_to_come_back() {
    let bench = Bench::slow().await;
    let mut command = bench.command(&["snapshot", "destroy", "slow-01", "long", "--yes"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if line.contains("accepted it as job") {
            break;
        }
    }
    let pid = child.id().unwrap().to_string();
    let killed = tokio::process::Command::new("kill").args(["-INT", &pid]).status().await.unwrap();
    assert!(killed.success());
    let mut rest = String::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        rest.push_str(&line);
        rest.push('\n');
    }
    let status = tokio::time::timeout(Duration::from_secs(30), child.wait()).await.unwrap().unwrap();
    assert_eq!(status.code(), Some(130), "{rest}");
    assert!(rest.contains("continues"), "{rest}");
    let (_, id) = rest.split_once("hvsnap job wait ").unwrap();
    let id = id.split_whitespace().next().unwrap();
    bench.run(&["job", "show", id]).await.shows(0, &["Deleting Snapshot"]);
    bench.run(&["job", "cancel", id]).await.shows(0, &[]);
    bench.run(&["job", "wait", id]).await.shows(1, &["terminated"]);
    assert_eq!(bench.sim.calls("DestroySnapshot"), 1);
}

#[tokio::test]
async fn a_job_is_shown_waited_for_and_cancelled() {
    let bench = Bench::slow().await;
    let ran = bench.destroy("slow-01", "long", &["--no-wait", "--output", "json"]).await;
    let value = ran.json();
    let id = value["job"]["id"].as_str().unwrap();
    bench.run(&["job", "show", id]).await.shows(0, &["Deleting Snapshot"]);
    bench.run(&["job", "cancel", id]).await.shows(0, &[]);
    bench.run(&["job", "wait", id]).await.shows(1, &["terminated"]);
    bench.run(&["job", "show", "no-such-job"]).await.shows(3, &["no-such-job"]);
    assert_eq!(paths(&bench, "slow-01"), ["root", "root/long"]);
}

#[tokio::test]
async fn the_log_names_host_vm_and_operation_of_what_is_done() {
    let bench = Bench::new().await;
    let ran = bench.destroy("app-01", "newest", &["-v"]).await;
    ran.shows(0, &["Destroyed", "calling target=", "answered reply=", "ended status=done"]);
    let text = &ran.stderr;
    for event in ["calling target=", "answered reply=", "ended status="] {
        let line = text.lines().find(|line| line.contains(event)).unwrap();
        let is_told =
            ["INFO", "operation{host=http://", "vm=\"", "id="].iter().all(|part| line.contains(part));
        assert!(is_told, "{line}");
    }
}
