//! Many simulated hosts in one process, for the loop over many hosts.

use hvsnap::sim::{SimClock, Simulator};

use crate::{Any, arguments::Arguments};

const LAB: &str = r#"
schema = "hvsnap-lab/1"
[host]
name = "HV01"
[service]
allow_unencrypted = true
auth = ["negotiate", "basic"]
[[user]]
name = 'LAB\operator'
password = "correct-horse"
rights = "administrator"
[[vm]]
name = "web-01"
current = "base/before-upgrade/after-upgrade"
[[vm.snapshot]]
name = "base"
[[vm.snapshot]]
name = "before-upgrade"
parent = "base"
[[vm.snapshot]]
name = "after-upgrade"
parent = "before-upgrade"
"#;

pub(crate) async fn run(arguments: &Arguments) -> Result<(), Any> {
    let hosts: u64 = arguments.number("hosts", 200)?;
    let speed = arguments.number("speed", 1.0)?;
    let machines = arguments.number("vms", 0)?;
    let mut running = Vec::new();
    for seed in 0..hosts {
        let simulator = Simulator::from_lab_text(LAB)?.seed(seed).add_vms(machines);
        let simulator = simulator.clock(SimClock::real(speed)).start().await?;
        println!("{}", simulator.endpoint());
        running.push(simulator);
    }
    println!("ready");
    // Until standard input ends.
    let end =
        tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink()));
    end.await??;
    Ok(())
}
