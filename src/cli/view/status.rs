//! The status of an operation, as JSON; the same fields in all commands.

use hvsnap::{
    JobSeen, Open, Outcome,
    hyperv::{MergeEvidence, ReturnCode},
    journal::SnapshotName,
};
use serde::Serialize;

use super::{Code, SnapshotRef};

/// Status, observations and merge.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct StatusView {
    /// The status of the operation.
    #[cfg_attr(test, schemars(with = "crate::cli::schema::keys::Keys<hvsnap::journal::Status>"))]
    status: &'static str,
    /// The cluster node whose readings it is by.
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    /// True if the tree was read back and proves the status of the snapshots, or nothing was sent.
    verified: bool,
    /// False if something that was to be waited for may not be finished.
    complete: bool,
    /// True if the host reported that it refused the call.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    refused: bool,
    /// The snapshots that were to go and are still there.
    remaining: Vec<SnapshotRef>,
    /// The snapshots that were to stay and are gone.
    unexpected: Vec<SnapshotRef>,
    /// The state of the merge.
    #[cfg_attr(test, schemars(with = "crate::cli::schema::keys::Keys<hvsnap::hyperv::MergeState>"))]
    merge: &'static str,
    /// The evidence that the merge is finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "crate::cli::schema::keys::Keys<MergeEvidence>"))]
    merge_evidence: Option<&'static str>,
    /// The merge job that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    merge_job: Option<JobSeenView>,
    /// Why the merge could not be followed to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    merge_problem: Option<String>,
    /// Why the status is not final, and what would make it final.
    #[serde(skip_serializing_if = "Option::is_none")]
    open: Option<OpenView>,
    /// What the status is based on, in words.
    observations: Vec<String>,
}

/// Why a status is not final.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct OpenView {
    /// The reason.
    reason: Reason,
    /// The reason and what would decide it, in words.
    what: String,
    /// The time in seconds after which another read decides, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    look_again_seconds: Option<u64>,
}

/// The reason why a status is not final.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "OpenReason"))]
#[serde(rename_all = "snake_case")]
enum Reason {
    Running,
    CallUnderWay,
    SecondReading,
    Contradiction,
    WhoseSnapshot,
    AsBefore,
    VmNotSeen,
    TreeIncomplete,
    JobsNotReadable,
    JobNotReadable,
    HostNotReadable,
    NotReadBack,
    Other,
}

/// A job in brief.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct JobSeenView {
    /// `InstanceID` of the job.
    id: String,
    /// `JobState`.
    state: Code,
    /// `JobType`.
    job_type: Option<u16>,
    /// `ErrorCode`.
    error: Option<Code>,
    /// The text of the error, in the language of the host.
    error_text: Option<String>,
    /// When it was submitted (UTC).
    submitted: Option<String>,
}

impl From<&JobSeen> for JobSeenView {
    fn from(job: &JobSeen) -> Self {
        Self {
            id: job.id.clone(),
            state: Code::new(job.state.0, job.state),
            job_type: job.job_type.map(|job_type| job_type.0),
            error: job.error_code.map(|code| Code::new(code, ReturnCode(code).meaning())),
            error_text: job.error_text.clone(),
            submitted: super::time(job.submitted),
        }
    }
}

impl From<&Outcome> for StatusView {
    fn from(outcome: &Outcome) -> Self {
        Self {
            status: outcome.status.key(),
            node: outcome.node.clone(),
            verified: outcome.is_verified,
            complete: outcome.is_complete(),
            refused: outcome.is_refused,
            remaining: references(&outcome.remaining),
            unexpected: references(&outcome.unexpected),
            merge: outcome.merge.state.key(),
            merge_evidence: outcome.merge.evidence.map(MergeEvidence::key),
            merge_job: outcome.merge.job.as_ref().map(JobSeenView::from),
            merge_problem: outcome.merge.problem.as_ref().map(ToString::to_string),
            open: outcome.open.as_ref().map(OpenView::from),
            observations: outcome.observations.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<&Open> for OpenView {
    fn from(open: &Open) -> Self {
        let (reason, left) = match open {
            Open::Running => (Reason::Running, None),
            Open::CallUnderWay(left) => (Reason::CallUnderWay, Some(*left)),
            Open::SecondReading(left) => (Reason::SecondReading, Some(*left)),
            Open::Contradiction => (Reason::Contradiction, None),
            Open::WhoseSnapshot(_) => (Reason::WhoseSnapshot, None),
            Open::AsBefore => (Reason::AsBefore, None),
            Open::VmNotSeen => (Reason::VmNotSeen, None),
            Open::TreeIncomplete => (Reason::TreeIncomplete, None),
            Open::JobsNotReadable => (Reason::JobsNotReadable, None),
            Open::JobNotReadable => (Reason::JobNotReadable, None),
            Open::HostNotReadable => (Reason::HostNotReadable, None),
            Open::NotReadBack => (Reason::NotReadBack, None),
            _ => (Reason::Other, None),
        };
        let look_again_seconds = left.map(|left| left.as_secs().saturating_add(1));
        Self { reason, what: open.to_string(), look_again_seconds }
    }
}

pub(crate) fn references(names: &[SnapshotName]) -> Vec<SnapshotRef> {
    names.iter().map(SnapshotRef::named).collect()
}
