//! Commands shown to the user: with the connection flags of this run, quoted for a POSIX shell.
//!
//! Settings from environment and profile are not repeated, and a password never appears.

use std::path::PathBuf;

use super::given::ConnectionArgs;
use crate::cli::{args::RunArgs, view::JobLink};

/// The connection flags of this run: name and value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reattach(Vec<(String, Option<String>)>);

impl Reattach {
    /// The flags that were given.
    pub(crate) fn new(args: &ConnectionArgs, run: &RunArgs) -> Self {
        let mut words = args.settings.flags();
        let path = |path: &Option<PathBuf>| path.as_deref().map(|path| path.display().to_string());
        words.extend(args.password_stdin.then(|| ("--password-stdin".to_owned(), None)));
        for (flag, value) in [
            ("--profile", args.profile.clone()),
            ("--config", path(&args.config)),
            ("--state-dir", path(&run.state_dir)),
        ] {
            words.extend(value.map(|value| (flag.to_owned(), Some(value))));
        }
        Self(words)
    }

    /// The command that waits for a job.
    pub(crate) fn job(&self, id: &str) -> JobLink {
        JobLink { id: id.to_owned(), reattach: self.command(&["job", "wait", id]) }
    }

    /// The flags for an operation whose record has another name for this run's host. `resume` does not contact a host that is
    /// named only by a record, so this host is named if no flag does.
    pub(crate) fn here(&self, endpoint: &str) -> Self {
        let mut flags = self.clone();
        if !flags.0.iter().any(|(name, _)| matches!(name.as_str(), "--host" | "--endpoint")) {
            flags.endpoint(endpoint);
        }
        flags
    }

    /// The flags for an operation in the namespace of its record, and for another endpoint if one is given.
    pub(crate) fn there(&self, endpoint: Option<&str>) -> Self {
        let mut flags = self.clone();
        flags.0.retain(|(name, _)| match name.as_str() {
            "--namespace" | "--through-cluster" => false,
            "--host" | "--endpoint" | "--tls" => endpoint.is_none(),
            _ => true,
        });
        endpoint.into_iter().for_each(|url| flags.endpoint(url));
        flags
    }

    /// Any command of this program, with the connection flags.
    pub(crate) fn command(&self, words: &[&str]) -> String {
        let mut command = "hvsnap".to_owned();
        let flags = self.0.iter().flat_map(|(name, value)| [Some(name), value.as_ref()]).flatten();
        for word in words.iter().copied().chain(flags.map(String::as_str)) {
            command.push(' ');
            command.push_str(&quoted(word));
        }
        command
    }

    fn endpoint(&mut self, url: &str) {
        self.0.push(("--endpoint".to_owned(), Some(url.to_owned())));
    }
}

/// Quotes a word for a POSIX shell.
pub(crate) fn quoted(word: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(harmless) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::{
        super::{settings::Settings, value::Address},
        *,
    };

    #[test]
    fn flags_are_repeated_as_they_were_given() {
        let settings = Settings {
            host: Some(Address("hv01".to_owned())),
            tls: Some(true),
            user: Some(r"CORP\ops".to_owned()),
            ..Settings::default()
        };
        let args = ConnectionArgs { settings, ..ConnectionArgs::default() };
        let link = Reattach::new(&args, &RunArgs::default()).job("5F0C2A7E-0000-4000-8000-000000000001");
        let command =
            r"hvsnap job wait 5F0C2A7E-0000-4000-8000-000000000001 --host hv01 --tls --user 'CORP\ops'";
        assert_eq!(link.reattach, command);
    }

    #[test]
    fn the_host_of_an_operation_is_named_whatever_its_record_calls_it() {
        let url = "http://localhost:5985/wsman";
        let settings = Settings { namespace: "cluster".parse().ok(), ..Settings::default() };
        let mut args = ConnectionArgs { settings, ..ConnectionArgs::default() };
        let command = |flags: Reattach| flags.command(&["resume", "1"]);
        let given = |args: &ConnectionArgs| Reattach::new(args, &RunArgs::default());
        let namespace = "--namespace root/HyperVCluster/v2";
        assert_eq!(command(given(&args).here(url)), format!("hvsnap resume 1 {namespace} --endpoint {url}"));
        assert_eq!(command(given(&args).there(None)), "hvsnap resume 1");
        (args.settings.host, args.settings.tls) = (Some(Address("hv01".to_owned())), Some(true));
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
