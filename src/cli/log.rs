//! The log of `-v` and `-vv`, on stderr. Without these flags only warnings of the retry code are shown.
//!
//! All text passes through [`clean`], because the log contains messages of the host. The library logs no secret.

use std::io::{self, Write};

use tracing::Level;
use tracing_subscriber::{filter::Targets, fmt::layer, layer::SubscriberExt, util::SubscriberInitExt};

use crate::cli::{
    progress,
    render::{Line, clean, style},
};

/// The target of warnings about retries; commands report all other warnings themselves.
const WAITING: &str = "hvsnap::client::retry";

/// Starts the log.
pub(crate) fn start(verbosity: u8) {
    let level = match verbosity {
        0 => {
            let lines = layer().without_time().with_target(false).with_level(false).with_ansi(false);
            let waiting = Targets::new().with_target(WAITING, Level::WARN);
            // Fails only if a log was already started, as below.
            let _ =
                tracing_subscriber::registry().with(lines.with_writer(|| Warned)).with(waiting).try_init();
            return;
        }
        1 => Level::DEBUG,
        _ => Level::TRACE,
    };
    let lines = layer().with_ansi(false).with_writer(|| Cleaned);
    let hvsnap = Targets::new().with_target("hvsnap", level);
    let _ = tracing_subscriber::registry().with(lines).with(hvsnap).try_init();
}

/// Writes each event as a warning on a line of its own.
struct Warned;

impl Write for Warned {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let line = Line::new().styled(style::CAUTION, "warning").text(": ").text(text.trim());
        progress::above(|| anstream::stderr().write_all(format!("{line}\n").as_bytes()))?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        anstream::stderr().flush()
    }
}

/// Writes each event on a line of its own.
struct Cleaned;

impl Write for Cleaned {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let line = format!("{}\n", clean(text.trim_end_matches('\n')));
        progress::above(|| anstream::stderr().write_all(line.as_bytes()))?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        anstream::stderr().flush()
    }
}
