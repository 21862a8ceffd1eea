//! The jobs that affect a VM.
//!
//! Reads only.

use crate::{
    cim::Wql,
    client::{
        Error, Vm,
        enumeration::{class, objects},
    },
    hyperv::{
        JobRecord,
        schema::names::{
            AFFECTED_JOB_ELEMENT, AFFECTED_STORAGE_JOB_ELEMENT, COMPUTER_SYSTEM, CONCRETE_JOB, STORAGE_JOB,
        },
    },
};

impl Vm {
    /// The jobs that affect the VM, of both job classes, for as long as the host keeps them.
    ///
    /// # Errors
    /// If the jobs of `Msvm_ConcreteJob` cannot be listed. Not every host has storage jobs (a cluster's namespace lacks them), so
    /// what is told of them besides is left out where it cannot be had.
    pub(super) async fn jobs(&self) -> Result<Vec<JobRecord>, Error> {
        let inner = &self.client.0;
        let take = || objects(|instance| JobRecord::from_instance(&instance));
        let query = self.jobs_query(CONCRETE_JOB, AFFECTED_JOB_ELEMENT)?;
        let mut jobs = inner.collect("looking for jobs of the VM", &query, take).await?;
        let query = self.jobs_query(STORAGE_JOB, AFFECTED_STORAGE_JOB_ELEMENT)?;
        match inner.collect("looking for storage jobs of the VM", &query, take).await {
            Ok(found) => jobs.extend(found),
            Err(error) => tracing::debug!(cause = %error.kind(), "storage jobs cannot be listed"),
        }
        Ok(jobs)
    }

    /// The jobs of the class `job` that the association `link` ties to the machine.
    fn jobs_query(&self, job: &'static str, link: &'static str) -> Result<Wql, Error> {
        let name = |text: &'static str| class(text);
        let keys = [(name("CreationClassName")?, COMPUTER_SYSTEM), (name("Name")?, self.id())];
        Ok(Wql::associators(&class(COMPUTER_SYSTEM)?, &keys, class(link)?, class(job)?))
    }
}
