//! Runs a plan: checks it against the host, calls once, follows, and returns the outcome.
//!
//! The only code that calls a method which changes a VM or its snapshots (except the benchmarks, which name a snapshot that no
//! host has); it calls once. [`reconcile`](super::reconcile) judges the outcome from readings, never from the answer alone.

use std::sync::{Arc, Mutex, PoisonError};

use tracing::{Instrument as _, info};

use crate::{
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
        trace,
    },
    hyperv::{MethodResult, Plan, ReturnCode},
    violation::cut,
};

/// An operation whose call was sent.
#[derive(Debug)]
#[must_use = "the job continues, but its outcome is not known until it is waited for"]
pub struct OperationHandle {
    vm: Vm,
    plan: Plan,
    operation: Operation,
    job: Option<Job>,
    /// Why there is no result; returned once.
    failure: Mutex<Option<Error>>,
    observed: Mutex<Outcome>,
    record: Recorder,
}

impl Vm {
    /// Begins a plan: reads the tree again, refuses if it is not the one planned on, then calls once.
    ///
    /// If the call affects no more than it names, such as the destroy of a single snapshot, a tree that was read a moment ago
    /// ([`fresh_for`](crate::Host::fresh_for)) is not read again.
    ///
    /// Before that, it locks the VM in the journal, if there is one; recovers earlier open operations on it by
    /// reading; and refuses or waits for a VM that is busy ([`OnBusy`](crate::OnBusy)). The intent is in the journal before
    /// the call is sent. [`OperationHandle::wait`] returns the outcome of the call, also of one that was refused.
    ///
    /// # Errors
    /// Each with [`Effect::None`]: nothing was sent. [`ErrorKind::Locked`], [`ErrorKind::Busy`], [`ErrorKind::EarlierOpen`] or
    /// [`ErrorKind::OpenElsewhere`] if an operation runs on the VM, or may; [`ErrorKind::Stale`] if the tree changed; any other if
    /// the host cannot be read.
    pub async fn begin(&self, plan: impl Into<Plan>) -> Result<OperationHandle, Error> {
        self.begin_announced(plan, &[], |_| {}).await
    }

    /// The same as one step of several: the journal records the steps that follow, `then`, in words. Runs `calling` right before
    /// the call is sent, when the intent is in the journal.
    ///
    /// For a caller that may drop the future: until `calling` has run nothing was changed; afterwards the effect is
    /// [`Effect::Unknown`], and the operation with the id passed to `calling` must be resumed.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    pub async fn begin_announced(
        &self,
        plan: impl Into<Plan>,
        then: &[String],
        calling: impl FnOnce(OperationId),
    ) -> Result<OperationHandle, Error> {
        let id = OperationId::random();
        let begun = self.begin_as(id, plan.into(), then, calling);
        begun.instrument(trace::operation(&self.host, self.id(), id)).await
    }

    async fn begin_as(
        &self,
        id: OperationId,
        plan: Plan,
        then: &[String],
        calling: impl FnOnce(OperationId),
    ) -> Result<OperationHandle, Error> {
        let planned = plan.planned();
        let during = planned.during();
        let refuse = |kind| Err(Error::before(kind, during.as_str()));
        if !plan.vm_id().eq_ignore_ascii_case(self.id()) {
            return refuse(ErrorKind::OtherVm);
        }
        if !planned.is_certain() {
            return refuse(ErrorKind::UncertainPlan);
        }
        let inner = &self.host.0;
        let mut wait = LockWait::new(inner.on_busy, inner);
        let lock = self.host.lock_vm(self.id(), id, &mut wait, &during).await?;
        let record = Recorder::new(&self.host, id, lock);
        let vm = self.on_its_owner(&during).await.map_err(|error| error.with_effect(Effect::None))?;
        vm.begin_locked(plan, then, calling, wait, record).await
    }

    /// The same on the host where the VM is, once it is locked.
    async fn begin_locked(
        &self,
        plan: Plan,
        then: &[String],
        calling: impl FnOnce(OperationId),
        mut wait: LockWait,
        record: Recorder,
    ) -> Result<OperationHandle, Error> {
        let planned = plan.planned();
        let during = planned.during();
        let refuse = |kind| Err(Error::before(kind, during.as_str()));
        let inner = &self.host.0;
        // That the earlier one's outcome is unknown is its own error: this operation has done nothing.
        let recovered = self.recover_open(&wait, &during).await;
        for earlier in recovered.map_err(|error| error.with_effect(Effect::None))? {
            if !earlier.outcome.status.is_final() {
                return refuse(ErrorKind::EarlierOpen(Box::new(earlier)));
            }
        }
        // Before the tree is read: the time between that reading and the call must be as short as possible.
        inner.service().await?;
        let ignored = self.when_idle(&mut wait, &during).await?;
        let state =
            if planned.depends_on_state() { self.refresh().await?.state } else { self.record().state };
        if let Some(obstacle) = planned.obstacle(state) {
            return refuse(ErrorKind::Obstacle(obstacle));
        }
        let disks = self.disks_before(&planned.disks_of()).await;
        let is_recent =
            planned.may_use_recent_tree() && inner.cache.is_current(plan.tree(), inner.clock().now());
        if planned.depends_on_tree() && !is_recent {
            let now = self.snapshots().await?;
            if let Some(difference) = plan.difference(&now) {
                return refuse(ErrorKind::Stale(Box::new(difference)));
            }
        }
        let action = planned.action(disks.as_deref());
        let call = action.judged().call();
        let method = call.method;
        let call = inner.ready(self.id(), call).await?;
        let then = then.iter().map(|step| cut(step).into_owned()).collect();
        let intent = Intent { ignored, then, ..Intent::of(record.id(), self, &plan, action) };
        if let Err(error) = record.begin(&intent) {
            return refuse(ErrorKind::Journal(error));
        }
        let target = intent.target().map_or(intent.vm_id.as_str(), |target| &target.id);
        info!(target = %target, kind = intent.action.kind(), method, "calling");
        calling(record.id());
        inner.cache.changed(self.id());
        let result = inner.client().call_as(&record.id().message_id(), &during, &call.exchange()).await;
        inner.cache.changed(self.id());
        let answer = self.answer(&result);
        info!(reply = ?answer.reply, "answered");
        record.answered(&answer);
        let operation = Operation { answer: Some(answer), ..Operation::begun(intent) };
        let (job, failure) = match result {
            Ok(result) => (result.job.map(|reference| Job::new(&self.host, reference)), None),
            Err(error) => (None, Some(Error::from(error))),
        };
        let observed = Mutex::new(Outcome::unknown(Until::Accepted, Open::NotReadBack, Vec::new()));
        let failure = Mutex::new(failure);
        let begun = OperationHandle { vm: self.clone(), plan, operation, job, failure, observed, record };
        match begun.answer() {
            // The call was never sent, or the authentication failed: there is nothing to wait for.
            Some(Reply::NotSent { .. }) => match begun.wait(Until::Accepted, |_| {}).await {
                Err(error) => Err(error),
                Ok(_) => Ok(begun),
            },
            _ => Ok(begun),
        }
    }

    fn answer(&self, result: &Result<MethodResult, ClientError>) -> Answer {
        let reply = match result {
            Ok(result) => Reply::Returned { code: result.return_code, job: result.job.clone() },
            Err(error) => Reply::of(error),
        };
        let snapshot = result.as_ref().ok().and_then(|result| result.snapshot.as_deref());
        let snapshot = snapshot.map(|id| cut(id).into_owned());
        Answer { time: self.host.0.client().timestamp(), reply, snapshot }
    }
}

impl OperationHandle {
    /// The job; `None` if the answer names none.
    pub fn job(&self) -> Option<&Job> {
        self.job.as_ref()
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The id of the operation, in the journal and on the wire.
    pub fn operation(&self) -> OperationId {
        self.record.id()
    }

    /// The reply to the call.
    pub fn answer(&self) -> Option<&Reply> {
        self.operation.answer.as_ref().map(|answer| &answer.reply)
    }

    /// True if the host accepted the call: it has started a job, or reports that it is done.
    pub fn is_accepted(&self) -> bool {
        let reply = self.operation.answer.as_ref().map(|answer| &answer.reply);
        matches!(reply, Some(Reply::Returned { code: ReturnCode::COMPLETED | ReturnCode::JOB_STARTED, .. }))
    }

    /// What could not be recorded in the journal; the operation went on.
    pub fn journal_trouble(&self) -> Vec<Arc<JournalError>> {
        self.record.trouble()
    }

    /// What was observed so far, also if [`wait`](Self::wait) was dropped.
    pub fn observed(&self) -> Outcome {
        self.observed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits as deep and as long as `wait` says, then returns the outcome.
    ///
    /// A call that was refused or whose answer was lost is reconciled, which takes two readings of the tree some seconds apart
    /// and, if the answer was lost, as long as it would have been waited for. Dropping the future ends the waiting, not the job.
    ///
    /// # Errors
    /// If the host refused, the job failed or the status is not final: with an effect that follows from the status, and with the
    /// [`Outcome`] as far as observed ([`Error::outcome`]). A merge that is not done is no error: see [`Outcome::merge`].
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
        if outcome.status == Status::Done && !outcome.is_refused && !outcome.job.has_failed() {
            return Ok(outcome);
        }
        let effect = outcome.status.effect();
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
                let method = self.operation.intent.action.method();
                ErrorKind::Refused { method, code: *code }
            }
            (Some(Reply::Lost { error } | Reply::Refused { error } | Reply::NotSent { error }), _) => {
                ErrorKind::Unanswered(error.clone())
            }
            // The VM is working without a job.
            _ if outcome.status == Status::Running
                && self.operation.intent.action.judged().lag().is_some() =>
            {
                ErrorKind::Undecided(Open::Running)
            }
            _ if outcome.status == Status::Running => ErrorKind::Deadline(None),
            _ => match (problem, &outcome.open, &outcome.job) {
                // Nothing is known of the job, so the text does not say that it has ended.
                (Some(problem), _, JobConclusion::Unreadable(_)) if problem.is_past_deadline() => {
                    ErrorKind::Deadline(None)
                }
                (Some(problem), ..) => ErrorKind::ReadBack(Box::new(problem)),
                (_, Some(Open::Contradiction), _) if !outcome.remaining.is_empty() => {
                    ErrorKind::StillThere(outcome.remaining.clone())
                }
                (_, _, JobConclusion::Vanished) => ErrorKind::JobVanished,
                (_, Some(open), _) => ErrorKind::Undecided(open.clone()),
                (_, None, _) => ErrorKind::JobVanished,
            },
        }
    }

    fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind, self.plan.planned().during(), Effect::Unknown)
    }
}
