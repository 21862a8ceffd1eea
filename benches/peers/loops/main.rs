//! The loops for comparisons with other clients: each repeats one operation and prints its cost.
//!
//! `loops SUBCOMMAND --endpoint URL --auth basic|ntlm --operations N --warm-up M …` prints one line of JSON (`measure`); name and
//! password are in `HVSNAP_USER` and `HVSNAP_PASSWORD`. It connects to loopback addresses only, because it measures the client
//! and should destroy only simulated snapshots. All loops run on one thread, the bare ones too.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints what it measured")]

mod arguments;
mod bare;
mod enumerate;
mod hosts;
mod invoke;
mod measure;
mod serve;

use std::{error::Error, process::ExitCode};

use arguments::Arguments;

const USAGE: &str = "loops hvsnap-invoke|bare-invoke|print-invoke|enumerate|hosts|serve \
    --endpoint URL --auth basic|ntlm --operations N [--warm-up M] \
    [--body FILE] [--timeout SECONDS] [--class CLASS] [--page-size N] [--hosts N] [--vm NAME] [--snapshot NAME] [--speed FACTOR] [--vms N]";

type Any = Box<dyn Error>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut whole = error.to_string();
            let mut cause = error.source();
            while let Some(error) = cause {
                whole.push_str(&format!(": {error}"));
                cause = error.source();
            }
            eprintln!("loops: {whole}\nusage: {USAGE}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Any> {
    let arguments = Arguments::read(std::env::args().skip(1))?;
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        match arguments.subcommand() {
            "hvsnap-invoke" => invoke::run(&arguments).await,
            "print-invoke" => invoke::print(&arguments).await,
            "bare-invoke" => bare::run(&arguments).await,
            "enumerate" => enumerate::run(&arguments).await,
            "hosts" => hosts::run(&arguments).await,
            "serve" => serve::run(&arguments).await,
            other => Err(format!("no loop is called {other:?}").into()),
        }
    })
}
