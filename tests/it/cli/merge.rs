//! `merge list` and `merge show`: what merges, what was left over, and switching merging on; `job list`.

use serde_json::Value;

use crate::cli::{Bench, SLOW};

async fn bench() -> Bench {
    Bench::of("merges.toml").await
}

async fn json(bench: &Bench, words: &[&str]) -> Value {
    let ran = bench.run(&[words, &["--output", "json"]].concat()).await;
    ran.shows(0, &[]);
    ran.json()
}

/// The kinds of findings on a VM, out of a list.
fn kinds(list: &Value, vm: &str) -> Vec<String> {
    let vms = list["vms"].as_array().unwrap();
    let vm = vms.iter().find(|one| one["name"] == vm).unwrap();
    let findings = vm["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["kind"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_host_without_left_overs_says_so_and_few_requests_tell_it() {
    let bench = Bench::of("demo.toml").await;
    let mut command = bench.command(&["merge", "list"]);
    command.env("HVSNAP_USER", r"DEMO\operator");
    let before = bench.sim.requests();
    let ran = crate::cli::Ran::of(command).await;
    ran.shows(0, &[]);
    let requests = bench.sim.requests() - before;
    assert!(requests <= 20, "{requests}: {ran:#?}");
}

#[tokio::test]
async fn merging_that_is_switched_off_is_found_and_switched_on_by_one_call_that_is_read_back() {
    let bench = bench().await;
    let list = bench.run(&["merge", "list"]).await;
    list.shows(0, &["off-01", "switched off", "→", "--fix"]);
    assert!(!list.stdout.contains("many-01"), "{}", list.stdout);
    assert_eq!(kinds(&json(&bench, &["merge", "list"]).await, "off-01"), ["switched_off"]);
    // What was held back is known by the chain of the disk.
    bench.destroy("off-01", "middle", &[]).await.shows(6, &["switched off"]);
    let shown = bench.run(&["merge", "show", "off-01"]).await;
    shown.shows(0, &["switched off", "not merged", "it is merged once merging is switched on", " ← "]);
    let fix = ["merge", "show", "off-01", "--fix"];
    let dry = bench.run(&[&fix[..], &["--dry-run"]].concat()).await;
    dry.shows(0, &["Plan: switch on the merging of the disks of off-01", "fingerprint"]);
    bench.run(&fix).await.shows(2, &["--yes", "nothing was changed"]);
    assert_eq!(bench.sim.calls("ModifyDiskMergeSettings"), 0);
    let done = bench.run(&[&fix[..], &["--yes", "--output", "json"]].concat()).await;
    done.shows(0, &[]);
    let told = done.json();
    assert_eq!(
        (told["plan"]["kind"].as_str(), told["outcome"]["status"].as_str()),
        (Some("enable_merging"), Some("done")),
        "{told:#}"
    );
    let id = told["operation"]["id"].as_str().unwrap();
    let record = ["journal", "show", id];
    bench.run(&record).await.shows(0, &["switch on the merging of the disks of off-01", "switched on"]);
    bench.run(&[&fix[..], &["--yes"]].concat()).await.shows(0, &["is switched on already; nothing was sent"]);
    assert_eq!(bench.sim.calls("ModifyDiskMergeSettings"), 1);
    bench.run(&["merge", "show", "off-01"]).await.shows(0, &["switched on"]);
}

#[tokio::test]
async fn the_flags_of_an_operation_go_with_fix_alone() {
    let bench = bench().await;
    for flag in ["--yes", "--dry-run", "--no-wait", "--fingerprint=0123456789abcdef", "--on-busy=wait"] {
        bench.run(&["merge", "show", "off-01", flag]).await.shows(2, &["--fix"]);
    }
    assert_eq!(bench.sim.requests(), 0);
}

#[tokio::test]
async fn a_lost_answer_to_it_is_settled_by_what_the_host_shows_now_or_by_resume() {
    let bench = bench().await;
    bench.sim.inject("on=ModifyDiskMergeSettings,nth=1,do=reset-after".parse().unwrap());
    bench.run(&["merge", "show", "off-01", "--fix", "--yes"]).await.shows(0, &["Switched on the merging"]);
    // Whoever reads back is cut off as well.
    bench.sim.switch_merging("many-01", false).unwrap();
    bench.sim.inject("on=ModifyDiskMergeSettings,do=reset-after".parse().unwrap());
    bench.sim.inject("class=Msvm_DiskMergeSettingData,from=2,do=status,code=500".parse().unwrap());
    let ran = bench.run(&["merge", "show", "many-01", "--fix", "--yes"]).await;
    ran.shows(5, &["hvsnap resume"]);
    bench.sim.clear_faults();
    bench.run(&["resume"]).await.shows(0, &["switch on the merging of the disks of many-01", "done"]);
    bench.run(&["resume"]).await.shows(0, &["Nothing is open"]);
    assert_eq!(bench.sim.calls("ModifyDiskMergeSettings"), 2);
    assert!(bench.sim.vms().iter().filter(|vm| vm.name == "many-01").all(|vm| vm.may_merge));
}

#[tokio::test]
async fn a_call_that_was_not_carried_out_is_told_as_not_done() {
    let bench = bench().await;
    bench.sim.inject("on=ModifyDiskMergeSettings,do=fault,code=5".parse().unwrap());
    let ran = bench.run(&["merge", "show", "off-01", "--fix", "--yes"]).await;
    ran.shows(4, &["nothing was changed"]);
    assert!(!bench.sim.vms().iter().any(|vm| vm.name == "off-01" && vm.may_merge));
}

#[tokio::test]
async fn a_chain_that_is_longer_than_the_tree_is_found_where_chains_are_read() {
    let bench = bench().await;
    bench.destroy("none-01", "middle", &[]).await.shows(6, &[]);
    assert!(kinds(&json(&bench, &["merge", "list"]).await, "none-01").is_empty());
    assert_eq!(kinds(&json(&bench, &["merge", "list", "--chains"]).await, "none-01"), ["unmerged"]);
    let shown = json(&bench, &["merge", "show", "none-01"]).await;
    assert_eq!(shown["current"][0]["files"].as_array().unwrap().len(), 3, "{shown:#}");
    assert_eq!(shown["findings"][0]["unmerged"]["from"].as_array().unwrap().len(), 1);
    bench.run(&["merge", "show", "none-01"]).await.shows(0, &["not merged", "shut the VM down"]);
    let listed = bench.run(&["snapshot", "list", "none-01", "--sizes"]).await;
    listed.shows(0, &["not merged", "hvsnap merge show"]);
    // Without the snapshot below, the name of the file alone tells it.
    bench.destroy("none-01", "base", &["--wait", "job"]).await.shows(0, &[]);
    bench.sim.switch_merging("none-01", false).unwrap();
    let found = kinds(&json(&bench, &["merge", "list"]).await, "none-01");
    assert!(found.contains(&"unexplained".to_owned()) || found.contains(&"running".to_owned()), "{found:?}");
}

#[tokio::test]
async fn a_running_merge_and_one_that_failed_are_told_with_their_jobs() {
    let bench = Bench::at("merges.toml", SLOW).await;
    bench.destroy("endless-01", "middle", &["--wait", "job"]).await.shows(0, &[]);
    bench.destroy("fails-01", "middle", &[]).await.shows(6, &[]);
    let list = bench.run(&["merge", "list"]).await;
    list.shows(0, &["merging", "since", "hvsnap job wait", "failed", "0x80070299", "remove the cause"]);
    let told = json(&bench, &["merge", "list"]).await;
    assert_eq!(
        (kinds(&told, "endless-01"), kinds(&told, "fails-01")),
        (vec!["running".to_owned()], vec!["failed".to_owned()])
    );
    let jobs = json(&bench, &["job", "list", "--vm", "endless-01", "--running"]).await;
    let [job] = jobs["jobs"].as_array().unwrap().as_slice() else { panic!("{jobs:#}") };
    assert_eq!(
        (job["vm"]["name"].as_str(), job["class"].as_str(), job["job_type_name"].as_str()),
        (Some("endless-01"), Some("Msvm_StorageJob"), Some("merging")),
        "{job:#}"
    );
    let all = bench.run(&["job", "list"]).await;
    all.shows(
        0,
        &["delete virtual machine snapshot", "fails-01", "endless-01", "Merging Virtual Disk", "TYPE"],
    );
    bench.run(&["job", "list", "--vm", "many-01"]).await.shows(0, &["No such job"]);
    bench.run(&["job", "list", "--vm", "nothing"]).await.shows(3, &["nothing"]);
}

#[tokio::test]
async fn a_snapshot_of_a_backup_is_told_with_what_to_do_about_it() {
    let bench = Bench::of("life.toml").await;
    let list = bench.run(&["merge", "list"]).await;
    list.shows(0, &["full-01", "\"backup\" is a snapshot of a backup", "--accept-foreign"]);
    assert_eq!(kinds(&json(&bench, &["merge", "list"]).await, "full-01"), ["backup"]);
}

#[tokio::test]
async fn what_cannot_be_read_is_told_and_takes_nothing_else_with_it() {
    let bench = bench().await;
    bench.sim.inject("class=Msvm_StorageJob,do=fault,code=5".parse().unwrap());
    bench.sim.inject("class=Msvm_StorageAllocationSettingData,do=fault,code=5".parse().unwrap());
    let ran = bench.run(&["merge", "list"]).await;
    ran.shows(
        0,
        &["off-01", "warning: listing the jobs of the host", "warning: listing the disks of all VMs"],
    );
}

#[tokio::test]
async fn a_plan_says_before_the_consent_that_merging_is_switched_off() {
    let bench = Bench::of("merges.toml").await;
    let said = "merging is switched off for this VM, so nothing is merged until it is switched on: hvsnap merge show off-01 --fix";
    bench.run(&["snapshot", "destroy", "off-01", "middle", "--dry-run"]).await.shows(0, &[said]);
    let other = bench.run(&["snapshot", "destroy", "many-01", "middle", "--dry-run"]).await;
    other.shows(0, &["merges"]);
    assert!(!other.stderr.contains("switched off"), "{other:#?}");
}

#[tokio::test]
async fn an_empty_list_with_a_node_left_out_does_not_look_complete() {
    let bench = Bench::of("cluster.toml").await;
    bench.sim.fail_node("HV02").await.unwrap();
    let cluster = crate::cli::cluster::settings(&bench.sim);
    let cluster: Vec<&str> = cluster.iter().map(String::as_str).collect();
    for (list, said) in [("merge", "nothing was left over, apart from"), ("job", "No jobs, apart from")] {
        let words = [&[list, "list"], &cluster[..]].concat();
        bench.run(&words).await.shows(0, &["HV02", said]);
        let json = bench.run(&[&words[..], &["--output", "json"]].concat()).await.json();
        assert_eq!(json["complete"], false, "{json:#}");
    }
}
