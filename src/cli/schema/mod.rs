//! The JSON Schema of all documents (draft 2020-12), and the part of it for one command.
//!
//! The text is made from the types of the documents by a test, which holds the file against them; `HVSNAP_BLESS=1` rewrites it.

#[cfg(test)]
pub(crate) mod keys;
#[cfg(test)]
mod made;

use serde_json::{Map, Value};

/// The whole schema.
pub(crate) const TEXT: &str = include_str!("hvsnap-1.json");

/// The name of the definition of a command's documents: `snapshot-list`.
pub(crate) fn definition(words: &[impl AsRef<str>]) -> String {
    words.iter().map(AsRef::as_ref).collect::<Vec<_>>().join("-")
}

/// The names of all documents: of commands, and of what any command may print.
pub(crate) fn names(whole: &Value) -> Vec<&str> {
    let documents = whole.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    documents.filter_map(|document| definition_of(document)).collect()
}

/// The schema of one document: its definition, and those that it needs.
pub(crate) fn part(whole: &Value, name: &str) -> Option<Value> {
    if !names(whole).contains(&name) {
        return None;
    }
    let definitions = whole.get("$defs").and_then(Value::as_object)?;
    let mut part = definitions.get(name)?.as_object()?.clone();
    let mut needed = Map::new();
    let mut open = references(&Value::Object(part.clone()));
    while let Some(name) = open.pop() {
        if let (false, Some(found)) = (needed.contains_key(&name), definitions.get(&name)) {
            open.extend(references(found));
            needed.insert(name, found.clone());
        }
    }
    for key in ["$schema", "$id"] {
        part.insert(key.to_owned(), whole.get(key).cloned().unwrap_or_default());
    }
    if let Some(Value::String(id)) = part.get_mut("$id") {
        id.push(':');
        id.push_str(name);
    }
    if !needed.is_empty() {
        part.insert("$defs".to_owned(), Value::Object(needed));
    }
    Some(Value::Object(part))
}

/// The definition that a schema refers to.
fn definition_of(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")
}

/// All definitions that a schema refers to.
fn references(schema: &Value) -> Vec<String> {
    let inner = match schema {
        Value::Object(members) => members.values().flat_map(references).collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    };
    definition_of(schema).map(str::to_owned).into_iter().chain(inner).collect()
}
