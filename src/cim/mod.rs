//! CIM values, instances, names and queries, and their wire forms.
//!
//! Follows DSP0004 (CIM), DSP0230 (WS-CIM), DSP0201 (CIM-XML, for embedded instances) and MS-WSMV 2.2.5.

mod call;
mod datetime;
pub(crate) mod decode;
mod embedded;
mod embedded_writer;
pub(crate) mod encode;
mod held;
mod instance;
mod names;
mod object_path;
mod parameters;
#[cfg(feature = "serde")]
mod serialize;
#[cfg(feature = "serde")]
mod typed;
mod value;
mod wql;

pub use crate::schema::{CimType, CimTypeError};
pub(crate) use call::{Call, Lookup};
pub use datetime::{Datetime, DatetimeError, Interval, Timestamp};
pub use embedded::parse_embedded;
pub use embedded_writer::{EmbeddedError, EmbeddedInstance};
pub(crate) use instance::Values;
pub use instance::{FromRaw, Instance, Property, PropertyError, Raw};
pub use names::{ClassName, ClassPath, NameError, Namespace, UriForm};
pub use object_path::{ObjectPath, ObjectPathError};
pub use parameters::{MethodOutput, Parameters};
#[cfg(feature = "serde")]
pub(crate) use serialize::seconds;
#[cfg(feature = "serde")]
pub use typed::{CimClass, InstanceError};
pub use value::Value;
pub use wql::Wql;

#[cfg(test)]
mod codec_tests;
