//! One operation as the journal keeps it: intent, answer, conclusion.
//!
//! Plain data. Each part is present once it is known, so a missing part says how far the operation came. It never holds a
//! secret: an endpoint has no user information, and an error's text no credentials.

use std::{fmt, str::FromStr, time::Duration};

use uuid::Uuid;

use crate::{
    cim::{Namespace, Timestamp},
    client::{ClientError, ClientErrorKind, Effect},
    host::{Open, Outcome, Until, Vm},
    hyperv::{Action, Fingerprint, MergeState, Observation, Plan, ReturnCode, SnapshotName, VmActivity},
    schema::names::SYSTEM_NAME,
    soap::MessageId,
    violation::cut,
    wsman::EndpointReference,
};

/// Identifies an operation: the UUID of the message that carries its call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationId(Uuid);

impl OperationId {
    pub(crate) fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// The message that carries the call.
    pub fn message_id(self) -> MessageId {
        MessageId::from_random(self.0.as_u128())
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for OperationId {
    type Err = OperationIdError;

    fn from_str(text: &str) -> Result<Self, OperationIdError> {
        match Uuid::try_parse(text) {
            Ok(uuid) if text.len() == 36 => Ok(Self(uuid)),
            _ => Err(OperationIdError),
        }
    }
}

/// A text that is not the id of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationIdError;

impl fmt::Display for OperationIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an operation is identified by a UUID, as `journal list` shows it")
    }
}

impl std::error::Error for OperationIdError {}

/// What an operation is about to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Intent {
    /// The id of the operation, and of its message.
    pub id: OperationId,
    /// When it was written.
    pub time: Timestamp,
    /// The endpoint of the host.
    pub endpoint: String,
    /// The host's own name for itself, `SystemName` of its snapshot service; `None` if it gave none, or in a record of an
    /// earlier version.
    pub system: Option<String>,
    /// The name of the cluster node that it was sent to, if the host was reached through a cluster; `endpoint` is that of the
    /// cluster then.
    pub node: Option<String>,
    /// The CIM namespace.
    pub namespace: Namespace,
    /// The user that the client authenticates as, if it has a name.
    pub user: Option<String>,
    /// The VM's GUID.
    pub vm_id: String,
    /// The VM's name, for display.
    pub vm_name: String,
    /// The action.
    pub action: Action,
    /// The fingerprint of the tree that the plan is based on.
    pub tree: Fingerprint,
    /// The fingerprint of the plan.
    pub plan: Fingerprint,
    /// How long to wait for the answer to the call; until then the call may still be under way.
    pub answer_timeout: Duration,
    /// The steps that the command planned after this one, in words.
    pub then: Vec<String>,
    /// What the VM was busy with, if the user chose to send the call anyway.
    pub ignored: Option<VmActivity>,
}

impl Intent {
    pub(crate) fn of(id: OperationId, vm: &Vm, plan: &Plan, action: Action) -> Self {
        let (host, client) = (&vm.host.0, vm.host.0.client());
        Self {
            id,
            time: client.timestamp(),
            endpoint: vm.host.reached_at().to_string(),
            system: host
                .service_keys
                .get()
                .and_then(|keys| keys.text(SYSTEM_NAME))
                .map(|name| cut(name).into_owned()),
            node: vm.node().map(|node| cut(node).into_owned()),
            namespace: host.cim.name().clone(),
            user: client.user.clone(),
            vm_id: vm.id().to_owned(),
            vm_name: cut(vm.name()).into_owned(),
            action,
            tree: plan.tree().fingerprint(),
            plan: plan.fingerprint(),
            answer_timeout: client.answer_timeout,
            then: Vec::new(),
            ignored: None,
        }
    }

    /// The snapshot that the call names.
    pub fn target(&self) -> Option<&SnapshotName> {
        self.action.target()
    }
}

/// The host's answer, and when it arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// When it arrived.
    pub time: Timestamp,
    /// The reply.
    pub reply: Reply,
    /// `InstanceID` of the snapshot that the answer names as the result.
    pub snapshot: Option<String>,
}

/// The reply to a call.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Reply {
    /// The method's result.
    Returned {
        /// Its return value.
        code: ReturnCode,
        /// The job, by its own resource URI and selectors.
        job: Option<EndpointReference>,
    },
    /// A fault which proves that the host did nothing.
    Refused {
        /// The fault.
        error: String,
    },
    /// Nothing: not a byte of the call was written.
    NotSent {
        /// Why.
        error: String,
    },
    /// No result, or one that does not say what the host did.
    Lost {
        /// Why.
        error: String,
    },
}

impl Reply {
    /// What an error of the call means.
    pub(crate) fn of(error: &ClientError) -> Self {
        let text = cut(&error.to_string()).into_owned();
        match (error.effect(), error.kind()) {
            (Effect::None, ClientErrorKind::Fault(_)) => Self::Refused { error: text },
            // A call has this effect for an HTTP status only before the body was sent, during the authentication.
            (Effect::None, _) => Self::NotSent { error: text },
            _ => Self::Lost { error: text },
        }
    }

    /// What the host may have done, judged by the reply alone.
    pub fn effect(&self) -> Option<Effect> {
        match self {
            Self::Returned { .. } => None,
            Self::Refused { .. } | Self::NotSent { .. } => Some(Effect::None),
            Self::Lost { .. } => Some(Effect::Unknown),
        }
    }
}

/// The status of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// All that was planned is done.
    Done,
    /// Nothing that was planned is done, and no operation is running.
    NotDone,
    /// Some of what was planned is done, and no operation is running.
    Partly,
    /// The host is still working on it.
    Running,
    /// It is not known.
    Unknown,
    /// A person has closed the entry; the outcome of the operation stays unknown.
    Closed,
}

impl Status {
    /// What an operation with this status did to the host.
    pub(in crate::host) fn effect(self) -> Effect {
        match self {
            Self::Done | Self::Partly => Effect::Applied,
            Self::NotDone => Effect::None,
            Self::Running | Self::Unknown | Self::Closed => Effect::Unknown,
        }
    }

    /// The name, for programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::NotDone => "not_done",
            Self::Partly => "partly",
            Self::Running => "running",
            Self::Unknown => "unknown",
            Self::Closed => "closed",
        }
    }

    /// True if waiting does not change it.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::NotDone | Self::Partly | Self::Closed)
    }
}

crate::keyed::keyed! {
    Status { Done, NotDone, Partly, Running, Unknown, Closed }
    ConcludedBy { Operation, Resume, Person }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Done => "done",
            Self::NotDone => "not done",
            Self::Partly => "partly done",
            Self::Running => "running",
            Self::Unknown => "unknown",
            Self::Closed => "closed",
        })
    }
}

/// Who recorded a conclusion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConcludedBy {
    /// The operation itself, which saw its end.
    Operation,
    /// A later check of the host.
    Resume,
    /// A person, who closed the entry.
    Person,
}

impl ConcludedBy {
    /// The name, for programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Operation => "operation",
            Self::Resume => "resume",
            Self::Person => "person",
        }
    }
}

/// A person's decision that an entry counts as ended: it says nothing about the host.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Closing {
    /// When it was made.
    pub time: Timestamp,
    /// The user who made it, as named by the operating system, if it names one.
    pub user: Option<String>,
    /// Why.
    pub reason: String,
}

impl Closing {
    /// A decision with its reason; a long reason is cut.
    pub fn new(time: Timestamp, user: Option<String>, reason: &str) -> Self {
        Self { time, user, reason: cut(reason.trim()).into_owned() }
    }
}

impl fmt::Display for Closing {
    /// `closed by ops: the VM was deleted`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "closed by {}: {}", self.user.as_deref().unwrap_or("an unknown user"), self.reason)
    }
}

/// The end of an operation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Conclusion {
    /// When it was recorded.
    pub time: Timestamp,
    /// Who recorded it.
    pub by: ConcludedBy,
    /// The outcome, without the tree, and with its observations as text.
    pub outcome: Outcome,
}

impl Conclusion {
    /// What to keep after `earlier`: a final status stays, whatever a later observer saw; the state of the merge may be updated
    /// until the merge is over.
    pub(crate) fn after(&self, earlier: Option<&Self>) -> Self {
        let Some(earlier) = earlier.filter(|earlier| earlier.outcome.status.is_final()) else {
            return self.clone();
        };
        let mut kept = earlier.clone();
        let (known, now) = (earlier.outcome.merge.state, self.outcome.merge.state);
        // An observer that saw less of the merge than was known adds nothing.
        let is_less = matches!(now, MergeState::NotWatched | MergeState::Unknown)
            && !matches!(known, MergeState::NotWatched | MergeState::Unknown);
        if self.outcome.status == earlier.outcome.status && !known.is_over() && !is_less {
            kept.time = self.time;
            kept.outcome.until = kept.outcome.until.max(self.outcome.until);
            kept.outcome.merge = self.outcome.merge.clone();
        }
        kept
    }
}

/// An operation as far as it is known.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Operation {
    /// What was about to be done.
    pub intent: Intent,
    /// The answer; `None` if the process ended before it was recorded.
    pub answer: Option<Answer>,
    /// The conclusion; `None` as long as it is unknown.
    pub conclusion: Option<Conclusion>,
    /// A person's decision that closed the entry.
    pub closed: Option<Closing>,
}

impl Operation {
    /// An operation of which only the intent is known.
    pub fn begun(intent: Intent) -> Self {
        Self { intent, answer: None, conclusion: None, closed: None }
    }

    /// The id of the operation.
    pub fn id(&self) -> OperationId {
        self.intent.id
    }

    /// True once its status is final.
    pub fn is_concluded(&self) -> bool {
        self.final_outcome().is_some()
    }

    /// The outcome, if its status is final.
    pub fn final_outcome(&self) -> Option<&Outcome> {
        self.conclusion
            .as_ref()
            .map(|conclusion| &conclusion.outcome)
            .filter(|outcome| outcome.status.is_final())
    }

    /// What it did to the host, as far as its record tells.
    pub(in crate::host) fn effect(&self) -> Effect {
        self.final_outcome().map_or(Effect::Unknown, |outcome| outcome.status.effect())
    }

    /// True if its merge was to be waited for and is not known to be over, and no person has closed the entry.
    pub fn is_merge_open(&self) -> bool {
        self.closed.is_none() && self.final_outcome().is_some_and(Outcome::is_merge_open)
    }

    /// True if something is still unknown: its outcome, or that of the merge of its disks.
    pub fn is_open(&self) -> bool {
        !self.is_concluded() || self.is_merge_open()
    }

    /// Closes the entry by a person's decision: the status becomes [`Status::Closed`], unless it is final already.
    pub(crate) fn close(&mut self, closing: &Closing) {
        if !self.is_concluded() {
            let observations = vec![Observation::Written(closing.to_string())];
            let unknown = Outcome::unknown(Until::Accepted, Open::NotReadBack, observations);
            let outcome = Outcome { status: Status::Closed, open: None, ..unknown };
            self.conclusion = Some(Conclusion { time: closing.time, by: ConcludedBy::Person, outcome });
        }
        self.closed = Some(closing.clone());
    }

    /// When it was last written to.
    pub fn last_change(&self) -> Timestamp {
        let answered = self.answer.as_ref().map(|answer| answer.time);
        let concluded = self.conclusion.as_ref().map(|conclusion| conclusion.time);
        let closed = self.closed.as_ref().map(|closing| closing.time);
        [answered, concluded, closed].into_iter().flatten().fold(self.intent.time, Timestamp::max)
    }

    /// When it was last written to, since 1970, rounded up.
    pub(crate) fn last_written(&self) -> Duration {
        let micros = u64::try_from(self.last_change().unix_micros()).unwrap_or(0);
        // Times are written down to the microsecond that they are in.
        Duration::from_micros(micros.saturating_add(1))
    }

    /// The job that the host started, if its answer names one.
    pub fn job(&self) -> Option<&EndpointReference> {
        match &self.answer {
            Some(Answer { reply: Reply::Returned { job, .. }, .. }) => job.as_ref(),
            _ => None,
        }
    }
}
