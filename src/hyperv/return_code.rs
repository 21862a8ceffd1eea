//! Return values of methods; the meaning of a number depends on the method.
//!
//! Open: every 32-bit number is a return code, and none is an error by itself. Follows DMTF CIM 2.32
//! (`CIM_VirtualSystemSnapshotService`, `CIM_ConcreteJob`) and Microsoft's pages of the `Msvm_*` methods.

use std::fmt;

use crate::codes::{self, Category, Family, method, state_change};

/// The return value of a method of the snapshot service, and `ErrorCode` of its jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ReturnCode(pub u32);

/// The range of a [`ReturnCode`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReturnRange {
    /// 0 to 6: named by DMTF.
    Named,
    /// 7 to 4095.
    DmtfReserved,
    /// 4096: parameters checked, job started.
    JobStarted,
    /// 4097 to 32767.
    MethodReserved,
    /// 32768 to 65535: Microsoft's.
    VendorSpecific,
    /// Not defined by the class.
    Undefined,
}

impl ReturnCode {
    /// Completed with no error.
    pub const COMPLETED: Self = Self(method::COMPLETED);
    /// Not supported.
    pub const NOT_SUPPORTED: Self = Self(method::NOT_SUPPORTED);
    /// Failed.
    pub const FAILED: Self = Self(method::FAILED);
    /// Timeout.
    pub const TIMEOUT: Self = Self(method::TIMEOUT);
    /// Invalid parameter.
    pub const INVALID_PARAMETER: Self = Self(method::INVALID_PARAMETER);
    /// Invalid state.
    pub const INVALID_STATE: Self = Self(method::INVALID_STATE);
    /// Invalid type.
    pub const INVALID_TYPE: Self = Self(method::INVALID_TYPE);
    /// Parameters checked, job started.
    pub const JOB_STARTED: Self = Self(method::JOB_STARTED);
    /// Microsoft: failed.
    pub const VENDOR_FAILED: Self = Self(method::VENDOR_FAILED);
    /// Microsoft: access denied.
    pub const VENDOR_ACCESS_DENIED: Self = Self(method::VENDOR_ACCESS_DENIED);
    /// Microsoft: not supported.
    pub const VENDOR_NOT_SUPPORTED: Self = Self(method::VENDOR_NOT_SUPPORTED);
    /// Microsoft: status is unknown.
    pub const VENDOR_STATUS_UNKNOWN: Self = Self(method::VENDOR_STATUS_UNKNOWN);
    /// Microsoft: timeout.
    pub const VENDOR_TIMEOUT: Self = Self(method::VENDOR_TIMEOUT);
    /// Microsoft: invalid parameter; also expected for a snapshot that is gone.
    pub const VENDOR_INVALID_PARAMETER: Self = Self(method::VENDOR_INVALID_PARAMETER);
    /// Microsoft: system is in use.
    pub const VENDOR_IN_USE: Self = Self(method::VENDOR_IN_USE);
    /// Microsoft: invalid state for this operation.
    pub const VENDOR_INVALID_STATE: Self = Self(method::VENDOR_INVALID_STATE);
    /// Microsoft: incorrect data type.
    pub const VENDOR_DATA_TYPE: Self = Self(method::VENDOR_DATA_TYPE);
    /// Microsoft: system is not available.
    pub const VENDOR_NOT_AVAILABLE: Self = Self(method::VENDOR_NOT_AVAILABLE);
    /// Microsoft: out of memory.
    pub const VENDOR_OUT_OF_MEMORY: Self = Self(method::VENDOR_OUT_OF_MEMORY);

    /// The range of the code.
    pub fn range(self) -> ReturnRange {
        match self.0 {
            method::JOB_STARTED => ReturnRange::JobStarted,
            code if code < *method::DMTF_RESERVED.start() => ReturnRange::Named,
            code if method::DMTF_RESERVED.contains(&code) => ReturnRange::DmtfReserved,
            code if method::METHOD_RESERVED.contains(&code) => ReturnRange::MethodReserved,
            code if method::VENDOR.contains(&code) => ReturnRange::VendorSpecific,
            _ => ReturnRange::Undefined,
        }
    }

    /// The meaning, in a few words.
    pub fn meaning(self) -> &'static str {
        codes::title(Family::Method, self.0).unwrap_or(match self.range() {
            ReturnRange::DmtfReserved => "reserved by DMTF",
            ReturnRange::MethodReserved => "reserved for the method",
            ReturnRange::VendorSpecific => "vendor specific",
            _ => "not defined",
        })
    }

    /// The category of the code.
    pub(crate) fn category(self) -> Category {
        codes::category(Family::Method, self.0)
    }
}

impl fmt::Display for ReturnCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.0, self.meaning())
    }
}

/// Return value of a job's `RequestStateChange`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StateChangeCode(pub u32);

impl StateChangeCode {
    /// Completed with no error.
    pub const COMPLETED: Self = Self(state_change::COMPLETED);
    /// Not supported: not every job can be ended this way.
    pub const NOT_SUPPORTED: Self = Self(state_change::NOT_SUPPORTED);
    /// Parameters checked, transition started.
    pub const TRANSITION_STARTED: Self = Self(state_change::TRANSITION_STARTED);
    /// Invalid state transition; also the answer of a job that is about to end.
    pub const INVALID_TRANSITION: Self = Self(state_change::INVALID_TRANSITION);

    /// The meaning, in a few words (Microsoft, "RequestStateChange method of the Msvm_ConcreteJob class").
    pub fn meaning(self) -> &'static str {
        codes::title(Family::StateChange, self.0).unwrap_or_else(|| match ReturnCode(self.0) {
            code if method::VENDOR.contains(&code.0) => code.meaning(),
            _ => "not defined",
        })
    }
}

impl fmt::Display for StateChangeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.0, self.meaning())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_a_range_and_a_meaning() {
        for (code, range, meaning) in [
            (0, ReturnRange::Named, "completed with no error"),
            (4, ReturnRange::Named, "invalid parameter"),
            (6, ReturnRange::Named, "invalid type"),
            (7, ReturnRange::DmtfReserved, "not found"),
            (8, ReturnRange::DmtfReserved, "reserved by DMTF"),
            (4095, ReturnRange::DmtfReserved, "reserved by DMTF"),
            (4096, ReturnRange::JobStarted, "job started"),
            (4097, ReturnRange::MethodReserved, "reserved for the method"),
            (32767, ReturnRange::MethodReserved, "reserved for the method"),
            (32768, ReturnRange::VendorSpecific, "failed"),
            (32774, ReturnRange::VendorSpecific, "system is in use"),
            (32778, ReturnRange::VendorSpecific, "out of memory"),
            (32787, ReturnRange::VendorSpecific, "cycle in the chain of disks"),
            (65535, ReturnRange::VendorSpecific, "vendor specific"),
            (65536, ReturnRange::Undefined, "not defined"),
            (u32::MAX, ReturnRange::Undefined, "not defined"),
        ] {
            assert_eq!((ReturnCode(code).range(), ReturnCode(code).meaning()), (range, meaning), "{code}");
        }
    }

    #[test]
    fn four_means_another_thing_to_a_job_than_to_the_service() {
        assert_eq!(ReturnCode(4).meaning(), "invalid parameter");
        assert_eq!(StateChangeCode(4).meaning(), "failed");
    }
}
