//! What is wrong with a lab file: where, which field, why.
//!
//! It never quotes a password: the fields that hold one are checked without being shown.

use std::{
    fmt, io,
    ops::Range,
    path::{Path, PathBuf},
};

/// A lab file that cannot be used.
///
/// Its text reads `FILE:LINE: FIELD: PROBLEM`, as far as each is known.
#[derive(Debug)]
pub struct LabError {
    file: Option<PathBuf>,
    line: Option<usize>,
    field: String,
    problem: String,
    source: Option<io::Error>,
}

impl LabError {
    /// The line of the file, counted from 1, when one line is to blame.
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// The field that is wrong, such as `vm "web-01": snapshot "base": parent`; empty when the text is not TOML.
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
