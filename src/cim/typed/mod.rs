//! Instances as Rust types, with serde (feature `serde`).
//!
//! The wire carries no types: the type of a field decides how its text is read. Property names are matched as serde does:
//! `#[serde(rename_all = "PascalCase")]` fits most classes.

mod de;
mod ser;

use std::fmt;

use serde::{Serialize, de::DeserializeOwned};

use crate::cim::{ClassName, Instance};

/// A Rust type for a CIM class. Properties without a field are dropped.
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
    /// If a property that the type requires is missing, or has another type.
    fn from_instance(instance: &Instance<'_>) -> Result<Self, InstanceError> {
        instance.to_typed()
    }
}

/// The instance and the Rust type do not fit.
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
    /// If a property that the type requires is missing, or has another type.
    pub fn to_typed<T: DeserializeOwned>(&self) -> Result<T, InstanceError> {
        T::deserialize(de::Of(self)).map_err(|error| InstanceError(format!("{}: {error}", self.class())))
    }
}

impl Instance<'static> {
    /// An instance of `class` from a Rust type: each field is a property, `None` is null.
    ///
    /// # Errors
    /// If the type is not a struct or map, or a value has no form in an instance.
    pub fn from_typed<T: Serialize + ?Sized>(class: &ClassName, value: &T) -> Result<Self, InstanceError> {
        ser::instance(class, value)
    }
}
