//! The keys of our own enumerations in a record of the journal, for both directions.
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
    violation::excerpt,
};

/// Writes a value by its key, and reads it back.
macro_rules! words {
    ($module:ident, $type:ty, $($value:path),+) => {
        pub(super) mod $module {
            use super::*;

            pub(in crate::host::journal) fn serialize<S: Serializer>(value: &$type, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(value.key())
            }

            pub(in crate::host::journal) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                let key = String::deserialize(deserializer)?;
                let found = [$($value),+].into_iter().find(|value| value.key() == key);
                found.ok_or_else(|| {
                    let known = [$($value),+].map(|value| value.key()).join(", ");
                    de::Error::custom(format_args!("unknown variant `{}`, expected one of {known}", excerpt(&key)))
                })
            }
        }
    };
}

words!(scope, DestroyScope, DestroyScope::Single, DestroyScope::Tree);
words!(concluded_by, ConcludedBy, ConcludedBy::Operation, ConcludedBy::Resume, ConcludedBy::Person);
words!(
    status,
    Status,
    Status::Done,
    Status::NotDone,
    Status::Partly,
    Status::Running,
    Status::Unknown,
    Status::Closed
);
words!(
    merge,
    MergeState,
    MergeState::NotWatched,
    MergeState::NotExpected,
    MergeState::NotSeen,
    MergeState::Finished,
    MergeState::Running,
    MergeState::Stopped,
    MergeState::Failed,
    MergeState::SwitchedOff,
    MergeState::Unknown
);
words!(some_effect, Effect, Effect::None, Effect::Applied, Effect::Unknown);
words!(some_until, Until, Until::Accepted, Until::JobEnded, Until::Merged);
words!(
    some_expectation,
    MergeExpectation,
    MergeExpectation::None,
    MergeExpectation::Merge,
    MergeExpectation::Deferred,
    MergeExpectation::Unknown
);
words!(some_merge_evidence, MergeEvidence, MergeEvidence::Disks, MergeEvidence::Job, MergeEvidence::Status);

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
