//! The lock of a VM: a file lock that the operating system releases when the process ends, for whatever reason.
//!
//! Advisory: it excludes only processes that ask for it. The lock file stays empty, because some systems do not allow reading a
//! locked file. A second file names the holder; it is a hint and not trusted.

use std::{
    fs::{OpenOptions, TryLockError},
    path::Path,
};

use serde::{Deserialize, Serialize};

use super::{bytes, failed, place, replace, trust};
use crate::{
    host::journal::{Holder, JournalError, JournalErrorKind, OperationId, VmLock},
    hyperv::is_guid,
};

/// The maximum length in bytes of a file that names a holder.
const LONGEST: usize = 4096;

/// The holder of a lock, as JSON.
#[derive(Deserialize, Serialize)]
struct Shape {
    process: u32,
    operation: String,
}

/// A held lock; closing the file releases it.
#[derive(Debug)]
struct Held(#[expect(dead_code, reason = "it is held, not used")] std::fs::File);

impl VmLock for Held {}

/// `check` gets the operation that held the lock before, and decides whether another one may take it.
pub(super) fn take(
    folder: &Path,
    vm_id: &str,
    operation: OperationId,
    check: impl FnOnce(OperationId) -> Result<(), JournalError>,
) -> Result<Box<dyn VmLock>, JournalError> {
    // It becomes part of a file name.
    if !is_guid(vm_id) {
        return Err(JournalError::new(JournalErrorKind::NoVm, vm_id));
    }
    let vm = vm_id.to_ascii_lowercase();
    let path = folder.join(format!("{vm}.lock"));
    let said = folder.join(format!("{vm}.json"));
    replace::folder(folder).map_err(|error| failed(folder, error))?;
    trust::is_file(&path)?;
    let mut options = OpenOptions::new();
    let file = replace::for_the_owner(options.write(true).create(true).truncate(false))
        .open(&path)
        .map_err(|error| failed(&path, error))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(JournalError::new(JournalErrorKind::Busy(holder(&said)), place(&path)));
        }
        Err(TryLockError::Error(error)) => return Err(failed(&path, error)),
    }
    if let Some(before) = holder(&said).operation.filter(|before| *before != operation) {
        check(before)?;
    }
    let shape = Shape { process: std::process::id(), operation: operation.to_string() };
    let text = serde_json::to_string(&shape).unwrap_or_default();
    // Only a hint for a process that finds the VM locked; the lock holds without it.
    if let Err(error) = replace::file(&said, text.as_bytes(), |_| Ok(())) {
        tracing::debug!(cause = %error, "the holder of the VM's lock was not recorded");
    }
    Ok(Box::new(Held(file)))
}

fn holder(said: &Path) -> Holder {
    let shape = bytes(said, LONGEST).ok().flatten().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    shape.map_or(Holder::default(), |shape: Shape| {
        Holder::new(Some(shape.process), shape.operation.parse().ok())
    })
}
