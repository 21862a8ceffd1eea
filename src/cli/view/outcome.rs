//! The outcome of an operation, as JSON.
//!
//! `destroyed`, `unexpected` and `kept` come from the tree that was read back. If the command waited only for acceptance, they
//! are empty and `read_back` is false.

use hvsnap::{
    JobConclusion, Outcome,
    hyperv::{JobError, Snapshot, SnapshotTree},
};
use serde::Serialize;

use super::{JobView, SnapshotRef, SnapshotView, StatusView, references};

/// The resulting tree and disks.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct OutcomeView {
    /// What was waited for.
    #[cfg_attr(test, schemars(with = "crate::cli::schema::keys::Keys<hvsnap::Until>"))]
    waited: &'static str,
    /// How the job of the operation ended.
    conclusion: JobEnd,
    /// The job when it was last read; null if there is none, or it was not read.
    job: Option<JobView>,
    /// True if the tree was read back.
    read_back: bool,
    /// The snapshot that was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<SnapshotRef>,
    /// The snapshots that are gone.
    destroyed: Vec<SnapshotRef>,
    /// The snapshots that were to be kept and are there.
    kept: Vec<KeptView>,
    #[serde(flatten)]
    status: StatusView,
}

/// How the job of an operation ended.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
enum JobEnd {
    Synchronous,
    NotAwaited,
    Succeeded,
    Warned,
    Failed,
    Running,
    Vanished,
    Unreadable,
    Other,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct KeptView {
    #[serde(flatten)]
    snapshot: SnapshotView,
    /// True if its parent has changed.
    reparented: bool,
}

impl OutcomeView {
    /// `before` is the tree that was planned on.
    pub(crate) fn new(before: &SnapshotTree, outcome: &Outcome) -> Self {
        let kept = outcome.tree.iter().flat_map(|tree| {
            let kept = |snapshot| KeptView {
                snapshot: SnapshotView::new(tree, snapshot),
                reparented: moved(before, snapshot),
            };
            outcome.kept().iter().map(kept)
        });
        let errors: &[JobError] = match &outcome.job {
            JobConclusion::Failed(_, errors) => errors,
            _ => &[],
        };
        let (conclusion, job) = match &outcome.job {
            JobConclusion::Synchronous => (JobEnd::Synchronous, None),
            JobConclusion::NotAwaited => (JobEnd::NotAwaited, None),
            JobConclusion::Succeeded(job) => (JobEnd::Succeeded, Some(job)),
            JobConclusion::Warned(job) => (JobEnd::Warned, Some(job)),
            JobConclusion::Failed(job, _) => (JobEnd::Failed, Some(job)),
            JobConclusion::Running(job) => (JobEnd::Running, Some(job)),
            JobConclusion::Vanished => (JobEnd::Vanished, None),
            JobConclusion::Unreadable(_) => (JobEnd::Unreadable, None),
            _ => (JobEnd::Other, None),
        };
        Self {
            waited: outcome.until.key(),
            conclusion,
            job: job.map(|job| JobView::new(job, errors)),
            read_back: outcome.tree.is_some(),
            created: outcome.created.as_ref().map(SnapshotRef::named),
            destroyed: references(&outcome.destroyed),
            kept: kept.collect(),
            status: StatusView::from(outcome),
        }
    }
}

/// True if the snapshot had another parent when the plan was made.
pub(crate) fn moved(before: &SnapshotTree, snapshot: &Snapshot) -> bool {
    before.get(snapshot.id()).is_some_and(|before| before.parent != snapshot.parent)
}
