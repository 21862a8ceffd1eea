//! `sim serve`, `demo` and `completions`: the commands that need no host.

use std::{process::Stdio, time::Duration};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};

use crate::cli::{Bench, PASSWORD, Ran};

const LAB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/two-branches.toml");

#[cfg(unix)]
#[tokio::test]
async fn sim_serve_says_where_it_listens_in_one_line_and_serves_until_interrupted() {
    let bench = Bench::new().await;
    let mut command = bench.bare(&["sim", "serve", "--lab", LAB, "--listen", "127.0.0.1:0", "--seed", "7"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).await.unwrap();
    let url = line.trim_end().strip_prefix("listening on ").unwrap().to_owned();
    assert!(url.starts_with("http://127.0.0.1:") && url.ends_with("/wsman"), "{line}");
    let mut list = bench.bare(&["vm", "list", "--endpoint", &url, "--user", r"LAB\operator"]);
    list.env("HVSNAP_PASSWORD", PASSWORD);
    Ran::of(list).await.shows(0, &["web-01"]);
    let pid = child.id().unwrap().to_string();
    assert!(tokio::process::Command::new("kill").args(["-INT", &pid]).status().await.unwrap().success());
    let status = tokio::time::timeout(Duration::from_secs(30), child.wait()).await.unwrap().unwrap();
    assert_eq!(status.code(), Some(0));
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).await.unwrap();
    assert_eq!(rest, "", "one line only");
}

#[tokio::test]
async fn sim_serve_of_a_cluster_says_where_each_node_listens() {
    let bench = Bench::new().await;
    let lab = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/cluster.toml");
    let mut command = bench.bare(&["sim", "serve", "--lab", lab, "--listen", "127.0.0.1:0"]);
    command.kill_on_drop(true).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next_line().await.unwrap().unwrap().starts_with("listening on http://127.0.0.1:"));
    for (node, vm) in [("HV01", "web-01"), ("HV02", "db-02"), ("HV03", "app-01")] {
        let line = lines.next_line().await.unwrap().unwrap();
        let url = line.strip_prefix(&format!("node {node} on ")).unwrap_or_else(|| panic!("{line}"));
        let mut list = bench.bare(&["vm", "list", "--endpoint", url, "--user", r"LAB\operator"]);
        list.env("HVSNAP_PASSWORD", PASSWORD);
        Ran::of(list).await.shows(0, &[vm]);
    }
}

#[tokio::test]
async fn a_lab_that_is_not_sound_is_a_usage_error_that_names_line_and_field() {
    let bench = Bench::new().await;
    let lab =
        bench.file("bad.toml", "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\ncolour = \"red\"\n");
    Ran::of(bench.bare(&["sim", "serve", "--lab", &lab, "--listen", "127.0.0.1:0"]))
        .await
        .shows(2, &["bad.toml:4", "colour"]);
    Ran::of(bench.bare(&["sim", "serve", "--lab", LAB, "--listen", "192.0.2.1:0"]))
        .await
        .shows(2, &["loopback"]);
}

#[tokio::test]
async fn the_demo_does_the_main_job_without_any_flag() {
    let bench = Bench::new().await;
    let mut command = bench.bare(&["demo"]);
    command.env_remove("HVSNAP_CLOCK_SPEED");
    let ran = Ran::of(command).await;
    ran.shows(0, &["$ hvsnap snapshot tree", "Plan: destroy", "moves under base", "merging disks", "merged"]);
    ran.shows(0, &["Destroyed base/before-upgrade", "verified: no longer on the host"]);
}

#[tokio::test]
async fn completions_are_written_for_each_shell() {
    let bench = Bench::new().await;
    for shell in ["bash", "zsh", "fish", "powershell"] {
        Ran::of(bench.bare(&["completions", shell])).await.shows(0, &["hvsnap", "__complete"]);
    }
    Ran::of(bench.bare(&["completions", "elvish"])).await.shows(0, &["hvsnap", "snapshot"]);
}

#[tokio::test]
async fn the_readme_shows_what_the_demo_prints() {
    let bench = Bench::new().await;
    let mut command = bench.bare(&["demo"]);
    command.env_remove("HVSNAP_CLOCK_SPEED");
    let ran = Ran::of(command).await;
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let recorded = crate::scripted::between(&readme, "<!-- recorded: demo -->", "<!-- end -->").unwrap();
    // Ports and job ids differ from run to run, and so does the number of progress lines.
    let differs = ["127.0.0.1", "job  ", "as job ", "job: ", "disks: "];
    for line in ran.stdout.lines().filter(|line| !differs.iter().any(|text| line.contains(text))) {
        assert!(recorded.lines().any(|shown| shown == line), "the README lacks {line:?}");
    }
}
