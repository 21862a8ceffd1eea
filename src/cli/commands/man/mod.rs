//! `man`: the manual pages, one for each command.

mod page;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::{Args, ValueHint};
use serde::Serialize;

use crate::cli::{answer::Answer, args, failure::Failure, kind::Kind, render::Line};

/// Write the manual pages into a folder
#[derive(Debug, Args)]
#[command(after_help = "\
Writes hvsnap.1, hvsnap-snapshot-destroy.1 and so on, and makes the folder if it is missing. Earlier pages of hvsnap
are replaced; if a file of that name is anything else, nothing is written.

Examples:
  hvsnap man ~/.local/share/man/man1
  man hvsnap-snapshot-destroy")]
pub(crate) struct Man {
    /// The folder: man1 in a folder of MANPATH
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    folder: PathBuf,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Body {
    /// The folder, as it was given.
    folder: String,
    /// The pages that were written.
    files: Vec<String>,
}

impl Man {
    pub(super) fn run(&self) -> Result<Answer, Failure> {
        let pages = page::all(&args::grammar())
            .map_err(|error| Failure::new(Kind::Output, "writing the manual pages failed").cause(error))?;
        self.check(&pages)?;
        fs::create_dir_all(&self.folder).map_err(|error| failed(&self.folder, &error))?;
        for (name, page) in &pages {
            let path = self.folder.join(name);
            write(&path, page).map_err(|error| failed(&path, &error))?;
        }
        let files: Vec<String> =
            pages.iter().map(|(name, _)| self.folder.join(name).display().to_string()).collect();
        let lines = files.iter().map(Line::plain).collect();
        Answer::new(lines, &Body { folder: self.folder.display().to_string(), files })
    }

    /// # Errors
    /// If a file of that name is no page of this program.
    fn check(&self, pages: &[(String, Vec<u8>)]) -> Result<(), Failure> {
        for (name, _) in pages {
            let path = self.folder.join(name);
            match fs::read(&path) {
                Ok(content) if content.starts_with(page::MARK.as_bytes()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Ok(_) => {
                    let text = format!("{} is no manual page that hvsnap has written", path.display());
                    return Err(Failure::usage(text).hint("move it away, or name another folder"));
                }
                Err(error) => return Err(failed(&path, &error)),
            }
        }
        Ok(())
    }
}

/// Replaces the file in one step.
fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let new = path.with_extension(format!("new-{}", std::process::id()));
    let written = fs::write(&new, content).and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        // The error of the writing says more.
        let _ = fs::remove_file(&new);
    }
    written
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::new(Kind::Output, format!("{} cannot be written", path.display())).cause(error)
}
