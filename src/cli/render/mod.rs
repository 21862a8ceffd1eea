//! Text output: lines, tables, trees, plans, outcomes.
//!
//! Data becomes [`Line`]s; nothing is written to a stream. All text passes through [`clean`], so that a host cannot send escape
//! sequences to the terminal.

pub(crate) mod bytes;
mod line;
pub(crate) mod operation;
pub(crate) mod outcome;
pub(crate) mod plan;
pub(crate) mod remedy;
pub(crate) mod status;
pub(crate) mod table;
mod text;
pub(crate) mod time;
pub(crate) mod tree;

pub(crate) use line::{Line, style};
pub(crate) use text::{clean, unsteering_json, without_secrets_of, without_userinfo};
