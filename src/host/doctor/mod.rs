//! Checks everything that an operation depends on, in the order in which it would fail.
//!
//! It changes nothing and repeats nothing: a wrong password is tried once, and checks that depend on one that failed are not
//! checkable. The only call goes to a method that no class has: a user without the right to call is refused before the method is
//! looked up, and the call cannot have an effect.

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

/// The checks, in order.
#[derive(Debug)]
#[non_exhaustive]
pub struct Diagnosis {
    /// Each check.
    pub checks: Vec<Check>,
}

/// One check.
#[derive(Debug)]
#[non_exhaustive]
pub struct Check {
    /// What was checked.
    pub subject: Subject,
    /// The result.
    pub verdict: Verdict,
    /// What was seen, or why it cannot be checked.
    pub detail: String,
    /// The id of the problem, if there is one.
    pub id: Option<ErrorId>,
    /// The error that showed it, if there is one.
    pub error: Option<Error>,
    /// What to do about it, as commands.
    pub fixes: Vec<Fix>,
}

/// The subject of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Subject {
    /// The host's name has an address.
    Name,
    /// Its port takes a connection.
    Connection,
    /// The TLS handshake succeeds, and the certificate is accepted.
    Tls,
    /// WinRM answers there, and offers schemes.
    Schemes,
    /// The host accepts the user.
    Authentication,
    /// Messages are encrypted as the host requires.
    Encryption,
    /// The clocks agree. Checked after the logon: only Kerberos and client certificates depend on it.
    Clock,
    /// The namespace in use exists.
    Namespace,
    /// The other namespace of Hyper-V.
    OtherNamespace,
    /// The user may read.
    Read,
    /// The user sees the instances that every host has.
    Token,
    /// The user may call methods.
    Invoke,
    /// The host's quotas allow the requests of this client.
    Quota,
}

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// As expected.
    Passed,
    /// Unusual, but no problem.
    Remark,
    /// Not as expected.
    Failed,
    /// It cannot be checked from here, or not yet.
    NotCheckable,
}

/// A command that fixes something, or shows more.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fix {
    /// Where to run it.
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

/// Where to run a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Place {
    /// On the host, in an elevated PowerShell.
    Host,
    /// On the local computer.
    Here,
}

impl Host {
    /// Checks everything that an operation depends on, and changes nothing.
    ///
    /// Nothing is tried twice, the password included.
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
    /// The first check that failed.
    pub fn first_failure(&self) -> Option<&Check> {
        self.checks.iter().find(|check| check.verdict == Verdict::Failed)
    }
}

/// A diagnosis in progress.
struct Visit<'c> {
    host: &'c Host,
    checks: Vec<Check>,
    /// The check that failed, if all that follow depend on it.
    stopped: Option<Subject>,
    addresses: Addresses,
    /// The schemes that the host offers, as far as it has said so.
    offered: Vec<String>,
    /// The host's clock, and this client's at the same moment; since 1970.
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

    /// A problem without an error of the host.
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

    /// The same, if no further check is possible without it.
    fn failed_all(&mut self, subject: Subject, error: Error) {
        self.failed(subject, error);
        self.stopped = Some(subject);
    }

    fn add(&mut self, subject: Subject, verdict: Verdict, detail: String) {
        self.checks.push(Check { subject, verdict, detail, id: None, error: None, fixes: Vec::new() });
    }

    /// True if these depend on a check that failed; they are then recorded as not checkable.
    fn is_stopped(&mut self, subjects: &[Subject]) -> bool {
        let Some(cause) = self.stopped else { return false };
        for subject in subjects {
            self.not_checkable(*subject, format!("it depends on the {cause}, which failed"));
        }
        true
    }
}

crate::keyed::keyed! {
    Subject {
        Name,
        Connection,
        Tls,
        Schemes,
        Authentication,
        Encryption,
        Clock,
        Namespace,
        OtherNamespace,
        Read,
        Token,
        Invoke,
        Quota,
    }
    Verdict { Passed, Remark, Failed, NotCheckable }
    Place { Host, Here }
}

impl Subject {
    /// The name, for programs.
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
    /// The name, for programs.
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
    /// The name, for programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Here => "here",
        }
    }
}
