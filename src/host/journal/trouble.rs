//! What goes wrong with the journal beside an operation, which goes on without; told when the operation is.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use crate::host::journal::JournalError;

/// Something that the journal lacks, or that cannot be read from it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum JournalTrouble {
    /// What was done, or what became of it, could not be written down.
    NotWritten(Arc<JournalError>),
    /// A record cannot be read, so that nobody can say which VM it is about.
    NotRead(Arc<JournalError>),
}

impl JournalTrouble {
    /// The error of the journal.
    pub fn error(&self) -> &JournalError {
        match self {
            Self::NotWritten(error) | Self::NotRead(error) => error,
        }
    }
}

impl fmt::Display for JournalTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::NotWritten(_) => "the journal was not written",
            Self::NotRead(_) => "a record of the journal cannot be read",
        };
        write!(f, "{what}: {}", self.error())
    }
}

/// More different troubles than anybody reads.
const MOST: usize = 100;

/// The troubles of one client, each once.
#[derive(Debug, Default)]
pub(crate) struct Troubles(Mutex<Vec<JournalTrouble>>);

impl Troubles {
    pub(in crate::host) fn add(&self, trouble: JournalTrouble) {
        let mut troubles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = trouble.to_string();
        if troubles.len() < MOST && troubles.iter().all(|known| known.to_string() != text) {
            troubles.push(trouble);
        }
    }

    pub(in crate::host) fn all(&self) -> Vec<JournalTrouble> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
