//! The life of a snapshot through the command: create, apply, rename, notes, clear, destroy several, states of VMs.
#![cfg(unix)]

use crate::cli::{Bench, Ran};

fn snapshots(bench: &Bench, vm: &str) -> Vec<String> {
    bench.sim.snapshots_of(vm).unwrap().into_iter().map(|snapshot| snapshot.name).collect()
}

async fn bench() -> Bench {
    Bench::of("life.toml").await
}

/// The statuses in the journal, by the kind of the operation.
async fn recorded(bench: &Bench) -> Vec<(String, String)> {
    let value = bench.bare_run(&["journal", "list", "--output", "json"]).await.json();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("open").to_owned();
    let mut found: Vec<_> = value["operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|operation| (text(&operation["kind"]), text(&operation["conclusion"]["status"])))
        .collect();
    found.sort();
    found
}

#[tokio::test]
async fn a_snapshot_is_taken_named_and_annotated_by_calls_of_their_own() {
    let bench = bench().await;
    let words = ["snapshot", "create", "off-01", "--name", "nightly", "--notes", "first\nsecond", "--yes"];
    let ran = bench.run(&words).await;
    ran.shows(0, &["Took a snapshot of off-01.", "is new", "taken  ", "to nightly."]);
    assert_eq!(snapshots(&bench, "off-01"), ["clean", "memory", "nightly"]);
    bench.run(&["snapshot", "notes", "off-01", "nightly"]).await.shows(0, &["first\nsecond"]);
    assert_eq!((bench.sim.calls("CreateSnapshot"), bench.sim.calls("ModifySystemSettings")), (1, 1));
    let done = |kind: &str| (kind.to_owned(), "done".to_owned());
    assert_eq!(recorded(&bench).await, [done("create"), done("modify")]);
    bench
        .run(&["snapshot", "rename", "off-01", "nightly", "weekly", "--yes"])
        .await
        .shows(0, &["Renamed nightly of off-01 to weekly."]);
    bench
        .run(&["snapshot", "rename", "off-01", "weekly", "weekly", "--yes"])
        .await
        .shows(0, &["is so already; nothing was sent"]);
    assert_eq!(bench.sim.calls("ModifySystemSettings"), 2);
}

#[tokio::test]
async fn what_became_of_a_snapshot_that_was_to_be_taken_is_told_as_it_is() {
    let bench = bench().await;
    let create = async |vm: &str, more: &[&str]| -> Ran {
        bench.run(&[&["snapshot", "create", vm, "--yes"], more].concat()).await
    };
    create("late-01", &[]).await.shows(0, &["Took a snapshot of late-01."]);
    create("once-01", &[]).await.shows(0, &["Took a snapshot of once-01."]);
    create("fails-01", &[]).await.shows(1, &["the job ended in state exception", "nothing was changed"]);
    create("yet-01", &[]).await.shows(1, &["taken all the same", "the host was changed"]);
    create("gone-01", &[]).await.shows(1, &["nothing was changed"]);
    create("vain-01", &[]).await.shows(5, &["the host reports success but shows the VM as before"]);
    create("full-01", &[]).await.shows(1, &["nothing was changed"]);
    create("disabled-01", &[]).await.shows(8, &["checkpoints are disabled", "--type standard"]);
    assert_eq!(bench.sim.calls("CreateSnapshot"), 7, "one call each, none where checkpoints are disabled");
    create("disabled-01", &["--type", "standard"]).await.shows(0, &["Took a snapshot of disabled-01."]);
    // The settings are as before.
    create("disabled-01", &["--dry-run"]).await.shows(0, &["checkpoints are disabled"]);
    for vm in ["late-01", "once-01", "yet-01"] {
        assert_eq!(snapshots(&bench, vm).len(), 2, "{vm}");
    }
}

#[tokio::test]
async fn a_snapshot_is_applied_to_a_vm_that_is_stopped_for_it_and_started_again() {
    let bench = bench().await;
    let apply = ["snapshot", "apply", "run-01", "memory", "--yes"];
    bench
        .run(&apply)
        .await
        .shows(8, &["the VM is running, and must be off or saved", "--stop", "nothing was changed"]);
    assert_eq!(bench.sim.calls("ApplySnapshot") + bench.sim.calls("RequestStateChange"), 0);
    let ran = bench.run(&[&apply[..], &["--snapshot-first", "--stop", "off", "--start"]].concat()).await;
    ran.shows(
        0,
        &["Took a snapshot of run-01.", "run-01 is turned off.", "to run-01.", "run-01 is running."],
    );
    assert_eq!((bench.sim.calls("ApplySnapshot"), bench.sim.calls("CreateSnapshot")), (1, 1));
    // Where the current state hung under it before, the disks prove it.
    bench
        .run(&["snapshot", "apply", "off-01", "memory", "--yes"])
        .await
        .shows(0, &["the VM's disks are other files than before the call"]);
    bench.run(&["snapshot", "apply", "fails-01", "base", "--yes"]).await.shows(1, &["nothing was changed"]);
    bench.run(&["snapshot", "apply", "yet-01", "base", "--yes"]).await.shows(1, &["the host was changed"]);
    bench
        .run(&["snapshot", "clear-state", "off-01", "memory", "--yes"])
        .await
        .shows(0, &["holds no saved state"]);
    bench
        .run(&["snapshot", "clear-state", "off-01", "memory", "--yes"])
        .await
        .shows(8, &["the snapshot holds no saved state"]);
}

#[tokio::test]
async fn several_snapshots_go_leaves_first_each_by_a_call_of_its_own() {
    let bench = bench().await;
    let destroy = ["snapshot", "destroy", "full-01", "s01", "s49", "s02"];
    let dry = bench.run(&[&destroy[..], &["--dry-run", "--output", "json"]].concat()).await;
    let plan = dry.json();
    let first = plan["plan"]["target"]["name"].as_str();
    assert_eq!((first, plan["then"].as_array().map(Vec::len)), (Some("s49"), Some(2)), "{plan:#}");
    assert_eq!(bench.sim.calls("DestroySnapshot"), 0);
    bench.run(&[&destroy[..], &["--yes"]].concat()).await.shows(0, &["Destroyed", "s49", "s02", "s01"]);
    assert_eq!(bench.sim.calls("DestroySnapshot"), 3);
    assert_eq!(snapshots(&bench, "full-01").len(), 47);
    bench.run(&[&destroy[..4], &["s03", "s03", "--yes"]].concat()).await.shows(3, &["s01"]);
    bench.run(&["snapshot", "destroy", "full-01", "s03", "s03", "--yes"]).await.shows(2, &["given twice"]);
    let foreign = ["snapshot", "destroy", "full-01", "backup", "--yes"];
    bench
        .run(&foreign)
        .await
        .shows(8, &["a backup product took it", "--accept-foreign", "nothing was changed"]);
    bench.run(&[&foreign[..], &["--accept-foreign"]].concat()).await.shows(0, &["Destroyed"]);
}

#[tokio::test]
async fn a_vm_changes_its_state_and_one_that_is_there_is_left_as_it_is() {
    let bench = bench().await;
    let vm = async |verb: &str| -> Ran { bench.run(&["vm", verb, "off-01", "--yes"]).await };
    vm("start").await.shows(0, &["off-01 is running."]);
    vm("start").await.shows(0, &["running already; nothing was sent"]);
    vm("pause").await.shows(0, &["off-01 is paused."]);
    vm("shutdown").await.shows(8, &["the VM is paused, and must be running"]);
    vm("resume").await.shows(0, &["off-01 is running."]);
    vm("shutdown").await.shows(0, &["off-01 is shut down."]);
    vm("start").await.shows(0, &[]);
    vm("save").await.shows(0, &["off-01 is saved."]);
    vm("stop").await.shows(0, &["off-01 is turned off."]);
    assert_eq!((bench.sim.calls("RequestStateChange"), bench.sim.calls("InitiateShutdown")), (6, 1));
}

/// The fingerprint that a dry run shows.
async fn fingerprint(bench: &Bench, words: &[&str]) -> String {
    let ran = bench.run(&[words, &["--dry-run", "--output", "json"]].concat()).await;
    ran.json()["fingerprint"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_was_approved_is_all_that_a_command_does_and_nothing_else() {
    let bench = bench().await;
    let apply = ["snapshot", "apply", "run-01", "clean", "--stop", "save"];
    let create = ["snapshot", "create", "standard-01"];
    let mut seen = Vec::new();
    for (base, more) in [
        (&apply[..], &[][..]),
        (&apply, &["--snapshot-first"]),
        (&apply, &["--start"]),
        (&apply, &["--snapshot-first", "--start"]),
        (&create, &[]),
        (&create, &["--name", "a"]),
        (&create, &["--name", "b"]),
        (&create, &["--notes", "a"]),
        (&create, &["--type", "production"]),
    ] {
        let shown = fingerprint(&bench, &[base, more].concat()).await;
        assert!(!seen.contains(&shown), "{base:?} {more:?}");
        seen.push(shown);
    }
    // The safe plan was approved, and something else is asked for.
    let unsafe_one = [&apply[..], &["--fingerprint", &seen[3], "--yes"]].concat();
    bench.run(&unsafe_one).await.shows(8, &["not the one that was approved", "nothing was changed"]);
    assert_eq!(bench.sim.calls("ApplySnapshot") + bench.sim.calls("RequestStateChange"), 0);
    let safe = [
        &apply[..],
        &["--snapshot-first", "--start", "--fingerprint", &seen[3], "--yes", "--output", "json"],
    ];
    let ran = bench.run(&safe.concat()).await;
    ran.shows(0, &[]);
    let kinds: Vec<_> = std::iter::once(&ran.json()["plan"]["kind"])
        .chain(ran.json()["then"].as_array().unwrap().iter().map(|step| &step["plan"]["kind"]))
        .map(|kind| kind.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        (kinds, ran.json()["fingerprint"].as_str()),
        (["state", "create", "apply", "state"].map(str::to_owned).to_vec(), Some(&*seen[3]))
    );
}

#[tokio::test]
async fn steps_that_were_not_taken_are_named_by_the_failure_and_by_resume() {
    let bench = bench().await;
    let words =
        ["snapshot", "create", "fails-01", "--type", "standard", "--name", "x", "--yes", "--output", "json"];
    let ran = bench.run(&words).await;
    ran.shows(1, &["done: Changed the type of checkpoints", "not done: Rename it to \"x\""]);
    let error = &ran.json()["error"];
    assert_eq!(
        (error["done"].as_array().unwrap().len(), error["effect"].as_str()),
        (2, Some("applied")),
        "{error:#}"
    );
    assert_eq!(ran.json()["steps"][0]["plan"]["kind"], "modify");
    // It was set back.
    bench.run(&["vm", "checkpoints", "fails-01"]).await.shows(0, &["production, else standard"]);
    // A command that was killed: its record tells what was to follow.
    bench.sim.inject("on=CreateSnapshot,do=reset-after".parse().unwrap());
    let ran = bench.run(&["snapshot", "create", "off-01", "--name", "x", "--yes"]).await;
    ran.shows(5, &["not done: Rename it to \"x\"", "hvsnap journal close"]);
    let resumed = bench.run(&["resume"]).await;
    resumed.shows(5, &["was to follow", "Rename it to \"x\"", "hvsnap journal close"]);
    assert_eq!(bench.sim.calls("CreateSnapshot"), 2);
}

#[tokio::test]
async fn several_steps_need_the_end_of_each() {
    let bench = bench().await;
    for words in [
        &["snapshot", "create", "off-01", "--name", "x", "--yes", "--wait", "accepted"][..],
        &["snapshot", "create", "off-01", "--type", "standard", "--yes", "--no-wait"],
        &["snapshot", "apply", "run-01", "clean", "--stop", "save", "--yes", "--wait", "accepted"],
        &["snapshot", "destroy", "off-01", "clean", "memory", "--yes", "--wait", "accepted"],
    ] {
        bench.run(words).await.shows(2, &["several steps", "nothing was changed"]);
    }
    let calls = ["CreateSnapshot", "ModifySystemSettings", "RequestStateChange", "DestroySnapshot"];
    assert!(calls.iter().all(|method| bench.sim.calls(method) == 0));
}

#[tokio::test]
async fn a_guest_that_ignores_a_shutdown_is_not_said_to_stay_on() {
    let lab = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n[[user]]\nname = 'LAB\\operator'\npassword = \"correct-horse\"\n\
               [[vm]]\nname = \"hung-01\"\nguest = \"hung\"\n";
    let bench = Bench::text(lab).await;
    let shutdown = ["vm", "shutdown", "hung-01", "--yes"];
    bench.run(&shutdown).await.shows(5, &["the host is still working on it", "not known"]);
    bench.run(&["resume", "--timeout", "10s"]).await.shows(5, &["shut down hung-01"]);
    assert_eq!(bench.sim.calls("InitiateShutdown"), 1);
}

#[tokio::test]
async fn an_operation_of_any_kind_is_resumed_in_another_process() {
    let bench = bench().await;
    bench.run(&["snapshot", "create", "slow-01", "--yes", "--no-wait"]).await.shows(0, &["hvsnap resume"]);
    bench.run(&["snapshot", "apply", "run-01", "memory", "--stop", "save", "--yes"]).await.shows(0, &[]);
    bench.run(&["vm", "start", "saved-01", "--yes", "--no-wait"]).await.shows(0, &["hvsnap resume"]);
    let ran = bench.run(&["resume", "--output", "json"]).await;
    let resumed = ran.json()["resumed"].clone();
    let told = |kind: &str| {
        let found = resumed.as_array().unwrap().iter().find(|one| one["operation"]["kind"] == kind);
        found.map(|one| one["status"].as_str().unwrap().to_owned())
    };
    assert_eq!(
        (told("create"), told("state")),
        (Some("done".to_owned()), Some("done".to_owned())),
        "{resumed:#}"
    );
    bench.run(&["resume"]).await.shows(0, &["Nothing is open"]);
}

#[tokio::test]
async fn a_host_that_wants_settings_in_the_call_is_answered_by_the_option_that_sends_them() {
    let lab = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\nrequires_snapshot_settings = true\n[[user]]\n\
               name = 'LAB\\operator'\npassword = \"correct-horse\"\n[[vm]]\nname = \"strict-01\"\n";
    let bench = Bench::text(lab).await;
    let create = ["snapshot", "create", "strict-01", "--yes"];
    let refused = bench.run(&create).await;
    refused.shows(1, &["invalid checkpoint type", "--consistency application", "nothing was changed"]);
    assert_eq!(bench.sim.calls("CreateSnapshot"), 1, "it is not called again by itself");
    bench
        .run(&[&create[..], &["--consistency", "application"]].concat())
        .await
        .shows(0, &["Took a snapshot"]);
}

#[tokio::test]
async fn a_paused_vm_that_is_to_be_started_is_said_to_be_resumed_and_not_to_be_stopped() {
    let bench = bench().await;
    let ran = bench.run(&["vm", "start", "paused-01", "--yes"]).await;
    ran.shows(
        8,
        &["the VM is paused, and must be off or saved to be started", "resume it: hvsnap vm resume"],
    );
    assert!(!ran.stderr.contains("stop it first"), "{ran:#?}");
}

#[tokio::test]
async fn memory_that_the_snapshot_taken_first_holds_is_not_said_to_be_lost() {
    let bench = bench().await;
    let apply =
        ["snapshot", "apply", "run-01", "memory", "--snapshot-first", "--start", "--dry-run", "--stop"];
    bench
        .run(&[&apply[..], &["save"]].concat())
        .await
        .shows(0, &["the VM's memory as it is now: in the snapshot that is taken first"]);
    bench
        .run(&[&apply[..], &["off"]].concat())
        .await
        .shows(0, &["unless the snapshot that is taken first is a standard one"]);
    // The new snapshot is not one that was kept.
    let ran = bench.run(&["snapshot", "create", "off-01", "--yes"]).await;
    ran.shows(0, &["kept   2 snapshots"]);
}
