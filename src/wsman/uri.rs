//! The resource URI: the target of an operation.
//!
//! A [`ResourceUri`] is validated once. It compares without regard to case (Microsoft, "Resource URIs"; MS-WSMV 3.1.4.1.1)
//! and keeps its spelling.

use std::{fmt, str::FromStr};

/// A resource URI such as `http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_ConcreteJob`.
#[derive(Clone, Debug)]
pub struct ResourceUri(String);

impl ResourceUri {
    /// A URI composed of validated names.
    pub(crate) fn trusted(text: String) -> Self {
        Self(text)
    }

    /// The URI as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last segment: the class name, or `*`.
    pub fn last_segment(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }
}

impl PartialEq for ResourceUri {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for ResourceUri {}

impl fmt::Display for ResourceUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ResourceUri {
    type Err = ResourceUriError;

    /// Trims surrounding white space; some clients and examples indent the element.
    fn from_str(text: &str) -> Result<Self, ResourceUriError> {
        let text = text.trim();
        let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
        match rest {
            Some(rest)
                if rest.contains('/')
                    && !rest.ends_with('/')
                    && !rest.contains(|c: char| c.is_whitespace() || c.is_control()) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(ResourceUriError { text: crate::violation::excerpt(text) }),
        }
    }
}

/// The text is not a resource URI.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a resource URI: {text:?}")]
pub struct ResourceUriError {
    text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_without_regard_to_case_and_keeps_its_spelling() {
        let a: ResourceUri = " http://x/root/CIMV2/A\n".parse().unwrap();
        let b: ResourceUri = "http://x/root/cimv2/a".parse().unwrap();
        assert_eq!(a, b);
        assert_eq!(a.as_str(), "http://x/root/CIMV2/A");
        assert_eq!(a.last_segment(), "A");
    }

    #[test]
    fn what_is_no_uri_is_refused() {
        for text in ["", "x", "http://", "http://x", "http://x/", "http://x/a b", "ftp://x/a"] {
            assert!(text.parse::<ResourceUri>().is_err(), "{text}");
        }
    }
}
