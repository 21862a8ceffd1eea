//! The jobs that affect a VM.
//!
//! Read-only. If the jobs cannot be listed, that is an error, never an empty list.

use crate::{
    cim::{Instance, Namespace, Wql},
    client::{ClientError, objects_of},
    codes::Category,
    host::{
        Error, Vm,
        reads::{class, log_unreadable},
    },
    hyperv::JobRecord,
    schema::names::{
        AFFECTED_JOB_ELEMENT, AFFECTED_STORAGE_JOB_ELEMENT, COMPUTER_SYSTEM, CONCRETE_JOB, STORAGE_JOB,
    },
    violation::{ProtocolError, Violation},
    wsman::EndpointReference,
};

impl Vm {
    /// The jobs that affect the VM, of both job classes, for as long as the host keeps them.
    ///
    /// # Errors
    /// If the jobs of the services cannot be listed: that is not the same as none. Storage jobs that cannot be listed are
    /// left out, which is logged; [`storage_jobs`](Self::storage_jobs) returns that error.
    pub(super) async fn jobs(&self) -> Result<Vec<JobRecord>, Error> {
        let mut jobs = self.concrete_jobs().await?;
        match self.storage_jobs().await {
            Ok(found) => jobs.extend(found),
            Err(error) => tracing::warn!(cause = %error.kind(), "storage jobs cannot be listed"),
        }
        Ok(jobs)
    }

    /// The jobs of the services that affect the VM.
    ///
    /// # Errors
    /// If they cannot be listed.
    pub(super) async fn concrete_jobs(&self) -> Result<Vec<JobRecord>, Error> {
        self.jobs_of(CONCRETE_JOB, AFFECTED_JOB_ELEMENT).await
    }

    /// The storage jobs that affect the VM; empty if the namespace has no such class, like that of a cluster.
    ///
    /// # Errors
    /// If they cannot be listed.
    pub(super) async fn storage_jobs(&self) -> Result<Vec<JobRecord>, Error> {
        if *self.host.cim().name() == Namespace::cluster() {
            return Ok(Vec::new());
        }
        match self.jobs_of(STORAGE_JOB, AFFECTED_STORAGE_JOB_ELEMENT).await {
            Err(error) if error.is_unknown_class() => Ok(Vec::new()),
            jobs => jobs,
        }
    }

    /// The jobs of class `job` that the association `link` ties to the VM: by an association query, or through the instances of
    /// `link` if the host does not support that.
    async fn jobs_of(&self, job: &'static str, link: &'static str) -> Result<Vec<JobRecord>, Error> {
        let query = self.jobs_query(job, link)?;
        let take = || objects_of(job, |instance| JobRecord::from_instance(&instance).map(Some));
        let jobs: Vec<JobRecord> =
            match self.host.cim().collect(DURING, &query, take).await.map_err(Error::from) {
                Err(error) if is_not_taken(&error) => {
                    tracing::debug!(cause = %error.kind(), "no query by {link}: its instances are listed");
                    self.linked_jobs(job, link).await?
                }
                jobs => jobs?,
            };
        log_unreadable("a job", jobs.iter().flat_map(|job| &job.unreadable));
        Ok(jobs)
    }

    /// The same through all instances of the association, following those of the VM.
    async fn linked_jobs(&self, job: &'static str, link: &'static str) -> Result<Vec<JobRecord>, Error> {
        let inner = &self.host.0;
        let take = || objects_of(link, |instance| ends(&instance).map(Some));
        let mut jobs = Vec::new();
        for (element, reference) in inner.cim.collect(DURING, &Wql::all(class(link)?), take).await? {
            let is_ours = element.selectors.text("Name").is_some_and(|id| id.eq_ignore_ascii_case(self.id()));
            if !is_ours || !reference.resource_uri.last_segment().eq_ignore_ascii_case(job) {
                continue;
            }
            match inner.job(&reference).await {
                Ok(record) => jobs.push(record),
                // Deleted since the listing; os-win skips such a link too.
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(jobs)
    }

    fn jobs_query(&self, job: &'static str, link: &'static str) -> Result<Wql, Error> {
        let name = |text: &'static str| class(text);
        let keys = [(name("CreationClassName")?, COMPUTER_SYSTEM), (name("Name")?, self.id())];
        Ok(Wql::associators(&class(COMPUTER_SYSTEM)?, &keys, class(link)?, class(job)?))
    }
}

const DURING: &str = "looking for jobs of the VM";

/// The two ends of a link: the element, and the job that affects it.
pub(super) fn ends(link: &Instance<'_>) -> Result<(EndpointReference, EndpointReference), ProtocolError> {
    let end = |name: &str| match link.read::<EndpointReference>(name) {
        Ok(Some(reference)) => Ok(reference),
        Ok(None) => {
            Err(ProtocolError::new(Violation::BadReference, format!("{}.{name} is missing", link.class())))
        }
        Err(error) => Err(ProtocolError::new(Violation::BadReference, error.to_string())),
    };
    Ok((end("AffectedElement")?, end("AffectingElement")?))
}

/// Whether the host does not support a query of this kind, or does not know a name in it.
fn is_not_taken(error: &Error) -> bool {
    error.is_unknown_class()
        || matches!(
            error.client().and_then(ClientError::fault_category),
            Some(Category::Unsupported | Category::NotUnderstood)
        )
}
