//! The result of a command: text lines, a JSON document, warnings, and the exit code.
//!
//! A command returns it; `cli::main` prints it: as text, as one document, or as lines of JSON. A list ([`Answer::list`]) keeps
//! its items apart, so that each can be a line.

use serde::Serialize;
use serde_json::Value;

use crate::cli::{
    exit::Exit,
    failure::Failure,
    kind::Kind,
    render::{Line, table::Shown},
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

/// One item of a list.
pub(crate) trait Item: Serialize {
    /// The field of the document that holds the items: `vms`.
    const FIELD: &'static str;
    /// The type of the item's line: `vm`.
    const TYPE: &'static str;
}

impl Answer {
    /// A finished command with data.
    pub(crate) fn new(lines: Vec<Line>, body: &impl Serialize) -> Result<Self, Failure> {
        Ok(Self { lines, document: Some(Document::new(body)?), ..Self::nothing() })
    }

    /// A finished list: with `--output json` one document, which holds the fields of `head` and the items under their
    /// [`Item::FIELD`]; with `--output jsonl` a line for each item, then a last line with the fields of `head`.
    ///
    /// A head that may be incomplete has a field `complete`.
    pub(crate) fn list<I: Item>(
        shown: impl Into<Shown>,
        head: &impl Serialize,
        items: impl IntoIterator<Item = I>,
    ) -> Result<Self, Failure> {
        let (document, shown) = (Some(Document::list(head, items)?), shown.into());
        Ok(Self { lines: shown.lines, document, remarks: Vec::from_iter(shown.remark), ..Self::nothing() })
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
pub(crate) struct Document {
    fields: Fields,
    items: Option<Items>,
}

/// The items of a list.
struct Items {
    field: &'static str,
    line_type: &'static str,
    items: Vec<Fields>,
}

impl Document {
    /// # Errors
    /// If the body cannot be written as JSON.
    pub(crate) fn new(body: &impl Serialize) -> Result<Self, Failure> {
        Ok(Self { fields: Fields::of(body)?, items: None })
    }

    fn list<I: Item>(head: &impl Serialize, items: impl IntoIterator<Item = I>) -> Result<Self, Failure> {
        let items = items.into_iter().map(|item| Fields::of(&item)).collect::<Result<_, _>>()?;
        let items = Items { field: I::FIELD, line_type: I::TYPE, items };
        Ok(Self { items: Some(items), ..Self::new(head)? })
    }

    /// The document as indented text, with the warnings as its last field.
    pub(crate) fn text(&self, warnings: &[String]) -> String {
        let fields = Fields::default().and("schema", SCHEMA).join(&self.fields);
        let fields = match &self.items {
            None => fields,
            Some(items) => fields.join(&items.field()),
        };
        fields.and("warnings", warnings).text()
    }

    /// The document as lines: one for each item of a list and one for its end; one in all if it is no list.
    pub(crate) fn lines(&self, warnings: &[String], exit: Exit) -> String {
        let Some(items) = &self.items else { return self.line("result", warnings) };
        let mut lines = String::new();
        for item in &items.items {
            lines.push_str(&typed(items.line_type).join(item).line());
            lines.push('\n');
        }
        let mut end = typed("end").join(&self.fields);
        let head: Value = serde_json::from_str(&self.fields.text()).unwrap_or_default();
        if head.get("complete").is_none() {
            end = end.and("complete", &true);
        }
        if head.get("exit_code").is_none() {
            end = end.and("exit_code", &exit.code());
        }
        lines + &end.and("count", &items.items.len()).and("warnings", warnings).line()
    }

    /// The document on one line of this type.
    pub(crate) fn line(&self, line_type: &str, warnings: &[String]) -> String {
        typed(line_type).join(&self.fields).and("warnings", warnings).line()
    }

    /// The same without warnings.
    pub(crate) fn bare_line(&self, line_type: &str) -> String {
        typed(line_type).join(&self.fields).line()
    }

    /// The same with one more field.
    fn with(self, field: &str, text: &str) -> Self {
        Self { fields: self.fields.and(field, text), ..self }
    }
}

impl Items {
    /// The field that holds them.
    fn field(&self) -> Fields {
        let mut text = format!("  \"{}\": [", self.field);
        for (at, item) in self.items.iter().enumerate() {
            text.push_str(if at == 0 { "\n    {\n" } else { ",\n    {\n" });
            for (at, line) in item.0.lines().enumerate() {
                text.push_str(if at == 0 { "    " } else { "\n    " });
                text.push_str(line);
            }
            text.push_str(if item.0.is_empty() { "    }" } else { "\n    }" });
        }
        text.push_str(if self.items.is_empty() { "]" } else { "\n  ]" });
        Fields(text)
    }
}

/// The first fields of a line.
fn typed(line_type: &str) -> Fields {
    Fields::default().and("schema", SCHEMA).and("type", line_type)
}

/// The fields of an object as indented text, without its braces.
#[derive(Default)]
struct Fields(String);

impl Fields {
    /// The fields of a body, which is an object.
    fn of(body: &impl Serialize) -> Result<Self, Failure> {
        let text = serde_json::to_string_pretty(body)
            .map_err(|error| Failure::new(Kind::Output, "writing the answer as JSON failed").cause(error))?;
        let inner = text.strip_prefix("{\n").and_then(|text| text.strip_suffix("\n}"));
        Ok(Self(inner.unwrap_or_default().to_owned()))
    }

    fn and(self, field: &str, value: &(impl Serialize + ?Sized)) -> Self {
        let value = serde_json::to_string_pretty(value).unwrap_or_else(|_| "null".to_owned());
        self.join(&Self(format!("  \"{field}\": {}", value.replace('\n', "\n  "))))
    }

    fn join(mut self, more: &Self) -> Self {
        if !self.0.is_empty() && !more.0.is_empty() {
            self.0.push_str(",\n");
        }
        self.0.push_str(&more.0);
        self
    }

    /// The object as indented text.
    fn text(&self) -> String {
        if self.0.is_empty() {
            return "{}".to_owned();
        }
        let mut text = String::with_capacity(self.0.len() + "{\n\n}".len());
        text.push_str("{\n");
        text.push_str(&self.0);
        text.push_str("\n}");
        text
    }

    /// The object on one line. A JSON string holds no line end, so all of them are layout.
    fn line(&self) -> String {
        let mut line = String::with_capacity(self.0.len());
        line.push('{');
        for part in self.0.lines() {
            line.push_str(part.trim_start_matches(' '));
            if part.ends_with(',') {
                line.push(' ');
            }
        }
        line.push('}');
        line
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
    #[derive(Serialize)]
    struct Numbered {
        text: String,
        parts: Vec<u8>,
    }

    impl Item for Numbered {
        const FIELD: &'static str = "items";
        const TYPE: &'static str = "item";
    }

    fn numbered(text: &str) -> Numbered {
        Numbered { text: text.to_owned(), parts: vec![1, 2] }
    }

    #[test]
    fn a_list_is_one_document_or_a_line_for_each_item_and_its_end() {
        let warnings = ["careful".to_owned()];
        let hostile = "a,\n  \"}, {";
        for (items, head) in [
            (vec![], json!({})),
            (vec![hostile], json!({"endpoint": "x", "complete": false})),
            (vec!["a", hostile], json!({"exit_code": 1})),
        ] {
            let list = || Document::list(&head, items.iter().map(|text| numbered(text))).unwrap();
            let value: Value = serde_json::from_str(&list().text(&warnings)).unwrap();
            let listed: Vec<Value> =
                items.iter().map(|text| json!({"text": text, "parts": [1, 2]})).collect();
            let mut wanted = head.clone();
            wanted["schema"] = json!(SCHEMA);
            wanted["items"] = json!(listed);
            wanted["warnings"] = json!(warnings);
            assert_eq!(value, wanted);

            let lines = list().lines(&warnings, Exit::Done);
            let mut lines: Vec<Value> =
                lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let end = lines.pop().unwrap();
            assert_eq!(end["count"], items.len());
            assert_eq!(end["complete"], head.get("complete").cloned().unwrap_or(json!(true)));
            assert_eq!(end["exit_code"], head.get("exit_code").cloned().unwrap_or(json!(0)));
            assert_eq!((&end["type"], &end["warnings"]), (&json!("end"), &json!(warnings)));
            for (line, item) in lines.iter().zip(&listed) {
                assert_eq!((&line["schema"], &line["type"]), (&json!(SCHEMA), &json!("item")));
                assert_eq!((&line["text"], &line["parts"]), (&item["text"], &item["parts"]));
            }
            assert_eq!(lines.len(), items.len());
        }
        let list = Document::list(&json!({"a": 1}), [numbered("b")]).unwrap();
        assert_eq!(
            list.lines(&[], Exit::Done),
            "{\"schema\": \"hvsnap/1\", \"type\": \"item\", \"text\": \"b\", \"parts\": [1, 2]}\n\
             {\"schema\": \"hvsnap/1\", \"type\": \"end\", \"a\": 1, \"complete\": true, \"exit_code\": 0, \
             \"count\": 1, \"warnings\": []}"
        );
        assert_eq!(
            Document::list(&json!({}), [numbered("b")]).unwrap().text(&[]),
            "{\n  \"schema\": \"hvsnap/1\",\n  \"items\": [\n    {\n      \"text\": \"b\",\n      \"parts\": [\n        1,\n        2\n      ]\n    }\n  ],\n  \"warnings\": []\n}"
        );
    }
}
