//! Many hosts in one process: on each, destroys a snapshot by name and waits until its disks are merged.

use std::{cell::RefCell, io::BufRead, rc::Rc};

use hvsnap::{ClientBuilder, Host, Until, hyperv::DestroyScope};
use tokio::task::LocalSet;

use crate::{Any, arguments::Arguments, measure::Measurement};

pub(crate) async fn run(arguments: &Arguments) -> Result<(), Any> {
    let hosts: usize = arguments.number("hosts", 200)?;
    let vm = arguments.text("vm").unwrap_or("web-01").to_owned();
    let snapshot = arguments.text("snapshot").unwrap_or("before-upgrade").to_owned();
    let endpoints: Vec<String> = std::io::stdin().lock().lines().take(hosts).collect::<Result<_, _>>()?;
    if endpoints.len() < hosts {
        return Err(format!("{} endpoints for {hosts} hosts", endpoints.len()).into());
    }
    let measurement = Rc::new(RefCell::new(Measurement::begin()?));
    let all = LocalSet::new();
    let mut tasks = Vec::new();
    for endpoint in &endpoints {
        let (builder, vm, snapshot) = (arguments.client_of(endpoint)?, vm.clone(), snapshot.clone());
        let measurement = Rc::clone(&measurement);
        let task = async move { destroy(builder, &vm, &snapshot, &measurement).await };
        tasks.push(all.spawn_local(async move { task.await.map_err(|error| error.to_string()) }));
    }
    all.await;
    for task in tasks {
        task.await??;
    }
    let measurement = Rc::into_inner(measurement).ok_or("a host is still at work")?;
    measurement.into_inner().print(hosts, &[])
}

async fn destroy(
    builder: ClientBuilder,
    vm: &str,
    snapshot: &str,
    measurement: &RefCell<Measurement>,
) -> Result<(), Any> {
    let host = Host::new(builder.build()?);
    let vm = host.vm(vm).await?;
    let tree = vm.snapshots().await?;
    let plan = tree.plan_destroy(tree.find(snapshot)?.id(), DestroyScope::Single)?;
    let job = vm.begin(&plan).await?;
    let outcome = job.wait(Until::Merged, |_| {}).await?;
    measurement.borrow_mut().look()?;
    match outcome.destroyed.len() {
        1 => Ok(()),
        gone => Err(format!("{gone} snapshots are gone from {}", host.endpoint()).into()),
    }
}
