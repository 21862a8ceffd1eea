//! A journal in a folder: one file per operation, replaced as a whole, and a lock per VM.
//!
//! `operations/ID.json` holds an operation; `locks/VM.lock` is the lock of a VM, and `locks/VM.json` names its holder.
//! Folders and files are created for their owner only; a folder that others can write to is refused. Nothing is deleted unless
//! the caller asks for it, and no file is trusted.

mod lock;
mod replace;
mod trust;

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use crate::{
    Limits,
    host::journal::{
        Answer, Closing, Conclusion, Intent, Journal, JournalError, JournalErrorKind, Operation, OperationId,
        VmLock, format::Document,
    },
};

/// A journal in its own folder.
///
/// The folder is created for its owner only, when the first operation is written. One that belongs to another user, or that others
/// can write to, is refused with [`JournalErrorKind::Untrusted`]; anything but a regular file is reported and never opened.
#[derive(Clone, Debug)]
pub struct FileJournal {
    folder: PathBuf,
    longest: usize,
    #[cfg(test)]
    cut: replace::Cut,
}

impl FileJournal {
    /// The journal in `folder`; nothing is read or written yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            longest: Limits::default().journal_bytes,
            #[cfg(test)]
            cut: replace::Cut::default(),
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn operations(&self) -> PathBuf {
        self.folder.join("operations")
    }

    /// A subfolder, if it may be trusted.
    fn trusted(&self, inner: &Path) -> Result<(), JournalError> {
        trust::named(&self.folder)?;
        trust::inner(inner)
    }

    fn path(&self, id: OperationId) -> PathBuf {
        self.operations().join(format!("{id}.json"))
    }

    fn write(&self, id: OperationId, document: &Document) -> Result<(), JournalError> {
        let path = self.path(id);
        let text = document.text().map_err(|why| unreadable(&path, why))?;
        // Never write what could not be read again.
        if text.len() > self.longest {
            return Err(JournalError::new(JournalErrorKind::TooLong, place(&path)));
        }
        self.trusted(&self.operations())?;
        replace::folder(&self.operations()).map_err(|error| failed(&self.operations(), error))?;
        #[cfg(test)]
        let step = |step| self.cut.at(step);
        #[cfg(not(test))]
        let step = |_| Ok(());
        replace::file(&path, text.as_bytes(), step).map_err(|error| failed(&path, error))
    }

    fn document(&self, path: &Path) -> Result<Option<Document>, JournalError> {
        self.trusted(&self.operations())?;
        match bytes(path, self.longest)? {
            Some(bytes) => Document::parse(&bytes).map(Some).map_err(|why| unreadable(path, why)),
            None => Ok(None),
        }
    }

    fn operation(&self, id: OperationId) -> Result<Option<Operation>, JournalError> {
        let path = self.path(id);
        let Some(document) = self.document(&path)? else { return Ok(None) };
        let operation = document.into_operation().map_err(|why| unreadable(&path, why))?;
        if operation.id() != id {
            return Err(unreadable(&path, format!("it holds the operation {}", operation.id())));
        }
        Ok(Some(operation))
    }

    fn change(&self, id: OperationId, change: impl FnOnce(&mut Document)) -> Result<(), JournalError> {
        let Some(mut document) = self.document(&self.path(id))? else {
            return Err(self.about(JournalErrorKind::UnknownOperation(id)));
        };
        change(&mut document);
        self.write(id, &document)
    }

    /// An error about the records as a whole.
    fn about(&self, kind: JournalErrorKind) -> JournalError {
        JournalError::new(kind, place(&self.operations()))
    }

    /// Deletes the record of an operation that is not open.
    ///
    /// # Errors
    /// If there is no such operation, if it is open ([`JournalErrorKind::Open`]), or its record cannot be read or deleted.
    pub fn remove(&self, id: OperationId) -> Result<(), JournalError> {
        match self.operation(id)? {
            None => Err(self.about(JournalErrorKind::UnknownOperation(id))),
            Some(operation) if operation.is_open() => Err(self.about(JournalErrorKind::Open(id))),
            Some(_) => {
                let path = self.path(id);
                replace::remove(&path).map_err(|error| failed(&path, error))
            }
        }
    }
}

impl Journal for FileJournal {
    fn begin(&self, intent: &Intent) -> Result<(), JournalError> {
        let path = self.path(intent.id);
        if trust::is_file(&path)? {
            return Err(self.about(JournalErrorKind::KnownOperation(intent.id)));
        }
        self.write(intent.id, &Document::begun(intent))
    }

    fn answered(&self, id: OperationId, answer: &Answer) -> Result<(), JournalError> {
        self.change(id, |document| document.set_answer(answer))
    }

    fn concluded(&self, id: OperationId, conclusion: &Conclusion) -> Result<(), JournalError> {
        self.change(id, |document| document.set_conclusion(conclusion))
    }

    fn closed(&self, id: OperationId, closing: &Closing) -> Result<(), JournalError> {
        let Some(mut operation) = self.operation(id)? else {
            return Err(self.about(JournalErrorKind::UnknownOperation(id)));
        };
        if !operation.is_open() {
            return Err(self.about(JournalErrorKind::NotOpen(id)));
        }
        operation.close(closing);
        self.change(id, |document| {
            operation.conclusion.iter().for_each(|conclusion| document.set_conclusion(conclusion));
            document.set_closing(closing);
        })
    }

    fn read(&self, id: OperationId) -> Result<Option<Operation>, JournalError> {
        self.operation(id)
    }

    fn list(&self) -> Result<Vec<Result<Operation, JournalError>>, JournalError> {
        let folder = self.operations();
        self.trusted(&folder)?;
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(|error| failed(&folder, error))?,
        };
        let (mut operations, mut unread) = (Vec::new(), Vec::new());
        for entry in entries {
            let name = entry.map_err(|error| failed(&folder, error))?.file_name();
            // A file that a crash left half-written has another name and is not part of the journal.
            let id = name.to_str().and_then(|name| name.strip_suffix(".json")?.parse().ok());
            let Some(id) = id else { continue };
            match self.operation(id) {
                Ok(operation) => operations.extend(operation),
                Err(error) => unread.push(error),
            }
        }
        operations.sort_by_key(|operation| (operation.intent.time, operation.id()));
        unread.sort_by(|a, b| a.place().cmp(b.place()));
        Ok(operations.into_iter().map(Ok).chain(unread.into_iter().map(Err)).collect())
    }

    fn lock(&self, vm_id: &str, operation: OperationId) -> Result<Box<dyn VmLock>, JournalError> {
        let locks = self.folder.join("locks");
        self.trusted(&locks)?;
        // If the record of the VM's last operation cannot be read, that operation may be open.
        lock::take(&locks, vm_id, operation, |before| self.operation(before).map(drop))
    }
}

/// The content of a file, if it exists and is not longer than `longest`.
fn bytes(path: &Path, longest: usize) -> Result<Option<Vec<u8>>, JournalError> {
    if !trust::is_file(path)? {
        return Ok(None);
    }
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file.map_err(|error| failed(path, error))?,
    };
    let mut bytes = Vec::new();
    let bound = u64::try_from(longest).unwrap_or(u64::MAX).saturating_add(1);
    file.take(bound).read_to_end(&mut bytes).map_err(|error| failed(path, error))?;
    if bytes.len() > longest {
        return Err(JournalError::new(JournalErrorKind::TooLong, place(path)));
    }
    Ok(Some(bytes))
}

fn place(path: &Path) -> String {
    path.display().to_string()
}

fn failed(path: &Path, error: io::Error) -> JournalError {
    JournalError::new(JournalErrorKind::Io(error), place(path))
}

fn unreadable(path: &Path, why: String) -> JournalError {
    JournalError::new(JournalErrorKind::Unreadable(why), place(path))
}

#[cfg(test)]
pub(super) mod tests;
