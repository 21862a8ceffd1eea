//! Builds WQL: a class and conditions with escaped literals.
//!
//! No part of a query is unchecked text; [`Wql::verbatim`] takes a whole query. Follows Microsoft, "WQL (SQL for WMI)": a
//! backslash escapes a backslash and a quote in a literal.

use std::fmt;

use crate::{
    cim::{ClassName, NameError},
    wsman::Filter,
};

/// A query for all properties of the instances of one class.
///
/// ```
/// use hvsnap::cim::Wql;
///
/// let query = Wql::all("Msvm_ComputerSystem".parse()?).and_equals("ElementName", "o'brien")?;
/// assert_eq!(query.to_string(), r"select * from Msvm_ComputerSystem where ElementName = 'o\'brien'");
/// # Ok::<(), hvsnap::cim::NameError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Wql(Form);

#[derive(Clone, Debug)]
enum Form {
    Select { class: ClassName, conditions: Vec<String> },
    Associators { object: String, association: ClassName, result: ClassName },
    Verbatim(String),
}

impl Wql {
    /// All instances of `class` and of the classes derived from it.
    pub fn all(class: ClassName) -> Self {
        Self(Form::Select { class, conditions: Vec::new() })
    }

    /// A handwritten query, sent unchanged; the host reports its errors.
    ///
    /// Do not insert untrusted values: a quote in a value changes the query's meaning. Conditions such as
    /// [`and_equals`](Self::and_equals) have no effect on it.
    ///
    /// ```
    /// use hvsnap::cim::Wql;
    ///
    /// let query = Wql::verbatim("select * from Win32_Service where State = 'Running'");
    /// assert_eq!(query.to_string(), "select * from Win32_Service where State = 'Running'");
    /// ```
    pub fn verbatim(text: impl Into<String>) -> Self {
        Self(Form::Verbatim(text.into()))
    }

    /// The instances of `result` that `association` links to the instance of `class` with these keys.
    pub(crate) fn associators(
        class: &ClassName,
        keys: &[(ClassName, &str)],
        association: ClassName,
        result: ClassName,
    ) -> Self {
        let keys: Vec<String> = keys
            .iter()
            .map(|(name, value)| format!("{name}=\"{}\"", escape(value).replace('"', "\\\"")))
            .collect();
        Self(Form::Associators { object: format!("{class}.{}", keys.join(",")), association, result })
    }

    /// Keeps only instances whose property `name` equals `value`; case does not matter.
    ///
    /// # Errors
    /// If `name` is not a valid property name.
    pub fn and_equals(self, name: &str, value: &str) -> Result<Self, NameError> {
        let name: ClassName = name.parse()?;
        Ok(self.and(format!("{name} = '{}'", escape(value))))
    }

    /// Keeps only instances whose property `name` is this number.
    ///
    /// # Errors
    /// If `name` is not a valid property name.
    pub fn and_number(self, name: &str, value: u64) -> Result<Self, NameError> {
        let name: ClassName = name.parse()?;
        Ok(self.and(format!("{name} = {value}")))
    }

    /// Keeps only instances whose property `name` begins with one of `texts`.
    ///
    /// # Errors
    /// If `name` is not a valid property name.
    pub(crate) fn and_begins_with(self, name: &str, texts: &[&str]) -> Result<Self, NameError> {
        let name: ClassName = name.parse()?;
        let likes: Vec<String> =
            texts.iter().map(|text| format!("{name} like '{}%'", escape_pattern(text))).collect();
        Ok(self.and(format!("({})", likes.join(" or "))))
    }

    /// Keeps only instances where one of both properties equals `value`; case does not matter.
    ///
    /// # Errors
    /// If one of `names` is not a valid property name.
    pub(crate) fn and_either_equals(self, names: [&str; 2], value: &str) -> Result<Self, NameError> {
        let [one, other] = names;
        let (one, other): (ClassName, ClassName) = (one.parse()?, other.parse()?);
        let value = escape(value);
        Ok(self.and(format!("({one} = '{value}' or {other} = '{value}')")))
    }

    fn and(mut self, condition: String) -> Self {
        if let Form::Select { conditions, .. } = &mut self.0 {
            conditions.push(condition);
        }
        self
    }

    /// The query as a filter for an enumeration of all classes.
    pub fn filter(&self) -> Filter {
        Filter::Wql(self.to_string())
    }
}

impl fmt::Display for Wql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Select { class, conditions } => {
                write!(f, "select * from {class}")?;
                for (index, condition) in conditions.iter().enumerate() {
                    write!(f, " {} {condition}", if index == 0 { "where" } else { "and" })?;
                }
                Ok(())
            }
            Form::Verbatim(text) => f.write_str(text),
            Form::Associators { object, association, result } => {
                write!(
                    f,
                    "associators of {{{object}}} where AssocClass = {association} ResultClass = {result}"
                )
            }
        }
    }
}

/// Escapes wildcards of `like`: within brackets a wildcard stands for itself.
fn escape_pattern(text: &str) -> String {
    let literal = |character: char| match character {
        '%' | '_' | '[' => format!("[{character}]"),
        _ => character.to_string(),
    };
    escape(&text.chars().map(literal).collect::<String>())
}

fn escape(text: &str) -> String {
    text.replace('\\', r"\\").replace('\'', r"\'")
}
