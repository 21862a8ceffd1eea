//! Virtual machines: the VM, its summary, its shutdown component.
//!
//! Members after Microsoft's documentation of the classes and the Windows Server 2019 schema.

use super::{
    BOTH, Class, HOST, RETURNED, STARTED_JOB, boolean, build, cim, datetime, input, method, names, object,
    reference, sint32, string, uint8, uint16, uint32, uint64,
    values::{health_state, operational_status, replication_mode, requested_state, vm_state},
};

/// A virtual machine (its `Name` is a GUID), or the host (its `Name` is the host name).
pub(super) static COMPUTER_SYSTEM: Class =
    Class::new(names::COMPUTER_SYSTEM, Some(&cim::COMPUTER_SYSTEM), BOTH)
        .properties(&[
            uint16("EnabledState").values(vm_state::VALUES),
            uint16("EnhancedSessionModeState").since(build::SERVER_2012_R2),
            uint16("FailedOverReplicationType"),
            uint32("HwThreadsPerCoreRealized").since(build::SERVER_2019),
            datetime("LastApplicationConsistentReplicationTime"),
            datetime("LastReplicationTime"),
            uint16("LastReplicationType"),
            datetime("LastSuccessfulBackupTime"),
            uint16("NumberOfNumaNodes"),
            uint64("OnTimeInMilliseconds"),
            uint32("ProcessID"),
            uint16("ReplicationHealth"),
            uint16(names::REPLICATION_MODE).values(replication_mode::VALUES),
            uint16("ReplicationState"),
            datetime("TimeOfLastConfigurationChange"),
        ])
        .methods(&[method(
            names::REQUEST_STATE_CHANGE,
            // The return codes of Hyper-V's services, not those of jobs.
            RETURNED,
            &[
                input(uint16(names::REQUESTED_STATE).values(requested_state::VALUES)),
                STARTED_JOB,
                input(datetime(names::TIMEOUT_PERIOD)).optional(),
            ],
        )]);

/// The base class of [`SUMMARY`] and related classes.
pub(super) static SUMMARY_BASE: Class = Class::new("Msvm_SummaryInformationBase", Some(&cim::VIEW), BOTH)
    .properties(&[
        datetime("CreationTime"),
        uint16("EnabledState").values(vm_state::VALUES),
        uint16("EnhancedSessionModeState").since(build::SERVER_2012_R2),
        uint16("HealthState").values(health_state::VALUES),
        string("HostComputerSystemName").since(build::SERVER_2016),
        string("Name"),
        string("Notes"),
        uint16("NumberOfProcessors"),
        uint16("OperationalStatus").array().values(operational_status::VALUES),
        string("OtherEnabledState"),
        string("StatusDescriptions").array(),
        uint64("UpTime"),
        string("Version").since(build::SERVER_2016),
        string("VirtualSwitchNames").array().since(build::SERVER_2012_R2),
        string("VirtualSystemSubType").since(build::SERVER_2012_R2),
    ]);

/// The summary of a VM. `GetSummaryInformation` returns it embedded, also for snapshots; Windows Server 2016 and later have
/// instances too.
pub(super) static SUMMARY: Class = Class::new(names::SUMMARY, Some(&SUMMARY_BASE), BOTH).properties(&[
    string("AllocatedGPU"),
    uint16("ApplicationHealth"),
    object("AsynchronousTasks", names::ANY_JOB).array(),
    sint32("AvailableMemoryBuffer"),
    string("GuestOperatingSystem"),
    uint16("Heartbeat"),
    uint64("HypervisorPartitionId").since(build::SERVER_2019),
    uint16("IntegrationServicesVersionState"),
    sint32("MemoryAvailable"),
    boolean("MemorySpansPhysicalNumaNodes"),
    uint64("MemoryUsage"),
    uint16("ProcessorLoad"),
    uint16("ProcessorLoadHistory").array(),
    uint16("ReplicationHealth"),
    uint16("ReplicationHealthEx").array().since(build::SERVER_2012_R2),
    uint16(names::REPLICATION_MODE).values(replication_mode::VALUES),
    string("ReplicationProviderId").array(),
    uint16("ReplicationState"),
    uint16("ReplicationStateEx").array().since(build::SERVER_2012_R2),
    boolean("Shielded").since(build::SERVER_2019),
    object("Snapshots", "CIM_VirtualSystemSettingData").array(),
    boolean("SwapFilesInUse"),
    reference("TestReplicaSystem", "CIM_ComputerSystem"),
    uint8("ThumbnailImage").array(),
    uint16("ThumbnailImageHeight").since(build::SERVER_2016),
    uint16("ThumbnailImageWidth").since(build::SERVER_2016),
]);

/// The integration component that shuts a guest down. Not in the cluster namespace.
pub(super) static SHUTDOWN_COMPONENT: Class =
    Class::new(names::SHUTDOWN_COMPONENT, Some(&cim::LOGICAL_DEVICE), HOST).methods(&[
        method(
            names::INITIATE_SHUTDOWN,
            RETURNED,
            &[input(boolean(names::FORCE)), input(string(names::REASON))],
        ),
        method("InitiateReboot", RETURNED, &[input(boolean(names::FORCE)), input(string(names::REASON))]),
    ]);
