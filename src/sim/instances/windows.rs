//! `root/cimv2`: the operating system, the computer, its processors and volumes.
//!
//! Properties as documented by Microsoft. Names, version and times come from the lab; other values are assumed and describe a
//! server with two sockets. Everything else is null.

use super::View;
use crate::{
    schema::{build, names, values::drive_type},
    sim::{
        instance::{Instance, Scalar},
        model::Volume,
        random::guid_of,
    },
};

const SOCKETS: [&str; 2] = ["CPU0", "CPU1"];
const CORES: u32 = 16;
const THREADS: u32 = 32;
/// The cluster size of large NTFS and ReFS volumes for VMs.
const BLOCK: u64 = 65_536;
/// In KB, as `Win32_OperatingSystem` counts.
const MEMORY_KB: u64 = 256 * 1024 * 1024;

pub(super) fn operating_system(view: &View<'_>) -> Option<Vec<Instance>> {
    let (host, spec, node) = (view.host, &view.host.spec, view.node);
    let system = Instance::of(names::WIN32_OPERATING_SYSTEM)?
        .with("BootDevice", "\\Device\\HarddiskVolume1")
        .with("BuildNumber", spec.build.to_string())
        .with("BuildType", "Multiprocessor Free")
        .with("Caption", caption(spec.build))
        .with("CodeSet", "1252")
        .with("CountryCode", "1")
        .with("CreationClassName", names::WIN32_OPERATING_SYSTEM)
        .with("CSCreationClassName", names::WIN32_COMPUTER_SYSTEM)
        .with("CSName", node.name.as_str())
        .with("CurrentTimeZone", 0_u16)
        .with("Debug", false)
        .with("Description", node.description.as_str())
        .with("Distributed", false)
        .with("FreePhysicalMemory", MEMORY_KB / 2)
        .with("InstallDate", Scalar::Time(host.booted))
        .with("LastBootUpTime", Scalar::Time(host.booted))
        .with("LocalDateTime", Scalar::Time(host.now()))
        .with("Locale", "0409")
        .with("Manufacturer", "Microsoft Corporation")
        .with("MUILanguages", vec!["en-US".to_owned()])
        .with("Name", format!("{}|C:\\Windows|\\Device\\Harddisk0\\Partition2", caption(spec.build)))
        .with("NumberOfUsers", 1_u32)
        .with("OSArchitecture", "64-bit")
        .with("OSLanguage", 1033_u32)
        .with("OSType", 18_u16)
        .with("Primary", true)
        .with("ProductType", 3_u32)
        .with("Status", "OK")
        .with("SystemDirectory", "C:\\Windows\\system32")
        .with("SystemDrive", "C:")
        .with("TotalVisibleMemorySize", MEMORY_KB)
        .with("Version", spec.version.as_str())
        .with("WindowsDirectory", "C:\\Windows");
    Some(vec![system])
}

pub(super) fn computer_system(view: &View<'_>) -> Option<Vec<Instance>> {
    let (spec, node) = (&view.host.spec, view.node);
    let (dns_name, domain) = node.fqdn.split_once('.').unwrap_or((&node.fqdn, "WORKGROUP"));
    let sockets = u32::try_from(SOCKETS.len()).unwrap_or(u32::MAX);
    let system = Instance::of(names::WIN32_COMPUTER_SYSTEM)?
        .with("AdminPasswordStatus", 3_u16)
        .with("BootupState", "Normal boot")
        .with("Caption", node.name.as_str())
        .with("CreationClassName", names::WIN32_COMPUTER_SYSTEM)
        .with("CurrentTimeZone", 0_u16)
        .with("Description", "AT/AT COMPATIBLE")
        .with("DNSHostName", dns_name)
        .with("Domain", domain)
        .with("DomainRole", if node.fqdn.contains('.') { 3_u16 } else { 2 })
        .with("HypervisorPresent", spec.hyper_v)
        .with("Manufacturer", "hvsnap")
        .with("Model", "Simulated host")
        .with("Name", node.name.as_str())
        .with("NumberOfLogicalProcessors", sockets * THREADS)
        .with("NumberOfProcessors", sockets)
        .with("PartOfDomain", node.fqdn.contains('.'))
        .with("Status", "OK")
        .with("SystemType", "x64-based PC")
        .with("TotalPhysicalMemory", MEMORY_KB * 1024);
    Some(vec![system])
}

pub(super) fn processors(view: &View<'_>) -> Option<Vec<Instance>> {
    let processor = |id: &&str| {
        Some(
            Instance::of(names::WIN32_PROCESSOR)?
                .with("AddressWidth", 64_u16)
                .with("Architecture", 9_u16)
                .with("Availability", 3_u16)
                .with("Caption", "Intel64 Family 6 Model 85 Stepping 7")
                .with("CpuStatus", 1_u16)
                .with("CreationClassName", names::WIN32_PROCESSOR)
                .with("CurrentClockSpeed", 2295_u32)
                .with("DataWidth", 64_u16)
                .with("Description", "Intel64 Family 6 Model 85 Stepping 7")
                .with("DeviceID", *id)
                .with("LoadPercentage", 4_u16)
                .with("Manufacturer", "GenuineIntel")
                .with("MaxClockSpeed", 2295_u32)
                .with("Name", "Intel(R) Xeon(R) Gold 5218 CPU @ 2.30GHz")
                .with("NumberOfCores", CORES)
                .with("NumberOfEnabledCore", CORES)
                .with("NumberOfLogicalProcessors", THREADS)
                .with("ProcessorType", 3_u16)
                .with("Role", "CPU")
                .with("SocketDesignation", *id)
                .with("Status", "OK")
                .with("StatusInfo", 3_u16)
                .with("SystemCreationClassName", names::WIN32_COMPUTER_SYSTEM)
                .with("SystemName", view.node.name.as_str())
                .with("ThreadCount", THREADS),
        )
    };
    SOCKETS.iter().map(processor).collect()
}

pub(super) fn volumes(view: &View<'_>) -> Option<Vec<Instance>> {
    let volume = |volume: &Volume| {
        let drive = volume.path.strip_suffix('\\').filter(|drive| drive.len() == 2);
        let id = guid_of(&volume.path);
        Some(
            Instance::of(names::WIN32_VOLUME)?
                .with("Automount", true)
                .with("BlockSize", BLOCK)
                .with("BootVolume", volume.is_system())
                .with("Capacity", volume.capacity)
                .with("Caption", volume.path.as_str())
                .with("Compressed", false)
                .with("CreationClassName", names::WIN32_VOLUME)
                .with("DeviceID", format!("\\\\?\\Volume{{{}}}\\", id.to_lowercase()))
                .with("DirtyBitSet", false)
                .with("DriveLetter", drive)
                .with("DriveType", drive_type::LOCAL_DISK)
                .with("FileSystem", if volume.is_shared() { "CSVFS" } else { "NTFS" })
                .with("FreeSpace", view.host.free(volume, view.node))
                .with("IndexingEnabled", false)
                .with("MaximumFileNameLength", 255_u32)
                .with("Name", volume.path.as_str())
                .with("PageFilePresent", volume.is_system())
                .with("SystemCreationClassName", names::WIN32_COMPUTER_SYSTEM)
                .with("SystemName", view.node.name.as_str())
                .with("SystemVolume", false),
        )
    };
    view.host.volumes.iter().map(volume).collect()
}

fn caption(number: u32) -> &'static str {
    match number {
        build::SERVER_2012_R2 => "Microsoft Windows Server 2012 R2 Datacenter",
        build::SERVER_2016 => "Microsoft Windows Server 2016 Datacenter",
        build::SERVER_2019 => "Microsoft Windows Server 2019 Datacenter",
        build::SERVER_2022 => "Microsoft Windows Server 2022 Datacenter",
        _ => "Microsoft Windows Server",
    }
}
