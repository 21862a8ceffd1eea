//! The journal: what was about to be done to a host, what the host answered, and what became of it.
//!
//! An intent is written and durable before the call leaves, so that a program that ends at any instruction leaves
//! something that can be recovered. It never holds a secret, and never judges an outcome: `operation/reconcile` does.

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

/// Keeps the record of operations that change a host, and who is at which VM.
///
/// What is passed to a method has been kept for good when it returns. Methods may take the time of a few writes to a disk;
/// they are called between requests, from the task that carries out the operation.
pub trait Journal: fmt::Debug + Send + Sync {
    /// Keeps what is about to be done; nothing was sent yet, and nothing is sent if this fails.
    ///
    /// # Errors
    /// If it cannot be kept.
    fn begin(&self, intent: &Intent) -> Result<(), JournalError>;

    /// Adds what the host answered, or that it did not.
    ///
    /// # Errors
    /// If there is no such operation, or it cannot be kept.
    fn answered(&self, id: OperationId, answer: &Answer) -> Result<(), JournalError>;

    /// Adds its outcome. A later conclusion takes the place of an earlier one, but never of a final status: of an operation whose
    /// status is final, only what is known of the merge may change.
    ///
    /// # Errors
    /// If there is no such operation, or it cannot be kept.
    fn concluded(&self, id: OperationId, conclusion: &Conclusion) -> Result<(), JournalError>;

    /// Ends an entry that is open by a person's status: [`Status::Closed`], unless its status is final already.
    ///
    /// # Errors
    /// If there is no such operation, if it is not open ([`JournalErrorKind::NotOpen`]), or it cannot be kept.
    fn closed(&self, id: OperationId, closing: &Closing) -> Result<(), JournalError>;

    /// The operation with this id.
    ///
    /// # Errors
    /// If there is something by this id that cannot be read.
    fn read(&self, id: OperationId) -> Result<Option<Operation>, JournalError>;

    /// All operations, the oldest first; what cannot be read stands at the end, each with its error.
    ///
    /// # Errors
    /// If nobody can say what there is.
    fn list(&self) -> Result<Vec<Result<Operation, JournalError>>, JournalError>;

    /// Takes the VM for one operation, until the lock is dropped or the process ends.
    ///
    /// # Errors
    /// [`JournalErrorKind::Busy`] if it is taken; that of its record if the operation that took it last has one that cannot be
    /// read, since that operation may be open; any other if it cannot be taken.
    fn lock(&self, vm_id: &str, operation: OperationId) -> Result<Box<dyn VmLock>, JournalError>;
}

/// A VM that is taken for one operation; dropping it gives it back.
pub trait VmLock: fmt::Debug + Send + Sync {}

#[cfg(test)]
mod tests;
