//! The command line: grammar, consent, rendering, exit codes.
//!
//! It sees only the public API of the library. Data goes to stdout, everything else to stderr; nothing from the network
//! reaches either unsanitised; a password is never an argument and never printed.

mod answer;
mod args;
mod clock;
mod connect;
mod consent;
mod console;
#[cfg(feature = "sim")]
mod demo;
mod destroy;
mod doctor;
mod exit;
mod explain;
mod failure;
mod help;
mod identify;
mod interrupt;
mod job;
mod journal;
mod kind;
mod log;
mod progress;
mod render;
mod report;
mod resume;
mod session;
mod signals;
#[cfg(feature = "sim")]
mod sim;
mod snapshot;
mod start;
mod state;
mod terminal;
mod usage;
mod values;
mod view;
mod vm;

use std::{future::Future, process::ExitCode, sync::Arc};

use clap::Parser;
use hvsnap::OnBusy;

use self::{
    answer::Answer,
    args::{Cli, Command},
    connect::{Book, Reattach},
    console::{Console, Format},
    exit::Exit,
    failure::Failure,
    kind::Kind,
    session::Session,
    snapshot::SnapshotCommand,
    start::Start,
};

/// Does what the command line says.
pub(crate) fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::told(&error).into(),
    };
    let format = usage::format(cli.general.output);
    let mut console = Console::new(format.as_ref().copied().unwrap_or_default());
    log::start(cli.general.verbose);
    let start = format.and_then(|format| Start::new(&cli, format));
    let (ended, interrupt) = match start {
        Ok(start) => (run(&cli, &mut console, &start), Some(start.interrupt)),
        Err(failure) => (Err(failure), None),
    };
    if let Some(interrupt) = interrupt {
        interrupt.journal_trouble().iter().for_each(|trouble| console.warn(trouble));
        interrupt.writes_result(match &ended {
            Ok(answer) => answer.exit,
            Err(failure) => failure.parts().exit,
        });
    }
    let mut exit = match ended {
        Ok(answer) => told(&mut console, &answer),
        Err(failure) => report::failure(&mut console, &failure),
    };
    if let Some(error) = console.trouble() {
        // What was done is done; but who reads only stdout must not take this for a success.
        let failure = Failure::new(Kind::Output, "writing to stdout failed").cause(error).effect(None);
        let failed = report::failure(&mut console, &failure);
        exit = if exit == Exit::Done { failed } else { exit };
    }
    exit.into()
}

fn told(console: &mut Console, answer: &Answer) -> Exit {
    if console.format() == Format::Text {
        answer.lines.iter().for_each(|line| console.data(line));
    }
    answer.warnings.iter().for_each(|warning| console.warn(warning));
    if let (Format::Json, Some(document)) = (console.format(), &answer.document) {
        console.document(document);
    }
    answer.remarks.iter().for_each(|line| console.note(line));
    answer.exit
}

fn run(cli: &Cli, console: &mut Console, start: &Start) -> Result<Answer, Failure> {
    match &cli.command {
        Command::Completions { shell } => Ok(usage::completions(console, *shell)),
        Command::Explain(args) => explain::run(args),
        Command::Journal(command) => {
            start.keep_time();
            journal::run(&*state::journal(&cli.run)?, console, start.timestamp(), command)
        }
        Command::Resume(args) => {
            start.keep_time();
            resume::run(cli, console, start, args)
        }
        #[cfg(feature = "sim")]
        Command::Sim(command) => sim::run(console, start.interrupt, command),
        #[cfg(feature = "sim")]
        Command::Demo(args) => demo::run(console, start, args),
        _ => on_a_host(cli, console, start),
    }
}

fn on_a_host(cli: &Cli, console: &mut Console, start: &Start) -> Result<Answer, Failure> {
    start.keep_time();
    let (journal, on_busy) = (state::journal(&cli.run)?, on_busy(&cli.command));
    let book = Book { journal, on_busy, deadline: start.deadline };
    let host = connect::host(console, &cli.connection, &start.clock, book)?;
    start.interrupt.uses(&host);
    on_a_runtime(async {
        let reattach = Reattach::new(&cli.connection, &cli.run);
        let (interrupt, clock) = (start.interrupt, Arc::clone(&start.clock));
        let mut session = Session { host, console, interrupt, reattach, clock };
        match &cli.command {
            Command::Identify => identify::run(&mut session).await,
            Command::Doctor => doctor::run(&mut session).await,
            Command::Vm(command) => vm::run(&mut session, command).await,
            Command::Snapshot(command) => snapshot::run(&mut session, command).await,
            Command::Job(command) => job::run(&mut session, command).await,
            _ => Err(Failure::usage("this command needs no host")),
        }
    })
}

/// Only a destroy can meet somebody else.
fn on_busy(command: &Command) -> OnBusy {
    match command {
        Command::Snapshot(SnapshotCommand::Destroy(args)) => args.on_busy.on_busy(),
        _ => OnBusy::Fail,
    }
}

/// One thread is enough for a client of one host.
fn on_a_runtime<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(start::failed)?;
    let ended = runtime.block_on(work);
    // A question that nobody will answer any more must not hold the process.
    runtime.shutdown_background();
    ended
}
