//! The start of a run: clock, deadline, and interruption watch.

use std::{io, sync::Arc};

use hvsnap::{Deadline, SystemClock, cim::Timestamp, clock::Clock};

use crate::cli::{
    args::{Cli, GeneralArgs},
    console::Format,
    failure::Failure,
    interrupt::Interrupt,
    kind::Kind,
};

/// The start of a run.
pub(crate) struct Start {
    pub(crate) clock: Arc<dyn Clock>,
    /// From --timeout, measured from here.
    pub(crate) deadline: Option<Deadline>,
    pub(crate) interrupt: Interrupt,
}

impl Start {
    pub(crate) fn new(cli: &Cli, format: Format) -> Result<Self, Failure> {
        let clock = clock(&cli.general);
        let deadline = cli.run.timeout.map(|limit| Deadline::new(clock.now(), limit.0));
        let interrupt = Interrupt::watch(format).map_err(failed)?;
        Ok(Self { clock, deadline, interrupt })
    }

    /// The current system time, for records and comparisons with them.
    pub(crate) fn timestamp(&self) -> Timestamp {
        let micros = self.clock.wall().as_micros();
        Timestamp::from_unix_micros(i64::try_from(micros).unwrap_or(i64::MAX))
    }

    /// Ends the process at the deadline if the command does not, for example at a prompt.
    pub(crate) fn keep_time(&self) {
        if let Some(deadline) = self.deadline {
            self.interrupt.at_the_latest(Arc::clone(&self.clock), deadline);
        }
    }
}

/// The system's clock, or a faster one for a simulated host of the same speed; both start at the same wall-clock time.
fn clock(args: &GeneralArgs) -> Arc<dyn Clock> {
    #[cfg(feature = "sim")]
    if let Some(speed) = args.clock_speed {
        return Arc::new(hvsnap::sim::SimClock::real(speed));
    }
    let _ = args;
    Arc::new(SystemClock::new())
}

/// The failure if the system lacks or refuses a resource that the program needs.
pub(crate) fn failed(error: io::Error) -> Failure {
    Failure::new(Kind::System, "the program cannot be started").cause(error)
}
