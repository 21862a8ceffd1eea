//! Completions: names that commands have read, without contacting a host, and the script in a real bash.

use std::{fs, path::PathBuf, process::Stdio};

use tokio::process::Command;

use crate::cli::{Bench, Ran};

impl Bench {
    /// The candidates of the words; the last one is at the cursor.
    async fn completed(&self, words: &[&str]) -> Vec<String> {
        let (current, before) = words.split_last().unwrap();
        let current = format!("={current}");
        let mut command = self.command(&[&["__complete", "zsh"], before, &[&current]].concat());
        command.env_remove("HVSNAP_PASSWORD");
        let ran = Ran::of(command).await;
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:#?}");
        ran.stdout.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
    }

    /// The files of names.
    fn names(&self) -> Vec<PathBuf> {
        let folder = self.home().join(".cache/hvsnap/completion");
        fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
    }
}

const NOTHING: [&str; 0] = [];

#[tokio::test]
async fn names_that_were_read_are_offered_and_no_host_is_contacted() {
    let bench = Bench::new().await;
    assert_eq!(bench.completed(&["vm", "show", ""]).await, NOTHING);
    bench.run(&["vm", "list"]).await.shows(0, &[]);
    bench.run(&["snapshot", "tree", "web-01"]).await.shows(0, &[]);
    let requests = bench.sim.http_requests();
    assert_eq!(bench.completed(&["vm", "show", "web"]).await, ["web-01"]);
    assert_eq!(bench.completed(&["job", "list", "--vm", "web"]).await, ["web-01"]);
    let snapshots = bench.completed(&["snapshot", "destroy", "WEB-01", ""]).await;
    let all = ["base", "base/before-upgrade", "base/before-upgrade/after-upgrade"];
    assert_eq!(snapshots.iter().take(3).collect::<Vec<_>>(), all.iter().collect::<Vec<_>>());
    // Those that are named already are not offered again.
    let more = bench.completed(&["snapshot", "destroy", "web-01", "base", "--yes", "ba"]).await;
    assert_eq!(more, snapshots.iter().filter(|name| *name != "base").cloned().collect::<Vec<_>>());
    assert_eq!(bench.completed(&["snapshot", "show", "app-01", ""]).await, NOTHING, "not read yet");
    // Neither those of another host nor of another user.
    assert_eq!(bench.completed(&["vm", "show", "--user", "other", ""]).await, NOTHING);
    assert_eq!(bench.completed(&["vm", "show", "--endpoint", "http://hv09:5985", ""]).await, NOTHING);
    assert_eq!(bench.sim.http_requests(), requests);
}

#[tokio::test]
async fn profiles_jobs_and_recorded_operations_are_offered() {
    let bench = Bench::new().await;
    bench.file(
        "config/hvsnap/config.toml",
        "[profiles.lab]\nhost = \"hv01\"\n[profiles.live]\nhost = \"hv02\"\n",
    );
    assert_eq!(bench.completed(&["vm", "list", "--profile", "l"]).await, ["lab", "live"]);
    assert_eq!(bench.completed(&["profile", "test", "la"]).await, ["lab"]);
    assert_eq!(bench.completed(&["--profile=li"]).await, ["--profile=live"]);
    bench.destroy("app-01", "middle", &[]).await.shows(0, &[]);
    let listed = bench.run(&["job", "list", "--output", "json"]).await.json();
    let id = listed["jobs"][0]["id"].as_str().unwrap().to_owned();
    assert!(bench.completed(&["job", "show", ""]).await.contains(&id), "{listed:#}");
    let operations = bench.completed(&["journal", "show", ""]).await;
    assert_eq!(operations.len(), 1, "{operations:?}");
    assert_eq!(bench.completed(&["resume", ""]).await, NOTHING, "it is not open");
}

#[cfg(unix)]
#[tokio::test]
async fn the_names_are_for_the_user_only_and_hold_no_secret() {
    use std::os::unix::fs::PermissionsExt as _;

    let bench = Bench::new().await;
    bench.run(&["vm", "list"]).await.shows(0, &[]);
    bench.run(&["snapshot", "tree", "web-01"]).await.shows(0, &[]);
    let files = bench.names();
    assert_eq!(files.len(), 1, "{files:?}");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&files[0]), mode(files[0].parent().unwrap())), (0o600, 0o700));
    let text = fs::read_to_string(&files[0]).unwrap();
    for secret in [crate::cli::PASSWORD, "operator", "127.0.0.1"] {
        assert!(!text.contains(secret), "{text}");
    }
    // What is no file of names is no obstacle, for commands and completions alike.
    fs::write(&files[0], "{").unwrap();
    assert_eq!(bench.completed(&["vm", "show", ""]).await, NOTHING);
    bench.run(&["vm", "list"]).await.shows(0, &[]);
    assert_eq!(bench.completed(&["vm", "show", "web"]).await, ["web-01"]);
    // Names of yesterday.
    let old = fs::read_to_string(&files[0]).unwrap().replacen("\"at\":1", "\"at\":", 1);
    fs::write(&files[0], old).unwrap();
    assert_eq!(bench.completed(&["vm", "show", "web"]).await, NOTHING);
    fs::remove_dir_all(bench.home().join(".cache")).unwrap();
    bench.file(".cache", "no folder");
    bench.run(&["vm", "list"]).await.shows(0, &["web-01"]);
}

/// What bash has in COMPREPLY for a line.
#[cfg(unix)]
async fn bash(bench: &Bench, line: &str) -> Option<Vec<String>> {
    const SCRIPT: &str = r#"
        source <("$PROGRAM" completions bash) || exit 9
        COMP_LINE=$1 COMP_POINT=${#1}
        _hvsnap "$PROGRAM" "${1##* }" x
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let mut command = Command::new("/bin/bash");
    command.args(["--norc", "-c", SCRIPT, "bash", line]).env_clear().env("PATH", "/usr/bin:/bin");
    command.env("PROGRAM", env!("CARGO_BIN_EXE_hvsnap")).env("HOME", bench.home()).stdin(Stdio::null());
    command.env("HVSNAP_ENDPOINT", bench.sim.endpoint()).env("HVSNAP_USER", r"LAB\operator");
    command.current_dir(bench.home());
    let output = command.output().await.ok()?;
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

#[cfg(unix)]
#[tokio::test]
async fn the_script_completes_in_bash_with_names_that_need_quotes() {
    let bench = Bench::new().await;
    if bash(&bench, "hvsnap snap").await.is_none() {
        return;
    }
    bench.run(&["vm", "list"]).await.shows(0, &[]);
    bench.run(&["snapshot", "tree", "auto-01"]).await.shows(0, &[]);
    bench.file("lab.toml", "");
    for (line, wanted) in [
        ("hvsnap snap", &["snapshot"][..]),
        ("hvsnap snapshot destroy we", &["web-01"]),
        (
            "hvsnap snapshot destroy auto-01 by-hand/auto",
            &[r"by-hand/auto-01\ -\ Backup\ -\ \(3/9/2026\ -\ 2:00:00\ AM\)"],
        ),
        (
            "hvsnap snapshot destroy auto-01 'by-hand/auto",
            &["by-hand/auto-01 - Backup - (3/9/2026 - 2:00:00 AM)"],
        ),
        ("hvsnap snapshot destroy 'auto-01' --scope t", &["tree"]),
        ("hvsnap vm list --config la", &["lab.toml"]),
        ("hvsnap vm list --host la", &[]),
    ] {
        assert_eq!(bash(&bench, line).await.unwrap(), wanted, "{line}");
    }
}
