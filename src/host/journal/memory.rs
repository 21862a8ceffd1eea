//! A journal that lasts as long as the process: for programs that keep their own records, and for tests.
//!
//! It never touches a disk, so after a crash it is empty. Its locks exclude only those who share it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::host::journal::{
    Answer, Closing, Conclusion, Holder, Intent, Journal, JournalError, JournalErrorKind, Operation,
    OperationId, VmLock,
};

const PLACE: &str = "the journal in memory";

/// A journal in memory; clones share it.
#[derive(Clone, Debug, Default)]
pub struct MemoryJournal(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    operations: Vec<Operation>,
    taken: BTreeMap<String, OperationId>,
}

impl MemoryJournal {
    /// An empty journal.
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(
        &self,
        id: OperationId,
        change: impl FnOnce(&mut Operation) -> T,
    ) -> Result<T, JournalError> {
        match self.state().operations.iter_mut().find(|operation| operation.id() == id) {
            Some(operation) => Ok(change(operation)),
            None => Err(JournalError::new(JournalErrorKind::UnknownOperation(id), PLACE)),
        }
    }
}

impl Journal for MemoryJournal {
    fn begin(&self, intent: &Intent) -> Result<(), JournalError> {
        let mut state = self.state();
        if state.operations.iter().any(|operation| operation.id() == intent.id) {
            return Err(JournalError::new(JournalErrorKind::KnownOperation(intent.id), PLACE));
        }
        state.operations.push(Operation::begun(intent.clone()));
        Ok(())
    }

    fn answered(&self, id: OperationId, answer: &Answer) -> Result<(), JournalError> {
        self.change(id, |operation| operation.answer = Some(answer.clone()))
    }

    fn concluded(&self, id: OperationId, conclusion: &Conclusion) -> Result<(), JournalError> {
        self.change(id, |operation| {
            operation.conclusion = Some(conclusion.after(operation.conclusion.as_ref()));
        })
    }

    fn closed(&self, id: OperationId, closing: &Closing) -> Result<(), JournalError> {
        self.change(id, |operation| {
            if !operation.is_open() {
                return Err(JournalError::new(JournalErrorKind::NotOpen(id), PLACE));
            }
            operation.close(closing);
            Ok(())
        })?
    }

    fn read(&self, id: OperationId) -> Result<Option<Operation>, JournalError> {
        Ok(self.state().operations.iter().find(|operation| operation.id() == id).cloned())
    }

    fn list(&self) -> Result<Vec<Result<Operation, JournalError>>, JournalError> {
        Ok(self.state().operations.iter().cloned().map(Ok).collect())
    }

    fn lock(&self, vm_id: &str, operation: OperationId) -> Result<Box<dyn VmLock>, JournalError> {
        let vm = vm_id.to_ascii_lowercase();
        let mut state = self.state();
        if let Some(other) = state.taken.get(&vm) {
            let holder = Holder::new(Some(std::process::id()), Some(*other));
            return Err(JournalError::new(JournalErrorKind::Busy(holder), PLACE));
        }
        state.taken.insert(vm.clone(), operation);
        Ok(Box::new(Taken { journal: self.clone(), vm }))
    }
}

#[derive(Debug)]
struct Taken {
    journal: MemoryJournal,
    vm: String,
}

impl VmLock for Taken {}

impl Drop for Taken {
    fn drop(&mut self) {
        self.journal.state().taken.remove(&self.vm);
    }
}
