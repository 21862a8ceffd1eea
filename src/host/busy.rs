//! One at a time: the lock of a VM among processes here, and a look at the VM for those elsewhere.
//!
//! It never breaks a lock and never cancels what somebody else has begun; it waits, as long as it was told to, or refuses.

use std::time::Duration;

use crate::{
    clock::Clock,
    host::{
        Error, ErrorKind, Host, Inner, Vm,
        journal::{JournalErrorKind, OperationId, VmLock},
    },
    hyperv::{Pace, Poller, VmActivity, VmRecord},
};

/// What to do where a VM is busy with something that a destroy would get in the way of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnBusy {
    /// Refuse at once.
    #[default]
    Fail,
    /// Wait until it is not.
    Wait {
        /// For how long at most; `None` for as long as it takes.
        at_most: Option<Duration>,
    },
    /// Send the call all the same, unless a snapshot is being deleted: for a VM that shows "backing up" for ever. The journal
    /// holds what it was busy with.
    Proceed,
}

/// Standing in line, for all that one operation may have to wait for.
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

    /// True if it may be waited at all.
    pub(super) fn waits(&self) -> bool {
        self.poller.is_some()
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    /// Waits a while; false if it is not to be waited (any longer).
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
    /// Takes the VM among the processes that share the journal; without one there is nothing to take.
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
    /// Comes back once the VM is not busy: one request if it is not, and none if that has just been seen. Where the user wants to
    /// proceed in spite of it, with what it is busy with.
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
                // What was seen last says more than that the time is over.
                (Err(error), Some(activity)) if error.is_past_deadline() => return Err(busy(activity, None)),
                (read, _) => read?,
            };
            let Some(activity) = in_the_way(&vm) else {
                return Ok(None);
            };
            if inner.on_busy == OnBusy::Proceed && activity != VmActivity::DELETING_SNAPSHOT {
                return Ok(Some(activity));
            }
            seen = Some(activity);
            if !wait.next(inner.clock()).await {
                // The job in the way is a help, not a need.
                let jobs = self.jobs().await.unwrap_or_else(|error| {
                    tracing::warn!(cause = %error.kind(), "the job in the way cannot be named");
                    Vec::new()
                });
                let live = jobs.into_iter().find(|job| !job.has_ended());
                return Err(busy(activity, live.map(Box::new)));
            }
        }
    }
}

/// Whether nothing is in the way of a destroy.
pub(super) fn is_idle(vm: &VmRecord) -> bool {
    in_the_way(vm).is_none()
}

/// All but waiting for its start: a host refuses a snapshot operation during any of them, or may.
fn in_the_way(vm: &VmRecord) -> Option<VmActivity> {
    vm.activity().filter(|activity| *activity != VmActivity::WAITING_TO_START)
}
