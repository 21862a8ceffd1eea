//! The terminal: its width, and its settings, which a password prompt changes.

/// The columns of the terminal that stdout is, or those that `COLUMNS` says; `None` for a pipe or a file.
pub(super) fn width() -> Option<usize> {
    let given = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let of_terminal =
        || terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0));
    given.or_else(of_terminal).filter(|width| *width > 0)
}

/// Saved terminal settings.
pub(super) struct Terminal {
    #[cfg(unix)]
    was: Option<(std::fs::File, rustix::termios::Termios)>,
}

impl Terminal {
    /// The current settings of the process's terminal.
    pub(super) fn as_it_is() -> Self {
        Self {
            #[cfg(unix)]
            was: std::fs::File::open("/dev/tty")
                .ok()
                .and_then(|tty| rustix::termios::tcgetattr(&tty).ok().map(|settings| (tty, settings))),
        }
    }

    /// Restores the settings.
    pub(super) fn restore(&self) {
        #[cfg(unix)]
        if let Some((tty, settings)) = &self.was {
            // An error means that the terminal is gone.
            let _ = rustix::termios::tcsetattr(tty, rustix::termios::OptionalActions::Now, settings);
        }
    }
}
