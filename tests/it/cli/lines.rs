//! The JSON output by lines, and the output without narrative.

use serde_json::Value;

use crate::cli::{Bench, Ran, words};

/// The types of the lines, and the lines.
fn lines(ran: &Ran) -> (Vec<String>, Vec<Value>) {
    let lines: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().all(|line| line["schema"] == "hvsnap/1"), "{ran:#?}");
    let types = lines.iter().map(|line| line["type"].as_str().unwrap().to_owned()).collect();
    (types, lines)
}

#[tokio::test]
async fn a_list_is_a_line_for_each_item_and_one_for_its_end() {
    let bench = Bench::new().await;
    bench.destroy("web-01", "base/before-upgrade", &[]).await.shows(0, &[]);
    for (arguments, line_type, field) in [
        (words(&["vm", "list"]), "vm", "vms"),
        (&["snapshot", "list", "web-01"], "snapshot", "snapshots"),
        (&["snapshot", "list", "bare-01"], "snapshot", "snapshots"),
        (&["job", "list"], "job", "jobs"),
        (&["merge", "list"], "vm", "vms"),
        (&["journal", "list"], "record", "operations"),
        (&["cim", "enumerate", "Msvm_ComputerSystem"], "instance", "instances"),
    ] {
        let ran = bench.run(&[arguments, &["-o", "jsonl"]].concat()).await;
        ran.shows(0, &[]);
        let (types, mut lines) = lines(&ran);
        let whole = bench.run(&[arguments, &["-o", "json"]].concat()).await.json();
        let items = whole[field].as_array().unwrap();
        assert_eq!(types.len(), items.len() + 1, "{arguments:?}");
        let end = lines.pop().unwrap();
        assert_eq!((&end["type"], end["count"].as_u64()), (&"end".into(), u64::try_from(items.len()).ok()));
        assert_eq!((&end["complete"], &end["exit_code"]), (&true.into(), &0.into()), "{arguments:?}");
        assert!(end["warnings"].is_array() && end.get(field).is_none(), "{end:#}");
        for (line, item) in lines.iter().zip(items) {
            assert_eq!(line["type"], line_type);
            let same = |name: &String| line.get(name).is_some();
            assert!(item.as_object().unwrap().keys().all(same), "{line:#} {item:#}");
        }
    }
}

#[tokio::test]
async fn an_operation_is_lines_of_progress_and_then_its_result() {
    let bench = Bench::new().await;
    // The merge does not end in time.
    let more = ["--timeout", "240s", "--output", "jsonl"];
    let ran = bench.destroy("merge-01", "endless", &more).await;
    ran.shows(6, &[]);
    let (types, lines) = lines(&ran);
    assert_eq!(types.iter().filter(|line| *line == "result").count(), 1, "{types:?}");
    let (result, progress) = lines.split_last().unwrap();
    assert_eq!(result["type"], "result");
    assert!(!progress.is_empty() && progress.iter().all(|line| line["type"] == "progress"), "{types:?}");
    for line in progress {
        assert_eq!(line["operation"], result["operation"]["id"]);
        assert_eq!(line["job"], result["job"]["id"]);
        let is_job = line["phase"] == "job";
        assert_eq!((is_job, line["percent"].is_u64()), (is_job, is_job), "{line:#}");
    }
    assert!(progress.iter().any(|line| line["phase"] == "merge"), "{progress:#?}");
}

#[tokio::test]
async fn a_failure_is_a_line_however_lines_are_asked_for() {
    let bench = Bench::new().await;
    for arguments in [
        words(&["snapshot", "show", "web-01", "missing", "-ojsonl"]),
        &["vm", "frobnicate", "-ojsonl"],
        &["vm", "frobnicate", "-o=jsonl"],
        &["vm", "frobnicate", "-o", "jsonl"],
        &["vm", "frobnicate", "--output=jsonl"],
    ] {
        let (types, lines) = lines(&bench.run(arguments).await);
        assert_eq!(types, ["error"], "{arguments:?}");
        assert!(lines[0]["error"]["exit_code"].is_u64() && lines[0]["warnings"].is_array(), "{lines:#?}");
    }
    let mut by_environment = bench.command(&["identify"]);
    by_environment.env("HVSNAP_OUTPUT", "jsonl");
    assert_eq!(lines(&Ran::of(by_environment).await).0, ["result"]);
    let mut wrong = bench.command(&["identify"]);
    wrong.env("HVSNAP_OUTPUT", "xml");
    Ran::of(wrong).await.shows(2, &["none of text, json and jsonl"]);
}

#[tokio::test]
async fn a_quiet_command_says_nothing_but_data_warnings_and_errors() {
    let bench = Bench::new().await;
    let ran = bench.destroy("web-01", "base/before-upgrade", &["-q"]).await;
    ran.shows(0, &["Destroyed base/before-upgrade of web-01"]);
    assert_eq!(ran.stderr, "");
    // Without a remark that there are none.
    let ran = bench.run(&["snapshot", "list", "bare-01", "--quiet"]).await;
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), "", ""));
    let loud = bench.run(&["vm", "list"]).await;
    assert_eq!(bench.run(&["vm", "list", "-q"]).await.stdout, loud.stdout);
    // Nobody can be asked, so the plan is not shown; the error is.
    let ran = bench.run(&["snapshot", "destroy", "app-01", "newest", "-q"]).await;
    assert!(ran.code != Some(0) && ran.stderr.starts_with("error["), "{ran:#?}");
    assert!(!ran.stderr.contains("Plan:"), "{ran:#?}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_quiet_command_that_asks_shows_what_it_asks_for() {
    use std::process::Stdio;
    use tokio::{io::AsyncWriteExt, process::Command};

    if std::process::Command::new("script").arg("--version").output().is_err() {
        return;
    }
    let bench = Bench::new().await;
    let like = bench.command(&[]);
    let mut command = Command::new("script");
    command.args(["-qec", "exec \"$HVSNAP\" snapshot destroy app-01 newest -q", "/dev/null"]);
    command.env_clear().envs(like.as_std().get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("PATH", std::env::var_os("PATH").unwrap()).env("HVSNAP", env!("CARGO_BIN_EXE_hvsnap"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().unwrap();
    let mut typed = child.stdin.take().unwrap();
    typed.write_all(b"n\n").await.unwrap();
    let ran = crate::cli::cut_off::ended(child).await;
    ran.shows(2, &["Plan: destroy", "newest", "[y/N]", "not confirmed"]);
    assert_eq!(bench.sim.calls("DestroySnapshot"), 0);
}
