//! The settings of a virtual machine, of each of its snapshots, and of a snapshot to be taken.
//!
//! Members after Microsoft's documentation of the classes and the schemas of Windows Server 2019 and later; members newer than
//! Windows Server 2012 have the build that introduced them.

use super::{
    BOTH, Class, boolean, build, cim, datetime, names, string, uint8, uint16, uint32, uint64,
    values::{consistency_level, guest_backup_type, user_snapshot_type},
};

/// Settings of a virtual machine, or a snapshot: `VirtualSystemType` tells which.
pub(super) static SETTING_DATA: Class =
    Class::new(names::SETTING_DATA, Some(&cim::VIRTUAL_SYSTEM_SETTING_DATA), BOTH).properties(&[
        string("AdditionalRecoveryInformation"),
        boolean("AllowFullSCSICommandSet"),
        boolean("AllowReducedFcRedundancy"),
        string("Architecture").since(build::SERVER_2019),
        uint16("AutomaticCriticalErrorAction").since(build::SERVER_2016),
        datetime("AutomaticCriticalErrorActionTimeout").since(build::SERVER_2016),
        boolean("AutomaticSnapshotsEnabled").since(build::SERVER_2019),
        string("BaseBoardSerialNumber"),
        string("BIOSGUID"),
        boolean("BIOSNumLock"),
        string("BIOSSerialNumber"),
        uint16("BootOrder").array(),
        boolean("BootPciExpress").since(build::SERVER_2022),
        string("BootPciExpressInstanceFilter").since(build::SERVER_2022),
        string("BootSourceOrder").array().since(build::SERVER_2012_R2),
        string("ChassisAssetTag"),
        string("ChassisSerialNumber"),
        uint16("ClusterWideNodeCapabilitiesValidationMode").since(build::STACK_23H2),
        uint16("ConsoleMode").since(build::SERVER_2016),
        uint32("DebugChannelId"),
        uint32("DebugPort"),
        uint16("DebugPortEnabled"),
        boolean("EnableHibernation").since(build::SERVER_2019),
        uint16("EnhancedSessionTransportType").since(build::SERVER_2019),
        string("FirmwareFile").since(build::STACK_23H2),
        uint8("FirmwareParameters").array().since(build::STACK_23H2),
        boolean("GuestControlledCacheTypes").since(build::SERVER_2016),
        uint64("GuestFeatureSet").since(build::STACK_23H2),
        string("GuestStateDataRoot").since(build::SERVER_2019),
        string("GuestStateFile").since(build::SERVER_2019),
        boolean("GuestStateIsolationEnabled").since(build::SERVER_2022),
        uint16("GuestStateIsolationMode").since(build::STACK_23H2),
        uint16("GuestStateIsolationType").since(build::STACK_23H2),
        uint64("HighMmioGapBase").since(build::SERVER_2019),
        uint64("HighMmioGapSize").since(build::SERVER_2019),
        boolean("IncrementalBackupEnabled"),
        boolean("IsAutomaticSnapshot").since(build::SERVER_2019),
        boolean("IsSaved"),
        boolean("LockOnDisconnect").since(build::SERVER_2016),
        uint64("LowMmioGapSize").since(build::SERVER_2012_R2),
        string("MemoryHostingJobObjectName").since(build::STACK_23H2),
        uint16("NetworkBootPreferredProtocol").since(build::SERVER_2012_R2),
        string("NumaNodeTopologyArray").array().since(build::SERVER_2022),
        string("Parent"),
        string("ParentPackage").since(build::SERVER_2016),
        boolean("PauseAfterBootFailure").since(build::SERVER_2012_R2),
        boolean("SecureBootEnabled").since(build::SERVER_2012_R2),
        string("SecureBootTemplateId").since(build::SERVER_2016),
        boolean("TurnOffOnGuestRestart").since(build::SERVER_2019),
        uint16("UserSnapshotType").values(user_snapshot_type::VALUES).since(build::SERVER_2016),
        string("Version"),
        boolean("VirtualNumaEnabled"),
        uint16("VirtualSlitType").since(build::STACK_23H2),
        string("VirtualSystemSubType").since(build::SERVER_2012_R2),
        uint16("VMBusMessageRedirection").since(build::STACK_23H2),
        uint64("Vtl2AddressRangeBase").since(build::STACK_23H2),
        uint64("Vtl2AddressRangeSize").since(build::STACK_23H2),
        uint16("Vtl2AddressSpaceConfigurationMode").since(build::STACK_23H2),
        uint64("Vtl2MmioAddressRangeSize").since(build::STACK_23H2),
        boolean("WatchdogEnabled").since(build::STACK_23H2),
        string("WorkerJobObjectName").since(build::STACK_23H2),
    ]);

/// Settings of a snapshot to be taken; exists only embedded.
pub(super) static SNAPSHOT_SETTING: Class =
    Class::new(names::SNAPSHOT_SETTING, Some(&cim::SETTING_DATA), BOTH).properties(&[
        uint8(names::CONSISTENCY_LEVEL).values(consistency_level::VALUES),
        uint8("GuestBackupType").values(guest_backup_type::VALUES).since(build::SERVER_2019),
        boolean("IgnoreNonSnapshottableDisks"),
    ]);
