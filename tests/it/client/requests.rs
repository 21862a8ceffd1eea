//! The number of HTTP requests of each operation: for the command, which always starts cold, and for a warm client.
//!
//! Counted by the simulated host, whose answers to a query are split as those of recorded hosts: one instance in the first
//! answer, the rest with the next request. The tables are exact: a change that adds a request must change them.

use std::time::Duration;

use hvsnap::{
    Credentials, Host, Until,
    cim::Wql,
    hyperv::DestroyScope,
    sim::{Entry, RequestKind, RunningSimulator},
};

use crate::{
    cli::{Bench, words},
    host::{IntoHost, journaled::sim},
};

/// The number of requests of a destroy, by kind.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    /// Legs of authentications.
    legs: usize,
    /// For the VM: by its name, or whether it is busy.
    vm: usize,
    /// For the disks to be merged, before the call.
    disks: usize,
    /// For the keys of the service.
    service: usize,
    tree: usize,
    /// Methods.
    calls: usize,
    /// For the job: while it is waited for.
    job_polls: usize,
    /// For the VM and its jobs: while a merge is awaited.
    merge_polls: usize,
}

impl Counts {
    /// All but polls.
    fn beside_polls(&self) -> usize {
        self.legs + self.vm + self.disks + self.service + self.tree + self.calls
    }

    fn of(entries: &[Entry]) -> Self {
        let mut counts = Self::default();
        let (mut is_over, mut last) = (false, String::new());
        for entry in entries {
            if let Some(filter) = &entry.filter {
                last = filter.to_ascii_lowercase();
            }
            let count = match entry.kind {
                RequestKind::Get => {
                    is_over = true;
                    &mut counts.job_polls
                }
                RequestKind::Invoke => &mut counts.calls,
                // A Pull belongs to the query before it; there are no parallel queries here.
                RequestKind::Enumerate | RequestKind::Pull
                    if last.contains("msvm_virtualsystemsettingdata") =>
                {
                    &mut counts.tree
                }
                RequestKind::Enumerate | RequestKind::Pull
                    if last.contains("msvm_virtualsystemsnapshotservice") =>
                {
                    &mut counts.service
                }
                RequestKind::Enumerate | RequestKind::Pull if is_over => &mut counts.merge_polls,
                RequestKind::Enumerate | RequestKind::Pull
                    if last.contains("msvm_storageallocationsettingdata") =>
                {
                    &mut counts.disks
                }
                RequestKind::Enumerate | RequestKind::Pull => &mut counts.vm,
                other => panic!("{other:?} in a destroy"),
            };
            *count += 1;
        }
        counts
    }
}

/// The requests of a destroy of `snapshot` by name, up to the end of the merge.
async fn destroy(sim: &RunningSimulator, client: &Host, snapshot: &str, scope: DestroyScope) -> Counts {
    let (before, http_before) = (sim.requests(), sim.http_requests());
    let vm = client.vm("web-01").await.unwrap();
    let tree = vm.snapshots().await.unwrap();
    let plan = tree.plan_destroy(tree.find(snapshot).unwrap().id(), scope).unwrap();
    let job = vm.begin(&plan).await.unwrap();
    let outcome = job.wait(Until::Merged, |_| {}).await.unwrap();
    assert_eq!(outcome.destroyed.len(), plan.destroyed().len());
    let entries = &sim.journal()[before..];
    Counts { legs: sim.http_requests() - http_before - entries.len(), ..Counts::of(entries) }
}

fn basic(sim: &RunningSimulator) -> hvsnap::ClientBuilder {
    let (user, password) = sim.administrator().unwrap();
    sim.client_builder().credentials(Credentials::basic(user, password))
}

#[tokio::test]
async fn a_destroy_by_name_takes_six_requests_beside_polls_and_two_more_where_disks_will_merge() {
    let sim = sim().await;
    let client = sim.client_builder().host();
    let cold = destroy(&sim, &client, "hotfix", DestroyScope::Single).await;
    let warm = destroy(&sim, &client, "rollback", DestroyScope::Single).await;
    // Two legs authenticate the whole session, and the service is requested once.
    assert_eq!((cold.legs, cold.service), (2, 1), "{cold:?}");
    assert_eq!((warm.legs, warm.service), (0, 0), "{warm:?}");
    // `hotfix` has a dependent into whose disks it merges; `rollback` has none, so that nothing is waited for.
    for (counts, disks) in [(&cold, 2), (&warm, 0)] {
        assert_eq!((counts.vm, counts.disks, counts.tree, counts.calls), (1, disks, 4, 1), "{counts:?}");
        assert!(counts.job_polls > 0 && counts.merge_polls > 0, "{counts:?}");
    }
    // The VM is read once with the tree afterwards.
    assert_eq!(warm.merge_polls, 1, "{warm:?}");
    assert_eq!((cold.beside_polls(), warm.beside_polls()), (11, 6));
}

#[tokio::test]
async fn a_destroy_with_a_plan_at_hand_takes_six_requests_while_it_is_fresh_and_eight_later() {
    for (age, tree, all) in [(Duration::ZERO, 2, 6), (Duration::from_secs(1), 4, 8)] {
        let sim = sim().await;
        let client = basic(&sim).host();
        // Warm: it has destroyed before.
        destroy(&sim, &client, "rollback", DestroyScope::Single).await;
        let clock = sim.clock().virtual_clock().unwrap();
        let vm = client.vm("web-01").await.unwrap();
        clock.advance(Duration::from_secs(60));
        let read = vm.snapshots().await.unwrap();
        let target = read.find("hotfix").unwrap().id().clone();
        clock.advance(age);
        let before = sim.requests();
        let plan = read.plan_destroy(&target, DestroyScope::Single).unwrap();
        vm.begin(&plan).await.unwrap().wait(Until::JobEnded, |_| {}).await.unwrap();
        let counts = Counts::of(&sim.journal()[before..]);
        assert_eq!((counts.vm, counts.disks, counts.tree, counts.calls), (1, 2, tree, 1), "{counts:?}");
        assert_eq!(counts.beside_polls(), all);
    }
}

#[tokio::test]
async fn a_tree_is_read_again_before_all_of_it_is_destroyed_however_fresh_it_is() {
    let sim = sim().await;
    let client = basic(&sim).host();
    destroy(&sim, &client, "rollback", DestroyScope::Single).await;
    let counts = destroy(&sim, &client, "base/before-upgrade/after-upgrade", DestroyScope::Tree).await;
    // Several snapshots are left, so each read takes two requests.
    assert_eq!((counts.vm, counts.disks, counts.tree, counts.beside_polls()), (1, 2, 6, 10), "{counts:?}");
}

#[tokio::test]
async fn a_session_takes_two_legs_and_then_one_request_for_each_operation() {
    let sim = sim().await;
    let client = sim.client_builder().host();
    for operations in 1..=20 {
        client.client().identify().await.unwrap();
        assert_eq!((sim.http_requests(), sim.requests()), (2 + operations, operations));
    }
    assert_eq!((sim.connections(), sim.handshakes()), (1, 1));
}

#[tokio::test]
async fn each_reading_of_a_warm_client_takes_as_many_requests_as_recorded_hosts_need_for_it() {
    let sim = sim().await;
    let client = basic(&sim).host();
    let vm = client.vm("web-01").await.unwrap();
    let tree = vm.snapshots().await.unwrap();
    let plan = tree.plan_destroy(tree.find("rollback").unwrap().id(), DestroyScope::Single).unwrap();
    let accepted = vm.begin(&plan).await.unwrap();
    let mut before = sim.requests();
    let mut took = || {
        let count = sim.requests() - before;
        before += count;
        count
    };
    client.client().identify().await.unwrap();
    assert_eq!(took(), 1, "who answers");
    client.vms().await.unwrap();
    assert_eq!(took(), 2, "all VMs");
    client.vm("app-01").await.unwrap();
    assert_eq!(took(), 1, "one VM by its name");
    client.vm(vm.id()).await.unwrap();
    assert_eq!(took(), 1, "one VM by its GUID");
    vm.snapshots().await.unwrap();
    assert_eq!(took(), 2, "a tree");
    let query = Wql::all("Msvm_ComputerSystem".parse().unwrap());
    let mut all = client.cim().query(&query).await.unwrap();
    let mut items = 0;
    while all.next().await.unwrap().is_some() {
        items += 1;
    }
    assert_eq!(took(), 2, "a query of {items} instances, less than a page");
    accepted.job().unwrap().read().await.unwrap();
    assert_eq!(took(), 1, "a job");
}

#[tokio::test]
async fn each_command_takes_as_many_requests_as_it_must() {
    // A minute of host and command takes longer than any test, so jobs stay alive and the cache stays fresh.
    let bench = Bench::still().await;
    let mut before = bench.sim.http_requests();
    let mut took = || {
        let count = bench.sim.http_requests() - before;
        before += count;
        count
    };
    let mut others = Vec::new();
    for (arguments, code, count) in [
        (words(&["explain", "HVS0413"]), 0, 0),
        (&["journal", "list"], 0, 0),
        // All following counts include the two legs of an authentication.
        (&["identify"], 0, 3),
        (&["vm", "list"], 0, 4),
        (&["vm", "show", "app-01"], 0, 3),
        (&["snapshot", "list", "web-01"], 0, 5),
        (&["snapshot", "tree", "web-01"], 0, 5),
        (&["snapshot", "show", "web-01", "base"], 0, 5),
        // Six files of each of two disks, each with its settings and its state.
        (&["snapshot", "list", "web-01", "--sizes"], 0, 32),
        (&["merge", "list"], 0, 18),
        (&["merge", "show", "web-01"], 0, 24),
        (&["job", "list"], 0, 8),
        // The disks, the service, three calls for each of two disks, and the volumes besides; with `--yes` none of them.
        (&["snapshot", "destroy", "web-01", "hotfix", "--dry-run"], 0, 17),
        (&["snapshot", "destroy", "web-01", "hotfix", "--fingerprint", "0123456789abcdef", "--yes"], 8, 5),
        // The service, the disks and the call besides.
        (&["snapshot", "destroy", "web-01", "hotfix", "--yes", "--no-wait"], 0, 9),
    ] {
        let ran = bench.run(arguments).await;
        ran.shows(code, &[]);
        let took = took();
        others.extend((took != count).then(|| format!("{arguments:?}: {took}, not {count}")));
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
    let listed = bench.run(&["journal", "list", "--output", "json"]).await.json();
    let job = listed["operations"][0]["answer"]["job"]["id"].as_str().unwrap().to_owned();
    assert_eq!(took(), 0);
    for (arguments, code, count) in [
        // A job is first looked up by its id; polls then use its own keys.
        (words(&["job", "show", &job]), 0, 3),
        // A time limit of zero is refused.
        (&["job", "wait", &job, "--timeout", "0s"], 2, 0),
        (&["job", "cancel", &job], 0, 4),
    ] {
        bench.run(arguments).await.shows(code, &[]);
        assert_eq!(took(), count, "{arguments:?}");
    }
}
