//! Two at one VM: on one computer by the lock of the journal, across computers by what the VM is seen doing.

use std::{sync::Arc, time::Duration};

use hvsnap::{
    ErrorKind, Host, OnBusy, Until, Vm,
    hyperv::{DestroyPlan, DestroyScope},
    journal::{MemoryJournal, Status},
    sim::RunningSimulator,
};

use crate::host::{
    IntoHost,
    journaled::{client, destroy, operations, sim},
};

const MINUTES: OnBusy = OnBusy::Wait { at_most: Some(Duration::from_secs(300)) };
const SECOND: OnBusy = OnBusy::Wait { at_most: Some(Duration::from_secs(1)) };

async fn planned(client: &Host, vm: &str, snapshot: &str) -> (Vm, DestroyPlan) {
    let vm = client.vm(vm).await.unwrap();
    let tree = vm.snapshots().await.unwrap();
    let plan = tree.plan_destroy(tree.find(snapshot).unwrap().id(), DestroyScope::Single).unwrap();
    (vm, plan)
}

/// Long enough for what was read before to be read again.
fn pass(sim: &RunningSimulator) {
    sim.clock().virtual_clock().unwrap().advance(Duration::from_secs(1));
}

fn elsewhere(sim: &RunningSimulator, on_busy: OnBusy) -> Host {
    sim.client_builder().host().on_busy(on_busy)
}

#[tokio::test]
async fn an_idle_vm_costs_one_request_more() {
    let sim = sim().await;
    let (vm, plan) = planned(&client(&sim, MemoryJournal::new()), "app-01", "middle").await;
    pass(&sim);
    let before = sim.requests();
    let _ = vm.begin(&plan).await.unwrap();
    let asked: Vec<_> = sim.journal().drain(before..).filter_map(|entry| entry.filter).collect();
    let system = |filter: &&String| filter.contains("Msvm_ComputerSystem");
    // Besides it the service, the disks and the tree, and the call, which has no filter.
    assert_eq!((asked.len(), asked.iter().filter(system).count()), (4, 1), "{asked:#?}");
}

#[tokio::test]
async fn what_somebody_elsewhere_is_at_is_refused_by_default() {
    let sim = sim().await;
    let other = elsewhere(&sim, OnBusy::Fail);
    let (vm, plan) = planned(&elsewhere(&sim, OnBusy::Fail), "app-01", "middle").await;
    pass(&sim);
    destroy(&other, "app-01", "newest", Until::Accepted).await.unwrap();
    let error = vm.begin(&plan).await.unwrap_err();
    let ErrorKind::Busy { activity, job } = error.kind() else { panic!("{error}") };
    assert_eq!(activity.to_string(), "deleting a snapshot");
    assert!(job.as_ref().unwrap().deletes_snapshot());
    assert_eq!(sim.calls("DestroySnapshot"), 1);
}

#[tokio::test]
async fn what_somebody_elsewhere_is_at_is_waited_for_and_the_plan_is_checked_again() {
    let sim = sim().await;
    let other = elsewhere(&sim, OnBusy::Fail);
    for (on_busy, is_stale) in [(SECOND, false), (MINUTES, true)] {
        let (vm, plan) = planned(&elsewhere(&sim, on_busy), "app-01", "middle").await;
        pass(&sim);
        if !is_stale {
            destroy(&other, "app-01", "newest", Until::Accepted).await.unwrap();
        }
        let error = vm.begin(&plan).await.unwrap_err();
        match error.kind() {
            ErrorKind::Stale(_) => assert!(is_stale),
            ErrorKind::Busy { .. } => assert!(!is_stale),
            other => panic!("{other}"),
        }
    }
    assert_eq!(sim.calls("DestroySnapshot"), 1);
}

#[tokio::test]
async fn a_vm_that_becomes_idle_with_the_same_tree_is_served() {
    let sim = sim().await;
    // Its job fails, so that the tree stays.
    destroy(&elsewhere(&sim, OnBusy::Fail), "broken-01", "fails", Until::Accepted).await.unwrap();
    let outcome = destroy(&elsewhere(&sim, MINUTES), "broken-01", "warns", Until::JobEnded).await.unwrap();
    assert_eq!(outcome.destroyed.len(), 1);
}

#[tokio::test]
async fn a_vm_that_is_taken_here_is_refused_or_waited_for() {
    let sim = sim().await;
    let journal = MemoryJournal::new();
    let (vm, plan) = planned(&client(&sim, journal.clone()), "app-01", "middle").await;
    let held = vm.begin(&plan).await.unwrap();
    let described = || sim.client_builder().host().journal(Arc::new(journal.clone()));
    for on_busy in [OnBusy::Fail, SECOND] {
        let second = described().on_busy(on_busy);
        let before = sim.now();
        let error = destroy(&second, "app-01", "newest", Until::Merged).await.unwrap_err();
        let ErrorKind::Locked(holder) = error.kind() else { panic!("{error}") };
        assert_eq!(holder.operation, Some(held.operation()));
        assert_eq!(sim.now() - before >= Duration::from_secs(1), on_busy == SECOND);
    }
    // Another VM is not taken.
    let second = described();
    destroy(&second, "broken-01", "at-once", Until::JobEnded).await.unwrap();

    let waiting = described().on_busy(OnBusy::Wait { at_most: None });
    let (vm, plan) = planned(&waiting, "app-01", "newest").await;
    let (second, ()) = tokio::join!(vm.begin(&plan), async move {
        tokio::task::yield_now().await;
        drop(held);
    });
    // The first took effect meanwhile.
    assert!(matches!(second.unwrap_err().kind(), ErrorKind::Stale(_)));
}

#[tokio::test]
async fn what_was_left_open_on_the_vm_is_settled_first() {
    let sim = sim().await;
    let journal = MemoryJournal::new();
    let client = client(&sim, journal.clone());
    destroy(&client, "app-01", "newest", Until::Accepted).await.unwrap();
    // While its job runs, the second is refused for it.
    let error = destroy(&client, "app-01", "middle", Until::Merged).await.unwrap_err();
    let ErrorKind::EarlierOpen(earlier) = error.kind() else { panic!("{error}") };
    assert_eq!((earlier.outcome.status, sim.calls("DestroySnapshot")), (Status::Running, 1));
    assert_eq!(earlier.operation.id(), operations(&journal)[0].id());
    // Afterwards the look at the host settles it.
    sim.clock().virtual_clock().unwrap().advance(Duration::from_secs(15 * 60));
    let vm = client.vm("app-01").await.unwrap();
    let settled = vm.recover_earlier().await.unwrap();
    assert_eq!(settled.iter().map(|settled| settled.outcome.status).collect::<Vec<_>>(), [Status::Done]);
    assert!(vm.recover_earlier().await.unwrap().is_empty());
    destroy(&client, "app-01", "middle", Until::Merged).await.unwrap();
    assert!(operations(&journal).iter().all(|operation| operation.is_concluded()));
}

#[tokio::test]
async fn who_waits_settles_what_was_left_open_by_waiting_for_it() {
    let sim = sim().await;
    let journal = MemoryJournal::new();
    let waiting = sim.client_builder().host().journal(Arc::new(journal.clone())).on_busy(MINUTES);
    destroy(&waiting, "broken-01", "fails", Until::Accepted).await.unwrap();
    destroy(&waiting, "broken-01", "warns", Until::JobEnded).await.unwrap();
    let words: Vec<_> =
        operations(&journal).iter().map(|o| o.conclusion.as_ref().unwrap().outcome.status).collect();
    assert_eq!(words, [Status::NotDone, Status::Done]);
}

#[tokio::test]
async fn a_vm_that_shows_backing_up_for_ever_is_proceeded_with_where_that_is_wanted_and_the_journal_says_so()
{
    use crate::{
        host::effects,
        scripted::envelopes::{computer_system, items},
    };
    for (status, on_busy, is_sent) in
        [("32776", OnBusy::Fail, false), ("32776", OnBusy::Proceed, true), ("32770", OnBusy::Proceed, false)]
    {
        let host = effects::host().await;
        host.on(effects::VM_QUERY, [items(&[computer_system(&["11", status])])]);
        let journal = MemoryJournal::new();
        let client = effects::describe(&host).journal(Arc::new(journal.clone())).on_busy(on_busy);
        let ended = destroy(&client, "web-01", "name-B", Until::JobEnded).await;
        assert_eq!(host.count(effects::DESTROY), usize::from(is_sent), "{status} {on_busy:?}");
        if is_sent {
            assert_eq!(ended.unwrap().status, Status::Done);
            assert_eq!(operations(&journal)[0].intent.ignored.unwrap().to_string(), "backing up");
        } else {
            assert!(matches!(ended.unwrap_err().kind(), ErrorKind::Busy { .. }), "{status} {on_busy:?}");
        }
    }
}

#[tokio::test]
async fn a_refusal_as_busy_is_waited_for_by_the_command_and_each_call_is_recorded_as_not_done() {
    let bench = crate::cli::Bench::new().await;
    let words =
        ["snapshot", "destroy", "broken-01", "busy", "--yes", "--on-busy", "wait", "--timeout", "10h"];
    let mut command = bench.command(&words);
    let child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn();
    let child = child.unwrap();
    let third = async {
        while bench.sim.calls("DestroySnapshot") < 3 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(120), third).await.unwrap();
    let ran = crate::cli::cut_off::interrupt(child).await;
    ran.shows(130, &["the VM is busy, and nothing was done: waiting"]);
    let calls = bench.sim.calls("DestroySnapshot");
    // The last may have been interrupted before its two readings.
    bench.run(&["resume"]).await;
    let listed = bench.run(&["journal", "list", "--output", "json"]).await.json();
    let operations = listed["operations"].as_array().unwrap();
    assert_eq!(operations.len(), calls);
    assert!(operations.iter().all(|operation| operation["conclusion"]["status"] == "not_done"), "{listed:#}");
    // Without it the first refusal is the end.
    let ran = bench.run(words.get(..5).unwrap()).await;
    ran.shows(1, &["32774"]);
    assert_eq!(bench.sim.calls("DestroySnapshot"), calls + 1);
}
