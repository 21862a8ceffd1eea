//! What needs no host: wrong usage, help, the format of stdout, completion scripts.
//!
//! Whoever asked for JSON gets JSON, even where the command line could not be understood.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::{
    answer::Answer,
    args::Cli,
    console::{Console, Format},
    exit::Exit,
    failure::Failure,
    report,
};

/// Prints help, version, or what is wrong with the command line.
pub(crate) fn told(error: &clap::Error) -> Exit {
    // Help for a reader who closed the pipe is help all the same.
    let _ = error.print();
    if !error.use_stderr() {
        return Exit::Done;
    }
    let asked_for_json = std::env::args().collect::<Vec<_>>().windows(2).any(
        |pair| matches!(pair, [flag, value] if (flag == "--output" && value == "json") || value == "--output=json"),
    );
    if asked_for_json || matches!(format(None), Ok(Format::Json)) {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default();
        let failure = Failure::usage(first.strip_prefix("error: ").unwrap_or(first));
        report::document(&mut Console::new(Format::Json), &failure);
    }
    Exit::Usage
}

/// What stdout carries: by flag, else by `HVSNAP_OUTPUT`.
pub(crate) fn format(flag: Option<Format>) -> Result<Format, Failure> {
    match (flag, std::env::var("HVSNAP_OUTPUT").as_deref()) {
        (Some(format), _) => Ok(format),
        (None, Ok("json")) => Ok(Format::Json),
        (None, Ok("" | "text") | Err(std::env::VarError::NotPresent)) => Ok(Format::Text),
        _ => Err(Failure::usage("the environment variable HVSNAP_OUTPUT is neither text nor json")),
    }
}

/// Writes the script for a shell.
pub(crate) fn completions(console: &mut Console, shell: Shell) -> Answer {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "hvsnap", &mut script);
    console.script(&script);
    Answer::nothing()
}
