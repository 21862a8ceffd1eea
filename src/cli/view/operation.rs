//! A record of the journal, as JSON.
//!
//! An unknown part is null. The record file has its own schema.

use hvsnap::{
    Effect, Host, Resumption,
    journal::{ConcludedBy, Conclusion, Operation, OperationId, Reply},
};
use serde::Serialize;

use super::{Code, SnapshotRef, StatusView, VmRef, references};
use crate::cli::connect::Reattach;

/// An operation, and the command that resumes it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct OperationLink {
    /// Id of the operation in the journal.
    pub(crate) id: String,
    /// The command that finds out its outcome, quoted for a POSIX shell.
    pub(crate) resume: String,
}

impl OperationLink {
    pub(crate) fn new(reattach: &Reattach, id: OperationId) -> Self {
        let id = id.to_string();
        Self { resume: reattach.command(&["resume", &id]), id }
    }

    /// An operation of the journal, to be resumed at this client's host, even if the record has another name for it.
    pub(crate) fn here(reattach: &Reattach, host: &Host, operation: &Operation) -> Self {
        match other_endpoint(host, operation) {
            Some(_) => Self::new(&reattach.here(&host.endpoint().to_string()), operation.id()),
            None => Self::new(reattach, operation.id()),
        }
    }

    /// An operation of the journal, to be resumed at the endpoint that it was sent to.
    pub(crate) fn there(reattach: &Reattach, host: &Host, operation: &Operation) -> Self {
        Self::new(&reattach.there(other_endpoint(host, operation)), operation.id())
    }
}

/// The endpoint of an operation, if it is not this client's.
fn other_endpoint<'o>(host: &Host, operation: &'o Operation) -> Option<&'o str> {
    let recorded = operation.intent.endpoint.as_str();
    (!recorded.eq_ignore_ascii_case(&host.endpoint().to_string())).then_some(recorded)
}

/// An operation as recorded.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct OperationView {
    /// Id of the operation.
    id: String,
    /// `MessageID` of the call.
    message_id: String,
    /// When the record was written, before the call (UTC).
    time: String,
    /// URL of the endpoint that the call was sent to.
    endpoint: String,
    /// The host's name for itself, if recorded.
    system: Option<String>,
    /// The cluster node that it was sent to, if it was reached through the cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    /// The CIM namespace.
    namespace: String,
    /// The user of the connection.
    user: Option<String>,
    /// The VM.
    vm: VmRef,
    /// The kind of operation: `destroy`.
    #[cfg_attr(test, schemars(with = "crate::cli::schema::keys::Kinds"))]
    kind: &'static str,
    /// Whether a destroy takes what is under the snapshot; null for other kinds.
    #[cfg_attr(
        test,
        schemars(with = "Option<crate::cli::schema::keys::Keys<hvsnap::hyperv::DestroyScope>>")
    )]
    scope: Option<&'static str>,
    /// The snapshots that a destroy was to destroy; empty for other kinds.
    destroyed: Vec<SnapshotRef>,
    /// The snapshots that a destroy was to keep; empty for other kinds.
    kept: Vec<SnapshotRef>,
    /// The steps that the command planned after this one, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    then: Vec<String>,
    /// Fingerprint of the tree that was planned on.
    tree_fingerprint: String,
    /// Fingerprint of the plan.
    plan_fingerprint: String,
    /// The answer of the host; null if none is recorded.
    answer: Option<AnswerView>,
    /// The recorded outcome; null if there is none.
    conclusion: Option<ConclusionView>,
    /// Whether the plan expected a merge of disks; null for other kinds than a destroy.
    #[cfg_attr(
        test,
        schemars(with = "Option<crate::cli::schema::keys::Keys<hvsnap::hyperv::MergeExpectation>>")
    )]
    merge_expected: Option<&'static str>,
    /// True if the recorded status is final.
    concluded: bool,
    /// True if the merge was to be waited for and may not be finished.
    merge_open: bool,
    /// True if the outcome is not final, or the merge is open.
    open: bool,
    /// By whom and why the record was closed by hand; null if it was not.
    closed: Option<ClosingView>,
}

/// A record that was closed by hand.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ClosingView {
    /// When it was closed (UTC).
    time: String,
    /// The user who closed it.
    user: Option<String>,
    /// The reason that was given.
    reason: String,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct AnswerView {
    /// When it was recorded (UTC).
    time: String,
    /// The return value of the method.
    #[serde(skip_serializing_if = "Option::is_none")]
    return_code: Option<Code>,
    /// The job that the host gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<ReferenceView>,
    /// Why there is no return value, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// What that says of the effect on the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "crate::cli::schema::keys::Keys<Effect>"))]
    effect: Option<&'static str>,
}

/// A job by its resource URI and its text selectors.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "JobReference"))]
struct ReferenceView {
    /// `InstanceID`; null if the reference has none.
    id: Option<String>,
    /// URI of the class.
    resource_uri: String,
}

/// What found an outcome out.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
enum By {
    Operation,
    Resume,
    Person,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ConclusionView {
    /// When it was recorded (UTC).
    time: String,
    /// What found it out: the operation itself, `resume`, or a person.
    by: By,
    /// The snapshots that are gone.
    gone: Vec<SnapshotRef>,
    #[serde(flatten)]
    status: StatusView,
}

/// The outcome of a resumed operation.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ResumedView {
    /// The record.
    operation: OperationView,
    /// The snapshots that are gone.
    gone: Vec<SnapshotRef>,
    #[serde(flatten)]
    status: StatusView,
    /// Errors of the journal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    journal_trouble: Vec<String>,
    /// The exit code that this outcome alone would give.
    exit_code: u8,
}

impl ResumedView {
    pub(crate) fn new(resumption: &Resumption, exit_code: u8) -> Self {
        Self {
            operation: OperationView::from(&resumption.operation),
            gone: references(&resumption.outcome.destroyed),
            status: StatusView::from(&resumption.outcome),
            journal_trouble: resumption.journal_trouble.iter().map(ToString::to_string).collect(),
            exit_code,
        }
    }
}

impl From<&Operation> for OperationView {
    fn from(operation: &Operation) -> Self {
        let intent = &operation.intent;
        let destroy = intent.action.as_destroy();
        let answer = operation.answer.as_ref().map(|answer| {
            let mut view = AnswerView {
                time: answer.time.to_string(),
                return_code: None,
                job: None,
                error: None,
                effect: None,
            };
            match &answer.reply {
                Reply::Returned { code, job } => {
                    view.return_code = Some(Code::new(code.0, code.meaning()));
                    view.job = job.as_ref().map(|job| ReferenceView {
                        id: job.selectors.text("InstanceID").map(str::to_owned),
                        resource_uri: job.resource_uri.to_string(),
                    });
                }
                Reply::Refused { error } | Reply::NotSent { error } | Reply::Lost { error } => {
                    view.error = Some(error.clone());
                    view.effect = answer.reply.effect().map(Effect::key);
                }
                _ => {}
            }
            view
        });
        Self {
            id: operation.id().to_string(),
            message_id: intent.id.message_id().to_string(),
            time: intent.time.to_string(),
            endpoint: intent.endpoint.clone(),
            system: intent.system.clone(),
            node: intent.node.clone(),
            namespace: intent.namespace.to_string(),
            user: intent.user.clone(),
            vm: VmRef { id: intent.vm_id.clone(), name: intent.vm_name.clone() },
            kind: intent.action.kind(),
            scope: destroy.map(|action| action.scope.key()),
            destroyed: destroy.map(|action| references(&action.destroyed)).unwrap_or_default(),
            kept: destroy.map(|action| references(&action.kept)).unwrap_or_default(),
            then: intent.then.clone(),
            tree_fingerprint: intent.tree.to_string(),
            plan_fingerprint: intent.plan.to_string(),
            answer,
            conclusion: operation.conclusion.as_ref().map(ConclusionView::from),
            merge_expected: destroy.map(|action| action.merge.key()),
            concluded: operation.is_concluded(),
            merge_open: operation.is_merge_open(),
            open: operation.is_open(),
            closed: operation.closed.as_ref().map(|closing| ClosingView {
                time: closing.time.to_string(),
                user: closing.user.clone(),
                reason: closing.reason.clone(),
            }),
        }
    }
}

impl From<&Conclusion> for ConclusionView {
    fn from(conclusion: &Conclusion) -> Self {
        Self {
            time: conclusion.time.to_string(),
            by: match conclusion.by {
                ConcludedBy::Operation => By::Operation,
                ConcludedBy::Person => By::Person,
                _ => By::Resume,
            },
            gone: references(&conclusion.outcome.destroyed),
            status: StatusView::from(&conclusion.outcome),
        }
    }
}
