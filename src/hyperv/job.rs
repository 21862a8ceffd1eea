//! Jobs: background work on a host, read at one moment.
//!
//! Reads any job class with the properties of `CIM_ConcreteJob` (`Msvm_ConcreteJob`, `Msvm_StorageJob`). It never sends a
//! request and never judges by a text. Follows Microsoft, "Msvm_ConcreteJob class", with states as recorded and as other
//! clients observe them (32768).

use std::{fmt, time::Duration};

use crate::{
    cim::{Instance, Interval, PropertyError, Timestamp},
    codes::{self, Family, job_state, job_type, storage_job_type},
    schema::names::STORAGE_JOB,
    violation::{ProtocolError, Violation, short},
};

/// `JobState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct JobState(pub u16);

impl JobState {
    /// Not started yet.
    pub const NEW: Self = Self(job_state::NEW);
    /// About to run.
    pub const STARTING: Self = Self(job_state::STARTING);
    /// Running.
    pub const RUNNING: Self = Self(job_state::RUNNING);
    /// Paused; may continue.
    pub const SUSPENDED: Self = Self(job_state::SUSPENDED);
    /// About to end.
    pub const SHUTTING_DOWN: Self = Self(job_state::SHUTTING_DOWN);
    /// Ended; successful if the error code is 0.
    pub const COMPLETED: Self = Self(job_state::COMPLETED);
    /// Ended on request.
    pub const TERMINATED: Self = Self(job_state::TERMINATED);
    /// Ended on request, immediately.
    pub const KILLED: Self = Self(job_state::KILLED);
    /// Failed.
    pub const EXCEPTION: Self = Self(job_state::EXCEPTION);
    /// In a vendor-specific state.
    pub const SERVICE: Self = Self(job_state::SERVICE);
    /// Waiting for an answer to a question (2019 schema).
    pub const QUERY_PENDING: Self = Self(job_state::QUERY_PENDING);
    /// Succeeded with warnings (Microsoft's samples; the documentation calls it vendor reserved).
    pub const COMPLETED_WITH_WARNINGS: Self = Self(job_state::COMPLETED_WITH_WARNINGS);

    /// True for a state that never changes again.
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Self::COMPLETED
                | Self::TERMINATED
                | Self::KILLED
                | Self::EXCEPTION
                | Self::COMPLETED_WITH_WARNINGS
        )
    }

    /// The name, in a few words.
    pub fn name(self) -> &'static str {
        self.known_name().unwrap_or("unknown state")
    }

    fn known_name(self) -> Option<&'static str> {
        codes::title(Family::JobState, self.0.into())
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.known_name() {
            Some(name) => f.write_str(name),
            None => write!(f, "state {}", self.0),
        }
    }
}

/// `JobType` of `Msvm_ConcreteJob`; `Msvm_StorageJob` has its own numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct JobType(pub u16);

impl JobType {
    /// Merging virtual disks (`Msvm_ConcreteJob`).
    pub const MERGE_DISKS: Self = Self(job_type::MERGING_VHD_DISKS);
    /// Deleting a snapshot (`Msvm_ConcreteJob`).
    pub const DELETE_SNAPSHOT: Self = Self(job_type::DELETE_VIRTUAL_MACHINE_SNAPSHOT);
    /// Taking a snapshot (`Msvm_ConcreteJob`).
    pub const CREATE_SNAPSHOT: Self = Self(job_type::SNAPSHOT_VIRTUAL_MACHINE);
    /// Applying a snapshot (`Msvm_ConcreteJob`).
    pub const APPLY_SNAPSHOT: Self = Self(job_type::APPLY_VIRTUAL_MACHINE_SNAPSHOT);
    /// Removing the saved memory of a snapshot (`Msvm_ConcreteJob`).
    pub const CLEAR_SNAPSHOT_STATE: Self = Self(job_type::CLEAR_VIRTUAL_MACHINE_SNAPSHOT_STATE);
    /// Changing the settings of a VM or a snapshot (`Msvm_ConcreteJob`).
    pub const MODIFY_VM: Self = Self(job_type::MODIFY_VIRTUAL_MACHINE);
    /// Merging virtual disks (`Msvm_StorageJob`).
    pub const STORAGE_MERGE: Self = Self(storage_job_type::MERGING);
}

/// A job at one moment; long texts are cut, [`Self::instance`] has them whole.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct JobRecord {
    /// The class, which determines the meaning of [`Self::job_type`].
    pub class: String,
    /// `InstanceID`: a bare GUID.
    pub instance_id: String,
    /// `JobState`.
    pub state: JobState,
    /// `JobType`.
    pub job_type: Option<JobType>,
    /// `PercentComplete`, 0 to 100; may decrease.
    pub percent_complete: Option<u16>,
    /// `ErrorCode`: 0, or a code of [`ReturnCode`](crate::hyperv::ReturnCode).
    pub error_code: Option<u32>,
    /// `ErrorDescription`, localised; empty without an error.
    pub error_description: Option<String>,
    /// `ErrorSummaryDescription`, localised.
    pub error_summary: Option<String>,
    /// `JobStatus`, localised.
    pub status_text: Option<String>,
    /// `Caption`, localised.
    pub caption: Option<String>,
    /// `Description`, localised.
    pub description: Option<String>,
    /// `Owner`, as `DOMAIN\user`.
    pub owner: Option<String>,
    /// `Cancellable`.
    pub cancellable: Option<bool>,
    /// `OperationalStatus`.
    pub operational_status: Vec<u16>,
    /// `TimeSubmitted`.
    pub submitted: Option<Timestamp>,
    /// `StartTime`.
    pub started: Option<Timestamp>,
    /// `TimeOfLastStateChange`.
    pub state_changed: Option<Timestamp>,
    /// `ElapsedTime`.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::cim::seconds"))]
    pub elapsed: Option<Duration>,
    /// `TimeBeforeRemoval`: how long the host keeps the object after the job's end.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::cim::seconds"))]
    pub time_before_removal: Option<Duration>,
    /// Properties that could not be read; the rest is as sent.
    pub unreadable: Vec<PropertyError>,
    /// All properties as received.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub instance: Instance<'static>,
}

impl JobRecord {
    /// Reads an instance of a job class.
    ///
    /// # Errors
    /// If `InstanceID` or `JobState` is missing or unreadable: without them it is no job.
    pub fn from_instance(instance: &Instance<'_>) -> Result<Self, ProtocolError> {
        let mut unreadable = Vec::new();
        let required = |name: &str, error: Option<PropertyError>| {
            let detail = error.map_or_else(|| format!("{}.{name}", instance.class()), |e| e.to_string());
            ProtocolError::new(Violation::BadProperty, detail)
        };
        let instance_id: String = instance
            .read("InstanceID")
            .map_err(|error| required("InstanceID", Some(error)))?
            .ok_or_else(|| required("InstanceID", None))?;
        let state: u16 = instance
            .read("JobState")
            .map_err(|error| required("JobState", Some(error)))?
            .ok_or_else(|| required("JobState", None))?;
        let mut optional = Optional { instance, unreadable: &mut unreadable };
        Ok(Self {
            class: instance.class().to_owned(),
            instance_id,
            state: JobState(state),
            job_type: optional.read("JobType").map(JobType),
            percent_complete: optional.read("PercentComplete"),
            error_code: optional.read("ErrorCode"),
            error_description: optional.text("ErrorDescription"),
            error_summary: optional.text("ErrorSummaryDescription"),
            status_text: optional.text("JobStatus"),
            caption: optional.text("Caption"),
            description: optional.text("Description"),
            owner: optional.read("Owner"),
            cancellable: optional.read("Cancellable"),
            operational_status: optional.list("OperationalStatus"),
            submitted: optional.read("TimeSubmitted"),
            started: optional.read("StartTime"),
            state_changed: optional.read("TimeOfLastStateChange"),
            elapsed: optional.read("ElapsedTime").map(Interval::duration),
            time_before_removal: optional.read("TimeBeforeRemoval").map(Interval::duration),
            unreadable,
            instance: instance.clone().into_owned(),
        })
    }

    /// What kind of job it is, in words: the name of its type in Microsoft's list.
    pub fn type_words(&self) -> Option<String> {
        let family = if self.class.eq_ignore_ascii_case(STORAGE_JOB) {
            Family::StorageJobType
        } else {
            Family::JobType
        };
        let row = codes::reading(family, self.job_type?.0.into())?;
        Some(row.title.map_or_else(|| row.name.to_lowercase().replace('_', " "), str::to_owned))
    }

    /// True for a job that deletes a snapshot.
    pub fn deletes_snapshot(&self) -> bool {
        self.is_of(JobType::DELETE_SNAPSHOT)
    }

    /// True for a service's job of this type; storage jobs have their own numbers.
    pub(crate) fn is_of(&self, job_type: JobType) -> bool {
        self.job_type == Some(job_type) && !self.class.eq_ignore_ascii_case(STORAGE_JOB)
    }

    /// True once the job has ended, well or not.
    pub fn has_ended(&self) -> bool {
        self.state.is_final()
    }

    /// True if the job succeeded: completed, with or without warnings, and no error code.
    pub fn has_succeeded(&self) -> bool {
        matches!(self.state, JobState::COMPLETED | JobState::COMPLETED_WITH_WARNINGS)
            && self.error_code.unwrap_or(0) == 0
            // An error code that cannot be read does not prove success.
            && !self.unreadable.iter().any(|error| error.property() == "ErrorCode")
    }

    /// The job's error text, if there is one.
    pub fn error_text(&self) -> Option<&str> {
        [&self.error_description, &self.error_summary]
            .into_iter()
            .filter_map(|text| text.as_deref())
            .find(|text| !text.trim().is_empty())
    }
}

/// Reads optional properties; those that cannot be read are recorded.
pub(super) struct Optional<'i, 'a> {
    pub(super) instance: &'i Instance<'a>,
    pub(super) unreadable: &'i mut Vec<PropertyError>,
}

impl Optional<'_, '_> {
    pub(super) fn read<T: crate::cim::FromRaw>(&mut self, name: &str) -> Option<T> {
        self.instance.read(name).unwrap_or_else(|error| {
            self.unreadable.push(error);
            None
        })
    }

    /// A display text, cut if long.
    fn text(&mut self, name: &str) -> Option<String> {
        self.read::<String>(name).map(short)
    }

    pub(super) fn list<T: crate::cim::FromRaw>(&mut self, name: &str) -> Vec<T> {
        self.instance.list(name).unwrap_or_else(|error| {
            self.unreadable.push(error);
            Vec::new()
        })
    }
}
