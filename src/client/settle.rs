//! Settling a destroy by state: what the tree shows now against what was planned, and how the merge went.
//!
//! It never invokes anything. A tree that was read is a fact; a number or a state of a job is a hint.

use std::time::Duration;

use crate::{
    cim::Wql,
    client::{
        DestroyJob, Effect, Error, ErrorKind, Phase, Progress,
        destroy::unknown,
        enumeration::{class, objects},
    },
    hyperv::{
        DestroyPlan, JobRecord, MergeState, MergeStep, MergeWatch, Pace, Poller, Snapshot, SnapshotTree,
        VmActivity,
        schema::names::{
            AFFECTED_JOB_ELEMENT, AFFECTED_STORAGE_JOB_ELEMENT, COMPUTER_SYSTEM, CONCRETE_JOB, STORAGE_JOB,
        },
    },
};

/// How often the tree is looked at again when a job reported success and the snapshot is still there.
const LOOKS: u32 = 4;
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// The tree now, against the plan.
pub(super) struct Settled {
    /// Planned, and gone.
    pub(super) destroyed: Vec<Snapshot>,
    /// Planned, and still there.
    pub(super) remaining: Vec<Snapshot>,
    /// Gone, and not planned.
    pub(super) unexpected: Vec<Snapshot>,
    pub(super) tree: SnapshotTree,
}

impl Settled {
    pub(super) fn new(plan: &DestroyPlan, tree: SnapshotTree) -> Self {
        let is_there = |snapshot: &&Snapshot| tree.get(snapshot.id()).is_some();
        let (remaining, destroyed): (Vec<_>, Vec<_>) = plan.destroyed().iter().partition(is_there);
        let unexpected = plan.kept().filter(|snapshot| !is_there(snapshot)).cloned().collect();
        Self {
            destroyed: destroyed.into_iter().cloned().collect(),
            remaining: remaining.into_iter().cloned().collect(),
            unexpected,
            tree,
        }
    }
}

impl DestroyJob {
    pub(super) async fn read_back(&self) -> Result<Settled, Error> {
        match self.vm.snapshots().await {
            Ok(tree) => Ok(Settled::new(&self.plan, tree)),
            Err(error) => Err(self.error(ErrorKind::ReadBack(Box::new(error)), Effect::Unknown)),
        }
    }

    /// The job ended well: everything planned must be gone, if not at once then in a moment.
    pub(super) async fn settle_ended(&self) -> Result<Settled, Error> {
        let mut looks = 1;
        loop {
            let settled = self.read_back().await?;
            if settled.remaining.is_empty() {
                return Ok(settled);
            }
            if looks >= LOOKS {
                return Err(self.error(ErrorKind::StillThere(settled.remaining), Effect::Unknown));
            }
            looks += 1;
            self.vm.client.0.clock.sleep(BETWEEN_LOOKS).await;
        }
    }

    /// The job's object is gone: the tree decides, and whether the machine is still at it.
    pub(super) async fn settle_vanished(&self) -> Result<Settled, Error> {
        let settled = self.read_back().await?;
        if settled.remaining.is_empty() {
            return Ok(settled);
        }
        let machine = self.vm.refresh().await.map_err(unknown)?;
        let effect = if machine.is_doing(VmActivity::DELETING_SNAPSHOT) {
            Effect::Unknown
        } else if settled.destroyed.is_empty() {
            Effect::None
        } else {
            Effect::Applied
        };
        Err(self.error(ErrorKind::JobVanished { destroyed: settled.destroyed }, effect))
    }

    /// Follows the merge to its end or to the deadline.
    pub(super) async fn watch_merge(
        &self,
        since: Duration,
        deadline: Option<Duration>,
        progress: &mut impl FnMut(&Progress),
    ) -> Result<MergeState, Error> {
        let clock = &self.vm.client.0.clock;
        let mut watch = MergeWatch::new(since);
        let mut poller = Poller::new(deadline);
        loop {
            let machine = self.vm.refresh().await?;
            let mut step = watch.vm(clock.now(), &machine);
            if step == MergeStep::CheckJobs {
                step = watch.jobs(&self.merge_jobs().await);
            }
            let (percent, state) = match step {
                MergeStep::Over(MergeState::Finished) => (100, "merged".to_owned()),
                MergeStep::Over(MergeState::Failed) => (0, "merge failed".to_owned()),
                MergeStep::Over(_) => (100, "no merge".to_owned()),
                _ => (0, machine.activity().map_or("waiting for a merge".to_owned(), |a| a.to_string())),
            };
            progress(&Progress { phase: Phase::Merge, percent, state });
            if let MergeStep::Over(state) = step {
                return Ok(state);
            }
            match poller.next(clock.now()) {
                Pace::After(pause) => clock.sleep(pause).await,
                Pace::Expired => return Ok(watch.state()),
            }
        }
    }

    /// The live jobs that affect the machine, of both job classes.
    ///
    /// Not every host has both (a cluster's namespace lacks storage jobs), and some do not take the query; the machine's own
    /// status has been looked at already, so what cannot be asked here is left out.
    async fn merge_jobs(&self) -> Vec<JobRecord> {
        let inner = &self.vm.client.0;
        let mut jobs = Vec::new();
        for (name, link) in
            [(CONCRETE_JOB, AFFECTED_JOB_ELEMENT), (STORAGE_JOB, AFFECTED_STORAGE_JOB_ELEMENT)]
        {
            let Ok(query) = self.jobs_query(name, link) else { continue };
            let take = || objects(|instance| JobRecord::from_instance(&instance));
            match inner.collect("looking for merge jobs", &query, take).await {
                Ok(found) => jobs.extend(found),
                Err(error) => tracing::debug!(cause = %error.kind(), "merge jobs of {name} cannot be listed"),
            }
        }
        jobs
    }

    /// The jobs of the class `job` that the association `link` ties to the machine.
    fn jobs_query(&self, job: &'static str, link: &'static str) -> Result<Wql, Error> {
        let name = |text: &'static str| class(text);
        let keys = [(name("CreationClassName")?, COMPUTER_SYSTEM), (name("Name")?, self.vm.id())];
        Ok(Wql::associators(&class(COMPUTER_SYSTEM)?, &keys, class(link)?, class(job)?))
    }
}
