//! Writes one operation down while it is carried out, and holds its machine.
//!
//! After the intent, a journal that fails never fails the operation: the failure is kept, to be told beside the outcome, and by
//! the client, whatever becomes of the operation.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use crate::client::{
    Client, Outcome,
    journal::{
        Answer, Conclusion, Intent, Journal, JournalError, JournalTrouble, Operation, OperationId, Settler,
        VmLock,
    },
};

/// What one operation leaves in the journal, if there is one.
pub(in crate::client) struct Recorder {
    id: OperationId,
    client: Client,
    trouble: Mutex<Vec<Arc<JournalError>>>,
    /// Given back with the operation.
    _lock: Option<Box<dyn VmLock>>,
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Recorder {
    pub(in crate::client) fn new(client: &Client, id: OperationId, lock: Option<Box<dyn VmLock>>) -> Self {
        Self { id, client: client.clone(), trouble: Mutex::default(), _lock: lock }
    }

    pub(in crate::client) fn id(&self) -> OperationId {
        self.id
    }

    /// The intent; what cannot be written down is not done.
    pub(in crate::client) fn begin(&self, intent: &Intent) -> Result<(), JournalError> {
        self.client.journal().map_or(Ok(()), |journal| journal.begin(intent))
    }

    pub(in crate::client) fn answered(&self, answer: &Answer) {
        self.keep(|journal| journal.answered(self.id, answer));
    }

    /// Keeps an outcome whose status is final.
    pub(in crate::client) fn settled(&self, by: Settler, outcome: &Outcome) {
        if outcome.word.is_final() {
            let conclusion = Conclusion { time: self.client.0.timestamp(), by, outcome: outcome.clone() };
            self.keep(|journal| journal.concluded(self.id, &conclusion));
        }
    }

    /// The operation as it is written down now.
    pub(in crate::client) fn operation(&self) -> Option<Operation> {
        self.client.journal().and_then(|journal| journal.read(self.id).ok().flatten())
    }

    /// What could not be written down.
    pub(in crate::client) fn trouble(&self) -> Vec<Arc<JournalError>> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, write: impl FnOnce(&dyn Journal) -> Result<(), JournalError>) {
        let Some(journal) = self.client.journal() else { return };
        if let Err(error) = write(journal.as_ref()) {
            tracing::warn!(operation = %self.id, cause = %error, "the journal was not written");
            let error = Arc::new(error);
            self.client.0.trouble.add(JournalTrouble::NotWritten(Arc::clone(&error)));
            self.trouble.lock().unwrap_or_else(PoisonError::into_inner).push(error);
        }
    }
}
