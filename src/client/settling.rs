//! How an operation is settled: who is at it is asked first, and what is there afterwards.
//!
//! In this order, because a deletion that ends between two questions must be seen by the second. It never invokes a method,
//! and takes no missing snapshot for a destroyed one where nothing of the machine is to be seen.

use std::{sync::Arc, time::Duration};

use crate::{
    client::{
        Client, Effect, Error, Job, JobEnd, Phase, Progress, Until, Vm,
        evidence::{Fact, JobSeen},
        journal::{Intent, Operation, Reply, SnapshotName, Word},
    },
    hyperv::{JobRecord, MergeState, Pace, Poller, ReturnCode, SnapshotTree, VmActivity},
};

/// Between two looks while a call may still be under way.
const BETWEEN_LOOKS: Duration = Duration::from_secs(5);
/// How often the tree is looked at when the host claims a success that it does not show.
const LOOKS: u32 = 4;
const BETWEEN_CLAIM_AND_TREE: Duration = Duration::from_millis(500);

/// One operation that is being settled.
pub(super) struct Settling<'s> {
    pub(super) client: &'s Client,
    pub(super) operation: &'s Operation,
    pub(super) until: Until,
    pub(super) deadline: Option<Duration>,
}

/// What was found out.
pub(super) struct Settlement {
    pub(super) word: Word,
    pub(super) gone: Vec<SnapshotName>,
    pub(super) remaining: Vec<SnapshotName>,
    pub(super) unexpected: Vec<SnapshotName>,
    pub(super) merge: MergeState,
    pub(super) merge_problem: Option<Arc<Error>>,
    pub(super) evidence: Vec<Fact>,
}

/// The job of the operation, as it was seen last.
struct OwnJob {
    fact: Fact,
    is_alive: bool,
    has_succeeded: bool,
}

/// What one look at the host showed.
struct Look {
    vm: Vm,
    /// Who is at it, other than the operation's own job.
    at_it: Vec<Fact>,
    deletion: Option<JobRecord>,
    tree: SnapshotTree,
}

impl Settling<'_> {
    pub(super) async fn settle(&self, progress: &mut impl FnMut(&Progress)) -> Result<Settlement, Error> {
        let clock = &self.client.0.clock;
        let answer = Fact::of_answer(self.operation.answer.as_ref());
        let mut job = self.operation.job().map(|reference| Job::new(self.client, reference.clone()));
        let mut own: Option<OwnJob> = None;
        let mut pacer = Poller::new(self.deadline);
        let mut looks = 0;
        loop {
            if let Some(alive) = &job {
                let seen = self.follow(alive, progress).await?;
                if !seen.is_alive {
                    job = None;
                }
                own = Some(seen);
            }
            let mut evidence = vec![answer.clone()];
            evidence.extend(own.iter().map(|own| own.fact.clone()));
            let Some(look) = self.look(job.is_some()).await? else {
                evidence.push(Fact::NoMachine);
                return Ok(Settlement::open(Word::Unknown, evidence));
            };
            let seen = Against::new(&self.operation.intent, &look.tree);
            evidence.extend(look.at_it.iter().cloned());
            if look.tree.is_empty() && !look.tree.knows_current() {
                evidence.push(Fact::NothingSeen);
                return Ok(Settlement::open(Word::Unknown, evidence));
            }
            evidence.extend(seen.facts());
            if seen.remaining.is_empty() {
                let mut settlement = seen.settled(Word::Done, evidence);
                if self.until == Until::Merged {
                    (settlement.merge, settlement.merge_problem) = self.merge(&look.vm, progress).await;
                }
                return Ok(settlement);
            }
            let may_wait = self.may_wait(clock.now());
            if job.is_some() || !look.at_it.is_empty() {
                if !may_wait {
                    return Ok(seen.settled(Word::Running, evidence));
                }
                match &look.deletion {
                    // Its end is seen sooner by asking for it than for all of this.
                    Some(deletion) => {
                        self.follow(&self.client.job_of(deletion)?, progress).await?;
                    }
                    None => progress(&Progress::of_job("a snapshot of the machine is being deleted")),
                }
                if let Pace::After(pause) = pacer.next(clock.now()) {
                    clock.sleep(pause).await;
                }
                continue;
            }
            if let Some(left) = self.may_be_under_way(clock.now()) {
                if !may_wait {
                    evidence.push(Fact::MayBeUnderWay(left));
                    return Ok(seen.settled(Word::Unknown, evidence));
                }
                progress(&Progress::of_job("the call may still be under way"));
                let at_deadline = self.deadline.map(|deadline| deadline.saturating_sub(clock.now()));
                clock.sleep(left.min(BETWEEN_LOOKS).min(at_deadline.unwrap_or(Duration::MAX))).await;
                continue;
            }
            looks += 1;
            if looks < LOOKS && may_wait && self.is_success_claimed(own.as_ref()) {
                clock.sleep(BETWEEN_CLAIM_AND_TREE).await;
                continue;
            }
            evidence.push(Fact::NobodyAtIt);
            let word = Word::of(seen.gone.len(), seen.remaining.len());
            return Ok(seen.settled(word, evidence));
        }
    }

    /// Asks for the job: once, or until it ends.
    async fn follow(&self, job: &Job, progress: &mut impl FnMut(&Progress)) -> Result<OwnJob, Error> {
        let now = self.client.0.clock.now();
        let timeout = match self.deadline {
            _ if !self.may_wait(now) => Some(Duration::ZERO),
            deadline => deadline.map(|deadline| deadline.saturating_sub(now)),
        };
        let of = |record: &JobRecord, is_alive| OwnJob {
            fact: Fact::Job(JobSeen::from(record)),
            is_alive,
            has_succeeded: record.has_succeeded(),
        };
        let forgotten = || OwnJob {
            fact: Fact::JobForgotten(job.id().to_owned()),
            is_alive: false,
            has_succeeded: false,
        };
        Ok(match job.wait(timeout, progress).await? {
            JobEnd::Ended(record) => of(&record, false),
            JobEnd::Deadline(Some(record)) => of(&record, true),
            JobEnd::Vanished | JobEnd::Deadline(None) => forgotten(),
        })
    }

    /// Who is at it, then the tree; `None` if there is no such machine. Jobs are not asked for where one is known to live.
    async fn look(&self, job_is_alive: bool) -> Result<Option<Look>, Error> {
        let (inner, intent) = (&self.client.0, &self.operation.intent);
        let Some(machine) = inner.machine(&intent.vm_id).await? else { return Ok(None) };
        let vm = Vm::new(self.client, machine);
        let (mut at_it, mut deletion) = (Vec::new(), None);
        if vm.record.is_doing(VmActivity::DELETING_SNAPSHOT) {
            at_it.push(Fact::Activity(VmActivity::DELETING_SNAPSHOT));
        }
        if !job_is_alive {
            deletion = vm.jobs().await.into_iter().find(|job| job.deletes_snapshot() && !job.has_ended());
            at_it.extend(deletion.iter().map(|job| Fact::LiveDeletion(JobSeen::from(job))));
        }
        let tree = inner.tree(&intent.vm_id, &intent.vm_name).await?;
        Ok(Some(Look { vm, at_it, deletion, tree }))
    }

    fn may_wait(&self, now: Duration) -> bool {
        self.until != Until::Accepted && self.deadline.is_none_or(|deadline| now < deadline)
    }

    /// How long the call may still be on its way, or wait at the host: as long as we would have waited for its answer.
    fn may_be_under_way(&self, now: Duration) -> Option<Duration> {
        let is_out = match self.operation.answer.as_ref().map(|answer| &answer.reply) {
            None => true,
            Some(Reply::Missing { effect, .. }) => *effect != Effect::None,
            Some(Reply::Returned { .. }) => false,
        };
        let written = u64::try_from(self.operation.intent.time.unix_micros()).unwrap_or(0);
        // A clock that was set back must not make it longer.
        let age = now.saturating_sub(Duration::from_micros(written));
        let patience = self.operation.intent.patience.max(self.client.0.answer_timeout);
        let left = patience.saturating_sub(age);
        (is_out && !left.is_zero()).then_some(left)
    }

    fn is_success_claimed(&self, own: Option<&OwnJob>) -> bool {
        let reply = self.operation.answer.as_ref().map(|answer| &answer.reply);
        let at_once = matches!(reply, Some(Reply::Returned { code: ReturnCode::COMPLETED, .. }));
        at_once || own.is_some_and(|own| own.has_succeeded)
    }

    /// Follows the merge of an operation of which the rest is known.
    pub(super) async fn merge_alone(
        &self,
        progress: &mut impl FnMut(&Progress),
    ) -> (MergeState, Option<Arc<Error>>) {
        match self.client.0.machine(&self.operation.intent.vm_id).await {
            Ok(Some(machine)) => self.merge(&Vm::new(self.client, machine), progress).await,
            Ok(None) => (MergeState::Unknown, None),
            Err(error) => (MergeState::Unknown, Some(Arc::new(error))),
        }
    }

    async fn merge(&self, vm: &Vm, progress: &mut impl FnMut(&Progress)) -> (MergeState, Option<Arc<Error>>) {
        let now = self.client.0.clock.now();
        match vm.watch_merge(now, self.deadline, progress).await {
            Ok(state) => (state, None),
            Err(error) => (MergeState::Unknown, Some(Arc::new(error))),
        }
    }
}

impl Settlement {
    /// Nothing can be said of any snapshot.
    fn open(word: Word, evidence: Vec<Fact>) -> Self {
        Self {
            word,
            gone: Vec::new(),
            remaining: Vec::new(),
            unexpected: Vec::new(),
            merge: MergeState::NotWatched,
            merge_problem: None,
            evidence,
        }
    }
}

impl Progress {
    fn of_job(state: &str) -> Self {
        Self { phase: Phase::Job, percent: 0, state: state.to_owned() }
    }
}

/// A tree against what was planned.
struct Against {
    gone: Vec<SnapshotName>,
    remaining: Vec<SnapshotName>,
    unexpected: Vec<SnapshotName>,
    appeared: Vec<SnapshotName>,
    is_as_planned: bool,
}

impl Against {
    fn new(intent: &Intent, tree: &SnapshotTree) -> Self {
        let is_there = |name: &&SnapshotName| {
            tree.snapshots().iter().any(|snapshot| snapshot.id().as_str().eq_ignore_ascii_case(&name.id))
        };
        let (remaining, gone): (Vec<_>, Vec<_>) = intent.destroyed.iter().partition(is_there);
        let known = |id: &str| {
            intent.destroyed.iter().chain(&intent.kept).any(|name| name.id.eq_ignore_ascii_case(id))
        };
        let appeared = tree.snapshots().iter().filter(|snapshot| !known(snapshot.id().as_str()));
        Self {
            gone: gone.into_iter().cloned().collect(),
            remaining: remaining.into_iter().cloned().collect(),
            unexpected: intent.kept.iter().filter(|name| !is_there(name)).cloned().collect(),
            appeared: appeared.map(SnapshotName::from).collect(),
            is_as_planned: tree.fingerprint() == intent.tree,
        }
    }

    fn facts(&self) -> Vec<Fact> {
        let mut facts: Vec<Fact> = self.gone.iter().cloned().map(Fact::Gone).collect();
        facts.extend(self.remaining.iter().cloned().map(Fact::There));
        facts.extend(self.unexpected.iter().cloned().map(Fact::Vanished));
        facts.extend(self.appeared.iter().cloned().map(Fact::Appeared));
        facts.extend(self.is_as_planned.then_some(Fact::TreeAsPlanned));
        facts
    }

    fn settled(self, word: Word, evidence: Vec<Fact>) -> Settlement {
        Settlement {
            gone: self.gone,
            remaining: self.remaining,
            unexpected: self.unexpected,
            ..Settlement::open(word, evidence)
        }
    }
}
