//! Operations as JSON, schema `hvsnap-journal/1`: the shapes, and the way from and to them.
//!
//! What comes from a file is not trusted: every id, time, name and word is parsed, and what cannot be is an error with the
//! place in the text. Fields that this version does not know are passed over, and kept at the top level when a file is
//! written again.

use std::{collections::BTreeMap, str::FromStr, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::words::{effect, merge, scope, settler, word};
use crate::{
    cim::{Datetime, Timestamp},
    client::{
        Effect,
        journal::{Answer, Conclusion, Intent, Operation, Reply, Settler, SnapshotName, Word},
    },
    hyperv::{DestroyScope, MergeState, ReturnCode},
    violation::excerpt,
    wsman::{EndpointReference, Selector, SelectorSet, SelectorValue},
};

/// The version of the format.
const SCHEMA: &str = "hvsnap-journal/1";

/// A file's content.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Document {
    schema: String,
    intent: IntentShape,
    answer: Option<AnswerShape>,
    conclusion: Option<ConclusionShape>,
    /// What a later version may have added.
    #[serde(flatten)]
    more: BTreeMap<String, serde_json::Value>,
}

/// Read first, so that another version is told apart from a damaged file.
#[derive(Deserialize)]
struct Schema {
    schema: String,
}

/// A value by the text that it is written as.
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
    namespace: AsText<crate::cim::Namespace>,
    user: Option<String>,
    vm: NameShape,
    #[serde(with = "scope")]
    scope: DestroyScope,
    destroyed: Vec<NameShape>,
    kept: Vec<NameShape>,
    tree_fingerprint: AsText<crate::hyperv::Fingerprint>,
    plan_fingerprint: AsText<crate::hyperv::Fingerprint>,
    #[serde(default)]
    patience_ms: u64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
struct NameShape {
    id: String,
    name: String,
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
    #[serde(default, with = "effect", skip_serializing_if = "Option::is_none")]
    effect: Option<Effect>,
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
    #[serde(with = "settler")]
    by: Settler,
    #[serde(with = "word")]
    word: Word,
    gone: Vec<NameShape>,
    remaining: Vec<NameShape>,
    unexpected: Vec<NameShape>,
    #[serde(with = "merge")]
    merge: MergeState,
    evidence: Vec<String>,
}

impl Document {
    pub(super) fn begun(intent: &Intent) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            intent: intent.into(),
            answer: None,
            conclusion: None,
            more: BTreeMap::new(),
        }
    }

    /// Reads a file's content; the error says what is wrong with it, and where.
    pub(super) fn parse(text: &[u8]) -> Result<Self, String> {
        if text.is_empty() {
            return Err("the file is empty".to_owned());
        }
        let schema: Schema = serde_json::from_slice(text).map_err(|error| why(&error))?;
        if schema.schema != SCHEMA {
            return Err(format!(
                "the schema {:?} is not {SCHEMA:?}, which this version reads",
                excerpt(&schema.schema)
            ));
        }
        serde_json::from_slice(text).map_err(|error| why(&error))
    }

    /// What is written to a file.
    pub(super) fn text(&self) -> Result<String, String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n").map_err(|error| error.to_string())
    }

    pub(super) fn set_answer(&mut self, answer: &Answer) {
        self.answer = Some(answer.into());
    }

    pub(super) fn set_conclusion(&mut self, conclusion: &Conclusion) {
        self.conclusion = Some(conclusion.into());
    }

    pub(super) fn into_operation(self) -> Result<Operation, String> {
        let shape = self.intent;
        let id = shape.message_id.strip_prefix("uuid:").unwrap_or_default().parse();
        let intent = Intent {
            id: id.map_err(|_| "message_id is not uuid: and a UUID".to_owned())?,
            time: shape.time.0,
            endpoint: shape.endpoint,
            namespace: shape.namespace.0,
            user: shape.user,
            vm_id: shape.vm.id,
            vm_name: shape.vm.name,
            scope: shape.scope,
            destroyed: names(shape.destroyed),
            kept: names(shape.kept),
            tree: shape.tree_fingerprint.0,
            plan: shape.plan_fingerprint.0,
            patience: Duration::from_millis(shape.patience_ms),
        };
        if !crate::hyperv::is_guid(&intent.vm_id) {
            return Err("the machine's id is no GUID".to_owned());
        }
        if intent.destroyed.is_empty() {
            return Err("it destroys nothing".to_owned());
        }
        let answer = self.answer.map(AnswerShape::answer).transpose()?;
        let conclusion = self.conclusion.map(|shape| Conclusion {
            time: shape.time.0,
            by: shape.by,
            word: shape.word,
            gone: names(shape.gone),
            remaining: names(shape.remaining),
            unexpected: names(shape.unexpected),
            merge: shape.merge,
            evidence: shape.evidence,
        });
        Ok(Operation { intent, answer, conclusion })
    }
}

/// What the parser says, which may quote a value of any length.
fn why(error: &serde_json::Error) -> String {
    const LONGEST: usize = 200;
    let text = error.to_string();
    if text.len() <= LONGEST {
        return text;
    }
    format!("{} at line {} column {}", excerpt(&text), error.line(), error.column())
}

fn names(shapes: Vec<NameShape>) -> Vec<SnapshotName> {
    shapes.into_iter().map(|shape| SnapshotName { id: shape.id, name: shape.name }).collect()
}

fn shapes(names: &[SnapshotName]) -> Vec<NameShape> {
    names.iter().map(|name| NameShape { id: name.id.clone(), name: name.name.clone() }).collect()
}

impl From<&Intent> for IntentShape {
    fn from(intent: &Intent) -> Self {
        Self {
            message_id: intent.id.message_id().to_string(),
            time: Moment(intent.time),
            endpoint: intent.endpoint.clone(),
            namespace: AsText(intent.namespace.clone()),
            user: intent.user.clone(),
            vm: NameShape { id: intent.vm_id.clone(), name: intent.vm_name.clone() },
            scope: intent.scope,
            destroyed: shapes(&intent.destroyed),
            kept: shapes(&intent.kept),
            tree_fingerprint: AsText(intent.tree),
            plan_fingerprint: AsText(intent.plan),
            patience_ms: u64::try_from(intent.patience.as_millis()).unwrap_or(u64::MAX),
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
            Reply::Missing { error: text, effect: what } => {
                error = Some(text.clone());
                effect = Some(*what);
            }
        }
        Self { time: Moment(answer.time), return_code, job, error, effect }
    }
}

impl AnswerShape {
    fn answer(self) -> Result<Answer, String> {
        let reply = match (self.return_code, self.error) {
            (Some(code), None) => Reply::Returned {
                code: ReturnCode(code),
                job: self.job.map(ReferenceShape::reference).transpose()?,
            },
            // Whoever leaves out what may have happened has not said that nothing did.
            (None, Some(error)) => Reply::Missing { error, effect: self.effect.unwrap_or(Effect::Unknown) },
            _ => return Err("an answer has either a return code or an error".to_owned()),
        };
        Ok(Answer { time: self.time.0, reply })
    }
}

impl From<&Conclusion> for ConclusionShape {
    fn from(conclusion: &Conclusion) -> Self {
        Self {
            time: Moment(conclusion.time),
            by: conclusion.by,
            word: conclusion.word,
            gone: shapes(&conclusion.gone),
            remaining: shapes(&conclusion.remaining),
            unexpected: shapes(&conclusion.unexpected),
            merge: conclusion.merge,
            evidence: conclusion.evidence.clone(),
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
