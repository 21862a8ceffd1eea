//! The destroy: check the plan against the host, call once, wait, and read back what became of the tree.
//!
//! The only code that sends a destroy method (but for the benches' call of a snapshot that no host has), and it sends it
//! once. It never believes a job alone: what is gone is what a second reading of the tree no longer shows.

use std::{sync::Arc, time::Duration};

use crate::{
    cim::{ClassName, Instance},
    client::{
        Effect, Error, ErrorKind, Job, JobConclusion, JobEnd, Outcome, Progress, Until, Vm,
        busy::Turn,
        job::CallExchange,
        journal::{
            Answer, Conclusion, Intent, JournalError, OperationId, Reply, Settler, Word, recorder::Recorder,
        },
        settle::Settled,
    },
    hyperv::{
        DestroyPlan, DestroyScope, JobRecord, JobState, MergeState, MethodCall, MethodResult, ReturnCode,
        Snapshot, schema::names::SETTING_DATA,
    },
    wsman::{EndpointReference, SelectorSet},
};

/// A destroy that the host has accepted.
#[derive(Debug)]
pub struct DestroyJob {
    pub(super) vm: Vm,
    pub(super) plan: DestroyPlan,
    job: Option<Job>,
    timeout: Option<Duration>,
    record: Recorder,
}

impl Vm {
    /// Carries out `plan`: reads the tree again, refuses if it is not the one planned on, then calls once.
    ///
    /// A single snapshot whose tree was read a moment ago ([`fresh_for`](crate::ClientBuilder::fresh_for)) is destroyed without
    /// reading it again: whatever has happened to the tree since, the call takes that snapshot and no other.
    ///
    /// Before that, the machine is taken in the journal, if there is one, what earlier operations on it have left open is
    /// settled by reading, and a machine that is busy is refused or waited for ([`OnBusy`](crate::OnBusy)). The intent is in
    /// the journal before the call leaves.
    ///
    /// # Errors
    /// [`ErrorKind::Taken`], [`ErrorKind::Busy`] or [`ErrorKind::Unsettled`] if somebody is at the machine, or may be;
    /// [`ErrorKind::Stale`] if the tree moved; [`ErrorKind::Refused`] if the method returned an error; any other with the
    /// effect that it may have had. If [`Effect::Unknown`], look at the tree before anything else.
    pub async fn destroy(&self, plan: &DestroyPlan) -> Result<DestroyJob, Error> {
        self.destroy_announced(plan, |_| {}).await
    }

    /// The same, and runs `calling` right before the call leaves, when the intent is in the journal.
    ///
    /// For a caller that may drop the future half-way: until `calling` has run nothing was changed; afterwards nobody can say
    /// from here, [`Effect::Unknown`], and the operation that it was given is what to settle.
    ///
    /// # Errors
    /// As [`destroy`](Self::destroy).
    pub async fn destroy_announced(
        &self,
        plan: &DestroyPlan,
        calling: impl FnOnce(OperationId),
    ) -> Result<DestroyJob, Error> {
        let during = format!("destroying {:?} of {:?}", plan.target().element_name(), self.name());
        let refuse = |kind| Err(Error::before(kind, during.as_str()));
        if !plan.vm_id().eq_ignore_ascii_case(self.id()) {
            return refuse(ErrorKind::OtherMachine);
        }
        if !plan.is_certain() {
            return refuse(ErrorKind::UncertainPlan);
        }
        let inner = &self.client.0;
        let id = OperationId::random();
        let mut turn = Turn::new(inner.on_busy, inner.clock.now());
        let lock = self.client.take(self.id(), id, &mut turn, &during).await?;
        let record = Recorder::new(id, inner.journal.clone(), lock);
        // That an earlier one stays unknown is said of that one: this one has done nothing.
        let settled = self.settle_open(&turn, &during).await;
        for earlier in settled.map_err(|error| error.with_effect(Effect::None))? {
            if !earlier.word.is_final() {
                return refuse(ErrorKind::Unsettled(Box::new(earlier)));
            }
        }
        // Before the tree is read: between that reading and the call there must be as little time as can be.
        let service = self.service().await?;
        self.when_idle(&mut turn, &during).await?;
        if !self.is_fresh(plan) {
            let now = self.snapshots().await?;
            if let Some(difference) = plan.difference(&now) {
                return refuse(ErrorKind::Stale(Box::new(difference)));
            }
        }
        if let Err(error) = record.begin(&Intent::of(record.id(), self, plan)) {
            return refuse(ErrorKind::Journal(error));
        }
        calling(record.id());
        let result = self.call_destroy(record.id(), &service, plan, &during).await;
        record.answered(&self.answer(&result));
        let result = match result {
            Err(error) if error.effect() == Effect::None => {
                return Err(match error.kind() {
                    ErrorKind::Fault(_) | ErrorKind::Status(_) => self.refused(&record, plan, error).await,
                    // It never left, or never got beyond the door.
                    _ => {
                        self.conclude(&record, plan, &[], &[], MergeState::NotWatched, told(&error));
                        error
                    }
                });
            }
            result => result?,
        };
        let job = match result.return_code {
            ReturnCode::COMPLETED => None,
            // The result holds a reference: without one it would have been refused as contradicting itself.
            ReturnCode::JOB_STARTED => result.job.map(|reference| Job::new(&self.client, reference)),
            code => {
                let method = MethodCall::destroy_method(plan.scope());
                let error = Error::new(ErrorKind::Refused { method, code }, during, Effect::Unknown);
                return Err(self.refused(&record, plan, error).await);
            }
        };
        Ok(DestroyJob { vm: self.clone(), plan: plan.clone(), job, timeout: None, record })
    }

    /// Whether the tree need not be read again: it was a moment ago, and nothing but the target can be lost by the call.
    fn is_fresh(&self, plan: &DestroyPlan) -> bool {
        let inner = &self.client.0;
        plan.scope() == DestroyScope::Single && inner.readings.is_current(plan.tree(), inner.clock.now())
    }

    fn answer(&self, result: &Result<MethodResult, Error>) -> Answer {
        let reply = match result {
            Ok(result) => Reply::Returned { code: result.return_code, job: result.job.clone() },
            Err(error) => Reply::Missing { error: told(error), effect: error.effect() },
        };
        Answer { time: self.client.0.timestamp(), reply }
    }

    /// Writes down what became of it: `gone` of what was planned, and the rest still there.
    fn conclude(
        &self,
        record: &Recorder,
        plan: &DestroyPlan,
        gone: &[Snapshot],
        unexpected: &[Snapshot],
        merge: MergeState,
        evidence: String,
    ) {
        let is_gone = |snapshot: &&Snapshot| gone.iter().any(|gone| gone.id() == snapshot.id());
        let remaining: Vec<_> = plan.destroyed().iter().filter(|s| !is_gone(s)).map(Into::into).collect();
        record.concluded(&Conclusion {
            time: self.client.0.timestamp(),
            by: Settler::Operation,
            word: Word::of(gone.len(), remaining.len()),
            gone: gone.iter().map(Into::into).collect(),
            remaining,
            unexpected: unexpected.iter().map(Into::into).collect(),
            merge,
            evidence: vec![evidence],
        });
    }

    /// The snapshot service, named by the keys that the host gave.
    async fn service(&self) -> Result<EndpointReference, Error> {
        let inner = &self.client.0;
        let keys = inner.service().await?.clone();
        let path = inner.class_path(Some(inner.service_class.clone()));
        Ok(EndpointReference::new(path.resource_uri(), path.selectors(keys)))
    }

    async fn call_destroy(
        &self,
        id: OperationId,
        service: &EndpointReference,
        plan: &DestroyPlan,
        during: &str,
    ) -> Result<MethodResult, Error> {
        let inner = &self.client.0;
        let class: ClassName = super::enumeration::class(SETTING_DATA)?;
        let path = inner.class_path(Some(class));
        let keys = SelectorSet::new().with("InstanceID", plan.target().id().as_str());
        let snapshot = EndpointReference::new(path.resource_uri(), path.selectors(keys));
        let call = MethodCall::destroy(plan.scope(), snapshot);
        let decode = |output: &Instance<'_>| MethodResult::from_output(output);
        inner.readings.changed(self.id());
        let result = inner.call_as(&id.message_id(), during, &CallExchange::on(service, &call, decode)).await;
        inner.readings.changed(self.id());
        result
    }

    /// The host said no: what became of the tree is read, not concluded from its word, which stands only where it cannot be read.
    async fn refused(&self, record: &Recorder, plan: &DestroyPlan, error: Error) -> Error {
        let Ok(tree) = self.snapshots().await else {
            if error.effect() == Effect::None {
                let evidence = format!("{}, and the tree could not be read afterwards", told(&error));
                self.conclude(record, plan, &[], &[], MergeState::NotWatched, evidence);
            }
            return error;
        };
        let Settled { destroyed, unexpected, .. } = Settled::new(plan, tree);
        let evidence = format!("{}, and the tree was read afterwards", error.kind());
        self.conclude(record, plan, &destroyed, &unexpected, MergeState::NotWatched, evidence);
        let effect = if destroyed.is_empty() { Effect::None } else { Effect::Applied };
        error.with_effect(effect)
    }
}

impl DestroyJob {
    /// The job; `None` if the host did it at once.
    pub fn job(&self) -> Option<&Job> {
        self.job.as_ref()
    }

    /// The plan that is being carried out.
    pub fn plan(&self) -> &DestroyPlan {
        &self.plan
    }

    /// Identifies the operation, in the journal and on the wire.
    pub fn operation(&self) -> OperationId {
        self.record.id()
    }

    /// What could not be written to the journal; the operation went on without.
    pub fn journal_trouble(&self) -> Vec<Arc<JournalError>> {
        self.record.trouble()
    }

    /// How long [`wait`](Self::wait) may take; by default as long as it takes.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Waits as deep as `until` says, then tells what became of the tree.
    ///
    /// Dropping the future stops the waiting, not the job.
    ///
    /// # Errors
    /// If the job failed or vanished without having done its work, if the time was over before it ended, or if the host
    /// cannot be asked any more. A merge that is not done is no error: [`Outcome::merge`] tells.
    pub async fn wait(&self, until: Until, progress: impl FnMut(&Progress)) -> Result<Outcome, Error> {
        let ended = self.follow(until, progress).await;
        self.write_down(&ended);
        ended
    }

    /// What was seen goes into the journal; what was not, is left for a later look.
    fn write_down(&self, ended: &Result<Outcome, Error>) {
        let conclude = |gone, unexpected, merge, evidence| {
            self.vm.conclude(&self.record, &self.plan, gone, unexpected, merge, evidence);
        };
        match ended {
            Ok(outcome) if outcome.tree.is_some() => {
                let evidence = format!("{}, and the tree was read afterwards", outcome.job);
                conclude(&outcome.destroyed, &outcome.unexpected, outcome.merge, evidence);
            }
            Err(error) if error.effect() != Effect::Unknown => {
                let gone: &[Snapshot] = match error.kind() {
                    ErrorKind::JobFailed { destroyed, .. } | ErrorKind::JobVanished { destroyed } => {
                        destroyed
                    }
                    _ => return,
                };
                conclude(gone, &[], MergeState::NotWatched, told(error));
            }
            _ => {}
        }
    }

    async fn follow(&self, until: Until, mut progress: impl FnMut(&Progress)) -> Result<Outcome, Error> {
        let clock = &self.vm.client.0.clock;
        let deadline = self.timeout.map(|timeout| clock.now().saturating_add(timeout));
        if until == Until::Accepted {
            return Ok(Outcome {
                until,
                job: JobConclusion::NotAwaited,
                destroyed: Vec::new(),
                unexpected: Vec::new(),
                kept: Vec::new(),
                merge: MergeState::NotWatched,
                merge_problem: None,
                tree: None,
            });
        }
        let conclusion = self.conclude(&mut progress).await;
        self.vm.client.0.readings.changed(self.vm.id());
        let conclusion = conclusion.map_err(unknown)?;
        let ended_at = clock.now();
        let settled = match &conclusion {
            End::Failed(job) => {
                let settled = self.read_back().await?;
                let (job, destroyed) = (job.clone(), settled.destroyed);
                return Err(self.job_failed(job, destroyed).await);
            }
            End::Vanished => self.settle_vanished().await?,
            End::Ended(_) => self.settle_ended().await?,
        };
        // What is gone is known by now; a host that falls silent during the merge must not take that away.
        let (merge, merge_problem) = match until {
            Until::Merged => match self.vm.watch_merge(ended_at, deadline, &mut progress).await {
                Ok(state) => (state, None),
                Err(error) => (MergeState::Unknown, Some(Arc::new(error.with_effect(Effect::Applied)))),
            },
            _ => (MergeState::NotWatched, None),
        };
        Ok(Outcome {
            until,
            job: match conclusion {
                End::Ended(job) => job,
                _ => JobConclusion::Vanished,
            },
            destroyed: settled.destroyed,
            unexpected: settled.unexpected,
            kept: settled.tree.snapshots().to_vec(),
            merge,
            merge_problem,
            tree: Some(settled.tree),
        })
    }

    async fn conclude(&self, progress: impl FnMut(&Progress)) -> Result<End, Error> {
        let Some(job) = &self.job else { return Ok(End::Ended(JobConclusion::Synchronous)) };
        match job.wait(self.timeout, progress).await? {
            JobEnd::Ended(record) if !record.has_succeeded() => Ok(End::Failed(record)),
            JobEnd::Ended(record) if record.state == JobState::COMPLETED_WITH_WARNINGS => {
                Ok(End::Ended(JobConclusion::Warned(record)))
            }
            JobEnd::Ended(record) => Ok(End::Ended(JobConclusion::Succeeded(record))),
            JobEnd::Vanished => Ok(End::Vanished),
            JobEnd::Deadline(last) => Err(self.error(ErrorKind::Deadline(last), Effect::Unknown)),
        }
    }

    async fn job_failed(&self, job: Box<JobRecord>, destroyed: Vec<Snapshot>) -> Error {
        let errors = match &self.job {
            // What the job says besides is a help, not a need.
            Some(job) => job.errors().await.unwrap_or_default(),
            None => Vec::new(),
        };
        let effect = if destroyed.is_empty() { Effect::None } else { Effect::Applied };
        self.error(ErrorKind::JobFailed { job, errors, destroyed }, effect)
    }

    pub(super) fn error(&self, kind: ErrorKind, effect: Effect) -> Error {
        let target = self.plan.target().element_name();
        Error::new(kind, format!("destroying {target:?} of {:?}", self.vm.name()), effect)
    }
}

/// The host has accepted the call, so an error on the way says nothing about what becomes of it.
pub(super) fn unknown(error: Error) -> Error {
    error.with_effect(Effect::Unknown)
}

/// An error with its cause, in one text.
fn told(error: &Error) -> String {
    format!("{error}: {}", error.kind())
}

enum End {
    Ended(JobConclusion),
    Failed(Box<JobRecord>),
    Vanished,
}
