//! Enumerations with a key for JSON and records, in both directions.
//!
//! An unknown key is an error.

/// An enumeration whose values have keys for programs.
#[cfg(feature = "serde")]
pub(crate) trait Keyed: Copy + Sized + 'static {
    /// All values.
    const ALL: &'static [Self];

    /// The key.
    fn key(self) -> &'static str;
}

/// Lists the values of an enumeration that has its own `key`.
macro_rules! keyed {
    ($($type:ident { $($value:ident),+ $(,)? })+) => {
        $(impl $type {
            /// All values of this version; later ones may have more.
            pub const ALL: &'static [Self] = &[$(Self::$value),+];
        }

        // Every value is listed.
        const _: fn($type) = |value| match value { $($type::$value)|+ => () };

        #[cfg(feature = "serde")]
        impl $crate::keyed::Keyed for $type {
            const ALL: &'static [Self] = &[$(Self::$value),+];

            fn key(self) -> &'static str {
                Self::key(self)
            }
        })+
    };
}
pub(crate) use keyed;

#[cfg(feature = "journal")]
pub(crate) use with_serde::optional;
#[cfg(feature = "serde")]
pub(crate) use with_serde::{deserialize, serialize};

#[cfg(feature = "serde")]
mod with_serde {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use super::Keyed;
    use crate::violation::excerpt;

    /// Writes a value by its key.
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
    pub(crate) fn serialize<T: Keyed, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(value.key())
    }

    /// Reads a value by its key.
    pub(crate) fn deserialize<'de, T: Keyed, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        let key = String::deserialize(deserializer)?;
        T::ALL.iter().copied().find(|value| value.key() == key).ok_or_else(|| {
            let known: Vec<_> = T::ALL.iter().map(|value| value.key()).collect();
            let (key, known) = (excerpt(&key), known.join(", "));
            de::Error::custom(format_args!("unknown variant `{key}`, expected one of {known}"))
        })
    }

    /// The same for optional values.
    #[cfg(feature = "journal")]
    pub(crate) mod optional {
        use serde::{Deserialize, Deserializer, Serializer};

        use super::super::Keyed;

        #[derive(Deserialize)]
        #[serde(bound(deserialize = "T: Keyed"))]
        struct Given<T>(#[serde(with = "crate::keyed")] T);

        #[allow(clippy::ref_option, reason = "serde passes it so")]
        pub(crate) fn serialize<T: Keyed, S: Serializer>(
            value: &Option<T>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            match value {
                Some(value) => super::serialize(value, serializer),
                None => serializer.serialize_none(),
            }
        }

        pub(crate) fn deserialize<'de, T: Keyed, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<T>, D::Error> {
            Ok(Option::<Given<T>>::deserialize(deserializer)?.map(|given| given.0))
        }
    }
}
