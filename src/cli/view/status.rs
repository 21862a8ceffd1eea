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
pub(crate) struct StatusView {
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
    remaining: Vec<SnapshotRef>,
    unexpected: Vec<SnapshotRef>,
    merge: &'static str,
    /// The evidence that the merge is finished: `disks`, `job` or `status`.
    #[serde(skip_serializing_if = "Option::is_none")]
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
    observations: Vec<String>,
}

/// Why a status is not final.
#[derive(Clone, Debug, Serialize)]
struct OpenView {
    reason: &'static str,
    what: String,
    /// The time in seconds after which another read decides, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    look_again_seconds: Option<u64>,
}

/// A job in brief.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct JobSeenView {
    id: String,
    state: Code,
    job_type: Option<u16>,
    error: Option<Code>,
    error_text: Option<String>,
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
            Open::Running => ("running", None),
            Open::CallUnderWay(left) => ("call_under_way", Some(*left)),
            Open::SecondReading(left) => ("second_reading", Some(*left)),
            Open::Contradiction => ("contradiction", None),
            Open::WhoseSnapshot(_) => ("whose_snapshot", None),
            Open::AsBefore => ("as_before", None),
            Open::VmNotSeen => ("vm_not_seen", None),
            Open::TreeIncomplete => ("tree_incomplete", None),
            Open::JobsNotReadable => ("jobs_not_readable", None),
            Open::JobNotReadable => ("job_not_readable", None),
            Open::HostNotReadable => ("host_not_readable", None),
            Open::NotReadBack => ("not_read_back", None),
            _ => ("other", None),
        };
        let look_again_seconds = left.map(|left| left.as_secs().saturating_add(1));
        Self { reason, what: open.to_string(), look_again_seconds }
    }
}

pub(crate) fn references(names: &[SnapshotName]) -> Vec<SnapshotRef> {
    names.iter().map(SnapshotRef::named).collect()
}
