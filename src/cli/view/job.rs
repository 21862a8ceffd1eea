//! A job, as JSON.
//!
//! Texts of the host are in its language; programs should use the numbers.

use hvsnap::hyperv::{JobError, JobRecord, ReturnCode};
use serde::Serialize;

use super::{Code, texts, time};

/// A job and the command that follows it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct JobLink {
    /// `InstanceID` of the job.
    pub(crate) id: String,
    /// The command that waits for it, quoted for a POSIX shell.
    pub(crate) reattach: String,
}

/// The state of a job at one moment.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct JobView {
    /// `InstanceID`.
    id: String,
    /// The CIM class.
    class: String,
    /// `JobState`.
    state: Code,
    /// True if it has ended.
    ended: bool,
    /// True if it has ended with success.
    succeeded: bool,
    /// `PercentComplete`, 0 to 100.
    percent: Option<u16>,
    /// `JobType`.
    job_type: Option<u16>,
    /// The name of the type in Microsoft's list.
    job_type_name: Option<String>,
    /// `ErrorCode`; null without an error.
    error: Option<Code>,
    /// The text of the error, in the language of the host.
    error_text: Option<String>,
    /// The errors of the job, if they were read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<JobErrorView>,
    /// `Caption`, in the language of the host.
    caption: Option<String>,
    /// `Description`, in the language of the host.
    description: Option<String>,
    /// `JobStatus`, in the language of the host.
    status_text: Option<String>,
    /// The user who started it, as `DOMAIN\user`.
    owner: Option<String>,
    /// True if it can be asked to end.
    cancellable: Option<bool>,
    /// When it was submitted (UTC).
    submitted: Option<String>,
    /// When it started (UTC).
    started: Option<String>,
    /// When its state last changed (UTC).
    state_changed: Option<String>,
    /// How long it ran, in seconds.
    elapsed_seconds: Option<f64>,
    /// Properties that could not be read, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JobErrorView {
    /// The message, in the language of the host.
    message: Option<String>,
    /// Id of the message.
    message_id: Option<String>,
    /// `CIMStatusCode`.
    cim_status_code: Option<u32>,
    /// The probable cause, in the language of the host.
    probable_cause: Option<String>,
    /// What the host advises, in its language.
    recommended_actions: Vec<String>,
}

impl JobView {
    pub(crate) fn new(job: &JobRecord, errors: &[JobError]) -> Self {
        let error = job.error_code.filter(|code| *code != 0);
        Self {
            id: job.instance_id.clone(),
            class: job.class.clone(),
            state: Code::new(job.state.0, job.state),
            ended: job.has_ended(),
            succeeded: job.has_succeeded(),
            percent: job.percent_complete,
            job_type: job.job_type.map(|job_type| job_type.0),
            job_type_name: job.type_words(),
            error: error.map(|code| Code::new(code, ReturnCode(code).meaning())),
            error_text: job.error_text().map(str::to_owned),
            errors: errors.iter().map(JobErrorView::from).collect(),
            caption: job.caption.clone(),
            description: job.description.clone(),
            status_text: job.status_text.clone(),
            owner: job.owner.clone(),
            cancellable: job.cancellable,
            submitted: time(job.submitted),
            started: time(job.started),
            state_changed: time(job.state_changed),
            elapsed_seconds: job.elapsed.map(|elapsed| elapsed.as_secs_f64()),
            unreadable: texts(&job.unreadable),
        }
    }
}

impl From<&JobError> for JobErrorView {
    fn from(error: &JobError) -> Self {
        Self {
            message: error.message.clone().or_else(|| Some(error.raw.clone())),
            message_id: error.message_id.clone(),
            cim_status_code: error.cim_status_code,
            probable_cause: error.probable_cause.clone(),
            recommended_actions: error.recommended_actions.clone(),
        }
    }
}
