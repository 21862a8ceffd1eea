//! The folder of the journal: `--state-dir`, else `HVSNAP_STATE_DIR`, else the platform's folder.
//!
//! The journal creates the folder at the first write.

use std::{path::PathBuf, sync::Arc};

use etcetera::BaseStrategy;
use hvsnap::journal::FileJournal;

use crate::cli::{args::RunArgs, connect, failure::Failure, kind::Kind};

/// The journal of this user.
pub(crate) fn journal(args: &RunArgs) -> Result<Arc<FileJournal>, Failure> {
    let folder = match &args.state_dir {
        Some(folder) => folder.clone(),
        None => match connect::variable("HVSNAP_STATE_DIR")? {
            Some(folder) => folder.into(),
            None => platform().ok_or_else(|| {
                Failure::new(Kind::Config, "there is no folder for the journal")
                    .cause("this user has no home folder")
                    .hint("give --state-dir or HVSNAP_STATE_DIR")
            })?,
        },
    };
    Ok(Arc::new(FileJournal::new(folder)))
}

/// `$XDG_STATE_HOME/hvsnap` or `~/.local/state/hvsnap`; `~/Library/Application Support/hvsnap`; `%APPDATA%\hvsnap`.
fn platform() -> Option<PathBuf> {
    let folders = etcetera::base_strategy::choose_native_strategy().ok()?;
    Some(folders.state_dir().unwrap_or_else(|| folders.data_dir()).join("hvsnap"))
}
