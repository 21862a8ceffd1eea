//! The grammar: noun, verb, and what every command takes.
//!
//! It parses and checks nothing else. Each noun's verbs stand in the file of the noun.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::cli::{
    connect::ConnectionArgs, console::Format, explain::ExplainArgs, help, job::JobCommand,
    journal::JournalCommand, resume::ResumeArgs, snapshot::SnapshotCommand, values::Length, vm::VmCommand,
};
#[cfg(feature = "sim")]
use crate::cli::{demo::DemoArgs, sim::SimCommand};

/// List, inspect and destroy Hyper-V snapshots over WinRM (WS-Management)
#[derive(Debug, Parser)]
#[command(
    name = "hvsnap",
    version,
    max_term_width = 100,
    disable_help_subcommand = true,
    after_help = help::ROOT_SHORT,
    after_long_help = help::ROOT
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
    #[command(flatten)]
    pub(crate) general: GeneralArgs,
}

/// The nouns.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Ask the host who it is: the quickest proof that address, user and password are right
    #[command(after_help = help::IDENTIFY)]
    Identify,
    /// Look at everything that stands between here and a destroy, and say what to do about it
    #[command(after_help = help::DOCTOR)]
    Doctor,
    /// Virtual machines
    #[command(subcommand)]
    Vm(VmCommand),
    /// Snapshots (checkpoints) of a machine
    #[command(subcommand, visible_alias = "checkpoint")]
    Snapshot(SnapshotCommand),
    /// Jobs of the host
    #[command(subcommand)]
    Job(JobCommand),
    /// Say what became of operations whose end nobody saw; it only reads and waits
    #[command(after_help = help::RESUME)]
    Resume(ResumeArgs),
    /// What was done to hosts from here, as it was written down
    #[command(subcommand)]
    Journal(JournalCommand),
    /// What a code means: an id of hvsnap, or a code of WinRM, WMI, Windows, HTTP or Hyper-V
    #[command(after_help = help::EXPLAIN)]
    Explain(ExplainArgs),
    /// The simulated host
    #[cfg(feature = "sim")]
    #[command(subcommand)]
    Sim(SimCommand),
    /// Show the main job on the simulated host: no host, no flags needed
    #[cfg(feature = "sim")]
    #[command(after_help = help::DEMO)]
    Demo(DemoArgs),
    /// Write a completion script for a shell
    #[command(after_help = help::COMPLETIONS)]
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// What a command takes that works on a host or on the journal.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Operation")]
pub(crate) struct RunArgs {
    /// How long the whole command may take, with all that it waits for, such as 90s, 5m, 1h30m; the host goes on by itself
    #[arg(long, global = true, value_name = "DURATION")]
    pub(crate) timeout: Option<Length>,

    /// Folder of the journal, instead of hvsnap in ~/.local/state or its like [env: HVSNAP_STATE_DIR]
    #[arg(long, global = true, value_name = "DIR", hide_short_help = true)]
    pub(crate) state_dir: Option<PathBuf>,
}

/// What every command takes.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct GeneralArgs {
    /// What stdout carries: text for people, or one JSON document (schema hvsnap/1) [env: HVSNAP_OUTPUT]
    #[arg(long, global = true, value_name = "text|json", hide_possible_values = true)]
    pub(crate) output: Option<Format>,

    /// Log to stderr; twice: the wire as well, never a password
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,

    /// How many times as fast as real the clock runs: for a host of `sim serve --speed`
    #[cfg(feature = "sim")]
    #[arg(long, global = true, value_name = "FACTOR", hide = true, env = "HVSNAP_CLOCK_SPEED", value_parser = crate::cli::sim::speed)]
    pub(crate) clock_speed: Option<f64>,
}
