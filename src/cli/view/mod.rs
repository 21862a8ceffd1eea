//! The JSON documents of schema `hvsnap/1`.
//!
//! Data is as the host sent it; times are UTC. The types are separate from the library's, which may change.
//!
//! # The promise
//!
//! Within `hvsnap/1` fields are only added, never removed or changed in meaning, and a field that is always there stays so. A reader
//! ignores fields that it does not know, and takes an unknown value of an enumeration as "other": enumerations may grow. Anything
//! else is `hvsnap/2`.
//!
//! `hvsnap schema` prints the JSON Schema of the documents, which `schema::made` makes from these types and those of the commands:
//! a new body is a row of its table, each field has a doc comment, and a field that may be left out is never null.

mod cost;
mod job;
mod operation;
mod outcome;
mod plan;
mod progress;
mod snapshot;
mod status;
mod vm;

pub(crate) use cost::{ChainView, CostView, SizesView, UnmergedView};
pub(crate) use job::{JobLink, JobView};
pub(crate) use operation::{OperationLink, OperationView, ResumedView};
pub(crate) use outcome::{OutcomeView, moved};
pub(crate) use plan::PlanView;
pub(crate) use progress::ProgressView;
pub(crate) use snapshot::{SnapshotRef, SnapshotView, TreeHead, TreeView, VmRef};
pub(crate) use status::{StatusView, references};
pub(crate) use vm::VmView;

use hvsnap::{
    cim::{PropertyError, Timestamp},
    hyperv::Candidate,
};
use serde::Serialize;

/// One match of an ambiguous name.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct CandidateView {
    /// The name.
    name: String,
    /// The id.
    id: String,
}

impl From<&Candidate> for CandidateView {
    fn from(candidate: &Candidate) -> Self {
        Self { name: candidate.name.clone(), id: candidate.id.clone() }
    }
}

/// A code with its name.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Code {
    /// The number of the host.
    code: u32,
    /// Its name.
    name: String,
}

impl Code {
    pub(crate) fn new(code: impl Into<u32>, name: impl ToString) -> Self {
        Self { code: code.into(), name: name.to_string() }
    }
}

/// Null for "never" and for a missing time.
fn time(timestamp: Option<Timestamp>) -> Option<String> {
    timestamp.filter(|timestamp| !timestamp.is_never()).map(|timestamp| timestamp.to_string())
}

fn texts(errors: &[PropertyError]) -> Vec<String> {
    errors.iter().map(ToString::to_string).collect()
}
