//! `ReturnValue` of methods of Hyper-V's services, and `ErrorCode` of their jobs.
//!
//! 0 to 4096 are DMTF's (`CIM_VirtualSystemSnapshotService`), from 32768 on Microsoft's ("DestroySnapshot method of the
//! Msvm_VirtualSystemSnapshotService class" and related pages). Up to 32778 they mean the same for all methods, except those
//! that return [`Family::StateChange`](super::Family::StateChange); above it they depend on the service.

use std::ops::RangeInclusive;

use super::advice::{BUSY_MACHINE, LOOK, RIGHTS};

/// Reserved by DMTF.
pub(crate) const DMTF_RESERVED: RangeInclusive<u32> = 7..=4095;
/// For definition by a method.
pub(crate) const METHOD_RESERVED: RangeInclusive<u32> = 4097..=32767;
/// For definition by Microsoft.
pub(crate) const VENDOR: RangeInclusive<u32> = 32768..=65535;

/// [`VENDOR_FAILED`] as the `ErrorCode` of a job, which has 16 bits.
pub(crate) const JOB_FAILED: u16 = low_half(VENDOR_FAILED);

const fn low_half(code: u32) -> u16 {
    let [low, high, ..] = code.to_le_bytes();
    u16::from_le_bytes([low, high])
}

const GONE: &str = "the snapshot may be gone already: look at the tree{ (tree)}";
const KIND: &str =
    "a snapshot of a kind that users cannot delete (backup, replica), or a VM of a kind that has none";
const KIND_NEXT: &str = "see what kind it is{ (snapshot)}; a backup's snapshot goes with the backup tool";
const EVENTS: &str = "the reason stands in the job's text, else on the host in the event log Microsoft-Windows-Hyper-V-VMMS-Admin";

codes! { RETURNED: Method u32, "Microsoft, DestroySnapshot";
    0 COMPLETED "completed with no error" NoError AfterLooking "CIM_VirtualSystemSnapshotService":
        "done", "the host did it at once, without a job", "nothing";
    1 NOT_SUPPORTED "not supported" Unsupported Unsafe "CIM_VirtualSystemSnapshotService":
        "the host does not support this", KIND, KIND_NEXT;
    2 FAILED "failed" Provider AfterLooking "CIM_VirtualSystemSnapshotService":
        "it failed", "the host gives no reason in the number", EVENTS;
    3 TIMEOUT "timeout" TimedOut AfterLooking "CIM_VirtualSystemSnapshotService":
        "it took too long", "the host may go on with it", LOOK;
    4 INVALID_PARAMETER "invalid parameter" InvalidParameter Unsafe "CIM_VirtualSystemSnapshotService":
        "the host does not take what the call names", "the snapshot is gone, or belongs to another host", GONE;
    5 INVALID_STATE "invalid state" Busy Safe "CIM_VirtualSystemSnapshotService":
        "the VM is in a state that does not allow this", "it is off, running or saved where the method wants another state, or another operation is running", BUSY_MACHINE;
    6 INVALID_TYPE "invalid type" Unsupported Unsafe "CIM_VirtualSystemSnapshotService":
        "not the kind of object that the method is for", KIND, KIND_NEXT;
    7 NOT_FOUND "not found" NotFound Unsafe "DMTF, reserved; other services use it":
        "not found", "the object is gone", GONE;
    4096 JOB_STARTED "job started" NoError AfterLooking "CIM_VirtualSystemSnapshotService":
        "the host has accepted it and works on it in a job", "this is no error",
        "wait for the job{ (wait)}; a host forgets it five minutes after its end";
    32768 VENDOR_FAILED "failed" Provider AfterLooking: "it failed", "the text of the job says why", EVENTS;
    32769 VENDOR_ACCESS_DENIED "access denied by Hyper-V" AccessDenied Unsafe:
        "Hyper-V does not let the user do this",
        "the user may use WMI and is in neither Administrators nor Hyper-V Administrators", RIGHTS;
    32770 VENDOR_NOT_SUPPORTED "not supported" Unsupported Unsafe: "Hyper-V does not support this", KIND, KIND_NEXT;
    32771 VENDOR_STATUS_UNKNOWN "status is unknown" Other AfterLooking:
        "Hyper-V does not know the status", "no details are given", LOOK;
    32772 VENDOR_TIMEOUT "timeout" TimedOut AfterLooking:
        "it took too long", "a busy host or slow disks; it may go on", LOOK;
    32773 VENDOR_INVALID_PARAMETER "invalid parameter" InvalidParameter Unsafe:
        "Hyper-V does not take what the call names", "most often the snapshot is gone", GONE;
    32774 VENDOR_IN_USE "system is in use" Busy Safe:
        "the VM or its disks are in use",
        "another operation, a backup, or a program on the host holds a disk file", BUSY_MACHINE;
    32775 VENDOR_INVALID_STATE "invalid state for this operation" Busy Safe:
        "the VM is in a state that does not allow this",
        "its own state does not fit, or another snapshot operation, a merge, a migration or a backup is under way", BUSY_MACHINE;
    32776 VENDOR_DATA_TYPE "incorrect data type" NotUnderstood Unsafe:
        "a parameter has a wrong type", "another version of the method", EVENTS;
    32777 VENDOR_NOT_AVAILABLE "system is not available" Other Safe:
        "the VM is not available", "it is on another node, or its configuration cannot be reached",
        "see where it is: Get-VM on the host, Get-ClusterGroup in a cluster";
    32778 VENDOR_OUT_OF_MEMORY "out of memory" Overloaded Safe:
        "the host has no memory left", "nothing was done", "wait, and look at the host";
    32779 VENDOR_FILE_NOT_FOUND "file not found" NotFound Unsafe "Microsoft, Msvm_ImageManagementService":
        "a disk file is not there", "it was moved or deleted by hand; in an import it means a file in use",
        "compare the VM's disks (Get-VMHardDiskDrive) with the folder";
    32780 VENDOR_NOT_READY "not ready" Other Safe "Microsoft, Msvm_ShutdownComponent":
        "the guest is not ready to be shut down", "it is starting, or its integration services do not answer",
        "wait and try again";
    32781 VENDOR_LOCKED "locked" Other Unsafe "Microsoft, Msvm_ShutdownComponent":
        "the guest is locked, and the shutdown is not forced", "a user's session is locked there", "force the shutdown";
    32782 VENDOR_SHUTDOWN_IN_PROGRESS "shutdown in progress" Busy Safe "Microsoft, Msvm_ShutdownComponent":
        "the guest is shutting down already", "an earlier request asked for it", "wait for its end";
    32787 VHD_CHAIN_CYCLE "cycle in the chain of disks" Other Unsafe "Microsoft, Msvm_ImageManagementService":
        "the chain of disks leads back to itself", "a differencing disk was changed by hand",
        "Get-VHD shows the parents, one by one";
    32789 OBJECT_NOT_FOUND "object not found" NotFound Unsafe "Microsoft, Msvm_ImageManagementService":
        "the object is not there", "it is gone", GONE;
}
