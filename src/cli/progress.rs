//! Progress on stderr: a bar on a terminal, otherwise a line at each change.
//!
//! A merge has no bar, because hosts report no percentage for it.

use std::{
    io::{self, IsTerminal},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use hvsnap::{Phase, Progress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::{
    console::Console,
    render::{Line, clean, style},
    view::ProgressView,
};

/// The bar on the terminal; there is only one terminal.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Writes to stderr above the bar, if there is one.
pub(crate) fn above<T>(write: impl FnOnce() -> T) -> T {
    let shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match shown {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

/// Removes the bar before other output.
pub(crate) fn clear() {
    let shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(bar) = shown {
        bar.finish_and_clear();
    }
}

/// The progress display of a wait.
pub(crate) struct Display {
    on_terminal: bool,
    /// The prefix of each line when several operations are followed.
    of: String,
    /// The ids of what is followed.
    operation: Option<String>,
    job: Option<String>,
    bar: Option<ProgressBar>,
    last: Option<(Phase, u16, String)>,
}

impl Display {
    /// `operation` and `job` are the ids of what is followed, as far as they are known.
    pub(crate) fn new(operation: Option<String>, job: Option<String>) -> Self {
        let on_terminal = io::stderr().is_terminal();
        Self { on_terminal, of: String::new(), operation, job, bar: None, last: None }
    }

    /// The display for one VM of several.
    #[must_use]
    pub(crate) fn of(self, vm: &str) -> Self {
        Self { of: format!("{vm}: "), ..self }
    }

    /// Shows the current progress.
    pub(crate) fn show(&mut self, console: &mut Console, progress: &Progress) {
        let now = (progress.phase, progress.percent, progress.state.clone());
        if self.last.as_ref() == Some(&now) {
            return;
        }
        let new_phase = self.last.as_ref().map(|last| last.0) != Some(progress.phase);
        self.last = Some(now);
        let (name, counts) = match progress.phase {
            Phase::Job => ("job", true),
            _ => ("disks", false),
        };
        console.progress(&ProgressView::new(self.operation.as_deref(), self.job.as_deref(), progress));
        if console.is_quiet() {
            return;
        }
        if !self.on_terminal {
            let percent = if counts { format!("{:>3}% ", progress.percent) } else { String::new() };
            let line = Line::new().styled(style::FAINT, format_args!("{}{name}: ", self.of));
            return console.note(&line.text(percent).text(&progress.state));
        }
        if new_phase {
            self.clear();
            self.bar = None;
        }
        let bar = self.bar.get_or_insert_with(|| bar(format!("{}{name}", clean(&self.of)), counts));
        bar.set_position(u64::from(progress.percent));
        bar.set_message(clean(&progress.state).into_owned());
        if new_phase {
            // Only now, so that an incomplete bar is never drawn.
            bar.set_draw_target(ProgressDrawTarget::stderr());
            bar.enable_steady_tick(Duration::from_millis(120));
            *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar.clone());
        }
    }

    /// Removes the bar before other output.
    pub(crate) fn clear(&self) {
        clear();
    }
}

/// A bar that is not drawn yet.
fn bar(name: String, counts: bool) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(100), ProgressDrawTarget::hidden());
    let template = if counts {
        "  {prefix:5} [{bar:30}] {percent:>3}%  {msg}  {elapsed}"
    } else {
        "  {prefix:5} {spinner} {msg}  {elapsed}"
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.with_prefix(name)
}
