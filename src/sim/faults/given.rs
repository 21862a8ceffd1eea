//! The keys and values of a fault rule as given, and the errors in them.
//!
//! A lab file and a line of text give the same pairs, so both have the same keys and the same errors.

use std::{fmt, str::FromStr, time::Duration};

/// A fault rule is not usable.
///
/// The text has the form `fault "RULE": KEY: PROBLEM`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultError {
    rule: String,
    problem: Problem,
}

impl FaultError {
    pub(super) fn new(rule: &str, problem: Problem) -> Self {
        Self { rule: rule.to_owned(), problem }
    }

    /// The invalid key; empty if the rule is not a list of keys and values.
    pub fn key(&self) -> &str {
        &self.problem.key
    }
}

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fault \"{}\": ", self.rule)?;
        if !self.problem.key.is_empty() {
            write!(f, "{}: ", self.problem.key)?;
        }
        f.write_str(&self.problem.text)
    }
}

impl std::error::Error for FaultError {}

/// The invalid key, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) key: String,
    pub(crate) text: String,
}

impl Problem {
    pub(super) fn new(key: &str, text: impl Into<String>) -> Self {
        Self { key: key.to_owned(), text: text.into() }
    }
}

/// The pairs of a rule.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given(Vec<(String, String)>);

impl Given {
    /// Adds a pair; each key is allowed once.
    pub(crate) fn add(&mut self, key: &str, value: impl Into<String>) -> Result<(), Problem> {
        if self.has(key) {
            return Err(Problem::new(key, "given twice"));
        }
        self.0.push((key.to_owned(), value.into()));
        Ok(())
    }

    /// Parses `KEY=VALUE,KEY=VALUE`; a value with a comma is in double quotes.
    pub(super) fn read(text: &str) -> Result<Self, Problem> {
        let mut given = Self::default();
        let mut quoted = false;
        let pairs = text.split(|c: char| {
            quoted ^= c == '"';
            c == ',' && !quoted
        });
        for pair in pairs {
            let Some((key, value)) = pair.split_once('=') else {
                return Err(Problem::new("", format!("\"{}\" is not KEY=VALUE", pair.trim())));
            };
            let (key, value) = (key.trim(), value.trim());
            let bare = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
            if bare.contains('"') {
                return Err(Problem::new(key, "a double quote is not closed, or stands inside the value"));
            }
            given.add(key, bare)?;
        }
        Ok(given)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.0.iter().any(|(known, _)| known == key)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.as_str())
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// The value of `key`, parsed by `read`; `allowed` describes valid values in an error.
    pub(super) fn value<T>(
        &self,
        key: &str,
        allowed: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(text) = self.text(key) else { return Ok(None) };
        let value = read(text);
        value.map(Some).ok_or_else(|| Problem::new(key, format!("\"{text}\" is not {allowed}")))
    }

    /// A number from 1 to `most`.
    pub(super) fn count<T: FromStr + PartialOrd + From<u8> + fmt::Display>(
        &self,
        key: &str,
        most: T,
    ) -> Result<Option<T>, Problem> {
        let allowed = format!("a whole number from 1 to {most}");
        self.value(key, &allowed, |text| {
            text.parse().ok().filter(|number| *number >= T::from(1) && *number <= most)
        })
    }

    pub(super) fn boolean(&self, key: &str) -> Result<Option<bool>, Problem> {
        self.value(key, "true or false", |text| text.parse().ok())
    }

    pub(super) fn seconds(&self, key: &str) -> Result<Option<Duration>, Problem> {
        // A year is long enough, and keeps every sum of times in range.
        self.value(key, "a number of seconds from 0 to a year", |text| {
            let seconds = text.parse::<f64>().ok()?;
            (0.0..=31_536_000.0).contains(&seconds).then(|| Duration::from_secs_f64(seconds))
        })
    }
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (key, value)) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            let needs_quotes = value.contains(',') || value.trim() != value;
            let quote = if needs_quotes { "\"" } else { "" };
            write!(f, "{comma}{key}={quote}{value}{quote}")?;
        }
        Ok(())
    }
}
