//! The command that finds a job again: with the connection flags that were given, quoted for a POSIX shell.
//!
//! Only flags are repeated; environment and profile are still there. It never holds a password.

use std::path::Path;

use clap::ValueEnum;

use super::args::ConnectionArgs;
use crate::cli::{args::GeneralArgs, view::JobLink};

/// The connection flags, as they would be typed again: name and value, quoted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reattach(Vec<(&'static str, Option<String>)>);

impl Reattach {
    /// Repeats what was given.
    pub(crate) fn new(args: &ConnectionArgs, general: &GeneralArgs) -> Self {
        let mut words = Self::default();
        let path = |path: &Option<std::path::PathBuf>| path.as_deref().map(text);
        // What cannot be used may hold a password, and is not repeated.
        let address = |given: &Option<String>| given.clone().filter(|text| !text.contains('@'));
        words.value("--host", address(&args.host));
        words.value("--endpoint", address(&args.endpoint));
        words.flag("--tls", args.tls);
        words.value("--ca-file", path(&args.ca_file));
        words.value("--pin", args.pin.clone());
        words.value("--server-name", args.server_name.clone());
        words.value("--proxy", address(&args.proxy));
        words.value("--auth", args.auth.and_then(written));
        words.value("--user", args.user.clone());
        words.value("--client-cert", path(&args.client_cert));
        words.value("--keytab", path(&args.keytab));
        words.value("--spn", args.spn.clone());
        words.value("--password-file", path(&args.password_file));
        words.flag("--password-stdin", args.password_stdin);
        words.flag("--allow-plaintext", args.allow_plaintext);
        words.value("--namespace", args.namespace.as_ref().map(|name| name.0.to_string()));
        words.value("--uri-form", args.uri_form.and_then(written));
        words.value("--service-class", args.service_class.as_ref().map(ToString::to_string));
        words.value("--operation-timeout", args.operation_timeout.map(|length| length.to_string()));
        words.value("--connect-timeout", args.connect_timeout.map(|length| length.to_string()));
        words.value("--max-envelope-size", args.max_envelope_size.map(|size| size.to_string()));
        words.value("--profile", args.profile.clone());
        words.value("--config", path(&args.config));
        words.value("--state-dir", path(&general.state_dir));
        words
    }

    /// The command that waits for a job.
    pub(crate) fn job(&self, id: &str) -> JobLink {
        JobLink { id: id.to_owned(), reattach: self.command(&["job", "wait", id]) }
    }

    /// The flags for an operation whose record calls this run's host otherwise: a host that only a record names is not asked, so
    /// this one is named where no flag does.
    pub(crate) fn here(&self, endpoint: &str) -> Self {
        let mut flags = self.clone();
        if !flags.0.iter().any(|(name, _)| matches!(*name, "--host" | "--endpoint")) {
            flags.value("--endpoint", Some(endpoint.to_owned()));
        }
        flags
    }

    /// The flags for an operation that was sent to another endpoint, if one is given, and in the namespace of its record.
    pub(crate) fn there(&self, endpoint: Option<&str>) -> Self {
        let mut flags = self.clone();
        flags.0.retain(|(name, _)| match *name {
            "--namespace" => false,
            "--host" | "--endpoint" | "--tls" => endpoint.is_none(),
            _ => true,
        });
        flags.value("--endpoint", endpoint.map(str::to_owned));
        flags
    }

    /// Any command of this program, with the connection flags.
    pub(crate) fn command(&self, words: &[&str]) -> String {
        let mut command = "hvsnap".to_owned();
        let words = words.iter().map(|word| quoted(word));
        let flags =
            self.0.iter().flat_map(|(name, value)| std::iter::once((*name).to_owned()).chain(value.clone()));
        for word in words.chain(flags) {
            command.push(' ');
            command.push_str(&word);
        }
        command
    }

    fn flag(&mut self, name: &'static str, given: bool) {
        if given {
            self.0.push((name, None));
        }
    }

    fn value(&mut self, name: &'static str, value: Option<String>) {
        self.0.extend(value.map(|value| (name, Some(quoted(&value)))));
    }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// One of several values, as the command line takes it.
fn written(value: impl ValueEnum) -> Option<String> {
    value.to_possible_value().map(|value| value.get_name().to_owned())
}

/// A word that a POSIX shell reads as it stands.
pub(super) fn quoted(word: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(harmless) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_repeated_as_they_were_given() {
        let args = ConnectionArgs {
            host: Some("hv01".to_owned()),
            tls: true,
            user: Some(r"CORP\ops".to_owned()),
            ..ConnectionArgs::default()
        };
        let link = Reattach::new(&args, &GeneralArgs::default()).job("5F0C2A7E-0000-4000-8000-000000000001");
        let command =
            r"hvsnap job wait 5F0C2A7E-0000-4000-8000-000000000001 --host hv01 --tls --user 'CORP\ops'";
        assert_eq!(link.reattach, command);
    }

    #[test]
    fn the_host_of_an_operation_is_named_whatever_its_record_calls_it() {
        let url = "http://localhost:5985/wsman";
        let mut args = ConnectionArgs { namespace: "cluster".parse().ok(), ..ConnectionArgs::default() };
        let command = |flags: Reattach| flags.command(&["resume", "1"]);
        let given = |args: &ConnectionArgs| Reattach::new(args, &GeneralArgs::default());
        let namespace = "--namespace root/HyperVCluster/v2";
        assert_eq!(command(given(&args).here(url)), format!("hvsnap resume 1 {namespace} --endpoint {url}"));
        assert_eq!(command(given(&args).there(None)), "hvsnap resume 1");
        (args.host, args.tls) = (Some("hv01".to_owned()), true);
        assert_eq!(command(given(&args).here(url)), format!("hvsnap resume 1 --host hv01 --tls {namespace}"));
        assert_eq!(command(given(&args).there(None)), "hvsnap resume 1 --host hv01 --tls");
        assert_eq!(command(given(&args).there(Some(url))), format!("hvsnap resume 1 --endpoint {url}"));
    }

    #[test]
    fn what_a_host_sends_cannot_leave_its_quotes() {
        let command = Reattach::default().command(&["job", "wait", "x'; rm -rf ~; '"]);
        assert_eq!(command, r"hvsnap job wait 'x'\''; rm -rf ~; '\'''");
    }
}
