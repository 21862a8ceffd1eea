//! The journal: what an operation is about to do to a host, the host's answer, and the outcome.
//!
//! The intent is written and durable before the call is sent, so that an operation can be recovered whenever the process ends.
//! The journal never holds a secret and never judges an outcome: `operation/reconcile` does.

mod error;
#[cfg(feature = "journal")]
mod file;
#[cfg(feature = "journal")]
pub(crate) mod format;
mod memory;
mod operation;
pub(super) mod recorder;
pub(super) mod trouble;
#[cfg(feature = "journal")]
mod unique;

use std::fmt;

pub use error::{Holder, JournalError, JournalErrorKind};
#[cfg(feature = "journal")]
pub use file::FileJournal;
pub use memory::MemoryJournal;
pub use operation::{
    Answer, Closing, ConcludedBy, Conclusion, Intent, Operation, OperationId, OperationIdError, Reply, Status,
};
pub use trouble::JournalTrouble;

pub use crate::hyperv::SnapshotName;

/// Records the operations that change a host, and locks VMs.
///
/// What a method is given is durable when it returns. Methods may take the time of a few disk writes;
/// they are called between requests, from the task that runs the operation.
pub trait Journal: fmt::Debug + Send + Sync {
    /// Records an operation before anything is sent; if this fails, nothing is sent.
    ///
    /// # Errors
    /// If it cannot be recorded.
    fn begin(&self, intent: &Intent) -> Result<(), JournalError>;

    /// Adds the host's answer, or that there was none.
    ///
    /// # Errors
    /// If there is no such operation, or it cannot be recorded.
    fn answered(&self, id: OperationId, answer: &Answer) -> Result<(), JournalError>;

    /// Adds the outcome. A later conclusion replaces an earlier one, but never a final status: once the status is final, only the
    /// state of the merge may change.
    ///
    /// # Errors
    /// If there is no such operation, or it cannot be recorded.
    fn concluded(&self, id: OperationId, conclusion: &Conclusion) -> Result<(), JournalError>;

    /// Closes an open entry by a person's decision: [`Status::Closed`], unless its status is final already.
    ///
    /// # Errors
    /// If there is no such operation, if it is not open ([`JournalErrorKind::NotOpen`]), or it cannot be recorded.
    fn closed(&self, id: OperationId, closing: &Closing) -> Result<(), JournalError>;

    /// The operation with this id.
    ///
    /// # Errors
    /// If there is a record with this id that cannot be read.
    fn read(&self, id: OperationId) -> Result<Option<Operation>, JournalError>;

    /// All operations, the oldest first; records that cannot be read come last, each with its error.
    ///
    /// # Errors
    /// If the records cannot be listed.
    fn list(&self) -> Result<Vec<Result<Operation, JournalError>>, JournalError>;

    /// Locks the VM for one operation, until the lock is dropped or the process ends.
    ///
    /// # Errors
    /// [`JournalErrorKind::Busy`] if it is locked; if the record of the operation that held the lock before cannot be read, the
    /// error of that record, since that operation may be open; any other if it cannot be locked.
    fn lock(&self, vm_id: &str, operation: OperationId) -> Result<Box<dyn VmLock>, JournalError>;
}

/// A VM that is locked for one operation; dropping it releases the lock.
pub trait VmLock: fmt::Debug + Send + Sync {}

#[cfg(test)]
mod tests;
