//! A host with very many snapshots: trees, lists and plans of the real command.
//!
//! There is no clock here: a quadratic algorithm would not end in any acceptable time.

use std::collections::VecDeque;

use crate::{
    cli::{Bench, Ran},
    scripted::{
        ScriptedHost,
        envelopes::{computer_system, items, setting, soap},
    },
};

const MANY: usize = 5000;
const PAGE: usize = 100;

/// A host with one VM whose snapshots are `name-1`, `name-2` and so on; `parent` gives the parent of each.
async fn host(parent: impl Fn(usize) -> Option<usize>) -> ScriptedHost {
    let setting = |number: usize| {
        let parent = parent(number).map(|parent| parent.to_string()).unwrap_or_default();
        setting(&number.to_string(), &parent)
    };
    let mut all: Vec<String> = vec![setting_of_vm()];
    all.extend((1..=MANY).map(setting));
    let mut pages: VecDeque<String> = all.chunks(PAGE).map(<[String]>::concat).collect();
    let context = "<n:EnumerationContext>uuid:1</n:EnumerationContext>";
    let first = pages.pop_front().unwrap();
    let last = pages.pop_back().unwrap();
    let mut pulls: Vec<_> = pages
        .iter()
        .map(|page| soap(&format!("<n:PullResponse>{context}<n:Items>{page}</n:Items></n:PullResponse>")))
        .collect();
    pulls
        .push(soap(&format!("<n:PullResponse><n:Items>{last}</n:Items><n:EndOfSequence/></n:PullResponse>")));
    let host = ScriptedHost::start().await;
    host.on("from Msvm_ComputerSystem", [items(&[computer_system(&["2"])])])
        .on(
            "from Msvm_VirtualSystemSettingData",
            [soap(&format!(
                "<n:EnumerateResponse>{context}<w:Items>{first}</w:Items></n:EnumerateResponse>"
            ))],
        )
        .on("enumeration/Pull<", pulls);
    host
}

fn setting_of_vm() -> String {
    setting("", &MANY.to_string())
}

async fn chain() -> ScriptedHost {
    host(|number| (number > 1).then(|| number - 1)).await
}

async fn run(host: &ScriptedHost, arguments: &[&str]) -> Ran {
    run_within(600, host, arguments).await
}

async fn run_within(bytes_each: usize, host: &ScriptedHost, arguments: &[&str]) -> Ran {
    let bench = Bench::still().await;
    let mut command = bench.command(arguments);
    command.env("HVSNAP_ENDPOINT", host.url()).env("HVSNAP_AUTH", "basic");
    let ran = Ran::of(command).await;
    // The output per snapshot is bounded.
    assert!(ran.stdout.len() + ran.stderr.len() < MANY * bytes_each, "{}", ran.stdout.len());
    ran
}

#[tokio::test]
async fn a_deep_tree_is_drawn_as_branches_and_below_them_by_level() {
    let ran = run(&chain().await, &["snapshot", "tree", "web-01"]).await;
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), MANY + 1);
    assert_eq!(lines[1], "└── name-1");
    assert_eq!(lines[64], format!("{}└── name-64", "    ".repeat(63)));
    assert_eq!(lines[65], "(level 65) name-65");
    assert!(lines[MANY].starts_with(&format!("(level {MANY}) name-{MANY} ")), "{}", lines[MANY]);
    assert!(lines[MANY].ends_with("● now"), "{}", lines[MANY]);
}

#[tokio::test]
async fn a_deep_tree_is_listed_with_every_depth_and_the_paths_that_are_short() {
    let ran = run(&chain().await, &["snapshot", "list", "web-01", "--output", "json"]).await;
    let document = ran.json();
    let snapshots = document["snapshots"].as_array().unwrap();
    assert_eq!(snapshots.len(), MANY);
    for (depth, snapshot) in snapshots.iter().enumerate() {
        assert_eq!(snapshot["depth"], depth);
        assert_eq!(snapshot["path"].is_string(), depth < 64, "{snapshot:#}");
    }
    assert_eq!(snapshots[1]["path"], "name-1/name-2");
    assert_eq!(document["current"], format!("Microsoft:{MANY}"));
    let ran = run(&chain().await, &["snapshot", "list", "web-01", "--wide"]).await;
    let last = ran.stdout.lines().last().unwrap();
    assert!(last.contains(&format!("…/name-{MANY}")), "{last}");
}

#[tokio::test]
async fn a_deep_tree_is_planned_to_the_last_snapshot() {
    let plan = ["snapshot", "destroy", "web-01", "name-1", "--scope", "tree", "--dry-run"];
    let ran = run(&chain().await, &plan).await;
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(ran.stdout.matches("✗ will be gone").count(), MANY);
    let ran = run(&chain().await, &[&plan[..], &["--output", "json"]].concat()).await;
    let plan = &ran.json()["plan"];
    assert_eq!(plan["destroyed"].as_array().unwrap().len(), MANY);
    assert_eq!(plan["takes_current"], true);
}

#[tokio::test]
async fn a_wide_tree_is_drawn_listed_and_planned() {
    let star = || host(|number| (number > 1).then_some(1));
    let ran = run(&star().await, &["snapshot", "tree", "web-01"]).await;
    assert_eq!(ran.stdout.matches("    ├── ").count(), MANY - 2);
    let ran = run(&star().await, &["snapshot", "destroy", "web-01", "name-1", "--dry-run"]).await;
    assert_eq!(ran.stdout.matches("↑ becomes a root").count(), MANY - 1);
    let ran = run(&star().await, &["snapshot", "show", "web-01", "name-1/name-77"]).await;
    ran.shows(0, &["name-1/name-77"]);
}

#[tokio::test]
async fn a_large_tree_is_drawn_in_every_format() {
    let star = || host(|number| (number > 1).then_some(1));
    let comb = || host(|number| (number > 1).then(|| number - 1 - number % 2));
    for (format, node) in [("mermaid", "<br/>"), ("dot", "tooltip="), ("svg", "<g ")] {
        let draw = ["snapshot", "tree", "web-01", "--format", format];
        for host in [chain().await, star().await, comb().await] {
            let ran = run_within(900, &host, &draw).await;
            assert_eq!(ran.code, Some(0), "{}", ran.stderr);
            assert!(ran.stdout.matches(node).count() >= MANY, "{format}");
        }
    }
}
