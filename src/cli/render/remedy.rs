//! A remedy as text, with the flags and commands of this program.

use hvsnap::{
    doctor,
    explain::{Action, Remedy, Setting, Step},
};

use crate::cli::connect::quoted;

/// The remedy as text.
pub(crate) fn text(remedy: &Remedy) -> String {
    remedy.render(words)
}

/// The command of a fix.
pub(crate) fn command(command: &doctor::Command) -> String {
    match command {
        doctor::Command::Check(steps) => {
            let flags = steps.iter().filter_map(words);
            flags.fold("hvsnap doctor".to_owned(), |command, flag| format!("{command} {flag}"))
        }
        command => command.to_string(),
    }
}

fn words(step: &Step) -> Option<String> {
    Some(match step {
        Step::Set(setting, Some(value)) => format!("{} {}", flag(*setting)?, quoted(value)),
        Step::Set(setting, None) => flag(*setting)?.to_owned(),
        Step::Run(action) => called(*action)?.to_owned(),
        _ => return None,
    })
}

fn flag(setting: Setting) -> Option<&'static str> {
    Some(match setting {
        Setting::Host => "--host",
        Setting::Node => "--node NAME=URL",
        Setting::Tls => "--tls",
        Setting::Scheme => "--auth",
        Setting::User => "--user",
        Setting::CaCertificates => "--ca-file",
        Setting::Pin => "--pin",
        Setting::ServerName => "--server-name",
        Setting::ClientCertificate => "--client-cert",
        Setting::ServicePrincipal => "--spn",
        Setting::Namespace => "--namespace",
        Setting::ServiceClass => "--service-class",
        Setting::UriForm => "--uri-form",
        Setting::OperationTimeout => "--operation-timeout",
        Setting::MaxEnvelopeSize => "--max-envelope-size",
        Setting::TimeLimit => "--timeout",
        Setting::OnBusy => "--on-busy",
        Setting::StateFolder => "--state-dir or HVSNAP_STATE_DIR",
        Setting::DryRun => "--dry-run",
        Setting::Consent => "--yes",
        _ => return None,
    })
}

fn called(action: Action) -> Option<&'static str> {
    Some(match action {
        Action::ListVms => "`hvsnap vm list`",
        Action::ShowVm => "`hvsnap vm show VM`",
        Action::ShowTree => "`hvsnap snapshot tree VM`",
        Action::ShowSnapshot => "`hvsnap snapshot show VM SNAPSHOT`",
        Action::ShowJob => "`hvsnap job show ID`",
        Action::WaitForJob => "`hvsnap job wait ID`",
        Action::Explain => "`hvsnap explain CODE`",
        Action::Doctor => "`hvsnap doctor`",
        Action::Resume => "`hvsnap resume`",
        Action::Close => "`hvsnap journal close`",
        Action::ShowOperation => "`hvsnap journal show`",
        Action::Help => "`hvsnap --help`",
        Action::Log => "-v",
        Action::LogMessages => "-vv",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use hvsnap::explain::all;

    use super::*;
    use crate::cli::args;

    /// All long flags of all commands.
    fn flags(command: &clap::Command, found: &mut BTreeSet<String>) {
        let longs = command.get_arguments().filter_map(clap::Arg::get_long);
        found.extend(longs.map(|long| format!("--{long}")));
        command.get_subcommands().for_each(|command| flags(command, found));
    }

    fn all_flags() -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        flags(&args::grammar(), &mut found);
        found
    }

    #[test]
    fn every_step_that_the_library_names_has_a_flag_or_a_command_here() {
        let known = all_flags();
        for step in all().flat_map(|entry| entry.next().steps().cloned().collect::<Vec<_>>()) {
            let words = words(&step).unwrap_or_else(|| panic!("{step:?}"));
            if let Some(flag) = words.split(' ').next().filter(|word| word.starts_with("--")) {
                assert!(known.contains(flag), "{words}");
            }
        }
    }

    /// The lines below `folder` that contain one of the flags outside comments.
    fn holding(folder: &Path, flags: &BTreeSet<String>, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                holding(&path, flags, found);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
                let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
                found.extend(
                    words
                        .filter(|word| flags.contains(*word))
                        .map(|word| format!("{}: {word}", path.display())),
                );
            }
        }
    }

    #[test]
    fn the_library_knows_no_flag_of_this_program() {
        let mut flags = all_flags();
        assert!(flags.contains("--auth") && flags.contains("--on-busy") && flags.len() > 40, "{flags:?}");
        // kinit has a flag of the same name.
        flags.remove("--keytab");
        let mut found = Vec::new();
        for entry in
            fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap().map(Result::unwrap)
        {
            if entry.path().is_dir() && entry.file_name() != "cli" {
                holding(&entry.path(), &flags, &mut found);
            }
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}
