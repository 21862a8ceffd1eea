//! `sim serve`: serves a lab file on a loopback address.
//!
//! The clock is real, or faster by `--speed`.

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;
use hvsnap::{
    Effect,
    sim::{FaultRule, SimClock, Simulator},
};

use super::{because, speed, tell_faults};
use crate::cli::{
    answer::Answer,
    exit::Exit,
    failure::Failure,
    render::Line,
    run::{Run, on_a_runtime},
};

/// Serve a lab file as a simulated WinRM and Hyper-V host
#[derive(Debug, Args)]
#[command(after_help = "\
Prints one line, `listening on URL`, when it is ready; serves until Ctrl-C. Port 0 takes a free port.
With a cluster in the lab that is the URL of the cluster's name; a line `node NAME on URL` follows
for each node. The nodes take the next free ports, or with port 0 any.

A rule of --fault is KEY=VALUE,KEY=VALUE,…; a lab file has the same keys in [[fault]] tables.
  do           refuse, delay-before, delay-after, reset-before, reset-after, truncate, garbage,
               status, fault, timed-out, quota, wrong-relates-to, replay, drip, oversize,
               job-stuck, job-exception, job-vanishes, object-late, disk-late, merge-blocked,
               merge-fails, merge-stops, moves, node-fails; each has keys of its own
  on           any, connect, identify, get, put, create, delete, enumerate, pull, release, invoke,
               or a method
  class        only requests for that class; method: only calls of that method
  at           only requests that reach that node of a cluster
  nth          which of the requests it is about; or from, every and count
  probability  how often it strikes those, from 0 to 1; with seed

Examples:
  hvsnap sim serve --lab fixtures/lab/two-branches.toml --listen 127.0.0.1:5985
  hvsnap sim serve --lab lab.toml --listen 127.0.0.1:0 --seed 7 --speed 20
  hvsnap sim serve --lab lab.toml --fault on=DestroySnapshot,nth=1,do=reset-after
  hvsnap sim serve --lab fixtures/lab/cluster.toml --fault on=DestroySnapshot,do=moves,node=HV02
  hvsnap sim serve --lab lab.toml --tls-cert cert.pem --tls-key key.pem

A certificate for HTTPS; clients trust it with --ca-file cert.pem:
  openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 30 \\
    -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \\
    -addext basicConstraints=CA:FALSE")]
pub(crate) struct Serve {
    /// Lab file: VMs, snapshots, users
    #[arg(long, value_name = "FILE")]
    lab: PathBuf,

    /// Loopback address and port to listen on; port 0 takes a free one, and nodes of a cluster take the next
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:5985")]
    listen: SocketAddr,

    /// Seed of the identifiers that the lab does not give
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,

    /// Number of VMs without snapshots to add
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    vms: u32,

    /// How many times faster than real time jobs and merges run
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = speed)]
    speed: f64,

    /// Inject faults by a rule such as on=DestroySnapshot,nth=1,do=reset-after; may be repeated
    #[arg(long = "fault", value_name = "RULE")]
    faults: Vec<FaultRule>,

    /// Certificate chain (PEM): serve HTTPS
    #[arg(long, value_name = "PEM", requires = "tls_key")]
    tls_cert: Option<PathBuf>,

    /// Private key (PEM) of the certificate
    #[arg(long, value_name = "PEM", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

impl Serve {
    pub(super) fn run(&self, run: Run<'_>) -> Result<Answer, Failure> {
        let mut simulator = Simulator::from_lab(&self.lab)
            .map_err(|error| because("the lab cannot be served", &error))?
            .seed(self.seed)
            .add_vms(usize::try_from(self.vms).unwrap_or(usize::MAX))
            .clock(SimClock::real(self.speed))
            .listen(self.listen);
        simulator = self.faults.iter().cloned().fold(simulator, Simulator::fault);
        if let (Some(certificate), Some(key)) = (&self.tls_cert, &self.tls_key) {
            simulator = simulator.tls(text_of(certificate)?, text_of(key)?);
        }
        let (console, interrupt) = (run.console, run.start.interrupt);
        on_a_runtime(async {
            let simulator = simulator
                .start()
                .await
                .map_err(|error| because("the simulated host cannot be started", &error))?;
            console.data(&Line::plain(format_args!("listening on {}", simulator.endpoint())));
            for (name, url) in simulator.nodes().into_iter().filter(|_| simulator.cluster().is_some()) {
                console.data(&Line::plain(format_args!("node {name} on {url}")));
            }
            // Only an interruption ends the service, and it is not a failure.
            interrupt
                .stands(Failure::interrupted("the simulator has stopped", Effect::None).exit(Exit::Done));
            let _ = interrupt.or(std::future::pending::<()>()).await;
            tell_faults(console, &simulator);
            simulator.shutdown().await;
            Ok(Answer::nothing())
        })
    }
}

fn text_of(path: &PathBuf) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("{} cannot be read", path.display())).cause(error))
}
