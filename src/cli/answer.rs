//! The result of a command: text lines, a JSON document, warnings, and the exit code.
//!
//! A command returns it; `cli::main` prints it.

use serde::Serialize;

use crate::cli::{
    exit::Exit,
    failure::Failure,
    kind::Kind,
    render::{
        Line,
        table::{Layout, Table},
    },
};

/// The version of all JSON documents.
pub(crate) const SCHEMA: &str = "hvsnap/1";

/// The result of a command.
pub(crate) struct Answer {
    /// The data as text.
    pub(crate) lines: Vec<Line>,
    /// The data as JSON; `None` if there is none.
    pub(crate) document: Option<Document>,
    /// Warnings: on stderr, and in the document.
    pub(crate) warnings: Vec<String>,
    /// What to do next; text output only.
    pub(crate) remarks: Vec<Line>,
    pub(crate) exit: Exit,
}

impl Answer {
    /// A finished command with data.
    pub(crate) fn new(lines: Vec<Line>, body: &impl Serialize) -> Result<Self, Failure> {
        Ok(Self { lines, document: Some(Document::new(body)?), ..Self::nothing() })
    }

    /// A finished command whose text is a table; nothing for a table without rows.
    pub(crate) fn of_table(table: &Table, layout: Layout, body: &impl Serialize) -> Result<Self, Failure> {
        let shown = table.shown(layout);
        Ok(Self { remarks: Vec::from_iter(shown.remark), ..Self::new(shown.lines, body)? })
    }

    /// The same, with the cluster node of the VM that it is about.
    #[must_use]
    pub(crate) fn on_node(mut self, node: &str) -> Self {
        self.document = self.document.map(|document| document.with("node", node));
        self
    }

    /// A finished command that has already written its data.
    pub(crate) fn nothing() -> Self {
        Self {
            lines: Vec::new(),
            document: None,
            warnings: Vec::new(),
            remarks: Vec::new(),
            exit: Exit::Done,
        }
    }
}

/// One JSON document: the schema, the fields of a body, and the warnings of the run, which are known last.
pub(crate) struct Document(String);

#[derive(Serialize)]
struct Headed<'b, T> {
    schema: &'static str,
    #[serde(flatten)]
    body: &'b T,
}

impl Document {
    /// # Errors
    /// If the body cannot be written as JSON.
    pub(crate) fn new(body: &impl Serialize) -> Result<Self, Failure> {
        serde_json::to_string_pretty(&Headed { schema: SCHEMA, body })
            .map(Self)
            .map_err(|error| Failure::new(Kind::Output, "writing the answer as JSON failed").cause(error))
    }

    /// The text, with the warnings as its last field.
    pub(crate) fn text(&self, warnings: &[String]) -> String {
        self.added("warnings", warnings)
    }

    /// The same with one more field.
    fn with(self, field: &str, text: &str) -> Self {
        Self(self.added(field, text))
    }

    fn added(&self, field: &str, value: &(impl Serialize + ?Sized)) -> String {
        // The schema is always a field, so the last line is a single brace.
        let fields = self.0.strip_suffix("\n}").unwrap_or(&self.0);
        let value = serde_json::to_string_pretty(value).unwrap_or_else(|_| "null".to_owned());
        format!("{fields},\n  \"{field}\": {}\n}}", value.replace('\n', "\n  "))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_document_ends_with_the_warnings_whatever_its_body_and_they_hold() {
        for body in [json!({}), json!({"vm": {"id": "x", "empty": {}}}), json!({"list": [], "text": "}\n}"})]
        {
            for warnings in [vec![], vec!["one \"quoted\"\n}".to_owned(), "two".to_owned()]] {
                let text = Document::new(&body).unwrap().text(&warnings);
                let value: Value = serde_json::from_str(&text).unwrap();
                let mut wanted = body.clone();
                wanted["schema"] = json!(SCHEMA);
                wanted["warnings"] = json!(warnings);
                assert_eq!(value, wanted, "{text}");
                assert_eq!(text, text.trim_end());
            }
        }
        assert_eq!(
            Document::new(&json!({"a": 1})).unwrap().text(&["b".to_owned()]),
            "{\n  \"schema\": \"hvsnap/1\",\n  \"a\": 1,\n  \"warnings\": [\n    \"b\"\n  ]\n}"
        );
    }
}
