//! Follows an operation: reads its job, VM, jobs and tree, and lets [`reconcile`](super::reconcile) judge.
//!
//! It reads and waits; it never calls a method that changes anything, and never decides what a reading proves.

use std::{sync::Arc, time::Duration};

use crate::{
    cim::Timestamp,
    client::retry_until,
    host::{
        Error, Host, Job, JobConclusion, JobEnd, Merge, Outcome, Progress, Until, Vm,
        cluster::is_same_node,
        journal::{Operation, Reply, Status},
        operation::reconcile::{Case, History, Look, Next, OwnJob, Reading, Verdict, is_refused},
    },
    hyperv::{
        self, Disk, JobRecord, JobSeen, JobState, MergeState, Observation, Pace, Poller, ReturnCode,
        SnapshotTree,
    },
    schema::names::SETTING_ID_PREFIX,
};

/// Interval between two looks while a call may still be under way.
const BETWEEN_LOOKS: Duration = Duration::from_secs(5);
/// For how long a VM of a cluster is looked for that no node shows: a cluster gives a node four minutes to come back before it
/// moves its VMs (Microsoft, "Virtual Machine Compute Resiliency").
const MOVE_LASTS: Duration = Duration::from_secs(300);

/// How often the cluster may name another node than the one whose readings would be final, before the outcome is left open.
pub(super) const MOST_DISAGREEMENTS: u32 = 5;

/// What to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waits {
    /// Only for a second reading, if one is needed.
    ForReadings,
    /// Also while the host is working on it, and while the call may still be under way.
    ForTheHost,
}

/// An operation that is being followed.
pub(super) struct Following<'f> {
    pub(super) host: &'f Host,
    pub(super) operation: &'f Operation,
    pub(super) until: Until,
    pub(super) waits: Waits,
    pub(super) deadline: Option<Duration>,
}

/// The result of following.
pub(super) struct Followed {
    pub(super) outcome: Outcome,
    /// The VM, if it was seen.
    pub(super) vm: Option<Vm>,
    /// The last reading that failed.
    pub(super) problem: Option<Error>,
}

/// What one look returns besides what is judged.
#[derive(Default)]
struct Seen {
    vm: Option<Vm>,
    tree: Option<SnapshotTree>,
    job: Option<JobRecord>,
    problem: Option<Error>,
}

impl Following<'_> {
    /// Follows the operation until its status is final or waiting is over; `observe` gets what is known after each look.
    pub(super) async fn follow(
        &self,
        observe: impl Fn(&Outcome),
        progress: &mut impl FnMut(&Progress),
    ) -> Followed {
        let clock = self.host.0.clock();
        let moment = |time: Timestamp| {
            let written = u64::try_from(time.unix_micros()).unwrap_or(0);
            self.host.0.client().moment_of(Duration::from_micros(written))
        };
        let case = Case {
            intent: &self.operation.intent,
            answer: self.operation.answer.as_ref(),
            answer_timeout: self.host.0.client().answer_timeout,
            begun_at: moment(self.operation.intent.time),
            answered_at: self.operation.answer.as_ref().map(|answer| moment(answer.time)),
        };
        let job = self.operation.job().map(|reference| Job::new(self.host, reference.clone()));
        // In a cluster the VM may move to another node meanwhile; the job does not.
        let mut host = self.host.clone();
        let mut history = History::default();
        let mut conclusion = self.no_job();
        let mut poller = Poller::new(self.deadline);
        let mut seen = Seen::default();
        let mut disagreements = 0;
        loop {
            if let Some(job) = &job
                && matches!(history.job, OwnJob::None | OwnJob::Running(_) | OwnJob::Unreadable(_))
            {
                let problem;
                // A job that could not be read before gets one more attempt at each look.
                let timeout = match history.job {
                    OwnJob::Unreadable(_) => Some(Duration::ZERO),
                    _ => self.time_left(),
                };
                (conclusion, problem) = self.ask(job, timeout, progress).await;
                seen.problem = problem;
                history.job(clock.now(), own(job, &conclusion));
            }
            // At the deadline a running job is all that needs to be known.
            let is_late = matches!(history.job, OwnJob::Running(_))
                && self.deadline.is_some_and(|deadline| clock.now() >= deadline);
            if !case.is_not_sent() && !is_late {
                let earlier = seen.problem.take();
                let look;
                (look, seen) = self.look(&host, &history.job, &conclusion).await;
                history.look(look);
                if let Some(node) =
                    seen.vm.as_ref().and_then(Vm::node).filter(|node| host.node() != Some(node))
                {
                    progress(&Progress::of_job(format!("the VM has moved to {node}")));
                    (conclusion, history.job) = self.left_behind(job.as_ref(), conclusion, history.job);
                    seen.vm.iter().for_each(|vm| host = vm.host.clone());
                } else {
                    // What could not be read of a node that the VM has left does not matter any more.
                    seen.problem = seen.problem.or(earlier);
                }
            }
            let now = clock.now();
            let mut verdict = case.judge(&history, now);
            if verdict.next == Next::Final
                && let Some(owner) = self.owner_elsewhere(&host, &seen).await
            {
                disagreements += 1;
                verdict = verdict.of_another_node(disagreements < MOST_DISAGREEMENTS);
                if let Some(node) = owner.node() {
                    progress(&Progress::of_job(format!("the VM has moved to {node}")));
                }
                (conclusion, history.job) = self.left_behind(job.as_ref(), conclusion, history.job);
                seen.problem = None;
                host = owner;
            }
            let outcome = self.outcome(&host, &verdict, &conclusion, &seen);
            observe(&outcome);
            let pause = match verdict.next {
                Next::Open if self.may_be_moving(&seen, &history, now) => {
                    progress(&Progress::of_job("no node shows the VM: looking for it"));
                    Some(BETWEEN_LOOKS)
                }
                Next::Final | Next::Open => None,
                Next::Pause(pause) => Some(pause),
                Next::UnderWay(left) if self.waits == Waits::ForTheHost => {
                    progress(&Progress::of_job("the answer was lost; the call may still be under way"));
                    Some(left.min(BETWEEN_LOOKS))
                }
                Next::Follow if self.waits == Waits::ForTheHost => {
                    self.wait_for(&seen, &history.job, progress).await;
                    match poller.next(clock.now()) {
                        Pace::After(pause) => Some(pause),
                        Pace::Expired => None,
                    }
                }
                Next::UnderWay(_) | Next::Follow => None,
            };
            let left = self.deadline.map(|deadline| deadline.saturating_sub(clock.now()));
            match pause {
                Some(pause) if left.is_none_or(|left| !left.is_zero()) => {
                    clock.sleep(pause.min(left.unwrap_or(Duration::MAX))).await;
                }
                _ => return Followed { outcome, vm: seen.vm, problem: seen.problem },
            }
        }
    }

    /// Before the readings of a node are final: the owner of the VM, if the cluster names another node.
    async fn owner_elsewhere(&self, host: &Host, seen: &Seen) -> Option<Host> {
        seen.vm.as_ref()?;
        host.owner_elsewhere(&self.operation.intent.vm_id, self.deadline).await
    }

    /// Of a VM that was found on another node: its job is not there, and is no longer asked for.
    fn left_behind(
        &self,
        job: Option<&Job>,
        conclusion: JobConclusion,
        own: OwnJob,
    ) -> (JobConclusion, OwnJob) {
        match (job, &own) {
            (Some(job), OwnJob::Running(_) | OwnJob::Unreadable(_)) => {
                (JobConclusion::Vanished, OwnJob::Gone(job.id().to_owned()))
            }
            _ => (conclusion, own),
        }
    }

    /// True while a VM of a cluster may be on its way from a node to another one.
    fn may_be_moving(&self, seen: &Seen, history: &History, now: Duration) -> bool {
        let is_waited_for = self.waits == Waits::ForTheHost && self.host.cluster().is_some();
        // A refusal of the user does not pass.
        let is_refused =
            seen.problem.as_ref().is_some_and(|error| error.is_access() || error.is_past_deadline());
        is_waited_for
            && seen.vm.is_none()
            && !is_refused
            && !history.is_restless()
            && history.unclear_for(now) < MOVE_LASTS
    }

    /// A job that may be this operation under another name: polling it shows its end sooner than reading everything
    /// again.
    async fn wait_for(&self, seen: &Seen, own: &OwnJob, progress: &mut impl FnMut(&Progress)) {
        if matches!(own, OwnJob::Running(_)) {
            return;
        }
        let host = seen.vm.as_ref().map_or(self.host, |vm| &vm.host);
        match seen.job.as_ref().map(|job| host.job_of(job)) {
            Some(Ok(job)) => {
                let ended = job.wait_within(self.time_left(), &mut *progress).await;
                tracing::debug!(?ended, "a job that may be this operation");
            }
            _ => progress(&Progress::of_job("the VM is at work on it")),
        }
    }

    /// What is known of the job before it is read.
    fn no_job(&self) -> JobConclusion {
        match self.operation.answer.as_ref().map(|answer| &answer.reply) {
            Some(Reply::Returned { code: ReturnCode::COMPLETED, job: None }) => JobConclusion::Synchronous,
            _ => JobConclusion::NotKnown,
        }
    }

    /// Reads the job: once, or until it ends.
    async fn ask(
        &self,
        job: &Job,
        timeout: Option<Duration>,
        progress: &mut impl FnMut(&Progress),
    ) -> (JobConclusion, Option<Error>) {
        let conclusion = match job.wait_within(timeout, progress).await {
            Ok(JobEnd::Ended(record)) if !record.has_succeeded() => {
                // The job's error texts are only a hint.
                let errors = job.errors().await.unwrap_or_default();
                JobConclusion::Failed(record, errors)
            }
            Ok(JobEnd::Ended(record)) if record.state == JobState::COMPLETED_WITH_WARNINGS => {
                JobConclusion::Warned(record)
            }
            Ok(JobEnd::Ended(record)) => JobConclusion::Succeeded(record),
            Ok(JobEnd::Deadline(Some(record))) => JobConclusion::Running(record),
            Ok(JobEnd::Vanished) => JobConclusion::Vanished,
            Ok(JobEnd::Deadline(None)) => JobConclusion::Unreadable("timed out".to_owned()),
            Err(error) => return (JobConclusion::Unreadable(error.kind().to_string()), Some(error)),
        };
        (conclusion, None)
    }

    /// VM, tree, jobs, on `host` or the node that the VM has moved to. Jobs are not read if something is known to run, or
    /// nothing is left to do.
    async fn look(&self, host: &Host, own: &OwnJob, conclusion: &JobConclusion) -> (Look, Seen) {
        let intent = &self.operation.intent;
        let action = intent.action.judged();
        let mut seen = Seen::default();
        let mut look = Look {
            at: host.0.clock().now(),
            node: None,
            vm: Reading::NotAsked,
            job: Reading::NotAsked,
            tree: Reading::NotAsked,
        };
        match host.shown_anywhere(&intent.vm_id, self.deadline).await {
            Ok(Some(vm)) => {
                look.vm = Reading::Seen(action.work(vm.record()));
                look.node = vm.node().map(str::to_lowercase);
                seen.vm = Some(vm);
            }
            Ok(None) => look.vm = Reading::Absent,
            Err(error) => look.vm = failed(error, &mut seen),
        }
        let Some(vm) = seen.vm.clone() else { return (look, seen) };
        let inner = &vm.host.0;
        let needs = action.needs();
        let tree = match needs.no_tree {
            true => SnapshotTree::build(&intent.vm_id, &intent.vm_name, Vec::new())
                .map_err(|error| Error::protocol(error, "")),
            false => {
                retry_until(inner.client(), self.deadline, || inner.tree(&intent.vm_id, &intent.vm_name))
                    .await
            }
        };
        let tree = match tree {
            Ok(tree) => tree,
            Err(error) => {
                look.tree = failed(error, &mut seen);
                return (look, seen);
            }
        };
        let affected = if needs.affected { self.affected(&vm, own).await } else { None };
        let files = if needs.disks { self.files(&vm).await } else { None };
        let merging = match needs.merging {
            true => match retry_until(inner.client(), self.deadline, || vm.merge_setting()).await {
                Ok(setting) => setting.and_then(|setting| setting.is_enabled),
                Err(error) => {
                    look.tree = failed(error, &mut seen);
                    return (look, seen);
                }
            },
            false => None,
        };
        let reading = action.reading(&hyperv::Seen {
            tree: &tree,
            planned_on: intent.tree,
            state: vm.record().state,
            affected: affected.as_deref(),
            job: conclusion.well_ended(),
            files: files.as_deref(),
            merging,
        });
        let is_idle = matches!(look.vm, Reading::Seen(None)) && !matches!(own, OwnJob::Running(_));
        if is_idle && reading.is_whole() && !reading.is_done() {
            match retry_until(inner.client(), self.deadline, || vm.jobs()).await {
                Ok(jobs) => {
                    seen.job = jobs.into_iter().find(|job| action.may_be_job(job));
                    look.job = Reading::Seen(seen.job.as_ref().map(JobSeen::from));
                }
                Err(error) => look.job = failed(error, &mut seen),
            }
        }
        look.tree = Reading::Seen(reading);
        seen.tree = (!needs.no_tree).then_some(tree);
        (look, seen)
    }

    /// The settings that the host ties to the operation: by its own job, once that has ended, or by the answer itself. A job
    /// ties nothing on another node.
    async fn affected(&self, vm: &Vm, own: &OwnJob) -> Option<Vec<String>> {
        let named = self.operation.answer.as_ref().and_then(|answer| answer.snapshot.clone());
        let job = match own {
            OwnJob::Succeeded(job) | OwnJob::Failed(job) if vm.node() == self.host.node() => job,
            _ => return named.map(|id| vec![id]),
        };
        let inner = &self.host.0;
        let affected = retry_until(inner.client(), self.deadline, || inner.affected_settings(&job.id)).await;
        affected.inspect_err(|error| tracing::debug!(cause = %error.kind(), "no elements of the job")).ok()
    }

    /// The files of the VM's disks, if they can be read.
    async fn files(&self, vm: &Vm) -> Option<Vec<String>> {
        let settings = format!("{SETTING_ID_PREFIX}{}", vm.id());
        let own = [settings.as_str()];
        let disks = retry_until(self.host.0.client(), self.deadline, || vm.disks(&own)).await;
        let disks = disks.inspect_err(|error| tracing::debug!(cause = %error.kind(), "no disks")).ok()?;
        Some(Disk::files_of(&disks, &settings))
    }

    fn outcome(&self, host: &Host, verdict: &Verdict, job: &JobConclusion, seen: &Seen) -> Outcome {
        // A host also refuses a change to the state that the VM is already in.
        let by_goal = self.operation.intent.action.judged().counts_by_goal();
        let is_there = by_goal && verdict.status == Status::Done;
        let mut observations = verdict.observations.clone();
        if let (Some(from), Some(to)) = (&self.operation.intent.node, host.node())
            && !is_same_node(from, to)
        {
            observations.push(Observation::Moved(from.clone(), to.to_owned()));
        }
        Outcome {
            until: self.until,
            node: host.node().map(str::to_owned),
            status: verdict.status,
            is_verified: verdict.is_verified,
            is_refused: is_refused(self.operation.answer.as_ref()) && !is_there,
            job: job.clone(),
            created: verdict.created.clone(),
            destroyed: verdict.gone.clone(),
            remaining: verdict.remaining.clone(),
            unexpected: verdict.unexpected.clone(),
            merge: Merge::of(MergeState::NotWatched),
            observations,
            open: verdict.open.clone(),
            tree: seen.tree.clone().filter(|_| verdict.is_verified),
        }
    }

    fn may_wait(&self, now: Duration) -> bool {
        self.waits == Waits::ForTheHost && self.deadline.is_none_or(|deadline| now < deadline)
    }

    /// How long to wait for a job: not at all if only readings are waited for.
    fn time_left(&self) -> Option<Duration> {
        let now = self.host.0.clock().now();
        match self.deadline {
            _ if !self.may_wait(now) => Some(Duration::ZERO),
            deadline => deadline.map(|deadline| deadline.saturating_sub(now)),
        }
    }
}

fn failed<T>(error: Error, seen: &mut Seen) -> Reading<T> {
    let why = match error.node() {
        Some(node) => format!("on the node {node}: {}", error.kind()),
        None => error.kind().to_string(),
    };
    seen.problem = Some(error);
    Reading::Failed(why)
}

fn own(job: &Job, conclusion: &JobConclusion) -> OwnJob {
    match conclusion {
        JobConclusion::Running(record) => OwnJob::Running(JobSeen::from(&**record)),
        JobConclusion::Succeeded(record) | JobConclusion::Warned(record) => {
            OwnJob::Succeeded(JobSeen::from(&**record))
        }
        JobConclusion::Failed(record, errors) => OwnJob::Failed(JobSeen::failed(record, errors)),
        JobConclusion::Vanished => OwnJob::Gone(job.id().to_owned()),
        JobConclusion::Unreadable(why) => OwnJob::Unreadable(why.clone()),
        _ => OwnJob::None,
    }
}

impl Following<'_> {
    /// Records a final status, and follows the merge if that is wanted and a merge is expected.
    pub(super) async fn finish(
        &self,
        mut followed: Followed,
        keep: impl Fn(&Outcome),
        progress: &mut impl FnMut(&Progress),
    ) -> Followed {
        let outcome = &mut followed.outcome;
        if !outcome.status.is_final() {
            return followed;
        }
        if outcome.status == Status::Done && self.until == Until::Merged {
            if self.operation.intent.action.judged().expects_no_merge() {
                outcome.merge = Merge::of(MergeState::NotExpected);
            } else {
                // Recorded first: a failure during the merge must not lose it.
                keep(outcome);
                outcome.merge = self.merge(followed.vm.as_ref(), outcome, progress).await;
            }
        }
        keep(outcome);
        followed
    }

    /// Follows the merge of an operation whose snapshots are gone.
    pub(super) async fn merge(
        &self,
        vm: Option<&Vm>,
        outcome: &Outcome,
        progress: &mut impl FnMut(&Progress),
    ) -> Merge {
        let intent = &self.operation.intent;
        let found;
        let vm = match vm {
            Some(vm) => vm,
            None => match self.host.shown_anywhere(&intent.vm_id, self.deadline).await {
                Ok(Some(vm)) => {
                    found = vm;
                    &found
                }
                Ok(None) => return Merge::of(MergeState::Unknown),
                Err(error) => {
                    return Merge { problem: Some(Arc::new(error)), ..Merge::of(MergeState::Unknown) };
                }
            },
        };
        let since = outcome.job.seen().and_then(|job| job.submitted);
        let merge = vm.watch_merge(intent.action.judged().merging(), since, self.deadline, progress).await;
        vm.host.0.cache.changed(vm.id());
        merge
    }
}
