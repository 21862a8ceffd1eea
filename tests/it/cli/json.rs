//! The JSON output: one document on stdout, however the command ends, with unaltered data.

use crate::cli::{Bench, Ran};

fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

#[tokio::test]
async fn a_command_line_that_is_not_understood_is_told_in_json_too() {
    let bench = Bench::new().await;
    for arguments in ["vm frobnicate --output json", "vm list --output=json -x"] {
        let ran = bench.run(&words(arguments)).await;
        ran.shows(2, &["Usage: hvsnap vm"]);
        let value = ran.json();
        assert_eq!(
            (value["error"]["kind"].as_str(), value["error"]["exit_code"].as_i64()),
            (Some("usage"), Some(2))
        );
    }
    let ran = bench.run(&words("snapshot destroy web-01 --output json")).await;
    let message = ran.json()["error"]["message"].as_str().unwrap().to_owned();
    assert_eq!(message, "the following required arguments were not provided: <SNAPSHOT>...");
    let mut by_environment = bench.command(&["frobnicate"]);
    by_environment.env("HVSNAP_OUTPUT", "json");
    assert_eq!(Ran::of(by_environment).await.json()["error"]["kind"], "usage");
}

#[tokio::test]
async fn a_refused_consent_holds_the_plan_that_was_not_carried_out() {
    let bench = Bench::new().await;
    let ran = bench.run(&["snapshot", "destroy", "web-01", "before-upgrade", "--output", "json"]).await;
    ran.shows(2, &[]);
    let value = ran.json();
    assert_eq!(
        (value["error"]["kind"].as_str(), value["error"]["effect"].as_str()),
        (Some("no_consent"), Some("none"))
    );
    let becomes: Vec<_> = value["plan"]["dependents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["becomes"].as_str().unwrap())
        .collect();
    assert_eq!(becomes, ["reparented", "reparented", "kept"]);
}

#[tokio::test]
async fn an_ambiguous_name_lists_its_candidates_with_their_ids() {
    let bench = Bench::new().await;
    let ran = bench.destroy("db-01", "monday", &["--output", "json"]).await;
    ran.shows(3, &[]);
    let error = &ran.json()["error"];
    let candidates = error["candidates"].as_array().unwrap();
    assert_eq!((error["kind"].as_str(), candidates.len()), (Some("ambiguous"), 2));
    assert!(candidates.iter().all(|one| one["name"] == "db-01" && one["id"].as_str().unwrap().len() == 36));
}

#[tokio::test]
async fn what_is_destroyed_but_not_merged_has_an_outcome_and_no_error() {
    let bench = Bench::new().await;
    let ran = bench.destroy("merge-01", "endless", &["--timeout", "240s", "--output", "json"]).await;
    ran.shows(6, &[]);
    let value = ran.json();
    assert_eq!((value["exit_code"].as_i64(), value["outcome"]["merge"].as_str()), (Some(6), Some("running")));
    assert_eq!((value["outcome"]["complete"].as_bool(), value.get("error")), (Some(false), None));
}

#[tokio::test]
async fn a_job_that_may_go_on_comes_with_the_command_that_finds_it_again() {
    let bench = Bench::slow().await;
    let more = ["--timeout", "20s", "--output", "json", "--user", r"LAB\operator"];
    let ran = bench.destroy("slow-01", "long", &more).await;
    ran.shows(5, &[]);
    let value = ran.json();
    assert_eq!(
        (value["error"]["kind"].as_str(), value["error"]["effect"].as_str()),
        (Some("deadline"), Some("unknown"))
    );
    let id = value["job"]["id"].as_str().unwrap();
    assert_eq!(value["job"]["reattach"], format!(r"hvsnap job wait {id} --user 'LAB\operator'"));
    bench.run(&["job", "wait", id, "--timeout", "12s", "--output", "json"]).await.shows(5, &["deadline", id]);
}

#[tokio::test]
async fn a_hostile_name_is_unaltered_data_and_harmless_text() {
    // XML cannot contain the others, such as U+001B.
    const HOSTILE: [char; 3] = ['\u{9b}', '\u{7f}', '\u{202e}'];
    const NAME: &str = "x\u{9b}2J\u{7f}\u{202e}y";
    let bench = Bench::new().await;
    bench.sim.rename_snapshot("app-01", "newest", NAME).unwrap();
    for verb in ["list", "tree"] {
        let ran = bench.run(&["snapshot", verb, "app-01", "--output", "json"]).await;
        ran.shows(0, &[]);
        assert!(!ran.stdout.contains(HOSTILE), "{}", ran.stdout);
        assert_eq!(ran.json()["snapshots"][2]["name"], NAME);
    }
    let by_name = format!("snapshot show app-01 {NAME}");
    let by_part = "snapshot show app-01 x\u{9b}2J";
    for arguments in ["snapshot tree app-01 -vv", by_part, "snapshot destroy app-01 oldest", &by_name] {
        let ran = bench.run(&words(arguments)).await;
        for text in [&ran.stdout, &ran.stderr] {
            assert!(!text.contains(HOSTILE), "{text}");
        }
        assert!(ran.stdout.contains("x\\u{9b}2J") || ran.stderr.contains("x\\u{9b}2J"), "{ran:#?}");
    }
}

#[tokio::test]
async fn every_reading_command_answers_in_json() {
    let bench = Bench::new().await;
    for (arguments, field) in [
        ("identify", "/identity/product_vendor"),
        ("vm list", "/vms/0/id"),
        ("vm show web-01", "/vm/state/name"),
        ("snapshot list web-01", "/snapshots/0/path"),
        ("snapshot show web-01 base", "/snapshot/id"),
        ("snapshot destroy web-01 base --dry-run", "/plan/fingerprint"),
    ] {
        let ran = bench.run(&words(&format!("{arguments} --output json"))).await;
        ran.shows(0, &[]);
        assert!(
            ran.json().pointer(field).is_some_and(|value| value.is_string()),
            "{arguments:?}: {}",
            ran.stdout
        );
        assert_eq!(ran.stderr, "", "{arguments:?}");
    }
}

#[tokio::test]
async fn a_list_of_vms_costs_one_enumeration_and_nothing_else() {
    let bench = Bench::new().await;
    bench.run(&["vm", "list"]).await.shows(0, &["web-01"]);
    let kinds: Vec<_> = bench.sim.journal().iter().map(|entry| format!("{:?}", entry.kind)).collect();
    assert_eq!(kinds.iter().filter(|kind| *kind == "Enumerate").count(), 1, "{kinds:?}");
    assert!(kinds.iter().all(|kind| kind == "Enumerate" || kind == "Pull"), "{kinds:?}");
}
