//! `sim`: the simulated host, for whoever wants to try something without a real one.
//!
//! It listens on loopback only. Its clock is real, or as many times faster as is asked for.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Subcommand};
use hvsnap::{
    Effect,
    sim::{Fault, RunningSimulator, SimClock, Simulator},
};

use crate::cli::{
    answer::Answer, console::Console, exit::Exit, failure::Failure, help, interrupt::Interrupt, on_a_runtime,
    render::Line,
};

/// The verbs of `sim`.
#[derive(Debug, Subcommand)]
pub(crate) enum SimCommand {
    /// Serve a lab file as a simulated WinRM and Hyper-V host
    #[command(after_help = help::SIM_SERVE)]
    Serve(ServeArgs),
}

/// What to serve, and where.
#[derive(Clone, Debug, Args)]
pub(crate) struct ServeArgs {
    /// Lab file: machines, snapshots, users
    #[arg(long, value_name = "FILE")]
    lab: PathBuf,

    /// Loopback address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:5985")]
    listen: SocketAddr,

    /// Where identifiers come from that the lab does not give
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,

    /// Machines without snapshots to add to those of the lab
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    machines: u32,

    /// How many times as fast as real time jobs and merges run
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = speed)]
    speed: f64,

    /// Let it go wrong on purpose, by a rule such as on=DestroySnapshot,nth=1,do=reset-after; may be repeated
    #[arg(long = "fault", value_name = "RULE")]
    faults: Vec<Fault>,

    /// Certificate chain (PEM): serve HTTPS
    #[arg(long, value_name = "PEM", requires = "tls_key")]
    tls_cert: Option<PathBuf>,

    /// Private key (PEM) of the certificate
    #[arg(long, value_name = "PEM", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

pub(crate) fn run(
    console: &mut Console,
    interrupt: Interrupt,
    command: &SimCommand,
) -> Result<Answer, Failure> {
    match command {
        SimCommand::Serve(args) => serve(console, interrupt, args),
    }
}

fn serve(console: &mut Console, interrupt: Interrupt, args: &ServeArgs) -> Result<Answer, Failure> {
    let mut simulator = Simulator::from_lab(&args.lab)
        .map_err(|error| because("the lab cannot be served", &error))?
        .seed(args.seed)
        .machines(usize::try_from(args.machines).unwrap_or(usize::MAX))
        .clock(SimClock::real(args.speed))
        .listen(args.listen);
    simulator = args.faults.iter().cloned().fold(simulator, Simulator::fault);
    if let (Some(certificate), Some(key)) = (&args.tls_cert, &args.tls_key) {
        simulator = simulator.tls(text_of(certificate)?, text_of(key)?);
    }
    on_a_runtime(async {
        let simulator = simulator
            .start()
            .await
            .map_err(|error| because("the simulated host cannot be started", &error))?;
        console.data(&Line::plain(format_args!("listening on {}", simulator.endpoint())));
        // Nothing but an interruption ends it, and that is no failure.
        interrupt.stands(Failure::interrupted("it serves no longer", Effect::None).exit(Exit::Done));
        let _ = interrupt.or(std::future::pending::<()>()).await;
        tell_faults(console, &simulator);
        simulator.shutdown().await;
        Ok(Answer::nothing())
    })
}

/// Says of each rule how often it was met, because one that was not did nothing.
pub(crate) fn tell_faults(console: &mut Console, simulator: &RunningSimulator) {
    for used in simulator.faults() {
        let (matched, fired, fault) = (used.matched, used.fired, used.fault);
        let text = match matched {
            0 => format!("fault {fault}: never matched"),
            _ => format!("fault {fault}: matched {matched}, fired {fired}"),
        };
        console.note(&Line::plain(text));
    }
}

/// How fast a simulated host may run.
pub(crate) fn speed(text: &str) -> Result<f64, &'static str> {
    let speed: f64 = text.parse().map_err(|_| "not a number")?;
    if (0.01..=10_000.0).contains(&speed) { Ok(speed) } else { Err("not from 0.01 to 10000") }
}

/// A failure with its whole chain of causes.
pub(crate) fn because(message: &str, error: &dyn std::error::Error) -> Failure {
    let causes = std::iter::successors(Some(error), |cause| cause.source());
    causes.fold(Failure::usage(message), |failure, cause| failure.cause(cause))
}

fn text_of(path: &PathBuf) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("{} cannot be read", path.display())).cause(error))
}
