//! What people read: lines, tables, trees, plans, outcomes.
//!
//! It never writes to a stream and never asks a host: data in, [`Line`]s out. No text reaches a line but through
//! [`clean`], so what a host says cannot steer a terminal.

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
