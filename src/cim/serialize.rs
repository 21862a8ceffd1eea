//! Serializes CIM values with serde (feature `serde`).

use std::time::Duration;

use serde::{Serialize, Serializer};

use super::PropertyError;

/// Serializes the text of the error.
impl Serialize for PropertyError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A length of time in seconds.
pub(crate) fn seconds<S: Serializer>(length: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    length.map(|length| length.as_secs_f64()).serialize(serializer)
}
