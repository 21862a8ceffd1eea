//! The one error type: what failed, during what, why, and what became of the host.
//!
//! Texts are for people; programs look at [`ErrorKind`] and [`Effect`]. An error never claims less than what may have
//! happened: when in doubt the effect is unknown.

use std::fmt;

use crate::{
    cim::NameError,
    client::connection_error::ConnectionError,
    http::EndpointError,
    hyperv::{FindError, JobError, JobRecord, ReturnCode, Snapshot, TreeDifference},
    violation::ProtocolError,
    wsman::Fault,
    xml::UnwritableText,
};

/// What became of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// Nothing was changed.
    None,
    /// It was changed, at least in part.
    Applied,
    /// Nobody can say from here; look before doing anything again.
    Unknown,
}

/// An operation that did not end well.
#[derive(Debug)]
pub struct Error {
    kind: Box<ErrorKind>,
    during: String,
    effect: Effect,
}

/// Why an operation did not end well.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The address is not one.
    Endpoint(EndpointError),
    /// A name given cannot be one.
    Name(NameError),
    /// A setting given cannot be used.
    Setting(String),
    /// A text given cannot be sent.
    Unwritable(UnwritableText),
    /// The host could not be reached, or not be talked to, or did not accept the user.
    Connection(ConnectionError),
    /// The host answered with an HTTP status and nothing else.
    Status(u16),
    /// The host answered with a fault.
    Fault(Box<Fault>),
    /// The host's answer breaks the protocol.
    Protocol(ProtocolError),
    /// No machine, snapshot or job, or more than one, has the name given.
    Find(FindError),
    /// The user sees no snapshot service: no rights, or no Hyper-V.
    NoService,
    /// The plan is about another machine than the one that it was given to.
    OtherMachine,
    /// The tree is no longer the one that was planned on.
    Stale(Box<TreeDifference>),
    /// It cannot be known what depends on the target.
    UncertainPlan,
    /// The method returned an error.
    Refused {
        /// The method.
        method: &'static str,
        /// Its return value.
        code: ReturnCode,
    },
    /// The job ended without success.
    JobFailed {
        /// The job as it was seen last.
        job: Box<JobRecord>,
        /// What the job says of its errors.
        errors: Vec<JobError>,
        /// What is gone all the same.
        destroyed: Vec<Snapshot>,
    },
    /// The job's object is gone before its end was seen, and not everything planned is gone.
    JobVanished {
        /// What is gone all the same.
        destroyed: Vec<Snapshot>,
    },
    /// The job reported success, but snapshots are still there.
    StillThere(Vec<Snapshot>),
    /// The time given was over before the job ended.
    Deadline(Option<Box<JobRecord>>),
    /// The job ended, but reading back what became of the tree failed.
    ReadBack(Box<Error>),
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, during: impl Into<String>, effect: Effect) -> Self {
        Self { kind: Box::new(kind), during: during.into(), effect }
    }

    /// An error before anything was sent.
    pub(crate) fn before(kind: ErrorKind, during: impl Into<String>) -> Self {
        Self::new(kind, during, Effect::None)
    }

    /// The same error, of an operation that had begun to change the host.
    pub(crate) fn with_effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    /// Why.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// During what.
    pub fn during(&self) -> &str {
        &self.during
    }

    /// What became of the host.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// True if the user was not authenticated, or is not allowed to do this: by HTTP, WinRM, WMI or Hyper-V.
    pub fn is_access(&self) -> bool {
        match self.kind() {
            ErrorKind::Connection(error) => error.is_authentication(),
            ErrorKind::Fault(fault) => is_access_denied(fault),
            ErrorKind::NoService => true,
            ErrorKind::Refused { code, .. } => *code == ReturnCode::VENDOR_ACCESS_DENIED,
            ErrorKind::JobFailed { job, .. } => {
                job.error_code.map(ReturnCode) == Some(ReturnCode::VENDOR_ACCESS_DENIED)
            }
            ErrorKind::ReadBack(error) => error.is_access(),
            _ => false,
        }
    }

    /// True if the host says that the instance asked for does not exist.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self.kind(), ErrorKind::Fault(fault) if is_not_found(fault))
    }

    /// What to do next, if something can be said.
    pub fn hint(&self) -> Option<String> {
        let text = match self.kind() {
            ErrorKind::Connection(error) => return error.hint().map(str::to_owned),
            ErrorKind::Fault(_) | ErrorKind::NoService if self.is_access() => RIGHTS,
            ErrorKind::NoService => RIGHTS,
            ErrorKind::Status(404) => "nothing of WinRM answers at this address; its path is /wsman",
            ErrorKind::Status(500) => {
                "a Windows host answers so to an unencrypted message (AllowUnencrypted is false): use TLS"
            }
            ErrorKind::Status(503) => "the WinRM service is stopped or overloaded; try again later",
            ErrorKind::Stale(_) => "look at the tree again and make a new plan",
            ErrorKind::UncertainPlan => "look at the tree on the host itself",
            ErrorKind::Refused { code, .. } => match *code {
                ReturnCode::VENDOR_IN_USE | ReturnCode::VENDOR_INVALID_STATE => {
                    "another operation of the machine is under way (snapshot, backup, migration, merge): \
                     wait for its end and try again"
                }
                ReturnCode::VENDOR_ACCESS_DENIED => RIGHTS,
                ReturnCode::VENDOR_INVALID_PARAMETER => "the snapshot may be gone already: look at the tree",
                _ => return None,
            },
            ErrorKind::Find(FindError::Ambiguous { .. }) => "use the id of the one that is meant",
            ErrorKind::Find(FindError::NotFound { known, .. }) if known.is_empty() => {
                "a user without rights on Hyper-V, or with a filtered token, sees nothing at all"
            }
            _ if self.effect == Effect::Unknown => {
                "the host may have carried on: look at the tree before doing anything again"
            }
            _ => return None,
        };
        Some(text.to_owned())
    }
}

const RIGHTS: &str = "the user needs to be in Administrators, or in Remote Management Users and Hyper-V Administrators; \
                      a local administrator's token is filtered unless LocalAccountTokenFilterPolicy is 1";

/// Access denied by WinRM (5), by Win32 inside a provider, by WMI, by a WMI provider (MS-WSMV 2.2.4.43; recorded codes).
fn is_access_denied(fault: &Fault) -> bool {
    fault.has_subcode("AccessDenied")
        || matches!(fault.number(), Some(5 | 2_147_942_405 | 2_150_859_012..=2_150_859_014))
}

/// The instance does not exist (recorded: 2150858752), or WMI's own "not found" in either detail form.
pub(crate) fn is_not_found(fault: &Fault) -> bool {
    matches!(fault.number(), Some(2_150_858_752 | 2_147_749_890))
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.during.is_empty() { write!(f, "failed") } else { write!(f, "{} failed", self.during) }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.kind)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Endpoint(_) => f.write_str("the address cannot be used"),
            Self::Name(error) => error.fmt(f),
            Self::Setting(text) => f.write_str(text),
            Self::Unwritable(error) => error.fmt(f),
            Self::Connection(error) => error.fmt(f),
            Self::Status(status) => write!(f, "the host answered with HTTP status {status} and no message"),
            Self::Fault(fault) => write!(f, "the host refused: {fault}"),
            Self::Protocol(error) => write!(f, "the host sent {error}"),
            Self::Find(error) => error.fmt(f),
            Self::NoService => f.write_str("the host shows no snapshot service"),
            Self::OtherMachine => f.write_str("the plan is about another machine"),
            Self::Stale(difference) => {
                write!(f, "the tree is not the one that was planned on ({difference})")
            }
            Self::UncertainPlan => f.write_str(
                "the host sent a parent that cannot be read, so nobody can say what depends on what",
            ),
            Self::Refused { method, code } => write!(f, "{method} returned {code}"),
            Self::JobFailed { job, errors, .. } => {
                write!(f, "the job ended in state {}", job.state)?;
                if let Some(code) = job.error_code.filter(|code| *code != 0) {
                    write!(f, ", error {}", ReturnCode(code))?;
                }
                let told = errors.iter().find_map(|error| error.message.as_deref());
                match told.or(job.error_text()) {
                    Some(text) => write!(f, ": {text}"),
                    None => Ok(()),
                }
            }
            Self::JobVanished { .. } => f.write_str("the job is gone before its end was seen"),
            Self::StillThere(snapshots) => {
                let names: Vec<_> = snapshots.iter().map(|s| format!("{:?}", s.element_name())).collect();
                write!(f, "the job reported success, but still there: {}", names.join(", "))
            }
            Self::Deadline(Some(job)) => {
                write!(f, "the time was over while the job was in state {}", job.state)
            }
            Self::Deadline(None) => f.write_str("the time was over before the job ended"),
            Self::ReadBack(error) => write!(f, "the job ended, but {error}"),
        }
    }
}

impl std::error::Error for ErrorKind {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Endpoint(error) => Some(error),
            Self::Connection(error) => std::error::Error::source(error),
            Self::ReadBack(error) => std::error::Error::source(&**error),
            _ => None,
        }
    }
}
