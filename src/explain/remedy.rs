//! Remedies: what to do about an error, as data. The text contains settings and commands as placeholders.
//!
//! A program that embeds the library inserts its own names ([`Remedy::render`]) or uses the neutral words of [`fmt::Display`].
//! In the tables, `{uri-form=wmi}` is a setting with a value and `{tree}` a command. `{ (pin)}` is an aside: it is omitted if
//! the program has no name for it. A brace after `@` belongs to PowerShell.

use std::{borrow::Cow, fmt};

use super::CodeEntry;

/// The names in placeholders, and their neutral words.
macro_rules! named {
    ($(#[doc = $what:literal])+ $kind:ident { $($(#[doc = $doc:literal])+ $name:ident $mark:literal $words:literal,)+ }) => {
        $(#[doc = $what])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $kind { $($(#[doc = $doc])+ $name,)+ }

        impl $kind {
            fn of(mark: &str) -> Option<Self> {
                match mark { $($mark => Some(Self::$name),)+ _ => None }
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$name => $words,)+ })
            }
        }
    };
}

named! {
    /// A setting of a client or an operation.
    Setting {
        /// The host's address.
        Host "host" "the host",
        /// The address of a cluster node.
        Node "node" "the address of a node",
        /// TLS.
        Tls "tls" "TLS",
        /// The authentication scheme; the value is `negotiate`, `kerberos`, `ntlm`, `basic` or `certificate`.
        Scheme "auth" "the scheme",
        /// The user.
        User "user" "the user",
        /// Trusted authorities in addition to the platform's.
        CaCertificates "ca-file" "the trusted certificates",
        /// The only accepted certificate, by its fingerprint.
        Pin "pin" "the pinned fingerprint",
        /// The name in the host's certificate.
        ServerName "server-name" "the server name",
        /// The client certificate with its key.
        ClientCertificate "client-cert" "the client certificate",
        /// The name of the service for Kerberos.
        ServicePrincipal "spn" "the service principal name",
        /// The CIM namespace.
        Namespace "namespace" "the namespace",
        /// The class whose methods are called.
        ServiceClass "service-class" "the service class",
        /// The form of resource URIs; the value is `wmi` or `dmtf`.
        UriForm "uri-form" "the URI form",
        /// The host's time limit for one operation.
        OperationTimeout "operation-timeout" "the operation timeout",
        /// The greatest size of a message from the host.
        MaxEnvelopeSize "max-envelope-size" "the message size limit",
        /// The time limit for everything.
        TimeLimit "timeout" "the time limit",
        /// The policy for a busy VM; the value is `wait`, `fail` or `proceed`.
        OnBusy "on-busy" "the busy policy",
        /// The folder of the journal.
        StateFolder "state-dir" "the state folder",
        /// Plan only.
        DryRun "dry-run" "a dry run",
        /// Consent to a plan.
        Consent "yes" "consent",
    }
}

named! {
    /// A command that shows or does more.
    Action {
        /// Lists the VMs.
        ListVms "vms" "the list of VMs",
        /// Shows a VM.
        ShowVm "vm" "the VM",
        /// Shows the snapshots of a VM as a tree.
        ShowTree "tree" "the snapshot tree",
        /// Shows a snapshot.
        ShowSnapshot "snapshot" "the snapshot",
        /// Shows a job.
        ShowJob "job" "the job",
        /// Waits for a job.
        WaitForJob "wait" "the end of the job",
        /// Explains a code.
        Explain "explain" "the table of codes",
        /// Checks everything that a call needs.
        Doctor "doctor" "the doctor",
        /// Determines the outcome of an open operation.
        Resume "resume" "a resumption",
        /// Closes an open operation by hand.
        Close "close" "close it by hand",
        /// Shows the record of an operation.
        ShowOperation "operation" "the record",
        /// Shows the documentation.
        Help "help" "the documentation",
        /// Logs decisions.
        Log "log" "the log",
        /// Logs messages too.
        LogMessages "messages" "the log of messages",
    }
}

/// A setting or a command that a remedy names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Set this setting, to this value if there is one.
    Set(Setting, Option<Cow<'static, str>>),
    /// Run this command.
    Run(Action),
}

impl Step {
    /// A setting with a value.
    pub(crate) fn set(setting: Setting, value: impl Into<Cow<'static, str>>) -> Self {
        Self::Set(setting, Some(value.into()))
    }

    fn of(mark: &'static str) -> Option<Self> {
        let (name, value) = match mark.split_once('=') {
            Some((name, value)) => (name, Some(Cow::Borrowed(value))),
            None => (mark, None),
        };
        match (Setting::of(name), value) {
            (Some(setting), value) => Some(Self::Set(setting, value)),
            (None, None) => Action::of(name).map(Self::Run),
            (None, Some(_)) => None,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Set(setting, Some(value)) => write!(f, "{setting} {value}"),
            Self::Set(setting, None) => setting.fmt(f),
            Self::Run(action) => action.fmt(f),
        }
    }
}

/// What to do next.
///
/// ```
/// use hvsnap::explain::{ErrorId, Setting, Step};
///
/// let remedy = ErrorId::TLS_UNKNOWN_ISSUER.entry().next();
/// assert!(remedy.steps().any(|step| *step == Step::Set(Setting::Pin, None)));
/// let mine = remedy.render(|step| matches!(step, Step::Set(Setting::Pin, _)).then(|| "Settings > Pin".to_owned()));
/// assert!(mine.ends_with("pin its fingerprint (Settings > Pin)"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(Cow<'static, str>),
    Step(Step),
    /// In parentheses, and only for a program that has its own name for it.
    Aside(Step),
}

impl CodeEntry {
    /// What to do next.
    pub fn next(&self) -> Remedy {
        Remedy::of(self.next)
    }
}

impl Remedy {
    /// A literal text without placeholders, so that it may come from a host.
    pub(crate) fn text(text: impl Into<Cow<'static, str>>) -> Self {
        Self(vec![Part::Text(text.into())])
    }

    /// A text of our own, with placeholders.
    pub(crate) fn of(marked: &'static str) -> Self {
        let (mut parts, mut rest) = (Vec::new(), marked);
        while let Some((text, part, after)) = next_part(rest) {
            parts.push(Part::Text(text.into()));
            parts.push(part);
            rest = after;
        }
        parts.push(Part::Text(rest.into()));
        Self(parts)
    }

    /// Appends another remedy.
    #[must_use]
    pub(crate) fn then(mut self, separator: &'static str, other: Self) -> Self {
        self.0.push(Part::Text(separator.into()));
        self.0.extend(other.0);
        self
    }

    /// Appends a setting or a command.
    #[must_use]
    pub(crate) fn step(mut self, step: Step) -> Self {
        self.0.push(Part::Step(step));
        self
    }

    /// The settings and commands in the text.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.0.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Step(step) | Part::Aside(step) => Some(step),
        })
    }

    /// The text, with the caller's words for settings and commands; neutral words where `words` returns `None`.
    pub fn render(&self, words: impl Fn(&Step) -> Option<String>) -> String {
        let mut rendered = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => rendered.push_str(text),
                Part::Step(step) => rendered.push_str(&words(step).unwrap_or_else(|| step.to_string())),
                Part::Aside(step) => {
                    if let Some(words) = words(step) {
                        rendered.push_str(&format!(" ({words})"));
                    }
                }
            }
        }
        rendered
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(|_| None))
    }
}

/// The text before the next placeholder, the placeholder, and the text after it.
fn next_part(text: &'static str) -> Option<(&'static str, Part, &'static str)> {
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find('{')) {
        let open = from + found;
        from = open + 1;
        let (before, after) = (text.get(..open)?, text.get(from..)?);
        let Some((mark, after)) = after.split_once('}').filter(|_| !before.ends_with('@')) else { continue };
        let part = match mark.strip_prefix(" (").and_then(|aside| aside.strip_suffix(')')) {
            Some(aside) => Part::Aside(Step::of(aside)?),
            None => Part::Step(Step::of(mark)?),
        };
        return Some((before, part, after));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::{advice, all};

    fn flags(step: &Step) -> Option<String> {
        Some(format!("<{step:?}>"))
    }

    #[test]
    fn a_mark_is_shown_in_neutral_words_or_in_the_caller_s_own() {
        let remedy = Remedy::of("use {auth=ntlm}, or TLS{ (tls)}; see {tree}");
        assert_eq!(remedy.to_string(), "use the scheme ntlm, or TLS; see the snapshot tree");
        let pin = |step: &Step| matches!(step, Step::Set(Setting::Tls, _)).then(|| "-t".to_owned());
        assert_eq!(remedy.render(pin), "use the scheme ntlm, or TLS (-t); see the snapshot tree");
        let steps: Vec<_> = remedy.steps().cloned().collect();
        let wanted =
            [Step::set(Setting::Scheme, "ntlm"), Step::Set(Setting::Tls, None), Step::Run(Action::ShowTree)];
        assert_eq!(steps, wanted);
    }

    #[test]
    fn braces_of_powershell_and_texts_of_a_host_are_no_marks() {
        let powershell = "winrm set winrm/config @{MaxTimeoutms=\"60000\"} and {tls}";
        assert_eq!(Remedy::of(powershell).to_string(), powershell.replace("{tls}", "TLS"));
        let said = Remedy::text("{tls} {yes}");
        assert_eq!((said.to_string().as_str(), said.steps().count()), ("{tls} {yes}", 0));
    }

    #[test]
    fn every_mark_of_the_tables_is_known() {
        let own = [advice::TRY_DMTF, advice::TRY_WMI, advice::ENVELOPE];
        for text in all().map(|entry| entry.next).chain(own) {
            let shown = Remedy::of(text).render(flags).replace("@{", "");
            assert!(!shown.contains('{'), "{text:?}");
        }
        for text in all().flat_map(|entry| [entry.what, entry.why]) {
            assert!(!text.contains('{'), "a mark counts only in what is to be done: {text:?}");
        }
    }
}
