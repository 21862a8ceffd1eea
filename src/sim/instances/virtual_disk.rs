//! The `Msvm_VirtualHardDiskSettingData` that `GetVirtualHardDiskSettingData` returns: an instance as CIM-XML text.
//!
//! `ParentPath` is the parent file, an empty text for the first of a chain (recorded). All disks have 127 GiB, Hyper-V's default.
//! The text does not tell whether the file is in use.

use super::embedded::cim_xml;
use crate::{
    schema::{
        names,
        values::{disk_format, disk_type},
    },
    sim::{
        instance::{Instance, Value},
        model::{DiskFile, Host},
        random::Random,
    },
    xml::UnwritableText,
};

const SIZE: u64 = 127 << 30;

/// The text for `SettingData`; `None` if no file has that path.
pub(crate) fn disk_text(host: &Host, path: &str) -> Result<Option<String>, UnwritableText> {
    let instance = host.disk_file(path).and_then(|file| setting(&file));
    instance.map(|instance| cim_xml(&instance, host.spec.build)).transpose()
}

fn setting(file: &DiskFile) -> Option<Instance> {
    let name = file.path.rsplit_once('\\').map_or(file.path.as_str(), |(_, name)| name);
    let vhd = name.to_lowercase().ends_with("vhd");
    let (kind, block) = match &file.parent {
        None if !vhd => (disk_type::DYNAMIC, 32_u32 << 20),
        None => (disk_type::DYNAMIC, 2 << 20),
        Some(_) => (disk_type::DIFFERENCING, 2 << 20),
    };
    Some(
        Instance::of(names::VIRTUAL_DISK)?
            .with("BlockSize", block)
            .with("Caption", "Virtual Hard Disk Setting Data")
            .with("Description", "Setting Data for a Virtual Hard Disk")
            .with("ElementName", name)
            .with("Format", if vhd { disk_format::VHD } else { disk_format::VHDX })
            .with("InstanceID", guid(&file.path))
            .with("IsPmemCompatible", false)
            .with("LogicalSectorSize", 512_u32)
            .with("MaxInternalSize", SIZE)
            .with("ParentPath", file.parent.clone().unwrap_or_default())
            .with("Path", file.path.as_str())
            .with("PhysicalSectorSize", 4096_u32)
            .with("PmemAddressAbstractionType", 0_u16)
            .with("Type", kind)
            // The same along the chain: it identifies the disk, not the file.
            .with("VirtualDiskId", Value::from(guid(&file.base))),
    )
}

/// A stable identifier of a file: 64-bit FNV-1a of its path (RFC 9923), as a seed.
fn guid(path: &str) -> String {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
    Random::seeded(path.to_lowercase().bytes().fold(0xCBF2_9CE4_8422_2325, mix)).guid()
}
