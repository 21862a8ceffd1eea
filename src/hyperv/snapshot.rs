//! Snapshots and other instances of `Msvm_VirtualSystemSettingData`.
//!
//! One query returns a VM's own settings and all its snapshots; `VirtualSystemType` tells them apart, never a
//! localised text. Follows Microsoft, "Msvm_VirtualSystemSettingData class".

use std::{
    fmt,
    hash::{Hash, Hasher},
};

use crate::{
    cim::{Instance, ObjectPath, PropertyError, Timestamp},
    hyperv::{CheckpointType, SnapshotName, job::Optional},
    schema::names::{TYPE_REALIZED_SYSTEM, TYPE_SNAPSHOT_PREFIX},
    violation::{ProtocolError, Violation},
};

/// `InstanceID` of a snapshot: `Microsoft:` and a GUID; compared without regard to case.
#[derive(Clone, Debug)]
pub struct SnapshotId(String);

impl SnapshotId {
    pub(crate) fn new(instance_id: impl Into<String>) -> Self {
        Self(instance_id.into())
    }

    /// The `InstanceID` as the host sent it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// In lower case, so that equal ids are equal texts.
    pub(crate) fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The id without `Microsoft:`.
    pub fn guid(&self) -> &str {
        self.0.split_once(':').map_or(self.0.as_str(), |(_, guid)| guid)
    }
}

impl From<&SnapshotName> for SnapshotId {
    fn from(name: &SnapshotName) -> Self {
        Self::new(name.id.as_str())
    }
}

impl PartialEq for SnapshotId {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for SnapshotId {}

impl Hash for SnapshotId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // In chunks, because a hasher is slow with single bytes; one more byte separates it from the text that follows.
        for piece in self.0.as_bytes().chunks(64) {
            let mut folded = [0; 64];
            folded.iter_mut().zip(piece).for_each(|(folded, byte)| *folded = byte.to_ascii_lowercase());
            state.write(folded.get(..piece.len()).unwrap_or_default());
        }
        state.write_u8(u8::MAX);
    }
}

impl fmt::Display for SnapshotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The origin and purpose of a snapshot, by the end of `VirtualSystemType`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SnapshotKind {
    /// A user's checkpoint (or an automatic one).
    Realized,
    /// A backup product's; removed when the backup is done.
    Recovery,
    /// Of a VM that is being imported.
    Planned,
    /// Its files are missing.
    Missing,
    /// A recovery point of Hyper-V Replica.
    Replica,
    /// Another, by its full `VirtualSystemType`.
    Other(String),
}

impl SnapshotKind {
    fn from_type(text: &str) -> Option<Self> {
        let head = text.get(..TYPE_SNAPSHOT_PREFIX.len())?;
        if !head.eq_ignore_ascii_case(TYPE_SNAPSHOT_PREFIX) {
            return None;
        }
        let rest = text.get(TYPE_SNAPSHOT_PREFIX.len()..)?.to_ascii_lowercase();
        Some(match rest.as_str() {
            "realized" => Self::Realized,
            "recovery" => Self::Recovery,
            "planned" => Self::Planned,
            "missing" => Self::Missing,
            replica if replica.starts_with("replica") => Self::Replica,
            _ => Self::Other(text.to_owned()),
        })
    }
}

impl fmt::Display for SnapshotKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Realized => "checkpoint",
            Self::Recovery => "backup checkpoint",
            Self::Planned => "planned",
            Self::Missing => "missing",
            Self::Replica => "replica recovery point",
            Self::Other(text) => text,
        })
    }
}

/// The parent of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Parent {
    /// None: the snapshot is a root.
    Root,
    /// Another snapshot.
    Of(SnapshotId),
    /// The host sent a parent that cannot be read, so it is unknown.
    Unreadable(String),
}

/// A snapshot at one moment.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Snapshot {
    /// `InstanceID`.
    pub(crate) id: SnapshotId,
    /// `ElementName`.
    pub(crate) element_name: String,
    /// `VirtualSystemType`.
    pub kind: SnapshotKind,
    /// `Parent`.
    pub parent: Parent,
    /// `CreationTime`.
    pub created: Option<Timestamp>,
    /// `Notes`, one per line.
    pub notes: Vec<String>,
    /// `IsAutomaticSnapshot`: created by the host, which may also remove it. Absent before Windows 10 1709.
    pub is_automatic: bool,
    /// `IsSaved`: it holds a memory state.
    pub is_saved: Option<bool>,
    /// `Version` of the configuration.
    pub version: Option<String>,
    /// `SnapshotDataRoot`: the path of its configuration on the host.
    pub data_root: Option<String>,
    /// Properties that could not be read; the rest is as sent.
    pub unreadable: Vec<PropertyError>,
}

impl Snapshot {
    /// `InstanceID`: `Microsoft:` and the snapshot's GUID.
    pub fn id(&self) -> &SnapshotId {
        &self.id
    }

    /// `ElementName`: its display name; neither unique nor free of slashes.
    pub fn element_name(&self) -> &str {
        &self.element_name
    }
}

/// One instance of `Msvm_VirtualSystemSettingData` of a VM.
#[derive(Clone, Debug)]
pub(crate) enum SettingData {
    /// The VM's own settings, with the snapshot that its current state descends from.
    System(Box<OwnSettings>),
    /// A snapshot.
    Snapshot(Box<Snapshot>),
    /// Anything else, such as a planned VM or the settings of another VM; with its `InstanceID`, if it has one.
    Other(Option<SnapshotId>),
}

/// The VM's own settings; boxed above, because there is one of them among many snapshots.
#[derive(Clone, Debug)]
pub(crate) struct OwnSettings {
    /// `InstanceID`, if it was sent.
    pub(crate) id: Option<SnapshotId>,
    /// `Parent`.
    pub(crate) parent: Parent,
    /// `UserSnapshotType`; `None` before Windows Server 2016, and if it cannot be read.
    pub(crate) checkpoints: Option<CheckpointType>,
}

impl SettingData {
    /// The VM's own settings.
    pub(crate) fn own(id: Option<SnapshotId>, parent: Parent, checkpoints: Option<CheckpointType>) -> Self {
        Self::System(Box::new(OwnSettings { id, parent, checkpoints }))
    }

    /// Settings that are not a snapshot of the requested VM.
    pub(crate) fn other(instance: &Instance<'_>) -> Self {
        Self::Other(instance.read::<String>("InstanceID").ok().flatten().map(SnapshotId::new))
    }

    /// Reads an instance that was requested for the VM `vm_id`.
    pub(crate) fn from_instance(instance: &Instance<'_>, vm_id: &str) -> Result<Self, ProtocolError> {
        // A host that answers with another VM's snapshots must not cause one of them to be destroyed.
        let owner = required(instance, "VirtualSystemIdentifier")?;
        if !owner.eq_ignore_ascii_case(vm_id) {
            let detail = format!("settings of VM {owner} in an answer about VM {vm_id}");
            return Err(ProtocolError::new(Violation::WrongInstance, detail));
        }
        Self::read(instance)
    }

    /// Reads an instance of whatever VM.
    fn read(instance: &Instance<'_>) -> Result<Self, ProtocolError> {
        let system_type = required(instance, "VirtualSystemType")?;
        let parent = match instance.read::<String>("Parent") {
            Ok(path) => parent(path.as_deref().unwrap_or_default()),
            Err(error) => Parent::Unreadable(error.raw().to_owned()),
        };
        if system_type.eq_ignore_ascii_case(TYPE_REALIZED_SYSTEM) {
            let id = instance.read::<String>("InstanceID").ok().flatten().map(SnapshotId::new);
            let checkpoints = instance.read::<u16>("UserSnapshotType").ok().flatten().map(CheckpointType);
            return Ok(Self::own(id, parent, checkpoints));
        }
        let Some(kind) = SnapshotKind::from_type(&system_type) else { return Ok(Self::other(instance)) };
        let id = SnapshotId::new(required(instance, "InstanceID")?);
        let mut unreadable = Vec::new();
        let mut optional = Optional { instance, unreadable: &mut unreadable };
        Ok(Self::Snapshot(Box::new(Snapshot {
            id,
            element_name: optional.read("ElementName").unwrap_or_default(),
            kind,
            parent,
            created: optional.read("CreationTime"),
            notes: optional.list("Notes"),
            is_automatic: optional.read("IsAutomaticSnapshot").unwrap_or(false),
            is_saved: optional.read("IsSaved"),
            version: optional.read("Version"),
            data_root: optional.read("SnapshotDataRoot"),
            unreadable,
        })))
    }
}

/// A property without which the instance means nothing.
fn required(instance: &Instance<'_>, name: &str) -> Result<String, ProtocolError> {
    let bad = |detail: String| ProtocolError::new(Violation::BadProperty, detail);
    match instance.read::<String>(name) {
        Ok(Some(text)) => Ok(text),
        Ok(None) => Err(bad(format!("{}.{name} is missing", instance.class()))),
        Err(error) => Err(bad(error.to_string())),
    }
}

/// One instance in an answer about all VMs.
#[derive(Debug)]
pub(crate) struct OwnedSettings {
    /// `VirtualSystemIdentifier`: the VM that it belongs to.
    pub(crate) vm_id: String,
    /// The name of the VM; the settings of a snapshot do not tell it.
    pub(crate) vm_name: Option<String>,
    /// What could be read of it.
    pub(crate) data: Result<SettingData, ProtocolError>,
}

impl OwnedSettings {
    /// Reads an instance; `None` if it belongs to no VM, such as a definition of defaults.
    ///
    /// # Errors
    /// If it may be a snapshot, and its VM cannot be read.
    pub(crate) fn from_instance(instance: &Instance<'_>) -> Result<Option<Self>, ProtocolError> {
        let vm_id = match required(instance, "VirtualSystemIdentifier") {
            Ok(vm_id) => vm_id,
            Err(error) => {
                let system_type = instance.read::<String>("VirtualSystemType").ok().flatten();
                let is_snapshot = system_type.is_none_or(|text| SnapshotKind::from_type(&text).is_some());
                return if is_snapshot { Err(error) } else { Ok(None) };
            }
        };
        let data = SettingData::read(instance);
        let vm_name = match &data {
            Ok(SettingData::Snapshot(_)) | Err(_) => None,
            _ => instance.read::<String>("ElementName").ok().flatten(),
        };
        Ok(Some(Self { vm_id, vm_name, data }))
    }
}

/// `Parent` is a WMI path as text; null or empty for a root.
fn parent(path: &str) -> Parent {
    if path.trim().is_empty() {
        return Parent::Root;
    }
    match path.parse::<ObjectPath>().ok().and_then(|path| path.key("InstanceID").map(str::to_owned)) {
        Some(id) => Parent::Of(SnapshotId::new(id)),
        None => Parent::Unreadable(path.to_owned()),
    }
}
