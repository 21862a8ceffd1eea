//! A secret text that cannot be printed and is wiped when dropped.
//!
//! It never implements `Display`, never shows its content in `Debug`, and never leaves a copy behind that it owns.

use std::fmt;

use zeroize::Zeroizing;

/// A password or key: not printable, wiped from memory when dropped.
///
/// ```
/// let secret = hvsnap::Secret::new("correct horse");
/// assert_eq!(format!("{secret:?}"), "Secret(..)");
/// ```
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes over a text; the caller's own copies are the caller's to wipe.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// Reads the environment variable `name`.
    ///
    /// # Errors
    /// When the variable is missing or is not valid Unicode; the value is never part of the error.
    pub fn from_env(name: &str) -> Result<Self, SecretFromEnvError> {
        match std::env::var(name) {
            Ok(text) => Ok(Self::new(text)),
            Err(std::env::VarError::NotPresent) => {
                Err(SecretFromEnvError { name: name.to_owned(), unicode: true })
            }
            Err(std::env::VarError::NotUnicode(_)) => {
                Err(SecretFromEnvError { name: name.to_owned(), unicode: false })
            }
        }
    }

    /// The secret itself, for the one who must put it on the wire.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The environment variable of [`Secret::from_env`] is missing or unreadable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretFromEnvError {
    name: String,
    unicode: bool,
}

impl fmt::Display for SecretFromEnvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.unicode {
            write!(f, "environment variable {} is not set", self.name)
        } else {
            write!(f, "environment variable {} is not valid Unicode", self.name)
        }
    }
}

impl std::error::Error for SecretFromEnvError {}
