//! What a machine is at: the jobs that affect it, and the merge of its disks, followed to its end.
//!
//! Reads only. A job that cannot be asked for is left out; the machine's own status is always looked at as well.

use std::time::Duration;

use crate::{
    cim::Wql,
    client::{
        Error, Phase, Progress, Vm,
        enumeration::{class, objects},
        retry::patiently,
    },
    hyperv::{
        JobRecord, MergeState, MergeStep, MergeWatch, Pace, Poller,
        schema::names::{
            AFFECTED_JOB_ELEMENT, AFFECTED_STORAGE_JOB_ELEMENT, COMPUTER_SYSTEM, CONCRETE_JOB, STORAGE_JOB,
        },
    },
};

impl Vm {
    /// Follows the merge to its end or to the deadline.
    pub(super) async fn watch_merge(
        &self,
        since: Duration,
        deadline: Option<Duration>,
        progress: &mut impl FnMut(&Progress),
    ) -> Result<MergeState, Error> {
        let clock = &self.client.0.clock;
        let mut watch = MergeWatch::new(since);
        let mut poller = Poller::new(deadline);
        loop {
            let machine = patiently(&self.client.0, deadline, || self.refresh()).await?;
            let mut step = watch.vm(clock.now(), &machine);
            if step == MergeStep::CheckJobs {
                step = watch.jobs(&self.jobs().await);
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

    /// The jobs that affect the machine, of both job classes, for as long as the host keeps them.
    ///
    /// Not every host has both (a cluster's namespace lacks storage jobs), and some do not take the query; the machine's own
    /// status has been looked at already, so what cannot be asked here is left out.
    pub(super) async fn jobs(&self) -> Vec<JobRecord> {
        let inner = &self.client.0;
        let mut jobs = Vec::new();
        for (name, link) in
            [(CONCRETE_JOB, AFFECTED_JOB_ELEMENT), (STORAGE_JOB, AFFECTED_STORAGE_JOB_ELEMENT)]
        {
            let Ok(query) = self.jobs_query(name, link) else { continue };
            let take = || objects(|instance| JobRecord::from_instance(&instance));
            match inner.collect("looking for jobs of the machine", &query, take).await {
                Ok(found) => jobs.extend(found),
                Err(error) => tracing::debug!(cause = %error.kind(), "jobs of {name} cannot be listed"),
            }
        }
        jobs
    }

    /// The jobs of the class `job` that the association `link` ties to the machine.
    fn jobs_query(&self, job: &'static str, link: &'static str) -> Result<Wql, Error> {
        let name = |text: &'static str| class(text);
        let keys = [(name("CreationClassName")?, COMPUTER_SYSTEM), (name("Name")?, self.id())];
        Ok(Wql::associators(&class(COMPUTER_SYSTEM)?, &keys, class(link)?, class(job)?))
    }
}
