//! The output streams: data to stdout, everything else to stderr.
//!
//! No other code writes to them. Colour goes only to a terminal, and never with `NO_COLOR`. If the reader closes the pipe, output
//! ends but the command continues, with the same exit code.

use std::io::{self, IsTerminal, Write};

use anstream::AutoStream;

use crate::cli::{
    answer::Document,
    exit::Exit,
    render::{Line, style, table::Layout, unsteering_json},
    terminal,
    view::ProgressView,
};

/// What stdout carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Text for people.
    #[default]
    Text,
    /// One JSON document.
    Json,
    /// JSON documents, one on a line: items of a list, progress, result.
    Jsonl,
}

impl Format {
    /// The format of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        <Self as clap::ValueEnum>::from_str(name, false).ok()
    }
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
    /// True if only warnings, questions and errors go to stderr.
    is_quiet: bool,
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
            is_quiet: false,
        }
    }

    /// The same, with only warnings, questions and errors on stderr.
    #[must_use]
    pub(crate) fn quiet(self, is_quiet: bool) -> Self {
        Self { is_quiet, ..self }
    }

    /// True if plans, progress and hints are left out.
    pub(crate) fn is_quiet(&self) -> bool {
        self.is_quiet
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

    /// Prints the data of a finished command as JSON, with the warnings of the run.
    pub(crate) fn document(&mut self, document: &Document, exit: Exit) {
        match self.format {
            Format::Text => {}
            Format::Json => self.json(&document.text(&self.warnings)),
            Format::Jsonl => self.json(&document.lines(&self.warnings, exit)),
        }
    }

    /// Prints a failure as JSON.
    pub(crate) fn failed(&mut self, document: &Document) {
        match self.format {
            Format::Text => {}
            Format::Json => self.json(&document.text(&self.warnings)),
            Format::Jsonl => self.json(&document.line("error", &self.warnings)),
        }
    }

    /// Prints progress as a line of JSON, if lines are wanted.
    pub(crate) fn progress(&mut self, body: &ProgressView) {
        if self.format == Format::Jsonl
            && let Ok(document) = Document::new(body)
        {
            self.json(&document.bare_line("progress"));
        }
    }

    fn json(&mut self, text: &str) {
        // A long document is not copied for its end.
        let written = self.out.write_all(unsteering_json(text).as_bytes());
        let outcome = written.and_then(|()| self.out.write_all(b"\n")).and_then(|()| self.out.flush());
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

    /// Prints a plan, progress or a hint; left out if quiet.
    pub(crate) fn note(&mut self, line: &Line) {
        if self.all_to_stdout || !self.is_quiet {
            self.say(line);
        }
    }

    /// Prints a line of what is to be agreed to: left out if quiet, unless the user is asked on the terminal.
    pub(crate) fn proposal(&mut self, line: &Line, yes: bool) {
        if !yes && Self::can_ask() { self.say(line) } else { self.note(line) }
    }

    /// Prints a part of a warning, a question or an error, quiet or not.
    pub(crate) fn say(&mut self, line: &Line) {
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
            self.say(&Line::new().styled(style::CAUTION, "warning: ").text(text));
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
