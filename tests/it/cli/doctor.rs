//! `hvsnap doctor`: its output as text and JSON, and the exit code.

use hvsnap::sim::{SimClock, Simulator};

use crate::cli::{Bench, PASSWORD, Ran, golden::golden};

/// A host in real time, because the doctor compares its clock with that of the command.
async fn host(lab: &str) -> hvsnap::sim::RunningSimulator {
    let lab = format!("{}/fixtures/lab/{lab}", env!("CARGO_MANIFEST_DIR"));
    Simulator::from_lab(lab).unwrap().seed(7).clock(SimClock::real(1.0)).start().await.unwrap()
}

async fn visited(bench: &Bench, url: &str, user: &str, password: &str, more: &[&str]) -> Ran {
    let mut command = bench.bare(&[&["doctor", "--endpoint", url, "--user", user], more].concat());
    command.env("HVSNAP_PASSWORD", password).env_remove("HVSNAP_CLOCK_SPEED");
    Ran::of(command).await
}

/// The output without parts that differ from run to run.
fn printed(ran: &Ran, sim: &hvsnap::sim::RunningSimulator) -> String {
    let text = format!("{}---- stderr\n{}", ran.stdout, ran.stderr);
    text.replace(&sim.address().to_string(), "127.0.0.1:5985")
}

#[tokio::test]
async fn a_healthy_host_is_printed_as_recorded() {
    let (bench, sim) = (Bench::new().await, host("default-host.toml").await);
    let ran = visited(&bench, sim.endpoint(), r"LAB\operator", PASSWORD, &[]).await;
    ran.shows(0, &["No problems found."]);
    golden("doctor-healthy.txt", &printed(&ran, &sim));
}

#[tokio::test]
async fn what_is_wrong_is_printed_as_recorded_and_the_exit_code_is_that_of_the_first_failure() {
    let (bench, sim) = (Bench::new().await, host("default-host.toml").await);
    let ran = visited(&bench, sim.endpoint(), r"LAB\operator", "wrong", &[]).await;
    ran.shows(4, &["Not ready: the authentication failed."]);
    golden("doctor-wrong-password.txt", &printed(&ran, &sim));
    let ran = visited(&bench, sim.endpoint(), r"LAB\filtered", "half-a-token", &[]).await;
    ran.shows(4, &["Not ready: the token failed."]);
    golden("doctor-filtered-token.txt", &printed(&ran, &sim));
    let elsewhere = sim.endpoint().replace("/wsman", "/elsewhere");
    visited(&bench, &elsewhere, r"LAB\operator", PASSWORD, &[]).await.shows(1, &["HVS0403"]);
}

#[tokio::test]
async fn a_clock_far_off_is_a_remark_and_hides_no_failed_logon() {
    // The lab's time is months away from that of the command.
    let lab = format!("{}/fixtures/lab/default-host.toml", env!("CARGO_MANIFEST_DIR"));
    let (bench, sim) = (Bench::new().await, Simulator::from_lab(lab).unwrap().start().await.unwrap());
    let ran = visited(&bench, sim.endpoint(), r"LAB\operator", PASSWORD, &["--output", "json"]).await;
    ran.shows(0, &["No problems found."]);
    let value = ran.json();
    let clock = value["checks"].as_array().unwrap().iter().find(|check| check["subject"] == "clock").unwrap();
    assert_eq!((clock["verdict"].as_str(), clock["id"].as_str()), (Some("remark"), None), "{clock:#}");
    let ran = visited(&bench, sim.endpoint(), r"LAB\operator", "wrong", &[]).await;
    ran.shows(4, &["Not ready: the authentication failed.", "  remark         clock "]);
}

#[tokio::test]
async fn programs_get_each_check_with_its_verdict_id_and_fixes() {
    let (bench, sim) = (Bench::new().await, host("default-host.toml").await);
    let ran = visited(&bench, sim.endpoint(), r"LAB\reader", "look-dont-touch", &["--output", "json"]).await;
    ran.shows(4, &[]);
    let value = ran.json();
    assert_eq!(value["exit_code"], 4);
    let checks = value["checks"].as_array().unwrap();
    let invoke = checks.iter().find(|check| check["subject"] == "invoke").unwrap();
    assert_eq!((invoke["verdict"].as_str(), invoke["id"].as_str()), (Some("failed"), Some("HVS0411")));
    assert_eq!(invoke["fixes"][0]["place"], "host");
    assert!(invoke["fixes"][0]["command"].as_str().unwrap().contains(r"'LAB\reader'"));
    let tls = checks.iter().find(|check| check["subject"] == "tls").unwrap();
    assert_eq!((tls["verdict"].as_str(), tls["id"].as_str()), (Some("not_checkable"), None));
}
