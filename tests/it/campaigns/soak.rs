//! Thousands of destroys by one client on one host with constant faults: the reports stay right, and the memory constant.
//!
//! It runs alone, because memory belongs to the whole process: `cargo test --test it soak -- --ignored`. `HVSNAP_SOAK` is the
//! number of destroys.

use std::{sync::Arc, time::Duration};

use hvsnap::{
    Effect, Host, Until,
    hyperv::DestroyScope,
    journal::{MemoryJournal, Status},
    sim::{RunningSimulator, Simulator},
};

use crate::host::{IntoHost, journaled::operations};

const LAB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/two-branches.toml");
const VM: &str = "app-01";
const DESTROYS: usize = 2_000;
/// After this many destroys, one-time allocations are done.
const WARM: usize = 400;
/// The number of destroys per journal, because a journal keeps everything.
const JOURNAL: usize = 50;
/// The fluctuation of the allocator, in KiB; a leak of one answer for each destroy would be far above it.
const SLACK: usize = 6 * 1024;

/// Each rule affects a few percent of the requests.
const FAULTS: [&str; 10] = [
    "on=get,do=reset-before,probability=0.03,seed=1",
    "on=pull,do=reset-after,probability=0.03,seed=2",
    "on=enumerate,do=status,code=503,probability=0.02,seed=3",
    "on=get,do=truncate,probability=0.02,seed=4",
    "on=pull,do=quota,probability=0.02,seed=5",
    "on=DestroySnapshot,do=reset-after,probability=0.05,seed=6",
    "on=DestroySnapshot,do=reset-before,probability=0.05,seed=7",
    "on=DestroySnapshot,do=job-exception,probability=0.05,seed=8",
    "on=DestroySnapshot,do=job-vanishes,probability=0.05,seed=9",
    "on=get,do=wrong-relates-to,probability=0.01,seed=10",
];

#[derive(Debug, Default)]
struct Tally {
    destroyed: usize,
    failed: usize,
    unknown: usize,
}

#[tokio::test]
#[ignore = "runs alone: it measures the memory of the whole process"]
async fn thousands_of_destroys_on_a_host_that_goes_wrong_leave_memory_as_it_was() {
    let destroys = std::env::var("HVSNAP_SOAK").map_or(DESTROYS, |text| text.parse().unwrap()).max(WARM + 1);
    let sim = Simulator::from_lab(LAB).unwrap().seed(7).start().await.unwrap();
    let clock = sim.clock().virtual_clock().unwrap();
    let mut tally = Tally::default();
    let (mut client, mut journal) = fresh(&sim);
    let mut warm = 0;
    for round in 0..destroys {
        if round % JOURNAL == 0 {
            (client, journal) = fresh(&sim);
        }
        if round == WARM {
            warm = resident();
        }
        let name = format!("soak-{round}");
        sim.add_snapshot(VM, Some("oldest"), &name).unwrap();
        FAULTS.iter().for_each(|fault| {
            sim.inject(format!("{fault}{round}").parse().unwrap());
        });
        let ended = destroy(&client, &name).await;
        sim.clear_faults();
        let is_there = || sim.snapshots_of(VM).unwrap().iter().any(|snapshot| snapshot.name == name);
        match ended {
            Ok(gone) => {
                assert_eq!((gone, is_there()), (1, false), "{name}");
                tally.destroyed += 1;
            }
            Err(error) if error.effect() == Effect::Unknown => tally.unknown += 1,
            Err(error) => {
                assert_eq!(error.effect() == Effect::Applied, !is_there(), "{name}: {error:?}");
                tally.failed += 1;
            }
        }
        // The host answers again, and no call is in progress any more.
        clock.advance(Duration::from_secs(300));
        if let Some(open) = operations(&journal).into_iter().find(|operation| !operation.is_concluded()) {
            let status = client.resume(&open).await.unwrap().outcome.status;
            assert_eq!(status, if is_there() { Status::NotDone } else { Status::Done }, "{name}");
        }
        if is_there() {
            sim.remove_snapshot(VM, &name).unwrap();
        }
    }
    let grown = resident().saturating_sub(warm);
    super::report(&format!(
        "{destroys} destroys: {tally:?}; {} requests; memory {warm} KiB, {grown} KiB more at the end",
        sim.requests()
    ));
    // After a lost answer the host's state decides: few outcomes are unknown after ten minutes.
    assert!(tally.destroyed > destroys / 2 && tally.failed > 0, "{tally:?}");
    assert!(tally.unknown * 100 <= destroys, "{tally:?}");
    assert!(grown < SLACK, "{grown} KiB more than after {WARM} destroys");
}

fn fresh(sim: &RunningSimulator) -> (Host, MemoryJournal) {
    let journal = MemoryJournal::new();
    (sim.client_builder().host().journal(Arc::new(journal.clone())), journal)
}

/// The number of destroyed snapshots.
async fn destroy(client: &Host, name: &str) -> Result<usize, hvsnap::Error> {
    let vm = client.vm(VM).await?;
    let tree = vm.snapshots().await?;
    let plan = tree.plan_destroy(tree.find(name).unwrap().id(), DestroyScope::Single).unwrap();
    let job = vm.begin(&plan).await?;
    let wait = hvsnap::Wait::until(Until::Merged).timeout(Duration::from_secs(600));
    Ok(job.wait(wait, |_| {}).await?.destroyed.len())
}

/// The resident memory of this process, in KiB; 0 if the system does not report it.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
