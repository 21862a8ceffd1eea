//! Destroys a snapshot with the library: read, plan, show the plan, execute, read the resulting tree.
//!
//! The host is the embedded simulator, so `cargo run --example destroy` is sufficient. For a real host only the first lines
//! differ.
#![allow(clippy::print_stdout, reason = "an example shows what it found")]

use std::error::Error;

use hvsnap::{Host, Until, hyperv::DestroyScope, sim::Simulator};

const LAB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/two-branches.toml");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // On a real host: Client::builder("https://hv01.corp.example:5986")
    //     .credentials(Credentials::basic(r"HV01\ops", Secret::from_env("HVSNAP_PASSWORD")?))
    //     .connect().await?
    let sim = Simulator::from_lab(LAB)?.seed(7).start().await?;
    let host = Host::new(sim.client_builder().connect().await?);

    let vm = host.vm("web-01").await?;
    let tree = vm.snapshots().await?;
    let target = tree.find("base/before-upgrade")?;
    let plan = tree.plan_destroy(target.id(), DestroyScope::Single)?;
    println!("to be destroyed: {}", plan.target().element_name());
    for dependent in plan.dependents() {
        println!("depends on it and stays: {}", dependent.element_name());
    }

    // So far only reads were sent. From here on the host changes, unless its tree has changed since the plan.
    let job = vm.begin(&plan).await?;
    let outcome = job.wait(Until::Merged, |now| println!("{:>3}% {}", now.percent, now.state)).await?;

    for gone in &outcome.destroyed {
        println!("gone from the host: {}", gone.name);
    }
    for snapshot in vm.snapshots().await?.snapshots() {
        println!("still there: {}", snapshot.element_name());
    }
    sim.shutdown().await;
    Ok(())
}
