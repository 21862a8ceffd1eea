//! Saves and restores the terminal settings, which a password prompt changes.

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
