//! WQL, as far as clients of a Hyper-V host use it: `select`, `associators of`, `references of`.
//!
//! A query is read (`lex`, `parse`) and then answered (`eval`, `walk`) from a set of [`Objects`]. Names, keywords and texts
//! are compared without regard to case, as WMI does. It never runs longer than the bounds below allow and never
//! accepts what it does not understand. Follows Microsoft's "WQL (SQL for WMI)" and DSP0202 where that is silent.

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

/// Longest query, in bytes.
const MAX_LENGTH: usize = 16 * 1024;
/// Deepest nesting of conditions.
const MAX_DEPTH: usize = 32;

/// Where the answers come from: the instances of one namespace, as one user sees them.
pub(crate) trait Objects {
    /// Whether the namespace has the class.
    fn has(&self, class: &'static Class) -> bool;
    /// All instances of exactly this class.
    fn instances(&self, class: &'static Class) -> Vec<Instance>;
    /// One instance.
    fn object(&self, path: &ObjectPath) -> Option<Instance>;

    /// The classes that are called `name` or derive from it.
    fn derived(&self, name: &str) -> Vec<&'static Class> {
        schema::derived(name).filter(|class| self.has(class)).collect()
    }
}

/// A query that was understood.
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
    /// True for the association rows, false for what they lead to.
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

/// Why a query cannot be answered; WinRM's answer is `CannotProcessFilter` for all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct QueryError(pub(crate) String);

/// What a query gave.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) instances: Vec<Instance>,
    /// The properties asked for by name, if they were.
    pub(crate) properties: Option<Vec<String>>,
}

/// Reads and answers a query.
pub(crate) fn run(text: &str, objects: &dyn Objects) -> Result<Found, QueryError> {
    match parse::parse(text)? {
        Query::Select(select) => eval::select(select, objects),
        Query::Walk(walk) => walk::walk(&walk, objects),
    }
}

/// The classes that a query names as what it wants; none when it is not understood.
pub(crate) fn classes(text: &str) -> Vec<String> {
    match parse::parse(text) {
        Ok(Query::Select(select)) => vec![select.class],
        Ok(Query::Walk(walk)) => walk.result_class.into_iter().chain(walk.assoc_class).collect(),
        Err(_) => Vec::new(),
    }
}

/// Answers an association traversal that was not written as a query.
pub(crate) fn traverse(walk: &Walk, objects: &dyn Objects) -> Result<Found, QueryError> {
    walk::walk(walk, objects)
}

fn refuse<T>(reason: impl Into<String>) -> Result<T, QueryError> {
    Err(QueryError(reason.into()))
}
