//! What goes wrong with a journal, and who is in the way.
//!
//! An error names the place, a file for one, so that a person can look there. It never holds the content of a record.

use std::{fmt, io};

use crate::host::journal::OperationId;

/// Why a journal could not do what it was asked.
#[derive(Debug)]
pub struct JournalError {
    kind: Box<JournalErrorKind>,
    place: String,
}

/// The kinds of [`JournalError`].
#[derive(Debug)]
#[non_exhaustive]
pub enum JournalErrorKind {
    /// The VM is taken by another operation.
    Busy(Holder),
    /// The system refused to read or write.
    Io(io::Error),
    /// A record cannot be read; says why, and where in it.
    Unreadable(String),
    /// A record is, or would be, longer than what is read.
    TooLong,
    /// What stands in the place of a record is none, but this; it was not opened.
    NotAFile(&'static str),
    /// The folder may hold what others have written; says why, and what to do about it.
    Untrusted(String),
    /// There is no operation with this id.
    UnknownOperation(OperationId),
    /// There is one with this id already.
    KnownOperation(OperationId),
    /// The text is no GUID of a VM, so there is nothing to take.
    NoVm,
    /// The operation is not open, so there is nothing to close.
    NotOpen(OperationId),
    /// The operation is open, so its record must stay.
    Open(OperationId),
}

/// Who has taken a VM, as far as is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holder {
    /// The process; `None` if it is not known.
    pub process: Option<u32>,
    /// The operation; `None` if it is not known.
    pub operation: Option<OperationId>,
}

impl Holder {
    /// A holder of whom this is known.
    pub fn new(process: Option<u32>, operation: Option<OperationId>) -> Self {
        Self { process, operation }
    }
}

impl JournalError {
    /// An error at `place`: a path, or what stands for one.
    pub fn new(kind: JournalErrorKind, place: impl Into<String>) -> Self {
        Self { kind: Box::new(kind), place: place.into() }
    }

    /// Why.
    pub fn kind(&self) -> &JournalErrorKind {
        &self.kind
    }

    /// Where.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// True if there is a record that cannot be read, so that it is not known what it holds.
    pub fn is_unreadable_record(&self) -> bool {
        matches!(
            self.kind(),
            JournalErrorKind::Unreadable(_) | JournalErrorKind::TooLong | JournalErrorKind::NotAFile(_)
        )
    }

    /// Who has taken the VM, if that is why.
    pub fn holder(&self) -> Option<&Holder> {
        match self.kind() {
            JournalErrorKind::Busy(holder) => Some(holder),
            _ => None,
        }
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            JournalErrorKind::Busy(holder) => write!(f, "the VM is locked by {holder}"),
            JournalErrorKind::Io(error) => write!(f, "{} cannot be read or written: {error}", self.place),
            JournalErrorKind::Unreadable(why) => write!(f, "{}: {why}", self.place),
            JournalErrorKind::TooLong => write!(f, "{}: the record is too long", self.place),
            JournalErrorKind::NotAFile(what) => write!(f, "{}: {what}, which was not opened", self.place),
            JournalErrorKind::Untrusted(why) => write!(f, "{} is not trusted: {why}", self.place),
            JournalErrorKind::UnknownOperation(id) => {
                write!(f, "there is no operation {id} in {}", self.place)
            }
            JournalErrorKind::KnownOperation(id) => {
                write!(f, "there is an operation {id} in {} already", self.place)
            }
            JournalErrorKind::NoVm => write!(f, "{}: not the GUID of a VM", self.place),
            JournalErrorKind::NotOpen(id) => write!(f, "the operation {id} in {} is not open", self.place),
            JournalErrorKind::Open(id) => write!(f, "the operation {id} in {} is open", self.place),
        }
    }
}

impl std::error::Error for JournalError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.kind() {
            JournalErrorKind::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.process, self.operation) {
            (Some(process), Some(operation)) => write!(f, "process {process} for the operation {operation}"),
            (Some(process), None) => write!(f, "process {process}"),
            (None, Some(operation)) => write!(f, "the operation {operation}"),
            (None, None) => f.write_str("another process"),
        }
    }
}
