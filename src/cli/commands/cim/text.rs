//! Instances of any class as text: a list of properties, or a table.

use hvsnap::{
    cim::{ClassPath, Instance, Value},
    schema::KnownMember,
    wsman::{EndpointReference, SelectorValue},
};

use super::typed::{self, Content, Item, Typed};
use crate::cli::render::{Line, style, table::Table};

/// The columns of a table if no property is named, as far as an instance has a value.
const USUAL: [&str; 6] = ["ElementName", "Name", "Caption", "EnabledState", "JobState", "Status"];

/// Keys that only repeat the class.
const OF_CLASS: [&str; 2] = ["CreationClassName", "SystemCreationClassName"];

/// One instance, one property per line.
pub(super) fn instance(instance: &Instance<'_>, namespace: &str, only: &[String]) -> Vec<Line> {
    let head = Line::new()
        .styled(style::STRONG, instance.class())
        .styled(style::FAINT, format_args!(" in {namespace}"));
    let mut lines = vec![head];
    lines.extend(members(&typed::properties(instance, only)));
    lines
}

/// Properties or parameters, one per line; those of a nested instance are indented.
pub(super) fn members(members: &[Typed]) -> Vec<Line> {
    let mut table = Table::new(&[]);
    rows(&mut table, members, 1);
    table.lines()
}

fn rows(table: &mut Table, members: &[Typed], depth: usize) {
    let indent = "  ".repeat(depth);
    for member in members {
        table.row([Line::plain(&indent).styled(style::FAINT, &member.name), value(member)]);
        for item in member.content.items() {
            if let Item::Instance(instance) = item {
                rows(table, &typed::properties(instance, &[]), depth + 1);
            }
        }
    }
}

fn value(member: &Typed) -> Line {
    match &member.content {
        Content::One(one) => item(one, member.member),
        Content::Many(items) => {
            let mut line = Line::plain("[");
            for (index, one) in items.iter().enumerate() {
                line = line.text(if index == 0 { "" } else { ", " }).join(item(one, member.member));
            }
            line.text("]")
        }
    }
}

fn item(item: &Item, member: Option<KnownMember>) -> Line {
    match item {
        Item::Null => Line::new().styled(style::FAINT, "null"),
        Item::Value(value) => scalar(value, member),
        Item::Reference(reference) => Line::plain(path(reference)),
        Item::Instance(instance) => Line::new().styled(style::FAINT, format_args!("({})", instance.class())),
        Item::Text(text) => Line::plain(text),
    }
}

fn scalar(value: &Value, member: Option<KnownMember>) -> Line {
    let number = |text: String, number: Option<u32>| match number.and_then(|number| member?.label(number)) {
        Some(label) => Line::plain(text).styled(style::FAINT, format_args!(" ({label})")),
        None => Line::plain(text),
    };
    match value {
        Value::Uint8(value) => number(value.to_string(), Some(u32::from(*value))),
        Value::Uint16(value) => number(value.to_string(), Some(u32::from(*value))),
        Value::Uint32(value) => number(value.to_string(), Some(*value)),
        Value::Uint64(value) => Line::plain(value),
        Value::Char16(value) => Line::plain(value),
        Value::Sint8(value) => Line::plain(value),
        Value::Sint16(value) => Line::plain(value),
        Value::Sint32(value) => Line::plain(value),
        Value::Sint64(value) => Line::plain(value),
        Value::Real32(value) => Line::plain(value),
        Value::Real64(value) => Line::plain(value),
        Value::Boolean(value) => Line::plain(value),
        Value::Datetime(value) => Line::plain(value),
        Value::String(text) if text.is_empty() => Line::new().styled(style::FAINT, "\"\""),
        Value::String(text) => Line::plain(text),
        _ => Line::new(),
    }
}

/// A reference in the form of an object path, without host and namespace.
pub(super) fn path(reference: &EndpointReference) -> String {
    let of_path = ClassPath::of(reference).and_then(|path| path.class);
    let class = of_path.as_ref().map_or(reference.resource_uri.as_str(), |class| class.as_str());
    let keys: Vec<String> = reference
        .selectors
        .iter()
        .filter(|selector| !selector.name.starts_with("__"))
        .map(|selector| {
            let value = match &selector.value {
                SelectorValue::Text(text) => text.clone(),
                SelectorValue::Reference(reference) => path(reference),
                _ => String::new(),
            };
            format!("{}=\"{}\"", selector.name, value.replace('\\', r"\\").replace('"', "\\\""))
        })
        .collect();
    if keys.is_empty() { format!("{class}=@") } else { format!("{class}.{}", keys.join(",")) }
}

/// Instances as a table: their keys and the usual properties, or the properties that are named.
pub(super) fn table(found: &[(Instance<'static>, Option<EndpointReference>)], only: &[String]) -> Vec<Line> {
    let all: Vec<Vec<Typed>> = found.iter().map(|(instance, _)| typed::properties(instance, &[])).collect();
    let columns = if only.is_empty() { columns(found, &all) } else { only.to_vec() };
    let is_mixed = found
        .iter()
        .any(|(instance, _)| found.first().is_some_and(|(first, _)| first.class() != instance.class()));
    let mut table = Table::new(&[]);
    let heading = |text: &str| Line::new().styled(style::FAINT, text);
    let class = is_mixed.then(|| heading("Class"));
    table.row(class.into_iter().chain(columns.iter().map(|name| heading(name))));
    for ((instance, _), members) in found.iter().zip(&all) {
        let class = is_mixed.then(|| Line::plain(instance.class()));
        let cells = columns.iter().map(|name| {
            let member = members.iter().find(|member| member.name.eq_ignore_ascii_case(name));
            member.filter(|member| !is_null(member)).map(value).unwrap_or_default()
        });
        table.row(class.into_iter().chain(cells));
    }
    table.lines()
}

fn columns(found: &[(Instance<'static>, Option<EndpointReference>)], all: &[Vec<Typed>]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        let is_there = columns.iter().any(|column| column.eq_ignore_ascii_case(name));
        let is_of_class = OF_CLASS.iter().any(|key| key.eq_ignore_ascii_case(name));
        let has_value =
            all.iter().flatten().any(|member| member.name.eq_ignore_ascii_case(name) && !is_null(member));
        if !is_there && !is_of_class && has_value {
            columns.push(name.to_owned());
        }
    };
    for (_, reference) in found {
        reference.iter().flat_map(|reference| reference.selectors.iter()).for_each(|key| add(&key.name));
    }
    USUAL.into_iter().for_each(&mut add);
    if columns.is_empty() {
        // A query for named properties, or a class without any of the usual properties.
        all.first().into_iter().flatten().for_each(|member| columns.push(member.name.clone()));
    }
    columns
}

fn is_null(member: &Typed) -> bool {
    matches!(member.content, Content::One(Item::Null))
}
