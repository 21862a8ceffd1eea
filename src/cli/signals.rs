//! Signals that end the process.
//!
//! On Unix: SIGINT, SIGTERM, and SIGHUP unless it is ignored at the start (`nohup`). On Windows: Ctrl-C, Ctrl-Break, close of
//! the console, and shutdown.

use std::{future::poll_fn, io, task::Poll};

/// All signals that are watched.
pub(super) struct Signals {
    #[cfg(unix)]
    signals: Vec<tokio::signal::unix::Signal>,
    #[cfg(windows)]
    signals: (
        tokio::signal::windows::CtrlC,
        tokio::signal::windows::CtrlBreak,
        tokio::signal::windows::CtrlClose,
        tokio::signal::windows::CtrlShutdown,
    ),
}

impl Signals {
    /// Registers handlers that replace the system's default action.
    pub(super) fn new() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let mut signals = vec![signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?];
            if ends_with_terminal() {
                signals.push(signal(SignalKind::hangup())?);
            }
            Ok(Self { signals })
        }
        #[cfg(windows)]
        {
            use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};
            Ok(Self { signals: (ctrl_c()?, ctrl_break()?, ctrl_close()?, ctrl_shutdown()?) })
        }
    }

    /// Waits for the next signal.
    pub(super) async fn next(&mut self) {
        poll_fn(|context| {
            // Poll all of them, so that each can wake this task.
            let mut seen = false;
            #[cfg(unix)]
            for signal in &mut self.signals {
                seen |= signal.poll_recv(context).is_ready();
            }
            #[cfg(windows)]
            for signal in [
                self.signals.0.poll_recv(context),
                self.signals.1.poll_recv(context),
                self.signals.2.poll_recv(context),
                self.signals.3.poll_recv(context),
            ] {
                seen |= signal.is_ready();
            }
            if seen { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

/// True unless SIGHUP was ignored when the process began (proc(5), `SigIgn`).
///
/// False if that is unknown; the system then decides whether to end the process.
#[cfg(unix)]
fn ends_with_terminal() -> bool {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return false };
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // SIGHUP is signal 1, the lowest bit.
    ignored.is_some_and(|mask| mask & 1 == 0)
}
