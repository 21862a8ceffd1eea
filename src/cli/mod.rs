//! The command line.
//!
//! Each command is one file below `commands`: arguments, help, examples and code. They share `args` (the grammar), `connect`
//! (from flags, environment and profile to a client), `kind` (failures, their ids and exit codes), `render` (text), `view`
//! (JSON), and the watch over time limits and interruptions. `complete` answers the completion scripts, from the names that
//! commands have left in `recent`.
//!
//! Only the public API of the library is used. Data goes to stdout, everything else to stderr. Text from the network is always
//! sanitised. A password is never an argument and never printed.

mod answer;
mod args;
mod commands;
mod complete;
mod connect;
mod consent;
mod console;
mod exit;
mod failure;
mod interrupt;
mod kind;
mod log;
mod present;
mod progress;
mod proposal;
mod recent;
mod render;
mod report;
mod run;
mod schema;
mod session;
mod signals;
mod start;
mod state;
mod synonyms;
mod terminal;
mod usage;
mod values;
mod view;

use std::process::ExitCode;

use self::{
    answer::Answer,
    console::{Console, Format},
    exit::Exit,
    failure::Failure,
    kind::Kind,
    run::Run,
    start::Start,
};

/// Runs the command line.
pub(crate) fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    match words.next() {
        None => return usage::first_steps().into(),
        Some(word) if word == complete::ASKED => {
            let words: Vec<_> = words.map(|word| word.to_string_lossy().into_owned()).collect();
            Console::new(Format::Text).script(complete::answer(&words).as_bytes());
            return Exit::Done.into();
        }
        Some(_) => {}
    }
    let cli = match args::read() {
        Ok(cli) => cli,
        Err(error) => return usage::told(&error).into(),
    };
    let format = usage::format(cli.output());
    let mut console = Console::new(format.as_ref().copied().unwrap_or_default()).quiet(cli.general.quiet);
    log::start(cli.general.verbose);
    let start = format.and_then(|format| Start::new(&cli, format));
    let (ended, interrupt) = match start {
        Ok(start) => {
            start.keep_time();
            let run = Run { cli: &cli, console: &mut console, start: &start };
            (cli.command.run(run), Some(start.interrupt))
        }
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
        // The operation is complete, but a program that reads only stdout must not see a success.
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
    if let Some(document) = &answer.document {
        console.document(document, answer.exit);
    }
    answer.remarks.iter().for_each(|line| console.note(line));
    answer.exit
}
