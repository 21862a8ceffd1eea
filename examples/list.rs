//! Lists the snapshots of all VMs of a host, as trees.
//!
//! The host is the embedded simulator: `cargo run --example list`.
#![allow(clippy::print_stdout, reason = "an example shows what it found")]

use std::error::Error;

use hvsnap::{
    Host,
    hyperv::{Snapshot, SnapshotTree},
    sim::Simulator,
};

const LAB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/two-branches.toml");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // On a real host: Client::builder("https://hv01.corp.example:5986")
    //     .credentials(Credentials::negotiate(r"CORP\ops", Secret::from_env("HVSNAP_PASSWORD")?))
    //     .connect().await?
    let sim = Simulator::from_lab(LAB)?.seed(7).start().await?;
    let host = Host::new(sim.client_builder().connect().await?);

    // One enumeration, however many VMs there are.
    let all = host.snapshots().await?;
    for tree in &all.trees {
        println!("{}, snapshots: {}", tree.vm_name(), tree.len());
        show(tree);
    }
    let (vms, snapshots) = (all.vms(), all.snapshots().count());
    println!("{vms} VMs, {snapshots} snapshots");
    sim.shutdown().await;
    if (vms, snapshots) == (11, 32) { Ok(()) } else { Err("the lab has other VMs".into()) }
}

/// Prints a tree. There is no recursion: the host determines how deep it is.
fn show(tree: &SnapshotTree) {
    let mut waiting: Vec<&Snapshot> = tree.roots().collect();
    waiting.reverse();
    while let Some(snapshot) = waiting.pop() {
        let now = tree.current().is_some_and(|current| current.id() == snapshot.id());
        let created = snapshot.created.map(|created| created.to_string()).unwrap_or_default();
        let indent = "  ".repeat(tree.depth(snapshot) + 1);
        println!("{indent}{}  {created}{}", snapshot.element_name(), if now { "  (now)" } else { "" });
        let children: Vec<&Snapshot> = tree.children(snapshot.id()).collect();
        waiting.extend(children.into_iter().rev());
    }
}
