//! Many instances, many operations, many hosts: memory, requests and threads stay bounded.
//!
//! Only counts are checked, never times or sizes: requests, waiting items, threads.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use hvsnap::{
    Client, Credentials, Host,
    cim::Wql,
    sim::{RequestKind, RunningSimulator, Simulator},
};

use crate::host::IntoHost;
use tokio::runtime::Builder;

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
"#;

async fn simulator(vms: usize) -> RunningSimulator {
    Simulator::from_lab_text(LAB).unwrap().add_vms(vms).start().await.unwrap()
}

#[tokio::test]
async fn vms_beyond_those_of_the_lab_are_as_good_as_any() {
    let sim = simulator(250).await;
    let client = Host::new(sim.client_builder().connect().await.unwrap());
    assert_eq!(client.vms().await.unwrap().len(), 251);
    let vm = client.vm("vm-000250").await.unwrap();
    assert!(vm.snapshots().await.unwrap().snapshots().is_empty());
    let again = Simulator::from_lab_text(LAB).unwrap().add_vms(250).start().await.unwrap();
    assert_eq!(again.vms(), sim.vms(), "the same seed gives the same VMs");
}

#[tokio::test]
async fn pages_are_handed_on_and_none_is_asked_for_before_the_last_one_is_used_up() {
    const PAGE: usize = 10;
    let sim = simulator(500).await;
    let client = Host::new(sim.client_builder().page_size(10).connect().await.unwrap());
    let query = Wql::all("Msvm_ComputerSystem".parse().unwrap());
    let mut enumeration = client.cim().query(&query).await.unwrap();
    let mut taken = 0;
    while enumeration.next().await.unwrap().is_some() {
        taken += 1;
        let pulls = sim.journal().iter().filter(|entry| entry.kind == RequestKind::Pull).count();
        // The answer to the Enumerate has one item.
        let sent = 1 + pulls * PAGE;
        assert!(sent < taken + PAGE, "{sent} items were asked for when {taken} were taken");
    }
    assert_eq!(taken, 502, "the host, the VM of the lab, and the others");
}

#[tokio::test]
async fn a_session_of_ntlm_begins_with_two_legs_and_then_each_operation_is_one_request() {
    let sim = simulator(0).await;
    let client = Host::new(sim.client_builder().connect().await.unwrap());
    assert_eq!((sim.http_requests(), sim.requests()), (3, 1), "two legs, and who the host is");
    for more in 1..=20 {
        client.client().identify().await.unwrap();
        assert_eq!((sim.http_requests(), sim.requests()), (3 + more, 1 + more));
    }
    assert_eq!((sim.connections(), sim.handshakes()), (1, 1));
}

/// The number of threads that a runtime starts while this many hosts are used at once.
fn threads_for(hosts: usize, name: &str) -> usize {
    let servers = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let started = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&started);
    let clients = Builder::new_current_thread()
        .enable_all()
        .on_thread_start(move || {
            count.fetch_add(1, Ordering::Relaxed);
        })
        .build()
        .unwrap();
    let sims: Vec<_> = (0..hosts).map(|_| servers.block_on(simulator(0))).collect();
    clients.block_on(async {
        let tasks: Vec<_> = sims
            .iter()
            .map(|sim| {
                let credentials = Credentials::ntlm(r"LAB\operator", hvsnap::Secret::new("correct-horse"));
                let client = Client::builder(format!("http://{name}:{}", sim.address().port()))
                    .credentials(credentials)
                    .host();
                tokio::spawn(async move { client.vm("web-01").await.map(drop) })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
    });
    started.load(Ordering::Relaxed)
}

#[test]
fn hosts_that_are_asked_at_once_take_no_thread_each() {
    assert_eq!(threads_for(40, "127.0.0.1"), 0, "there is nothing to wait for");
}

/// How many threads of its own the library takes for them, `http::waiting` tests.
#[test]
fn names_of_many_hosts_are_looked_up_without_a_thread_of_the_runtime() {
    assert_eq!(
        threads_for(40, "localhost"),
        0,
        "who embeds the library has set the size of that pool for other work"
    );
}
