//! Destroys a snapshot: read, plan, preview with what depends on it and what it costs, execute, read the resulting tree.
//!
//! The host is the embedded simulator: `cargo run --example destroy`. For a real host only the first lines differ.
#![allow(clippy::print_stdout, reason = "an example shows what it found")]

use std::error::Error;

use hvsnap::{
    Host, Until,
    hyperv::{Bytes, DestroyScope},
    sim::Simulator,
};

const LAB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/demo.toml");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // On a real host: Client::builder("https://hv01.corp.example:5986")
    //     .credentials(Credentials::negotiate(r"CORP\ops", Secret::from_env("HVSNAP_PASSWORD")?))
    //     .connect().await?
    let sim = Simulator::from_lab(LAB)?.seed(7).start().await?;
    let host = Host::new(sim.client_builder().connect().await?);

    let vm = host.vm("web-01").await?;
    let tree = vm.snapshots().await?;
    let plan = tree.plan_destroy(tree.find("base/before-upgrade")?.id(), DestroyScope::Single)?;

    // The preview. Only reads are sent for it.
    println!("to be destroyed: {}", plan.target().element_name());
    for dependent in plan.dependents() {
        println!("depends on it and stays: {}", dependent.element_name());
    }
    for cost in vm.destroy_costs(&[&plan]).await {
        println!("to be merged: {}, to be freed: {}", mib(&cost.merged), mib(&cost.freed));
        if let Some(short) = cost.space.iter().find(|need| need.is_short()) {
            return Err(format!("there is too little space on {}", short.volume).into());
        }
    }

    // From here on the host changes, unless its tree has changed since the plan.
    let operation = vm.begin(&plan).await?;
    let outcome = operation.wait(Until::Merged, |now| println!("{:>3}% {}", now.percent, now.state)).await?;

    for gone in &outcome.destroyed {
        println!("gone from the host: {}", gone.name);
    }
    for snapshot in vm.snapshots().await?.snapshots() {
        println!("still there: {}", snapshot.element_name());
    }
    sim.shutdown().await;
    if outcome.destroyed.len() == 1 && outcome.is_complete() { Ok(()) } else { Err("not destroyed".into()) }
}

fn mib(bytes: &Bytes) -> String {
    // A file that cannot be read makes a sum unknown, never smaller.
    bytes
        .exact()
        .map_or_else(|| format!("not known: {:?}", bytes.reasons()), |bytes| format!("{} MiB", bytes >> 20))
}
