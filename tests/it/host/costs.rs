//! What a destroy costs and what merges, by the library: requests, sizes, and an operation that switches merging on.

use std::{sync::Arc, time::Duration};

use hvsnap::{
    Effect, ErrorKind, Host, Until,
    clock::Clock,
    hyperv::{ChainEnd, ChangeError, DestroyScope, MergeFinding, Plan},
    journal::{Journal, MemoryJournal, Status},
    sim::{RunningSimulator, Simulator},
};

use crate::host::IntoHost;

const LAB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/merges.toml");
const MIB: u64 = 1 << 20;

async fn sim() -> RunningSimulator {
    Simulator::from_lab(LAB).unwrap().seed(7).start().await.unwrap()
}

async fn ended(host: &Host, vm: &str, plan: impl Into<Plan>) -> Status {
    let begun = host.vm(vm).await.unwrap().begin(plan).await.unwrap();
    let wait = hvsnap::Wait::until(Until::Merged).timeout(Duration::from_secs(120));
    begun.wait(wait, |_| {}).await.unwrap().status
}

#[tokio::test]
async fn a_cost_is_read_by_few_requests_and_is_what_the_host_merges() {
    let sim = sim().await;
    let host = sim.client_builder().host();
    let vm = host.vm("idle-01").await.unwrap();
    let tree = vm.snapshots().await.unwrap();
    let plan = tree.plan_destroy(tree.find("middle").unwrap().id(), DestroyScope::Single).unwrap();
    let before = sim.requests();
    let costs = vm.destroy_costs(&[&plan]).await;
    let calls = ["GetVirtualHardDiskSettingData", "GetVirtualHardDiskState"].map(|method| sim.calls(method));
    assert_eq!((calls, sim.requests() - before), ([1, 2], 8), "disks, service and volumes are queries");
    let [cost] = &*costs else { panic!("{costs:?}") };
    assert_eq!((cost.merged.exact(), cost.freed.exact()), (Some(256 * MIB), Some(0)));
    let usage = vm.disk_usage(&tree).await.unwrap();
    let middle = tree.find("middle").unwrap();
    assert_eq!(usage.since(&tree, middle).exact(), Some(256 * MIB));
    assert_eq!(usage.frozen(middle.id()).exact(), Some(512 * MIB));
    assert!(usage.current().iter().all(|chain| chain.end == ChainEnd::Whole && chain.files.len() == 3));
    assert_eq!(ended(&host, "idle-01", &plan).await, Status::Done);
    let (vm, tree) =
        (host.vm("idle-01").await.unwrap(), host.vm("idle-01").await.unwrap().snapshots().await.unwrap());
    let merged = vm.disk_usage(&tree).await.unwrap();
    assert_eq!(
        merged.written_now().exact(),
        Some(768 * MIB),
        "the file of the snapshot took what was written"
    );
}

#[tokio::test]
async fn each_disk_is_merged_into_its_own_file_and_all_need_their_space() {
    let sim = sim().await;
    let vm = sim.client_builder().host().vm("many-01").await.unwrap();
    let tree = vm.snapshots().await.unwrap();
    let plan = tree.plan_destroy(tree.find("middle").unwrap().id(), DestroyScope::Single).unwrap();
    let cost = vm.destroy_costs(&[&plan]).await.remove(0);
    assert_eq!((cost.merges.len(), cost.merged.exact()), (4, Some(1024 * MIB)));
    let [need] = &*cost.space else { panic!("{cost:?}") };
    assert_eq!(
        (need.volume.as_str(), need.needed.exact(), need.is_short()),
        (r"D:\", Some(1024 * MIB), false)
    );
    // A VM without disks has nothing that could be known.
    let vm = sim.client_builder().host().vm("diskless-01").await.unwrap();
    let tree = vm.snapshots().await.unwrap();
    let plan = tree.plan_destroy(tree.find("middle").unwrap().id(), DestroyScope::Single).unwrap();
    assert_eq!(vm.destroy_costs(&[&plan]).await[0].merged.exact(), None);
}

#[tokio::test]
async fn switching_merging_on_is_judged_by_what_the_host_shows_and_lets_the_merge_begin() {
    let (sim, journal) = (sim().await, MemoryJournal::new());
    let host = sim.client_builder().host().journal(Arc::new(journal.clone()));
    let vm = host.vm("off-01").await.unwrap();
    let tree = vm.snapshots().await.unwrap();
    let plan = tree.plan_destroy(tree.find("middle").unwrap().id(), DestroyScope::Single).unwrap();
    assert_eq!(ended(&host, "off-01", &plan).await, Status::Done);
    let merges = vm.merges().await.unwrap();
    let found: Vec<_> = merges.findings.iter().map(MergeFinding::key).collect();
    assert_eq!(found, ["switched_off", "unmerged"]);
    let (tree, setting) = (vm.snapshots().await.unwrap(), merges.setting.unwrap());
    let plan = tree.plan_enable_merging(&setting).unwrap();
    // Nobody waits for it: another process settles it by reading.
    drop(vm.begin(&plan).await.unwrap());
    let operation =
        journal.list().unwrap().into_iter().map(Result::unwrap).find(|one| !one.is_concluded()).unwrap();
    assert_eq!(operation.intent.action.kind(), "enable_merging");
    let resumed = host.resume(&operation).await.unwrap();
    assert_eq!(resumed.outcome.status, Status::Done, "{:?}", resumed.outcome.observations);
    assert_eq!(sim.calls("ModifyDiskMergeSettings"), 1);
    let setting = vm.merge_setting().await.unwrap().unwrap();
    assert_eq!(tree.plan_enable_merging(&setting).unwrap_err(), ChangeError::Nothing);
    sim.clock().sleep(Duration::from_secs(60)).await;
    assert!(vm.merges().await.unwrap().findings.is_empty());
}

#[tokio::test]
async fn a_call_whose_answer_was_lost_before_it_came_is_told_as_not_done() {
    let sim = sim().await;
    let host = sim.client_builder().host();
    let vm = host.vm("off-01").await.unwrap();
    let tree = vm.snapshots().await.unwrap();
    let setting = vm.merge_setting().await.unwrap().unwrap();
    sim.inject("on=ModifyDiskMergeSettings,do=reset-before".parse().unwrap());
    let begun = vm.begin(tree.plan_enable_merging(&setting).unwrap()).await.unwrap();
    let wait = hvsnap::Wait::until(Until::Merged).timeout(Duration::from_secs(600));
    let error = begun.wait(wait, |_| {}).await.unwrap_err();
    assert_eq!(error.effect(), Effect::None, "{error}");
    assert!(matches!(error.kind(), ErrorKind::Client(_) | ErrorKind::Unanswered(_)), "{error}");
    assert!(!sim.vms().iter().any(|vm| vm.name == "off-01" && vm.may_merge));
}
