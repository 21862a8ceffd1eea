//! `Msvm_VirtualSystemSettingData`: the present settings of each VM, and its snapshots.
//!
//! `InstanceID` is `Microsoft:` and a GUID: that of the VM for its own settings, that of the snapshot for a snapshot. `Parent` is
//! the text of a WMI path with host and namespace, not an endpoint reference; null for a root (Microsoft's documentation of the
//! class).

use std::time::Duration;

use super::View;
use crate::{
    schema::{self, names},
    sim::{
        instance::{Instance, Scalar},
        lab::{SnapshotKind, VmState},
        model::{Snapshot, Vm},
        path::ObjectPath,
    },
};

/// The configuration version of every VM.
pub(super) const VERSION: &str = "9.0";

const DATA_ROOT: &str = "C:\\ProgramData\\Microsoft\\Windows\\Hyper-V";

pub(super) fn all(view: &View<'_>) -> Option<Vec<Instance>> {
    let mut instances = Vec::new();
    for vm in view.vms() {
        instances.push(present(vm)?);
        for known in &vm.snapshots {
            instances.push(snapshot(vm, known)?);
        }
    }
    Some(instances)
}

pub(super) fn one(view: &View<'_>, instance_id: &str) -> Option<Instance> {
    let id = guid(instance_id)?;
    match view.snapshot(id) {
        Some((vm, known)) => snapshot(vm, known),
        None => view.vm(id).and_then(present),
    }
}

/// The GUID in an `InstanceID` of settings.
pub(crate) fn guid(instance_id: &str) -> Option<&str> {
    let (prefix, id) = instance_id.split_at_checked(names::SETTING_ID_PREFIX.len())?;
    prefix.eq_ignore_ascii_case(names::SETTING_ID_PREFIX).then_some(id)
}

/// The object path of the settings with that GUID.
pub(crate) fn path(guid: &str) -> Option<ObjectPath> {
    let class = schema::class(names::SETTING_DATA)?;
    Some(ObjectPath::with_key(class, format!("{}{guid}", names::SETTING_ID_PREFIX)))
}

fn present(vm: &Vm) -> Option<Instance> {
    Some(
        base(vm, &vm.id, vm.current.as_deref(), vm.created)?
            .with("ConfigurationFile", format!("Virtual Machines\\{}.vmcx", vm.id))
            .with("ElementName", vm.name.as_str())
            .with("IsAutomaticSnapshot", false)
            .with("IsSaved", vm.state == VmState::Saved)
            .with("Notes", vm.notes.clone())
            .with("VirtualSystemType", names::TYPE_REALIZED_SYSTEM),
    )
}

fn snapshot(vm: &Vm, snapshot: &Snapshot) -> Option<Instance> {
    let kind = match snapshot.kind {
        SnapshotKind::Realized => names::TYPE_REALIZED,
        SnapshotKind::Recovery => names::TYPE_RECOVERY,
        SnapshotKind::Planned => names::TYPE_PLANNED,
        SnapshotKind::Missing => names::TYPE_MISSING,
        SnapshotKind::Replica => names::TYPE_REPLICA,
        SnapshotKind::ReplicaConsistent => names::TYPE_REPLICA_CONSISTENT,
        SnapshotKind::ReplicaPlanned => names::TYPE_REPLICA_PLANNED,
    };
    Some(
        base(vm, &snapshot.id, snapshot.parent.as_deref(), snapshot.created)?
            .with("ConfigurationFile", format!("Snapshots\\{}.vmcx", snapshot.id))
            .with("ElementName", snapshot.name.as_str())
            .with("IsAutomaticSnapshot", snapshot.automatic)
            .with("IsSaved", snapshot.saved_state)
            .with("Notes", snapshot.notes.clone())
            .with("VirtualSystemType", kind),
    )
}

fn base(vm: &Vm, guid: &str, parent: Option<&str>, created: Duration) -> Option<Instance> {
    let absolute = |id: &str| path(id).map(|path| path.absolute(&vm.node, names::NAMESPACE));
    Some(
        Instance::of(names::SETTING_DATA)?
            .with("AllowFullSCSICommandSet", false)
            .with("AllowReducedFcRedundancy", false)
            .with("Architecture", "x64")
            .with("AutomaticCriticalErrorAction", 1_u16)
            .with("AutomaticCriticalErrorActionTimeout", Scalar::Interval(Duration::from_secs(1800)))
            .with("AutomaticRecoveryAction", 2_u16)
            .with("AutomaticShutdownAction", 3_u16)
            .with("AutomaticSnapshotsEnabled", false)
            .with("AutomaticStartupAction", 3_u16)
            .with("AutomaticStartupActionDelay", Scalar::Interval(Duration::ZERO))
            .with("BIOSGUID", format!("{{{}}}", vm.id))
            .with("BIOSNumLock", false)
            .with("BIOSSerialNumber", "0000-0000-0000-0000-0000-0000-00")
            .with("BootOrder", [3_u16, 2, 0, 1].as_slice())
            .with("Caption", "Virtual Machine Settings")
            .with("ConfigurationDataRoot", DATA_ROOT)
            .with("ConfigurationID", guid)
            .with("ConsoleMode", 0_u16)
            .with("CreationTime", Scalar::Time(created))
            .with("DebugPort", 0_u32)
            .with("DebugPortEnabled", 0_u16)
            .with("Description", "Active settings for the virtual machine")
            .with("EnableHibernation", false)
            .with("EnhancedSessionTransportType", 0_u16)
            .with("GuestControlledCacheTypes", false)
            .with("GuestStateDataRoot", DATA_ROOT)
            .with("HighMmioGapBase", 0_u64)
            .with("HighMmioGapSize", 512_u64)
            .with("IncrementalBackupEnabled", false)
            .with("InstanceID", format!("{}{guid}", names::SETTING_ID_PREFIX))
            .with("LockOnDisconnect", false)
            .with("LogDataRoot", DATA_ROOT)
            .with("LowMmioGapSize", 128_u64)
            .with("NetworkBootPreferredProtocol", 4096_u16)
            .with("Parent", parent.and_then(absolute))
            .with("PauseAfterBootFailure", false)
            .with("SecureBootEnabled", vm.generation == 2)
            .with("SnapshotDataRoot", DATA_ROOT)
            .with("SuspendDataRoot", DATA_ROOT)
            .with("SwapFileDataRoot", DATA_ROOT)
            .with("TurnOffOnGuestRestart", false)
            .with("UserSnapshotType", vm.checkpoints.number())
            .with("Version", VERSION)
            .with("VirtualNumaEnabled", true)
            .with("VirtualSystemIdentifier", vm.id.as_str())
            .with("VirtualSystemSubType", sub_type(vm)),
    )
}

/// `VirtualSystemSubType`: the generation.
pub(super) fn sub_type(vm: &Vm) -> String {
    format!("Microsoft:Hyper-V:SubType:{}", vm.generation)
}
