//! WMI object paths: the texts in string properties that refer to other instances.
//!
//! Only the class and the keys are read. Form: `\\HOST\namespace:Class.Key="value",…` (Microsoft, "Object paths"); in a quoted
//! value a backslash escapes the next character.

use std::str::FromStr;

use crate::violation::excerpt;

/// A path to one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectPath {
    class: String,
    keys: Vec<(String, String)>,
}

impl ObjectPath {
    /// The class.
    pub fn class(&self) -> &str {
        &self.class
    }

    /// The value of the key `name`.
    pub fn key(&self, name: &str) -> Option<&str> {
        self.keys.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// All keys, in the order of the path.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &str)> {
        self.keys.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

/// The text is not a path to an instance.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an object path: {text:?}")]
pub struct ObjectPathError {
    text: String,
}

impl FromStr for ObjectPath {
    type Err = ObjectPathError;

    fn from_str(text: &str) -> Result<Self, ObjectPathError> {
        parse(text).ok_or_else(|| ObjectPathError { text: excerpt(text) })
    }
}

fn parse(text: &str) -> Option<ObjectPath> {
    // Host and namespace end at the first colon and cannot contain one. A relative path has neither. A colon after a key
    // does not end them.
    let key = text.find(['"', '=']).unwrap_or(text.len());
    let relative = match text.get(..key)?.find(':') {
        Some(colon) => text.get(colon + 1..)?,
        None => text,
    };
    let (class, keys) = relative.split_once('.')?;
    let keys = is_name(class).then(|| parse_keys(keys))??;
    Some(ObjectPath { class: class.to_owned(), keys })
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn parse_keys(mut rest: &str) -> Option<Vec<(String, String)>> {
    let mut keys = Vec::new();
    loop {
        let (name, after) = rest.split_once('=')?;
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => parse_quoted(quoted)?,
            None => {
                let end = after.find(',').unwrap_or(after.len());
                let (value, after) = after.split_at_checked(end)?;
                // A number or a truth value; all other values must be quoted.
                let is_bare =
                    value.trim().chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-'));
                is_bare.then(|| (value.trim().to_owned(), after))?
            }
        };
        // A namespace or another class inside the keys would make the path ambiguous.
        if !is_name(name.trim()) {
            return None;
        }
        keys.push((name.trim().to_owned(), value));
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None if after.trim().is_empty() => return Some(keys),
            None => return None,
        }
    }
}

/// The value up to the closing quote, and the text after it.
fn parse_quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, text.get(at + 1..)?)),
            '\\' => value.push(characters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parent_of_a_snapshot_is_read() {
        let path: ObjectPath =
            r#"\\HV01\root\virtualization\v2:Msvm_VirtualSystemSettingData.InstanceID="Microsoft:1F2E-AB""#
                .parse()
                .unwrap();
        assert_eq!(path.class(), "Msvm_VirtualSystemSettingData");
        assert_eq!(path.key("instanceid"), Some("Microsoft:1F2E-AB"));
    }

    #[test]
    fn escapes_several_keys_and_relative_paths_are_read() {
        let path: ObjectPath = r#"C.A="x\\y\"z",B=7"#.parse().unwrap();
        assert_eq!(path.keys().collect::<Vec<_>>(), [("A", r#"x\y"z"#), ("B", "7")]);
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in [
            "",
            "C",
            "C.",
            r#"C.A="x"#,
            r#"C.A="x"y"#,
            ".A=1",
            r"C.=1",
            r#"C.A="x\"#,
            "a b.c=1",
            r"C.a b=1",
            r"C.a=C:C.b=1",
            "C.a='x'",
        ] {
            assert!(text.parse::<ObjectPath>().is_err(), "{text}");
        }
    }
}
