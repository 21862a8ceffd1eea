//! The destroy: check the plan against the host, call once, follow, and tell the outcome.
//!
//! The only code that sends a destroy method (but for the benches' call of a snapshot that no host has), and it sends it
//! once. What came of it is judged by [`reconcile`](super::reconcile), from readings and never from the answer alone.

use std::sync::{Arc, Mutex, PoisonError};

use tracing::{Instrument as _, info};

use crate::{
    cim::{Call, Instance},
    client::{ClientError, Effect},
    host::{
        Error, ErrorKind, Job, JobConclusion, Open, Outcome, Progress, Until, Vm, Wait,
        busy::LockWait,
        journal::{
            Answer, ConcludedBy, Intent, JournalError, Operation, OperationId, Reply, Status,
            recorder::Recorder,
        },
        operation::{
            engine::{Followed, Following, Waits},
            reconcile::of_answer,
        },
        reads::class,
        trace,
    },
    hyperv::{Action, DestroyAction, DestroyPlan, DestroyScope, MergeScope, MethodResult, ReturnCode},
    schema::names::SETTING_DATA,
    wsman::{EndpointReference, SelectorSet},
};

/// A destroy whose call was sent.
#[derive(Debug)]
#[must_use = "the job goes on, but its outcome is not known until it is waited for"]
pub struct DestroyJob {
    pub(super) vm: Vm,
    pub(super) plan: DestroyPlan,
    operation: Operation,
    job: Option<Job>,
    /// Why there is no result; told once.
    failure: Mutex<Option<Error>>,
    observed: Mutex<Outcome>,
    record: Recorder,
}

impl Vm {
    /// Sends the call of `plan`: reads the tree again, refuses if it is not the one planned on, then calls once.
    ///
    /// A single snapshot whose tree was read a moment ago ([`fresh_for`](crate::Host::fresh_for)) is destroyed without
    /// reading it again: whatever has happened to the tree since, the call takes that snapshot and no other.
    ///
    /// Before that, the VM is locked in the journal, if there is one, what earlier operations on it have left open is
    /// recovered by reading, and a VM that is busy is refused or waited for ([`OnBusy`](crate::OnBusy)). The intent is in
    /// the journal before the call leaves. What came of the call, even a refusal, is told by [`DestroyJob::wait`].
    ///
    /// # Errors
    /// Each with [`Effect::None`]: nothing was sent. [`ErrorKind::Locked`], [`ErrorKind::Busy`], [`ErrorKind::EarlierOpen`] or
    /// [`ErrorKind::OpenElsewhere`] if something runs on the VM, or may; [`ErrorKind::Stale`] if the tree moved; any other if the
    /// host cannot be asked.
    pub async fn destroy(&self, plan: &DestroyPlan) -> Result<DestroyJob, Error> {
        self.destroy_announced(plan, |_| {}).await
    }

    /// The same, and runs `calling` right before the call leaves, when the intent is in the journal.
    ///
    /// For a caller that may drop the future half-way: until `calling` has run nothing was changed; afterwards that is
    /// [`Effect::Unknown`], and the operation that it was given is to be resumed.
    ///
    /// # Errors
    /// As [`destroy`](Self::destroy).
    pub async fn destroy_announced(
        &self,
        plan: &DestroyPlan,
        calling: impl FnOnce(OperationId),
    ) -> Result<DestroyJob, Error> {
        let id = OperationId::random();
        let begun = self.destroy_as(id, plan, calling);
        begun.instrument(trace::operation(&self.host, self.id(), id)).await
    }

    async fn destroy_as(
        &self,
        id: OperationId,
        plan: &DestroyPlan,
        calling: impl FnOnce(OperationId),
    ) -> Result<DestroyJob, Error> {
        let during = format!("destroying {:?} of {:?}", plan.target().element_name(), self.name());
        let refuse = |kind| Err(Error::before(kind, during.as_str()));
        if !plan.vm_id().eq_ignore_ascii_case(self.id()) {
            return refuse(ErrorKind::OtherVm);
        }
        if !plan.is_certain() {
            return refuse(ErrorKind::UncertainPlan);
        }
        let inner = &self.host.0;
        let mut wait = LockWait::new(inner.on_busy, inner);
        let lock = self.host.lock_vm(self.id(), id, &mut wait, &during).await?;
        let record = Recorder::new(&self.host, id, lock);
        // That an earlier one stays unknown is said of that one: this one has done nothing.
        let recovered = self.recover_open(&wait, &during).await;
        for earlier in recovered.map_err(|error| error.with_effect(Effect::None))? {
            if !earlier.outcome.status.is_final() {
                return refuse(ErrorKind::EarlierOpen(Box::new(earlier)));
            }
        }
        // Before the tree is read: between that reading and the call there must be as little time as can be.
        let service = self.service().await?;
        let ignored = self.when_idle(&mut wait, &during).await?;
        let merging = match MergeScope::of(plan) {
            Some(scope) => self.merging_disks(&scope).await,
            None => None,
        };
        if !self.is_fresh(plan) {
            let now = self.snapshots().await?;
            if let Some(difference) = plan.difference(&now) {
                return refuse(ErrorKind::Stale(Box::new(difference)));
            }
        }
        let action = Action::Destroy(DestroyAction::of(plan, merging));
        let intent = Intent { ignored, ..Intent::of(record.id(), self, plan, action) };
        if let Err(error) = record.begin(&intent) {
            return refuse(ErrorKind::Journal(error));
        }
        info!(target = %plan.target().id(), scope = ?plan.scope(), "calling");
        calling(record.id());
        let result = self.call_destroy(record.id(), &service, plan, &during).await;
        let answer = self.answer(&result);
        info!(reply = ?answer.reply, "answered");
        record.answered(&answer);
        let operation = Operation { answer: Some(answer), ..Operation::begun(intent) };
        let (job, failure) = match result {
            Ok(result) => (result.job.map(|reference| Job::new(&self.host, reference)), None),
            Err(error) => (None, Some(Error::from(error))),
        };
        let observed = Mutex::new(Outcome::unknown(Until::Accepted, Open::NotReadBack, Vec::new()));
        let begun = DestroyJob {
            vm: self.clone(),
            plan: plan.clone(),
            operation,
            job,
            failure: Mutex::new(failure),
            observed,
            record,
        };
        match begun.operation.answer.as_ref().map(|answer| &answer.reply) {
            // It never left, or never got beyond the door: nothing is to be waited for.
            Some(Reply::NotSent { .. }) => match begun.wait(Until::Accepted, |_| {}).await {
                Err(error) => Err(error),
                Ok(_) => Ok(begun),
            },
            _ => Ok(begun),
        }
    }

    /// Whether the tree need not be read again: it was a moment ago, and nothing but the target can be lost by the call.
    fn is_fresh(&self, plan: &DestroyPlan) -> bool {
        let inner = &self.host.0;
        plan.scope() == DestroyScope::Single && inner.cache.is_current(plan.tree(), inner.clock().now())
    }

    fn answer(&self, result: &Result<MethodResult, ClientError>) -> Answer {
        let reply = match result {
            Ok(result) => Reply::Returned { code: result.return_code, job: result.job.clone() },
            Err(error) => Reply::of(error),
        };
        Answer { time: self.host.0.client().timestamp(), reply }
    }

    /// The snapshot service, named by the keys that the host gave.
    async fn service(&self) -> Result<EndpointReference, Error> {
        let inner = &self.host.0;
        let keys = inner.service().await?.clone();
        Ok(inner.cim.reference(inner.service_class()?, keys))
    }

    async fn call_destroy(
        &self,
        id: OperationId,
        service: &EndpointReference,
        plan: &DestroyPlan,
        during: &str,
    ) -> Result<MethodResult, ClientError> {
        let inner = &self.host.0;
        let keys = SelectorSet::new().with("InstanceID", plan.target().id().as_str());
        let snapshot = inner.cim.reference(class(SETTING_DATA)?, keys);
        let call = DestroyAction::call(plan.scope(), snapshot);
        let decode = |output: &Instance<'_>| MethodResult::from_output(output);
        inner.cache.changed(self.id());
        let call = Call::on(service, call.method, &call.parameters, decode);
        let result = inner.client().call_as(&id.message_id(), during, &call).await;
        inner.cache.changed(self.id());
        result
    }
}

impl DestroyJob {
    /// The job; `None` if the answer names none.
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

    /// What came back of the call.
    pub fn answer(&self) -> Option<&Reply> {
        self.operation.answer.as_ref().map(|answer| &answer.reply)
    }

    /// True if the host accepted the call: it has started a job, or says that it is done.
    pub fn is_accepted(&self) -> bool {
        let reply = self.operation.answer.as_ref().map(|answer| &answer.reply);
        matches!(reply, Some(Reply::Returned { code: ReturnCode::COMPLETED | ReturnCode::JOB_STARTED, .. }))
    }

    /// What could not be written to the journal; the operation went on without.
    pub fn journal_trouble(&self) -> Vec<Arc<JournalError>> {
        self.record.trouble()
    }

    /// What was observed so far, also when [`wait`](Self::wait) was dropped half-way.
    pub fn observed(&self) -> Outcome {
        self.observed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits as deep and as long as `wait` says, then tells the outcome.
    ///
    /// A call that was refused or whose answer was lost is reconciled, which takes two readings of the tree some seconds apart
    /// and, where the answer was lost, as long as it would have been waited for. Dropping the future stops the waiting, not the
    /// job.
    ///
    /// # Errors
    /// If the host refused, the job failed or the status is not final: with an effect that follows from the status, and with the
    /// [`Outcome`] as far as it was observed ([`Error::outcome`]). A merge that is not done is no error: [`Outcome::merge`] tells.
    pub async fn wait(
        &self,
        wait: impl Into<Wait>,
        progress: impl FnMut(&Progress),
    ) -> Result<Outcome, Error> {
        let span = trace::operation(&self.vm.host, self.vm.id(), self.operation());
        self.follow(wait.into(), progress).instrument(span).await
    }

    async fn follow(&self, wait: Wait, mut progress: impl FnMut(&Progress)) -> Result<Outcome, Error> {
        let until = wait.depth();
        if until == Until::Accepted && self.is_accepted() {
            return Ok(self.accepted());
        }
        let deadline = wait.deadline(self.vm.host.0.client());
        let waits = if until == Until::Accepted { Waits::ForReadings } else { Waits::ForTheHost };
        let following = Following { host: &self.vm.host, operation: &self.operation, until, waits, deadline };
        let followed = following.follow(|outcome| self.observe(outcome), &mut progress).await;
        self.vm.host.0.cache.changed(self.vm.id());
        let keep = |outcome: &Outcome| {
            self.observe(outcome);
            self.record.concluded(ConcludedBy::Operation, outcome);
        };
        let followed = following.finish(followed, keep, &mut progress).await;
        self.ended(followed)
    }

    /// The host has accepted the call, and nothing else was asked for.
    fn accepted(&self) -> Outcome {
        let fact = of_answer(self.operation.answer.as_ref());
        let outcome = Outcome::unknown(Until::Accepted, Open::NotReadBack, vec![fact]);
        let outcome = match &self.job {
            Some(_) => Outcome {
                status: Status::Running,
                job: JobConclusion::NotAwaited,
                open: Some(Open::Running),
                ..outcome
            },
            None => Outcome { job: JobConclusion::Synchronous, ..outcome },
        };
        self.observe(&outcome);
        outcome
    }

    fn observe(&self, outcome: &Outcome) {
        *self.observed.lock().unwrap_or_else(PoisonError::into_inner) = outcome.clone();
    }

    /// A status that is not *done*, a refusal and a failed job are errors.
    fn ended(&self, followed: Followed) -> Result<Outcome, Error> {
        let Followed { outcome, problem, .. } = followed;
        info!(status = %outcome.status, merge = %outcome.merge.state, "ended");
        let effect = match outcome.status {
            Status::Done if !outcome.is_refused && !outcome.job.has_failed() => return Ok(outcome),
            Status::Done | Status::Partly => Effect::Applied,
            Status::NotDone => Effect::None,
            _ => Effect::Unknown,
        };
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        let error = match failure {
            Some(error) => error,
            None => self.error(self.kind(&outcome, problem)),
        };
        Err(error.with_effect(effect).with_outcome(outcome))
    }

    fn kind(&self, outcome: &Outcome, problem: Option<Error>) -> ErrorKind {
        match (self.operation.answer.as_ref().map(|answer| &answer.reply), &outcome.job) {
            (_, JobConclusion::Failed(job, errors)) => {
                ErrorKind::JobFailed { job: job.clone(), errors: errors.clone() }
            }
            (_, JobConclusion::Running(job)) => ErrorKind::Deadline(Some(job.clone())),
            (Some(Reply::Returned { code, .. }), _)
                if !matches!(*code, ReturnCode::COMPLETED | ReturnCode::JOB_STARTED) =>
            {
                let method = DestroyAction::method(self.plan.scope());
                ErrorKind::Refused { method, code: *code }
            }
            (Some(Reply::Lost { error } | Reply::Refused { error } | Reply::NotSent { error }), _) => {
                ErrorKind::Unanswered(error.clone())
            }
            _ if outcome.status == Status::Running => ErrorKind::Deadline(None),
            _ => match (problem, &outcome.open, &outcome.job) {
                // Of the job nothing is known, so it is not said to have ended.
                (Some(problem), _, JobConclusion::Unreadable(_)) if problem.is_past_deadline() => {
                    ErrorKind::Deadline(None)
                }
                (Some(problem), ..) => ErrorKind::ReadBack(Box::new(problem)),
                (_, Some(Open::Contradiction), _) => ErrorKind::StillThere(outcome.remaining.clone()),
                (_, _, JobConclusion::Vanished) => ErrorKind::JobVanished,
                (_, Some(open), _) => ErrorKind::Undecided(open.clone()),
                (_, None, _) => ErrorKind::JobVanished,
            },
        }
    }

    fn error(&self, kind: ErrorKind) -> Error {
        let target = self.plan.target().element_name();
        Error::new(kind, format!("destroying {target:?} of {:?}", self.vm.name()), Effect::Unknown)
    }
}
