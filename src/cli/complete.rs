//! Completions: what may stand at the cursor, for the scripts of `hvsnap completions`.
//!
//! `hvsnap __complete SHELL ...` is called at each press of the key. It reads the grammar, the configuration file, the journal
//! and the names of [`Recent`]; it contacts no host and asks nothing. Names with control characters are not offered.

use clap::{Arg, ArgAction, Command, ValueHint};
use hvsnap::journal::{Journal as _, Operation};

use crate::cli::{
    args::{self, RunArgs},
    connect::{self, ConnectionArgs},
    present,
    recent::Recent,
    render::clean,
    state,
};

/// The first argument of a call by a script.
pub(crate) const ASKED: &str = "__complete";
/// The answers that leave the completion of paths to the shell.
const FILES: &str = ":files";
const FOLDERS: &str = ":dirs";
/// A journal may be long.
const MOST_OPERATIONS: usize = 50;

/// The answer to a script: one candidate on a line.
///
/// For bash the argument is the line up to the cursor; for other shells the words after the program's name, the last one, which is
/// incomplete, behind a `=`.
pub(crate) fn answer(arguments: &[String]) -> String {
    let Some((shell, given)) = arguments.split_first() else { return String::new() };
    let line = if shell == "bash" {
        bash::Line::of(given.first().map(String::as_str).unwrap_or_default())
    } else {
        let mut words = given.to_vec();
        let current = words.pop().unwrap_or_default();
        bash::Line {
            words,
            current: current.strip_prefix('=').unwrap_or(&current).to_owned(),
            ..bash::Line::default()
        }
    };
    let mut text = String::new();
    for candidate in candidates(&line.words, &line.current) {
        let value = match shell.as_str() {
            _ if candidate.is_for_shell() => candidate.value.clone(),
            "bash" => line.replacement(&candidate.value),
            "powershell" => powershell(&candidate.value),
            _ => candidate.value.clone(),
        };
        text.push_str(&value);
        if shell != "bash" && !candidate.help.is_empty() {
            text.push('\t');
            text.push_str(&candidate.help);
        }
        text.push('\n');
    }
    text
}

/// A word in PowerShell.
fn powershell(word: &str) -> String {
    let harmless = |c: char| c.is_alphanumeric() || "-_./:\\=+".contains(c);
    if word.chars().all(harmless) { word.to_owned() } else { format!("'{}'", word.replace('\'', "''")) }
}

/// A word that may stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Candidate {
    value: String,
    help: String,
}

impl Candidate {
    fn new(value: impl Into<String>, help: impl ToString) -> Self {
        let help = help.to_string();
        Self { value: value.into(), help: help.lines().next().unwrap_or_default().to_owned() }
    }

    fn is_for_shell(&self) -> bool {
        [FILES, FOLDERS].contains(&self.value.as_str())
    }
}

/// What the words before the cursor say.
struct Before<'c> {
    path: Vec<&'c str>,
    command: &'c Command,
    /// The positional arguments, with their ids.
    values: Vec<(&'c str, String)>,
    /// The options, as they were given.
    options: Vec<String>,
    /// The option whose value stands at the cursor.
    pending: Option<&'c Arg>,
    /// True behind `--`.
    is_escaped: bool,
}

impl<'c> Before<'c> {
    fn read(grammar: &'c Command, words: &[String]) -> Self {
        let mut before = Self {
            path: Vec::new(),
            command: grammar,
            values: Vec::new(),
            options: Vec::new(),
            pending: None,
            is_escaped: false,
        };
        for word in words {
            before.word(word);
        }
        before
    }

    fn word(&mut self, word: &str) {
        if self.pending.take().is_some() {
            self.options.push(word.to_owned());
        } else if !self.is_escaped && word == "--" {
            self.is_escaped = true;
        } else if !self.is_escaped && word.len() > 1 && word.starts_with('-') {
            self.options.push(word.to_owned());
            self.pending = option(self.command, word).filter(|arg| takes_value(arg) && !word.contains('='));
        } else if let Some(inner) = self.command.find_subcommand(word).filter(|_| !self.is_escaped) {
            self.path.push(inner.get_name());
            self.command = inner;
            self.values.clear();
        } else if let Some(arg) = self.positional() {
            self.values.push((arg.get_id().as_str(), word.to_owned()));
        }
    }

    /// The positional argument that comes next; the last one again if it takes several.
    fn positional(&self) -> Option<&'c Arg> {
        let next = self.command.get_positionals().nth(self.values.len());
        let takes_several = |arg: &&Arg| arg.get_num_args().is_some_and(|count| count.max_values() > 1);
        next.or_else(|| self.command.get_positionals().last().filter(takes_several))
    }

    fn value(&self, id: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| *known == id).map(|(_, value)| value.as_str())
    }

    /// Options of one kind of those that were given; others, and what is wrong, are ignored.
    fn given<T: clap::Args + Default>(&self) -> T {
        let command = T::augment_args(Command::new("").no_binary_name(true).ignore_errors(true));
        let matches = command.try_get_matches_from(&self.options);
        matches.ok().and_then(|matches| T::from_arg_matches(&matches).ok()).unwrap_or_default()
    }
}

fn option<'c>(command: &'c Command, word: &str) -> Option<&'c Arg> {
    let name = word.split('=').next().unwrap_or(word);
    let mut all = command.get_arguments();
    match name.strip_prefix("--") {
        Some(long) => all.find(|arg| arg.get_long() == Some(long)),
        // Of several short options in one word, only the last one may take a value.
        None => all.find(|arg| arg.get_short().is_some() && arg.get_short() == name.chars().next_back()),
    }
}

fn takes_value(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Set | ArgAction::Append)
}

fn candidates(words: &[String], current: &str) -> Vec<Candidate> {
    let mut grammar = args::grammar();
    grammar.build();
    let before = Before::read(&grammar, words);
    let mut found = Vec::new();
    if let Some(arg) = before.pending {
        found = values(&before, arg);
    } else if let Some((name, _)) = current.split_once('=').filter(|(name, _)| name.starts_with("--")) {
        let arg = option(before.command, name).filter(|arg| takes_value(arg));
        found = arg.map(|arg| values(&before, arg)).unwrap_or_default();
        found.retain(|candidate| !candidate.is_for_shell());
        found.iter_mut().for_each(|candidate| candidate.value = format!("{name}={}", candidate.value));
    } else if current.starts_with('-') && !before.is_escaped {
        found = options(before.command);
    } else {
        if before.values.is_empty() && !before.is_escaped {
            let shown = before.command.get_subcommands().filter(|inner| !inner.is_hide_set());
            let about = |inner: &Command| inner.get_about().map(ToString::to_string).unwrap_or_default();
            found.extend(shown.map(|inner| Candidate::new(inner.get_name(), about(inner))));
        }
        found.extend(before.positional().map(|arg| values(&before, arg)).unwrap_or_default());
        let is_named =
            |candidate: &Candidate| before.values.iter().any(|(_, value)| *value == candidate.value);
        found.retain(|candidate| !is_named(candidate));
    }
    // The host chooses names; one that a terminal would not show as it is cannot be typed either.
    found.retain(|candidate| candidate.is_for_shell() || candidate.value.starts_with(current));
    found.retain(|candidate| clean(&candidate.value) == candidate.value);
    found.iter_mut().for_each(|candidate| candidate.help = clean(&candidate.help).into_owned());
    found
}

fn options(command: &Command) -> Vec<Candidate> {
    let shown = command.get_arguments().filter(|arg| !arg.is_hide_set());
    let long = |arg: &Arg| {
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        Some(Candidate::new(format!("--{}", arg.get_long()?), help))
    };
    shown.filter_map(long).collect()
}

/// The values of an argument that are known.
fn values(before: &Before<'_>, arg: &Arg) -> Vec<Candidate> {
    let possible = arg.get_possible_values();
    if !possible.is_empty() {
        let shown = possible.iter().filter(|value| !value.is_hide_set());
        let help = |value: &clap::builder::PossibleValue| {
            value.get_help().map(ToString::to_string).unwrap_or_default()
        };
        return shown.map(|value| Candidate::new(value.get_name(), help(value))).collect();
    }
    match (before.path.first().copied().unwrap_or_default(), arg.get_id().as_str()) {
        (_, "vm" | "vm_pattern" | "excluded") => vms(before),
        ("snapshot", "snapshot" | "snapshots") => snapshots(before),
        ("job", "id") => recent(before).jobs.iter().map(|id| Candidate::new(id, "")).collect(),
        ("journal" | "resume", "id") => operations(before),
        (_, "profile") | ("profile", "name") => profiles(before),
        _ => match arg.get_value_hint() {
            ValueHint::DirPath => vec![Candidate::new(FOLDERS, "")],
            ValueHint::AnyPath | ValueHint::FilePath => vec![Candidate::new(FILES, "")],
            _ => Vec::new(),
        },
    }
}

fn recent(before: &Before<'_>) -> Recent {
    connect::owner(&before.given::<ConnectionArgs>()).map(|owner| Recent::of(&owner)).unwrap_or_default()
}

fn vms(before: &Before<'_>) -> Vec<Candidate> {
    recent(before).vms.into_keys().map(|name| Candidate::new(name, "")).collect()
}

fn snapshots(before: &Before<'_>) -> Vec<Candidate> {
    let Some(wanted) = before.value("vm") else { return Vec::new() };
    let known = recent(before).vms.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    known.into_iter().flat_map(|(_, labels)| labels).map(|label| Candidate::new(label, "")).collect()
}

fn profiles(before: &Before<'_>) -> Vec<Candidate> {
    let file = connect::configuration(&before.given::<ConnectionArgs>()).ok().flatten();
    let profiles = file.into_iter().flat_map(|file| file.profiles);
    let endpoint =
        |profile: &connect::Profile| profile.facts().map(|facts| facts.endpoint).unwrap_or_default();
    profiles.map(|profile| Candidate::new(&profile.name, endpoint(&profile))).collect()
}

/// The latest records; for `resume` and `journal close` those that are open.
fn operations(before: &Before<'_>) -> Vec<Candidate> {
    let records = state::journal(&before.given::<RunArgs>()).ok().and_then(|journal| journal.list().ok());
    let mut operations: Vec<Operation> = records.into_iter().flatten().filter_map(Result::ok).collect();
    if before.path != ["journal", "show"] {
        operations.retain(Operation::is_open);
    }
    let latest = operations.iter().rev().take(MOST_OPERATIONS);
    latest.map(|found| Candidate::new(found.id().to_string(), present::what(found))).collect()
}

/// The line of bash.
mod bash {
    /// The words of a line up to the cursor.
    #[derive(Debug, Default, PartialEq, Eq)]
    pub(super) struct Line {
        /// The words after the program's name, without their quotes.
        pub(super) words: Vec<String>,
        /// The word at the cursor, without its quotes.
        pub(super) current: String,
        /// The quote that is open at the cursor.
        pub(super) quote: Option<char>,
        /// The length of what readline keeps of the current word: it replaces what follows the last character that breaks words.
        pub(super) kept: usize,
    }

    impl Line {
        pub(super) fn of(line: &str) -> Self {
            let (mut words, mut current, mut kept) = (Vec::new(), String::new(), 0);
            let (mut quote, mut is_word) = (None, false);
            let mut characters = line.chars();
            while let Some(c) = characters.next() {
                match (quote, c) {
                    (None, ' ' | '\t') => {
                        if is_word {
                            words.push(std::mem::take(&mut current));
                        }
                        (is_word, kept) = (false, 0);
                        continue;
                    }
                    (None, '\'' | '"') => {
                        quote = Some(c);
                        kept = current.len();
                    }
                    (Some(open), c) if open == c => quote = None,
                    (None | Some('"'), '\\') => current.extend(characters.next()),
                    (None, '=' | ':' | '@' | '<' | '>') => {
                        current.push(c);
                        kept = current.len();
                    }
                    (_, c) => current.push(c),
                }
                is_word = true;
            }
            if !words.is_empty() {
                words.remove(0);
            }
            Self { words, current, quote, kept }
        }

        /// What replaces the current word, as it is typed.
        pub(super) fn replacement(&self, value: &str) -> String {
            let value = value.get(self.kept..).unwrap_or(value);
            let harmless = |c: char| c.is_alphanumeric() || "-_./,+%@=:".contains(c);
            let mut text = String::new();
            for c in value.chars() {
                match self.quote {
                    Some('\'') if c == '\'' => text.push_str("'\\''"),
                    Some('"') if "\"\\$`".contains(c) => text.extend(['\\', c]),
                    None if !harmless(c) => text.extend(['\\', c]),
                    _ => text.push(c),
                }
            }
            text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(line: &str) -> Vec<String> {
        let line = bash::Line::of(line);
        candidates(&line.words, &line.current).into_iter().map(|candidate| candidate.value).collect()
    }

    #[test]
    fn a_line_of_bash_is_read_as_bash_reads_it() {
        let line = bash::Line::of("hvsnap snapshot show 'my vm' \"a\\\"b\" c\\ d --host=hv01 ba");
        assert_eq!(line.words, ["snapshot", "show", "my vm", "a\"b", "c d", "--host=hv01"]);
        assert_eq!((line.current.as_str(), line.quote, line.kept), ("ba", None, 0));
        let line = bash::Line::of("hvsnap snapshot show web-01 'auto - (");
        assert_eq!((line.current.as_str(), line.quote), ("auto - (", Some('\'')));
        assert_eq!(line.replacement("auto - (it's)"), "auto - (it'\\''s)");
        let line = bash::Line::of("hvsnap snapshot show web-01 auto\\ ");
        assert_eq!(line.replacement("auto - ($x)"), "auto\\ -\\ \\(\\$x\\)");
        let line = bash::Line::of("hvsnap vm list --output=j");
        assert_eq!(line.replacement("--output=json"), "json");
        assert_eq!(bash::Line::of("hvsnap ").current, "");
    }

    #[test]
    fn commands_options_and_values_are_offered_where_they_may_stand() {
        assert_eq!(values("hvsnap snapshot de"), ["destroy"]);
        assert!(values("hvsnap ").contains(&"snapshot".to_owned()));
        assert_eq!(values("hvsnap snapshot destroy web-01 base --sc"), ["--scope"]);
        assert_eq!(values("hvsnap snapshot destroy --scope "), ["single", "tree"]);
        assert_eq!(values("hvsnap snapshot destroy --scope=t"), ["--scope=tree"]);
        assert_eq!(values("hvsnap vm list --auth k"), ["kerberos"]);
        assert!(values("hvsnap vm list --pass").contains(&"--password-file".to_owned()));
        assert_eq!(values("hvsnap explain --ho"), [""; 0], "an option that does not apply");
        for line in ["hvsnap vm list --ca-file ", "hvsnap --config ", "hvsnap sim serve --lab la"] {
            assert_eq!(values(line), [FILES], "{line}");
        }
        for line in ["hvsnap man ", "hvsnap journal list --state-dir "] {
            assert_eq!(values(line), [FOLDERS], "{line}");
        }
        for line in ["hvsnap vm list --host ", "hvsnap snapshot create web-01 --name ", "hvsnap vm list x"] {
            assert_eq!(values(line), [""; 0], "no files: {line}");
        }
        assert_eq!(values("hvsnap snapshot destroy -- --"), [""; 0]);
    }

    #[test]
    fn every_argument_that_takes_files_says_so_and_no_other() {
        let mut grammar = args::grammar();
        grammar.build();
        let mut waiting = vec![&grammar];
        while let Some(command) = waiting.pop() {
            waiting.extend(command.get_subcommands());
            for arg in command.get_arguments().filter(|arg| takes_value(arg)) {
                let names = arg.get_value_names().map(|names| names.join(" ")).unwrap_or_default();
                let is_path = ["PEM", "FILE", "DIR"].contains(&names.as_str());
                let says_so = matches!(
                    arg.get_value_hint(),
                    ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath
                );
                assert_eq!(is_path, says_so, "{} of {}", arg.get_id(), command.get_name());
            }
        }
    }

    #[test]
    fn words_are_quoted_for_powershell() {
        assert_eq!(powershell("web-01"), "web-01");
        assert_eq!(powershell("it's $x"), "'it''s $x'");
    }
}
