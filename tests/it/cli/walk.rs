//! A walk through the life of snapshots with the real command, as a user takes it: on a stand-alone host, and on a cluster of three
//! nodes that fail while they work. The host is slow to show what it has done.
//!
//! Each step is checked, and the whole is written down as a user sees it: in `target/tmp/walk-*.txt`, and at the end of the file
//! that `HVSNAP_TABLES` names.
#![cfg(unix)]

use std::{fmt::Write as _, fs, path::Path};

use hvsnap::sim::{FaultRule, RunningSimulator};
use tokio::process::Command;

use crate::{
    campaigns::report,
    cli::{Bench, Ran, cluster::settings},
};

/// Everything that a host may show late is late: snapshots, their links to jobs, merges, the disks after a merge.
const LAGS: &str = r#"
[timing]
job_seconds = 2.0
object_delay_seconds = 2.0
link_delay_seconds = 3.0
merge_delay_seconds = 2.0
merge_seconds = 4.0
disk_delay_seconds = 2.0
"#;

const VMS: &str = r#"
[[user]]
name = 'LAB\operator'
password = "correct-horse"

[[vm]]
name = "web-01"
disk_folder = 'C:\ClusterStorage\Volume1\web-01'

[[vm.snapshot]]
name = "base"

[[vm.snapshot]]
name = "monday"
parent = "base"

[[vm.snapshot]]
name = "tuesday"
parent = "base/monday"

[[vm.snapshot]]
name = "wednesday"
parent = "base/monday/tuesday"

[[vm]]
name = "db-01"
NODE
disk_folder = 'C:\ClusterStorage\Volume1\db-01'
current = "base/b"

[[vm.snapshot]]
name = "base"

[[vm.snapshot]]
name = "a"
parent = "base"

[[vm.snapshot]]
name = "a1"
parent = "base/a"

[[vm.snapshot]]
name = "b"
parent = "base"

[[vm.snapshot]]
name = "backup"
parent = "base/b"
type = "recovery"
"#;

fn lab(hosts: &str, node: &str) -> String {
    format!("schema = \"hvsnap-lab/1\"\n{hosts}\n{LAGS}\n{}", VMS.replace("NODE", node))
}

/// The command against one host or cluster, and what was printed so far.
struct Walk {
    name: &'static str,
    bench: Bench,
    more: Vec<String>,
    seen: String,
}

impl Walk {
    fn new(name: &'static str, bench: Bench, more: Vec<String>) -> Self {
        Self { name, bench, more, seen: String::new() }
    }

    fn sim(&self) -> &RunningSimulator {
        &self.bench.sim
    }

    fn snapshots(&self, vm: &str) -> Vec<String> {
        let mut paths: Vec<_> =
            self.sim().snapshots_of(vm).unwrap().into_iter().map(|snapshot| snapshot.path).collect();
        paths.sort();
        paths
    }

    fn names(&self, vm: &str) -> Vec<String> {
        self.sim().snapshots_of(vm).unwrap().into_iter().map(|snapshot| snapshot.name).collect()
    }

    /// Runs the command, writes down what it printed, and checks it.
    async fn step(&mut self, arguments: &[&str], code: i32, texts: &[&str]) -> Ran {
        let ran = self.step_any(arguments).await;
        ran.shows(code, texts);
        ran
    }

    /// The same with any exit code, which the caller compares with what the host has.
    async fn step_any(&mut self, arguments: &[&str]) -> Ran {
        let mut command: Command = self.bench.command(arguments);
        command.args(&self.more);
        let ran = Ran::of(command).await;
        let words: Vec<_> = arguments.iter().map(|word| quoted(word)).collect();
        writeln!(self.seen, "$ hvsnap {}", words.join(" ")).unwrap();
        for text in [&ran.stderr, &ran.stdout] {
            self.seen.push_str(text);
        }
        writeln!(self.seen, "[exit code {}]\n", ran.code.unwrap_or(-1)).unwrap();
        ran
    }

    async fn json(&mut self, arguments: &[&str]) -> serde_json::Value {
        let all = [arguments, &["--output", "json"]].concat();
        let mut command: Command = self.bench.command(&all);
        command.args(&self.more);
        Ran::of(command).await.json()
    }

    fn inject(&self, rule: &str) {
        self.sim().inject(rule.parse::<FaultRule>().unwrap());
    }
}

impl Drop for Walk {
    /// Also of a walk that failed half-way.
    fn drop(&mut self) {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("walk-{}.txt", self.name));
        if let Err(error) = fs::write(&file, &self.seen) {
            self.seen.push_str(&format!("{}: {error}", file.display()));
        }
        report(&format!("A walk on a {}:\n\n{}", self.name, self.seen));
    }
}

fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_/=.:%@+,".contains(c);
    if word.chars().all(is_plain) && !word.is_empty() { word.to_owned() } else { format!("'{word}'") }
}

/// What is the same on a host and in a cluster.
async fn life(walk: &mut Walk) {
    walk.step(
        &["snapshot", "create", "web-01", "--name", "nightly", "--notes", "before the patches", "--yes"],
        0,
        &["Took a snapshot of web-01.", "to nightly"],
    )
    .await;
    walk.step(&["snapshot", "list", "web-01", "--sizes"], 0, &["nightly", "SIZE"]).await;
    walk.step(&["snapshot", "tree", "web-01"], 0, &["nightly", "now"]).await;
    walk.step(&["snapshot", "apply", "web-01", "base/monday", "--yes"], 8, &["--stop"]).await;
    walk.step(
        &["snapshot", "apply", "web-01", "base/monday", "--stop", "off", "--start", "--yes"],
        0,
        &["monday"],
    )
    .await;
    assert_eq!(walk.sim().calls("ApplySnapshot"), 1);
    walk.step(
        &["snapshot", "rename", "web-01", "nightly", "before-patches", "--yes"],
        0,
        &["Renamed nightly of web-01 to before-patches."],
    )
    .await;
    walk.step(
        &["snapshot", "destroy", "web-01", "before-patches", "wednesday", "tuesday", "--dry-run"],
        0,
        &["before-patches", "wednesday", "tuesday"],
    )
    .await;
    walk.step(
        &[
            "snapshot",
            "destroy",
            "web-01",
            "before-patches",
            "wednesday",
            "tuesday",
            "--yes",
            "--wait",
            "merged",
            "--on-busy",
            "wait",
        ],
        0,
        &["before-patches", "wednesday", "tuesday"],
    )
    .await;
    assert_eq!(walk.snapshots("web-01"), ["base", "base/monday"]);
    assert_eq!(walk.sim().calls("DestroySnapshot"), 3);
    walk.step(&["snapshot", "destroy", "db-01", "backup", "--yes"], 8, &["backup", "--accept-foreign"]).await;
    assert_eq!(walk.sim().calls("DestroySnapshot"), 3);
    walk.step(
        &["snapshot", "destroy", "db-01", "base/a", "--scope", "tree", "--yes", "--wait", "merged"],
        0,
        &["a1"],
    )
    .await;
    assert_eq!(walk.snapshots("db-01"), ["base", "base/b", "base/b/backup"]);
    assert_eq!(walk.sim().calls("DestroySnapshotTree"), 1);
    let more = std::mem::take(&mut walk.more);
    walk.step(&["journal", "list", "--since", "1d"], 0, &["destroy", "done"]).await;
    walk.more = more;
    walk.step(&["resume"], 0, &["Nothing is open"]).await;
}

/// A file with what a query by hand finds, as it was printed, to be given as a parameter.
async fn found(walk: &mut Walk, name: &str, query: &str) -> String {
    let found = walk.json(&["cim", "query", query]).await;
    assert_eq!(found["instances"].as_array().map(Vec::len), Some(1), "{query}: {found:#}");
    walk.bench.file(name, &found["instances"][0].to_string())
}

/// The same by hand: the classes and methods as they are, and what one command prints as the input of the next.
async fn by_hand(walk: &mut Walk) {
    const SNAPSHOTS: &str = "Msvm_VirtualSystemSnapshotService";
    const MANAGEMENT: &str = "Msvm_VirtualSystemManagementService";
    let settings =
        |name: &str| format!("select * from Msvm_VirtualSystemSettingData where ElementName = '{name}'");
    walk.step(
        &[
            "cim",
            "query",
            "select Name, ElementName, EnabledState from Msvm_ComputerSystem where ElementName = 'db-01'",
        ],
        0,
        &["ElementName", "db-01"],
    )
    .await;
    let vm = found(walk, "vm.json", "select * from Msvm_ComputerSystem where ElementName = 'db-01'").await;
    let before = walk.names("db-01");
    let call = format!("AffectedSystem=@{vm}");
    walk.step(
        &[
            "cim",
            "invoke",
            SNAPSHOTS,
            "CreateSnapshot",
            &call,
            "SnapshotSettings=",
            "SnapshotType=2",
            "--yes",
            "--wait",
        ],
        0,
        &["4096 (job started)"],
    )
    .await;
    // The host shows a snapshot some seconds after its job has ended, and later that the job has made it.
    let new = loop {
        match walk.names("db-01").into_iter().find(|name| !before.contains(name)) {
            Some(name) => break name,
            None => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
        }
    };
    let snapshot = found(walk, "new.json", &settings(&new)).await;
    let mut edited: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&snapshot).unwrap()).unwrap();
    edited["properties"]["ElementName"] = "by hand".into();
    let edited = walk.bench.file("edited.json", &edited.to_string());
    walk.step(
        &["cim", "invoke", MANAGEMENT, "ModifySystemSettings", &format!("SystemSettings=@{edited}"), "--yes"],
        0,
        &["ReturnValue  0"],
    )
    .await;
    let snapshot = found(walk, "new.json", &settings("by hand")).await;
    walk.step(
        &[
            "cim",
            "associators",
            "Msvm_ComputerSystem",
            "CreationClassName=Msvm_ComputerSystem",
            &format!("Name={}", walk.sim().vms().iter().find(|vm| vm.name == "db-01").unwrap().id),
            "--via",
            "Msvm_SnapshotOfVirtualSystem",
            "--property",
            "ElementName",
        ],
        0,
        &["by hand"],
    )
    .await;
    walk.step(
        &[
            "cim",
            "invoke",
            SNAPSHOTS,
            "DestroySnapshot",
            &format!("AffectedSnapshot=@{snapshot}"),
            "--yes",
            "--wait",
        ],
        0,
        &["4096 (job started)"],
    )
    .await;
    assert_eq!(walk.sim().calls("CreateSnapshot"), 2);
}

#[tokio::test]
async fn on_a_host() {
    let lab = lab("[host]\nname = \"HV01\"", "");
    let mut walk = Walk::new("host", Bench::of_text(&lab).await, Vec::new());
    life(&mut walk).await;
    // A snapshot of a backup is left, in the cluster on another node than the one that was given.
    walk.step(&["merge", "list"], 0, &["db-01", "backup"]).await;
    walk.step(&["job", "list", "--vm", "db-01"], 0, &["completed"]).await;
    by_hand(&mut walk).await;
}

#[tokio::test]
async fn on_a_cluster_whose_nodes_fail() {
    let hosts = "[host]\nname = \"HV01\"\n[cluster]\nname = \"CLU1\"\n[[node]]\nname = \"HV02\"\n[[node]]\nname = \"HV03\"";
    let bench = Bench::of_text(&lab(hosts, "node = \"HV02\"")).await;
    let more = settings(&bench.sim);
    let mut walk = Walk::new("cluster", bench, more);
    walk.step(&["vm", "list"], 0, &["NODE", "HV01", "HV02"]).await;
    life(&mut walk).await;
    // A snapshot of a backup is left, in the cluster on another node than the one that was given.
    walk.step(&["merge", "list"], 0, &["db-01", "backup"]).await;
    walk.step(&["job", "list", "--vm", "db-01"], 0, &["completed"]).await;
    // The node fails in the middle of a create: its VM comes up on another one, with or without the snapshot.
    let calls = |walk: &Walk| (walk.sim().calls("CreateSnapshot"), walk.sim().calls("DestroySnapshot"));
    let before = (walk.snapshots("db-01"), calls(&walk));
    walk.inject("on=get,class=Msvm_ConcreteJob,nth=1,do=node-fails,node=HV02");
    let ran = walk.step_any(&["snapshot", "create", "db-01", "--name", "in-the-middle", "--yes"]).await;
    assert_eq!(calls(&walk), (before.1.0 + 1, before.1.1), "sent once");
    let is_there = walk.snapshots("db-01").len() > before.0.len();
    assert_true_of(&ran, is_there);
    walk.sim().recover_node("HV02").await.unwrap();
    walk.sim().clear_faults();
    // And in the middle of a destroy.
    let before = (walk.snapshots("web-01"), calls(&walk));
    walk.inject("on=get,class=Msvm_ConcreteJob,nth=1,do=node-fails,node=HV01");
    let ran =
        walk.step_any(&["snapshot", "destroy", "web-01", "base/monday", "--yes", "--wait", "merged"]).await;
    assert_eq!(calls(&walk), (before.1.0, before.1.1 + 1), "sent once");
    let is_gone = walk.snapshots("web-01").len() < before.0.len();
    assert_true_of(&ran, is_gone);
    walk.sim().recover_node("HV01").await.unwrap();
    walk.sim().clear_faults();
    walk.step_any(&["resume"]).await;
    walk.step(&["vm", "list"], 0, &["NODE"]).await;
}

/// What the exit code says must be what the cluster has: done (0, 6), not done (1), or honestly not known (5).
fn assert_true_of(ran: &Ran, is_done: bool) {
    match ran.code {
        Some(0 | 6) => assert!(is_done, "{ran:#?}"),
        Some(1) => assert!(!is_done, "{ran:#?}"),
        code => panic!("{code:?}: the nodes that are left tell it: {ran:#?}"),
    }
}
