//! What is said of the merge of disks: by what it is known, and what it is called where it does not end; the lab has one VM each.

use std::{sync::Arc, time::Duration};

use hvsnap::{
    Host, Outcome, Until,
    clock::Clock,
    hyperv::{DestroyScope, MergeEvidence, MergeState},
    journal::{Journal, MemoryJournal, Operation, Status},
    sim::{RunningSimulator, Simulator},
};

use crate::host::IntoHost;

const LAB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/merges.toml");

async fn sim() -> RunningSimulator {
    Simulator::from_lab(LAB).unwrap().seed(7).start().await.unwrap()
}

fn client(sim: &RunningSimulator, journal: &MemoryJournal) -> Host {
    sim.client_builder().host().journal(Arc::new(journal.clone()))
}

async fn destroy(client: &Host, vm: &str, until: Until) -> Outcome {
    let vm = client.vm(vm).await.unwrap();
    let tree = vm.snapshots().await.unwrap();
    let plan = tree.plan_destroy(tree.find("base/middle").unwrap().id(), DestroyScope::Single).unwrap();
    let job = vm.begin(&plan).await.unwrap();
    job.wait(hvsnap::Wait::until(until).timeout(Duration::from_secs(120)), |_| {}).await.unwrap()
}

fn only(journal: &MemoryJournal) -> Operation {
    journal.list().unwrap().pop().unwrap().unwrap()
}

#[tokio::test]
async fn each_way_a_merge_can_go_is_told_and_only_disks_that_are_merged_are_complete() {
    let sim = sim().await;
    for (vm, state, observations) in [
        ("stages-01", MergeState::Finished, Some(MergeEvidence::Disks)),
        ("idle-01", MergeState::Finished, Some(MergeEvidence::Disks)),
        ("claims-01", MergeState::Finished, Some(MergeEvidence::Disks)),
        ("many-01", MergeState::Finished, Some(MergeEvidence::Disks)),
        ("fails-01", MergeState::Failed, None),
        ("stops-01", MergeState::Stopped, None),
        ("endless-01", MergeState::Running, None),
        ("none-01", MergeState::NotSeen, None),
        ("late-01", MergeState::NotSeen, None),
        ("off-01", MergeState::SwitchedOff, None),
        ("diskless-01", MergeState::Finished, Some(MergeEvidence::Job)),
    ] {
        let journal = MemoryJournal::new();
        let outcome = destroy(&client(&sim, &journal), vm, Until::Merged).await;
        assert_eq!(
            (outcome.status, outcome.merge.state, outcome.merge.evidence),
            (Status::Done, state, observations),
            "{vm}"
        );
        let is_over = state == MergeState::Finished;
        assert_eq!((outcome.is_complete(), outcome.is_merge_open()), (is_over, !is_over), "{vm}");
        let operation = only(&journal);
        assert_eq!((operation.is_concluded(), operation.is_merge_open()), (true, !is_over), "{vm}");
    }
}

#[tokio::test]
async fn a_merge_that_failed_keeps_code_and_text_of_its_job_also_in_the_journal() {
    let (sim, journal) = (sim().await, MemoryJournal::new());
    let outcome = destroy(&client(&sim, &journal), "fails-01", Until::Merged).await;
    let written = only(&journal).conclusion.unwrap().outcome.merge;
    for merge in [outcome.merge, written] {
        let job = merge.job.unwrap();
        assert_eq!(job.error_code, Some(32768));
        assert!(job.error_text.as_ref().unwrap().contains("0x80070299"), "{job}");
    }
}

#[tokio::test]
async fn a_merge_that_was_left_open_is_followed_by_resume_until_it_is_over() {
    let (sim, journal) = (sim().await, MemoryJournal::new());
    let outcome = destroy(&client(&sim, &journal), "late-01", Until::Merged).await;
    assert_eq!(outcome.merge.state, MergeState::NotSeen);
    sim.clock().sleep(Duration::from_secs(60)).await;
    let resumed =
        client(&sim, &journal).resume_waiting(&only(&journal), Until::Merged, |_| {}).await.unwrap();
    assert_eq!((resumed.outcome.status, resumed.outcome.merge.state), (Status::Done, MergeState::Finished));
    assert_eq!(resumed.outcome.merge.evidence, Some(MergeEvidence::Disks));
    assert!(resumed.outcome.is_complete() && !only(&journal).is_merge_open());
}

#[tokio::test]
async fn merging_that_is_switched_on_again_ends_it() {
    let (sim, journal) = (sim().await, MemoryJournal::new());
    let outcome = destroy(&client(&sim, &journal), "off-01", Until::Merged).await;
    assert_eq!(outcome.merge.state, MergeState::SwitchedOff);
    sim.switch_merging("off-01", true).unwrap();
    let resumed =
        client(&sim, &journal).resume_waiting(&only(&journal), Until::Merged, |_| {}).await.unwrap();
    assert_eq!(resumed.outcome.merge.state, MergeState::Finished);
}

#[tokio::test]
async fn a_merge_that_nobody_waits_for_is_not_open() {
    let (sim, journal) = (sim().await, MemoryJournal::new());
    let outcome = destroy(&client(&sim, &journal), "endless-01", Until::JobEnded).await;
    assert_eq!((outcome.merge.state, outcome.is_complete()), (MergeState::NotWatched, true));
    assert!(!only(&journal).is_merge_open());
}

#[tokio::test]
async fn where_disks_cannot_be_read_the_merge_job_decides_and_one_of_an_earlier_destroy_does_not() {
    let (sim, journal) = (sim().await, MemoryJournal::new());
    let denied = "class=Msvm_StorageAllocationSettingData,do=fault,code=5";
    sim.inject(denied.parse().unwrap());
    sim.inject("class=Msvm_VirtualSystemSettingDataComponent,do=fault,code=5".parse().unwrap());
    let outcome = destroy(&client(&sim, &journal), "many-01", Until::Merged).await;
    assert_eq!(outcome.merge.state, MergeState::Finished);
    assert!(
        matches!(outcome.merge.evidence, Some(MergeEvidence::Job | MergeEvidence::Status)),
        "{:?}",
        outcome.merge
    );
    let outcome = destroy(&client(&sim, &MemoryJournal::new()), "none-01", Until::Merged).await;
    assert_eq!(outcome.merge.state, MergeState::NotSeen);
}

#[tokio::test]
async fn a_snapshot_that_another_takes_meanwhile_does_not_make_its_parent_merged() {
    let (sim, journal) = (sim().await, MemoryJournal::new());
    let client = client(&sim, &journal);
    let vm = client.vm("none-01").await.unwrap();
    let tree = vm.snapshots().await.unwrap();
    let plan = tree.plan_destroy(tree.find("base/middle").unwrap().id(), DestroyScope::Single).unwrap();
    let job = vm.begin(&plan).await.unwrap();
    // The current state writes to a new file now, whose parent is the one that was to be merged.
    let taken = sim.add_snapshot("none-01", Some("base/middle"), "another's");
    let outcome =
        job.wait(hvsnap::Wait::until(Until::Merged).timeout(Duration::from_secs(120)), |_| {}).await.unwrap();
    assert_eq!((outcome.status, outcome.merge.state), (Status::Done, MergeState::NotSeen), "{taken:?}");
    assert!(!outcome.is_complete());
}
