//! Enumerations in the schema whose values are listed by the library.

use std::{borrow::Cow, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::cli::kind::{self, Kind};

/// An enumeration with keys.
pub(crate) trait Listed {
    /// The keys of all values.
    fn keys() -> Vec<&'static str>;
}

macro_rules! listed {
    ($($type:ty),+ $(,)?) => {
        $(impl Listed for $type {
            fn keys() -> Vec<&'static str> {
                <$type>::ALL.iter().map(|value| value.key()).collect()
            }
        })+
    };
}

listed! {
    hvsnap::Effect,
    hvsnap::Until,
    hvsnap::doctor::Place,
    hvsnap::doctor::Subject,
    hvsnap::doctor::Verdict,
    hvsnap::explain::Family,
    hvsnap::explain::Repeat,
    hvsnap::hyperv::Consistency,
    hvsnap::hyperv::DestroyScope,
    hvsnap::hyperv::Kept,
    hvsnap::hyperv::MergeEvidence,
    hvsnap::hyperv::MergeExpectation,
    hvsnap::hyperv::MergeState,
    hvsnap::hyperv::StateChange,
    hvsnap::journal::Status,
}

impl Listed for Kind {
    fn keys() -> Vec<&'static str> {
        let mut names: Vec<_> = kind::rows::ALL.iter().map(|kind| kind.name()).collect();
        // That of the simulator, where it is left out.
        names.push("simulator");
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Kinds of operations; the library lists no values, because they carry data.
pub(crate) struct OfOperations;

impl Listed for OfOperations {
    fn keys() -> Vec<&'static str> {
        vec!["destroy", "create", "apply", "modify", "clear", "state", "enable_merging"]
    }
}

/// Kinds of findings about merges, likewise.
pub(crate) struct OfFindings;

impl Listed for OfFindings {
    fn keys() -> Vec<&'static str> {
        vec![
            "running",
            "failed",
            "switched_off",
            "unmerged",
            "unexplained",
            "backup",
            "reference_points",
            "unknown",
        ]
    }
}

/// The kind of an operation.
pub(crate) type Kinds = Keys<OfOperations>;
/// The kind of a finding.
pub(crate) type Findings = Keys<OfFindings>;

/// The schema of the keys of an enumeration.
pub(crate) struct Keys<T>(PhantomData<T>);

impl<T: Listed> JsonSchema for Keys<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("keys of {}", std::any::type_name::<T>()).into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": T::keys() })
    }
}
