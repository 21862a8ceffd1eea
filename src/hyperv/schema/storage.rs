//! The disks of a virtual machine or of a snapshot, the files behind them, and whether these may merge.
//!
//! Members after Microsoft's documentation of the classes and the Windows Server 2019 schema. Never holds values.

use super::{CimType, Class, Property, array, build, key, scalar};

/// A virtual disk; `HostResource` names its file. Not in the cluster namespace.
pub(super) static STORAGE_ALLOCATION: Class = Class {
    name: "Msvm_StorageAllocationSettingData",
    superclasses: &[
        "CIM_StorageAllocationSettingData",
        "CIM_ResourceAllocationSettingData",
        "CIM_SettingData",
        "CIM_ManagedElement",
    ],
    properties: PROPERTIES,
    in_hypervcluster: false,
};

const PROPERTIES: &[Property] = &[
    scalar("Access", CimType::Uint16),
    scalar("Address", CimType::String),
    scalar("AddressOnParent", CimType::String),
    scalar("AllocationUnits", CimType::String),
    scalar("AutomaticAllocation", CimType::Boolean),
    scalar("AutomaticDeallocation", CimType::Boolean),
    scalar("CachingMode", CimType::Uint16).since(build::SERVER_2016),
    scalar("Caption", CimType::String),
    array("Connection", CimType::String),
    scalar("ConsumerVisibility", CimType::Uint16),
    scalar("Description", CimType::String),
    scalar("ElementName", CimType::String),
    scalar("HostExtentName", CimType::String),
    scalar("HostExtentNameFormat", CimType::Uint16),
    scalar("HostExtentNameNamespace", CimType::Uint16),
    scalar("HostExtentStartingAddress", CimType::Uint64),
    array("HostResource", CimType::String),
    scalar("HostResourceBlockSize", CimType::Uint64),
    scalar("IgnoreFlushes", CimType::Boolean),
    key("InstanceID", CimType::String),
    scalar("IOPSAllocationUnits", CimType::String).since(build::SERVER_2012_R2),
    scalar("IOPSLimit", CimType::Uint64).since(build::SERVER_2012_R2),
    scalar("IOPSReservation", CimType::Uint64).since(build::SERVER_2012_R2),
    scalar("Limit", CimType::Uint64),
    scalar("MappingBehavior", CimType::Uint16),
    scalar("OtherHostExtentNameFormat", CimType::String),
    scalar("OtherHostExtentNameNamespace", CimType::String),
    scalar("OtherResourceType", CimType::String),
    scalar("Parent", CimType::String),
    scalar("PersistentReservationsSupported", CimType::Boolean).since(build::SERVER_2012_R2),
    scalar("PoolID", CimType::String),
    scalar("Reservation", CimType::Uint64),
    scalar("ResourceSubType", CimType::String),
    scalar("ResourceType", CimType::Uint16),
    scalar("SnapshotId", CimType::String).since(build::SERVER_2016),
    scalar("StorageQoSPolicyID", CimType::String).since(build::SERVER_2016),
    scalar("VirtualQuantity", CimType::Uint64),
    scalar("VirtualQuantityUnits", CimType::String),
    scalar("VirtualResourceBlockSize", CimType::Uint64),
    scalar("Weight", CimType::Uint32),
    scalar("WriteHardeningMethod", CimType::Uint16).since(build::SERVER_2019),
];

/// Whether the disks of a virtual machine may merge. Not in the cluster namespace.
pub(super) static DISK_MERGE: Class = Class {
    name: "Msvm_DiskMergeSettingData",
    superclasses: &["CIM_SettingData", "CIM_ManagedElement"],
    properties: &[
        scalar("Caption", CimType::String),
        scalar("Description", CimType::String),
        scalar("ElementName", CimType::String),
        scalar("EnabledState", CimType::Uint32),
        key("InstanceID", CimType::String),
    ],
    in_hypervcluster: false,
};

/// A virtual disk file; exists embedded only.
pub(super) static VIRTUAL_DISK: Class = Class {
    name: "Msvm_VirtualHardDiskSettingData",
    superclasses: &["CIM_SettingData", "CIM_ManagedElement"],
    properties: &[
        scalar("BlockSize", CimType::Uint32),
        scalar("Caption", CimType::String),
        scalar("DataAlignment", CimType::Uint64).since(build::SERVER_2019),
        scalar("Description", CimType::String),
        scalar("ElementName", CimType::String),
        scalar("Format", CimType::Uint16),
        key("InstanceID", CimType::String),
        scalar("IsPmemCompatible", CimType::Boolean).since(build::SERVER_2019),
        scalar("LogicalSectorSize", CimType::Uint32),
        scalar("MaxInternalSize", CimType::Uint64),
        scalar("ParentIdentifier", CimType::String).since(build::SERVER_2016),
        scalar("ParentPath", CimType::String),
        scalar("ParentTimestamp", CimType::Datetime).since(build::SERVER_2016),
        scalar("Path", CimType::String),
        scalar("PhysicalSectorSize", CimType::Uint32),
        scalar("PmemAddressAbstractionType", CimType::Uint16).since(build::SERVER_2019),
        scalar("Type", CimType::Uint16),
        scalar("VirtualDiskId", CimType::String).since(build::SERVER_2012_R2),
    ],
    in_hypervcluster: false,
};
