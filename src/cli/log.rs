//! The log of `-v` and `-vv`: what the library traces, on stderr.
//!
//! It passes everything through [`clean`], because the wire is in it, and holds no secret, because the library traces none.

use std::io::{self, Write};

use tracing::Level;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

use crate::cli::render::clean;

/// Starts the log; without `-v` there is none.
pub(crate) fn start(verbosity: u8) {
    let level = match verbosity {
        0 => return,
        1 => Level::DEBUG,
        _ => Level::TRACE,
    };
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(|| Cleaned);
    let hvsnap = Targets::new().with_target("hvsnap", level);
    // Fails only where a log was started before.
    let _ = tracing_subscriber::registry().with(lines).with(hvsnap).try_init();
}

/// Writes whole events, each on a line of its own.
struct Cleaned;

impl Write for Cleaned {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let line = format!("{}\n", clean(text.trim_end_matches('\n')));
        anstream::stderr().write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        anstream::stderr().flush()
    }
}
