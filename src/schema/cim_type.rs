//! The types of CIM.
//!
//! Follows DSP0004 1.7, section 5.2 (intrinsic types).

use std::{fmt, str::FromStr};

/// The CIM types (DSP0004, section 5.2), with references and embedded objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CimType {
    /// `boolean`.
    Boolean,
    /// `char16`: one UTF-16 unit.
    Char16,
    /// `datetime`: a point in time or an interval.
    Datetime,
    /// `real32`.
    Real32,
    /// `real64`.
    Real64,
    /// `sint8`.
    Sint8,
    /// `sint16`.
    Sint16,
    /// `sint32`.
    Sint32,
    /// `sint64`.
    Sint64,
    /// `uint8`.
    Uint8,
    /// `uint16`.
    Uint16,
    /// `uint32`.
    Uint32,
    /// `uint64`.
    Uint64,
    /// `string`.
    String,
    /// `REF`.
    Reference,
    /// An embedded object.
    Object,
}

impl CimType {
    /// Every type.
    const ALL: [Self; 16] = [
        Self::Boolean,
        Self::Char16,
        Self::Datetime,
        Self::Real32,
        Self::Real64,
        Self::Sint8,
        Self::Sint16,
        Self::Sint32,
        Self::Sint64,
        Self::Uint8,
        Self::Uint16,
        Self::Uint32,
        Self::Uint64,
        Self::String,
        Self::Reference,
        Self::Object,
    ];
}

/// A text that is not the name of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a CIM type such as string, uint32, boolean, datetime or reference")]
pub struct CimTypeError;

impl FromStr for CimType {
    type Err = CimTypeError;

    /// Parses the name as displayed; case does not matter.
    fn from_str(text: &str) -> Result<Self, CimTypeError> {
        let mut all = Self::ALL.into_iter();
        all.find(|cim_type| cim_type.to_string().eq_ignore_ascii_case(text)).ok_or(CimTypeError)
    }
}

impl fmt::Display for CimType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boolean => "boolean",
            Self::Char16 => "char16",
            Self::Datetime => "datetime",
            Self::Real32 => "real32",
            Self::Real64 => "real64",
            Self::Sint8 => "sint8",
            Self::Sint16 => "sint16",
            Self::Sint32 => "sint32",
            Self::Sint64 => "sint64",
            Self::Uint8 => "uint8",
            Self::Uint16 => "uint16",
            Self::Uint32 => "uint32",
            Self::Uint64 => "uint64",
            Self::String => "string",
            Self::Reference => "reference",
            Self::Object => "object",
        })
    }
}
