//! Serializes the outcome of an operation (feature `serde`).

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use crate::{
    host::{JobConclusion, Merge, Outcome, Until},
    hyperv::JobRecord,
};

/// `accepted`, `job` or `merged`.
impl Serialize for Until {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// `state`, `evidence`, the `job` that failed, and the `problem` in following it as text.
impl Serialize for Merge {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut merge = serializer.serialize_struct("Merge", 4)?;
        merge.serialize_field("state", &self.state)?;
        merge.serialize_field("evidence", &self.evidence)?;
        merge.serialize_field("job", &self.job)?;
        merge.serialize_field("problem", &self.problem.as_ref().map(ToString::to_string))?;
        merge.end()
    }
}

/// `conclusion` as text, and the `record` of the job where it was read.
impl Serialize for JobConclusion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut job = serializer.serialize_struct("JobConclusion", 2)?;
        job.serialize_field("conclusion", &self.to_string())?;
        job.serialize_field("record", &record(self))?;
        job.end()
    }
}

fn record(conclusion: &JobConclusion) -> Option<&JobRecord> {
    match conclusion {
        JobConclusion::Running(job)
        | JobConclusion::Succeeded(job)
        | JobConclusion::Warned(job)
        | JobConclusion::Failed(job, _) => Some(job),
        _ => None,
    }
}

/// Its fields by name; `status` by its key, `observations` and `open` as texts.
impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let observations: Vec<_> = self.observations.iter().map(ToString::to_string).collect();
        let mut outcome = serializer.serialize_struct("Outcome", 14)?;
        outcome.serialize_field("until", &self.until)?;
        outcome.serialize_field("node", &self.node)?;
        outcome.serialize_field("status", self.status.key())?;
        outcome.serialize_field("is_verified", &self.is_verified)?;
        outcome.serialize_field("is_refused", &self.is_refused)?;
        outcome.serialize_field("job", &self.job)?;
        outcome.serialize_field("created", &self.created)?;
        outcome.serialize_field("destroyed", &self.destroyed)?;
        outcome.serialize_field("remaining", &self.remaining)?;
        outcome.serialize_field("unexpected", &self.unexpected)?;
        outcome.serialize_field("merge", &self.merge)?;
        outcome.serialize_field("observations", &observations)?;
        outcome.serialize_field("open", &self.open.as_ref().map(ToString::to_string))?;
        outcome.serialize_field("tree", &self.tree)?;
        outcome.end()
    }
}
