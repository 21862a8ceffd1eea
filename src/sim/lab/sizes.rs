//! Sizes: the disks of a VM, their files, and the volumes of the host.
//!
//! A lab file has whole MiB and GiB; this module has bytes. All disks of a VM have the same sizes.

use serde::Deserialize;
use toml::Spanned;

use super::{
    LabError,
    file::{SnapshotTable, VmTable},
};

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// 64 TiB, the most that a VHDX holds (MS-VHDX, section 1.3).
const MOST_MIB: u64 = (64 << 40) / MIB;

/// An exbibyte: sums of sizes stay in range.
const MOST_VOLUME_GIB: u64 = (1 << 60) / GIB;

/// The sizes of a VM's disks, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DiskSizes {
    /// The size of each disk, as the guest sees it.
    pub(crate) disk: u64,
    /// The size of the first file of each disk.
    pub(crate) base: u64,
    /// The size of the current state's file, if that is not the first one.
    pub(crate) written: u64,
    /// The growth of that file per minute while the VM runs.
    pub(crate) per_minute: u64,
}

impl Default for DiskSizes {
    fn default() -> Self {
        // 127 GiB is Hyper-V's default.
        Self { disk: 127 * GIB, base: 12 * GIB, written: 256 * MIB, per_minute: MIB }
    }
}

/// The default size of a snapshot's file.
const SNAPSHOT_WRITTEN: u64 = 512 * MIB;

/// A `[[volume]]` table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VolumeSpec {
    /// A drive or a folder, with a backslash at its end.
    pub(crate) path: String,
    /// In bytes.
    pub(crate) capacity: Option<u64>,
    /// The space used by anything but disks of VMs, in bytes.
    pub(crate) used: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VolumeTable {
    path: Spanned<String>,
    capacity_gib: Option<Spanned<u64>>,
    used_gib: Option<Spanned<u64>>,
}

/// The sizes of the disks of a VM.
pub(super) fn disks(text: &str, place: &str, table: &VmTable) -> Result<DiskSizes, LabError> {
    let default = DiskSizes::default();
    let bytes = |value: &Option<Spanned<u64>>, field: &str, default| {
        value.as_ref().map_or(Ok(default), |value| mib(text, value, format!("{place}: {field}")))
    };
    if let (Some(written), true) = (&table.written_mib, table.snapshot.is_empty()) {
        let problem = "a VM without snapshots writes to the first file: base_mib says its size";
        return Err(LabError::at(text, &written.span(), format!("{place}: written_mib"), problem));
    }
    let disk = match &table.disk_gib {
        None => default.disk,
        Some(disk) if (1..=MOST_MIB * MIB / GIB).contains(disk.get_ref()) => *disk.get_ref() * GIB,
        Some(disk) => {
            let field = format!("{place}: disk_gib");
            return Err(LabError::at(text, &disk.span(), field, "a disk has from 1 GiB to 64 TiB"));
        }
    };
    Ok(DiskSizes {
        disk,
        base: bytes(&table.base_mib, "base_mib", default.base.min(disk))?,
        written: bytes(&table.written_mib, "written_mib", default.written)?,
        per_minute: bytes(&table.writes_mib_per_minute, "writes_mib_per_minute", default.per_minute)?,
    })
}

/// The size of a snapshot's file; `is_first` if that is the first file of each disk.
pub(super) fn snapshot(
    text: &str,
    place: &str,
    table: &SnapshotTable,
    is_first: bool,
) -> Result<u64, LabError> {
    let Some(written) = &table.written_mib else { return Ok(SNAPSHOT_WRITTEN) };
    let field = format!("{place}: written_mib");
    if is_first {
        let problem = "it has the first file of each disk: base_mib of the VM says its size";
        return Err(LabError::at(text, &written.span(), field, problem));
    }
    mib(text, written, field)
}

/// The volumes of the lab.
pub(super) fn volumes(text: &str, tables: Vec<VolumeTable>) -> Result<Vec<VolumeSpec>, LabError> {
    let mut volumes: Vec<VolumeSpec> = Vec::new();
    for VolumeTable { path: given, capacity_gib, used_gib } in tables {
        let refused = |problem| LabError::at(text, &given.span(), "volume: path".to_owned(), problem);
        let path = format!("{}\\", given.get_ref().trim_end_matches('\\'));
        if !is_on_a_drive(&path) {
            return Err(refused("neither a drive nor a folder on one, such as D:\\"));
        }
        if volumes.iter().any(|known| known.path.eq_ignore_ascii_case(&path)) {
            return Err(refused("listed twice"));
        }
        let place = format!("volume \"{path}\"");
        let gib = |value: &Spanned<u64>, field: &str| {
            let problem = "more than an exbibyte";
            let bytes = (*value.get_ref() <= MOST_VOLUME_GIB).then(|| *value.get_ref() * GIB);
            bytes.ok_or_else(|| LabError::at(text, &value.span(), format!("{place}: {field}"), problem))
        };
        let capacity = capacity_gib.as_ref().map(|value| gib(value, "capacity_gib")).transpose()?;
        let used = used_gib.as_ref().map_or(Ok(0), |value| gib(value, "used_gib"))?;
        if let (Some(capacity), Some(value)) = (capacity, &used_gib)
            && used > capacity
        {
            let field = format!("{place}: used_gib");
            return Err(LabError::at(text, &value.span(), field, "more than the volume has"));
        }
        volumes.push(VolumeSpec { path, capacity, used });
    }
    Ok(volumes)
}

/// True if the path begins with a drive letter.
fn is_on_a_drive(path: &str) -> bool {
    let mut start = path.chars();
    start.next().is_some_and(|c| c.is_ascii_alphabetic())
        && start.next() == Some(':')
        && start.next() == Some('\\')
}

fn mib(text: &str, value: &Spanned<u64>, field: String) -> Result<u64, LabError> {
    if *value.get_ref() > MOST_MIB {
        return Err(LabError::at(text, &value.span(), field, "more than 64 TiB, which no disk has"));
    }
    Ok(*value.get_ref() * MIB)
}
