//! Instances as Rust types, by serde (feature `serde`).
//!
//! The wire carries no types, so a field's own type says how its text is read. Names of properties are matched as serde has
//! them: `#[serde(rename_all = "PascalCase")]` fits most classes.

mod de;
mod ser;

use std::fmt;

use serde::{Serialize, de::DeserializeOwned};

use crate::cim::{ClassName, Instance};

/// A Rust type that stands for a CIM class; what it does not name is not kept.
///
/// ```
/// use hvsnap::cim::CimClass;
///
/// #[derive(serde::Deserialize)]
/// #[serde(rename_all = "PascalCase")]
/// struct OperatingSystem {
///     caption: String,
///     #[serde(rename = "CSName")]
///     computer: String,
///     last_boot_up_time: Option<hvsnap::cim::Timestamp>,
/// }
///
/// impl CimClass for OperatingSystem {
///     const CLASS: &'static str = "Win32_OperatingSystem";
/// }
/// ```
pub trait CimClass: DeserializeOwned {
    /// The name of the class.
    const CLASS: &'static str;

    /// Reads an instance.
    ///
    /// # Errors
    /// If a property is missing that the type wants, or is of another type.
    fn from_instance(instance: &Instance<'_>) -> Result<Self, InstanceError> {
        instance.to_typed()
    }
}

/// An instance and a Rust type that do not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InstanceError(pub(super) String);

impl serde::de::Error for InstanceError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl serde::ser::Error for InstanceError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl Instance<'_> {
    /// The instance as a Rust type.
    ///
    /// # Errors
    /// If a property is missing that the type wants, or is of another type.
    pub fn to_typed<T: DeserializeOwned>(&self) -> Result<T, InstanceError> {
        T::deserialize(de::Of(self)).map_err(|error| InstanceError(format!("{}: {error}", self.class())))
    }
}

impl Instance<'static> {
    /// An instance of `class` from a Rust type: a field is a property, `None` is null.
    ///
    /// # Errors
    /// If the type is no struct or map, or a value has no place in an instance.
    pub fn from_typed<T: Serialize + ?Sized>(class: &ClassName, value: &T) -> Result<Self, InstanceError> {
        ser::instance(class, value)
    }
}
