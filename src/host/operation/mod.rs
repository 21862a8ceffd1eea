//! An operation: planned, written to the journal, called once, followed to its end and judged.

mod destroy;
mod engine;
mod merging;
mod outcome;
mod reconcile;
mod recover;

pub use destroy::DestroyJob;
pub use outcome::{JobConclusion, Merge, Open, Outcome, Phase, Progress, Until};
pub use recover::Resumption;
