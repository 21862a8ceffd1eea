//! Putting a file in the place of another, so that after a crash there is the old one or the new one, and never a half.
//!
//! Written beside it, synced, renamed over it, and the folder synced (POSIX rename is atomic; Windows replaces likewise, and
//! needs no sync of folders). It never leaves what is written readable for others.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::Path,
};

/// The steps of a replacement, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// What an earlier crash left is removed, and the new file opened.
    Open,
    /// The first half is written.
    Half,
    /// All is written.
    Whole,
    /// It has reached the disk.
    Synced,
    /// It is in its place.
    Renamed,
    /// Its place has reached the disk.
    FolderSynced,
}

/// Puts `bytes` at `path`; `after` is run after each step, and an error of it ends everything as a crash would.
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

/// Deletes a file, so that it is still gone after a crash.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Makes a folder with all above it, for their owner alone, if it is not there.
pub(super) fn folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    // The new folders must outlast what is written into them; those above were there before, and are taken as they are.
    path.ancestors().skip(1).take(2).filter(|above| above.is_dir()).try_for_each(sync_folder)
}

/// Lets nobody but the owner read what is made.
pub(super) fn for_the_owner(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// As far as it can be done: a folder above may not be open to the user (systemd's `DynamicUser=`), and some file systems do not
/// sync folders (mounts over a network).
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

/// For tests: the step at which every replacement from now on ends as by a crash.
#[cfg(test)]
#[derive(Clone, Debug, Default)]
pub(super) struct Cut(pub(super) Option<Step>);

#[cfg(test)]
impl Cut {
    pub(super) fn at(&self, step: Step) -> io::Result<()> {
        if self.0 == Some(step) { Err(io::Error::other(format!("cut after {step:?}"))) } else { Ok(()) }
    }
}
