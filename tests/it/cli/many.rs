//! Many VMs: `snapshot list` without a VM, `snapshot destroy --match`, and `prune`.

use serde_json::Value;

use std::{process::Stdio, time::Duration};

use hvsnap::clock::VirtualClock;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::{
    cli::{Bench, cut_off},
    scripted::{
        ScriptedHost,
        envelopes::{VM, computer_system, instance, items},
    },
};

/// Two VMs with old and new snapshots, one of them with a backup's; one whose first destroy fails; and a user with a filtered token.
const LAB: &str = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n\
    [timing]\njob_seconds = 1.0\nmerge_seconds = 1.0\nmerge_delay_seconds = 0.1\n\
    [[user]]\nname = 'LAB\\operator'\npassword = \"correct-horse\"\n\
    [[user]]\nname = 'LAB\\filtered'\npassword = \"half-a-token\"\nrights = \"filtered\"\n\
    [[vm]]\nname = \"web-01\"\ncurrent = \"a/b/c/d\"\n\
    [[vm.snapshot]]\nname = \"a\"\ncreated = 2020-01-01T00:00:00Z\n\
    [[vm.snapshot]]\nname = \"b\"\nparent = \"a\"\ncreated = 2020-01-03T00:00:00Z\n\
    [[vm.snapshot]]\nname = \"c\"\nparent = \"a/b\"\ncreated = 2020-01-05T00:00:00Z\n\
    [[vm.snapshot]]\nname = \"d\"\nparent = \"a/b/c\"\ncreated = 2020-01-07T00:00:00Z\n\
    [[vm]]\nname = \"db-01\"\ncurrent = \"e/f/g\"\n\
    [[vm.snapshot]]\nname = \"e\"\ncreated = 2020-01-02T00:00:00Z\n\
    [[vm.snapshot]]\nname = \"f\"\nparent = \"e\"\ncreated = 2020-01-04T00:00:00Z\ntype = \"recovery\"\n\
    [[vm.snapshot]]\nname = \"g\"\nparent = \"e/f\"\ncreated = 2020-01-06T00:00:00Z\n\
    [[vm]]\nname = \"sick-01\"\ncurrent = \"x/y/z\"\n\
    [[vm.snapshot]]\nname = \"x\"\ncreated = 2020-01-02T12:00:00Z\ndestroy = { job = \"exception\" }\n\
    [[vm.snapshot]]\nname = \"y\"\nparent = \"x\"\ncreated = 2020-01-04T12:00:00Z\n\
    [[vm.snapshot]]\nname = \"z\"\nparent = \"x/y\"\ncreated = 2020-01-06T12:00:00Z\n\
    [[vm]]\nname = \"bare-01\"\n";

/// 2026-01-10T00:00:00Z.
const JANUARY_2026: Duration = Duration::from_secs(1_768_003_200);

async fn bench() -> Bench {
    Bench::text(LAB).await
}

/// What the host has now.
fn there(bench: &Bench, vm: &str) -> Vec<String> {
    bench.sim.snapshots_of(vm).unwrap().into_iter().map(|snapshot| snapshot.name).collect()
}

fn names(list: &Value, key: &str) -> Vec<String> {
    let name = |one: &Value| one[key].as_str().unwrap().to_owned();
    list.as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn a_list_without_a_vm_is_of_all_and_of_what_fits() {
    let bench = bench().await;
    let all = bench.run(&["snapshot", "list"]).await;
    all.shows(0, &["VM", "web-01", "db-01", "sick-01", "backup", "years"]);
    let json = async |words: &[&str]| {
        bench.run(&[&["snapshot", "list", "--output", "json"], words].concat()).await.json()
    };
    let all = json(&[]).await;
    assert_eq!((&all["vm_count"], &all["complete"]), (&4.into(), &true.into()));
    assert_eq!(names(&all["snapshots"], "name").len(), 10);
    assert_eq!(all["snapshots"][0]["vm"]["name"], "db-01");
    assert!(all["snapshots"][0]["age_seconds"].as_u64().unwrap() > 86_400 * 365);
    let by_age = json(&["--sort", "age", "--kind", "user", "--vm", "w*", "--vm", "db-01"]).await;
    assert_eq!(names(&by_age["snapshots"], "name"), ["a", "e", "b", "c", "g", "d"]);
    let sized = json(&["--sizes", "--vm", "web-01", "--name", "[ab]", "--sort", "size"]).await;
    assert!(sized["snapshots"][0]["bytes"].as_u64() >= sized["snapshots"][1]["bytes"].as_u64(), "{sized:#}");
    bench.run(&["snapshot", "list", "--newer-than", "1d"]).await.shows(0, &["None of 10 snapshots fits."]);
    bench.run(&["snapshot", "list", "web-01", "--name", "c"]).await.shows(0, &["c", "checkpoint"]);
    bench.run(&["snapshot", "list", "--sort", "size"]).await.shows(2, &["--sizes"]);
    bench.run(&["snapshot", "list", "--name", "[a"]).await.shows(2, &["not a pattern of a name"]);
    bench.run(&["snapshot", "list", "web-01", "--vm", "w*"]).await.shows(2, &["cannot be used with"]);
}

#[tokio::test]
async fn a_filtered_token_is_an_error_for_each_of_them() {
    let bench = bench().await;
    for words in [
        &["snapshot", "list"][..],
        &["prune", "--older-than", "14d", "--yes"],
        &["snapshot", "destroy", "--match", "--older-than", "14d", "--yes"],
    ] {
        let mut command = bench.command(words);
        command.env("HVSNAP_USER", r"LAB\filtered").env("HVSNAP_PASSWORD", "half-a-token");
        crate::cli::Ran::of(command).await.shows(4, &["HVS0505", "filtered token"]);
    }
    assert_eq!(bench.sim.calls("DestroySnapshot"), 0);
}

#[tokio::test]
async fn a_prune_without_a_yes_and_a_terminal_only_shows() {
    let bench = bench().await;
    let ran = bench.run(&["prune", "--older-than", "14d", "--keep", "1"]).await;
    ran.shows(
        0,
        &[
            "Plan: destroy 6 of 10 snapshots (older than 14 days, keeping the newest 1 of each VM)",
            "1  not a checkpoint of",
        ],
    );
    ran.shows(0, &["3  one of the newest", "this needs --yes"]);
    assert_eq!(bench.sim.calls("DestroySnapshot"), 0);
    let told = bench.run(&["prune", "--older-than", "14d", "--keep", "1", "--output", "json"]).await.json();
    assert_eq!((&told["dry_run"], &told["summary"]["selected"]), (&true.into(), &6.into()));
    assert_eq!(told["vms"][0]["vm"]["name"], "web-01", "the VM with the oldest comes first");
    assert_eq!(told["vms"][0]["steps"][0]["plan"]["target"]["name"], "a");
    let kept: Vec<_> =
        told["kept"].as_array().unwrap().iter().map(|kept| kept["why"].as_str().unwrap()).collect();
    assert_eq!(kept.iter().filter(|why| **why == "newest").count(), 3, "{kept:?}");
    // The plan that was shown is the only one that is done.
    let fingerprint = told["fingerprint"].as_str().unwrap();
    let words = ["prune", "--older-than", "14d", "--exclude", "sick*", "--yes", "--fingerprint", fingerprint];
    let stale = bench.run(&words).await;
    stale.shows(8, &["not the one that was approved"]);
    assert_eq!(bench.sim.calls("DestroySnapshot"), 0);
}

#[tokio::test]
async fn a_prune_destroys_the_oldest_and_a_vm_that_fails_stops_no_other() {
    let bench = bench().await;
    let ran = bench.run(&["prune", "--older-than", "14d", "--keep", "1", "--yes", "--output", "json"]).await;
    ran.shows(1, &["Step 1 of 3: Destroy a", "HVS0610"]);
    let told = ran.json();
    let summary = &told["summary"];
    assert_eq!((&summary["selected"], &summary["destroyed"]), (&6.into(), &4.into()), "{summary:#}");
    assert_eq!((&summary["failed"], &summary["not_begun"]), (&1.into(), &1.into()));
    assert_eq!(told["vms"][2]["error"]["snapshot"]["name"], "x");
    assert_eq!(names(&told["vms"][2]["not_begun"], "name"), ["y"]);
    assert_eq!(there(&bench, "web-01"), ["d"]);
    assert_eq!(there(&bench, "db-01"), ["f", "g"]);
    assert_eq!(there(&bench, "sick-01"), ["x", "y", "z"]);
    assert_eq!(bench.sim.calls("DestroySnapshot"), 5);
    // Each call has its record.
    let records = bench.run(&["journal", "list", "--output", "json"]).await.json();
    assert_eq!(records["operations"].as_array().unwrap().len(), 5);
    // A second run finds what is left.
    bench
        .run(&["prune", "--older-than", "14d", "--keep", "1", "--exclude", "sick*", "--yes"])
        .await
        .shows(0, &["None of 6 snapshots goes"]);
}

#[tokio::test]
async fn a_limit_and_the_parent_of_the_current_state_are_kept_to() {
    let bench = bench().await;
    bench
        .run(&["prune", "--older-than", "14d", "--max", "2", "--exclude", "sick-01", "--yes"])
        .await
        .shows(0, &["2 snapshots: 2 destroyed", "2 destroyed"]);
    assert_eq!(there(&bench, "web-01"), ["b", "c", "d"]);
    assert_eq!(there(&bench, "db-01"), ["f", "g"]);
    bench
        .run(&["prune", "--older-than", "14d", "--vm", "db-01"])
        .await
        .shows(0, &["None of", "1  parent of the current state"]);
    bench
        .run(&["prune", "--older-than", "14d", "--vm", "db-01", "--parent-of-current", "--yes"])
        .await
        .shows(0, &["g", "1 destroyed"]);
}

#[tokio::test]
async fn a_policy_file_is_the_flags_and_its_errors_have_lines() {
    let bench = bench().await;
    let good = bench.file(
        "good.toml",
        "older_than = \"14d\"\nexclude = [\"sick-*\"]\nkind = [\"user\", \"backup\"]\nkeep = 2\n",
    );
    let ran = bench.run(&["prune", "--policy", &good, "--keep", "1", "--output", "json"]).await.json();
    assert_eq!(ran["summary"]["selected"], 5, "{ran:#}");
    for (text, wanted) in [
        ("keep = 1\nolder_than = \"14\"\n", "line 2"),
        ("keep = 1\n\nname = [\"[a\"]\n", "line 3"),
        ("older = 3\n", "line 1"),
        ("keep = -1\n", "line 1"),
        ("kind = [\"nightly\"]\n", "line 1"),
    ] {
        let file = bench.file("bad.toml", text);
        bench.run(&["prune", "--policy", &file]).await.shows(2, &["bad.toml", wanted]);
    }
    bench.run(&["prune", "--policy", "missing.toml"]).await.shows(2, &["missing.toml", "cannot be read"]);
    bench.run(&["prune", "--vm", "web*"]).await.shows(2, &["neither an age nor a number"]);
    // A name that no VM has would never do anything; minutes are no months.
    let ran = bench.run(&["prune", "--vm", "webb-*", "--older-than", "14m"]).await;
    ran.shows(0, &["warning: the name \"webb-*\" fits no VM", "older than 14 minutes", "taken before 20"]);
}

#[tokio::test]
async fn a_match_is_one_plan_and_takes_nothing_of_a_backup() {
    let bench = bench().await;
    let words = ["snapshot", "destroy", "--match", "--vm", "db*", "--vm", "web*", "--older-than", "14d"];
    let dry = bench.run(&[&words[..], &["--dry-run"]].concat()).await;
    dry.shows(0, &["Plan: destroy 6 of 10 snapshots", "1 snapshot of backups, Hyper-V Replica or imports"]);
    bench.run(&words).await.shows(2, &["destroying 6 snapshots of 2 VMs needs a yes", "--fingerprint"]);
    assert_eq!(bench.sim.calls("DestroySnapshot"), 0);
    let ran = bench.run(&[&words[..], &["--yes"]].concat()).await;
    ran.shows(0, &["6 snapshots: 6 destroyed"]);
    assert_eq!(there(&bench, "web-01"), [""; 0]);
    assert_eq!(there(&bench, "db-01"), ["f"]);
    bench.run(&["snapshot", "destroy", "--match", "--yes"]).await.shows(2, &["every snapshot of every VM"]);
    bench.run(&["snapshot", "destroy", "web-01", "a", "--older-than", "1d"]).await.shows(2, &["--match"]);
    bench.run(&["snapshot", "destroy", "web-01", "--match"]).await.shows(2, &["cannot be used with"]);
    let none = bench.run(&["snapshot", "destroy", "--match", "--name", "nope", "--yes"]).await;
    none.shows(0, &["None of 4 snapshots fits: nothing to destroy"]);
}

#[tokio::test]
async fn an_answer_that_is_lost_is_not_known_and_the_others_go_on() {
    let bench = bench().await;
    // The first destroy: the call arrives and its answer is lost; the VM does not show whether it was done.
    bench.sim.inject("on=DestroySnapshot,nth=1,do=reset-after".parse().unwrap());
    let ran = bench
        .run(&[
            "prune",
            "--older-than",
            "14d",
            "--keep",
            "1",
            "--exclude",
            "sick*",
            "--yes",
            "--output",
            "json",
        ])
        .await;
    let told = ran.json();
    let summary = &told["summary"];
    let settled = summary["destroyed"].as_u64().unwrap()
        + summary["unknown"].as_u64().unwrap()
        + summary["not_begun"].as_u64().unwrap();
    assert_eq!(settled, 4, "{summary:#}");
    assert!(summary["destroyed"].as_u64().unwrap() >= 1);
    let calls = bench.sim.calls("DestroySnapshot");
    assert!(calls <= 4, "no call is sent twice: {calls}");
    assert_eq!(there(&bench, "db-01"), ["f", "g"]);
}

#[tokio::test]
async fn a_password_that_is_refused_ends_the_command_at_the_first_request() {
    let bench = bench().await;
    let mut command = bench.command(&["prune", "--older-than", "14d", "--yes"]);
    command.env("HVSNAP_PASSWORD", "wrong");
    crate::cli::Ran::of(command).await.shows(4, &["HVS0308"]);
    let down =
        bench.run(&["prune", "--older-than", "14d", "--yes", "--endpoint", "http://127.0.0.1:1/wsman"]).await;
    down.shows(7, &[]);
}

#[tokio::test]
async fn an_interruption_names_what_was_done_and_what_was_not() {
    let bench = Bench::with(hvsnap::sim::Simulator::from_lab_text(LAB).unwrap(), "4").await;
    let words = ["prune", "--older-than", "14d", "--keep", "1", "--exclude", "sick*", "--yes"];
    let mut child = bench.command(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Until the second call is under way: the first one is done by then.
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut told = String::new();
    while !told.contains("Step 2 of 3") {
        told.push_str(&lines.next_line().await.unwrap().unwrap());
    }
    while bench.sim.calls("DestroySnapshot") < 2 {
        tokio::task::yield_now().await;
    }
    let reading = tokio::spawn(async move {
        let mut rest = String::new();
        while let Ok(Some(line)) = lines.next_line().await {
            rest.push_str(&line);
            rest.push('\n');
        }
        rest
    });
    let ran = cut_off::interrupt(child).await;
    let rest = reading.await.unwrap();
    assert!(matches!(ran.code, Some(130 | 5)), "{ran:?} {rest}");
    for text in
        ["done: Destroyed a of web-01", "not done: destroy c of web-01", "not done: destroy e of db-01"]
    {
        assert!(rest.contains(text), "no {text:?} in {rest}");
    }
    assert!(!rest.contains("nothing was changed"), "{rest}");
    assert_eq!(bench.sim.calls("DestroySnapshot"), 2);
}

#[tokio::test]
async fn a_node_that_is_left_out_is_a_failure_for_a_timer_also_if_nothing_goes() {
    let bench = Bench::of("cluster.toml").await;
    bench.sim.fail_node("HV03").await.unwrap();
    let on_the_cluster = async |words: &[&str]| {
        let mut command = bench.command(words);
        command.args(crate::cli::cluster::settings(&bench.sim));
        crate::cli::Ran::of(command).await
    };
    let destroy = ["snapshot", "destroy", "--match", "--vm", "web-01", "--name", "base", "--yes"];
    for (words, done) in [
        (&["prune", "--older-than", "14d", "--vm", "nope", "--yes", "--output", "json"][..], 0),
        (&[&destroy[..], &["--output", "json"]].concat(), 1),
        (&[&destroy[..], &["--output", "json"]].concat(), 0),
    ] {
        let ran = on_the_cluster(words).await;
        ran.shows(1, &["left out, the node HV03"]);
        let told = ran.json();
        assert_eq!((&told["complete"], &told["exit_code"]), (&false.into(), &1.into()), "{words:?}");
        assert_eq!(told["summary"]["destroyed"], done, "{words:?}");
    }
    // A look is a look.
    on_the_cluster(&["prune", "--older-than", "14d", "--dry-run"])
        .await
        .shows(0, &["left out, the node HV03"]);
}

#[tokio::test]
async fn what_a_policy_file_excludes_stays_excluded_and_an_empty_list_is_refused() {
    let bench = bench().await;
    let file = bench.file("policy.toml", "older_than = \"14d\"\nexclude = [\"web-*\"]\n");
    let ran =
        bench.run(&["prune", "--policy", &file, "--exclude", "sick-*", "--output", "json"]).await.json();
    let vms = ran["vms"].as_array().unwrap();
    assert_eq!(vms.iter().map(|vm| &vm["vm"]["name"]).collect::<Vec<_>>(), ["db-01"], "{ran:#}");
    for key in ["vm", "name", "kind"] {
        let file = bench.file("empty.toml", &format!("older_than = \"14d\"\n{key} = []\n"));
        bench.run(&["prune", "--policy", &file]).await.shows(2, &["empty.toml, line 2", "an empty list"]);
    }
    // A mistake in a name that is to be protected is told.
    for words in [&["prune"][..], &["snapshot", "destroy", "--match", "--dry-run"]] {
        let more = ["--older-than", "14d", "--exclude", "wbe-*", "--exclude", "db-01"];
        let ran = bench.run(&[words, &more, &["--output", "json"]].concat()).await;
        assert_eq!(ran.json()["warnings"], serde_json::json!(["the excluded name \"wbe-*\" fits no VM"]));
    }
}

#[tokio::test]
async fn a_vm_that_is_renamed_or_gone_since_it_was_selected_is_not_touched() {
    const CLASS: &str = "Msvm_VirtualSystemSettingData";
    let setting = |kind: &str, id: &str, name: &str| {
        instance(
            CLASS,
            &[
                ("ElementName", name),
                ("InstanceID", &format!("Microsoft:{id}")),
                ("VirtualSystemIdentifier", VM),
                ("VirtualSystemType", &format!("Microsoft:Hyper-V:{kind}:Realized")),
            ],
        )
    };
    let settings = [setting("System", VM, "old-name"), setting("Snapshot", "A", "a")];
    let other =
        [("ElementName", "other"), ("EnabledState", "2"), ("Name", "22222222-0000-4000-8000-000000000002")];
    for (system, why) in [
        (computer_system(&["2"]), "the VM is called \"web-01\" now"),
        (instance("Msvm_ComputerSystem", &other), "no longer among those that could be read"),
    ] {
        let (bench, scripted) = (bench().await, ScriptedHost::start().await);
        scripted
            .on("from Msvm_VirtualSystemSettingData", [items(&settings)])
            .on("from Msvm_ComputerSystem", [items(&[system])]);
        let words = ["snapshot", "destroy", "--match", "--exclude", "web-*", "--yes", "--output", "json"];
        let mut command = bench.command(&words);
        command.env("HVSNAP_ENDPOINT", scripted.url()).env("HVSNAP_AUTH", "basic");
        let ran = crate::cli::Ran::of(command).await;
        ran.shows(8, &[why]);
        let told = ran.json();
        let summary = &told["summary"];
        assert_eq!((&summary["selected"], &summary["not_begun"]), (&1.into(), &1.into()), "{told:#}");
        assert_eq!(told["vms"][0]["error"]["kind"], "stale_plan");
        assert_eq!(names(&told["vms"][0]["not_begun"], "name"), ["a"]);
    }
}

#[tokio::test]
async fn the_error_of_a_vm_tells_of_the_step_that_failed_and_not_of_those_before() {
    let bench = bench().await;
    bench.sim.inject("on=DestroySnapshot,nth=2,do=reset-before".parse().unwrap());
    let words = ["prune", "--older-than", "14d", "--keep", "1", "--vm", "web*", "--vm", "db*", "--yes"];
    let ran = bench.run(&[&words[..], &["--output", "json"]].concat()).await;
    ran.shows(1, &[]);
    let told = ran.json();
    let error = &told["vms"][0]["error"];
    assert_eq!((&error["snapshot"]["name"], &error["effect"]), (&"b".into(), &"none".into()), "{error:#}");
    assert_eq!((&told["summary"]["failed"], &told["summary"]["destroyed"]), (&1.into(), &2.into()));
    assert_eq!(there(&bench, "web-01"), ["b", "c", "d"]);
    assert_eq!(there(&bench, "db-01"), ["f", "g"], "the host is reached, so the others go on");
}

#[tokio::test]
async fn a_refused_password_ends_all_also_after_a_step_that_was_done() {
    let bench = bench().await;
    bench.sim.inject("on=DestroySnapshot,nth=2,do=status,code=401,executed=false".parse().unwrap());
    let words = ["prune", "--older-than", "14d", "--keep", "1", "--vm", "web*", "--vm", "db*", "--yes"];
    let ran = bench.run(&[&words[..], &["--output", "json"]].concat()).await;
    ran.shows(1, &[]);
    let told = ran.json();
    assert_eq!(told["vms"][0]["error"]["exit_code"], 4, "{told:#}");
    assert_eq!(names(&told["vms"][1]["not_begun"], "name"), ["e"]);
    assert_eq!(
        bench.sim.calls("DestroySnapshot"),
        1,
        "the second was not carried out, and there is no third"
    );
}

#[tokio::test]
async fn an_interruption_tells_what_went_wrong_on_the_vms_before() {
    let bench = Bench::with(hvsnap::sim::Simulator::from_lab_text(LAB).unwrap(), "4").await;
    bench.sim.inject("on=DestroySnapshot,nth=1,do=job-exception,code=32768".parse().unwrap());
    let words = ["prune", "--older-than", "14d", "--keep", "1", "--yes", "--output", "json"];
    let child = bench.command(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while bench.sim.calls("DestroySnapshot") < 2 {
        tokio::task::yield_now().await;
    }
    let ran = cut_off::interrupt(child).await;
    assert!(matches!(ran.code, Some(130 | 5)), "{ran:?}");
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    let warning = told["warnings"][0].as_str().unwrap_or_default();
    assert!(warning.starts_with("destroying \"a\" of \"web-01\" failed: the job ended"), "{told:#}");
    assert!(warning.ends_with("(effect: none)"), "{told:#}");
}

#[tokio::test]
async fn a_plan_tells_vms_of_one_name_apart() {
    let twin =
        |guid: &str| format!("[[vm]]\nname = \"twin\"\nid = \"{guid}\"\n[[vm.snapshot]]\nname = \"a\"\n");
    let guids = ["0A1B2C3D-0005-4000-8000-00000000B001", "0A1B2C3D-0005-4000-8000-00000000B002"];
    let bench = Bench::text(&format!("{LAB}{}{}", twin(guids[0]), twin(guids[1]))).await;
    let words = ["snapshot", "destroy", "--match", "--vm", "twin", "--vm", "web-01", "--dry-run"];
    let both = bench.run(&words).await;
    both.shows(0, &guids);
    both.shows(0, &["\n  web-01  "]);
    let one = bench.run(&["snapshot", "destroy", "--match", "--vm", &guids[1].to_lowercase(), "--yes"]).await;
    one.shows(0, &["1 destroyed"]);
    let left = bench.run(&["snapshot", "list", "--vm", "twin", "--output", "json"]).await.json();
    assert_eq!(left["snapshots"].as_array().unwrap().len(), 1);
    assert_eq!(left["snapshots"][0]["vm"]["id"], guids[0]);
}

#[tokio::test]
async fn ages_are_counted_by_the_earlier_clock() {
    // The host stands at November 2026; on a computer whose clock is years ahead everything would be old.
    let sim = hvsnap::sim::Simulator::from_lab_text(&LAB.replace("2020-", "2026-")).unwrap();
    let sim = sim
        .clock(hvsnap::sim::SimClock::from(VirtualClock::starting_at(JANUARY_2026)))
        .start()
        .await
        .unwrap();
    let bench = Bench::beside(sim);
    let ran = bench.run(&["prune", "--older-than", "14d"]).await;
    ran.shows(0, &["the host's clock and this computer's differ by", "None of 10 snapshots goes"]);
    let list = bench.run(&["snapshot", "list", "--newer-than", "14d", "--output", "json"]).await.json();
    assert_eq!(list["snapshots"].as_array().unwrap().len(), 10, "{list:#}");
    let newer = bench.run(&["snapshot", "destroy", "--match", "--newer-than", "14d", "--yes"]).await;
    newer.shows(2, &["--newer-than cannot be trusted"]);
    assert_eq!(bench.sim.calls("DestroySnapshot"), 0);
    // A host whose clock is years ahead makes nothing old either.
    let sim = hvsnap::sim::Simulator::from_lab_text(&LAB.replace("2020-", "2026-")).unwrap();
    let clock = VirtualClock::starting_at(JANUARY_2026 * 2);
    let ahead = Bench::beside(sim.clock(hvsnap::sim::SimClock::from(clock)).start().await.unwrap());
    let ran = ahead.run(&["prune", "--older-than", "3650d"]).await;
    ran.shows(0, &["ages are counted by the earlier one", "None of 10 snapshots goes"]);
}

#[tokio::test]
async fn what_is_only_accepted_is_not_told_as_destroyed() {
    let bench = bench().await;
    let words = ["prune", "--older-than", "14d", "--max", "2", "--exclude", "sick-01", "--yes", "--no-wait"];
    let ran = bench.run(&words).await;
    ran.shows(0, &["accepted, not followed", "2 snapshots: 2 accepted and not followed", "hvsnap resume"]);
    assert!(!ran.stdout.contains("destroyed"), "{}", ran.stdout);
    let words = ["snapshot", "destroy", "--match", "--name", "x", "--yes", "--no-wait", "--output", "json"];
    let told = bench.run(&words).await.json();
    assert_eq!((&told["summary"]["accepted"], &told["summary"]["destroyed"]), (&1.into(), &0.into()));
}
