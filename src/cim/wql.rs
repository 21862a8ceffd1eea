//! WQL as the client writes it: a class, and conditions whose literals cannot break out.
//!
//! It never parses WQL and never takes a raw text as part of a query. Follows Microsoft, "WQL (SQL for WMI)": a backslash and
//! a quote in a literal are escaped by a backslash.

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
pub struct Wql {
    class: ClassName,
    conditions: Vec<String>,
}

impl Wql {
    /// All instances of `class` and of the classes derived from it.
    pub fn all(class: ClassName) -> Self {
        Self { class, conditions: Vec::new() }
    }

    /// Only those whose property `name` equals `value`, without regard to case.
    ///
    /// # Errors
    /// If `name` is no property name.
    pub fn and_equals(mut self, name: &str, value: &str) -> Result<Self, NameError> {
        let name: ClassName = name.parse()?;
        self.conditions.push(format!("{name} = '{}'", escape(value)));
        Ok(self)
    }

    /// Only those whose property `name` is this number.
    ///
    /// # Errors
    /// If `name` is no property name.
    pub fn and_number(mut self, name: &str, value: u64) -> Result<Self, NameError> {
        let name: ClassName = name.parse()?;
        self.conditions.push(format!("{name} = {value}"));
        Ok(self)
    }

    /// As a filter of an enumeration of all classes.
    pub fn filter(&self) -> Filter {
        Filter::Wql(self.to_string())
    }
}

impl fmt::Display for Wql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "select * from {}", self.class)?;
        for (index, condition) in self.conditions.iter().enumerate() {
            write!(f, " {} {condition}", if index == 0 { "where" } else { "and" })?;
        }
        Ok(())
    }
}

fn escape(text: &str) -> String {
    text.replace('\\', r"\\").replace('\'', r"\'")
}
