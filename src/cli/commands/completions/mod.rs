//! `completions`: a completion script for a shell.
//!
//! The scripts ask this program (`cli::complete`) what may stand at the cursor; that of elvish knows commands and options only.

use clap::Args;
use clap_complete::Shell;

use crate::cli::{answer::Answer, args, run::Run};

/// Write a completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Completes commands, options and their values, profiles, and ids of recorded operations; and the names of VMs, snapshots
and jobs that a command has read in the last hours, with the same host and user (`vm list` reads them all). No host is
contacted. The names are kept in the cache folder of the user, such as ~/.cache/hvsnap/completion.

Examples:
  hvsnap completions bash > ~/.local/share/bash-completion/completions/hvsnap
  hvsnap completions zsh > ~/.zfunc/_hvsnap
  hvsnap completions fish > ~/.config/fish/completions/hvsnap.fish
  hvsnap completions powershell > hvsnap.ps1")]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self, run: Run<'_>) -> Answer {
        match self.shell {
            Shell::Bash => run.console.script(include_bytes!("hvsnap.bash")),
            Shell::Zsh => run.console.script(include_bytes!("hvsnap.zsh")),
            Shell::Fish => run.console.script(include_bytes!("hvsnap.fish")),
            Shell::PowerShell => run.console.script(include_bytes!("hvsnap.ps1")),
            shell => {
                let mut script = Vec::new();
                clap_complete::generate(shell, &mut args::grammar(), "hvsnap", &mut script);
                run.console.script(&script);
            }
        }
        Answer::nothing()
    }
}
