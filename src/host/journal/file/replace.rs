//! Replaces a file atomically: after a crash there is the old file or the new one, never a part.
//!
//! The new file is written beside the old one, synced, renamed over it, and the folder synced (POSIX rename is atomic; Windows
//! replaces likewise, and needs no sync of folders). Other users can never read it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::Path,
};

/// The steps of a replacement, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// What an earlier crash left is removed, and the new file is open.
    Open,
    /// The first half is written.
    Half,
    /// Everything is written.
    Whole,
    /// The file is synced to disk.
    Synced,
    /// The file is renamed.
    Renamed,
    /// The folder is synced to disk.
    FolderSynced,
}

/// Replaces the file at `path` by `bytes`; `after` runs after each step, and its error ends the replacement as a crash would.
pub(super) fn file(
    path: &Path,
    bytes: &[u8],
    mut after: impl FnMut(Step) -> io::Result<()>,
) -> io::Result<()> {
    let beside = path.with_extension("json.new");
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = for_the_owner(OpenOptions::new().write(true).create_new(true)).open(&beside)?;
    after(Step::Open)?;
    let (first, second) = bytes.split_at_checked(bytes.len() / 2).unwrap_or((bytes, &[]));
    file.write_all(first)?;
    after(Step::Half)?;
    file.write_all(second)?;
    after(Step::Whole)?;
    file.sync_all()?;
    drop(file);
    after(Step::Synced)?;
    fs::rename(&beside, path)?;
    after(Step::Renamed)?;
    if let Some(folder) = path.parent() {
        sync_folder(folder)?;
    }
    after(Step::FolderSynced)
}

/// Deletes a file, so that it stays deleted after a crash.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Creates a folder and its missing parents, for their owner only.
pub(super) fn folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    // The new folders must outlast a crash; folders further up existed before and are not synced.
    path.ancestors().skip(1).take(2).filter(|above| above.is_dir()).try_for_each(sync_folder)
}

/// Makes a new file readable by its owner only.
pub(super) fn for_the_owner(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Best effort: the user may not be able to open a parent folder (systemd's `DynamicUser=`), and some network file systems do not
/// sync folders.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    use io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(error) if matches!(error.kind(), InvalidInput | PermissionDenied | Unsupported) => Ok(()),
        synced => synced,
    }
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    let _: Option<File> = None;
    Ok(())
}

/// For tests: the step at which every later replacement ends as by a crash.
#[cfg(test)]
#[derive(Clone, Debug, Default)]
pub(super) struct Cut(pub(super) Option<Step>);

#[cfg(test)]
impl Cut {
    pub(super) fn at(&self, step: Step) -> io::Result<()> {
        if self.0 == Some(step) { Err(io::Error::other(format!("cut after {step:?}"))) } else { Ok(()) }
    }
}
