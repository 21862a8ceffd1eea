//! The grammar of the command line: commands, shared options, and the help texts of the program.
//!
//! An option that a command does not use is hidden in its help and refused.

use std::path::PathBuf;

use clap::{
    Arg, ArgMatches, Args, CommandFactory, FromArgMatches, Parser, ValueHint, error::ErrorKind,
    parser::ValueSource,
};

use crate::cli::{
    commands::{Command, Needs},
    connect::ConnectionArgs,
    console::Format,
    synonyms,
    values::Length,
};

/// List, take, apply and destroy Hyper-V snapshots over WinRM (WS-Management)
#[derive(Debug, Parser)]
#[command(
    name = "hvsnap",
    version,
    max_term_width = 100,
    after_help = SHORT_HELP,
    after_long_help = HELP
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

/// What a command takes that works on a host or on the journal.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Operation")]
pub(crate) struct RunArgs {
    /// Time limit for the whole command, waiting included, such as 90s, 5m, 1h30m; the host goes on by itself
    #[arg(long, global = true, value_name = "DURATION", value_parser = time_limit)]
    pub(crate) timeout: Option<Length>,

    /// Folder of the journal, instead of hvsnap in ~/.local/state or its like [env: HVSNAP_STATE_DIR]
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath, hide_short_help = true)]
    pub(crate) state_dir: Option<PathBuf>,
}

/// What every command takes.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct GeneralArgs {
    /// Format of stdout: text, one JSON document, or JSON by lines (`hvsnap schema`) [env: HVSNAP_OUTPUT]
    #[arg(short, long, global = true, value_name = "text|json|jsonl", hide_possible_values = true)]
    pub(crate) output: Option<Format>,

    /// No plan, progress or hints on stderr; warnings, questions and errors remain
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,

    /// Log to stderr; -vv logs the messages too, but never a password
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,

    /// Speed of the clock, for a host of `sim serve --speed`
    #[cfg(feature = "sim")]
    #[arg(long, global = true, value_name = "FACTOR", hide = true, env = "HVSNAP_CLOCK_SPEED", value_parser = crate::cli::commands::speed)]
    pub(crate) clock_speed: Option<f64>,
}

/// The commands and their options; options that a command does not use are hidden in its help.
pub(crate) fn grammar() -> clap::Command {
    let names: Vec<String> =
        Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect();
    names.iter().fold(Cli::command(), |grammar, name| {
        grammar.mut_subcommand(name, |command| {
            let hidden = useless(Needs::of(name)).into_iter().map(|(arg, _)| arg.hide(true));
            command.args(hidden)
        })
    })
}

/// Parses the command line.
///
/// # Errors
/// If it does not follow the grammar, or contains an option that the command does not use.
pub(crate) fn read() -> Result<Cli, clap::Error> {
    let mut grammar = grammar();
    let matches = grammar.try_get_matches_from_mut(std::env::args_os()).map_err(|error| {
        let words: Vec<_> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
        synonyms::explained(error, &words)
    })?;
    if let Some(name) = matches.subcommand_name() {
        let given = |(arg, _): &(Arg, _)| is_given(&matches, arg);
        if let Some((arg, what)) = useless(Needs::of(name)).into_iter().find(given) {
            let flag = arg.get_long().unwrap_or_default();
            let text = format!("--{flag} does not apply to `hvsnap {name}`, which {what}");
            return Err(grammar.error(ErrorKind::ArgumentConflict, text));
        }
    }
    let cli = Cli::from_arg_matches(&matches)?;
    if let (Some(output), Some((format, name))) = (cli.general.output, cli.command.output())
        && output != format
    {
        let text =
            format!("--format {name} and --output name different formats of stdout: leave out one of them");
        return Err(grammar.error(ErrorKind::ArgumentConflict, text));
    }
    Ok(cli)
}

impl Cli {
    /// The format of stdout, if it is given; the command's own option for it counts before the environment too.
    pub(crate) fn output(&self) -> Option<Format> {
        self.command.output().map(|(format, _)| format).or(self.general.output)
    }
}

/// Parses a time limit, which must not be zero.
fn time_limit(text: &str) -> Result<Length, String> {
    match text.parse::<Length>() {
        Ok(limit) if limit.0.is_zero() => Err("a time limit of 0 leaves no time for anything".to_owned()),
        parsed => parsed.map_err(|error| error.to_string()),
    }
}

fn is_given(matches: &ArgMatches, arg: &Arg) -> bool {
    matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine)
}

/// The options that such a command does not use, and why.
fn useless(needs: Needs) -> Vec<(Arg, &'static str)> {
    fn of<T: Args>(what: &'static str) -> impl Iterator<Item = (Arg, &'static str)> {
        let args: Vec<Arg> = T::augment_args(clap::Command::new("")).get_arguments().cloned().collect();
        args.into_iter().map(move |arg| (arg, what))
    }
    let connection = || of::<ConnectionArgs>("talks to no host");
    match needs {
        Needs::Host => Vec::new(),
        Needs::Journal => connection().collect(),
        Needs::Profiles => {
            let state = of::<RunArgs>("begins no operation").filter(|(arg, _)| arg.get_id() == "state_dir");
            let what = "takes its hosts from the configuration file (--config)";
            of::<ConnectionArgs>(what).filter(|(arg, _)| arg.get_id() != "config").chain(state).collect()
        }
        Needs::Nothing => connection().chain(of::<RunArgs>("works on no host and no journal")).collect(),
    }
}

/// `hvsnap` alone: what people need first, with what it does.
pub(crate) const FIRST: &[(&str, &str)] = &[
    ("hvsnap doctor", "is the host reachable, and what may you do there?"),
    ("hvsnap vm list", "the VMs"),
    ("hvsnap snapshot tree web-01", "the snapshots of a VM"),
    ("hvsnap snapshot create web-01 --name before-upgrade", "take a snapshot"),
    ("hvsnap snapshot destroy web-01 before-upgrade --dry-run", "what destroying it would do"),
];

/// `hvsnap -h`.
const SHORT_HELP: &str = "\
Try it without a host: hvsnap demo
More, with exit codes and profiles: hvsnap --help";

/// `hvsnap --help`.
const HELP: &str = r#"Examples:
  hvsnap demo
  hvsnap vm list --host hv01.corp.example --tls --user 'CORP\ops'
  hvsnap snapshot tree web-01
  hvsnap snapshot destroy web-01 base/before-upgrade --dry-run
  hvsnap snapshot destroy web-01 base/before-upgrade --yes --fingerprint 0123456789abcdef
  hvsnap job wait 5F0C2A7E-0000-4000-8000-000000000001 --output json
  hvsnap resume

Exit codes:
    0  done
    1  the host refused, the job failed, or any other failure
    2  wrong usage or configuration, or no consent; nothing was changed
    3  not found, or ambiguous
    4  not authenticated, or not allowed
    5  the outcome is not known: run `hvsnap resume` before anything else
    6  done, but the merge is not known to be complete: blocked, or still running
    7  no connection to the host (name, route, port or proxy); nothing was sent
    8  not begun, nothing was sent: VM busy or locked, plan stale, the outcome of an earlier
       operation not known; or the VM's state or the snapshot does not allow it (HVS0518)
  130  interrupted (also when the outcome is not known: the text says so); a job that was started
       goes on, and how to re-attach is shown
  5 comes before all others, except 130. Interrupted between the call and its answer, it is 5 too.
  A TLS handshake that fails is 1: something was reached.
  A reader that closes stdout early (| head) ends the output, not the work: the code stays.

Journal, in hvsnap under ~/.local/state (Linux), ~/Library/Application Support (macOS) or %APPDATA%
(Windows), or in --state-dir: an operation is recorded before its call is sent, and its outcome after.
`hvsnap journal list` shows the records, `hvsnap resume` resolves those that are open;
`hvsnap journal close` closes one by hand, and `hvsnap journal prune` removes old ones.

Profiles, in hvsnap/config.toml under ~/.config (Linux, macOS) or %APPDATA% (Windows):
  default_profile = "lab"

  [profiles.lab]
  host = "hv01.corp.example"        # or: endpoint = "https://hv01.corp.example:5986"
  tls = true
  ca_file = "lab-ca.pem"            # files lie beside config.toml; ~/ is the home
  user = 'CORP\ops'
  password_file = "lab-password"    # a password itself has no place in the file
  # keys are named as the connection options (--uri-form is uri_form); --profile, --config and
  # --password-stdin are none
`hvsnap profile list` shows them, and `hvsnap profile test` tries one.

A flag counts before the environment, and that before the profile. An empty variable counts as none;
only HVSNAP_PASSWORD is refused if it is empty.
The password comes from --password-stdin or --password-file, else HVSNAP_PASSWORD, else
HVSNAP_PASSWORD_FILE, else the profile's password_file, else it is asked for on the terminal."#;

#[cfg(test)]
mod tests {
    use super::*;

    /// Every command without subcommands.
    fn leaves(command: &clap::Command, path: &str, found: &mut Vec<(String, clap::Command)>) {
        if !command.has_subcommands() {
            found.push((path.to_owned(), command.clone()));
        }
        for inner in command.get_subcommands() {
            leaves(inner, &format!("{path} {}", inner.get_name()), found);
        }
    }

    /// Splits a command line as a shell does; quoted text is one word.
    fn words(line: &str) -> Vec<String> {
        let line = line.split(" > ").next().unwrap_or_default();
        let line = line.split(" | ").next().unwrap_or_default();
        let parts = line.split('\'').enumerate();
        parts
            .flat_map(|(at, part)| match at % 2 {
                0 => part.split_whitespace().map(str::to_owned).collect(),
                _ => vec![part.to_owned()],
            })
            .collect()
    }

    #[test]
    fn the_help_of_every_command_has_an_example_that_can_be_typed() {
        let (grammar, mut found) = (grammar(), Vec::new());
        leaves(&grammar, "hvsnap", &mut found);
        assert!(found.len() >= 16, "{found:?}");
        for (path, command) in found {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let examples: Vec<_> = help
                .lines()
                .filter_map(|line| line.strip_prefix("  "))
                .filter(|line| line.starts_with(&path))
                .collect();
            assert!(!examples.is_empty(), "{path}: {help}");
            examples.into_iter().for_each(assert_can_be_typed);
        }
    }

    #[track_caller]
    fn assert_can_be_typed(line: &str) {
        let parsed = grammar().try_get_matches_from(words(line));
        assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
    }

    #[test]
    fn the_first_commands_can_be_typed() {
        FIRST.iter().for_each(|(command, _)| assert_can_be_typed(command));
    }

    /// The README, and the pages in `docs/`.
    #[cfg(feature = "sim")]
    fn pages() -> Vec<(String, String)> {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut pages: Vec<_> =
            std::fs::read_dir(root.join("docs")).unwrap().map(|page| page.unwrap().path()).collect();
        pages.push(root.join("README.md"));
        let read = |page: &PathBuf| (page.display().to_string(), std::fs::read_to_string(page).unwrap());
        pages.iter().map(read).collect()
    }

    #[cfg(feature = "sim")]
    #[test]
    fn the_commands_of_the_readme_and_of_the_pages_can_be_typed() {
        let mut typed = 0;
        for (page, text) in pages() {
            let commands = text.lines().filter_map(|line| line.strip_prefix("$ "));
            for line in commands.filter(|line| line.starts_with("hvsnap ")) {
                let parsed = grammar().try_get_matches_from(words(line));
                assert!(parsed.is_ok(), "{page}: {line}: {}", parsed.unwrap_err());
                typed += 1;
            }
        }
        assert!(typed > 60, "{typed}");
    }
}
