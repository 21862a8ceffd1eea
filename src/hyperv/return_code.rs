//! What a method's return value means; the same number means different things to different methods.
//!
//! Open: every 32-bit number is a return code. It never turns into an error by itself. Follows DMTF CIM 2.32
//! (`CIM_VirtualSystemSnapshotService`, `CIM_ConcreteJob`) and Microsoft's pages of the `Msvm_*` methods.

use std::fmt;

/// Return value of a method of the snapshot service, and `ErrorCode` of its jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReturnCode(pub u32);

/// The range a [`ReturnCode`] lies in.
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
    /// Beyond what the class defines.
    Undefined,
}

impl ReturnCode {
    /// Completed with no error.
    pub const COMPLETED: Self = Self(0);
    /// Not supported.
    pub const NOT_SUPPORTED: Self = Self(1);
    /// Failed.
    pub const FAILED: Self = Self(2);
    /// Timeout.
    pub const TIMEOUT: Self = Self(3);
    /// Invalid parameter.
    pub const INVALID_PARAMETER: Self = Self(4);
    /// Invalid state.
    pub const INVALID_STATE: Self = Self(5);
    /// Invalid type.
    pub const INVALID_TYPE: Self = Self(6);
    /// Parameters checked, job started.
    pub const JOB_STARTED: Self = Self(4096);
    /// Microsoft: failed.
    pub const VENDOR_FAILED: Self = Self(32768);
    /// Microsoft: access denied.
    pub const VENDOR_ACCESS_DENIED: Self = Self(32769);
    /// Microsoft: not supported.
    pub const VENDOR_NOT_SUPPORTED: Self = Self(32770);
    /// Microsoft: status is unknown.
    pub const VENDOR_STATUS_UNKNOWN: Self = Self(32771);
    /// Microsoft: timeout.
    pub const VENDOR_TIMEOUT: Self = Self(32772);
    /// Microsoft: invalid parameter; also what is expected for a snapshot that is gone.
    pub const VENDOR_INVALID_PARAMETER: Self = Self(32773);
    /// Microsoft: system is in use.
    pub const VENDOR_IN_USE: Self = Self(32774);
    /// Microsoft: invalid state for this operation.
    pub const VENDOR_INVALID_STATE: Self = Self(32775);
    /// Microsoft: incorrect data type.
    pub const VENDOR_DATA_TYPE: Self = Self(32776);
    /// Microsoft: system is not available.
    pub const VENDOR_NOT_AVAILABLE: Self = Self(32777);
    /// Microsoft: out of memory.
    pub const VENDOR_OUT_OF_MEMORY: Self = Self(32778);

    /// The range that the code lies in.
    pub fn range(self) -> ReturnRange {
        match self.0 {
            0..=6 => ReturnRange::Named,
            7..=4095 => ReturnRange::DmtfReserved,
            4096 => ReturnRange::JobStarted,
            4097..=32767 => ReturnRange::MethodReserved,
            32768..=65535 => ReturnRange::VendorSpecific,
            _ => ReturnRange::Undefined,
        }
    }

    /// The meaning, in a few words.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::COMPLETED => "completed with no error",
            Self::NOT_SUPPORTED | Self::VENDOR_NOT_SUPPORTED => "not supported",
            Self::FAILED | Self::VENDOR_FAILED => "failed",
            Self::TIMEOUT | Self::VENDOR_TIMEOUT => "timeout",
            Self::INVALID_PARAMETER | Self::VENDOR_INVALID_PARAMETER => "invalid parameter",
            Self::INVALID_STATE => "invalid state",
            Self::INVALID_TYPE => "invalid type",
            Self::JOB_STARTED => "job started",
            Self::VENDOR_ACCESS_DENIED => "access denied by Hyper-V",
            Self::VENDOR_STATUS_UNKNOWN => "status is unknown",
            Self::VENDOR_IN_USE => "system is in use",
            Self::VENDOR_INVALID_STATE => "invalid state for this operation",
            Self::VENDOR_DATA_TYPE => "incorrect data type",
            Self::VENDOR_NOT_AVAILABLE => "system is not available",
            Self::VENDOR_OUT_OF_MEMORY => "out of memory",
            other => match other.range() {
                ReturnRange::DmtfReserved => "reserved by DMTF",
                ReturnRange::MethodReserved => "reserved for the method",
                ReturnRange::VendorSpecific => "vendor specific",
                _ => "not defined",
            },
        }
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
    pub const COMPLETED: Self = Self(0);
    /// Parameters checked, transition started.
    pub const TRANSITION_STARTED: Self = Self(4096);
    /// Invalid state transition; also what a job that is about to end answers.
    pub const INVALID_TRANSITION: Self = Self(4097);

    /// The meaning, in a few words (Microsoft, "RequestStateChange method of the Msvm_ConcreteJob class").
    pub fn meaning(self) -> &'static str {
        match self.0 {
            0 => "completed with no error",
            1 => "not supported",
            2 => "unknown or unspecified error",
            3 => "timeout",
            4 => "failed",
            5 => "invalid parameter",
            6 => "in use",
            4096 => "transition started",
            4097 => "invalid state transition",
            4098 => "a timeout is not supported",
            4099 => "busy",
            32768..=65535 => ReturnCode(self.0).meaning(),
            _ => "not defined",
        }
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
            (7, ReturnRange::DmtfReserved, "reserved by DMTF"),
            (4095, ReturnRange::DmtfReserved, "reserved by DMTF"),
            (4096, ReturnRange::JobStarted, "job started"),
            (4097, ReturnRange::MethodReserved, "reserved for the method"),
            (32767, ReturnRange::MethodReserved, "reserved for the method"),
            (32768, ReturnRange::VendorSpecific, "failed"),
            (32774, ReturnRange::VendorSpecific, "system is in use"),
            (32778, ReturnRange::VendorSpecific, "out of memory"),
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
