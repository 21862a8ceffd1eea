//! Names of elements, with their namespaces.
//!
//! It never looks a prefix up; the reader does. Follows Namespaces in XML 1.0, sections 4 and 6.

use std::borrow::Cow;

/// A name with its namespace; the namespace of an unqualified name is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name<'a> {
    pub(crate) namespace: Cow<'a, str>,
    pub(crate) local: &'a str,
}

impl Name<'_> {
    /// True for this namespace (to the letter) and local name.
    pub(crate) fn is(&self, namespace: &str, local: &str) -> bool {
        self.local == local && self.namespace == namespace
    }
}

/// `NCName` (Namespaces in XML 1.0, section 4), as far as ASCII goes; the parser below takes anything for a name.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || !c.is_ascii())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') || !c.is_ascii())
}
