//! The output streams: data to stdout, everything else to stderr.
//!
//! No other code writes to them. Colour goes only to a terminal, and never with `NO_COLOR`. If the reader closes the pipe, output
//! ends but the command continues, with the same exit code.

use std::io::{self, IsTerminal, Write};

use anstream::AutoStream;

use crate::cli::{
    answer::Document,
    render::{Line, style, table::Layout, unsteering_json},
    terminal,
};

/// What stdout carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Text for people.
    #[default]
    Text,
    /// One JSON document.
    Json,
}

/// The output streams of this process.
pub(crate) struct Console {
    format: Format,
    out: AutoStream<io::Stdout>,
    err: AutoStream<io::Stderr>,
    trouble: Option<io::Error>,
    /// Each warning of this run, without duplicates.
    warnings: Vec<String>,
    /// True if text for stderr goes to stdout.
    all_to_stdout: bool,
}

impl Console {
    /// The streams, for data in `format`.
    pub(crate) fn new(format: Format) -> Self {
        Self {
            format,
            out: anstream::stdout(),
            err: anstream::stderr(),
            trouble: None,
            warnings: Vec::new(),
            all_to_stdout: false,
        }
    }

    /// The format of stdout.
    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// The room for a table on stdout; with `wide`, all of it is shown.
    pub(crate) fn layout(&self, wide: bool) -> Layout {
        Layout { width: terminal::width(), wide }
    }

    /// True if the user can be asked: stderr and stdin are a terminal.
    pub(crate) fn can_ask() -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Prints data as text.
    pub(crate) fn data(&mut self, line: &Line) {
        let outcome = self.out.write_all(format!("{line}\n").as_bytes()).and_then(|()| self.out.flush());
        self.remember(outcome);
    }

    /// Prints data as JSON: one document, with the warnings of the run.
    pub(crate) fn document(&mut self, document: &Document) {
        let text = format!("{}\n", unsteering_json(&document.text(&self.warnings)));
        let outcome = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
        self.remember(outcome);
    }

    /// Prints a text of this program unchanged: a script for a shell.
    pub(crate) fn script(&mut self, bytes: &[u8]) {
        let outcome = self.out.write_all(bytes).and_then(|()| self.out.flush());
        self.remember(outcome);
    }

    /// Sends progress messages to stdout, for a command whose data they are.
    #[cfg(feature = "sim")]
    pub(crate) fn tell_all_to_stdout(&mut self) {
        self.all_to_stdout = true;
    }

    /// Prints a progress message.
    pub(crate) fn note(&mut self, line: &Line) {
        if self.all_to_stdout {
            return self.data(line);
        }
        // If stderr is closed, there is no way to report it.
        let _ = self.err.write_all(format!("{line}\n").as_bytes());
    }

    /// Prints a warning: on stderr at once, and in the document of the run.
    pub(crate) fn warn(&mut self, text: &str) {
        if self.warnings.iter().all(|warning| warning != text) {
            self.warnings.push(text.to_owned());
            self.note(&Line::new().styled(style::CAUTION, "warning: ").text(text));
        }
    }

    /// Prints a question; the answer is typed on the same line.
    pub(crate) fn ask(&mut self, line: &Line) {
        let _ = self.err.write_all(format!("{line} ").as_bytes()).and_then(|()| self.err.flush());
    }

    /// The first error of stdout, other than a closed pipe.
    pub(crate) fn trouble(&mut self) -> Option<io::Error> {
        self.trouble.take()
    }

    fn remember(&mut self, outcome: io::Result<()>) {
        match outcome {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                self.trouble.get_or_insert(error);
            }
            _ => {}
        }
    }
}
