//! Progress, as a line of JSON.

use hvsnap::{Phase, Progress};
use serde::Serialize;

/// The progress of an operation or a job at one moment.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ProgressView {
    /// Id of the operation in the journal; null if a job alone is waited for.
    operation: Option<String>,
    /// `InstanceID` of the job; null if the host gave none, or the operation is read without it.
    job: Option<String>,
    /// What is waited for: the job, or the merge of the disks after it.
    phase: PhaseName,
    /// The state in words, partly those of the host.
    state: String,
    /// How far it is, in percent; null for a merge, for which hosts report none.
    percent: Option<u16>,
}

/// What is waited for.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
enum PhaseName {
    Job,
    Merge,
}

impl ProgressView {
    pub(crate) fn new(operation: Option<&str>, job: Option<&str>, progress: &Progress) -> Self {
        let is_job = progress.phase == Phase::Job;
        Self {
            operation: operation.map(str::to_owned),
            job: job.map(str::to_owned),
            phase: if is_job { PhaseName::Job } else { PhaseName::Merge },
            state: progress.state.clone(),
            percent: is_job.then_some(progress.percent),
        }
    }
}
