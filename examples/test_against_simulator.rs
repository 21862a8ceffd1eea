//! How a tool's own tests use the simulator: a lab in text, virtual time, a fault, and what the host was really asked.
//!
//! `cargo run --example test_against_simulator`. In your crate these are `#[tokio::test]` functions, and `hvsnap` with the
//! feature `sim` is a dev-dependency.
#![allow(clippy::print_stdout, reason = "an example shows what it found")]

use std::{error::Error, time::Duration};

use hvsnap::{Client, Host, Until, hyperv::DestroyScope, sim::Simulator};

const DAY: Duration = Duration::from_secs(86_400);
const LAB: &str = r#"
    schema = "hvsnap-lab/1"
    [host]
    name = "HV01"
    [[user]]
    name = 'LAB\operator'
    password = "correct-horse"
    rights = "administrator"
    [[vm]]
    name = "web-01"
    [[vm.snapshot]]
    name = "nightly"
    created = 2026-11-22T02:00:00Z
"#;

/// The tool: destroys the snapshots of a VM that are older than `age` at `now`, and returns their names.
async fn prune(client: Client, vm: &str, now: Duration, age: Duration) -> Result<Vec<String>, hvsnap::Error> {
    let vm = Host::new(client).vm(vm).await?;
    let tree = vm.snapshots().await?;
    let limit = i64::try_from(now.saturating_sub(age).as_micros()).unwrap_or(i64::MAX);
    let is_old = |created: hvsnap::cim::Timestamp| created.unix_micros() < limit;
    let Some(old) = tree.snapshots().iter().find(|snapshot| snapshot.created.is_some_and(is_old)) else {
        return Ok(Vec::new());
    };
    let operation = vm.begin(&tree.plan_destroy(old.id(), DestroyScope::Single)?).await?;
    let outcome = operation.wait(Until::Merged, |_| {}).await?;
    Ok(outcome.destroyed.into_iter().map(|snapshot| snapshot.name).collect())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sim = Simulator::from_lab_text(LAB)?.seed(7).start().await?;
    let client = sim.client_builder().connect().await?;

    // Virtual time begins at 2026-11-23T09:00:00Z.
    assert!(prune(client.clone(), "web-01", sim.now(), 14 * DAY).await?.is_empty(), "it is one day old");
    // Two weeks pass in no time, and so do the job and the merge, which the client waits for.
    sim.clock().virtual_clock().ok_or("time is real")?.advance(15 * DAY);
    sim.inject("do=job-exception,nth=1".parse()?);
    let refused = prune(client.clone(), "web-01", sim.now(), 14 * DAY).await;
    println!("with a job that fails: {}", refused.err().ok_or("the failure was not told")?);
    assert_eq!(sim.snapshots_of("web-01")?.len(), 1, "nothing is gone");
    assert_eq!(prune(client, "web-01", sim.now(), 14 * DAY).await?, ["nightly"]);
    assert_eq!((sim.calls("DestroySnapshot"), sim.snapshots_of("web-01")?.len()), (2, 0));
    println!("all tests of the tool passed");
    Ok(())
}
