//! A job on a host: poll it until it ends, cancel it, read its errors.
//!
//! A job is always addressed by its reference's own resource URI and selectors, so any job class works. A vanished job counts
//! neither as success nor as failure; the caller decides, who knows what the job was for.

use std::time::Duration;

use crate::{
    cim::{Call, Instance, Value},
    client::retry_until,
    codes::requested_state,
    host::{
        Error, Host, Phase, Progress, Wait,
        reads::{class, log_unreadable},
    },
    hyperv::{FindError, JobError, JobRecord, Noun, Pace, Poller, StateChangeCode, return_value},
    schema::names::{CONCRETE_JOB, GET_ERROR_EX, REQUEST_STATE_CHANGE, REQUESTED_STATE, STORAGE_JOB},
    wsman::{EndpointReference, SelectorSet},
};

/// One job; cheap to clone.
#[derive(Clone, Debug)]
pub struct Job {
    host: Host,
    reference: EndpointReference,
}

/// How waiting for a job ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum JobEnd {
    /// It ended, well or not.
    Ended(Box<JobRecord>),
    /// Its object is gone; the host keeps it for five minutes after the end.
    Vanished,
    /// The deadline passed first.
    Deadline(Option<Box<JobRecord>>),
}

/// A job's answer to a cancel request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CancelAnswer {
    /// The job will end, or has ended.
    Accepted(StateChangeCode),
    /// The job goes on.
    Refused(StateChangeCode),
}

impl Host {
    /// The job with this `InstanceID`, of either job class, with its current state.
    ///
    /// # Errors
    /// If there is none (hosts delete a job five minutes after its end), or it cannot be read.
    pub async fn job(&self, instance_id: &str) -> Result<(Job, JobRecord), Error> {
        let during = format!("looking for the job {instance_id:?}");
        for name in [CONCRETE_JOB, STORAGE_JOB] {
            let keys = SelectorSet::new().with("InstanceID", instance_id);
            let job = Job::new(self, self.cim().reference(class(name)?, keys));
            match job.read().await {
                Ok(record) => return Ok((job, record)),
                Err(error) if error.is_not_found() => {}
                // A cluster's namespace has no storage jobs.
                Err(error) if name == STORAGE_JOB && error.is_unknown_class() => {}
                Err(error) => return Err(error),
            }
        }
        let error =
            FindError::NotFound { noun: Noun::Job, wanted: instance_id.to_owned(), similar: Vec::new() };
        Err(Error::before(error, during))
    }
}

impl Host {
    /// The job of a record, to follow it.
    pub(super) fn job_of(&self, record: &JobRecord) -> Result<Job, Error> {
        let during = "following a job";
        let class = record.class.parse().map_err(|error| Error::name(error, during))?;
        let keys = SelectorSet::new().with("InstanceID", record.instance_id.as_str());
        Ok(Job::new(self, self.cim().reference(class, keys)))
    }
}

impl Job {
    pub(super) fn new(host: &Host, reference: EndpointReference) -> Self {
        Self { host: host.clone(), reference }
    }

    /// The name of the cluster node that it is on; `None` for a job of a host that was reached by itself.
    pub fn node(&self) -> Option<&str> {
        self.host.node()
    }

    /// The reference, as the host gave it.
    pub fn reference(&self) -> &EndpointReference {
        &self.reference
    }

    /// `InstanceID`, which finds it again.
    pub fn id(&self) -> &str {
        self.reference.selectors.text("InstanceID").unwrap_or_default()
    }

    /// The job as it is now.
    ///
    /// # Errors
    /// If it cannot be read, or its object is gone.
    pub async fn read(&self) -> Result<JobRecord, Error> {
        self.host.0.job(&self.reference).await
    }

    /// What the job reports as its errors (`GetErrorEx`); empty while it runs and after success.
    ///
    /// # Errors
    /// If the request fails; an error that cannot be decoded is returned as text.
    pub async fn errors(&self) -> Result<Vec<JobError>, Error> {
        let client = self.host.0.client();
        let limits = &client.limits;
        let during = "asking the job for its errors";
        let decode = |output: &Instance<'_>| Ok(JobError::list(output, limits));
        // An Invoke in form, a read in effect: it returns texts of the job and changes nothing, and without it
        // the reason of a failure would be lost. So it is retried like a read.
        let errors = client.read(during, &Call::on(&self.reference, GET_ERROR_EX, &[], decode)).await?;
        log_unreadable("an error of a job", errors.iter().flat_map(|error| &error.unreadable));
        Ok(errors)
    }

    /// Waits for the job's end with growing intervals, for at most as long as `wait` says; a job alone has no merge, so
    /// [`Until`](crate::Until) makes no difference. A reading that
    /// fails temporarily (connection lost, host overloaded, service restarted) does not end the waiting.
    ///
    /// # Errors
    /// If the job cannot be read for another reason than that it is gone: at once if that is permanent, otherwise at the
    /// deadline or after a number of consecutive failures, with [`Effect::Unknown`](crate::Effect::Unknown).
    pub async fn wait(
        &self,
        wait: impl Into<Wait>,
        progress: impl FnMut(&Progress),
    ) -> Result<JobEnd, Error> {
        self.wait_within(wait.into().limit(), progress).await
    }

    /// The same, for at most this long.
    pub(super) async fn wait_within(
        &self,
        timeout: Option<Duration>,
        mut progress: impl FnMut(&Progress),
    ) -> Result<JobEnd, Error> {
        let (inner, clock) = (&self.host.0, self.host.0.clock());
        let deadline = inner.client().wait_until(timeout.map(|timeout| clock.now().saturating_add(timeout)));
        let mut poller = Poller::new(deadline);
        let mut last: Option<Box<JobRecord>> = None;
        loop {
            let record = match retry_until(inner.client(), deadline, || inner.job_once(&self.reference)).await
            {
                Ok(record) => record,
                Err(error) if error.is_not_found() => return Ok(JobEnd::Vanished),
                Err(error) if error.is_past_deadline() => return Ok(JobEnd::Deadline(last)),
                Err(error) => return Err(error),
            };
            let percent = record.percent_complete.unwrap_or(0).min(100);
            progress(&Progress { phase: Phase::Job, percent, state: record.state.to_string() });
            if record.has_ended() {
                return Ok(JobEnd::Ended(Box::new(record)));
            }
            if last.as_ref().is_some_and(|job| job.state != record.state) {
                poller.reset();
            }
            last = Some(Box::new(record));
            match poller.next(clock.now()) {
                Pace::After(pause) => clock.sleep(pause).await,
                Pace::Expired => return Ok(JobEnd::Deadline(last)),
            }
        }
    }

    /// Asks the job to end: in an orderly way first, immediately if that is not supported.
    ///
    /// # Errors
    /// If the request got no answer; then it is unknown whether the job will end.
    pub async fn cancel(&self) -> Result<CancelAnswer, Error> {
        let mut answer = StateChangeCode::COMPLETED;
        // Microsoft's own client sends Terminate; others send Kill, which some jobs support instead.
        for requested in [requested_state::TERMINATE, requested_state::KILL] {
            let parameters = [(REQUESTED_STATE, Value::Uint16(requested))];
            let decode = |output: &Instance<'_>| return_value(output).map(|code| StateChangeCode(code.0));
            let call = Call::on(&self.reference, REQUEST_STATE_CHANGE, &parameters, decode);
            // It is not known which VM the job works on.
            self.host.0.cache.changed_any();
            answer = self.host.0.client().call("asking the job to end", &call).await?;
            if matches!(answer, StateChangeCode::COMPLETED | StateChangeCode::TRANSITION_STARTED) {
                return Ok(CancelAnswer::Accepted(answer));
            }
            if answer != StateChangeCode::NOT_SUPPORTED {
                break;
            }
        }
        Ok(CancelAnswer::Refused(answer))
    }
}
