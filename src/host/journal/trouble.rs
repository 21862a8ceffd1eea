//! Journal failures that do not stop an operation, reported with its outcome.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use crate::host::journal::JournalError;

/// Something that is missing from the journal, or that cannot be read from it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum JournalTrouble {
    /// An answer or an outcome could not be recorded.
    NotWritten(Arc<JournalError>),
    /// A record cannot be read, so it is unknown which VM it is about.
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

/// The maximum number of different failures that are kept.
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
