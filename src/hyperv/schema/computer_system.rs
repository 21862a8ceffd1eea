//! `Msvm_ComputerSystem`: a virtual machine, or the host itself.
//!
//! Members after Microsoft's documentation of the class and the Windows Server 2019 schema. Never holds values.

use super::{CimType, Class, Property, array, build, key, scalar};

/// A virtual machine (its `Name` is a GUID), or the host (its `Name` is the host name).
pub(super) static COMPUTER_SYSTEM: Class = Class {
    name: "Msvm_ComputerSystem",
    superclasses: &[
        "CIM_ComputerSystem",
        "CIM_System",
        "CIM_EnabledLogicalElement",
        "CIM_LogicalElement",
        "CIM_ManagedSystemElement",
        "CIM_ManagedElement",
    ],
    properties: PROPERTIES,
    in_hypervcluster: true,
};

const PROPERTIES: &[Property] = &[
    array("AvailableRequestedStates", CimType::Uint16),
    scalar("Caption", CimType::String),
    scalar("CommunicationStatus", CimType::Uint16),
    key("CreationClassName", CimType::String),
    array("Dedicated", CimType::Uint16),
    scalar("Description", CimType::String),
    scalar("DetailedStatus", CimType::Uint16),
    scalar("ElementName", CimType::String),
    scalar("EnabledDefault", CimType::Uint16),
    scalar("EnabledState", CimType::Uint16),
    scalar("EnhancedSessionModeState", CimType::Uint16).since(build::SERVER_2012_R2),
    scalar("FailedOverReplicationType", CimType::Uint16),
    scalar("HealthState", CimType::Uint16),
    scalar("HwThreadsPerCoreRealized", CimType::Uint32).since(build::SERVER_2019),
    array("IdentifyingDescriptions", CimType::String),
    scalar("InstallDate", CimType::Datetime),
    scalar("InstanceID", CimType::String),
    scalar("LastApplicationConsistentReplicationTime", CimType::Datetime),
    scalar("LastReplicationTime", CimType::Datetime),
    scalar("LastReplicationType", CimType::Uint16),
    scalar("LastSuccessfulBackupTime", CimType::Datetime),
    key("Name", CimType::String),
    scalar("NameFormat", CimType::String),
    scalar("NumberOfNumaNodes", CimType::Uint16),
    scalar("OnTimeInMilliseconds", CimType::Uint64),
    scalar("OperatingStatus", CimType::Uint16),
    array("OperationalStatus", CimType::Uint16),
    array("OtherDedicatedDescriptions", CimType::String),
    scalar("OtherEnabledState", CimType::String),
    array("OtherIdentifyingInfo", CimType::String),
    array("PowerManagementCapabilities", CimType::Uint16),
    scalar("PrimaryOwnerContact", CimType::String),
    scalar("PrimaryOwnerName", CimType::String),
    scalar("PrimaryStatus", CimType::Uint16),
    scalar("ProcessID", CimType::Uint32),
    scalar("ReplicationHealth", CimType::Uint16),
    scalar("ReplicationMode", CimType::Uint16),
    scalar("ReplicationState", CimType::Uint16),
    scalar("RequestedState", CimType::Uint16),
    scalar("ResetCapability", CimType::Uint16),
    array("Roles", CimType::String),
    scalar("Status", CimType::String),
    array("StatusDescriptions", CimType::String),
    scalar("TimeOfLastConfigurationChange", CimType::Datetime),
    scalar("TimeOfLastStateChange", CimType::Datetime),
    scalar("TransitioningToState", CimType::Uint16),
];
