//! Words of other programs, and what this program says for them: added to the usage error as a tip.

use clap::{
    builder::StyledStr,
    error::{ContextKind, ContextValue},
};

/// Verbs: the nouns they stand behind (none for all), the words, and the command.
const VERBS: &[(&str, &[&str], &str)] = &[
    ("snapshot", &["rm", "remove", "del", "erase", "merge"], "snapshot destroy"),
    ("snapshot", &["restore", "rollback", "goto", "switch"], "snapshot apply"),
    ("snapshot", &["new", "add", "make", "save"], "snapshot create"),
    ("snapshot", &["mv", "move"], "snapshot rename"),
    ("snapshot", &["ls", "all"], "snapshot list"),
    ("snapshot", &["get", "info", "describe"], "snapshot show"),
    ("vm", &["ls", "all"], "vm list"),
    ("vm", &["get", "info", "describe", "status"], "vm show"),
    ("vm", &["suspend"], "vm pause"),
    ("vm", &["off", "poweroff", "kill", "turnoff"], "vm stop"),
    ("job", &["ls", "all"], "job list"),
    ("job", &["get", "info", "describe", "status"], "job show"),
    ("job", &["kill", "stop", "abort"], "job cancel"),
    ("journal", &["ls", "all"], "journal list"),
    ("journal", &["rm", "remove", "delete", "clean", "clear"], "journal prune"),
    ("merge", &["ls", "all"], "merge list"),
    ("", &["ls", "list"], "vm list"),
    ("", &["tree"], "snapshot tree"),
    ("", &["create", "take", "new"], "snapshot create"),
    ("", &["apply", "restore", "revert", "rollback"], "snapshot apply"),
    ("", &["destroy", "delete", "remove", "rm"], "snapshot destroy"),
    ("", &["check", "ping", "test", "connect", "login"], "doctor"),
    ("", &["get", "enumerate", "query", "invoke"], "cim --help"),
    ("", &["history", "log", "logs"], "journal list"),
];

/// Options: the words, and the option.
const OPTIONS: &[(&[&str], &str)] = &[
    (&["--json", "-j"], "--output json"),
    (&["--format"], "--output"),
    (&["--tree", "--recursive", "--children", "--subtree", "-r", "-R"], "--scope tree"),
    (&["--force", "-f", "-y", "--assume-yes", "--confirm", "--no-confirm"], "--yes"),
    (&["--dryrun", "--what-if", "--whatif", "-n"], "--dry-run"),
    (&["--server", "--computer", "--computername", "--computer-name", "--hostname", "-H"], "--host"),
    (&["--ssl", "--https", "--use-ssl", "--usessl"], "--tls"),
    (&["--username", "--login", "-u"], "--user"),
    (&["--insecure", "--no-verify", "--skip-ca-check", "-k"], "--pin SHA256"),
    (&["--cacert", "--ca", "--ca-cert"], "--ca-file"),
    (&["--debug", "-d"], "-vv"),
];

/// Options that would hold a password.
const PASSWORDS: &[&str] = &["--password", "--pass", "--passwd", "--pwd", "-p", "-P"];
const PASSWORD: &str = "a password is never an argument, which other users can read: put it into HVSNAP_PASSWORD or a file \
                        (--password-file), pipe it (--password-stdin), or leave it out to be asked for it";

/// The error with a tip, if it is about such a word; `words` are the arguments.
pub(crate) fn explained(mut error: clap::Error, words: &[String]) -> clap::Error {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let verb = text(ContextKind::InvalidSubcommand).and_then(|verb| command(noun(words), verb));
    let option = text(ContextKind::InvalidArg).and_then(|given| {
        let given = given.split('=').next().unwrap_or(given);
        if PASSWORDS.contains(&given) {
            return Some(PASSWORD.to_owned());
        }
        let row = OPTIONS.iter().find(|(words, _)| words.contains(&given));
        row.map(|(_, option)| format!("use '{option}'"))
    });
    let Some(tip) = verb.map(|command| format!("use '{command}'")).or(option) else { return error };
    // What clap suggests is spelled similarly, which says nothing of the meaning; the usage is that of its suggestion.
    error.remove(ContextKind::SuggestedArg);
    error.remove(ContextKind::SuggestedSubcommand);
    error.remove(ContextKind::Usage);
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![StyledStr::from(tip)]));
    error
}

/// The first word that is a noun.
fn noun(words: &[String]) -> &str {
    let noun = |word: &String| match word.as_str() {
        "snapshot" | "checkpoint" => Some("snapshot"),
        word => VERBS.iter().map(|(noun, ..)| *noun).find(|noun| !noun.is_empty() && *noun == word),
    };
    words.iter().find_map(noun).unwrap_or_default()
}

fn command(noun: &str, verb: &str) -> Option<&'static str> {
    VERBS.iter().find(|(of, words, _)| *of == noun && words.contains(&verb)).map(|(.., command)| *command)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::grammar;

    #[test]
    fn every_word_is_none_of_this_program_and_leads_to_one_that_is() {
        let grammar = grammar();
        for (noun, words, command) in VERBS {
            let of = if noun.is_empty() { Some(&grammar) } else { grammar.find_subcommand(noun) };
            let of = of.unwrap();
            let taken = words.iter().find(|word| of.find_subcommand(word).is_some());
            assert_eq!(taken, None, "{noun}");
            let mut names = command.split(' ').filter(|name| !name.starts_with('-'));
            let found = names.try_fold(&grammar, |command, name| command.find_subcommand(name));
            assert!(found.is_some(), "{command}");
        }
        let mut known = Vec::new();
        let mut waiting = vec![&grammar];
        while let Some(command) = waiting.pop() {
            waiting.extend(command.get_subcommands());
            known.extend(
                command.get_arguments().filter_map(|arg| arg.get_long()).map(|long| format!("--{long}")),
            );
            known.extend(
                command.get_arguments().filter_map(|arg| arg.get_short()).map(|short| format!("-{short}")),
            );
        }
        let is_known = |option: &str| known.iter().any(|known| known == option);
        for (words, option) in OPTIONS {
            let name = option.split(' ').next().unwrap();
            assert!(is_known(name) || name == "-vv", "{option}");
            for word in *words {
                let is_of_all = |arg: &clap::Arg| {
                    arg.get_long().is_some_and(|long| word.strip_prefix("--") == Some(long))
                };
                assert!(!grammar.get_arguments().any(is_of_all), "{word} is an option of every command");
            }
        }
    }

    #[test]
    fn the_tip_replaces_what_is_only_spelled_similarly() {
        for (line, wanted) in [
            ("hvsnap snapshot rm web-01 base", "tip: use 'snapshot destroy'"),
            ("hvsnap checkpoint restore web-01 base", "tip: use 'snapshot apply'"),
            ("hvsnap --tls snapshot new web-01", "tip: use 'snapshot create'"),
            ("hvsnap snapshot ls", "tip: use 'snapshot list'"),
            ("hvsnap vm ls", "tip: use 'vm list'"),
            ("hvsnap destroy web-01 base", "tip: use 'snapshot destroy'"),
            ("hvsnap vm list --json", "tip: use '--output json'"),
            ("hvsnap snapshot destroy web-01 base --tree", "tip: use '--scope tree'"),
            ("hvsnap snapshot destroy web-01 base --force", "tip: use '--yes'"),
            ("hvsnap snapshot destroy web-01 base --dryrun", "tip: use '--dry-run'"),
            ("hvsnap vm list --password hush", "tip: a password is never an argument"),
            ("hvsnap vm list --password=hush", "tip: a password is never an argument"),
            ("hvsnap vm list --profil lab", "'--profile'"),
            ("hvsnap snapshots", "'snapshot'"),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            let error = explained(grammar().try_get_matches_from(&words).unwrap_err(), &words).to_string();
            assert!(error.contains(wanted), "{line}: {error}");
            assert_eq!(error.matches("tip:").count(), 1, "{line}: {error}");
            assert!(!error.contains("hush"), "{error}");
        }
    }
}
