//! The associations: rows whose keys are references to what they link.
//!
//! Members after Microsoft's documentation of the classes and the Windows Server 2019 schema. Never holds values.

use super::{CimType, Class, array, reference};

/// Machine and each of its snapshots.
pub(super) static SNAPSHOT_OF_VIRTUAL_SYSTEM: Class = Class {
    name: "Msvm_SnapshotOfVirtualSystem",
    superclasses: &["CIM_SnapshotOfVirtualSystem", "CIM_Dependency"],
    properties: &[
        reference("Antecedent", "CIM_ComputerSystem"),
        reference("Dependent", "CIM_VirtualSystemSettingData"),
    ],
    in_hypervcluster: true,
};

/// Machine and the snapshot that its present state descends from.
pub(super) static MOST_CURRENT_SNAPSHOT: Class = Class {
    name: "Msvm_MostCurrentSnapshotInBranch",
    superclasses: &["CIM_MostCurrentSnapshotInBranch", "CIM_Dependency"],
    properties: &[
        reference("Antecedent", "CIM_ComputerSystem"),
        reference("Dependent", "Msvm_VirtualSystemSettingData"),
    ],
    in_hypervcluster: true,
};

/// Snapshot and machine: the roles are the reverse of the others. Not in the cluster namespace.
pub(super) static LAST_APPLIED_SNAPSHOT: Class = Class {
    name: "Msvm_LastAppliedSnapshot",
    superclasses: &["CIM_LastAppliedSnapshot", "CIM_Dependency"],
    properties: &[
        reference("Antecedent", "CIM_VirtualSystemSettingData"),
        reference("Dependent", "CIM_ComputerSystem"),
    ],
    in_hypervcluster: false,
};

/// Machine and its present settings.
pub(super) static SETTINGS_DEFINE_STATE: Class = Class {
    name: "Msvm_SettingsDefineState",
    superclasses: &["CIM_SettingsDefineState"],
    properties: &[
        reference("ManagedElement", "CIM_ManagedElement"),
        reference("SettingData", "CIM_SettingData"),
    ],
    in_hypervcluster: true,
};

/// Job and what it touches; the declared class of a reference says nothing about what it names.
pub(super) static AFFECTED_JOB_ELEMENT: Class = Class {
    name: "Msvm_AffectedJobElement",
    superclasses: &["CIM_AffectedJobElement"],
    properties: &[
        reference("AffectedElement", "CIM_ManagedElement"),
        reference("AffectingElement", "CIM_Job"),
        array("ElementEffects", CimType::Uint16),
        array("OtherElementEffectsDescriptions", CimType::String),
    ],
    in_hypervcluster: true,
};

/// Storage job and what it touches. Not in the cluster namespace.
pub(super) static AFFECTED_STORAGE_JOB_ELEMENT: Class = Class {
    name: "Msvm_AffectedStorageJobElement",
    superclasses: &["CIM_AffectedJobElement"],
    properties: &[
        reference("AffectedElement", "CIM_ManagedElement"),
        reference("AffectingElement", "Msvm_StorageJob"),
        array("ElementEffects", CimType::Uint16),
        array("OtherElementEffectsDescriptions", CimType::String),
    ],
    in_hypervcluster: false,
};

/// Settings and their device-level parts. Not in the cluster namespace.
pub(super) static SETTING_DATA_COMPONENT: Class = Class {
    name: "Msvm_VirtualSystemSettingDataComponent",
    superclasses: &["CIM_VirtualSystemSettingDataComponent", "CIM_Component"],
    properties: &[
        reference("GroupComponent", "CIM_VirtualSystemSettingData"),
        reference("PartComponent", "CIM_ResourceAllocationSettingData"),
    ],
    in_hypervcluster: false,
};
