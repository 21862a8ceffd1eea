//! What a command has to say when it is done: for people and for programs, and the exit code.
//!
//! It writes nothing itself, so that every command ends in one place.

use serde::Serialize;

use crate::cli::{exit::Exit, failure::Failure, render::Line};

/// The version of all JSON documents.
pub(crate) const SCHEMA: &str = "hvsnap/1";

/// The end of a command.
pub(crate) struct Answer {
    /// Data for people.
    pub(crate) lines: Vec<Line>,
    /// The same for programs: a whole document.
    pub(crate) document: String,
    /// Words after the data, for people only.
    pub(crate) remarks: Vec<Line>,
    pub(crate) exit: Exit,
}

impl Answer {
    /// A command that is done.
    pub(crate) fn new(lines: Vec<Line>, body: &impl Serialize) -> Result<Self, Failure> {
        Ok(Self { lines, document: document(body)?, remarks: Vec::new(), exit: Exit::Done })
    }
}

#[derive(Serialize)]
struct Document<'b, T> {
    schema: &'static str,
    #[serde(flatten)]
    body: &'b T,
}

/// One JSON document.
pub(crate) fn document(body: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(&Document { schema: SCHEMA, body }).map_err(|error| {
        Failure::new("output", "writing the answer as JSON failed", Exit::Failed).cause(error)
    })
}
