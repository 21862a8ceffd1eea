//! The output streams: data to stdout, everything else to stderr.
//!
//! No other code writes to them. Colour goes only to a terminal, and never with `NO_COLOR`. A reader that closes the pipe ends
//! the output, not the work: the exit code stays.

use std::io::{self, IsTerminal, Write};

use anstream::AutoStream;

use crate::cli::{
    answer::Document,
    render::{Line, style, unsteering_json},
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

/// The streams of this process.
pub(crate) struct Console {
    format: Format,
    out: AutoStream<io::Stdout>,
    err: AutoStream<io::Stderr>,
    trouble: Option<io::Error>,
    /// Each warning of this run, once.
    warnings: Vec<String>,
    /// Whether what would go to stderr goes to stdout too.
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

    /// What stdout carries.
    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// Whether a person can be asked: they see stderr, and type into stdin.
    pub(crate) fn can_ask() -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Data for people.
    pub(crate) fn data(&mut self, line: &Line) {
        let outcome = self.out.write_all(format!("{line}\n").as_bytes()).and_then(|()| self.out.flush());
        self.remember(outcome);
    }

    /// Data for programs: one document, with the warnings of the run.
    pub(crate) fn document(&mut self, document: &Document) {
        let text = format!("{}\n", unsteering_json(&document.text(&self.warnings)));
        let outcome = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
        self.remember(outcome);
    }

    /// A text of this program's own, byte by byte: a script for a shell.
    pub(crate) fn script(&mut self, bytes: &[u8]) {
        let outcome = self.out.write_all(bytes).and_then(|()| self.out.flush());
        self.remember(outcome);
    }

    /// Puts what happens on the way among the data, for a command whose data it is.
    #[cfg(feature = "sim")]
    pub(crate) fn tell_all_to_stdout(&mut self) {
        self.all_to_stdout = true;
    }

    /// What happens on the way.
    pub(crate) fn note(&mut self, line: &Line) {
        if self.all_to_stdout {
            return self.data(line);
        }
        // Nobody is left who could be told.
        let _ = self.err.write_all(format!("{line}\n").as_bytes());
    }

    /// What is no failure and must be known all the same: on stderr at once, and in the document of the run.
    pub(crate) fn warn(&mut self, text: &str) {
        if self.warnings.iter().all(|warning| warning != text) {
            self.warnings.push(text.to_owned());
            self.note(&Line::new().styled(style::CAUTION, "warning: ").text(text));
        }
    }

    /// A question, on the line that is answered.
    pub(crate) fn ask(&mut self, line: &Line) {
        let _ = self.err.write_all(format!("{line} ").as_bytes()).and_then(|()| self.err.flush());
    }

    /// The first thing that went wrong with stdout, other than a reader who wanted no more.
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
