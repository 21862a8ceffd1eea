//! `profile`: lists and tests the profiles of the configuration file.

pub(crate) mod list;
pub(crate) mod test;

use clap::Subcommand;

use crate::cli::{answer::Answer, failure::Failure, run::Run};

/// Profiles of hosts, in the configuration file
#[derive(Debug, Subcommand)]
pub(crate) enum Profile {
    List(list::List),
    Test(test::Test),
}

impl Profile {
    pub(super) fn run(&self, run: Run<'_>) -> Result<Answer, Failure> {
        match self {
            Self::List(command) => command.run(&run),
            Self::Test(command) => command.run(run),
        }
    }
}

/// A failure on one line.
fn problem(failure: &Failure) -> String {
    let parts = failure.parts();
    let texts = std::iter::once(&parts.message).chain(&parts.causes);
    texts.map(String::as_str).collect::<Vec<_>>().join(": ")
}
