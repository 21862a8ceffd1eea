//! An operation: planned, written to the journal, called once, followed to its end and judged.

mod engine;
mod merging;
mod outcome;
pub(crate) mod ready;
mod reconcile;
mod recover;
mod run;

pub use outcome::{JobConclusion, Merge, Open, Outcome, Phase, Progress, Until};
pub use recover::Resumption;
pub use run::OperationHandle;
