//! Whether a folder is trusted: its owner, who can write to it, and the kinds of files in it.
//!
//! Records say what was done to hosts and decide what may be done next, so only the user may write them. The given folder may be
//! reached through symbolic links, and its parents need not be readable; inside it no link is followed, and only regular files
//! are opened. Root counts as the user. On Windows only the kind of file is checked.

use std::{
    fs::{self, FileType, Metadata},
    io,
    path::Path,
};

use super::{failed, place};
use crate::host::journal::{JournalError, JournalErrorKind};

/// Whether the given folder may hold a journal, if it exists.
pub(super) fn named(path: &Path) -> Result<(), JournalError> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => writers(path, &metadata, true),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(path, error)),
        // A file in its place is reported by the operation that follows.
        _ => Ok(()),
    }
}

/// Whether a subfolder may be used, if it exists.
pub(super) fn inner(path: &Path) -> Result<(), JournalError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => writers(path, &metadata, false),
        Ok(metadata) if metadata.is_symlink() => Err(untrusted(
            path,
            "a symbolic link, which is not followed here: put a folder in its place".to_owned(),
        )),
        Err(error) if !is_missing(&error) => Err(failed(path, error)),
        _ => Ok(()),
    }
}

/// Whether a regular file exists there; anything else of that name is an error and is not opened.
pub(super) fn is_file(path: &Path) -> Result<bool, JournalError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => match stranger(metadata.file_type()) {
            None => Ok(true),
            Some(what) => Err(JournalError::new(JournalErrorKind::NotAFile(what), place(path))),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failed(path, error)),
    }
}

/// A file in place of a parent folder is reported by the operation that follows.
fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// The kind of a file that is not regular.
fn stranger(kind: FileType) -> Option<&'static str> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return Some("a FIFO");
        }
        if kind.is_socket() {
            return Some("a socket");
        }
        if kind.is_block_device() || kind.is_char_device() {
            return Some("a device");
        }
    }
    match () {
        () if kind.is_file() => None,
        () if kind.is_symlink() => Some("a symbolic link"),
        () if kind.is_dir() => Some("a folder"),
        () => Some("a thing of an unknown kind"),
    }
}

fn untrusted(path: &Path, why: String) -> JournalError {
    JournalError::new(JournalErrorKind::Untrusted(why), place(path))
}

#[cfg(unix)]
fn writers(path: &Path, metadata: &Metadata, may_be_sticky: bool) -> Result<(), JournalError> {
    match complaint(&Owned::of(metadata), rustix::process::geteuid().as_raw(), may_be_sticky) {
        None => Ok(()),
        Some(why) => Err(untrusted(path, why)),
    }
}

#[cfg(not(unix))]
fn writers(_: &Path, _: &Metadata, _: bool) -> Result<(), JournalError> {
    Ok(())
}

/// Owner and mode of a folder.
#[cfg(unix)]
struct Owned {
    user: u32,
    group: u32,
    mode: u32,
}

#[cfg(unix)]
impl Owned {
    fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self { user: metadata.uid(), group: metadata.gid(), mode: metadata.mode() & 0o7777 }
    }
}

/// Why user `user` does not trust a folder, and what to do about it.
///
/// In a sticky folder, such as `/tmp`, others can add files, but not remove or replace the user's; files that they add first
/// belong to them and are refused for that. A group whose number is the user's own is that user's private group, as in most
/// Linux distributions.
#[cfg(unix)]
fn complaint(folder: &Owned, user: u32, may_be_sticky: bool) -> Option<String> {
    if folder.user != user && folder.user != 0 {
        return Some(format!(
            "it belongs to the user {}, and this process runs as the user {user}: name a folder of your own, \
             or give it to the user {user} (chown)",
            folder.user
        ));
    }
    let is_sticky = may_be_sticky && folder.mode & 0o1000 != 0;
    let by_others = folder.mode & 0o002 != 0;
    let by_group = folder.mode & 0o020 != 0 && folder.group != folder.user;
    (!is_sticky && (by_others || by_group)).then(|| {
        format!(
            "others can write to it (mode {:04o}): look at what is in it, then take that away (chmod go-w)",
            folder.mode
        )
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_the_user_s_own_and_nobody_else_writes_to_it() {
        for (user, group, mode, trusted, trusted_inside) in [
            (1000, 1000, 0o700, true, true),
            (1000, 100, 0o755, true, true),
            (0, 0, 0o755, true, true),
            // The user's private group.
            (1000, 1000, 0o775, true, true),
            (1000, 100, 0o775, false, false),
            (0, 100, 0o2770, false, false),
            (1000, 1000, 0o707, false, false),
            (1000, 1000, 0o777, false, false),
            (0, 0, 0o1777, true, false),
            (1000, 100, 0o1777, true, false),
            (1001, 1001, 0o700, false, false),
            (1001, 1001, 0o1777, false, false),
        ] {
            let complaint = |sticky| complaint(&Owned { user, group, mode }, 1000, sticky);
            let found = (complaint(true).is_none(), complaint(false).is_none());
            assert_eq!(found, (trusted, trusted_inside), "{user} {group} {mode:04o}: {:?}", complaint(true));
        }
        let of_another = complaint(&Owned { user: 1000, group: 1000, mode: 0o700 }, 0, true).unwrap();
        assert!(of_another.contains("chown"), "root trusts no user: {of_another}");
    }
}
