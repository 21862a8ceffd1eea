//! Warns if other users can read a file that contains a secret.
//!
//! It is only a warning, because in a container all files may be readable.

use std::path::Path;

use super::reattach::quoted;
use crate::cli::console::Console;

/// Warns, with a remedy, if other users can read the file. Pipes and other special files are not checked.
pub(super) fn warn_if_open(console: &mut Console, name: &str, path: &Path) {
    if let Some(mode) = open_mode(path) {
        let path = quoted(&path.display().to_string());
        console.warn(&format!("{name} can be read by others (mode {mode:04o}): chmod 600 {path}"));
    }
}

/// The permissions, if group or others may read.
#[cfg(unix)]
fn open_mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;

    let metadata = std::fs::metadata(path).ok()?;
    let mode = metadata.permissions().mode() & 0o7777;
    (metadata.is_file() && mode & 0o044 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn open_mode(_: &Path) -> Option<u32> {
    None
}
