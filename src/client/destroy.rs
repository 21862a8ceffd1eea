//! The destroy: check the plan against the host, call once, wait, and read back what became of the tree.
//!
//! The only code that sends a destroy method, and it sends it once. It never believes a job alone: what is gone is what a
//! second reading of the tree no longer shows.

use std::{sync::Arc, time::Duration};

use crate::{
    cim::{ClassName, Instance},
    client::{
        Effect, Error, ErrorKind, Job, JobConclusion, JobEnd, Outcome, Progress, Until, Vm,
        job::CallExchange, settle::Settled,
    },
    hyperv::{
        DestroyPlan, JobRecord, JobState, MergeState, MethodCall, MethodResult, ReturnCode, Snapshot,
        schema::names::SETTING_DATA,
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
}

impl Vm {
    /// Carries out `plan`: reads the tree again, refuses if it is not the one planned on, then calls once.
    ///
    /// # Errors
    /// [`ErrorKind::Stale`] if the tree moved; [`ErrorKind::Refused`] if the method returned an error; any other with the
    /// effect that it may have had. If [`Effect::Unknown`], look at the tree before anything else.
    pub async fn destroy(&self, plan: &DestroyPlan) -> Result<DestroyJob, Error> {
        self.destroy_announced(plan, || {}).await
    }

    /// The same, and runs `calling` right before the call leaves.
    ///
    /// For a caller that may drop the future half-way: until `calling` has run nothing was changed; afterwards nobody can say
    /// from here, [`Effect::Unknown`].
    ///
    /// # Errors
    /// As [`destroy`](Self::destroy).
    pub async fn destroy_announced(
        &self,
        plan: &DestroyPlan,
        calling: impl FnOnce(),
    ) -> Result<DestroyJob, Error> {
        let during = format!("destroying {:?} of {:?}", plan.target().element_name(), self.name());
        let refuse = |kind| Err(Error::before(kind, during.as_str()));
        if !plan.vm_id().eq_ignore_ascii_case(self.id()) {
            return refuse(ErrorKind::OtherMachine);
        }
        if !plan.is_certain() {
            return refuse(ErrorKind::UncertainPlan);
        }
        // Before the tree is read: between that reading and the call there must be as little time as can be.
        let service = self.service().await?;
        let now = self.snapshots().await?;
        if let Some(difference) = plan.difference(&now) {
            return refuse(ErrorKind::Stale(Box::new(difference)));
        }
        calling();
        let result = self.call_destroy(&service, plan, &during).await?;
        let job = match result.return_code {
            ReturnCode::COMPLETED => None,
            // The result holds a reference: without one it would have been refused as contradicting itself.
            ReturnCode::JOB_STARTED => result.job.map(|reference| Job::new(&self.client, reference)),
            code => return Err(self.refused(plan, &during, code).await),
        };
        Ok(DestroyJob { vm: self.clone(), plan: plan.clone(), job, timeout: None })
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
        inner.call(during, &CallExchange::on(service, &call, decode)).await
    }

    /// The host returned an error: what became of the tree is read, not concluded from the number.
    async fn refused(&self, plan: &DestroyPlan, during: &str, code: ReturnCode) -> Error {
        let effect = match self.snapshots().await {
            Ok(tree) if Settled::new(plan, tree.clone()).destroyed.is_empty() => Effect::None,
            Ok(_) => Effect::Applied,
            Err(_) => Effect::Unknown,
        };
        let method = MethodCall::destroy_method(plan.scope());
        Error::new(ErrorKind::Refused { method, code }, during, effect)
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
    pub async fn wait(&self, until: Until, mut progress: impl FnMut(&Progress)) -> Result<Outcome, Error> {
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
        let conclusion = self.conclude(&mut progress).await.map_err(unknown)?;
        let ended_at = clock.now();
        let settled = match &conclusion {
            Conclusion::Failed(job) => {
                let settled = self.read_back().await?;
                let (job, destroyed) = (job.clone(), settled.destroyed);
                return Err(self.job_failed(job, destroyed).await);
            }
            Conclusion::Vanished => self.settle_vanished().await?,
            Conclusion::Ended(_) => self.settle_ended().await?,
        };
        // What is gone is known by now; a host that falls silent during the merge must not take that away.
        let (merge, merge_problem) = match until {
            Until::Merged => match self.watch_merge(ended_at, deadline, &mut progress).await {
                Ok(state) => (state, None),
                Err(error) => (MergeState::Unknown, Some(Arc::new(error.with_effect(Effect::Applied)))),
            },
            _ => (MergeState::NotWatched, None),
        };
        Ok(Outcome {
            until,
            job: match conclusion {
                Conclusion::Ended(job) => job,
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

    async fn conclude(&self, progress: impl FnMut(&Progress)) -> Result<Conclusion, Error> {
        let Some(job) = &self.job else { return Ok(Conclusion::Ended(JobConclusion::Synchronous)) };
        match job.wait(self.timeout, progress).await? {
            JobEnd::Ended(record) if !record.has_succeeded() => Ok(Conclusion::Failed(record)),
            JobEnd::Ended(record) if record.state == JobState::COMPLETED_WITH_WARNINGS => {
                Ok(Conclusion::Ended(JobConclusion::Warned(record)))
            }
            JobEnd::Ended(record) => Ok(Conclusion::Ended(JobConclusion::Succeeded(record))),
            JobEnd::Vanished => Ok(Conclusion::Vanished),
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

enum Conclusion {
    Ended(JobConclusion),
    Failed(Box<JobRecord>),
    Vanished,
}
