//! Resumes an operation whose end was not seen: by its job, the VM, and the tree.
//!
//! Read-only: it waits while the host is working, and never calls a method that changes anything. A final status goes into the
//! journal; a status that is final there is returned without asking the host.

use std::{sync::Arc, time::Duration};

use tracing::{Instrument as _, info};

use crate::{
    host::{
        Error, ErrorKind, Host, OnBusy, Outcome, Progress, Until, Vm, Wait,
        busy::LockWait,
        cluster::is_same_node,
        journal::{ConcludedBy, Intent, JournalError, JournalTrouble, Operation, recorder::Recorder},
        operation::engine::{Following, Waits},
        trace,
    },
    schema::names::SYSTEM_NAME,
};

/// An operation and its recovered outcome.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Resumption {
    /// The operation as recorded now.
    pub operation: Operation,
    /// Its outcome.
    pub outcome: Outcome,
    /// What could not be recorded in the journal.
    pub journal_trouble: Vec<Arc<JournalError>>,
}

impl Resumption {
    /// The recorded outcome, if waiting as deep as `until` would add nothing.
    pub fn written(operation: &Operation, until: Until) -> Option<Self> {
        let outcome = operation.final_outcome()?;
        (!is_merge_open(outcome, until)).then(|| Self {
            operation: operation.clone(),
            outcome: outcome.clone(),
            journal_trouble: Vec::new(),
        })
    }
}

/// Whether the state of the merge is still open.
fn is_merge_open(outcome: &Outcome, until: Until) -> bool {
    Outcome { until: until.max(outcome.until), ..outcome.clone() }.is_merge_open() && until == Until::Merged
}

impl Host {
    /// Determines the outcome of an operation, waiting for the end of its job; see [`resume_waiting`](Self::resume_waiting).
    ///
    /// # Errors
    /// As [`resume_waiting`](Self::resume_waiting).
    pub async fn resume(&self, operation: &Operation) -> Result<Resumption, Error> {
        self.resume_waiting(operation, Until::JobEnded, |_| {}).await
    }

    /// Determines the outcome of an operation: waits as deep and as long as `wait` says, and changes nothing on the host.
    ///
    /// A final status goes into the journal; if the journal holds one already, that is returned. A call without a known answer
    /// may still be under way, so its snapshot counts as kept only after as long as the answer would have been waited
    /// for. Until then, and while the host is working on it, the status is not final if `wait` does not allow waiting.
    ///
    /// # Errors
    /// [`ErrorKind::OtherNamespace`] if it was not sent in this client's namespace; [`ErrorKind::OtherHost`] if it was sent to
    /// another address than this client's, and its VM is not visible here, or as a replica only; [`ErrorKind::Locked`] if a process still runs it;
    /// any other if the host cannot be read. In each case the record stays as it is, and the error has the effect that it tells.
    pub async fn resume_waiting(
        &self,
        operation: &Operation,
        wait: impl Into<Wait>,
        progress: impl FnMut(&Progress),
    ) -> Result<Resumption, Error> {
        let wait = wait.into();
        let deadline = wait.deadline(self.0.client());
        let span = trace::operation(self, &operation.intent.vm_id, operation.id());
        let resumed = self.resume_until(operation, wait.depth(), deadline, progress).instrument(span).await;
        resumed.map_err(|error| error.with_effect(operation.effect()))
    }

    async fn resume_until(
        &self,
        operation: &Operation,
        until: Until,
        deadline: Option<Duration>,
        mut progress: impl FnMut(&Progress),
    ) -> Result<Resumption, Error> {
        let intent = &operation.intent;
        let during = format!("recovering the operation {}", intent.id);
        let refuse = |kind| Error::before(kind, during.as_str());
        if intent.namespace != *self.0.cim.name() {
            return Err(refuse(ErrorKind::OtherNamespace(intent.namespace.clone())));
        }
        // Another name of this host, or another host: if the VM is not here, this host says nothing about the operation.
        if !self.is_of(&intent.endpoint) {
            let is_here = self.0.vm_record(&intent.vm_id).await?.is_some();
            let is_other =
                is_here && self.0.is_replica(&intent.vm_id).await? && !self.is_host_of(intent).await?;
            if !is_here || is_other {
                return Err(refuse(ErrorKind::OtherHost(intent.endpoint.clone())));
            }
        }
        // Without the lock, the process that runs it might send the call between our reading and our verdict.
        let mut wait = LockWait::new(self.0.on_busy, &self.0);
        let lock = self.lock_vm(&intent.vm_id, intent.id, &mut wait, &during).await?;
        let record = Recorder::new(self, intent.id, lock);
        let operation = match &self.0.journal {
            Some(journal) => {
                let written = journal.read(intent.id).map_err(|error| refuse(ErrorKind::Journal(error)))?;
                written.unwrap_or_else(|| operation.clone())
            }
            None => operation.clone(),
        };
        let waits = if until == Until::Accepted { Waits::ForReadings } else { Waits::ForTheHost };
        let following = Following { host: self, operation: &operation, until, waits, deadline };
        let resumed = following.resume(&record, &mut progress).await;
        info!(status = %resumed.outcome.status, merge = %resumed.outcome.merge.state, "resumed");
        Ok(resumed)
    }

    /// Whether an operation was sent to this client's endpoint, or through the same address of the cluster.
    fn is_of(&self, endpoint: &str) -> bool {
        let addresses = [self.endpoint(), self.reached_at()];
        addresses.iter().any(|address| address.to_string().eq_ignore_ascii_case(endpoint))
    }

    /// The same, or to this host by another name, recognized by the host's own `SystemName`. Several hosts may have a VM with the
    /// same GUID: a replica, or a copy.
    async fn is_host_of(&self, intent: &Intent) -> Result<bool, Error> {
        if self.is_of(&intent.endpoint) {
            return Ok(true);
        }
        let Some(recorded) = &intent.system else { return Ok(false) };
        let here = self.0.service().await?.text(SYSTEM_NAME);
        if here.is_some_and(|here| here.eq_ignore_ascii_case(recorded)) {
            return Ok(true);
        }
        // The VM of a cluster takes its snapshots along to another node.
        let Some(cluster) = self.cluster() else { return Ok(false) };
        Ok(cluster.nodes().await?.iter().any(|node| is_same_node(node, recorded)))
    }
}

impl Following<'_> {
    /// Follows the operation and records what is final; if the status was final before, only the merge.
    async fn resume(&self, record: &Recorder, progress: &mut impl FnMut(&Progress)) -> Resumption {
        let keep = |outcome: &Outcome| record.concluded(ConcludedBy::Resume, outcome);
        let outcome = match self.operation.final_outcome() {
            Some(written) => {
                let mut outcome = written.clone();
                if is_merge_open(written, self.until) {
                    outcome.until = self.until;
                    outcome.merge = self.merge(None, written, progress).await;
                    keep(&outcome);
                }
                outcome
            }
            None => {
                let followed = self.follow(|_| {}, progress).await;
                self.finish(followed, keep, progress).await.outcome
            }
        };
        let operation = record.operation().unwrap_or_else(|| self.operation.clone());
        Resumption { operation, outcome, journal_trouble: record.trouble() }
    }
}

impl Vm {
    /// Recovers earlier operations on this VM that are open in this journal, whatever name of the host they were sent to.
    ///
    /// It reads and never waits; [`begin`](Self::begin) does the same before it reads the tree. Records that cannot be read are
    /// skipped and reported by [`Host::journal_trouble`]: it is unknown whether they belong to this VM.
    ///
    /// # Errors
    /// [`ErrorKind::OpenElsewhere`] if one is open in another namespace or at another host; and as [`Host::resume_waiting`].
    pub async fn recover_earlier(&self) -> Result<Vec<Resumption>, Error> {
        let during = format!("resolving the earlier operations on {:?}", self.name());
        // Nothing is open, or nothing that can be judged now because another process has locked the VM.
        let is_open = |operation: &&Operation| !operation.is_concluded();
        let Some(first) = self.written(&during).await?.iter().find(is_open).map(Operation::id) else {
            return Ok(Vec::new());
        };
        let mut wait = LockWait::new(OnBusy::Fail, &self.host.0);
        let _lock = self.host.lock_vm(self.id(), first, &mut wait, &during).await?;
        self.recover_open(&wait, &during).await
    }

    /// The same for the holder of the VM's lock; waits if `wait` allows it.
    pub(super) async fn recover_open(&self, wait: &LockWait, during: &str) -> Result<Vec<Resumption>, Error> {
        let mut recovered = Vec::new();
        let inner = &self.host.0;
        for operation in self.written(during).await? {
            // Another process may have worked on the VM, so earlier readings are outdated.
            inner.cache.outdated(self.id(), inner.client().moment_of(operation.last_written()));
            if operation.is_concluded() {
                continue;
            }
            inner.cache.changed(self.id());
            let waits = if wait.waits() { Waits::ForTheHost } else { Waits::ForReadings };
            let following = Following {
                host: &self.host,
                operation: &operation,
                until: Until::JobEnded,
                waits,
                deadline: inner.client().wait_until(wait.deadline()),
            };
            let record = Recorder::new(&self.host, operation.id(), None);
            recovered.push(following.resume(&record, &mut |_| {}).await);
        }
        Ok(recovered)
    }

    /// The journal's operations on this VM, whatever name of the host they were sent to.
    ///
    /// If one is open about which this host's tree, in this namespace, says nothing, that is an error: no operation may begin.
    async fn written(&self, during: &str) -> Result<Vec<Operation>, Error> {
        let inner = &self.host.0;
        let Some(journal) = &inner.journal else { return Ok(Vec::new()) };
        let listed = journal.list().map_err(|error| Error::before(ErrorKind::Journal(error), during))?;
        let mut written = Vec::new();
        for operation in listed {
            match operation {
                Ok(operation) => written.push(operation),
                Err(error) => inner.trouble.add(JournalTrouble::NotRead(Arc::new(error))),
            }
        }
        written.retain(|operation| operation.intent.vm_id.eq_ignore_ascii_case(self.id()));
        for open in written.iter().filter(|operation| !operation.is_concluded()) {
            if open.intent.namespace != *inner.cim.name() || !self.host.is_host_of(&open.intent).await? {
                return Err(Error::before(ErrorKind::OpenElsewhere(Box::new(open.clone())), during));
            }
        }
        Ok(written)
    }
}
