//! Classes of `root/cimv2`, which every Windows host has: operating system, computer, processors and volumes.
//!
//! Members after Microsoft's documentation of the classes and the Windows Server 2019 schema. Their CIM base classes are older
//! than those of the virtualization namespaces.

use super::{
    CIMV2, Class, boolean, build, datetime, input, method, names, sint16, sint32, sint64, string, uint8,
    uint16, uint32, uint64, values::drive_type,
};

/// The operating system of the host; one instance.
pub(super) static WIN32_OPERATING_SYSTEM: Class =
    Class::new(names::WIN32_OPERATING_SYSTEM, Some(&OPERATING_SYSTEM), CIMV2)
        .properties(&[
            string("BootDevice"),
            string("BuildNumber"),
            string("BuildType"),
            string("CodeSet"),
            string("CountryCode"),
            string("CSDVersion"),
            boolean("DataExecutionPrevention_32BitApplications"),
            boolean("DataExecutionPrevention_Available"),
            boolean("DataExecutionPrevention_Drivers"),
            uint8("DataExecutionPrevention_SupportPolicy"),
            boolean("Debug"),
            uint32("EncryptionLevel"),
            uint8("ForegroundApplicationBoost"),
            uint32("LargeSystemCache"),
            string("Locale"),
            string("Manufacturer"),
            string("MUILanguages").array(),
            uint32("OperatingSystemSKU"),
            string("Organization"),
            string("OSArchitecture"),
            uint32("OSLanguage"),
            uint32("OSProductSuite"),
            boolean("PAEEnabled"),
            string("PlusProductID"),
            string("PlusVersionNumber"),
            boolean("PortableOperatingSystem"),
            boolean("Primary"),
            uint32("ProductType"),
            string("RegisteredUser"),
            string("SerialNumber"),
            uint16("ServicePackMajorVersion"),
            uint16("ServicePackMinorVersion"),
            uint32("SuiteMask"),
            string("SystemDevice"),
            string("SystemDirectory"),
            string("SystemDrive"),
            string("WindowsDirectory"),
        ])
        .methods(&[method("Win32Shutdown", None, &[input(sint32("Flags")), input(sint32("Reserved"))])]);

/// The host as a computer; one instance.
pub(super) static WIN32_COMPUTER_SYSTEM: Class =
    Class::new(names::WIN32_COMPUTER_SYSTEM, Some(&UNITARY_COMPUTER_SYSTEM), CIMV2).properties(&[
        uint16("AdminPasswordStatus"),
        boolean("AutomaticManagedPagefile"),
        boolean("AutomaticResetBootOption"),
        boolean("AutomaticResetCapability"),
        uint16("BootOptionOnLimit"),
        uint16("BootOptionOnWatchDog"),
        boolean("BootROMSupported"),
        uint16("BootStatus").array().since(build::SERVER_2016),
        string("BootupState"),
        uint16("ChassisBootupState"),
        string("ChassisSKUNumber").since(build::SERVER_2016),
        sint16("CurrentTimeZone"),
        boolean("DaylightInEffect"),
        string("DNSHostName"),
        string("Domain"),
        uint16("DomainRole"),
        boolean("EnableDaylightSavingsTime"),
        uint16("FrontPanelResetStatus"),
        boolean("HypervisorPresent"),
        boolean("InfraredSupported"),
        uint16("KeyboardPasswordStatus"),
        string("Manufacturer"),
        string("Model"),
        boolean("NetworkServerModeEnabled"),
        uint32("NumberOfLogicalProcessors"),
        uint32("NumberOfProcessors"),
        uint8("OEMLogoBitmap").array(),
        string("OEMStringArray").array(),
        boolean("PartOfDomain"),
        sint64("PauseAfterReset"),
        uint16("PCSystemType"),
        uint16("PCSystemTypeEx").since(build::SERVER_2012_R2),
        uint16("PowerOnPasswordStatus"),
        uint16("PowerSupplyState"),
        sint16("ResetCount"),
        sint16("ResetLimit"),
        string("SupportContactDescription").array(),
        string("SystemFamily").since(build::SERVER_2016),
        string("SystemSKUNumber").since(build::SERVER_2016),
        uint16("SystemStartupDelay"),
        string("SystemStartupOptions").array(),
        uint8("SystemStartupSetting"),
        string("SystemType"),
        uint16("ThermalState"),
        uint64("TotalPhysicalMemory"),
        string("UserName"),
        uint16("WakeUpType"),
        string("Workgroup"),
    ]);

/// A processor socket of the host.
pub(super) static WIN32_PROCESSOR: Class = Class::new(names::WIN32_PROCESSOR, Some(&PROCESSOR), CIMV2)
    .properties(&[
        uint16("Architecture"),
        string("AssetTag").since(build::SERVER_2016),
        uint32("Characteristics").since(build::SERVER_2016),
        uint16("CpuStatus"),
        uint16("CurrentVoltage"),
        uint32("ExtClock"),
        uint32("L2CacheSize"),
        uint32("L2CacheSpeed"),
        uint32("L3CacheSize"),
        uint32("L3CacheSpeed"),
        uint16("Level"),
        string("Manufacturer"),
        uint32("NumberOfCores"),
        uint32("NumberOfEnabledCore").since(build::SERVER_2016),
        uint32("NumberOfLogicalProcessors"),
        string("PartNumber").since(build::SERVER_2016),
        string("ProcessorId"),
        uint16("ProcessorType"),
        uint16("Revision"),
        boolean("SecondLevelAddressTranslationExtensions"),
        string("SerialNumber").since(build::SERVER_2016),
        string("SocketDesignation"),
        uint32("ThreadCount").since(build::SERVER_2016),
        string("Version"),
        boolean("VirtualizationFirmwareEnabled"),
        boolean("VMMonitorModeExtensions"),
        uint32("VoltageCaps"),
    ]);

/// A volume of the host, with a drive letter or mounted in a folder.
pub(super) static WIN32_VOLUME: Class = Class::new(names::WIN32_VOLUME, Some(&STORAGE_VOLUME), CIMV2)
    .properties(&[
        boolean("Automount"),
        boolean("BootVolume"),
        uint64("Capacity"),
        boolean("Compressed"),
        boolean("DirtyBitSet"),
        string("DriveLetter"),
        uint32("DriveType").values(drive_type::VALUES),
        string("FileSystem"),
        uint64("FreeSpace"),
        boolean("IndexingEnabled"),
        string("Label"),
        uint32("MaximumFileNameLength"),
        boolean("PageFilePresent"),
        boolean("QuotasEnabled"),
        boolean("QuotasIncomplete"),
        boolean("QuotasRebuilding"),
        uint32("SerialNumber"),
        boolean("SupportsDiskQuotas"),
        boolean("SupportsFileBasedCompression"),
        boolean("SystemVolume"),
    ]);

/// `CIM_ManagedSystemElement`.
pub(super) static MANAGED_SYSTEM_ELEMENT: Class = Class::new("CIM_ManagedSystemElement", None, CIMV2)
    .properties(&[
        string("Caption"),
        string("Description"),
        datetime("InstallDate"),
        string("Name"),
        string("Status"),
    ]);

/// `CIM_LogicalElement`.
pub(super) static LOGICAL_ELEMENT: Class =
    Class::new("CIM_LogicalElement", Some(&MANAGED_SYSTEM_ELEMENT), CIMV2);

/// `CIM_OperatingSystem`.
pub(super) static OPERATING_SYSTEM: Class = Class::new("CIM_OperatingSystem", Some(&LOGICAL_ELEMENT), CIMV2)
    .properties(&[
        string("CreationClassName"),
        string("CSCreationClassName"),
        string("CSName"),
        sint16("CurrentTimeZone"),
        boolean("Distributed"),
        uint64("FreePhysicalMemory"),
        uint64("FreeSpaceInPagingFiles"),
        uint64("FreeVirtualMemory"),
        datetime("LastBootUpTime"),
        datetime("LocalDateTime"),
        uint32("MaxNumberOfProcesses"),
        uint64("MaxProcessMemorySize"),
        uint32("NumberOfLicensedUsers"),
        uint32("NumberOfProcesses"),
        uint32("NumberOfUsers"),
        uint16("OSType"),
        string("OtherTypeDescription"),
        uint64("SizeStoredInPagingFiles"),
        uint64("TotalSwapSpaceSize"),
        uint64("TotalVirtualMemorySize"),
        uint64("TotalVisibleMemorySize"),
        string("Version"),
    ])
    .methods(&[method("Reboot", None, &[]), method("Shutdown", None, &[])]);

/// `CIM_System`.
pub(super) static SYSTEM: Class = Class::new("CIM_System", Some(&LOGICAL_ELEMENT), CIMV2).properties(&[
    string("CreationClassName"),
    string("Name").key(),
    string("NameFormat"),
    string("PrimaryOwnerContact"),
    string("PrimaryOwnerName"),
    string("Roles").array(),
]);

/// `CIM_ComputerSystem`.
pub(super) static COMPUTER_SYSTEM: Class = Class::new("CIM_ComputerSystem", Some(&SYSTEM), CIMV2);

/// `CIM_UnitaryComputerSystem`.
pub(super) static UNITARY_COMPUTER_SYSTEM: Class =
    Class::new("CIM_UnitaryComputerSystem", Some(&COMPUTER_SYSTEM), CIMV2).properties(&[
        string("InitialLoadInfo").array(),
        string("LastLoadInfo"),
        uint16("PowerManagementCapabilities").array(),
        boolean("PowerManagementSupported"),
        uint16("PowerState"),
        uint16("ResetCapability"),
    ]);

/// `CIM_LogicalDevice`.
pub(super) static LOGICAL_DEVICE: Class = Class::new("CIM_LogicalDevice", Some(&LOGICAL_ELEMENT), CIMV2)
    .properties(&[
        uint16("Availability"),
        uint32("ConfigManagerErrorCode"),
        boolean("ConfigManagerUserConfig"),
        string("CreationClassName"),
        string("DeviceID").key(),
        boolean("ErrorCleared"),
        string("ErrorDescription"),
        uint32("LastErrorCode"),
        string("PNPDeviceID"),
        uint16("PowerManagementCapabilities").array(),
        boolean("PowerManagementSupported"),
        uint16("StatusInfo"),
        string("SystemCreationClassName"),
        string("SystemName"),
    ]);

/// `CIM_StorageExtent`.
pub(super) static STORAGE_EXTENT: Class = Class::new("CIM_StorageExtent", Some(&LOGICAL_DEVICE), CIMV2)
    .properties(&[
        uint16("Access"),
        uint64("BlockSize"),
        string("ErrorMethodology"),
        uint64("NumberOfBlocks"),
        string("Purpose"),
    ]);

/// `CIM_StorageVolume`.
pub(super) static STORAGE_VOLUME: Class = Class::new("CIM_StorageVolume", Some(&STORAGE_EXTENT), CIMV2);

/// `CIM_Processor`.
pub(super) static PROCESSOR: Class = Class::new("CIM_Processor", Some(&LOGICAL_DEVICE), CIMV2).properties(&[
    uint16("AddressWidth"),
    uint32("CurrentClockSpeed"),
    uint16("DataWidth"),
    uint16("Family"),
    uint16("LoadPercentage"),
    uint32("MaxClockSpeed"),
    string("OtherFamilyDescription"),
    string("Role"),
    string("Stepping"),
    string("UniqueId"),
    uint16("UpgradeMethod"),
]);
