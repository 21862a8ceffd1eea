//! `sim`: the simulated host.

mod serve;

use clap::Subcommand;
use hvsnap::sim::RunningSimulator;

use crate::cli::{answer::Answer, console::Console, failure::Failure, kind::Kind, render::Line, run::Run};

/// The simulated host
#[derive(Debug, Subcommand)]
pub(crate) enum Sim {
    Serve(serve::Serve),
}

impl Sim {
    pub(super) fn run(&self, run: Run<'_>) -> Result<Answer, Failure> {
        match self {
            Self::Serve(command) => command.run(run),
        }
    }
}

/// Reports how often each fault rule was used, because an unused rule had no effect.
pub(super) fn tell_faults(console: &mut Console, simulator: &RunningSimulator) {
    for used in simulator.faults() {
        let (matched, fired, fault) = (used.matched, used.fired, used.fault);
        let text = match matched {
            0 => format!("fault {fault}: never matched"),
            _ => format!("fault {fault}: matched {matched}, fired {fired}"),
        };
        console.note(&Line::plain(text));
    }
}

/// Parses the speed of a simulated host.
pub(crate) fn speed(text: &str) -> Result<f64, &'static str> {
    let speed: f64 = text.parse().map_err(|_| "not a number")?;
    if (0.01..=10_000.0).contains(&speed) { Ok(speed) } else { Err("not from 0.01 to 10000") }
}

/// A failure with its whole chain of causes.
pub(super) fn because(message: &str, error: &dyn std::error::Error) -> Failure {
    let causes = std::iter::successors(Some(error), |cause| cause.source());
    causes.fold(Failure::new(Kind::Simulator, message), |failure, cause| failure.cause(cause))
}
