//! The snapshot, management and image services: singletons with four keys each and the same members.
//!
//! Members after Microsoft's documentation of the classes and the Windows Server 2019 schema. Never holds values.

use super::{CimType, Class, Property, array, key, scalar};

/// Creates, destroys and applies snapshots.
pub(super) static SNAPSHOT_SERVICE: Class = Class {
    name: "Msvm_VirtualSystemSnapshotService",
    superclasses: &[
        "CIM_VirtualSystemSnapshotService",
        "CIM_Service",
        "CIM_EnabledLogicalElement",
        "CIM_LogicalElement",
        "CIM_ManagedSystemElement",
        "CIM_ManagedElement",
    ],
    properties: PROPERTIES,
    in_hypervcluster: true,
};

/// Creates and changes virtual machines.
pub(super) static MANAGEMENT_SERVICE: Class = Class {
    name: "Msvm_VirtualSystemManagementService",
    superclasses: &[
        "CIM_VirtualSystemManagementService",
        "CIM_Service",
        "CIM_EnabledLogicalElement",
        "CIM_LogicalElement",
        "CIM_ManagedSystemElement",
        "CIM_ManagedElement",
    ],
    properties: PROPERTIES,
    in_hypervcluster: true,
};

/// Reads and changes virtual disk files. Not in the cluster namespace.
pub(super) static IMAGE_SERVICE: Class = Class {
    name: "Msvm_ImageManagementService",
    superclasses: &[
        "CIM_Service",
        "CIM_EnabledLogicalElement",
        "CIM_LogicalElement",
        "CIM_ManagedSystemElement",
        "CIM_ManagedElement",
    ],
    properties: PROPERTIES,
    in_hypervcluster: false,
};

const PROPERTIES: &[Property] = &[
    array("AvailableRequestedStates", CimType::Uint16),
    scalar("Caption", CimType::String),
    scalar("CommunicationStatus", CimType::Uint16),
    key("CreationClassName", CimType::String),
    scalar("Description", CimType::String),
    scalar("DetailedStatus", CimType::Uint16),
    scalar("ElementName", CimType::String),
    scalar("EnabledDefault", CimType::Uint16),
    scalar("EnabledState", CimType::Uint16),
    scalar("HealthState", CimType::Uint16),
    scalar("InstallDate", CimType::Datetime),
    scalar("InstanceID", CimType::String),
    key("Name", CimType::String),
    scalar("OperatingStatus", CimType::Uint16),
    array("OperationalStatus", CimType::Uint16),
    scalar("OtherEnabledState", CimType::String),
    scalar("PrimaryOwnerContact", CimType::String),
    scalar("PrimaryOwnerName", CimType::String),
    scalar("PrimaryStatus", CimType::Uint16),
    scalar("RequestedState", CimType::Uint16),
    scalar("Started", CimType::Boolean),
    scalar("StartMode", CimType::String),
    scalar("Status", CimType::String),
    array("StatusDescriptions", CimType::String),
    key("SystemCreationClassName", CimType::String),
    key("SystemName", CimType::String),
    scalar("TimeOfLastStateChange", CimType::Datetime),
    scalar("TransitioningToState", CimType::Uint16),
];
