//! Finds out what became of an operation whose answer was lost: its intent is in a journal, and the host is asked again later.
//!
//! The host is the embedded simulator: `cargo run --example resume`.
#![allow(clippy::print_stdout, reason = "an example shows what it found")]

use std::{error::Error, fs, sync::Arc};

use hvsnap::{
    Host, Until,
    hyperv::DestroyScope,
    journal::{FileJournal, Journal, Status},
    sim::{RunningSimulator, Simulator},
};

const LAB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/two-branches.toml");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("hvsnap-example-{}", std::process::id()));
    // The host carries out the call, and the connection breaks before the answer arrives.
    let sim = Simulator::from_lab(LAB)?.seed(7).fault("on=DestroySnapshot,nth=1,do=reset-after".parse()?);
    let sim = sim.start().await?;

    match destroy(&sim, FileJournal::new(&folder)).await {
        Ok(status) => println!("destroy ended with: {status}"),
        Err(error) => println!("destroy ended with: {error}; effect: {:?}", error.effect()),
    }

    // Another process, minutes or days later: the same folder, a new connection. A call is never sent twice.
    let journal = Arc::new(FileJournal::new(&folder));
    let host = Host::new(sim.client_builder().connect().await?).journal(journal.clone());
    let mut found = Vec::new();
    for operation in journal.list()? {
        let operation = operation?;
        if operation.is_open() {
            let outcome = host.resume(&operation).await?.outcome;
            let (kind, vm) = (operation.intent.action.kind(), &operation.intent.vm_name);
            println!("resumed: {kind} on {vm}: {}", outcome.status);
            outcome.observations.iter().for_each(|observation| println!("  because {observation}"));
            found.push(outcome.status);
        }
    }
    let calls = sim.calls("DestroySnapshot");
    println!("calls that reached the host: {calls}");
    sim.shutdown().await;
    fs::remove_dir_all(&folder)?;
    if found == [Status::Done] && calls == 1 { Ok(()) } else { Err("not resumed".into()) }
}

async fn destroy(sim: &RunningSimulator, journal: FileJournal) -> Result<Status, hvsnap::Error> {
    let host = Host::new(sim.client_builder().connect().await?).journal(Arc::new(journal));
    let vm = host.vm("app-01").await?;
    let tree = vm.snapshots().await?;
    let plan = tree.plan_destroy(tree.find("oldest/middle")?.id(), DestroyScope::Single)?;
    // Nothing is waited for: the program ends here.
    Ok(vm.begin(&plan).await?.wait(Until::Accepted, |_| {}).await?.status)
}
