//! Where the password comes from: stdin, a file, the environment, or the person at the terminal.
//!
//! In this order: `--password-stdin` or `--password-file`; `HVSNAP_PASSWORD`; `HVSNAP_PASSWORD_FILE`; the profile's file;
//! a prompt. Only the line end at the end of a file is not part of the password. It is never an argument and never shown.

use std::{
    io::{self, IsTerminal, Read},
    path::Path,
};

use hvsnap::Secret;

use super::{args::ConnectionArgs, layer::Layer};
use crate::cli::{
    failure::Failure,
    interrupt::{Question, nothing_asked},
    render::clean,
};

/// More than any password, less than a mistake that fills the memory.
const LONGEST: u64 = 64 * 1024;

pub(super) fn find(
    args: &ConnectionArgs,
    settings: &Layer,
    user: &str,
    address: &str,
) -> Result<Secret, Failure> {
    if args.password_stdin {
        if io::stdin().is_terminal() {
            return Err(Failure::usage("--password-stdin needs a pipe or a file as stdin")
                .hint("leave it out to be asked for the password"));
        }
        return read(io::stdin().lock(), "the password cannot be read from stdin");
    }
    if let Some(path) = &args.password_file {
        return from_file(path);
    }
    // Asked for by itself, so that an empty variable counts as none here too.
    if super::environment::variable("HVSNAP_PASSWORD")?.is_some() {
        return Secret::from_env("HVSNAP_PASSWORD")
            .map_err(|error| Failure::usage("the password cannot be read").cause(error));
    }
    if let Some(path) = &settings.password_file {
        return from_file(path);
    }
    if io::stdin().is_terminal() {
        return ask(user, address);
    }
    Err(Failure::usage("no password was given, and there is no terminal to ask for it")
        .hint("give HVSNAP_PASSWORD, --password-file or --password-stdin; a password is never an argument"))
}

fn from_file(path: &Path) -> Result<Secret, Failure> {
    let text = format!("the password file {} cannot be read", path.display());
    let file = std::fs::File::open(path).map_err(|error| Failure::usage(text.clone()).cause(error))?;
    read(file, &text)
}

fn read(source: impl Read, failed: &str) -> Result<Secret, Failure> {
    let mut text = String::new();
    source
        .take(LONGEST)
        .read_to_string(&mut text)
        .map_err(|error| Failure::usage(failed.to_owned()).cause(error))?;
    for end in ['\n', '\r'] {
        if text.ends_with(end) {
            text.pop();
        }
    }
    Ok(Secret::new(text))
}

fn ask(user: &str, address: &str) -> Result<Secret, Failure> {
    let prompt = format!("Password of {} at {}: ", clean(user), clean(address));
    let question = Question::open();
    let typed = rpassword::prompt_password(prompt);
    drop(question);
    typed.map(Secret::new).map_err(|error| match error.kind() {
        // Ctrl-C, which the prompt takes from the terminal and passes on.
        io::ErrorKind::Interrupted => nothing_asked(),
        _ => Failure::usage("the password cannot be asked for").cause(error),
    })
}
