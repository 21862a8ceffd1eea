//! What a destroy believes of what was read a moment ago, and what it reads again all the same.
//!
//! The clock stands still here unless a test moves it, so that every reading is fresh. Whatever is believed, a destroy of one
//! snapshot takes that one and no other, and what it says afterwards was read afterwards.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use hvsnap::{
    Effect, ErrorKind, Host, OnBusy, Until,
    clock::{Clock, Sleep, VirtualClock},
    hyperv::{DestroyScope, SnapshotTree},
    journal::MemoryJournal,
    sim::RunningSimulator,
};

use crate::{
    host::{
        IntoHost, effects,
        journaled::{client, destroy, is_there, sim},
    },
    scripted::envelopes::{computer_system, items, tree_after, tree_before},
};

async fn read(client: &Host, vm: &str) -> (hvsnap::Vm, SnapshotTree) {
    let vm = client.vm(vm).await.unwrap();
    let tree = vm.snapshots().await.unwrap();
    (vm, tree)
}

fn plain(sim: &RunningSimulator) -> Host {
    sim.client_builder().host()
}

/// Whether a destroy of `snapshot` by what was read is refused as stale, with nothing sent.
async fn is_stale(sim: &RunningSimulator, vm: &hvsnap::Vm, tree: &SnapshotTree, snapshot: &str) -> bool {
    let calls = sim.calls("DestroySnapshot") + sim.calls("DestroySnapshotTree");
    let plan = tree.plan_destroy(tree.find(snapshot).unwrap().id(), DestroyScope::Single).unwrap();
    match vm.begin(&plan).await {
        Ok(_) => false,
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::Stale(_)), "{error}");
            assert_eq!((error.effect(), sim.calls("DestroySnapshot")), (Effect::None, calls));
            true
        }
    }
}

#[tokio::test]
async fn what_moved_in_the_very_moment_cannot_make_a_single_destroy_take_anything_else() {
    let sim = sim().await;
    let (vm, tree) = read(&plain(&sim), "web-01").await;
    sim.rename_snapshot("web-01", "rollback", "keep-me").unwrap();
    sim.add_snapshot("web-01", Some("hotfix"), "newborn").unwrap();
    let plan = tree.plan_destroy(tree.find("hotfix").unwrap().id(), DestroyScope::Single).unwrap();
    let outcome = vm.begin(&plan).await.unwrap().wait(Until::JobEnded, |_| {}).await.unwrap();
    assert_eq!(outcome.destroyed.len(), 1);
    // The tree that is told of is the one that was read afterwards.
    let kept: Vec<_> = outcome.kept().iter().map(|snapshot| snapshot.element_name()).collect();
    assert!(kept.contains(&"keep-me") && kept.contains(&"newborn"), "{kept:?}");
    assert!(is_there(&sim, "web-01", "newborn") && !is_there(&sim, "web-01", "hotfix"));
}

#[tokio::test]
async fn what_was_removed_in_the_very_moment_by_somebody_else_is_told_as_that() {
    let sim = sim().await;
    let (vm, tree) = read(&plain(&sim), "web-01").await;
    sim.remove_snapshot("web-01", "rollback").unwrap();
    let plan = tree.plan_destroy(tree.find("hotfix").unwrap().id(), DestroyScope::Single).unwrap();
    let outcome = vm.begin(&plan).await.unwrap().wait(Until::JobEnded, |_| {}).await.unwrap();
    let unexpected: Vec<_> = outcome.unexpected.iter().map(|snapshot| snapshot.name.as_str()).collect();
    assert_eq!(unexpected, ["rollback"]);
}

#[tokio::test]
async fn a_tree_with_all_under_it_is_always_read_again() {
    let sim = sim().await;
    let (vm, tree) = read(&plain(&sim), "web-01").await;
    sim.add_snapshot("web-01", Some("hotfix"), "newborn").unwrap();
    let plan = tree.plan_destroy(tree.find("hotfix").unwrap().id(), DestroyScope::Tree).unwrap();
    let error = vm.begin(&plan).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Stale(_)), "{error}");
    assert!(is_there(&sim, "web-01", "newborn") && sim.calls("DestroySnapshotTree") == 0);
}

#[tokio::test]
async fn a_client_does_not_believe_what_it_read_before_its_own_destroy() {
    let sim = sim().await;
    let client = plain(&sim);
    let (vm, tree) = read(&client, "web-01").await;
    destroy(&client, "web-01", "rollback", Until::JobEnded).await.unwrap();
    assert!(is_stale(&sim, &vm, &tree, "hotfix").await);
    // What it read back is fresh, and as good as read for the plan.
    let (vm, tree) = read(&client, "web-01").await;
    assert!(!is_stale(&sim, &vm, &tree, "hotfix").await);
}

#[tokio::test]
async fn a_client_does_not_believe_what_it_read_before_a_destroy_that_the_journal_shows() {
    for (snapshot, until) in [("middle", Until::Merged), ("newest", Until::Accepted)] {
        let (sim, journal) = (sim().await, MemoryJournal::new());
        let (first, second) = (client(&sim, journal.clone()), client(&sim, journal));
        let (vm, tree) = read(&first, "app-01").await;
        destroy(&second, "app-01", snapshot, until).await.unwrap();
        if until == Until::Accepted {
            // Nobody saw its end; the settling that comes first does.
            sim.clock().virtual_clock().unwrap().advance(Duration::from_secs(15 * 60));
        }
        assert!(is_stale(&sim, &vm, &tree, "oldest").await, "{until:?}");
    }
}

/// A system whose clock is set back by a day; what is measured with goes on.
#[derive(Clone, Debug)]
struct SetBack {
    clock: VirtualClock,
    is_set_back: Arc<AtomicBool>,
}

impl Clock for SetBack {
    fn now(&self) -> Duration {
        self.clock.now()
    }

    fn wall(&self) -> Duration {
        let day = Duration::from_secs(24 * 60 * 60);
        if self.is_set_back.load(Ordering::SeqCst) { self.now() - day } else { self.now() }
    }

    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        self.clock.sleep(duration)
    }
}

#[tokio::test]
async fn a_destroy_that_the_journal_shows_is_later_than_a_reading_also_where_the_clock_was_set_back_between()
{
    let (sim, journal) = (sim().await, MemoryJournal::new());
    let clock = SetBack {
        clock: sim.clock().virtual_clock().unwrap(),
        is_set_back: Arc::new(AtomicBool::new(false)),
    };
    let described = || {
        let host = sim.client_builder().clock(Arc::new(clock.clone())).host();
        host.fresh_for(Duration::from_secs(3600)).journal(Arc::new(journal.clone()))
    };
    let (first, second) = (described(), described());
    let (vm, tree) = read(&first, "app-01").await;
    clock.is_set_back.store(true, Ordering::SeqCst);
    destroy(&second, "app-01", "middle", Until::Merged).await.unwrap();
    assert!(is_stale(&sim, &vm, &tree, "oldest").await);
}

#[tokio::test]
async fn a_vm_that_was_seen_busy_is_asked_again() {
    let sim = sim().await;
    destroy(&plain(&sim), "app-01", "newest", Until::Accepted).await.unwrap();
    let (vm, tree) = read(&plain(&sim), "app-01").await;
    let plan = tree.plan_destroy(tree.find("middle").unwrap().id(), DestroyScope::Single).unwrap();
    let error = vm.begin(&plan).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Busy { .. }), "{error}");
    assert_eq!(sim.calls("DestroySnapshot"), 1);
}

#[tokio::test]
async fn who_wants_it_has_everything_read_again() {
    let sim = sim().await;
    let journal = Arc::new(MemoryJournal::new());
    let client = sim.client_builder().host().journal(journal).fresh_for(Duration::ZERO);
    let (vm, tree) = read(&client, "web-01").await;
    sim.add_snapshot("web-01", Some("base"), "newborn").unwrap();
    assert!(is_stale(&sim, &vm, &tree, "hotfix").await);
}

#[tokio::test]
async fn what_was_read_before_a_vm_was_seen_busy_is_read_again_however_short_that_was() {
    let host = effects::host().await;
    let seen = |states: &[&str]| items(&[computer_system(states)]);
    let deleting = || seen(&["11", "32770"]);
    host.on(effects::VM_QUERY, [seen(&["2"]), deleting(), deleting(), seen(&["2"])]);
    host.on(effects::TREE, [tree_before(), tree_after()]);
    let on_busy = OnBusy::Wait { at_most: Some(Duration::from_secs(60)) };
    let client = effects::describe(&host).on_busy(on_busy).fresh_for(Duration::from_secs(3600));
    let (vm, tree) = read(&client, "web-01").await;
    let plan = tree.plan_destroy(tree.find("name-B").unwrap().id(), DestroyScope::Single).unwrap();
    // Seen busy once more, so that the destroy looks again and waits.
    let vm = client.vm(vm.name()).await.unwrap();
    let error = vm.begin(&plan).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Stale(_)), "{error}");
    assert_eq!(host.count(effects::DESTROY), 0);
}
