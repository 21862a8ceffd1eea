//! `completions`: a completion script for a shell.

use clap::Args;
use clap_complete::Shell;

use crate::cli::{answer::Answer, args, run::Run};

/// Write a completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  hvsnap completions bash > ~/.local/share/bash-completion/completions/hvsnap")]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self, run: Run<'_>) -> Answer {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut args::grammar(), "hvsnap", &mut script);
        run.console.script(&script);
        Answer::nothing()
    }
}
