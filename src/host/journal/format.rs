//! Operations as JSON, schema `hvsnap-journal/2`: the shapes, and conversions from and to them.
//!
//! A file is not trusted: every id, time, name and status is parsed, and an error names the position in the text. Fields that
//! this version does not know are ignored; those at the top level are kept when the file is written again.
//! written again.

use std::{collections::BTreeMap, str::FromStr, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::unique::UniqueKeys;
use crate::{
    cim::{Datetime, Timestamp},
    client::Effect,
    host::{
        JobConclusion, Merge, Open, Outcome, Until,
        journal::{Answer, Closing, ConcludedBy, Conclusion, Intent, Operation, Reply, Status},
    },
    hyperv::{
        Action, JobSeen, JobState, JobType, MergeEvidence, MergeState, Observation, ReturnCode, SnapshotName,
        VmActivity,
    },
    violation::{cut, excerpt},
    wsman::{EndpointReference, Selector, SelectorSet, SelectorValue},
};

/// The version that is written.
const SCHEMA: &str = "hvsnap-journal/2";
/// The previous version, still read: its only kind is the destroy, and it says `word` and `evidence` for status and observations.
const EARLIER: &str = "hvsnap-journal/1";
/// The only kind of operation in the previous version.
const DESTROY: &str = "destroy";

/// The content of a file.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Document {
    schema: String,
    intent: IntentShape,
    answer: Option<AnswerShape>,
    conclusion: Option<ConclusionShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<ClosingShape>,
    /// Fields that a later version may have added.
    #[serde(flatten)]
    more: BTreeMap<String, serde_json::Value>,
}

/// Read first, to tell another version from a damaged file.
#[derive(Deserialize)]
struct Schema {
    schema: String,
    intent: Option<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    kind: Option<String>,
}

/// A value that is written as text.
#[derive(Debug)]
struct AsText<T>(T);

impl<T: ToString> Serialize for AsText<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_string())
    }
}

impl<'de, T: FromStr<Err: ToString>> Deserialize<'de> for AsText<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(|error: T::Err| de::Error::custom(error.to_string()))
    }
}

#[derive(Debug)]
struct Moment(Timestamp);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_string())
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.parse() {
            Ok(Datetime::Timestamp(timestamp)) => Ok(Self(timestamp)),
            _ => Err(de::Error::custom("not a point in time")),
        }
    }
}

#[derive(Debug, Deserialize, Serialize)]
struct IntentShape {
    message_id: String,
    time: Moment,
    endpoint: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    system: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    namespace: AsText<crate::cim::Namespace>,
    user: Option<String>,
    vm: SnapshotName,
    /// Its `kind`, and the fields of that kind.
    #[serde(flatten)]
    action: Action,
    tree_fingerprint: AsText<crate::hyperv::Fingerprint>,
    plan_fingerprint: AsText<crate::hyperv::Fingerprint>,
    #[serde(default, rename = "patience_ms")]
    answer_timeout_ms: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    then: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ignored_activity: Option<u16>,
}

#[derive(Debug, Deserialize, Serialize)]
struct AnswerShape {
    time: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_code: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<ReferenceShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    snapshot: Option<String>,
    #[serde(default, with = "crate::keyed::optional", skip_serializing_if = "Option::is_none")]
    effect: Option<Effect>,
    /// False if not a byte of the call was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sent: Option<bool>,
}

#[derive(Debug, Deserialize, Serialize)]
struct ReferenceShape {
    address: String,
    resource_uri: AsText<crate::wsman::ResourceUri>,
    selectors: Vec<SelectorShape>,
}

#[derive(Debug, Deserialize, Serialize)]
struct SelectorShape {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<Box<ReferenceShape>>,
}

#[derive(Debug, Deserialize, Serialize)]
struct ConclusionShape {
    time: Moment,
    #[serde(with = "crate::keyed")]
    by: ConcludedBy,
    #[serde(alias = "word", with = "crate::keyed")]
    status: Status,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<SnapshotName>,
    gone: Vec<SnapshotName>,
    remaining: Vec<SnapshotName>,
    unexpected: Vec<SnapshotName>,
    #[serde(with = "crate::keyed")]
    merge: MergeState,
    #[serde(alias = "evidence")]
    observations: Vec<String>,
    #[serde(default, with = "crate::keyed::optional", skip_serializing_if = "Option::is_none")]
    until: Option<Until>,
    #[serde(default)]
    refused: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    job: Option<JobShape>,
    #[serde(default, with = "crate::keyed::optional", skip_serializing_if = "Option::is_none")]
    merge_evidence: Option<MergeEvidence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    merge_job: Option<JobShape>,
}

#[derive(Debug, Deserialize, Serialize)]
struct JobShape {
    id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    job_type: Option<u16>,
    state: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error_code: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error_text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    submitted: Option<Moment>,
}

#[derive(Debug, Deserialize, Serialize)]
struct ClosingShape {
    time: Moment,
    user: Option<String>,
    reason: String,
}

impl Document {
    pub(crate) fn begun(intent: &Intent) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            intent: intent.into(),
            answer: None,
            conclusion: None,
            closed: None,
            more: BTreeMap::new(),
        }
    }

    /// Parses the content of a file; the error says what is wrong, and where.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, String> {
        if text.is_empty() {
            return Err("the file is empty".to_owned());
        }
        let schema: Schema = serde_json::from_slice(text).map_err(|error| why(&error))?;
        let is_earlier = schema.schema == EARLIER;
        if schema.schema != SCHEMA && !is_earlier {
            return Err(format!(
                "the schema {:?} is not {SCHEMA:?}, which this version reads",
                excerpt(&schema.schema)
            ));
        }
        // The fields of an action are collected before they are parsed, which would lose a duplicate key.
        let _: UniqueKeys = serde_json::from_slice(text).map_err(|error| why(&error))?;
        let mut document: Self = match schema.intent.map(|intent| intent.kind) {
            Some(Some(_)) => serde_json::from_slice(text).map_err(|error| why(&error))?,
            Some(None) if is_earlier => {
                let mut value: serde_json::Value =
                    serde_json::from_slice(text).map_err(|error| why(&error))?;
                if let Some(intent) = value.get_mut("intent").and_then(serde_json::Value::as_object_mut) {
                    intent.insert("kind".to_owned(), DESTROY.into());
                }
                serde_json::from_value(value).map_err(|error| why(&error))?
            }
            Some(None) => return Err("intent.kind is missing".to_owned()),
            None => return Err("intent is missing".to_owned()),
        };
        // A file is written in the current version, whatever it was read in.
        SCHEMA.clone_into(&mut document.schema);
        Ok(document)
    }

    /// The content of a file.
    pub(crate) fn text(&self) -> Result<String, String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n").map_err(|error| error.to_string())
    }

    pub(crate) fn set_answer(&mut self, answer: &Answer) {
        self.answer = Some(answer.into());
    }

    pub(crate) fn set_conclusion(&mut self, conclusion: &Conclusion) {
        let earlier = self.conclusion.take().map(Conclusion::from);
        self.conclusion = Some((&conclusion.after(earlier.as_ref())).into());
    }

    pub(crate) fn set_closing(&mut self, closing: &Closing) {
        self.closed = Some(ClosingShape {
            time: Moment(closing.time),
            user: closing.user.clone(),
            reason: closing.reason.clone(),
        });
    }

    pub(crate) fn into_operation(self) -> Result<Operation, String> {
        let shape = self.intent;
        let id = shape.message_id.strip_prefix("uuid:").unwrap_or_default().parse();
        let intent = Intent {
            id: id.map_err(|_| "message_id is not uuid: and a UUID".to_owned())?,
            time: shape.time.0,
            endpoint: shape.endpoint,
            system: shape.system,
            node: shape.node,
            namespace: shape.namespace.0,
            user: shape.user,
            vm_id: shape.vm.id,
            vm_name: shape.vm.name,
            action: shape.action,
            tree: shape.tree_fingerprint.0,
            plan: shape.plan_fingerprint.0,
            answer_timeout: Duration::from_millis(shape.answer_timeout_ms),
            then: shape.then,
            ignored: shape.ignored_activity.map(VmActivity),
        };
        if !crate::hyperv::is_guid(&intent.vm_id) {
            return Err("the VM's id is no GUID".to_owned());
        }
        intent.action.judged().check()?;
        let answer = self.answer.map(AnswerShape::answer).transpose()?;
        let conclusion = self.conclusion.map(Conclusion::from);
        let closed =
            self.closed.map(|shape| Closing { time: shape.time.0, user: shape.user, reason: shape.reason });
        Ok(Operation { intent, answer, conclusion, closed })
    }
}

/// The parser's message, which may quote a value of any length.
fn why(error: &serde_json::Error) -> String {
    const LONGEST: usize = 200;
    let text = error.to_string();
    if text.len() <= LONGEST {
        return text;
    }
    format!("{} at line {} column {}", excerpt(&text), error.line(), error.column())
}

impl From<&Intent> for IntentShape {
    fn from(intent: &Intent) -> Self {
        Self {
            message_id: intent.id.message_id().to_string(),
            time: Moment(intent.time),
            endpoint: intent.endpoint.clone(),
            system: intent.system.clone(),
            node: intent.node.clone(),
            namespace: AsText(intent.namespace.clone()),
            user: intent.user.clone(),
            vm: SnapshotName { id: intent.vm_id.clone(), name: intent.vm_name.clone() },
            action: intent.action.clone(),
            tree_fingerprint: AsText(intent.tree),
            plan_fingerprint: AsText(intent.plan),
            answer_timeout_ms: u64::try_from(intent.answer_timeout.as_millis()).unwrap_or(u64::MAX),
            then: intent.then.clone(),
            ignored_activity: intent.ignored.map(|activity| activity.0),
        }
    }
}

impl From<&Answer> for AnswerShape {
    fn from(answer: &Answer) -> Self {
        let (mut return_code, mut job, mut error, mut effect) = (None, None, None, None);
        match &answer.reply {
            Reply::Returned { code, job: reference } => {
                return_code = Some(code.0);
                job = reference.as_ref().map(ReferenceShape::from);
            }
            Reply::Refused { error: text } | Reply::NotSent { error: text } | Reply::Lost { error: text } => {
                error = Some(text.clone());
                effect = answer.reply.effect();
            }
        }
        let sent = matches!(answer.reply, Reply::NotSent { .. }).then_some(false);
        let snapshot = answer.snapshot.clone();
        Self { time: Moment(answer.time), return_code, job, error, snapshot, effect, sent }
    }
}

impl AnswerShape {
    fn answer(self) -> Result<Answer, String> {
        let reply = match (self.return_code, self.error) {
            (Some(code), None) => Reply::Returned {
                code: ReturnCode(code),
                job: self.job.map(ReferenceShape::reference).transpose()?,
            },
            // A missing `effect` or `sent` does not prove that nothing was done.
            (None, Some(error)) => match (self.effect, self.sent) {
                (Some(Effect::None), Some(false)) => Reply::NotSent { error },
                (Some(Effect::None), _) => Reply::Refused { error },
                _ => Reply::Lost { error },
            },
            _ => return Err("an answer has either a return code or an error".to_owned()),
        };
        Ok(Answer { time: self.time.0, reply, snapshot: self.snapshot })
    }
}

impl From<&Conclusion> for ConclusionShape {
    fn from(conclusion: &Conclusion) -> Self {
        let outcome = &conclusion.outcome;
        Self {
            time: Moment(conclusion.time),
            by: conclusion.by,
            status: outcome.status,
            node: outcome.node.clone(),
            created: outcome.created.clone(),
            gone: outcome.destroyed.clone(),
            remaining: outcome.remaining.clone(),
            unexpected: outcome.unexpected.clone(),
            merge: outcome.merge.state,
            observations: outcome
                .observations
                .iter()
                .map(|fact| cut(&fact.to_string()).into_owned())
                .collect(),
            until: Some(outcome.until),
            refused: outcome.is_refused,
            job: outcome.job.seen().as_ref().map(JobShape::from),
            merge_evidence: outcome.merge.evidence,
            merge_job: outcome.merge.job.as_ref().map(JobShape::from),
        }
    }
}

impl From<ConclusionShape> for Conclusion {
    fn from(shape: ConclusionShape) -> Self {
        let job = shape.job.map(|job| JobConclusion::Recorded(job.into()));
        let merge = Merge {
            evidence: shape.merge_evidence,
            job: shape.merge_job.map(Into::into),
            ..Merge::of(shape.merge)
        };
        // The previous version waited for the job only, unless it says otherwise.
        let until = shape.until.unwrap_or(Until::JobEnded);
        let observations = shape.observations.into_iter().map(Observation::Written).collect();
        let outcome = Outcome {
            status: shape.status,
            node: shape.node,
            is_verified: shape.status.is_final() && shape.status != Status::Closed,
            is_refused: shape.refused,
            job: job.unwrap_or_default(),
            created: shape.created,
            destroyed: shape.gone,
            remaining: shape.remaining,
            unexpected: shape.unexpected,
            merge,
            open: None,
            ..Outcome::unknown(until, Open::NotReadBack, observations)
        };
        Self { time: shape.time.0, by: shape.by, outcome }
    }
}

impl From<&JobSeen> for JobShape {
    fn from(job: &JobSeen) -> Self {
        Self {
            id: job.id.clone(),
            job_type: job.job_type.map(|job_type| job_type.0),
            state: job.state.0,
            error_code: job.error_code,
            error_text: job.error_text.clone(),
            submitted: job.submitted.map(Moment),
        }
    }
}

impl From<JobShape> for JobSeen {
    fn from(shape: JobShape) -> Self {
        Self {
            id: shape.id,
            job_type: shape.job_type.map(JobType),
            state: JobState(shape.state),
            error_code: shape.error_code,
            error_text: shape.error_text,
            submitted: shape.submitted.map(|moment| moment.0),
        }
    }
}

impl From<&EndpointReference> for ReferenceShape {
    fn from(reference: &EndpointReference) -> Self {
        let selector = |selector: &Selector| {
            let (value, reference) = match &selector.value {
                SelectorValue::Text(text) => (Some(text.clone()), None),
                SelectorValue::Reference(reference) => (None, Some(Box::new(Self::from(&**reference)))),
            };
            SelectorShape { name: selector.name.clone(), value, reference }
        };
        Self {
            address: reference.address.clone(),
            resource_uri: AsText(reference.resource_uri.clone()),
            selectors: reference.selectors.iter().map(selector).collect(),
        }
    }
}

impl ReferenceShape {
    fn reference(self) -> Result<EndpointReference, String> {
        let mut selectors = SelectorSet::new();
        for SelectorShape { name, value, reference } in self.selectors {
            let value = match (value, reference) {
                (Some(text), None) => SelectorValue::Text(text),
                (None, Some(reference)) => SelectorValue::Reference(Box::new(reference.reference()?)),
                _ => return Err("a selector has either a value or a reference".to_owned()),
            };
            selectors.push(Selector { name, value });
        }
        Ok(EndpointReference { address: self.address, resource_uri: self.resource_uri.0, selectors })
    }
}
