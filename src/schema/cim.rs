//! The DMTF base classes of the virtualization namespaces: members that many classes share.
//!
//! After CIM 2.32 and the Windows Server 2019 schema.

use super::{
    BOTH, Class, RETURNED, STARTED_JOB, STATE_CHANGE, boolean, datetime, in_out, input, method, names,
    output, reference, settings, sint8, string, uint8, uint16, uint32, uint64,
    values::{
        JOB_STATE, REQUESTED_JOB_STATE, effect, enabled_state, health_state, operational_status,
        requested_state, resource_type, snapshot_type,
    },
};

/// `CIM_ManagedElement`.
pub(super) static MANAGED_ELEMENT: Class = Class::new("CIM_ManagedElement", None, BOTH).properties(&[
    string("Caption"),
    string("Description"),
    string("ElementName"),
    string("InstanceID"),
]);

/// `CIM_Dependency`.
pub(super) static DEPENDENCY: Class = Class::new("CIM_Dependency", None, BOTH);

/// `CIM_SettingsDefineState`.
pub(super) static SETTINGS_DEFINE_STATE: Class = Class::new("CIM_SettingsDefineState", None, BOTH);

/// `CIM_AffectedJobElement`.
pub(super) static AFFECTED_JOB_ELEMENT: Class =
    Class::new("CIM_AffectedJobElement", None, BOTH).properties(&[
        uint16("ElementEffects").array().values(effect::VALUES),
        string("OtherElementEffectsDescriptions").array(),
    ]);

/// `CIM_Component`.
pub(super) static COMPONENT: Class = Class::new("CIM_Component", None, BOTH);

/// `CIM_Error`.
pub(super) static ERROR: Class = Class::new("CIM_Error", None, BOTH).properties(&[
    uint32("CIMStatusCode"),
    string("CIMStatusCodeDescription"),
    string("ErrorSource"),
    uint16("ErrorSourceFormat"),
    uint16("ErrorType"),
    string("Message"),
    string("MessageArguments").array(),
    string("MessageID"),
    string("OtherErrorSourceFormat"),
    string("OtherErrorType"),
    string("OwningEntity"),
    uint16("PerceivedSeverity"),
    uint16("ProbableCause"),
    string("ProbableCauseDescription"),
    string("RecommendedActions").array(),
]);

/// `CIM_ManagedSystemElement`.
pub(super) static MANAGED_SYSTEM_ELEMENT: Class =
    Class::new("CIM_ManagedSystemElement", Some(&MANAGED_ELEMENT), BOTH).properties(&[
        uint16("CommunicationStatus"),
        uint16("DetailedStatus"),
        uint16("HealthState").values(health_state::VALUES),
        datetime("InstallDate"),
        string("Name"),
        uint16("OperatingStatus"),
        uint16("OperationalStatus").array().values(operational_status::VALUES),
        uint16("PrimaryStatus"),
        string("Status"),
        string("StatusDescriptions").array(),
    ]);

/// `CIM_View`.
pub(super) static VIEW: Class =
    Class::new("CIM_View", Some(&MANAGED_ELEMENT), BOTH).properties(&[string("InstanceID").key()]);

/// `CIM_SettingData`.
pub(super) static SETTING_DATA: Class =
    Class::new("CIM_SettingData", Some(&MANAGED_ELEMENT), BOTH).properties(&[string("InstanceID").key()]);

/// `CIM_SnapshotOfVirtualSystem`.
pub(super) static SNAPSHOT_OF_VIRTUAL_SYSTEM: Class =
    Class::new("CIM_SnapshotOfVirtualSystem", Some(&DEPENDENCY), BOTH);

/// `CIM_MostCurrentSnapshotInBranch`.
pub(super) static MOST_CURRENT_SNAPSHOT_IN_BRANCH: Class =
    Class::new("CIM_MostCurrentSnapshotInBranch", Some(&DEPENDENCY), BOTH);

/// `CIM_LastAppliedSnapshot`.
pub(super) static LAST_APPLIED_SNAPSHOT: Class =
    Class::new("CIM_LastAppliedSnapshot", Some(&DEPENDENCY), BOTH);

/// `CIM_VirtualSystemSettingDataComponent`.
pub(super) static VIRTUAL_SYSTEM_SETTING_DATA_COMPONENT: Class =
    Class::new("CIM_VirtualSystemSettingDataComponent", Some(&COMPONENT), BOTH);

/// `CIM_LogicalElement`.
pub(super) static LOGICAL_ELEMENT: Class =
    Class::new("CIM_LogicalElement", Some(&MANAGED_SYSTEM_ELEMENT), BOTH);

/// `CIM_VirtualSystemSettingData`.
pub(super) static VIRTUAL_SYSTEM_SETTING_DATA: Class =
    Class::new("CIM_VirtualSystemSettingData", Some(&SETTING_DATA), BOTH).properties(&[
        uint16("AutomaticRecoveryAction"),
        uint16("AutomaticShutdownAction"),
        uint16("AutomaticStartupAction"),
        datetime("AutomaticStartupActionDelay"),
        uint16("AutomaticStartupActionSequenceNumber"),
        string("ConfigurationDataRoot"),
        string("ConfigurationFile"),
        string("ConfigurationID"),
        datetime("CreationTime"),
        string("LogDataRoot"),
        string("Notes").array(),
        string("RecoveryFile"),
        string("SnapshotDataRoot"),
        string("SuspendDataRoot"),
        string("SwapFileDataRoot"),
        string("VirtualSystemIdentifier"),
        string("VirtualSystemType"),
    ]);

/// `CIM_ResourceAllocationSettingData`.
pub(super) static RESOURCE_ALLOCATION_SETTING_DATA: Class =
    Class::new("CIM_ResourceAllocationSettingData", Some(&SETTING_DATA), BOTH).properties(&[
        string("Address"),
        string("AddressOnParent"),
        string("AllocationUnits"),
        boolean("AutomaticAllocation"),
        boolean("AutomaticDeallocation"),
        string("Connection").array(),
        uint16("ConsumerVisibility"),
        string("HostResource").array(),
        uint64("Limit"),
        uint16("MappingBehavior"),
        string("OtherResourceType"),
        string("Parent"),
        string("PoolID"),
        uint64("Reservation"),
        string("ResourceSubType"),
        uint16("ResourceType").values(resource_type::VALUES),
        uint64("VirtualQuantity"),
        string("VirtualQuantityUnits"),
        uint32("Weight"),
    ]);

/// `CIM_EnabledLogicalElement`.
pub(super) static ENABLED_LOGICAL_ELEMENT: Class =
    Class::new("CIM_EnabledLogicalElement", Some(&LOGICAL_ELEMENT), BOTH)
        .properties(&[
            uint16("AvailableRequestedStates").array(),
            uint16("EnabledDefault").values(enabled_state::VALUES),
            uint16("EnabledState").values(enabled_state::VALUES),
            string("OtherEnabledState"),
            uint16("RequestedState").values(requested_state::VALUES),
            datetime("TimeOfLastStateChange"),
            uint16("TransitioningToState").values(requested_state::VALUES),
        ])
        .methods(&[method(
            names::REQUEST_STATE_CHANGE,
            STATE_CHANGE,
            &[
                input(uint16(names::REQUESTED_STATE).values(requested_state::VALUES)),
                STARTED_JOB,
                input(datetime(names::TIMEOUT_PERIOD)).optional(),
            ],
        )]);

/// `CIM_StorageAllocationSettingData`.
pub(super) static STORAGE_ALLOCATION_SETTING_DATA: Class =
    Class::new("CIM_StorageAllocationSettingData", Some(&RESOURCE_ALLOCATION_SETTING_DATA), BOTH).properties(
        &[
            uint16("Access"),
            string("HostExtentName"),
            uint16("HostExtentNameFormat"),
            uint16("HostExtentNameNamespace"),
            uint64("HostExtentStartingAddress"),
            uint64("HostResourceBlockSize"),
            string("OtherHostExtentNameFormat"),
            string("OtherHostExtentNameNamespace"),
            uint64("VirtualResourceBlockSize"),
        ],
    );

/// `CIM_Job`.
pub(super) static JOB: Class = Class::new("CIM_Job", Some(&LOGICAL_ELEMENT), BOTH)
    .properties(&[
        boolean("DeleteOnCompletion"),
        datetime("ElapsedTime"),
        uint16("ErrorCode"),
        string("ErrorDescription"),
        string("InstanceID").key(),
        uint32("JobRunTimes"),
        string("JobStatus"),
        uint16("LocalOrUtcTime"),
        string("Notify"),
        string("OtherRecoveryAction"),
        string("Owner"),
        uint16("PercentComplete"),
        uint32("Priority"),
        uint16("RecoveryAction"),
        sint8("RunDay"),
        sint8("RunDayOfWeek"),
        uint8("RunMonth"),
        datetime("RunStartInterval"),
        datetime("ScheduledStartTime"),
        datetime("StartTime"),
        datetime("TimeSubmitted"),
        datetime("UntilTime"),
    ])
    .methods(&[method("KillJob", None, &[input(boolean("DeleteOnKill"))])]);

/// `CIM_System`.
pub(super) static SYSTEM: Class =
    Class::new("CIM_System", Some(&ENABLED_LOGICAL_ELEMENT), BOTH).properties(&[
        string("CreationClassName").key(),
        string("IdentifyingDescriptions").array(),
        string("Name").key(),
        string("NameFormat"),
        string("OtherIdentifyingInfo").array(),
        string("PrimaryOwnerContact"),
        string("PrimaryOwnerName"),
        string("Roles").array(),
    ]);

/// `CIM_LogicalDevice`.
pub(super) static LOGICAL_DEVICE: Class =
    Class::new("CIM_LogicalDevice", Some(&ENABLED_LOGICAL_ELEMENT), BOTH).properties(&[
        uint16("AdditionalAvailability").array(),
        uint16("Availability"),
        string("CreationClassName").key(),
        string("DeviceID").key(),
        boolean("ErrorCleared"),
        string("ErrorDescription"),
        string("IdentifyingDescriptions").array(),
        uint32("LastErrorCode"),
        uint64("MaxQuiesceTime"),
        string("OtherIdentifyingInfo").array(),
        uint16("PowerManagementCapabilities").array(),
        boolean("PowerManagementSupported"),
        uint64("PowerOnHours"),
        uint16("StatusInfo"),
        string("SystemCreationClassName").key(),
        string("SystemName").key(),
        uint64("TotalPowerOnHours"),
    ]);

/// `CIM_Service`.
pub(super) static SERVICE: Class = Class::new("CIM_Service", Some(&ENABLED_LOGICAL_ELEMENT), BOTH)
    .properties(&[
        string("CreationClassName").key(),
        string("Name").key(),
        string("PrimaryOwnerContact"),
        string("PrimaryOwnerName"),
        boolean("Started"),
        string("StartMode"),
        string("SystemCreationClassName").key(),
        string("SystemName").key(),
    ]);

/// `CIM_ConcreteJob`.
pub(super) static CONCRETE_JOB: Class = Class::new(names::ANY_JOB, Some(&JOB), BOTH)
    .properties(&[
        uint16("JobState").values(JOB_STATE),
        datetime("TimeBeforeRemoval"),
        datetime("TimeOfLastStateChange"),
    ])
    .methods(&[
        method(
            names::REQUEST_STATE_CHANGE,
            STATE_CHANGE,
            &[
                input(uint16(names::REQUESTED_STATE).values(REQUESTED_JOB_STATE)),
                input(datetime(names::TIMEOUT_PERIOD)).optional(),
            ],
        ),
        method("GetError", RETURNED, &[output(string("Error").embedded(names::ERROR))]),
    ]);

/// `CIM_ComputerSystem`.
pub(super) static COMPUTER_SYSTEM: Class =
    Class::new("CIM_ComputerSystem", Some(&SYSTEM), BOTH).properties(&[
        uint16("Dedicated").array(),
        string("OtherDedicatedDescriptions").array(),
        uint16("PowerManagementCapabilities").array(),
        uint16("ResetCapability"),
    ]);

/// `CIM_VirtualSystemSnapshotService`.
pub(super) static VIRTUAL_SYSTEM_SNAPSHOT_SERVICE: Class =
    Class::new("CIM_VirtualSystemSnapshotService", Some(&SERVICE), BOTH).methods(&[
        method(
            names::CREATE_SNAPSHOT,
            RETURNED,
            &[
                input(reference(names::AFFECTED_SYSTEM, "CIM_ComputerSystem")),
                input(string(names::SNAPSHOT_SETTINGS).embedded(names::SNAPSHOT_SETTING)).optional(),
                input(uint16(names::SNAPSHOT_TYPE).values(snapshot_type::VALUES)),
                in_out(reference(names::RESULTING_SNAPSHOT, "CIM_VirtualSystemSettingData")).optional(),
                STARTED_JOB,
            ],
        ),
        method(names::DESTROY_SNAPSHOT, RETURNED, &[settings(names::AFFECTED_SNAPSHOT), STARTED_JOB]),
        method(names::APPLY_SNAPSHOT, RETURNED, &[settings(names::SNAPSHOT), STARTED_JOB]),
    ]);

/// `CIM_VirtualSystemManagementService`.
pub(super) static VIRTUAL_SYSTEM_MANAGEMENT_SERVICE: Class =
    Class::new("CIM_VirtualSystemManagementService", Some(&SERVICE), BOTH).methods(&[method(
        names::MODIFY_SYSTEM_SETTINGS,
        RETURNED,
        &[input(string(names::SYSTEM_SETTINGS).embedded("CIM_VirtualSystemSettingData")), STARTED_JOB],
    )]);
