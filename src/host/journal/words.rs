//! The words of our own enumerations in a record of the journal, each in one place for both directions.
//!
//! A status that is not known is an error and never another one's meaning.

use serde::{Deserialize, Deserializer, Serializer, de};

use crate::{
    client::Effect,
    host::{
        Until,
        journal::{ConcludedBy, Status},
    },
    hyperv::{DestroyScope, MergeEvidence, MergeExpectation, MergeState},
};

/// The words of our own enumerations, each in one place for both directions.
macro_rules! words {
    ($module:ident, $type:ty, $($value:path => $text:literal),+ $(,)?) => {
        pub(super) mod $module {
            use super::*;

            pub(in crate::host::journal) fn serialize<S: Serializer>(value: &$type, serializer: S) -> Result<S::Ok, S::Error> {
                match *value {
                    $($value => serializer.serialize_str($text),)+
                    #[allow(unreachable_patterns, reason = "some of the enumerations may grow")]
                    _ => Err(serde::ser::Error::custom("a value without a status")),
                }
            }

            pub(in crate::host::journal) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                match String::deserialize(deserializer)?.as_str() {
                    $($text => Ok($value),)+
                    other => Err(de::Error::unknown_variant(other, &[$($text),+])),
                }
            }
        }
    };
}

words!(scope, DestroyScope, DestroyScope::Single => "single", DestroyScope::Tree => "tree");
words!(concluded_by, ConcludedBy, ConcludedBy::Operation => "operation", ConcludedBy::Resume => "resume", ConcludedBy::Person => "person");
words!(
    status, Status,
    Status::Done => "done",
    Status::NotDone => "not_done",
    Status::Partly => "partly",
    Status::Running => "running",
    Status::Unknown => "unknown",
    Status::Closed => "closed",
);
words!(
    merge, MergeState,
    MergeState::NotWatched => "not_watched",
    MergeState::NotExpected => "not_expected",
    MergeState::NotSeen => "not_seen",
    MergeState::Finished => "finished",
    MergeState::Running => "running",
    MergeState::Stopped => "stopped",
    MergeState::Failed => "failed",
    MergeState::SwitchedOff => "switched_off",
    MergeState::Unknown => "unknown",
);
words!(some_effect, Effect, Effect::None => "none", Effect::Applied => "applied", Effect::Unknown => "unknown");
words!(
    some_until, Until,
    Until::Accepted => "accepted",
    Until::JobEnded => "job",
    Until::Merged => "merged",
);
words!(
    some_expectation, MergeExpectation,
    MergeExpectation::None => "none",
    MergeExpectation::Merge => "merge",
    MergeExpectation::Deferred => "deferred",
    MergeExpectation::Unknown => "unknown",
);
words!(
    some_merge_evidence, MergeEvidence,
    MergeEvidence::Disks => "disks",
    MergeEvidence::Job => "job",
    MergeEvidence::Status => "status",
);

/// The same words where there may be none.
macro_rules! optional_words {
    ($module:ident, $words:ident, $text:literal, $type:ty) => {
        pub(super) mod $module {
            use super::*;

            #[derive(Deserialize)]
            struct Some_(#[serde(with = $text)] $type);

            #[allow(clippy::ref_option, reason = "serde passes it so")]
            pub(in crate::host::journal) fn serialize<S: Serializer>(
                value: &Option<$type>,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                match value {
                    Some(value) => $words::serialize(value, serializer),
                    None => serializer.serialize_none(),
                }
            }

            pub(in crate::host::journal) fn deserialize<'de, D: Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Option<$type>, D::Error> {
                Ok(Option::<Some_>::deserialize(deserializer)?.map(|some| some.0))
            }
        }
    };
}

optional_words!(effect, some_effect, "some_effect", Effect);
optional_words!(until, some_until, "some_until", Until);
optional_words!(expectation, some_expectation, "some_expectation", MergeExpectation);
optional_words!(merge_evidence, some_merge_evidence, "some_merge_evidence", MergeEvidence);
