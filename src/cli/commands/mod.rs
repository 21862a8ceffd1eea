//! The commands. Each verb is one file: arguments, help, examples and code.
//!
//! A new verb needs its file and a line in the enum of its noun; a new noun needs a row of [`Command`] here.

pub(crate) mod cim;
mod completions;
#[cfg(feature = "sim")]
mod demo;
pub(crate) mod doctor;
pub(crate) mod explain;
pub(crate) mod identify;
pub(crate) mod job;
pub(crate) mod journal;
pub(crate) mod man;
pub(crate) mod many;
pub(crate) mod merge;
pub(crate) mod operation;
pub(crate) mod profile;
mod prune;
pub(crate) mod resume;
mod schema;
#[cfg(feature = "sim")]
mod sim;
pub(crate) mod snapshot;
pub(crate) mod steps;
pub(crate) mod vm;

#[cfg(feature = "sim")]
pub(crate) use sim::speed;

use clap::Subcommand;
use hvsnap::OnBusy;

use crate::cli::{
    answer::Answer,
    console::{Console, Format},
    failure::Failure,
    render::table::Layout,
    run::Run,
    session::Session,
};

/// The commands without a noun, and the nouns.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Identify(identify::Identify),
    Doctor(doctor::Doctor),
    #[command(subcommand)]
    Vm(vm::Vm),
    #[command(subcommand)]
    Snapshot(snapshot::Snapshot),
    Prune(prune::Prune),
    #[command(subcommand)]
    Job(job::Job),
    #[command(subcommand)]
    Merge(merge::Merge),
    #[command(subcommand)]
    Cim(cim::Cim),
    Resume(resume::Resume),
    #[command(subcommand)]
    Journal(journal::Journal),
    #[command(subcommand)]
    Profile(profile::Profile),
    Explain(explain::Explain),
    Schema(schema::Schema),
    #[cfg(feature = "sim")]
    #[command(subcommand)]
    Sim(sim::Sim),
    #[cfg(feature = "sim")]
    Demo(demo::Demo),
    Completions(completions::Completions),
    Man(man::Man),
}

impl Command {
    /// Runs the command.
    pub(crate) fn run(&self, run: Run<'_>) -> Result<Answer, Failure> {
        match self {
            Self::Identify(command) => run.on_host(command),
            Self::Doctor(command) => run.on_host(command),
            Self::Vm(command) => run.on_host(command),
            Self::Snapshot(command) => run.on_host(command),
            Self::Prune(command) => run.on_host(command),
            Self::Job(command) => run.on_host(command),
            Self::Merge(command) => run.on_host(command),
            Self::Cim(command) => run.on_host(command),
            Self::Resume(command) => command.run(run),
            Self::Journal(command) => command.run(run),
            Self::Profile(command) => command.run(run),
            Self::Explain(command) => command.run(),
            Self::Schema(command) => command.run(run),
            #[cfg(feature = "sim")]
            Self::Sim(command) => command.run(run),
            #[cfg(feature = "sim")]
            Self::Demo(command) => command.run(run),
            Self::Completions(command) => Ok(command.run(run)),
            Self::Man(command) => command.run(),
        }
    }
}

impl Command {
    /// The format of stdout that the command's own options name, and its name there.
    pub(crate) fn output(&self) -> Option<(Format, String)> {
        match self {
            Self::Snapshot(command) => command.output(),
            _ => None,
        }
    }
}

/// What a command works with; options that it does not use are hidden in its help and refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// A host, and the journal.
    Host,
    /// The journal only.
    Journal,
    /// The configuration file only.
    Profiles,
    /// Neither.
    Nothing,
}

impl Needs {
    /// The needs of the command with this name.
    pub(crate) fn of(command: &str) -> Self {
        match command {
            "journal" => Self::Journal,
            "profile" => Self::Profiles,
            "explain" | "schema" | "sim" | "demo" | "completions" | "man" => Self::Nothing,
            _ => Self::Host,
        }
    }
}

/// A command that works with a client of one host.
pub(crate) trait HostCommand {
    /// The policy for a busy VM.
    fn on_busy(&self) -> OnBusy {
        OnBusy::Fail
    }

    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure>;
}

/// How much a list shows.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(crate) struct ListArgs {
    /// Show ids too, and names whole even where the terminal is too narrow
    #[arg(long)]
    wide: bool,
}

impl ListArgs {
    /// The layout of its table.
    pub(crate) fn layout(self, console: &Console) -> Layout {
        console.layout(self.wide)
    }
}

/// The verbs of a noun whose commands work on a host.
macro_rules! host_verbs {
    ($(#[$attribute:meta])* $noun:ident { $($verb:ident($command:ty),)+ }) => {
        #[derive(Debug, clap::Subcommand)]
        $(#[$attribute])*
        pub(crate) enum $noun {
            $($verb($command),)+
        }

        impl $crate::cli::commands::HostCommand for $noun {
            fn on_busy(&self) -> hvsnap::OnBusy {
                match self { $(Self::$verb(command) => command.on_busy(),)+ }
            }

            async fn run(
                &self,
                session: &mut $crate::cli::session::Session<'_>,
            ) -> Result<$crate::cli::answer::Answer, $crate::cli::failure::Failure> {
                match self { $(Self::$verb(command) => command.run(session).await,)+ }
            }
        }
    };
}
use host_verbs;
