//! Records one operation while it runs, and holds the lock of its VM.
//!
//! After the intent, a failing journal never fails the operation: the failure is kept, and reported with the outcome and by the
//! client, however the operation ends.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use crate::host::{
    Host, Outcome,
    journal::{
        Answer, ConcludedBy, Conclusion, Intent, Journal, JournalError, JournalTrouble, Operation,
        OperationId, VmLock,
    },
};

/// Writes one operation to the journal, if there is one.
pub(in crate::host) struct Recorder {
    id: OperationId,
    host: Host,
    trouble: Mutex<Vec<Arc<JournalError>>>,
    /// Released with the operation.
    _lock: Option<Box<dyn VmLock>>,
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Recorder {
    pub(in crate::host) fn new(host: &Host, id: OperationId, lock: Option<Box<dyn VmLock>>) -> Self {
        Self { id, host: host.clone(), trouble: Mutex::default(), _lock: lock }
    }

    pub(in crate::host) fn id(&self) -> OperationId {
        self.id
    }

    /// Records the intent; if this fails, the operation does not run.
    pub(in crate::host) fn begin(&self, intent: &Intent) -> Result<(), JournalError> {
        self.host.0.journal.as_ref().map_or(Ok(()), |journal| journal.begin(intent))
    }

    pub(in crate::host) fn answered(&self, answer: &Answer) {
        self.keep(|journal| journal.answered(self.id, answer));
    }

    /// Records an outcome whose status is final.
    pub(in crate::host) fn concluded(&self, by: ConcludedBy, outcome: &Outcome) {
        if outcome.status.is_final() {
            let conclusion =
                Conclusion { time: self.host.0.client().timestamp(), by, outcome: outcome.clone() };
            self.keep(|journal| journal.concluded(self.id, &conclusion));
        }
    }

    /// The operation as it is recorded now.
    pub(in crate::host) fn operation(&self) -> Option<Operation> {
        self.host.0.journal.as_ref().and_then(|journal| journal.read(self.id).ok().flatten())
    }

    /// What could not be recorded.
    pub(in crate::host) fn trouble(&self) -> Vec<Arc<JournalError>> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, write: impl FnOnce(&dyn Journal) -> Result<(), JournalError>) {
        let Some(journal) = self.host.0.journal.as_ref() else { return };
        if let Err(error) = write(journal.as_ref()) {
            tracing::warn!(operation = %self.id, cause = %error, "the journal was not written");
            let error = Arc::new(error);
            self.host.0.trouble.add(JournalTrouble::NotWritten(Arc::clone(&error)));
            self.trouble.lock().unwrap_or_else(PoisonError::into_inner).push(error);
        }
    }
}
