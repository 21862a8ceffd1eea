//! A job on a host: asked again and again until it ends, cancelled, asked for its errors.
//!
//! Always by the reference's own resource URI and selectors, so any job class works. It never takes a vanished job for a
//! success or a failure; that is for who knows what the job was for.

use std::time::Duration;

use crate::{
    Limits,
    cim::{Instance, Value, decode, encode},
    client::{
        Client, Error, ErrorKind, Phase, Progress, reads::log_unreadable, retry::patiently, wire::Exchange,
    },
    hyperv::{
        FindError, JobError, JobRecord, MethodCall, Noun, Pace, Poller, StateChangeCode, return_value,
        schema::{
            codes::requested,
            names::{CONCRETE_JOB, GET_ERROR_EX, REQUEST_STATE_CHANGE, REQUESTED_STATE, STORAGE_JOB},
        },
    },
    soap::MessageId,
    violation::ProtocolError,
    wsman::{AnswerError, EndpointReference, Invoke, RequestSettings, SelectorSet},
    xml::UnwritableText,
};

/// One job; cheap to clone.
#[derive(Clone, Debug)]
pub struct Job {
    client: Client,
    reference: EndpointReference,
}

/// How waiting for a job ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum JobEnd {
    /// It ended, well or not.
    Ended(Box<JobRecord>),
    /// Its object is gone; a host keeps it for five minutes after the end.
    Vanished,
    /// The deadline came first.
    Deadline(Option<Box<JobRecord>>),
}

/// What a job answered to a request to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CancelAnswer {
    /// It will end, or has ended.
    Accepted(StateChangeCode),
    /// It goes on.
    Refused(StateChangeCode),
}

impl Client {
    /// The job with this `InstanceID`, of either job class, with its present state.
    ///
    /// # Errors
    /// If there is none (hosts forget a job five minutes after its end), or it cannot be read.
    pub async fn job(&self, instance_id: &str) -> Result<(Job, JobRecord), Error> {
        let during = format!("looking for the job {instance_id:?}");
        for class in [CONCRETE_JOB, STORAGE_JOB] {
            let path = self.0.class_path(Some(super::enumeration::class(class)?));
            let keys = SelectorSet::new().with("InstanceID", instance_id);
            let reference = EndpointReference::new(path.resource_uri(), path.selectors(keys));
            let job = Job::new(self, reference);
            match job.read().await {
                Ok(record) => return Ok((job, record)),
                Err(error) if error.is_not_found() => {}
                // The namespace of a cluster has no storage jobs.
                Err(error) if class == STORAGE_JOB && error.is_unknown_class() => {}
                Err(error) => return Err(error),
            }
        }
        let error =
            FindError::NotFound { noun: Noun::Job, wanted: instance_id.to_owned(), similar: Vec::new() };
        Err(Error::before(ErrorKind::Find(error), during))
    }
}

impl Client {
    /// The job of a record, to follow it.
    pub(super) fn job_of(&self, record: &JobRecord) -> Result<Job, Error> {
        let during = "following a job";
        let class = record.class.parse().map_err(|error| Error::before(ErrorKind::Name(error), during))?;
        let path = self.0.class_path(Some(class));
        let keys = SelectorSet::new().with("InstanceID", record.instance_id.as_str());
        Ok(Job::new(self, EndpointReference::new(path.resource_uri(), path.selectors(keys))))
    }
}

impl Job {
    pub(super) fn new(client: &Client, reference: EndpointReference) -> Self {
        Self { client: client.clone(), reference }
    }

    /// The reference, as the host gave it.
    pub fn reference(&self) -> &EndpointReference {
        &self.reference
    }

    /// `InstanceID`, by which it can be found again.
    pub fn id(&self) -> &str {
        self.reference.selectors.text("InstanceID").unwrap_or_default()
    }

    /// The job as it is now.
    ///
    /// # Errors
    /// If it cannot be read, or its object is gone.
    pub async fn read(&self) -> Result<JobRecord, Error> {
        self.client.0.job(&self.reference).await
    }

    /// What the job says of its errors (`GetErrorEx`); empty while it runs and after success.
    ///
    /// # Errors
    /// If it cannot be asked; what cannot be decoded is returned as text.
    pub async fn errors(&self) -> Result<Vec<JobError>, Error> {
        let call = MethodCall { method: GET_ERROR_EX, parameters: Vec::new() };
        let limits = &self.client.0.limits;
        let during = "asking the job for its errors";
        let decode = |output: &Instance<'_>| Ok(JobError::list(output, limits));
        // An Invoke by its form, a read by its nature: it returns texts that the job holds and changes nothing, and without it
        // the reason of a failure would be lost. So it is tried again as reads are.
        let errors = self.client.0.read(during, &CallExchange::on(&self.reference, &call, decode)).await?;
        log_unreadable("an error of a job", errors.iter().flat_map(|error| &error.unreadable));
        Ok(errors)
    }

    /// Waits for its end, asking less and less often; at most for `timeout`, and within the client's deadline. A reading that
    /// fails for a while (the connection is lost, the host is busy or its service is restarted) does not end the waiting.
    ///
    /// # Errors
    /// If it cannot be read for another reason than that it is gone: at once where that does not pass by itself, else at the
    /// deadline or after a number of failures in a row, with [`Effect::Unknown`](crate::Effect::Unknown).
    pub async fn wait(
        &self,
        timeout: Option<Duration>,
        mut progress: impl FnMut(&Progress),
    ) -> Result<JobEnd, Error> {
        let inner = &self.client.0;
        let clock = &inner.clock;
        let deadline = inner.wait_until(timeout.map(|timeout| clock.now().saturating_add(timeout)));
        let mut poller = Poller::new(deadline);
        let mut last: Option<Box<JobRecord>> = None;
        loop {
            let record = match patiently(inner, deadline, || inner.job_once(&self.reference)).await {
                Ok(record) => record,
                Err(error) if error.is_not_found() => return Ok(JobEnd::Vanished),
                Err(error) if error.is_timed_out() => return Ok(JobEnd::Deadline(last)),
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

    /// Asks it to end: in an orderly way first, at once if that is not supported.
    ///
    /// # Errors
    /// If the request was not answered; whether it will end is unknown then.
    pub async fn cancel(&self) -> Result<CancelAnswer, Error> {
        let mut answer = StateChangeCode::COMPLETED;
        // Microsoft's own client sends Terminate; others send Kill, which some jobs take instead.
        for requested in [requested::TERMINATE, requested::KILL] {
            let call = MethodCall {
                method: REQUEST_STATE_CHANGE,
                parameters: vec![(REQUESTED_STATE, Value::Uint16(requested))],
            };
            let decode = |output: &Instance<'_>| return_value(output).map(|code| StateChangeCode(code.0));
            let exchange = CallExchange::on(&self.reference, &call, decode);
            // Which machine it works on is not said.
            self.client.0.readings.changed_any();
            answer = self.client.0.call("asking the job to end", &exchange).await?;
            if matches!(answer, StateChangeCode::COMPLETED | StateChangeCode::TRANSITION_STARTED) {
                return Ok(CancelAnswer::Accepted(answer));
            }
            if answer != StateChangeCode(1) {
                break;
            }
        }
        Ok(CancelAnswer::Refused(answer))
    }
}

/// A method call on the instance that a reference names.
pub(super) struct CallExchange<'c, D> {
    invoke: Invoke<'c>,
    call: &'c MethodCall,
    decode: D,
}

impl<'c, T, D: Fn(&Instance<'_>) -> Result<T, ProtocolError>> CallExchange<'c, D> {
    pub(super) fn on(target: &'c EndpointReference, call: &'c MethodCall, decode: D) -> Self {
        let invoke =
            Invoke { resource_uri: &target.resource_uri, selectors: &target.selectors, method: call.method };
        Self { invoke, call, decode }
    }
}

impl<T, D: Fn(&Instance<'_>) -> Result<T, ProtocolError>> Exchange for CallExchange<'_, D> {
    type Output = T;

    fn request(&self, settings: &RequestSettings, id: &MessageId) -> Result<String, UnwritableText> {
        let declarations = encode::declarations(self.call.parameters.iter().map(|(_, value)| value));
        self.invoke.request(settings, id, &declarations, |writer| {
            for (name, value) in &self.call.parameters {
                encode::property(writer, &["p:", name].concat(), value);
            }
        })
    }

    fn answer(&self, text: &str, limits: &Limits, id: &MessageId) -> Result<T, AnswerError> {
        self.invoke
            .answer(text, limits, id, |reader, element| (self.decode)(&decode::output(reader, element)?))
    }
}
