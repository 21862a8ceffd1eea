//! What the image service says of a virtual disk file, as CIM-XML text: `Msvm_VirtualHardDiskSettingData` describes it, in
//! `Msvm_VirtualHardDiskState` are its sizes.
//!
//! `ParentPath` is the parent file, an empty text for the first of a chain (recorded). `MinInternalSize`, to which the disk could
//! be shrunk, is what the chain holds (assumed).

use super::embedded::cim_xml;
use crate::{
    schema::{
        names,
        values::{disk_format, disk_type},
    },
    sim::{
        instance::{Instance, Value},
        model::{DiskFile, Host},
        random::guid_of,
    },
    xml::UnwritableText,
};

/// The text for `SettingData`; `None` if no file has that path.
pub(crate) fn disk_text(host: &Host, path: &str) -> Result<Option<String>, UnwritableText> {
    let instance = host.disk_file(path).and_then(|file| setting(&file, host.spec.relative_parents));
    instance.map(|instance| cim_xml(&instance, host.spec.build)).transpose()
}

/// The text for `State`; none when there is no file of that path.
pub(crate) fn disk_state_text(host: &Host, path: &str) -> Result<Option<String>, UnwritableText> {
    let instance = host.disk_file(path).and_then(|file| state(&file));
    instance.map(|instance| cim_xml(&instance, host.spec.build)).transpose()
}

fn state(file: &DiskFile) -> Option<Instance> {
    Some(
        Instance::of(names::VIRTUAL_DISK_STATE)?
            .with("Alignment", 1_u32)
            .with("FileSize", file.size)
            .with("FragmentationPercentage", 0_u32)
            .with("InUse", file.in_use)
            .with("MinInternalSize", file.content)
            .with("PhysicalSectorSize", 4096_u32),
    )
}

/// With `relative`, a parent in the folder of the file is named without it.
fn setting(file: &DiskFile, relative: bool) -> Option<Instance> {
    let folder = file.path.rsplit_once('\\').map(|(folder, _)| folder);
    let parent = file.parent.clone().map(|parent| match parent.rsplit_once('\\') {
        Some((of_parent, name)) if relative && folder == Some(of_parent) => format!(".\\{name}"),
        _ => parent,
    });
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
            .with("InstanceID", guid_of(&file.path))
            .with("IsPmemCompatible", false)
            .with("LogicalSectorSize", 512_u32)
            .with("MaxInternalSize", file.disk)
            .with("ParentPath", parent.unwrap_or_default())
            .with("Path", file.path.as_str())
            .with("PhysicalSectorSize", 4096_u32)
            .with("PmemAddressAbstractionType", 0_u16)
            .with("Type", kind)
            // The same along the chain: it identifies the disk, not the file.
            .with("VirtualDiskId", Value::from(guid_of(&file.base))),
    )
}
