//! The one error type: what failed, during what, why, and what became of the host.
//!
//! Texts are for people; programs look at [`ErrorKind`] and [`Effect`]. An error never claims less than what may have
//! happened: when in doubt the effect is unknown.

use std::{fmt, time::Duration};

use crate::{
    cim::{NameError, Namespace, UriForm},
    client::{
        connection_error::ConnectionError,
        fault::{FaultClass, classify},
        journal::{Holder, JournalError, Operation, SnapshotName},
        outcome::{Open, Outcome},
        resume::Resumption,
    },
    http::{EndpointError, NotSoap},
    hyperv::{FindError, JobError, JobRecord, ReturnCode, TreeDifference, VmActivity},
    violation::{ProtocolError, cut},
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
    /// What the host answered, cut at a bound.
    raw: Option<Box<str>>,
    /// Of an operation whose call was sent: what was observed.
    outcome: Option<Box<Outcome>>,
    addressed: Option<Addressed>,
}

/// What the request was addressed to, where a fault means one thing or another by it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Addressed {
    /// The form of its resource URI.
    pub(super) form: UriForm,
    /// A class or all of them, not one instance.
    pub(super) is_class: bool,
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
    /// The host, or something on the way to it, answered with an HTTP status and without a message that can be read.
    Status(u16),
    /// What answered is no WS-Management service, or something on the way changed its answer.
    NotSoap(NotSoap),
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
    },
    /// The job's object is gone before its end was seen, and not everything planned is gone.
    JobVanished,
    /// The host reported success, but snapshots are still there.
    StillThere(Vec<SnapshotName>),
    /// The call has no result, and why; told where the error itself has been told before.
    Unanswered(String),
    /// The status is not final, and why.
    Undecided(Open),
    /// The time given was over before the job ended.
    Deadline(Option<Box<JobRecord>>),
    /// The deadline of the client's handle has passed ([`Client::with_deadline`](crate::Client::with_deadline)).
    TimedOut {
        /// How long there was in all.
        after: Duration,
        /// Whether the host can have seen the request: its answer was waited for, or else nothing of it was sent.
        is_sent: bool,
    },
    /// The job ended, but reading back what became of the tree failed.
    ReadBack(Box<Error>),
    /// The journal could not be read, or what was about to be done could not be written to it.
    Journal(JournalError),
    /// Another process on this machine is at it, or another part of this one.
    Taken(Holder),
    /// The machine is busy with something that a destroy would get in the way of.
    Busy {
        /// What it is busy with.
        activity: VmActivity,
        /// A job that is alive, if one was found.
        job: Option<Box<JobRecord>>,
    },
    /// An earlier operation on the machine is not over, or it is not known what became of it.
    Unsettled(Box<Resumption>),
    /// An earlier operation on the VM is open, which was sent in another namespace, or to another host as far as is known: this
    /// host's tree says nothing of it.
    OpenElsewhere(Box<Operation>),
    /// The operation was sent to another address, and its VM is not to be seen at this one.
    OtherHost(String),
    /// The operation was sent in another namespace.
    OtherNamespace(Namespace),
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, during: impl Into<String>, effect: Effect) -> Self {
        // It may hold a name that the host gave.
        Self {
            kind: Box::new(kind),
            during: cut(&during.into()).into_owned(),
            effect,
            raw: None,
            outcome: None,
            addressed: None,
        }
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

    /// The same error, with the answer that it was read from.
    pub(super) fn with_raw(mut self, text: &str) -> Self {
        self.raw = (!text.is_empty()).then(|| cut(text).into());
        self
    }

    /// The same error, with what was observed of the operation.
    pub(super) fn with_outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = Some(Box::new(outcome));
        self
    }

    /// What was observed of the operation, if its call was sent.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_deref()
    }

    /// The same error, of a request that was addressed so.
    pub(super) fn with_addressed(mut self, addressed: Addressed) -> Self {
        self.addressed = Some(addressed);
        self
    }

    /// The form of the resource URI that the request had, if it is known.
    pub(super) fn uri_form(&self) -> Option<UriForm> {
        self.addressed.map(|addressed| addressed.form)
    }

    /// The host's answer, if there was one; cut where it is long.
    pub(super) fn raw(&self) -> Option<&str> {
        self.raw.as_deref()
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
            ErrorKind::Status(status) => matches!(status, 401 | 403 | 407),
            ErrorKind::Fault(_) => self.fault_class() == Some(FaultClass::AccessDenied),
            ErrorKind::NoService | ErrorKind::Find(FindError::NothingSeen) => true,
            ErrorKind::Refused { code, .. } => *code == ReturnCode::VENDOR_ACCESS_DENIED,
            ErrorKind::JobFailed { job, .. } => {
                job.error_code.map(ReturnCode) == Some(ReturnCode::VENDOR_ACCESS_DENIED)
            }
            ErrorKind::ReadBack(error) => error.is_access(),
            _ => false,
        }
    }

    /// True if the host refused because the VM is in use or in another state (32774, 32775), as return value or as the job's
    /// error, and it is proven that nothing was done: the same plan may be carried out later.
    pub fn is_refused_as_busy(&self) -> bool {
        let code = match self.kind() {
            ErrorKind::Refused { code, .. } => Some(*code),
            ErrorKind::JobFailed { job, .. } => job.error_code.map(ReturnCode),
            _ => None,
        };
        let is_busy = matches!(code, Some(ReturnCode::VENDOR_IN_USE | ReturnCode::VENDOR_INVALID_STATE));
        is_busy && self.effect() == Effect::None
    }

    /// True if the deadline of the client's handle has passed.
    pub(crate) fn is_timed_out(&self) -> bool {
        matches!(self.kind(), ErrorKind::TimedOut { .. })
    }

    /// What the fault is about, if the error is one; a query that is answered by "not found" asked for an unknown class.
    pub(super) fn fault_class(&self) -> Option<FaultClass> {
        let ErrorKind::Fault(fault) = self.kind() else { return None };
        let says_more = fault.number().is_some() || fault.cim_status().is_some();
        Some(match classify(fault) {
            FaultClass::NotFound if self.addressed.is_some_and(|addressed| addressed.is_class) => {
                if says_more { FaultClass::UnknownClass } else { FaultClass::UnknownUri }
            }
            class => class,
        })
    }

    /// True if the host says, in any form, that it does not know the class or its URI.
    pub(super) fn is_unknown_class(&self) -> bool {
        matches!(self.fault_class(), Some(FaultClass::UnknownClass | FaultClass::UnknownUri))
    }

    /// True if the host says, in any form, that the instance asked for does not exist.
    pub(crate) fn is_not_found(&self) -> bool {
        self.fault_class() == Some(FaultClass::NotFound)
    }
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
            Self::Endpoint(_) => f.write_str("invalid address"),
            Self::Name(error) => error.fmt(f),
            Self::Setting(text) => f.write_str(text),
            Self::Unwritable(error) => error.fmt(f),
            Self::Connection(error) => error.fmt(f),
            Self::Status(status) => write!(f, "the host answered with HTTP status {status} and no message"),
            Self::NotSoap(what) => write!(f, "the host answered with {what}, not with SOAP"),
            Self::Fault(fault) => write!(f, "the host refused: {fault}"),
            Self::Protocol(error) => write!(f, "the host sent {error}"),
            Self::Find(error) => error.fmt(f),
            Self::NoService => f.write_str("the host shows no snapshot service"),
            Self::OtherMachine => f.write_str("the plan is for another VM"),
            Self::Stale(difference) => {
                write!(f, "the tree has changed since the plan was made ({difference})")
            }
            Self::UncertainPlan => {
                f.write_str("the host sent a parent that cannot be read, so the dependencies are not known")
            }
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
            Self::JobVanished => f.write_str("the job is gone before its end was seen"),
            Self::StillThere(snapshots) => {
                let names: Vec<_> = snapshots.iter().map(|snapshot| format!("{:?}", snapshot.name)).collect();
                write!(f, "the host reported success, but still shows {}", names.join(", "))
            }
            Self::Unanswered(error) => write!(f, "the call has no result: {error}"),
            Self::Undecided(open) => open.fmt(f),
            Self::Deadline(Some(job)) => {
                write!(f, "timed out; the job was still {}", job.state)
            }
            Self::Deadline(None) => f.write_str("timed out before the job ended"),
            Self::TimedOut { after, is_sent: true } => {
                write!(f, "timed out after {after:?}; the host had not answered")
            }
            Self::TimedOut { after, is_sent: false } => {
                write!(f, "timed out after {after:?}, before the request was sent")
            }
            Self::ReadBack(error) => write!(f, "the job ended, but {error}"),
            Self::Journal(_) => f.write_str("the journal failed"),
            Self::Taken(holder) => write!(f, "the VM is locked by {holder}"),
            Self::Busy { activity, job: Some(job) } => {
                write!(f, "the VM is {activity}: the job {} is {}", job.instance_id, job.state)
            }
            Self::Busy { activity, job: None } => write!(f, "the VM is {activity}"),
            Self::Unsettled(earlier) => {
                write!(f, "the earlier operation {} is {}", earlier.operation.id(), earlier.outcome.word)
            }
            Self::OpenElsewhere(earlier) => {
                let (id, intent) = (earlier.id(), &earlier.intent);
                write!(
                    f,
                    "the earlier operation {id} on this VM is open: it was sent to {}",
                    intent.endpoint
                )?;
                write!(f, ", in the namespace {}", intent.namespace)
            }
            Self::OtherHost(endpoint) => {
                write!(f, "the operation was sent to {endpoint}, and its VM is not to be seen here")
            }
            Self::OtherNamespace(namespace) => {
                write!(f, "the operation was sent in the namespace {namespace}")
            }
        }
    }
}

impl std::error::Error for ErrorKind {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Endpoint(error) => Some(error),
            Self::Connection(error) => std::error::Error::source(error),
            Self::ReadBack(error) => std::error::Error::source(&**error),
            Self::Journal(error) => Some(error),
            _ => None,
        }
    }
}
