//! What a destroy of many tells of a VM whose work ended early, and of all snapshots.

use hvsnap::Effect;
use serde::Serialize;

use crate::cli::{
    exit::Exit,
    failure::Failure,
    view::{JobLink, OperationLink, SnapshotRef},
};

/// What ended the work on a VM.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ErrorOfVm {
    /// The id of the error, as `hvsnap explain` takes it.
    id: String,
    /// The kind of the error, for programs.
    #[cfg_attr(test, schemars(with = "crate::cli::schema::keys::Keys<crate::cli::kind::Kind>"))]
    kind: &'static str,
    /// What failed.
    message: String,
    /// The causes, the nearest one first.
    causes: Vec<String>,
    /// The effect on the host of the step that failed; null if it is not known to this command.
    #[cfg_attr(test, schemars(with = "Option<crate::cli::schema::keys::Keys<hvsnap::Effect>>"))]
    effect: Option<&'static str>,
    /// The snapshot whose destroy failed.
    snapshot: Option<SnapshotRef>,
    /// Snapshots that are gone in spite of the failure.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    destroyed: Vec<SnapshotRef>,
    /// The job that may go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<JobLink>,
    /// The operation that is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<OperationLink>,
    /// True if the record of the destroy was written.
    #[serde(skip)]
    was_begun: bool,
    /// The exit code that this failure alone would have.
    exit_code: u8,
}

impl ErrorOfVm {
    /// The snapshot that it is about, if its destroy was not begun.
    pub(super) fn not_begun(&self) -> Option<&SnapshotRef> {
        self.snapshot.as_ref().filter(|_| !self.was_begun)
    }

    /// What failed, on one line.
    pub(super) fn words(&self) -> String {
        let effect = self.effect.unwrap_or("unknown");
        let causes = self.causes.iter().map(|cause| format!(": {cause}")).collect::<String>();
        format!("{}{causes} (effect: {effect})", self.message)
    }

    pub(super) fn new(failure: &Failure, snapshot: Option<SnapshotRef>) -> Self {
        let parts = failure.parts();
        Self {
            id: parts.id.to_string(),
            kind: parts.kind.name(),
            message: parts.message.clone(),
            causes: parts.causes.clone(),
            effect: parts.effect_alone().map(Effect::key),
            snapshot,
            destroyed: parts.destroyed.clone(),
            job: parts.job.clone(),
            operation: parts.operation.clone(),
            was_begun: parts.exit_alone() != Exit::NotBegun
                && (failure.operation_link().is_some() || parts.outcome.is_some()),
            exit_code: parts.exit_alone().code(),
        }
    }
}

/// How many snapshots ended in which way.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Summary {
    /// All that are selected.
    pub(super) selected: usize,
    /// Destroyed, and their merge is done or not waited for.
    pub(super) destroyed: usize,
    /// Destroyed, and their merge is not known to be complete.
    pub(super) merge_open: usize,
    /// Not destroyed, or gone although the host reports a failure: the `error` of the VM tells.
    pub(super) failed: usize,
    /// Accepted by the host, with --no-wait: nothing was looked at afterwards.
    pub(super) accepted: usize,
    /// The outcome is not known.
    pub(super) unknown: usize,
    /// Not begun.
    pub(super) not_begun: usize,
}

impl Summary {
    pub(super) fn count(&mut self, exit: Exit) {
        *match exit {
            Exit::Done => &mut self.destroyed,
            Exit::MergePending => &mut self.merge_open,
            Exit::Unknown | Exit::Interrupted => &mut self.unknown,
            Exit::NotBegun => &mut self.not_begun,
            _ => &mut self.failed,
        } += 1;
    }

    pub(super) fn words(&self) -> String {
        let classes = [
            (self.destroyed, "destroyed"),
            (self.merge_open, "destroyed with the merge still open"),
            (self.accepted, "accepted and not followed"),
            (self.failed, "failed"),
            (self.unknown, "not known"),
            (self.not_begun, "not begun"),
        ];
        let words = classes.into_iter().filter(|(count, _)| *count > 0);
        words.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
    }
}
