//! The disks of a virtual machine or of a snapshot, their files, and the permission to merge.
//!
//! Members after Microsoft's documentation of the classes and the Windows Server 2019 schema.

use super::{
    Class, HOST, boolean, build, cim, datetime, names, string, uint16, uint32, uint64,
    values::{disk_format, disk_type, merge_state},
};

/// A virtual disk; `HostResource` names its file. Not in the cluster namespace.
pub(super) static STORAGE_ALLOCATION: Class =
    Class::new(names::STORAGE_ALLOCATION, Some(&cim::STORAGE_ALLOCATION_SETTING_DATA), HOST).properties(&[
        uint16("CachingMode").since(build::SERVER_2016),
        boolean("IgnoreFlushes"),
        string("IOPSAllocationUnits").since(build::SERVER_2012_R2),
        uint64("IOPSLimit").since(build::SERVER_2012_R2),
        uint64("IOPSReservation").since(build::SERVER_2012_R2),
        boolean("PersistentReservationsSupported").since(build::SERVER_2012_R2),
        string("SnapshotId").since(build::SERVER_2016),
        string("StorageQoSPolicyID").since(build::SERVER_2016),
        uint16("WriteHardeningMethod").since(build::SERVER_2019),
    ]);

/// Whether the disks of a virtual machine may merge. Not in the cluster namespace.
pub(super) static DISK_MERGE: Class = Class::new(names::DISK_MERGE, Some(&cim::SETTING_DATA), HOST)
    .properties(&[uint32("EnabledState").values(merge_state::VALUES)]);

/// A virtual disk file; exists only embedded.
pub(super) static VIRTUAL_DISK: Class = Class::new(names::VIRTUAL_DISK, Some(&cim::SETTING_DATA), HOST)
    .properties(&[
        uint32("BlockSize"),
        uint64("DataAlignment").since(build::SERVER_2019),
        uint16("Format").values(disk_format::VALUES),
        boolean("IsPmemCompatible").since(build::SERVER_2019),
        uint32("LogicalSectorSize"),
        uint64("MaxInternalSize"),
        string("ParentIdentifier").since(build::SERVER_2016),
        string("ParentPath"),
        datetime("ParentTimestamp").since(build::SERVER_2016),
        string("Path"),
        uint32("PhysicalSectorSize"),
        uint16("PmemAddressAbstractionType").since(build::SERVER_2019),
        uint16("Type").values(disk_type::VALUES),
        string("VirtualDiskId").since(build::SERVER_2012_R2),
    ]);

/// Size and state of a virtual disk file; exists only embedded.
pub(super) static VIRTUAL_DISK_STATE: Class =
    Class::new(names::VIRTUAL_DISK_STATE, None, HOST).properties(&[
        uint32("Alignment"),
        uint64("FileSize"),
        uint32("FragmentationPercentage"),
        boolean("InUse"),
        uint64("MinInternalSize"),
        uint32("PhysicalSectorSize"),
        datetime("Timestamp").since(build::SERVER_2016),
    ]);
