//! The `[[fault]]` tables: the same rules as on the command line, with the line of the file in errors.
//!
//! The keys of a rule are defined in `sim::faults`.

use super::{
    LabError,
    file::{FaultTable, FaultValue},
};
use crate::sim::{FaultRule, faults::Given};

pub(super) fn check(text: &str, tables: Vec<FaultTable>) -> Result<Vec<FaultRule>, LabError> {
    tables.into_iter().enumerate().map(|(place, table)| rule(text, place + 1, table)).collect()
}

fn rule(text: &str, number: usize, table: FaultTable) -> Result<FaultRule, LabError> {
    let (whole, pairs) = (table.span(), table.into_inner());
    let mut given = Given::default();
    let mut spans = Vec::new();
    for (key, value) in pairs {
        spans.push((key.get_ref().clone(), value.span()));
        // A TOML table has no duplicate keys.
        let _ = given.add(key.get_ref(), value.get_ref().to_string());
    }
    FaultRule::of(&given).map_err(|problem| {
        let span = spans.into_iter().find(|(key, _)| *key == problem.key).map_or(whole, |(_, span)| span);
        LabError::at(text, &span, format!("fault {number}: {}", problem.key), problem.text)
    })
}

impl std::fmt::Display for FaultValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Whole(number) => number.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Boolean(is) => is.fmt(f),
        }
    }
}
