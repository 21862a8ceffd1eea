//! The result of a call that works on snapshots, settings or states: one description for all of these methods.
//!
//! A lab has a table for each method: `create`, `modify` and each `request` of a VM; `apply`, `clear` and `destroy` of a snapshot.

use std::time::Duration;

use toml::Spanned;

use super::{LabError, StateRequest, check::Checker, file::CallTable};
use crate::codes::method;

/// The result of a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CallSpec {
    /// The method's return value; 4096 starts a job, 0 is done at once, all others refuse.
    pub(crate) return_value: u32,
    pub(crate) job: JobEnd,
    /// True if the host has done what the call asks for when the job ends.
    pub(crate) takes_effect: bool,
    pub(crate) error_code: u16,
    pub(crate) error_description: Option<String>,
    pub(crate) job_time: Option<Duration>,
    pub(crate) cancellable: bool,
    pub(crate) object_delay: Option<Duration>,
    /// Only for a call that creates.
    pub(crate) link_delay: Option<Duration>,
    /// This and all below: only for a call that destroys.
    pub(crate) merge: MergeSpec,
    pub(crate) merge_delay: Option<Duration>,
    pub(crate) merge_time: Option<Duration>,
    pub(crate) merge_error_code: u16,
    pub(crate) merge_error_description: Option<String>,
    pub(crate) disk_delay: Option<Duration>,
}

/// How the job ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum JobEnd {
    /// State 7.
    Completes,
    /// State 32768.
    Warnings,
    /// State 10.
    Exception,
    /// State 8.
    Terminated,
    /// The object goes before a final state can be seen.
    Vanishes,
}

/// The result of the merge, if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum MergeSpec {
    /// It ends.
    Completes,
    /// It does not begin; the file stays.
    None,
    /// It begins and never ends.
    Never,
    /// It ends in state 10, and the files stay.
    Fails,
    /// It disappears without an end, and the files stay.
    Stops,
}

/// The method that a table describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Called {
    Create,
    Apply,
    Clear,
    Destroy,
    Modify,
    State(StateRequest),
}

impl CallSpec {
    /// The result of a call that the lab does not describe, with this return value.
    pub(crate) fn ordinary(return_value: u32) -> Self {
        Self {
            return_value,
            job: JobEnd::Completes,
            takes_effect: true,
            error_code: 0,
            error_description: None,
            job_time: None,
            cancellable: true,
            object_delay: None,
            link_delay: None,
            merge: MergeSpec::Completes,
            merge_delay: None,
            merge_time: None,
            merge_error_code: method::JOB_FAILED,
            merge_error_description: None,
            disk_delay: None,
        }
    }

    /// Lets the job end in an exception, without an effect.
    pub(crate) fn fail(&mut self, why: String) {
        self.job = JobEnd::Exception;
        self.takes_effect = false;
        self.error_code = method::JOB_FAILED;
        self.error_description = Some(why);
    }
}

impl Default for CallSpec {
    /// A job that does what the call asks for.
    fn default() -> Self {
        Self::ordinary(method::JOB_STARTED)
    }
}

impl Called {
    fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Apply => "apply",
            Self::Clear => "clear",
            Self::Destroy => "destroy",
            Self::Modify => "modify",
            Self::State(request) => request.table(),
        }
    }

    /// The default return value.
    fn return_value(self) -> u32 {
        if self == Self::Modify { method::COMPLETED } else { method::JOB_STARTED }
    }
}

impl Checker<'_> {
    /// The result of a call of the method `called`; `owner` names the VM or snapshot in errors.
    pub(super) fn call(
        &self,
        table: Option<CallTable>,
        called: Called,
        owner: &str,
    ) -> Result<CallSpec, LabError> {
        let Some(table) = table else { return Ok(CallSpec::ordinary(called.return_value())) };
        let place = format!("{owner}: {}", called.name());
        self.refuse_what_does_not_fit(&table, called, &place)?;
        let return_value =
            table.return_value.as_ref().map_or(called.return_value(), |value| *value.get_ref());
        if let (Some(job), true) = (&table.job, return_value != method::JOB_STARTED) {
            let problem = format!("with return_value {return_value} no job starts");
            return Err(self.refuse(job, format!("{place}: job"), problem));
        }
        if let (Some(effect), false) =
            (&table.takes_effect, matches!(return_value, method::COMPLETED | method::JOB_STARTED))
        {
            let problem = format!("return_value {return_value} refuses: nothing is done");
            return Err(self.refuse(effect, format!("{place}: takes_effect"), problem));
        }
        let job = table.job.as_ref().map_or(JobEnd::Completes, |job| *job.get_ref());
        let ends_well = matches!(job, JobEnd::Completes | JobEnd::Warnings | JobEnd::Vanishes);
        let default_code = if ends_well { 0 } else { method::JOB_FAILED };
        let time = |value: &Option<Spanned<f64>>, field: &str| {
            value.as_ref().map(|value| self.seconds(value, format!("{place}: {field}"))).transpose()
        };
        Ok(CallSpec {
            return_value,
            job,
            takes_effect: table.takes_effect.as_ref().map_or(ends_well, |effect| *effect.get_ref()),
            error_code: table.error_code.as_ref().map_or(default_code, |code| *code.get_ref()),
            job_time: time(&table.job_seconds, "job_seconds")?,
            cancellable: table.cancellable.unwrap_or(true),
            object_delay: time(&table.object_delay_seconds, "object_delay_seconds")?,
            link_delay: time(&table.link_delay_seconds, "link_delay_seconds")?,
            merge: table.merge.map_or(MergeSpec::Completes, Spanned::into_inner),
            merge_delay: time(&table.merge_delay_seconds, "merge_delay_seconds")?,
            merge_time: time(&table.merge_seconds, "merge_seconds")?,
            merge_error_code: table.merge_error_code.map_or(method::JOB_FAILED, Spanned::into_inner),
            merge_error_description: table.merge_error_description.map(Spanned::into_inner),
            disk_delay: time(&table.disk_delay_seconds, "disk_delay_seconds")?,
            error_description: table.error_description,
        })
    }

    /// Refuses keys of another method, and those of a merge that does not fail.
    fn refuse_what_does_not_fit(
        &self,
        table: &CallTable,
        called: Called,
        place: &str,
    ) -> Result<(), LabError> {
        let code = ("merge_error_code", table.merge_error_code.as_ref().map(Spanned::span));
        let text = ("merge_error_description", table.merge_error_description.as_ref().map(Spanned::span));
        let fails = table.merge.as_ref().is_some_and(|merge| *merge.get_ref() == MergeSpec::Fails);
        let rules = [
            (
                called == Called::Create,
                "only a call that creates links its job to a new snapshot",
                vec![("link_delay_seconds", table.link_delay_seconds.as_ref().map(Spanned::span))],
            ),
            (
                called == Called::Destroy,
                "only a call that destroys is followed by a merge",
                vec![
                    ("merge", table.merge.as_ref().map(Spanned::span)),
                    ("merge_delay_seconds", table.merge_delay_seconds.as_ref().map(Spanned::span)),
                    ("merge_seconds", table.merge_seconds.as_ref().map(Spanned::span)),
                    ("disk_delay_seconds", table.disk_delay_seconds.as_ref().map(Spanned::span)),
                    code.clone(),
                    text.clone(),
                ],
            ),
            (fails, "only a merge that \"fails\" has an error", vec![code, text]),
        ];
        for (fits, problem, keys) in rules {
            let found = keys.into_iter().find_map(|(key, span)| span.map(|span| (key, span)));
            if let Some((key, span)) = found.filter(|_| !fits) {
                return Err(LabError::at(self.text, &span, format!("{place}: {key}"), problem));
            }
        }
        Ok(())
    }
}
