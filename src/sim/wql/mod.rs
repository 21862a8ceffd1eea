//! The subset of WQL that clients of a Hyper-V host use: `select`, `associators of`, `references of`.
//!
//! A query is parsed (`lex`, `parse`) and then evaluated (`eval`, `walk`) on a set of [`Objects`]. Names, keywords and texts
//! compare without regard to case, as in WMI. The limits below bound the run time, and unknown syntax is an error. Follows
//! Microsoft's "WQL (SQL for WMI)", and DSP0202 where that is silent.

mod eval;
mod lex;
mod like;
mod literal;
mod parse;
#[cfg(test)]
mod tests;
mod walk;

use super::{instance::Instance, path::ObjectPath};
use crate::schema::{self, Class};

/// The longest query, in bytes.
const MAX_LENGTH: usize = 16 * 1024;
/// The deepest nesting of conditions.
const MAX_DEPTH: usize = 32;

/// The instances of one namespace, as one user sees them.
pub(crate) trait Objects {
    /// True if the namespace has the class.
    fn has(&self, class: &'static Class) -> bool;
    /// All instances of exactly this class.
    fn instances(&self, class: &'static Class) -> Vec<Instance>;
    /// One instance.
    fn object(&self, path: &ObjectPath) -> Option<Instance>;

    /// The classes with that name or with a superclass of that name.
    fn derived(&self, name: &str) -> Vec<&'static Class> {
        schema::derived(name).filter(|class| self.has(class)).collect()
    }
}

/// A parsed query.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Query {
    /// `select`.
    Select(Select),
    /// `associators of` or `references of`.
    Walk(Walk),
}

/// `select … from … where …`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Select {
    /// `None` for `*`.
    pub(crate) properties: Option<Vec<String>>,
    pub(crate) class: String,
    condition: Option<Condition>,
}

/// `associators of {…} where …`, or `references of {…} where …`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Walk {
    /// True for the associations, false for the instances that they lead to.
    pub(crate) rows: bool,
    pub(crate) from: ObjectPath,
    pub(crate) assoc_class: Option<String>,
    pub(crate) result_class: Option<String>,
    pub(crate) role: Option<String>,
    pub(crate) result_role: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Condition {
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
    Compare { property: String, operator: Operator, literal: Literal },
    Like { property: String, pattern: String },
    IsNull(String),
    IsA(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Debug, PartialEq)]
enum Literal {
    Text(String),
    Number(i128),
    Boolean(bool),
}

/// Why a query cannot be answered; WinRM always answers `CannotProcessFilter`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct QueryError(pub(crate) String);

/// The result of a query.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) instances: Vec<Instance>,
    /// The properties requested by name, if any.
    pub(crate) properties: Option<Vec<String>>,
}

/// Parses and evaluates a query.
pub(crate) fn run(text: &str, objects: &dyn Objects) -> Result<Found, QueryError> {
    match parse::parse(text)? {
        Query::Select(select) => eval::select(select, objects),
        Query::Walk(walk) => walk::walk(&walk, objects),
    }
}

/// The classes that a query selects; empty for an invalid query.
pub(crate) fn classes(text: &str) -> Vec<String> {
    match parse::parse(text) {
        Ok(Query::Select(select)) => vec![select.class],
        Ok(Query::Walk(walk)) => walk.result_class.into_iter().chain(walk.assoc_class).collect(),
        Err(_) => Vec::new(),
    }
}

/// Evaluates an association traversal that is not a query.
pub(crate) fn traverse(walk: &Walk, objects: &dyn Objects) -> Result<Found, QueryError> {
    walk::walk(walk, objects)
}

fn refuse<T>(reason: impl Into<String>) -> Result<T, QueryError> {
    Err(QueryError(reason.into()))
}
