//! Usage errors, help, and the output format.
//!
//! With `--output json` or `jsonl` a usage error is a JSON document too.

use clap::error::ErrorKind;

use crate::cli::{
    args,
    console::{Console, Format},
    exit::Exit,
    failure::Failure,
    render::{Line, style, table::Table, without_secrets_of},
    report,
};

/// Prints the first steps: what `hvsnap` alone shows.
pub(crate) fn first_steps() -> Exit {
    let mut console = Console::new(Format::Text);
    let head = "hvsnap lists, takes, applies and destroys Hyper-V snapshots over WinRM (WS-Management).";
    console.data(&Line::plain(head));
    console.data(&Line::new());
    console.data(&Line::plain("First steps:"));
    let mut table = Table::new(&[]);
    for (command, what) in args::FIRST {
        table.row([Line::plain("  ").styled(style::STRONG, command), Line::new().styled(style::FAINT, what)]);
    }
    table.shown(console.layout(false)).lines.iter().for_each(|line| console.data(line));
    for line in REST {
        console.data(&Line::plain(line));
    }
    Exit::Done
}

const REST: &[&str] = &[
    "",
    r"Each needs a host: --host hv01 --user 'CORP\ops', or a profile (hvsnap --help shows the file).",
    "The password is asked for, or read from HVSNAP_PASSWORD or --password-file.",
    "",
    #[cfg(feature = "sim")]
    "Without a host:    hvsnap demo",
    "All commands:      hvsnap help",
    "One command:       hvsnap help snapshot destroy",
    "Exit codes, files: hvsnap --help",
];

/// Prints help, version, or a usage error.
pub(crate) fn told(error: &clap::Error) -> Exit {
    if !error.use_stderr() {
        // A closed pipe is not an error for help.
        let _ = error.print();
        return Exit::Done;
    }
    let arguments: Vec<_> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    // The text quotes arguments, which may contain a password by mistake.
    let text = without_secrets_of(&arguments, &error.to_string());
    let mut lines = text.trim_end().lines();
    let asked = asked_for(&arguments).or_else(|| format(None).ok());
    let mut console = Console::new(asked.unwrap_or_default());
    let first = lines.next().unwrap_or_default();
    let first = first.strip_prefix("error: ").unwrap_or(first);
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = error.print();
    } else {
        console.say(&Line::new().styled(style::BAD, "error").text(": ").text(first));
        lines.for_each(|line| console.say(&Line::plain(line)));
    }
    report::document(&mut console, &Failure::usage(summary(&text)));
    Exit::Usage
}

/// The format that the command line asks for, although it is not understood.
fn asked_for(arguments: &[String]) -> Option<Format> {
    let next = arguments.iter().skip(1).map(Some).chain([None]);
    arguments.iter().zip(next).find_map(|(word, next)| match word.as_str() {
        "--output" | "-o" => next.and_then(|value| Format::named(value)),
        word => {
            let value = word.strip_prefix("--output=").or_else(|| word.strip_prefix("-o"))?;
            Format::named(value.trim_start_matches('='))
        }
    })
}

/// The error on one line: the first paragraph of the text, which may list arguments on separate lines.
fn summary(text: &str) -> String {
    let paragraph = text.lines().map(str::trim).take_while(|line| !line.is_empty());
    let whole = paragraph.collect::<Vec<_>>().join(" ");
    whole.strip_prefix("error: ").unwrap_or(&whole).to_owned()
}

/// The format of stdout: from the flag, else from `HVSNAP_OUTPUT`.
pub(crate) fn format(flag: Option<Format>) -> Result<Format, Failure> {
    let given = std::env::var("HVSNAP_OUTPUT");
    let format = match (flag, given.as_deref()) {
        (Some(format), _) => Some(format),
        (None, Ok("") | Err(std::env::VarError::NotPresent)) => Some(Format::Text),
        (None, Ok(name)) => Format::named(name),
        (None, Err(_)) => None,
    };
    let text = "the environment variable HVSNAP_OUTPUT is none of text, json and jsonl";
    format.ok_or_else(|| Failure::usage(text))
}
