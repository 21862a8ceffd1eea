//! The errors of a lab file: position, field, reason.
//!
//! A password is never quoted: its value is not part of an error.

use std::{
    fmt, io,
    ops::Range,
    path::{Path, PathBuf},
};

/// A lab file is not usable.
///
/// The text has the form `FILE:LINE: FIELD: PROBLEM`, without unknown parts.
#[derive(Debug)]
pub struct LabError {
    file: Option<PathBuf>,
    line: Option<usize>,
    field: String,
    problem: String,
    source: Option<io::Error>,
}

impl LabError {
    /// The line in the file, from 1, if the error concerns one line.
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// The invalid field, such as `vm "web-01": snapshot "base": parent`; empty if the text is not TOML.
    pub fn field(&self) -> &str {
        &self.field
    }

    pub(super) fn unreadable(path: &Path, source: io::Error) -> Self {
        Self {
            file: Some(path.to_owned()),
            line: None,
            field: String::new(),
            problem: "the lab file cannot be read".to_owned(),
            source: Some(source),
        }
    }

    pub(super) fn syntax(text: &str, error: &toml::de::Error) -> Self {
        Self {
            file: None,
            line: error.span().map(|span| line_of(text, &span)),
            field: String::new(),
            problem: error.message().trim().replace('\n', ", "),
            source: None,
        }
    }

    pub(super) fn at(text: &str, span: &Range<usize>, field: String, problem: impl Into<String>) -> Self {
        Self { file: None, line: Some(line_of(text, span)), field, problem: problem.into(), source: None }
    }

    pub(super) fn in_file(mut self, path: &Path) -> Self {
        self.file = Some(path.to_owned());
        self
    }
}

fn line_of(text: &str, span: &Range<usize>) -> usize {
    text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1
}

impl fmt::Display for LabError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.file, self.line) {
            (Some(file), Some(line)) => write!(f, "{}:{line}: ", file.display())?,
            (Some(file), None) => write!(f, "{}: ", file.display())?,
            (None, Some(line)) => write!(f, "line {line}: ")?,
            (None, None) => {}
        }
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        f.write_str(&self.problem)
    }
}

impl std::error::Error for LabError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.source {
            Some(source) => Some(source),
            None => None,
        }
    }
}
