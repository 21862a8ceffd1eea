//! The outcome of a destroy, as JSON.
//!
//! `destroyed`, `unexpected` and `kept` come from the tree that was read back. If the command waited only for acceptance, they
//! are empty and `read_back` is false.

use hvsnap::{
    JobConclusion, Outcome,
    hyperv::{DestroyPlan, JobError, Snapshot},
};
use serde::Serialize;

use super::{JobView, SnapshotRef, SnapshotView, StatusView, references};

/// The resulting tree and disks.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct OutcomeView {
    waited: String,
    conclusion: &'static str,
    job: Option<JobView>,
    read_back: bool,
    destroyed: Vec<SnapshotRef>,
    kept: Vec<KeptView>,
    #[serde(flatten)]
    status: StatusView,
}

#[derive(Clone, Debug, Serialize)]
struct KeptView {
    #[serde(flatten)]
    snapshot: SnapshotView,
    /// True if its parent has changed.
    reparented: bool,
}

impl OutcomeView {
    pub(crate) fn new(plan: &DestroyPlan, outcome: &Outcome) -> Self {
        let kept = outcome.tree.iter().flat_map(|tree| {
            let kept = |snapshot| KeptView {
                snapshot: SnapshotView::new(tree, snapshot),
                reparented: moved(plan, snapshot),
            };
            outcome.kept().iter().map(kept)
        });
        let errors: &[JobError] = match &outcome.job {
            JobConclusion::Failed(_, errors) => errors,
            _ => &[],
        };
        let (conclusion, job) = match &outcome.job {
            JobConclusion::Synchronous => ("synchronous", None),
            JobConclusion::NotAwaited => ("not_awaited", None),
            JobConclusion::Succeeded(job) => ("succeeded", Some(job)),
            JobConclusion::Warned(job) => ("warned", Some(job)),
            JobConclusion::Failed(job, _) => ("failed", Some(job)),
            JobConclusion::Running(job) => ("running", Some(job)),
            JobConclusion::Vanished => ("vanished", None),
            JobConclusion::Unreadable(_) => ("unreadable", None),
            _ => ("other", None),
        };
        Self {
            waited: outcome.until.to_string(),
            conclusion,
            job: job.map(|job| JobView::new(job, errors)),
            read_back: outcome.tree.is_some(),
            destroyed: references(&outcome.destroyed),
            kept: kept.collect(),
            status: StatusView::from(outcome),
        }
    }
}

/// True if the snapshot had another parent when the plan was made.
pub(crate) fn moved(plan: &DestroyPlan, snapshot: &Snapshot) -> bool {
    plan.tree().get(snapshot.id()).is_some_and(|before| before.parent != snapshot.parent)
}
