//! The error of an operation on a host: what failed, during what, why, and the effect on the host.
//!
//! A failed request is the client's error ([`ErrorKind::Client`]); the other kinds come from the host, a plan, a job or the
//! journal.

use std::fmt;

use crate::{
    cim::{NameError, Namespace},
    client::{self, ClientError, ClientErrorKind, Effect},
    host::{
        journal::{Holder, JournalError, Operation, SnapshotName},
        operation::{Open, Outcome, Resumption},
    },
    hyperv::{
        FindError, JobError, JobRecord, JobState, Noun, Obstacle, ReturnCode, TreeDifference,
        UnknownSnapshot, VmActivity,
    },
    violation::{ProtocolError, cut},
};

/// The error of an operation on a host.
#[derive(Debug)]
pub struct Error {
    kind: Box<ErrorKind>,
    during: String,
    effect: Effect,
    /// The cluster node that was asked.
    node: Option<Box<str>>,
    /// What was observed, if the call was sent.
    outcome: Option<Box<Outcome>>,
}

/// The kinds of [`Error`].
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A request failed.
    Client(ClientError),
    /// None or several VMs, snapshots or jobs have the given name.
    Find(FindError),
    /// The user sees no snapshot service: no rights, or no Hyper-V.
    NoService,
    /// The plan is for another VM than the one it was given to.
    OtherVm,
    /// The tree is no longer the one that the plan is based on.
    Stale(Box<TreeDifference>),
    /// It is unknown what depends on the target.
    UncertainPlan,
    /// The VM or the snapshot does not allow what is planned.
    Obstacle(Obstacle),
    /// The method returned an error.
    Refused {
        /// The method.
        method: &'static str,
        /// Its return value.
        code: ReturnCode,
    },
    /// The job ended without success.
    JobFailed {
        /// The job as it was last seen.
        job: Box<JobRecord>,
        /// What the job reports as its errors.
        errors: Vec<JobError>,
    },
    /// The job's object is gone before its end was seen, and not everything planned is done.
    JobVanished,
    /// The host reported success, but snapshots are still there.
    StillThere(Vec<SnapshotName>),
    /// The call has no result; the text says why. Used if the error itself was reported before.
    Unanswered(String),
    /// The status is not final, and why.
    Undecided(Open),
    /// The deadline passed before the job ended.
    Deadline(Option<Box<JobRecord>>),
    /// The call was sent, and the job or the tree could not be read afterwards.
    ReadBack(Box<Error>),
    /// The journal could not be read, or the intent could not be written to it.
    Journal(JournalError),
    /// Another local process works on the VM, or another part of this one.
    Locked(Holder),
    /// The VM is busy with something that conflicts with the operation.
    Busy {
        /// What it is busy with.
        activity: VmActivity,
        /// A running job, if one was found.
        job: Option<Box<JobRecord>>,
    },
    /// An earlier operation on the VM is not over, or its outcome is unknown.
    EarlierOpen(Box<Resumption>),
    /// An earlier operation on the VM is open that was sent in another namespace or, as far as known, to another host: this host's
    /// tree says nothing about it.
    OpenElsewhere(Box<Operation>),
    /// The operation was sent to another address, and its VM is not visible at this one.
    OtherHost(String),
    /// The operation was sent in another namespace.
    OtherNamespace(Namespace),
    /// The cluster does not tell which node a VM is on, or the VM is not on that node.
    NodeUnknown {
        /// The node that the cluster names.
        owner: Option<String>,
    },
    /// No address of a cluster node was given, and none can be derived.
    NodeAddress {
        /// The node's name.
        node: String,
        /// Why none can be derived.
        why: String,
    },
}

impl Error {
    pub(crate) fn new(kind: impl Into<ErrorKind>, during: impl Into<String>, effect: Effect) -> Self {
        // It may contain a name from the host.
        Self {
            kind: Box::new(kind.into()),
            during: cut(&during.into()).into_owned(),
            effect,
            node: None,
            outcome: None,
        }
    }

    /// An error before anything was sent.
    pub(crate) fn before(kind: impl Into<ErrorKind>, during: impl Into<String>) -> Self {
        Self::new(kind, during, Effect::None)
    }

    /// An invalid name, found before anything was sent.
    pub(crate) fn name(error: NameError, during: impl Into<String>) -> Self {
        ClientError::before(ClientErrorKind::Name(error), during).into()
    }

    /// An answer that violates the protocol; reading it changed nothing.
    pub(crate) fn protocol(error: ProtocolError, during: impl Into<String>) -> Self {
        ClientError::before(ClientErrorKind::Protocol(error), during).into()
    }

    /// The same error, of an operation that had begun to change the host.
    pub(crate) fn with_effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    /// The same error, of a request to a cluster node.
    pub(super) fn on_node(mut self, node: &str) -> Self {
        if self.node.is_none() {
            self.during = cut(&format!("{} on the node {node}", self.during)).into_owned();
            self.node = Some(node.into());
        }
        self
    }

    /// The cluster node that was asked, if there was one.
    pub fn node(&self) -> Option<&str> {
        self.node.as_deref()
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

    /// The request that failed, if that is the reason.
    pub fn client(&self) -> Option<&ClientError> {
        match self.kind() {
            ErrorKind::Client(error) => Some(error),
            _ => None,
        }
    }

    /// The kind of error.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// What was being done.
    pub fn during(&self) -> &str {
        &self.during
    }

    /// What the operation may have done to the host.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// True if the user was not authenticated or not allowed to do this: by HTTP, WinRM, WMI or Hyper-V.
    pub fn is_access(&self) -> bool {
        match self.kind() {
            ErrorKind::Client(error) => error.is_access(),
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
    /// error, and it is proven that nothing was done: the same plan may succeed later.
    pub fn is_refused_as_busy(&self) -> bool {
        self.has_busy_code() && self.effect() == Effect::None
    }

    fn has_busy_code(&self) -> bool {
        let code = match self.kind() {
            ErrorKind::Refused { code, .. } => Some(*code),
            ErrorKind::JobFailed { job, .. } => job.error_code.map(ReturnCode),
            _ => None,
        };
        matches!(code, Some(ReturnCode::VENDOR_IN_USE | ReturnCode::VENDOR_INVALID_STATE))
    }

    /// True if the deadline of the client's handle has passed.
    pub(crate) fn is_past_deadline(&self) -> bool {
        self.client().is_some_and(ClientError::is_past_deadline)
    }

    /// True if a request timed out ([`ClientError::is_timeout`]), or the deadline passed before the job ended.
    pub fn is_timeout(&self) -> bool {
        match self.kind() {
            ErrorKind::Client(error) => error.is_timeout(),
            ErrorKind::Deadline(_) => true,
            ErrorKind::ReadBack(error) => error.is_timeout(),
            _ => false,
        }
    }

    /// True if something is in use: the host is overloaded ([`ClientError::is_busy`]), the VM is busy or refused for that
    /// reason (32774, 32775), or another process has locked it.
    ///
    /// See [`Effect`] for whether something was done anyway.
    pub fn is_busy(&self) -> bool {
        match self.kind() {
            ErrorKind::Client(error) => error.is_busy(),
            ErrorKind::Busy { .. } | ErrorKind::Locked(_) => true,
            ErrorKind::Journal(error) => error.holder().is_some(),
            ErrorKind::ReadBack(error) => error.is_busy(),
            _ => self.has_busy_code(),
        }
    }

    /// True if the same operation may succeed when repeated unchanged: nothing was changed, and the reason may be temporary.
    ///
    /// For a destroy that means the same plan. For a request see [`ClientError::is_retryable`].
    pub fn is_retryable(&self) -> bool {
        let passes = match self.kind() {
            ErrorKind::Client(error) => error.is_retryable(),
            _ => self.is_busy(),
        };
        self.effect == Effect::None && passes
    }

    /// True if what was asked for does not exist: the host reports it for an instance, in any form, or nothing has the given name.
    pub fn is_not_found(&self) -> bool {
        match self.kind() {
            ErrorKind::Client(error) => error.is_not_found(),
            ErrorKind::Find(error) => matches!(error, FindError::NotFound { .. }),
            _ => false,
        }
    }

    /// True if the host reports, in any form, that it does not know the class or its URI.
    pub(crate) fn is_unknown_class(&self) -> bool {
        self.client().is_some_and(ClientError::is_unknown_class)
    }
}

impl From<ClientError> for Error {
    fn from(error: ClientError) -> Self {
        let (during, effect) = (error.during().to_owned(), error.effect());
        Self { kind: Box::new(ErrorKind::Client(error)), during, effect, node: None, outcome: None }
    }
}

/// Found in what was already read, or before anything was sent.
impl From<FindError> for Error {
    fn from(error: FindError) -> Self {
        Self::before(error, "")
    }
}

/// A snapshot that is not in the tree was not found.
impl From<UnknownSnapshot> for Error {
    fn from(error: UnknownSnapshot) -> Self {
        let wanted = error.id().to_string();
        FindError::NotFound { noun: Noun::Snapshot, wanted, similar: Vec::new() }.into()
    }
}

/// Found before anything was sent.
impl From<NameError> for Error {
    fn from(error: NameError) -> Self {
        Self::name(error, "")
    }
}

/// From a journal that is used directly: no request was sent to a host.
impl From<JournalError> for Error {
    fn from(error: JournalError) -> Self {
        Self::before(error, "")
    }
}

impl From<ClientError> for ErrorKind {
    fn from(error: ClientError) -> Self {
        Self::Client(error)
    }
}

impl From<FindError> for ErrorKind {
    fn from(error: FindError) -> Self {
        Self::Find(error)
    }
}

impl From<JournalError> for ErrorKind {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl client::Failed for Error {
    fn client(&self) -> Option<&ClientError> {
        Self::client(self)
    }

    fn with_effect(self, effect: Effect) -> Self {
        Self::with_effect(self, effect)
    }
}

impl fmt::Display for Error {
    /// During what, and why.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.during.is_empty() {
            self.kind.fmt(f)
        } else {
            write!(f, "{} failed: {}", self.during, self.kind)
        }
    }
}

impl std::error::Error for Error {
    /// The cause of the [`kind`](Self::kind), which the text of the error includes.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.kind.source()
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => error.kind().fmt(f),
            Self::Find(error) => error.fmt(f),
            Self::NoService => f.write_str("the host shows no snapshot service"),
            Self::OtherVm => f.write_str("the plan is for another VM"),
            Self::Stale(difference) => {
                write!(f, "the tree has changed since the plan was made ({difference})")
            }
            Self::UncertainPlan => {
                f.write_str("the host sent a parent that cannot be read, so the dependencies are not known")
            }
            Self::Obstacle(obstacle) => obstacle.fmt(f),
            Self::Refused { method, code } => write!(f, "{method} returned {code}"),
            Self::JobFailed { job, errors, .. } => {
                write!(f, "the job ended in state {}", job.state)?;
                if let Some(code) = job.error_code.filter(|code| *code != 0) {
                    write!(f, ", error {}", ReturnCode(code))?;
                }
                let told = errors.iter().find_map(|error| error.message.as_deref());
                match told.or(job.error_text()) {
                    Some(text) => write!(f, ": {text}"),
                    None if job.state == JobState::TERMINATED => {
                        f.write_str(": the job was cancelled on the host")
                    }
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
            Self::ReadBack(error) => write!(f, "the outcome was not read: {error}"),
            Self::Journal(error) => write!(f, "the journal failed: {error}"),
            Self::Locked(holder) => write!(f, "the VM is locked by {holder}"),
            Self::Busy { activity, job: Some(job) } => {
                write!(f, "the VM is {activity}: the job {} is {}", job.instance_id, job.state)
            }
            Self::Busy { activity, job: None } => write!(f, "the VM is {activity}"),
            Self::EarlierOpen(earlier) => {
                write!(f, "the earlier operation {} is {}", earlier.operation.id(), earlier.outcome.status)
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
                write!(
                    f,
                    "the operation was sent to {endpoint}, and its VM is not visible here, or as a replica only"
                )
            }
            Self::OtherNamespace(namespace) => {
                write!(f, "the operation was sent in the namespace {namespace}")
            }
            Self::NodeUnknown { owner: Some(node) } => {
                write!(f, "the cluster names {node} as its owner, and that node does not show the VM")
            }
            Self::NodeUnknown { owner: None } => f.write_str("the cluster names no owner"),
            Self::NodeAddress { node, why } => write!(f, "the node {node} has no known address: {why}"),
        }
    }
}

impl std::error::Error for ErrorKind {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Client(error) => error.source(),
            Self::ReadBack(error) => error.source(),
            Self::Journal(error) => error.source(),
            _ => None,
        }
    }
}
