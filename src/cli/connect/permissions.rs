//! Warns if other users can read a file that holds a secret.
//!
//! It is only a warning, because in a container all files may look like that.

use std::path::Path;

use super::reattach::quoted;
use crate::cli::console::Console;

/// Names the file and the remedy, if others can read it. What is no file, such as a pipe, is nobody else's.
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
