//! Errors of a journal, and the holder of a VM's lock.
//!
//! An error names its place, for example a file, so that the user can inspect it. It never contains what a record holds.

use std::{fmt, io};

use crate::host::journal::OperationId;

/// An error of a journal.
#[derive(Debug)]
pub struct JournalError {
    kind: Box<JournalErrorKind>,
    place: String,
}

/// The kinds of [`JournalError`].
#[derive(Debug)]
#[non_exhaustive]
pub enum JournalErrorKind {
    /// Another operation holds the lock of the VM.
    Busy(Holder),
    /// An I/O error.
    Io(io::Error),
    /// A record cannot be read; the text says why, and where in it.
    Unreadable(String),
    /// A record is longer than the limit, or would be.
    TooLong,
    /// The path of a record holds something other than a regular file, named here; it was not opened.
    NotAFile(&'static str),
    /// Other users may have written to the folder; the text says why, and what to do.
    Untrusted(String),
    /// No operation has this id.
    UnknownOperation(OperationId),
    /// An operation with this id already exists.
    KnownOperation(OperationId),
    /// The text is not the GUID of a VM, so there is nothing to lock.
    NoVm,
    /// The operation is not open, so there is nothing to close.
    NotOpen(OperationId),
    /// The operation is open, so its record must stay.
    Open(OperationId),
}

/// The holder of a VM's lock, as far as known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holder {
    /// The process; `None` if unknown.
    pub process: Option<u32>,
    /// The operation; `None` if unknown.
    pub operation: Option<OperationId>,
}

impl Holder {
    /// A holder with these known values.
    pub fn new(process: Option<u32>, operation: Option<OperationId>) -> Self {
        Self { process, operation }
    }
}

impl JournalError {
    /// An error at `place`: a path, or a text in place of one.
    pub fn new(kind: JournalErrorKind, place: impl Into<String>) -> Self {
        Self { kind: Box::new(kind), place: place.into() }
    }

    /// The kind of error.
    pub fn kind(&self) -> &JournalErrorKind {
        &self.kind
    }

    /// The place of the error.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// True if a record exists but cannot be read, so that its content is unknown.
    pub fn is_unreadable_record(&self) -> bool {
        matches!(
            self.kind(),
            JournalErrorKind::Unreadable(_) | JournalErrorKind::TooLong | JournalErrorKind::NotAFile(_)
        )
    }

    /// The holder of the VM's lock, if that is the reason.
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
