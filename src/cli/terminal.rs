//! Saves and restores the terminal settings, which a password prompt changes.

/// How a terminal was set.
pub(super) struct Terminal {
    #[cfg(unix)]
    was: Option<(std::fs::File, rustix::termios::Termios)>,
}

impl Terminal {
    /// How the terminal of this process is set now.
    pub(super) fn as_it_is() -> Self {
        Self {
            #[cfg(unix)]
            was: std::fs::File::open("/dev/tty")
                .ok()
                .and_then(|tty| rustix::termios::tcgetattr(&tty).ok().map(|settings| (tty, settings))),
        }
    }

    /// Sets it as it was.
    pub(super) fn restore(&self) {
        #[cfg(unix)]
        if let Some((tty, settings)) = &self.was {
            // Whoever has no terminal any more needs no settings.
            let _ = rustix::termios::tcsetattr(tty, rustix::termios::OptionalActions::Now, settings);
        }
    }
}
