//! `journal list`, `close` and `prune`: the entries shown, closed by hand, and removed.
#![cfg(unix)]

use std::fs;

use serde_json::Value;

use crate::cli::{Bench, Ran};

/// The ids in a list, by the name of the target: the clock of the commands is too fast for a reliable order.
async fn ids(bench: &Bench, more: &[&str]) -> Vec<String> {
    let ran = bench.bare_run(&[&["journal", "list", "--output", "json"], more].concat()).await;
    ran.shows(0, &[]);
    let value = ran.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let operations = value["operations"].as_array().unwrap().iter();
    let mut named: Vec<_> = operations
        .map(|operation| (text(&operation["destroyed"][0]["name"]), text(&operation["id"])))
        .collect();
    named.sort();
    named.into_iter().map(|(_, id)| id).collect()
}

async fn show(bench: &Bench, id: &str) -> Value {
    bench.bare_run(&["journal", "show", id, "--output", "json"]).await.json()["operation"].clone()
}

/// Changes every year in a record, to make it old.
fn age(bench: &Bench, id: &str) {
    let file = bench.home().join(format!(".local/state/hvsnap/operations/{id}.json"));
    let mut record: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    for part in ["intent", "answer", "conclusion", "closed"] {
        if record[part].is_object() {
            record[part]["time"] = "2020-01-02T03:04:05Z".into();
        }
    }
    fs::write(&file, record.to_string()).unwrap();
}

/// Three operations: one with an open merge, one with an unknown outcome, one that is done.
async fn three(bench: &Bench) -> [String; 3] {
    bench.destroy("app-01", "middle", &[]).await.shows(0, &[]);
    bench.destroy("merge-01", "endless", &["--timeout", "240s"]).await.shows(6, &[]);
    bench.destroy("slow-01", "long", &["--no-wait"]).await.shows(0, &[]);
    ids(bench, &[]).await.try_into().unwrap()
}

#[tokio::test]
async fn a_list_shows_what_is_open_or_was_written_since() {
    let bench = Bench::new().await;
    let [merging, unknown, done] = three(&bench).await;
    assert_eq!(ids(&bench, &["--open"]).await, [&*merging, &*unknown]);
    age(&bench, &done);
    age(&bench, &merging);
    assert_eq!(ids(&bench, &["--since", "7d"]).await, [&*unknown]);
    assert_eq!(ids(&bench, &["--since", "2020-01-02"]).await.len(), 3);
    assert_eq!(ids(&bench, &["--since", "2020-01-02 03:04:06"]).await, [&*unknown]);
    assert_eq!(ids(&bench, &["--since", "2020-01-01", "--open"]).await, [&*merging, &*unknown]);
    bench
        .bare_run(&["journal", "list", "--open", "--since", "2999-01-01"])
        .await
        .shows(0, &["Nothing is open that was recorded since 2999-01-01 00:00:00 UTC"]);
    let wrong = bench.bare_run(&["journal", "list", "--since", "last week"]).await;
    wrong.shows(2, &["neither a length of time such as 90m or 7d nor a date"]);
}

#[tokio::test]
async fn an_entry_is_closed_by_a_person_s_word_and_stops_nothing_any_more() {
    let bench = Bench::slow().await;
    bench.destroy("slow-01", "long", &["--no-wait"]).await.shows(0, &[]);
    let [id] = ids(&bench, &[]).await.try_into().unwrap();
    bench.destroy("slow-01", "root", &[]).await.shows(8, &["is running; nothing was sent"]);
    let close = |reason: &'static str, more: &'static [&'static str]| {
        let mut command = bench.bare(&[&["journal", "close", &id, "--reason", reason], more].concat());
        command.env("USER", "ops");
        command
    };
    Ran::of(close("looked at it", &[])).await.shows(2, &["this needs a yes", "repeat with --yes"]);
    Ran::of(close(" ", &["--yes"])).await.shows(2, &["the reason is empty"]);
    bench.bare_run(&["journal", "close", &id, "--yes"]).await.shows(2, &["--reason"]);
    assert!(show(&bench, &id).await["closed"].is_null());

    let ran = Ran::of(close("looked at it, ticket 4711", &["--yes"])).await;
    ran.shows(0, &[&id, "is closed by ops: looked at it, ticket 4711"]);
    ran.shows(0, &["warning: the job ", "may still be running on the host"]);
    let entry = show(&bench, &id).await;
    assert_eq!(
        (entry["closed"]["user"].as_str(), entry["closed"]["reason"].as_str()),
        (Some("ops"), Some("looked at it, ticket 4711"))
    );
    assert_eq!(
        (entry["conclusion"]["status"].as_str(), entry["conclusion"]["by"].as_str(), entry["open"].as_bool()),
        (Some("closed"), Some("person"), Some(false))
    );
    assert!(entry["closed"]["time"].is_string(), "{entry:#}");
    let said = "closed by ops: looked at it, ticket 4711";
    bench.bare_run(&["journal", "list"]).await.shows(0, &[said, &id]);
    bench.bare_run(&["journal", "show", &id]).await.shows(0, &[said]);
    // The outcome stays unknown, and is not investigated further.
    let resumed = bench.bare_run(&["resume", &id]).await;
    resumed.shows(0, &["was closed by ops on ", ": looked at it, ticket 4711; nothing to resume."]);
    assert!(!resumed.stdout.contains("done"), "{resumed:#?}");
    let json = bench.bare_run(&["resume", &id, "--output", "json"]).await.json();
    assert_eq!(
        (json["exit_code"].as_i64(), json["resumed"][0]["status"].as_str()),
        (Some(0), Some("closed"))
    );
    bench.bare_run(&["resume"]).await.shows(0, &["Nothing is open in"]);
    Ran::of(close("again", &["--yes"])).await.shows(2, &[said, "there is nothing to close"]);
    assert_eq!(show(&bench, &id).await, entry);
    // Only the VM itself can block the next operation.
    bench.destroy("slow-01", "root", &[]).await.shows(8, &["the VM is deleting"]);
}

#[tokio::test]
async fn a_final_status_is_not_overwritten_and_only_an_open_merge_is_closed() {
    let bench = Bench::new().await;
    let [merging, _, done] = three(&bench).await;
    let before = show(&bench, &done).await;
    let refused = bench.bare_run(&["journal", "close", &done, "--reason", "x", "--yes"]).await;
    refused.shows(2, &["is done; there is nothing to close"]);
    assert_eq!(show(&bench, &done).await, before);
    let closed =
        bench.bare_run(&["journal", "close", &merging, "--reason", "the VM is deleted", "--yes"]).await;
    // Without a name in the environment, the system provides it.
    let user = std::process::Command::new("id").arg("-un").output().unwrap();
    let user = String::from_utf8(user.stdout).unwrap();
    let said = format!("closed by {}: the VM is deleted", user.trim());
    closed.shows(0, &[&said]);
    let entry = show(&bench, &merging).await;
    assert_eq!(
        (entry["conclusion"]["status"].as_str(), entry["merge_open"].as_bool()),
        (Some("done"), Some(false))
    );
    bench.bare_run(&["journal", "list"]).await.shows(0, &[&format!("done, {said}")]);
    assert!(!ids(&bench, &["--open"]).await.contains(&merging));
    // The merge is not watched again: nothing is sent to the host.
    let requests = bench.sim.requests();
    bench.run(&["resume", &merging]).await.shows(0, &["the VM is deleted; nothing to resume."]);
    assert_eq!(bench.sim.requests(), requests);
}

#[tokio::test]
async fn an_operation_that_is_carried_out_is_not_closed() {
    let bench = Bench::slow().await;
    let mut command = bench.command(&["snapshot", "destroy", "slow-01", "long", "--yes"]);
    let mut child =
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    crate::cli::destroy::accepted(&mut child).await;
    let [id] = ids(&bench, &[]).await.try_into().unwrap();
    let process = child.id().unwrap().to_string();
    let close = ["journal", "close", &id, "--reason", "x", "--yes"];
    bench.bare_run(&close).await.shows(8, &["closing the record failed", "is locked by process", &process]);
    child.kill().await.unwrap();
    bench.bare_run(&close).await.shows(0, &["closed by"]);
}

#[tokio::test]
async fn old_entries_are_removed_and_open_ones_stay() {
    let bench = Bench::new().await;
    let [merging, unknown, done] = three(&bench).await;
    let prune = ["journal", "prune", "--older-than", "30d", "--output", "json"];
    let young = bench.bare_run(&prune).await.json();
    assert_eq!((young["removed"].as_array().unwrap().len(), young["kept"].as_u64()), (0, Some(3)));
    for id in [&done, &merging, &unknown] {
        age(&bench, id);
    }
    let dry = bench.bare_run(&[&prune[..4], &["--dry-run"]].concat()).await;
    dry.shows(0, &["destroy middle of app-01", &done, "1 would be removed, 2 kept (2 open)"]);
    assert_eq!(ids(&bench, &[]).await.len(), 3);
    let removed = bench.bare_run(&prune).await;
    removed.shows(0, &["1 were removed, 2 kept"]);
    assert_eq!(removed.json()["removed"][0]["id"], done.as_str());
    assert_eq!(ids(&bench, &[]).await, [&*merging, &*unknown]);
    // A record closed by hand is not open.
    bench.bare_run(&["journal", "close", &unknown, "--reason", "x", "--yes"]).await.shows(0, &[]);
    bench.bare_run(&prune).await.shows(0, &["0 were removed"]);
    age(&bench, &unknown);
    bench.bare_run(&prune[..4]).await.shows(0, &[&unknown, "1 were removed, 1 kept (1 open)"]);
    bench.bare_run(&["journal", "show", &unknown]).await.shows(3, &[]);
    bench.bare_run(&["journal", "prune"]).await.shows(2, &["--older-than"]);
}
