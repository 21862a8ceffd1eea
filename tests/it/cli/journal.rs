//! `journal`, `resume` and `--on-busy` for a user and for a script.
#![cfg(unix)]

use std::{fs, os::unix::fs::PermissionsExt, process::Stdio};

use tokio::io::{AsyncBufReadExt, BufReader};

use crate::{
    cli::{
        Bench, Ran,
        cut_off::{Then, gate, interrupt},
    },
    host::effects,
    scripted::{Reply, envelopes},
};

fn ids(listed: &Ran) -> Vec<String> {
    let value = listed.json();
    let operations = value["operations"].as_array().unwrap();
    operations.iter().map(|operation| operation["id"].as_str().unwrap().to_owned()).collect()
}

async fn list(bench: &Bench) -> Ran {
    let ran = bench.bare_run(&["journal", "list", "--output", "json"]).await;
    ran.shows(0, &[]);
    ran
}

#[tokio::test]
async fn a_destroy_is_written_down_where_the_platform_keeps_state() {
    let bench = Bench::new().await;
    bench.bare_run(&["journal", "list"]).await.shows(0, &["Nothing is recorded in"]);
    bench.bare_run(&["resume"]).await.shows(0, &["Nothing is open in"]);
    bench.destroy("app-01", "middle", &[]).await.shows(0, &[]);
    let folder = bench.home().join(".local/state/hvsnap");
    let [id] = ids(&list(&bench).await).try_into().unwrap();
    let file = folder.join("operations").join(format!("{id}.json"));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("hvsnap-journal/2") && !text.contains(crate::cli::PASSWORD), "{text}");
    bench.bare_run(&["journal", "list"]).await.shows(0, &["done", "destroy middle of app-01", &id]);
    let shown = bench.bare_run(&["journal", "show", id.split_once("-").unwrap().0]).await;
    shown.shows(0, &["Operation", "destroys", "middle", "4096 (job started)", "done", bench.sim.endpoint()]);
    // A final outcome is reported again without a request to the host, and without a password.
    bench.bare_run(&["resume", &id]).await.shows(0, &["status", "done", "middle"]);
    bench.bare_run(&["resume"]).await.shows(0, &["Nothing is open in"]);
}

#[tokio::test]
async fn a_call_whose_answer_was_lost_is_settled_by_resume_and_twice_says_the_same() {
    let bench = Bench::new().await;
    let (url, _) = gate(bench.sim.endpoint(), "DestroySnapshot", Then::LoseAnswer).await;
    // Its job takes a minute: it is running when the answer is lost.
    let mut command = bench.command(&["snapshot", "destroy", "slow-01", "long", "--yes", "--no-wait"]);
    command.env("HVSNAP_ENDPOINT", &url).env("HVSNAP_AUTH", "basic");
    let ran = Ran::of(command).await;
    ran.shows(5, &["effect: not known", "resume: hvsnap resume "]);
    let [id] = ids(&list(&bench).await).try_into().unwrap();
    assert!(ran.stderr.contains(&format!("hvsnap resume {id}")), "{ran:#?}");
    let mut words = Vec::new();
    for _ in 0..2 {
        // The gate is another name of the host.
        let named = ["--endpoint", bench.sim.endpoint(), "--auth", "basic", "--output", "json"];
        let ran = bench.run(&[&["resume", &id], &named[..]].concat()).await;
        ran.shows(0, &[]);
        let value = ran.json();
        let resumed = &value["resumed"][0];
        assert_eq!(resumed["gone"][0]["name"], "long", "{value:#}");
        assert!(!resumed["observations"].as_array().unwrap().is_empty(), "{value:#}");
        words.push((resumed["status"].clone(), resumed["operation"].clone(), value["exit_code"].clone()));
    }
    assert_eq!(words[0], words[1]);
    assert_eq!(bench.sim.calls("DestroySnapshot"), 1);
}

#[tokio::test]
async fn an_interrupted_wait_is_taken_up_again_by_resume() {
    let bench = Bench::slow().await;
    let mut command = bench.command(&["snapshot", "destroy", "slow-01", "long", "--yes"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    crate::cli::destroy::accepted(&mut child).await;
    let ran = interrupt(child).await;
    ran.shows(130, &["the job continues", "re-attach: hvsnap job wait", "resume: hvsnap resume "]);
    let [id] = ids(&list(&bench).await).try_into().unwrap();
    let short = bench.run(&["resume", id.get(..6).unwrap(), "--timeout", "20s"]).await;
    short.shows(5, &["running", "the host is still working on it", "long"]);
    let (_, job) = ran.stderr.split_once("hvsnap job wait ").unwrap();
    bench.run(&["job", "cancel", job.split_whitespace().next().unwrap()]).await.shows(0, &[]);
    bench.run(&["resume"]).await.shows(1, &["not done", "still there", "long", "terminated"]);
    bench.run(&["resume"]).await.shows(0, &["Nothing is open"]);
}

#[tokio::test]
async fn a_merge_that_does_not_end_is_told_by_resume_as_by_destroy() {
    let bench = Bench::new().await;
    bench.destroy("merge-01", "endless", &["--timeout", "240s"]).await.shows(6, &["hvsnap resume "]);
    let [id] = ids(&list(&bench).await).try_into().unwrap();
    for _ in 0..2 {
        let ran = bench.run(&["resume", &id, "--timeout", "240s"]).await;
        ran.shows(6, &["done", "still merging at the timeout"]);
    }
    // The record is reported, whatever is to be waited for.
    bench.run(&["resume", &id, "--wait", "job"]).await.shows(6, &["done"]);
    // The merge stays open: it is listed, and followed without an id.
    bench.bare_run(&["journal", "list"]).await.shows(0, &["done, merge open", "hvsnap resume"]);
    let listed = list(&bench).await.json();
    let operation = &listed["operations"][0];
    let field = |name: &str| operation[name].as_bool().unwrap();
    assert_eq!((field("concluded"), field("merge_open"), field("open")), (true, true, true), "{operation:#}");
    assert_eq!(operation["merge_expected"], "merge");
    bench.run(&["resume", "--timeout", "240s"]).await.shows(6, &["done", &id]);
}

#[tokio::test]
async fn what_was_left_open_is_settled_before_the_next_destroy_and_said() {
    let bench = Bench::slow().await;
    bench.destroy("slow-01", "long", &["--no-wait"]).await.shows(0, &["hvsnap resume"]);
    let refused = bench.destroy("slow-01", "root", &[]).await;
    refused
        .shows(8, &["had been left open", "is running; nothing was sent", "--on-busy wait", "hvsnap resume"]);
    assert_eq!(bench.sim.calls("DestroySnapshot"), 1);
    let json = bench.destroy("slow-01", "root", &["--output", "json"]).await.json();
    assert_eq!(
        (json["error"]["kind"].as_str(), json["error"]["exit_code"].as_i64()),
        (Some("earlier_open"), Some(8))
    );
    assert!(json["warnings"][0].as_str().unwrap().contains("had been left open"), "{json:#}");
}

#[tokio::test]
async fn a_vm_that_somebody_is_at_is_refused_or_waited_for() {
    let bench = Bench::new().await;
    bench.destroy("merge-01", "endless", &["--timeout", "240s"]).await.shows(6, &[]);
    let refused = bench.destroy("merge-01", "unmerged", &[]).await;
    refused.shows(8, &["the VM is merging disks", "nothing was changed", "--on-busy wait"]);
    let waited = bench.destroy("merge-01", "unmerged", &["--on-busy", "wait", "--timeout", "240s"]).await;
    waited.shows(8, &["the VM is merging disks", "still busy after 4m; raise --timeout"]);
    assert_eq!(bench.sim.calls("DestroySnapshot"), 1);
}

#[tokio::test]
async fn two_processes_at_one_vm_are_one_after_the_other() {
    let bench = Bench::slow().await;
    let mut command = bench.command(&["snapshot", "destroy", "slow-01", "long", "--yes"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    crate::cli::destroy::accepted(&mut child).await;
    let [id] = ids(&list(&bench).await).try_into().unwrap();
    let process = child.id().unwrap().to_string();
    let refused = bench.destroy("slow-01", "root", &[]).await;
    refused.shows(8, &["not begun: the VM is locked by process", &process, &id, "nothing was changed"]);
    let resumed = bench.run(&["resume", &id]).await;
    resumed.shows(5, &["the VM is locked by process", &process]);
    // The system releases the lock with the process, however it ends.
    child.kill().await.unwrap();
    let looked = bench.run(&["resume", &id, "--wait", "accepted"]).await;
    looked.shows(5, &["running"]);
    assert_eq!(bench.sim.calls("DestroySnapshot"), 1);
}

#[tokio::test]
async fn records_that_cannot_be_read_are_named_and_hide_no_other() {
    let bench = Bench::new().await;
    bench.destroy("app-01", "middle", &[]).await.shows(0, &[]);
    let bad = "aaaaaaaa-0000-4000-8000-000000000001";
    bench.file(&format!(".local/state/hvsnap/operations/{bad}.json"), "{\"schema\": \"hvsnap-journal/1\", ");
    let listed = bench.bare_run(&["journal", "list"]).await;
    listed.shows(0, &["destroy middle of app-01", "cannot be read", bad, "line 1 column"]);
    let value = list(&bench).await.json();
    assert_eq!(
        (value["operations"].as_array().unwrap().len(), value["unreadable"].as_array().unwrap().len()),
        (1, 1)
    );
    assert!(value["warnings"][0].as_str().unwrap().contains(bad), "{value:#}");
    let may_be_open = ["1 record cannot be read and may be open", "move the file out", bad];
    for arguments in [&["resume"][..], &["journal", "list", "--open"]] {
        let ran = bench.bare_run(arguments).await;
        ran.shows(1, &may_be_open);
        assert!(!ran.stderr.contains("Nothing is open"), "{ran:#?}");
    }
    let open = bench.bare_run(&["journal", "list", "--open", "--output", "json"]).await.json();
    assert_eq!(open["exit_code"], 1, "{open:#}");
    let pruned = bench.bare_run(&["journal", "prune", "--older-than", "30d"]).await;
    pruned.shows(0, &["0 were removed, 2 kept (0 open, 1 not readable)", "may be open"]);
    bench.destroy("app-01", "oldest", &[]).await.shows(0, &[]);
    let resumed = bench.bare_run(&["resume", "--output", "json"]).await.json();
    assert!(resumed["warnings"][0].as_str().unwrap().contains(bad), "{resumed:#}");
    bench.bare_run(&["journal", "show", bad]).await.shows(1, &[bad, "line 1 column"]);
    bench.bare_run(&["journal", "show", "nobody"]).await.shows(3, &["nobody", "hvsnap journal list"]);
    bench.bare_run(&["resume", "nobody"]).await.shows(3, &["nobody"]);
    bench.destroy("app-01", "newest", &[]).await.shows(0, &[]);
    let state = bench.home().join("elsewhere");
    let elsewhere = ["journal", "list", "--state-dir", state.to_str().unwrap()];
    bench.bare_run(&elsewhere).await.shows(0, &["Nothing is recorded in"]);
}

#[tokio::test]
async fn what_cannot_be_written_down_after_the_call_is_a_warning_of_the_error_too() {
    let bench = Bench::slow().await;
    let mut command = bench.command(&["snapshot", "destroy", "slow-01", "long", "--yes", "--output", "json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut said = String::new();
    let job = loop {
        let line = lines.next_line().await.unwrap().unwrap();
        said.push_str(&line);
        if let Some((_, job)) = line.split_once("accepted it as job ") {
            break job.trim_end_matches('.').to_owned();
        }
    };
    let operations = bench.home().join(".local/state/hvsnap/operations");
    fs::remove_dir_all(&operations).unwrap();
    fs::write(&operations, "no folder any more").unwrap();
    bench.run(&["job", "cancel", &job]).await.shows(0, &[]);
    while let Some(line) = lines.next_line().await.unwrap() {
        said.push_str(&line);
    }
    let output = child.wait_with_output().await.unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let ran = Ran { code: output.status.code(), stdout, stderr: said };
    ran.shows(1, &["terminated", "warning: the journal was not written: "]);
    let value = ran.json();
    assert!(value["warnings"][0].as_str().unwrap().contains("operations"), "{value:#}");
}

#[tokio::test]
async fn a_name_in_a_record_cannot_steer_the_terminal() {
    let bench = Bench::new().await;
    bench.destroy("app-01", "middle", &[]).await.shows(0, &[]);
    let [id] = ids(&list(&bench).await).try_into().unwrap();
    let file = bench.home().join(format!(".local/state/hvsnap/operations/{id}.json"));
    let text = fs::read_to_string(&file).unwrap().replace("\"middle\"", "\"\\u001b[2J\\u202emiddle\"");
    fs::write(&file, text).unwrap();
    for arguments in [vec!["journal", "list"], vec!["journal", "show", &id], vec!["resume", &id]] {
        let ran = bench.bare_run(&arguments).await;
        ran.shows(0, &["\\x1b[2J\\u{202e}middle"]);
        assert!(!ran.stdout.contains('\u{1b}') && !ran.stdout.contains('\u{202e}'), "{ran:#?}");
    }
}

#[tokio::test]
async fn nothing_is_sent_that_cannot_be_written_down() {
    let bench = Bench::new().await;
    let blocked = bench.file("blocked", "a file where a folder should be");
    let ran = bench.destroy("app-01", "middle", &["--state-dir", &blocked]).await;
    ran.shows(1, &["the journal failed", "blocked", "nothing was changed"]);
    assert_eq!(bench.sim.calls("DestroySnapshot"), 0);
}

#[tokio::test]
async fn a_reason_of_two_megabytes_is_cut_in_what_is_printed_and_in_the_journal() {
    let bench = Bench::new().await;
    let host = effects::host().await;
    let Reply::Soap(status, body) = envelopes::fault("Receiver", "InternalError", 1) else { unreachable!() };
    let long = body.replace("Text of the host.", &"x".repeat(2_000_000));
    host.on(effects::DESTROY, [Reply::Soap(status, long)]).on(effects::TREE, [envelopes::tree_before()]);
    for output in ["text", "json"] {
        let arguments =
            ["snapshot", "destroy", "web-01", "name-B", "--yes", "--wait", "job", "--output", output];
        let mut command = bench.command(&arguments);
        command.env("HVSNAP_ENDPOINT", host.url()).env("HVSNAP_AUTH", "basic");
        command.env("HVSNAP_STATE_DIR", bench.home().join(output));
        let ran = Ran::of(command).await;
        assert!(ran.stderr.contains("bytes in all)"), "{ran:#?}");
        assert!(ran.stdout.len() + ran.stderr.len() < 40_000, "{}", ran.stdout.len() + ran.stderr.len());
    }
    let state = bench.home().join("json");
    let arguments = ["journal", "list", "--output", "json", "--state-dir", state.to_str().unwrap()];
    let listed = bench.bare_run(&arguments).await.json();
    let answer = listed["operations"][0]["answer"]["error"].as_str().unwrap();
    assert!(answer.ends_with("bytes in all)") && answer.chars().count() < 4200, "{}", answer.len());
}
