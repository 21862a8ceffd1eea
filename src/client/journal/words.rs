//! The words of our own enumerations in a record of the journal, each in one place for both directions.
//!
//! A word that is not known is an error and never another one's meaning.

use serde::{Deserialize, Deserializer, Serializer, de};

use crate::{
    client::{
        Effect,
        journal::{Settler, Word},
    },
    hyperv::{DestroyScope, MergeState},
};

/// The words of our own enumerations, each in one place for both directions.
macro_rules! words {
    ($module:ident, $type:ty, $($value:path => $text:literal),+ $(,)?) => {
        pub(super) mod $module {
            use super::*;

            pub(in crate::client::journal) fn serialize<S: Serializer>(value: &$type, serializer: S) -> Result<S::Ok, S::Error> {
                match *value {
                    $($value => serializer.serialize_str($text),)+
                    #[allow(unreachable_patterns, reason = "some of the enumerations may grow")]
                    _ => Err(serde::ser::Error::custom("a value without a word")),
                }
            }

            pub(in crate::client::journal) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                match String::deserialize(deserializer)?.as_str() {
                    $($text => Ok($value),)+
                    other => Err(de::Error::unknown_variant(other, &[$($text),+])),
                }
            }
        }
    };
}

words!(scope, DestroyScope, DestroyScope::Single => "single", DestroyScope::Tree => "tree");
words!(settler, Settler, Settler::Operation => "operation", Settler::Resume => "resume");
words!(
    word, Word,
    Word::Done => "done",
    Word::NotDone => "not_done",
    Word::Partly => "partly",
    Word::Running => "running",
    Word::Unknown => "unknown",
);
words!(
    merge, MergeState,
    MergeState::NotWatched => "not_watched",
    MergeState::NotSeen => "not_seen",
    MergeState::Finished => "finished",
    MergeState::Running => "running",
    MergeState::Failed => "failed",
    MergeState::Unknown => "unknown",
);
words!(some_effect, Effect, Effect::None => "none", Effect::Applied => "applied", Effect::Unknown => "unknown");

pub(super) mod effect {
    use super::*;

    #[derive(Deserialize)]
    struct Some_(#[serde(with = "some_effect")] Effect);

    #[allow(clippy::ref_option, reason = "serde passes it so")]
    pub(in crate::client::journal) fn serialize<S: Serializer>(
        value: &Option<Effect>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(effect) => some_effect::serialize(effect, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(in crate::client::journal) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Effect>, D::Error> {
        Ok(Option::<Some_>::deserialize(deserializer)?.map(|some| some.0))
    }
}
