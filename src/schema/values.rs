//! Value maps of properties and parameters: numbers that stand for states, kinds and choices.
//!
//! Values from Microsoft's documentation of `root\virtualization\v2` and of its DMTF base classes; the labels are our own.
//! Numbers with an explanation, such as states and kinds of jobs, are in [`codes`](crate::codes) and referenced here.

use crate::codes::Family;

/// The meaning of the numbers of a property or parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Values {
    /// Codes with an explanation.
    Codes(Family),
    /// A map: number and label.
    Map(&'static [(u32, &'static str)]),
}

/// A value map: a module with a constant per value, and `VALUES`.
macro_rules! values {
    ($(#[doc = $doc:literal] $module:ident: $type:ty { $($number:literal $name:ident $label:literal;)+ })+) => {
        $(#[doc = $doc]
        pub(crate) mod $module {
            $(#[doc = $label] pub(crate) const $name: $type = $number;)+
            /// The map.
            pub(crate) const VALUES: super::Values = super::Values::Map(&[$(($number, $label)),+]);
        })+
    };
}

/// `JobState`.
pub(super) const JOB_STATE: Values = Values::Codes(Family::JobState);
/// `JobType` of `Msvm_ConcreteJob`.
pub(super) const JOB_TYPE: Values = Values::Codes(Family::JobType);
/// `JobType` of `Msvm_StorageJob`.
pub(super) const STORAGE_JOB_TYPE: Values = Values::Codes(Family::StorageJobType);
/// `RequestedState` of a job's `RequestStateChange`.
pub(super) const REQUESTED_JOB_STATE: Values = Values::Codes(Family::RequestedState);

values! {
    /// `ReplicationMode` of a VM.
    replication_mode: u16 {
        0 NONE "none";
        1 PRIMARY "primary";
        2 REPLICA "replica";
        3 TEST_REPLICA "test replica";
        4 EXTENDED_REPLICA "extended replica";
    }

    /// `EnabledState` of a VM. Saved and paused have two numbers each: one sent by hosts with the `v2` namespace, one documented.
    vm_state: u16 {
        1 OTHER "other";
        2 ENABLED "running";
        3 DISABLED "off";
        4 SHUTTING_DOWN "shutting down";
        6 SAVED "saved";
        9 PAUSED "paused";
        10 STARTING "starting";
        32768 PAUSED_DOCUMENTED "paused";
        32769 SAVED_DOCUMENTED "saved";
        32770 STARTING_DOCUMENTED "starting";
        32771 SNAPSHOTTING "taking a snapshot";
        32773 SAVING "saving";
        32774 STOPPING "stopping";
        32776 PAUSING "pausing";
        32777 RESUMING "resuming";
    }
    /// `EnabledState` of any other element.
    enabled_state: u16 {
        0 UNKNOWN "unknown";
        1 OTHER "other";
        2 ENABLED "enabled";
        3 DISABLED "disabled";
        4 SHUTTING_DOWN "shutting down";
        5 NOT_APPLICABLE "not applicable";
        6 ENABLED_BUT_OFFLINE "enabled but offline";
        7 IN_TEST "in test";
        8 DEFERRED "deferred";
        9 QUIESCE "quiesced";
        10 STARTING "starting";
    }
    /// `RequestedState`, as a property and as a parameter of `RequestStateChange`. 6 and 9 save and pause a VM.
    requested_state: u16 {
        0 UNKNOWN "unknown";
        2 ENABLED "enabled";
        3 DISABLED "disabled";
        4 SHUT_DOWN "shut down";
        5 NO_CHANGE "no change";
        6 OFFLINE "offline";
        7 TEST "test";
        8 DEFER "deferred";
        9 QUIESCE "quiesced";
        10 REBOOT "reboot";
        11 RESET "reset";
        12 NOT_APPLICABLE "not applicable";
    }
    /// `OperationalStatus`. From 32768 on, a second member is the activity of a VM.
    operational_status: u16 {
        0 UNKNOWN "unknown";
        1 OTHER "other";
        2 OK "all is well";
        3 DEGRADED "degraded";
        4 STRESSED "stressed";
        5 PREDICTIVE_FAILURE "about to fail";
        6 ERROR "failed";
        7 NON_RECOVERABLE_ERROR "failed for good";
        8 STARTING "starting";
        9 STOPPING "stopping";
        10 STOPPED "stopped";
        11 IN_SERVICE "at work";
        12 NO_CONTACT "no contact";
        13 LOST_COMMUNICATION "contact lost";
        14 ABORTED "aborted";
        15 DORMANT "dormant";
        16 SUPPORTING_ENTITY_IN_ERROR "something below it failed";
        17 COMPLETED "ended";
        18 POWER_MODE "another power mode";
    }
    /// `HealthState`.
    health_state: u16 {
        0 UNKNOWN "unknown";
        5 OK "well";
        10 DEGRADED "degraded";
        15 MINOR_FAILURE "minor failure";
        20 MAJOR_FAILURE "major failure";
        25 CRITICAL_FAILURE "critical failure";
        30 NON_RECOVERABLE_ERROR "failed for good";
    }
    /// `SnapshotType` of `CreateSnapshot`.
    snapshot_type: u16 {
        2 FULL "disks and memory";
        3 DISK "disks alone";
        32768 RECOVERY "recovery point, as backup products take";
        34818 AUTOMATIC "automatic, as a program takes that starts the VM";
    }
    /// `ConsistencyLevel` of a snapshot to be taken.
    consistency_level: u8 {
        0 UNKNOWN "unknown";
        1 APPLICATION "applications write out their data";
        2 CRASH "as after a power cut";
    }
    /// `GuestBackupType` of a snapshot to be taken.
    guest_backup_type: u8 {
        0 UNDEFINED "undefined";
        1 FULL "full backup";
        2 COPY "copy";
    }
    /// `UserSnapshotType`: the kind of the VM's snapshots by users.
    user_snapshot_type: u16 {
        2 DISABLED "none allowed";
        3 PRODUCTION_OR_STANDARD "production, else standard";
        4 PRODUCTION_ONLY "production only";
        5 STANDARD "standard";
    }
    /// `RequestedInformation` of `GetSummaryInformation`.
    requested_information: u32 {
        0 NAME "Name";
        1 ELEMENT_NAME "ElementName";
        2 CREATION_TIME "CreationTime";
        3 NOTES "Notes";
        4 NUMBER_OF_PROCESSORS "NumberOfProcessors";
        5 SMALL_THUMBNAIL "ThumbnailImage, 80 by 60";
        6 MEDIUM_THUMBNAIL "ThumbnailImage, 160 by 120";
        7 LARGE_THUMBNAIL "ThumbnailImage, 320 by 240";
        8 ALLOCATED_GPU "AllocatedGPU";
        9 VIRTUAL_SWITCH_NAMES "VirtualSwitchNames";
        10 VERSION "Version";
        11 SHIELDED "Shielded";
        100 ENABLED_STATE "EnabledState";
        101 PROCESSOR_LOAD "ProcessorLoad";
        102 PROCESSOR_LOAD_HISTORY "ProcessorLoadHistory";
        103 MEMORY_USAGE "MemoryUsage";
        104 HEARTBEAT "Heartbeat";
        105 UPTIME "UpTime";
        106 GUEST_OPERATING_SYSTEM "GuestOperatingSystem";
        107 SNAPSHOTS "Snapshots";
        108 ASYNCHRONOUS_TASKS "AsynchronousTasks";
        109 HEALTH_STATE "HealthState";
        110 OPERATIONAL_STATUS "OperationalStatus";
        111 STATUS_DESCRIPTIONS "StatusDescriptions";
        112 MEMORY_AVAILABLE "MemoryAvailable";
        113 AVAILABLE_MEMORY_BUFFER "AvailableMemoryBuffer";
        114 REPLICATION_MODE "ReplicationMode";
        115 REPLICATION_STATE "ReplicationState";
        116 REPLICATION_HEALTH "ReplicationHealth";
        117 APPLICATION_HEALTH "ApplicationHealth";
        118 REPLICATION_STATE_EX "ReplicationStateEx";
        119 REPLICATION_HEALTH_EX "ReplicationHealthEx";
        120 SWAP_FILES_IN_USE "SwapFilesInUse";
        121 INTEGRATION_SERVICES_VERSION_STATE "IntegrationServicesVersionState";
        122 REPLICATION_PROVIDER_ID "ReplicationProviderId";
        123 MEMORY_SPANS_PHYSICAL_NUMA_NODES "MemorySpansPhysicalNumaNodes";
        132 OTHER_ENABLED_STATE "OtherEnabledState";
    }
    /// `EnabledState` of `Msvm_DiskMergeSettingData`.
    merge_state: u32 {
        0 DISABLED "temporarily disabled";
        1 ENABLED "enabled";
    }
    /// `ResourceType`; some of the values.
    resource_type: u16 {
        31 LOGICAL_DISK "logical disk, such as a virtual hard disk";
    }
    /// `DriveType` of a volume; a part of the list.
    drive_type: u32 {
        3 LOCAL_DISK "local disk";
    }
    /// `Type` of a virtual disk file.
    disk_type: u16 {
        2 FIXED "has its full size";
        3 DYNAMIC "grows as it is written to";
        4 DIFFERENCING "holds what differs from its parent";
    }
    /// `Format` of a virtual disk file.
    disk_format: u16 {
        2 VHD "VHD";
        3 VHDX "VHDX";
        4 VHD_SET "VHD set";
    }
    /// `State` of a cluster resource. While a VM moves it is offline for a moment.
    cluster_resource_state: u32 {
        0 INHERITED "inherited";
        1 INITIALIZING "initializing";
        2 ONLINE "online";
        3 OFFLINE "offline";
        4 FAILED "failed";
        126 ON_NO_NODE "comes online on no node";
        127 NOT_ON_THIS_NODE "does not come online on this node";
        128 PENDING "pending";
        129 ONLINE_PENDING "coming online";
        130 OFFLINE_PENDING "going offline";
        4294967295 UNKNOWN "unknown";
    }
    /// `State` of a cluster node.
    cluster_node_state: u32 {
        0 UP "up";
        1 DOWN "down";
        2 PAUSED "paused";
        3 JOINING "joining";
        4294967295 UNKNOWN "unknown";
    }
    /// `ElementEffects` of a job on an element.
    effect: u16 {
        0 UNKNOWN "unknown";
        1 OTHER "other";
        2 EXCLUSIVE_USE "the job alone uses the element";
        3 PERFORMANCE_IMPACT "the element is slower";
        4 ELEMENT_INTEGRITY "the element may be damaged";
        5 CREATE "the job creates the element";
    }
}

impl Values {
    /// The label of a number; `None` if the map does not contain it.
    pub(crate) fn label(self, number: u32) -> Option<&'static str> {
        match self {
            Self::Codes(family) => crate::codes::title(family, number),
            Self::Map(map) => map.iter().find(|(known, _)| *known == number).map(|(_, label)| *label),
        }
    }
}
