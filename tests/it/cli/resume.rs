//! The host that `resume` contacts: one that is named, never one that only a record names.
#![cfg(unix)]

use std::fs;

use hvsnap::sim::RunningSimulator;
use tokio::process::Command;

use crate::cli::{Bench, PASSWORD, Ran};

/// The id of an operation that continues without a waiting process.
async fn begun(bench: &Bench) -> String {
    let ran = bench.destroy("slow-01", "long", &["--no-wait", "--output", "json"]).await;
    ran.shows(0, &[]);
    ran.json()["operation"]["id"].as_str().unwrap().to_owned()
}

/// The command with user and password, and no host.
fn without_a_host(bench: &Bench, arguments: &[&str]) -> Command {
    let mut command = bench.bare(arguments);
    command.env("HVSNAP_USER", r"LAB\operator").env("HVSNAP_PASSWORD", PASSWORD);
    command
}

fn by_alias(sim: &RunningSimulator) -> String {
    sim.endpoint().replace("127.0.0.1", "localhost")
}

/// The words of a printed command after `hvsnap`, split at spaces.
fn printed<'r>(ran: &'r Ran, begin: &str) -> Vec<&'r str> {
    let (_, rest) = ran.stderr.split_once(begin).unwrap();
    let line = rest.lines().next().unwrap();
    assert!(!line.contains('\''), "{line}");
    line.split_whitespace().collect()
}

#[tokio::test]
async fn a_host_that_stands_in_a_record_alone_is_sent_nothing() {
    let bench = Bench::slow().await;
    let id = begun(&bench).await;
    let requests = bench.sim.requests();
    for arguments in [&["resume", &id][..], &["resume"]] {
        let ran = Ran::of(without_a_host(&bench, arguments)).await;
        let hint = format!("--endpoint {}", bench.sim.endpoint());
        ran.shows(2, &[&id, "which no flag, variable or profile names", &hint]);
    }
    let json = Ran::of(without_a_host(&bench, &["resume", "--output", "json"])).await.json();
    assert_eq!((json["exit_code"].as_i64(), json["failed"][0]["exit_code"].as_i64()), (Some(2), Some(2)));
    assert_eq!(bench.sim.requests(), requests);
    // A named host is contacted, also one in any profile.
    let endpoint = bench.sim.endpoint();
    Ran::of(without_a_host(&bench, &["resume", "--endpoint", endpoint, "--wait", "accepted"]))
        .await
        .shows(5, &["running", endpoint]);
    let profiles = format!(
        "default_profile = 'other'\n[profiles.other]\nhost = 'other.invalid'\n[profiles.lab]\nendpoint = '{endpoint}'\n"
    );
    bench.file("config/hvsnap/config.toml", &profiles);
    Ran::of(without_a_host(&bench, &["resume", "--wait", "accepted"])).await.shows(5, &["running"]);
}

#[tokio::test]
async fn a_host_of_the_environment_is_not_taken_for_another_and_one_of_a_flag_is() {
    let bench = Bench::slow().await;
    let id = begun(&bench).await;
    let other = Bench::new().await;
    for arguments in [&["resume", &id][..], &["resume"]] {
        let mut command = bench.command(arguments);
        command.env("HVSNAP_ENDPOINT", other.sim.endpoint());
        let hint = format!("hvsnap resume {id} --endpoint {}", other.sim.endpoint());
        Ran::of(command).await.shows(2, &["was sent to", bench.sim.endpoint(), &hint]);
    }
    // Without an id, the operations of the named host are resumed.
    let ran = bench.run(&["resume", "--endpoint", other.sim.endpoint()]).await;
    ran.shows(2, &["no open operation was sent to", &id, "give the id"]);
    assert_eq!(other.sim.requests(), 0);
    let alias = by_alias(&bench.sim);
    let named = ["--endpoint", &alias, "--auth", "basic", "--wait", "accepted"];
    bench.run(&[&["resume", &id], &named[..]].concat()).await.shows(5, &["running", bench.sim.endpoint()]);

    // A host without the VM cannot provide any information.
    let stranger = Bench::of("demo.toml").await;
    let mut command = bench.command(&["resume", &id, "--endpoint", stranger.sim.endpoint()]);
    command.env("HVSNAP_USER", r"DEMO\operator");
    let ran = Ran::of(command).await;
    ran.shows(5, &["its VM is not visible here"]);
}

#[tokio::test]
async fn a_host_that_was_named_picks_its_operations_and_leaves_the_others_alone() {
    let bench = Bench::slow().await;
    let id = begun(&bench).await;
    let other = Bench::slow().await;
    let state = bench.home().join(".local/state/hvsnap");
    let there = ["--no-wait", "--state-dir", state.to_str().unwrap()];
    other.destroy("app-01", "newest", &there).await.shows(0, &[]);
    let ran = bench.run(&["resume", "--endpoint", bench.sim.endpoint(), "--wait", "accepted"]).await;
    ran.shows(5, &[&id, "it is left alone", other.sim.endpoint()]);
    assert!(!ran.stdout.contains("newest"), "{ran:#?}");
}

#[tokio::test]
async fn another_name_of_the_host_lets_no_second_call_out_and_the_printed_command_resumes() {
    let bench = Bench::slow().await;
    let id = begun(&bench).await;
    let alias = by_alias(&bench.sim);
    let at_alias = |arguments: &[&str]| {
        let mut command = bench.command(arguments);
        command.env("HVSNAP_ENDPOINT", &alias).env("HVSNAP_AUTH", "basic");
        command
    };
    let refused = Ran::of(at_alias(&["snapshot", "destroy", "slow-01", "root", "--yes"])).await;
    refused.shows(8, &["is running; nothing was sent", bench.sim.endpoint()]);
    assert_eq!(bench.sim.calls("DestroySnapshot"), 1);
    let command = printed(&refused, "  resume: hvsnap ");
    assert_eq!(command, ["resume", &id, "--endpoint", &alias]);
    Ran::of(at_alias(&[&command[..], &["--wait", "accepted"]].concat())).await.shows(5, &["running", &id]);
}

#[tokio::test]
async fn what_is_open_in_another_namespace_lets_nothing_begin_and_the_printed_command_resumes_it_there() {
    let bench = Bench::slow().await;
    let id = begun(&bench).await;
    let cluster = ["--namespace", "cluster"];
    let refused = bench.destroy("slow-01", "root", &cluster).await;
    refused.shows(8, &[&id, "in the namespace root/virtualization/v2", "nothing was changed"]);
    let json = bench.destroy("slow-01", "root", &[&cluster[..], &["--output", "json"]].concat()).await.json();
    assert_eq!(
        (json["error"]["kind"].as_str(), json["operation"]["id"].as_str()),
        (Some("earlier_open"), Some(&*id))
    );
    assert_eq!(bench.sim.calls("DestroySnapshot"), 1);
    let command = printed(&refused, "  resume: hvsnap ");
    assert_eq!(command, ["resume", &id]);
    bench.run(&[&command[..], &["--wait", "accepted"]].concat()).await.shows(5, &["running"]);
    let named = bench.run(&[&["resume", &id], &cluster[..]].concat()).await;
    named.shows(
        2,
        &["is of the namespace root/virtualization/v2, and --namespace names root/HyperVCluster/v2"],
    );
}

#[tokio::test]
async fn the_user_that_was_given_counts_before_the_record_s() {
    let bench = Bench::slow().await;
    let id = begun(&bench).await;
    let file = bench.home().join(format!(".local/state/hvsnap/operations/{id}.json"));
    let text = fs::read_to_string(&file).unwrap().replace(r"LAB\\operator", r"LAB\\nobody");
    fs::write(&file, text).unwrap();
    bench.run(&["resume", &id, "--wait", "accepted"]).await.shows(5, &["running"]);
    let mut command = bench.command(&["resume", &id, "--wait", "accepted"]);
    command.env_remove("HVSNAP_USER");
    Ran::of(command).await.shows(5, &["did not accept the user"]);
}

#[tokio::test]
async fn another_host_that_has_the_vm_too_says_nothing_of_what_was_begun_on_the_first() {
    let bench = Bench::slow().await;
    let id = begun(&bench).await;
    let lab =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/two-branches.toml")).unwrap();
    let other = Bench::text(&lab.replace("name = \"HV01\"", "name = \"HV02\"")).await;
    let state = bench.home().join(".local/state/hvsnap");
    let there = ["--state-dir", state.to_str().unwrap()];
    let refused = other.destroy("slow-01", "root", &there).await;
    refused.shows(8, &[&id, "is open: it was sent to", bench.sim.endpoint(), "if the VM has moved here"]);
    assert_eq!(other.sim.calls("DestroySnapshot"), 0);
    let command = printed(&refused, "  resume: hvsnap ");
    assert_eq!(command[..4], ["resume", &id, "--state-dir", there[1]]);
    assert_eq!(command[4..], ["--endpoint", bench.sim.endpoint()]);
    other.run(&[&command[..], &["--wait", "accepted"]].concat()).await.shows(5, &["running", &id]);
    // The same host under another name is recognised by its own name.
    let listed = bench.bare_run(&["journal", "list", "--output", "json"]).await.json();
    assert_eq!(listed["operations"][0]["system"], "HV01");
}
