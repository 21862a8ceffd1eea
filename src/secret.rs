//! A secret text that cannot be printed and is wiped when dropped.
//!
//! It has no `Display`, its `Debug` hides the content, and it leaves no copy of its own in memory.

use std::fmt;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// A password or key: not printable, wiped from memory when dropped, and compared in a time that depends on its length only.
///
/// ```
/// let secret = hvsnap::Secret::new("correct horse");
/// assert_eq!(format!("{secret:?}"), "Secret(..)");
/// ```
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes over a text; the caller must wipe other copies.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// Reads the environment variable `name`.
    ///
    /// # Errors
    /// If the variable is missing, empty, or not valid Unicode; the error does not contain the value.
    pub fn from_env(name: &str) -> Result<Self, SecretFromEnvError> {
        let problem = match std::env::var(name) {
            Ok(text) if text.is_empty() => Problem::Empty,
            Ok(text) => return Ok(Self::new(text)),
            Err(std::env::VarError::NotPresent) => Problem::Missing,
            Err(std::env::VarError::NotUnicode(_)) => Problem::NotUnicode,
        };
        Err(SecretFromEnvError { name: name.to_owned(), problem })
    }

    /// The secret itself, for code that sends it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The environment variable of [`Secret::from_env`] is missing, empty or unreadable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretFromEnvError {
    name: String,
    problem: Problem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Problem {
    Missing,
    Empty,
    NotUnicode,
}

impl fmt::Display for SecretFromEnvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = match self.problem {
            Problem::Missing => "not set",
            Problem::Empty => "empty",
            Problem::NotUnicode => "not valid Unicode",
        };
        write!(f, "environment variable {} is {problem}", self.name)
    }
}

impl std::error::Error for SecretFromEnvError {}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn secrets_are_equal_if_their_texts_are() {
        let secret = Secret::new("correct horse");
        assert_eq!(secret, Secret::new("correct horse".to_owned()));
        for other in ["", "correct hors", "correct horse ", "Correct horse"] {
            assert_ne!(secret, Secret::new(other));
        }
    }
}
