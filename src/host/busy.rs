//! One operation per VM at a time: a lock between local processes, and a check of the VM for operations of others.
//!
//! It never breaks a lock and never cancels what others have started; it waits for as long as it was told to, or refuses.

use std::time::Duration;

use crate::{
    clock::Clock,
    host::{
        Error, ErrorKind, Host, Inner, Vm,
        journal::{JournalErrorKind, OperationId, VmLock},
    },
    hyperv::{Pace, Poller, VmActivity, VmRecord},
};

/// What to do if the VM is busy with something that conflicts with an operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnBusy {
    /// Refuse at once.
    #[default]
    Fail,
    /// Wait until it is not.
    Wait {
        /// For how long at most; `None` for no limit.
        at_most: Option<Duration>,
    },
    /// Send the call anyway, unless a snapshot is being deleted: for a VM that reports "backing up" for ever. The journal
    /// records what the VM was busy with.
    Proceed,
}

/// The waiting time of one operation, shared by everything that it has to wait for.
#[derive(Debug)]
pub(super) struct LockWait {
    deadline: Option<Duration>,
    poller: Option<Poller>,
}

impl LockWait {
    pub(super) fn new(on_busy: OnBusy, inner: &Inner) -> Self {
        match on_busy {
            OnBusy::Fail | OnBusy::Proceed => Self { deadline: None, poller: None },
            OnBusy::Wait { at_most } => {
                let asked = at_most.map(|at_most| inner.clock().now().saturating_add(at_most));
                let deadline = inner.client().wait_until(asked);
                Self { deadline, poller: Some(Poller::new(deadline)) }
            }
        }
    }

    /// True if waiting is allowed at all.
    pub(super) fn waits(&self) -> bool {
        self.poller.is_some()
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    /// Waits for one interval; false if waiting is not allowed, or not any longer.
    async fn next(&mut self, clock: &dyn Clock) -> bool {
        match self.poller.as_mut().map(|poller| poller.next(clock.now())) {
            Some(Pace::After(pause)) => {
                clock.sleep(pause).await;
                true
            }
            _ => false,
        }
    }
}

impl Host {
    /// Locks the VM among the processes that share the journal; without a journal there is no lock.
    pub(super) async fn lock_vm(
        &self,
        vm_id: &str,
        operation: OperationId,
        wait: &mut LockWait,
        during: &str,
    ) -> Result<Option<Box<dyn VmLock>>, Error> {
        let Some(journal) = &self.0.journal else { return Ok(None) };
        loop {
            let error = match journal.lock(vm_id, operation) {
                Ok(lock) => return Ok(Some(lock)),
                Err(error) => error,
            };
            let kind = match error.kind() {
                JournalErrorKind::Busy(holder) if wait.next(self.0.clock()).await => {
                    tracing::debug!(%holder, "waiting for the VM");
                    continue;
                }
                JournalErrorKind::Busy(holder) => ErrorKind::Locked(*holder),
                _ => error.into(),
            };
            return Err(Error::before(kind, during));
        }
    }
}

impl Vm {
    /// Returns once the VM is not busy: one request, or none if the VM was just seen idle. Returns what the VM is busy with if the
    /// user chose to proceed anyway.
    pub(super) async fn when_idle(
        &self,
        wait: &mut LockWait,
        during: &str,
    ) -> Result<Option<VmActivity>, Error> {
        let inner = &self.host.0;
        if inner.cache.is_idle(self.id(), inner.clock().now()) {
            return Ok(None);
        }
        let busy = |activity, job| Error::before(ErrorKind::Busy { activity, job }, during);
        let mut seen = None;
        loop {
            let vm = match (self.refresh().await, seen) {
                // The last activity seen says more than that the deadline has passed.
                (Err(error), Some(activity)) if error.is_past_deadline() => return Err(busy(activity, None)),
                (read, _) => read?,
            };
            let Some(activity) = conflicting_activity(&vm) else {
                return Ok(None);
            };
            if inner.on_busy == OnBusy::Proceed && activity != VmActivity::DELETING_SNAPSHOT {
                return Ok(Some(activity));
            }
            seen = Some(activity);
            if !wait.next(inner.clock()).await {
                // The conflicting job is only a hint.
                let jobs = self.jobs().await.unwrap_or_else(|error| {
                    tracing::warn!(cause = %error.kind(), "the conflicting job cannot be named");
                    Vec::new()
                });
                let live = jobs.into_iter().find(|job| !job.has_ended());
                return Err(busy(activity, live.map(Box::new)));
            }
        }
    }
}

/// Whether nothing conflicts with an operation.
pub(super) fn is_idle(vm: &VmRecord) -> bool {
    conflicting_activity(vm).is_none()
}

/// Any activity but waiting to start: the host refuses a snapshot operation during it, or may refuse it.
fn conflicting_activity(vm: &VmRecord) -> Option<VmActivity> {
    vm.activity().filter(|activity| *activity != VmActivity::WAITING_TO_START)
}
