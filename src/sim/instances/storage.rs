//! `Msvm_StorageAllocationSettingData`: the virtual disks of VMs and snapshots, with their files.
//!
//! `HostResource` is the file: the `.vhdx` itself, or the `.avhdx` of the layer. Files without a VM or snapshot are not listed.
//! `InstanceID` is that of the settings, then controller and slot, as on hosts.

use super::{View, settings};
use crate::{
    schema::{self, names, values::resource_type},
    sim::{
        instance::{Instance, Scalar, Value},
        model::Vm,
        path::{ObjectPath, alike},
    },
};

/// The identifier of Hyper-V's synthetic disk controller in identifiers of disks.
const CONTROLLER: &str = "83F8638B-8DCA-4152-9EDA-2CA8B33039B4";

pub(super) fn all(view: &View<'_>) -> Option<Vec<Instance>> {
    let mut instances = Vec::new();
    for vm in view.vms() {
        instances.extend(disks(vm, None)?);
        for snapshot in &vm.snapshots {
            instances.extend(disks(vm, Some(&snapshot.id))?);
        }
    }
    Some(instances)
}

/// The disk of that `InstanceID`.
pub(super) fn one(view: &View<'_>, instance_id: &str) -> Option<Instance> {
    let settings = settings::guid(instance_id.split('\\').next()?)?;
    let disks = match view.snapshot(settings) {
        Some((vm, snapshot)) => disks(vm, Some(&snapshot.id)),
        None => disks(view.vm(settings)?, None),
    };
    disks?.into_iter().find(
        |disk| matches!(disk.value("InstanceID"), Value::One(Scalar::Text(id)) if alike(id, instance_id)),
    )
}

/// The object paths of the disks of the current state, or of a snapshot.
pub(super) fn paths(vm: &Vm, snapshot: Option<&str>) -> Option<Vec<ObjectPath>> {
    let class = schema::class(names::STORAGE_ALLOCATION)?;
    let settings = snapshot.unwrap_or(&vm.id);
    Some((0..vm.disks.len()).map(|place| ObjectPath::with_key(class, id(settings, place, "L"))).collect())
}

fn disks(vm: &Vm, snapshot: Option<&str>) -> Option<Vec<Instance>> {
    let settings = snapshot.unwrap_or(&vm.id);
    let files = vm.files(snapshot).into_iter().enumerate();
    files.map(|(place, file)| disk(vm, settings, place, file)).collect()
}

fn disk(vm: &Vm, settings: &str, place: usize, file: String) -> Option<Instance> {
    let drive = id(settings, place, "D").replace('\\', "\\\\");
    let parent = format!(
        "\\\\{}\\{}:Msvm_ResourceAllocationSettingData.InstanceID=\"{drive}\"",
        vm.node,
        names::NAMESPACE.replace('/', "\\"),
    );
    Some(
        Instance::of(names::STORAGE_ALLOCATION)?
            .with("Access", 3_u16)
            .with("AllocationUnits", "count(fixed size block)")
            .with("AutomaticAllocation", true)
            .with("AutomaticDeallocation", true)
            .with("CachingMode", 0_u16)
            .with("Caption", "Hard Disk Image")
            .with("ConsumerVisibility", 3_u16)
            .with("Description", "Settings for the Microsoft Hard Disk Image.")
            .with("ElementName", "Hard Disk Image")
            .with("HostResource", vec![file])
            .with("IgnoreFlushes", false)
            .with("InstanceID", id(settings, place, "L"))
            .with("IOPSAllocationUnits", "count(8192 bytes)")
            .with("IOPSLimit", 0_u64)
            .with("IOPSReservation", 0_u64)
            .with("Limit", 1_u64)
            .with("Parent", Value::from(parent))
            .with("PersistentReservationsSupported", false)
            .with("Reservation", 1_u64)
            .with("ResourceSubType", names::VIRTUAL_HARD_DISK)
            .with("ResourceType", resource_type::LOGICAL_DISK)
            .with("SnapshotId", "")
            .with("VirtualQuantity", 1_u64)
            .with("VirtualQuantityUnits", "count(fixed size block)")
            .with("Weight", 100_u32)
            .with("WriteHardeningMethod", 0_u16),
    )
}

fn id(settings: &str, place: usize, last: &str) -> String {
    format!("{}{settings}\\{CONTROLLER}\\0\\{place}\\{last}", names::SETTING_ID_PREFIX)
}
