//! Interrupted commands: by Ctrl-C at each moment of a destroy, by a lost answer, by a closed pipe.
//!
//! A gate between command and simulator stops a request by a word in it, so every moment is chosen, not guessed.
#![cfg(unix)]

use std::{
    fs::File,
    path::Path,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    sync::Notify,
};

use crate::cli::{Bench, Ran};

/// What happens to the request with the word.
#[derive(Clone, Copy)]
pub(crate) enum Then {
    /// It is held at the gate.
    Hold,
    /// It passes, and its answer is lost.
    LoseAnswer,
    /// It passes as without a gate.
    Pass,
}

/// A gate before `host` that waits for `word`; returns its URL and a notification of the word.
pub(crate) async fn gate(host: &str, word: &'static str, then: Then) -> (String, Arc<Notify>) {
    let host = host.strip_prefix("http://").unwrap().strip_suffix("/wsman").unwrap().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/wsman", listener.local_addr().unwrap());
    let come = Arc::new(Notify::new());
    let notify = Arc::clone(&come);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let host = TcpStream::connect(&host).await.unwrap();
            tokio::spawn(pass(client, host, word, then, Arc::clone(&notify)));
        }
    });
    (url, come)
}

async fn pass(client: TcpStream, host: TcpStream, word: &'static str, then: Then, come: Arc<Notify>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_host, mut to_host) = host.into_split();
    let has_come = Arc::new(AtomicBool::new(false));
    let lose = Arc::clone(&has_come);
    tokio::spawn(async move {
        let mut chunk = [0; 4096];
        while let Ok(count @ 1..) = from_host.read(&mut chunk).await {
            // The host has acted by now; the connection ends before a byte of the answer is passed on.
            if lose.load(Ordering::SeqCst) && matches!(then, Then::LoseAnswer) {
                return;
            }
            if to_client.write_all(&chunk[..count]).await.is_err() {
                return;
            }
        }
    });
    let (mut seen, mut chunk) = (Vec::new(), [0; 4096]);
    while let Ok(count @ 1..) = from_client.read(&mut chunk).await {
        seen.extend_from_slice(&chunk[..count]);
        if !has_come.load(Ordering::SeqCst) && String::from_utf8_lossy(&seen).contains(word) {
            has_come.store(true, Ordering::SeqCst);
            come.notify_one();
        }
        let held = has_come.load(Ordering::SeqCst) && matches!(then, Then::Hold);
        if !held && to_host.write_all(&chunk[..count]).await.is_err() {
            return;
        }
    }
}

pub(crate) fn destroy(bench: &Bench, url: &str) -> Command {
    let mut command = bench.command(&["snapshot", "destroy", "app-01", "middle", "--yes"]);
    command
        .env("HVSNAP_ENDPOINT", url)
        .env("HVSNAP_AUTH", "basic")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

pub(crate) async fn interrupt(child: Child) -> Ran {
    signalled(child, "-INT").await
}

/// Sends the signal and waits for the end; the duration decides nothing.
pub(crate) async fn signalled(child: Child, signal: &str) -> Ran {
    let pid = child.id().unwrap().to_string();
    assert!(Command::new("kill").args([signal, &pid]).status().await.unwrap().success());
    ended(child).await
}

/// The result of a command that ended by itself.
pub(crate) async fn ended(child: Child) -> Ran {
    let output =
        tokio::time::timeout(Duration::from_secs(30), child.wait_with_output()).await.unwrap().unwrap();
    let ran = Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    };
    // The arguments are not known here.
    crate::cli::schema::holds_any(&ran.stdout);
    ran
}

#[tokio::test]
async fn before_the_call_an_interruption_changes_nothing_even_after_the_plan_was_shown() {
    // The VMs are requested first, the service last before the tree is read again.
    let words =
        ["Msvm_ComputerSystem", "Msvm_VirtualSystemSnapshotService", "Msvm_VirtualSystemSnapshotService"];
    #[cfg(target_os = "linux")]
    let signals = super::ended::ends();
    #[cfg(not(target_os = "linux"))]
    let signals = ["-INT", "-TERM"];
    for (word, signal) in words.into_iter().zip(signals) {
        let bench = Bench::new().await;
        let (url, come) = gate(bench.sim.endpoint(), word, Then::Hold).await;
        let child = destroy(&bench, &url).spawn().unwrap();
        come.notified().await;
        signalled(child, signal).await.shows(130, &["interrupted", "nothing was changed"]);
        assert_eq!(bench.sim.calls("DestroySnapshot"), 0, "{word}");
    }
}

#[tokio::test]
async fn while_the_call_is_under_way_an_interruption_leaves_the_outcome_unknown() {
    for signal in ["-INT", "-TERM"] {
        let bench = Bench::new().await;
        let (url, come) = gate(bench.sim.endpoint(), "DestroySnapshot", Then::Hold).await;
        let child = destroy(&bench, &url).spawn().unwrap();
        come.notified().await;
        let texts = ["after the call was sent", "effect: not known", "hvsnap resume "];
        signalled(child, signal).await.shows(5, &texts);
    }
}

#[tokio::test]
async fn a_call_whose_answer_was_lost_is_reconciled_and_never_sent_again() {
    let bench = Bench::new().await;
    let (url, _) = gate(bench.sim.endpoint(), "DestroySnapshot", Then::LoseAnswer).await;
    let ran = Ran::of(destroy(&bench, &url)).await;
    ran.shows(0, &["The answer to the call was lost", "Destroyed oldest/middle of app-01."]);
    assert_eq!(bench.sim.calls("DestroySnapshot"), 1);
}

#[tokio::test]
async fn a_call_whose_answer_was_lost_is_not_known_where_nothing_is_waited_for() {
    let bench = Bench::slow().await;
    let (url, _) = gate(bench.sim.endpoint(), "DestroySnapshot", Then::LoseAnswer).await;
    let mut command = destroy(&bench, &url);
    command.arg("--no-wait");
    let ran = Ran::of(command).await;
    ran.shows(5, &["effect: not known", "before doing anything again, resolve it"]);
    assert_eq!(bench.sim.calls("DestroySnapshot"), 1);
}

#[tokio::test]
async fn a_reader_who_leaves_early_ends_the_output_and_not_the_work() {
    let bench = Bench::new().await;
    let mut command = bench.command(&["snapshot", "destroy", "app-01", "middle", "--yes"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().await.unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(!stderr.contains("panicked") && !stderr.contains("error"), "{stderr}");
    assert_eq!(bench.sim.calls("DestroySnapshot"), 1);
}

#[tokio::test]
async fn data_that_cannot_be_written_is_no_success() {
    let full = Path::new("/dev/full");
    if !full.exists() {
        return;
    }
    let bench = Bench::new().await;
    let mut command = bench.command(&["vm", "list"]);
    command.stdout(File::options().write(true).open(full).unwrap()).stderr(Stdio::piped());
    let output = command.spawn().unwrap().wait_with_output().await.unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("writing to stdout failed"), "{stderr}");
}

#[tokio::test]
async fn an_interrupted_resume_shows_what_it_found_out_and_says_that_it_changed_nothing() {
    let bench = Bench::slow().await;
    for (vm, snapshot) in [("app-01", "middle"), ("slow-01", "long")] {
        let mut command = bench.command(&["snapshot", "destroy", vm, snapshot, "--yes", "--no-wait"]);
        // By a clock that runs faster a slow first process may write a later time than the second one.
        command.env("HVSNAP_CLOCK_SPEED", "1");
        Ran::of(command).await.shows(0, &[]);
    }
    let mut child = {
        let mut command = bench.command(&["resume", "--wait", "job"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if line.starts_with("slow-01: job:") {
            break;
        }
    }
    let mut ran = interrupt(child).await;
    while let Some(line) = lines.next_line().await.unwrap() {
        ran.stderr.push_str(&line);
    }
    ran.shows(130, &["nothing was changed by this command; the operation is still open", "hvsnap resume "]);
    ran.shows(130, &["destroy middle of app-01", "done"]);
    assert!(!ran.stderr.contains("the host may have done it"), "{ran:#?}");
}
