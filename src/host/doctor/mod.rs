//! A look at everything that stands between here and a destroy, in the order in which it would fail.
//!
//! It changes nothing and asks nothing twice: a wrong password is tried once, and what comes after a failure that it depends on
//! is not checkable. The only call that it sends is one of a method that no class has: whoever may not call is refused before
//! the method is looked for, and nothing can come of it.

mod fixes;
mod host;
mod way;

use std::{fmt, time::Duration};

use crate::{
    client::{ClientError, ClientErrorKind},
    explain::{ErrorId, Step},
    host::{Error, Host},
    http::Addresses,
};

/// What was looked at, in order.
#[derive(Debug)]
#[non_exhaustive]
pub struct Diagnosis {
    /// Each thing that was looked at.
    pub checks: Vec<Check>,
}

/// One thing that was looked at.
#[derive(Debug)]
#[non_exhaustive]
pub struct Check {
    /// What.
    pub subject: Subject,
    /// How it is.
    pub verdict: Verdict,
    /// What was seen, or why it cannot be checked.
    pub detail: String,
    /// What is wrong, if something is.
    pub id: Option<ErrorId>,
    /// The error that showed it, if one did.
    pub error: Option<Error>,
    /// What to do about it, as commands.
    pub fixes: Vec<Fix>,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Subject {
    /// The host's name has an address.
    Name,
    /// Its port takes a connection.
    Connection,
    /// TLS comes about, and the certificate is accepted.
    Tls,
    /// WinRM answers there, and offers schemes.
    Schemes,
    /// The host accepts the user.
    Authentication,
    /// What is said is encrypted, as the host wants it.
    Encryption,
    /// The clocks agree. Looked at after the logon: only Kerberos and client certificates depend on them.
    Clock,
    /// The namespace that is worked in is there.
    Namespace,
    /// The other namespace of Hyper-V.
    OtherNamespace,
    /// The user may read.
    Read,
    /// The user sees what every host has.
    Token,
    /// The user may call methods.
    Invoke,
    /// The host has room for the questions of this client.
    Quota,
}

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// As it should be.
    Passed,
    /// Unusual, and in the way of nothing.
    Remark,
    /// Not as it should be.
    Failed,
    /// It cannot be told from here, or not yet.
    NotCheckable,
}

/// A command that mends something, or shows more.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fix {
    /// Where it is to be run.
    pub place: Place,
    /// What it is for.
    pub purpose: &'static str,
    /// The command.
    pub command: Command,
}

/// A command of a [`Fix`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    /// A command line: PowerShell on the host, a POSIX shell here.
    Shell(String),
    /// Check again with these settings.
    Check(Vec<Step>),
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shell(command) => f.write_str(command),
            Self::Check(steps) => {
                let steps: Vec<_> = steps.iter().map(Step::to_string).collect();
                write!(f, "check again with {}", steps.join(", "))
            }
        }
    }
}

/// Where a command is to be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Place {
    /// On the host, in a PowerShell with raised rights.
    Host,
    /// On this machine.
    Here,
}

impl Host {
    /// Looks at everything that stands between here and a destroy, and changes nothing.
    ///
    /// Nothing is tried twice: not the password either.
    pub async fn doctor(&self) -> Diagnosis {
        let mut visit = Visit {
            host: self,
            checks: Vec::new(),
            stopped: None,
            addresses: Addresses::default(),
            offered: Vec::new(),
            date: None,
        };
        visit.name().await;
        visit.connection().await;
        visit.tls().await;
        visit.greeting().await;
        visit.authentication().await;
        visit.clock();
        visit.namespaces().await;
        visit.token().await;
        visit.invoke().await;
        visit.quota().await;
        Diagnosis { checks: visit.checks }
    }
}

impl Diagnosis {
    /// The first thing that is not as it should be.
    pub fn first_failure(&self) -> Option<&Check> {
        self.checks.iter().find(|check| check.verdict == Verdict::Failed)
    }
}

/// A diagnosis under way.
struct Visit<'c> {
    host: &'c Host,
    checks: Vec<Check>,
    /// What failed, where all that follows depends on it.
    stopped: Option<Subject>,
    addresses: Addresses,
    /// The schemes that the host offers, as far as it has said so.
    offered: Vec<String>,
    /// What the host's clock shows, and what this client's showed at that moment; since 1970.
    date: Option<(Duration, Duration)>,
}

impl Visit<'_> {
    fn passed(&mut self, subject: Subject, detail: impl Into<String>) {
        self.add(subject, Verdict::Passed, detail.into());
    }

    fn remark(&mut self, subject: Subject, detail: impl Into<String>) {
        self.add(subject, Verdict::Remark, detail.into());
    }

    fn not_checkable(&mut self, subject: Subject, detail: impl Into<String>) {
        self.add(subject, Verdict::NotCheckable, detail.into());
    }

    /// What is wrong by itself, without an error of the host.
    fn wrong(&mut self, subject: Subject, id: ErrorId, detail: impl Into<String>) {
        self.add(subject, Verdict::Failed, detail.into());
        let fixes = fixes::of(self.host.client(), id, &self.offered);
        if let Some(check) = self.checks.last_mut() {
            (check.id, check.fixes) = (Some(id), fixes);
        }
    }

    fn failed(&mut self, subject: Subject, error: Error) {
        if let Some(ClientErrorKind::Connection(error)) = error.client().map(ClientError::kind)
            && !error.offered_schemes().is_empty()
        {
            self.offered = error.offered_schemes().to_vec();
        }
        self.wrong(subject, error.id(), error.kind().to_string());
        if let Some(check) = self.checks.last_mut() {
            check.error = Some(error);
        }
    }

    /// The same, where nothing further can be checked without it.
    fn failed_all(&mut self, subject: Subject, error: Error) {
        self.failed(subject, error);
        self.stopped = Some(subject);
    }

    fn add(&mut self, subject: Subject, verdict: Verdict, detail: String) {
        self.checks.push(Check { subject, verdict, detail, id: None, error: None, fixes: Vec::new() });
    }

    /// True if these depend on what failed before; they are put down so.
    fn is_stopped(&mut self, subjects: &[Subject]) -> bool {
        let Some(cause) = self.stopped else { return false };
        for subject in subjects {
            self.not_checkable(*subject, format!("it depends on the {cause}, which failed"));
        }
        true
    }
}

impl Subject {
    /// For programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Connection => "connection",
            Self::Tls => "tls",
            Self::Schemes => "schemes",
            Self::Authentication => "authentication",
            Self::Encryption => "encryption",
            Self::Clock => "clock",
            Self::Namespace => "namespace",
            Self::OtherNamespace => "other_namespace",
            Self::Read => "read",
            Self::Token => "token",
            Self::Invoke => "invoke",
            Self::Quota => "quota",
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tls => "TLS handshake",
            Self::OtherNamespace => "other namespace",
            Self::Read => "right to read",
            Self::Invoke => "right to call",
            subject => subject.key(),
        })
    }
}

impl Verdict {
    /// For programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Remark => "remark",
            Self::Failed => "failed",
            Self::NotCheckable => "not_checkable",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Passed => "passed",
            Self::Remark => "remark",
            Self::Failed => "FAILED",
            Self::NotCheckable => "not checkable",
        })
    }
}

impl Place {
    /// For programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Here => "here",
        }
    }
}
