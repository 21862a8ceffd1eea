//! `ReturnValue` of the methods of Hyper-V's services, and `ErrorCode` of the jobs that they start.
//!
//! 0 to 4096 are DMTF's (`CIM_VirtualSystemSnapshotService`), from 32768 on Microsoft's ("DestroySnapshot method of the
//! Msvm_VirtualSystemSnapshotService class" and its neighbours). The same number means another thing to other methods.

use super::advice::{BUSY_MACHINE, LOOK, RIGHTS};

const GONE: &str = "the snapshot may be gone already: look at the tree{ (tree)}";
const KIND: &str =
    "a snapshot of a kind that users cannot delete (backup, replica), or a machine of a kind that has none";
const KIND_NEXT: &str = "see what kind it is{ (snapshot)}; a backup's snapshot goes with the backup tool";
const EVENTS: &str = "the reason stands in the job's text, else on the host in the event log Microsoft-Windows-Hyper-V-VMMS-Admin";

codes! { METHOD, Method;
    0 COMPLETED Safe "CIM_VirtualSystemSnapshotService": "done", "the host did it at once, without a job", "nothing";
    1 NOT_SUPPORTED Unsafe "CIM_VirtualSystemSnapshotService": "the host does not support this", KIND, KIND_NEXT;
    2 FAILED AfterLooking "CIM_VirtualSystemSnapshotService": "it failed", "the host gives no reason in the number", EVENTS;
    3 TIMEOUT AfterLooking "CIM_VirtualSystemSnapshotService": "it took too long", "the host may go on with it", LOOK;
    4 INVALID_PARAMETER Unsafe "CIM_VirtualSystemSnapshotService":
        "the host does not take what the call names", "the snapshot is gone, or belongs to another host", GONE;
    5 INVALID_STATE Safe "CIM_VirtualSystemSnapshotService":
        "the machine is in a state in which this cannot be done", "something else is at work on it", BUSY_MACHINE;
    6 INVALID_TYPE Unsafe "CIM_VirtualSystemSnapshotService": "not the kind of object that the method is for", KIND, KIND_NEXT;
    7 NOT_FOUND Unsafe "DMTF, reserved; other services use it": "not found", "the object is gone", GONE;
    4096 JOB_STARTED AfterLooking "CIM_VirtualSystemSnapshotService":
        "the host has accepted it and works on it in a job", "this is no error",
        "wait for the job{ (wait)}; a host forgets it five minutes after its end";
    32768 VENDOR_FAILED AfterLooking "Microsoft, DestroySnapshot": "it failed", "the text of the job says why", EVENTS;
    32769 VENDOR_ACCESS_DENIED Unsafe "Microsoft, DestroySnapshot":
        "Hyper-V does not let the user do this", "the user may use WMI and is in neither Administrators nor Hyper-V Administrators",
        RIGHTS;
    32770 VENDOR_NOT_SUPPORTED Unsafe "Microsoft, DestroySnapshot": "Hyper-V does not support this", KIND, KIND_NEXT;
    32771 VENDOR_STATUS_UNKNOWN AfterLooking "Microsoft, DestroySnapshot": "Hyper-V does not know how it stands", "no more is said", LOOK;
    32772 VENDOR_TIMEOUT AfterLooking "Microsoft, DestroySnapshot": "it took too long", "a busy host or slow disks; it may go on", LOOK;
    32773 VENDOR_INVALID_PARAMETER Unsafe "Microsoft, DestroySnapshot":
        "Hyper-V does not take what the call names", "most often the snapshot is gone", GONE;
    32774 VENDOR_IN_USE Safe "Microsoft, DestroySnapshot":
        "the machine or its disks are in use", "another operation, a backup, or a program on the host holds a disk file", BUSY_MACHINE;
    32775 VENDOR_INVALID_STATE Safe "Microsoft, DestroySnapshot":
        "the machine is in a state in which this cannot be done",
        "another snapshot operation, a merge, a migration or a backup is under way", BUSY_MACHINE;
    32776 VENDOR_DATA_TYPE Unsafe "Microsoft, DestroySnapshot": "a parameter has a wrong type", "another version of the method", EVENTS;
    32777 VENDOR_NOT_AVAILABLE Safe "Microsoft, DestroySnapshot":
        "the machine is not available", "it is on another node, or its configuration cannot be reached",
        "see where it is: Get-VM on the host, Get-ClusterGroup in a cluster";
    32778 VENDOR_OUT_OF_MEMORY Safe "Microsoft, DestroySnapshot": "the host has no memory left", "nothing was done", "wait, and look at the host";
    32779 VENDOR_FILE_NOT_FOUND Unsafe "Microsoft, Msvm_ImageManagementService":
        "a disk file is not there", "it was moved or deleted by hand; in an import it means a file in use",
        "compare the machine's disks (Get-VMHardDiskDrive) with the folder";
    32787 VHD_CHAIN_CYCLE Unsafe "Microsoft, Msvm_ImageManagementService":
        "the chain of disks leads back to itself", "a differencing disk was changed by hand", "Get-VHD shows the parents, one by one";
    32789 OBJECT_NOT_FOUND Unsafe "Microsoft, Msvm_ImageManagementService": "the object is not there", "it is gone", GONE;
}
