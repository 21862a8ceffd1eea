//! `Msvm_ComputerSystem`: the host and its VMs.
//!
//! `OperationalStatus` is [2] at rest, [11, 32768] while a snapshot is taken, [11, 32769] while one is applied, [11, 32770] while
//! one is deleted, [11, 32772] while disks merge (Microsoft's documentation of the class). Names of snapshots never appear here.

use std::time::Duration;

use super::{Namespace, View};
use crate::{
    codes::activity,
    schema::{
        names,
        values::{enabled_state, health_state, operational_status, requested_state, vm_state},
    },
    sim::{
        instance::{Instance, Scalar},
        lab::{StateRequest, VmState},
        model::{Host, Vm, Work},
        path::ObjectPath,
    },
};

/// The states that a VM can be asked for.
const AVAILABLE: [u16; 6] = [
    requested_state::ENABLED,
    requested_state::DISABLED,
    requested_state::SHUT_DOWN,
    requested_state::OFFLINE,
    requested_state::QUIESCE,
    requested_state::RESET,
];

pub(super) fn all(view: &View<'_>) -> Option<Vec<Instance>> {
    let vms = view.vms().map(|row| vm(view.host, row));
    std::iter::once(host_system(view)).chain(vms).collect()
}

pub(super) fn one(view: &View<'_>, name: &str) -> Option<Instance> {
    if name.eq_ignore_ascii_case(view.system()) {
        return host_system(view);
    }
    view.vm(name).and_then(|row| vm(view.host, row))
}

/// The object path of a VM.
pub(super) fn path(vm: &Vm) -> Option<ObjectPath> {
    let keys = [
        ("CreationClassName".to_owned(), names::COMPUTER_SYSTEM.to_owned()),
        ("Name".to_owned(), vm.id.clone()),
    ];
    ObjectPath::from_keys(crate::schema::class(names::COMPUTER_SYSTEM)?, &keys)
}

/// The host; in the namespace of a cluster, the cluster.
fn host_system(view: &View<'_>) -> Option<Instance> {
    let (host, name) = (view.host, view.system());
    let is_cluster = view.namespace == Namespace::Cluster && host.cluster.is_some();
    let enabled = if is_cluster { enabled_state::NOT_APPLICABLE } else { vm_state::ENABLED };
    Some(
        base()?
            .with("Caption", "Hosting Computer System")
            .with("Description", "Microsoft Hosting Computer System")
            .with("ElementName", name)
            .with("Name", name)
            .with("EnabledState", enabled)
            .with("InstallDate", Scalar::Time(host.booted))
            .with("OnTimeInMilliseconds", millis(host.now().saturating_sub(host.booted)))
            .with("OperationalStatus", [operational_status::OK].as_slice())
            .with("StatusDescriptions", vec!["Operating normally".to_owned()])
            .with("TimeOfLastConfigurationChange", Scalar::Time(host.booted))
            .with("TimeOfLastStateChange", Scalar::Time(host.booted)),
    )
}

fn vm(host: &Host, vm: &Vm) -> Option<Instance> {
    let (status, texts) = status(host, vm);
    let (enabled, other) = enabled_state(vm);
    let default = if vm.state == VmState::Off { enabled_state::DISABLED } else { enabled_state::ENABLED };
    Some(
        base()?
            .with("AvailableRequestedStates", AVAILABLE.as_slice())
            .with("Caption", "Virtual Machine")
            .with("Description", "Microsoft Virtual Machine")
            .with("ElementName", vm.name.as_str())
            .with("EnabledDefault", default)
            .with("EnabledState", enabled)
            .with("InstallDate", Scalar::Time(vm.created))
            .with("Name", vm.id.as_str())
            .with("NumberOfNumaNodes", 1_u16)
            .with("OnTimeInMilliseconds", up_time(host, vm))
            .with("OperationalStatus", status.as_slice())
            .with("OtherEnabledState", other)
            .with("ProcessID", vm.state.is_live().then_some(4242_u32))
            .with("RequestedState", requested_state::NO_CHANGE)
            .with("StatusDescriptions", texts)
            .with("TimeOfLastConfigurationChange", Scalar::Time(vm.configured))
            .with("TimeOfLastStateChange", Scalar::Time(vm.changed)),
    )
}

/// `OperationalStatus` and `StatusDescriptions`.
pub(super) fn status(host: &Host, vm: &Vm) -> (Vec<u16>, Vec<String>) {
    let activity = match host.work_on(&vm.id) {
        Some(Work::Create(_)) => Some((activity::CREATING_SNAPSHOT, "Creating checkpoint")),
        Some(Work::Apply(_)) => Some((activity::APPLYING_SNAPSHOT, "Applying checkpoint")),
        Some(Work::Destroy(..)) => Some((activity::DELETING_SNAPSHOT, "Deleting checkpoint")),
        // No source has a number for these.
        Some(Work::Clear(_) | Work::Modify(_) | Work::State(_)) => None,
        None => host.is_merging(&vm.id).then_some((activity::MERGING_DISKS, "Merging disks")),
    };
    match activity {
        Some((number, text)) => {
            (vec![operational_status::IN_SERVICE, number], vec!["In service".to_owned(), text.to_owned()])
        }
        None => (vec![operational_status::OK], vec!["Operating normally".to_owned()]),
    }
}

/// `EnabledState`, and `OtherEnabledState` if that is 1.
pub(super) fn enabled_state(vm: &Vm) -> (u16, Option<&'static str>) {
    let other = |word| (vm_state::OTHER, Some(word));
    match vm.changing.map(|change| (change.request, change.from)) {
        Some((StateRequest::Start, VmState::Paused)) => other("Resuming"),
        Some((StateRequest::Save, _)) => other("Saving"),
        Some((StateRequest::Pause, _)) => other("Quiescing"),
        Some((StateRequest::Start | StateRequest::Reset, _)) => (vm_state::STARTING, None),
        Some((StateRequest::Off | StateRequest::Shutdown, _)) => (vm_state::SHUTTING_DOWN, None),
        None => {
            let at_rest = match vm.state {
                VmState::Running => vm_state::ENABLED,
                VmState::Off => vm_state::DISABLED,
                VmState::Saved => vm_state::SAVED,
                VmState::Paused => vm_state::PAUSED,
            };
            (at_rest, None)
        }
    }
}

/// The uptime of the VM, in milliseconds.
pub(super) fn up_time(host: &Host, vm: &Vm) -> u64 {
    vm.started.map_or(0, |started| millis(host.now().saturating_sub(started)))
}

/// The common properties of host and VMs.
fn base() -> Option<Instance> {
    Some(
        Instance::of(names::COMPUTER_SYSTEM)?
            .with("CreationClassName", names::COMPUTER_SYSTEM)
            .with("EnabledDefault", enabled_state::ENABLED)
            .with("EnhancedSessionModeState", 3_u16)
            .with("FailedOverReplicationType", 0_u16)
            .with("HealthState", health_state::OK)
            .with("HwThreadsPerCoreRealized", 0_u32)
            .with("LastApplicationConsistentReplicationTime", Scalar::Never)
            .with("LastReplicationTime", Scalar::Never)
            .with("LastReplicationType", 0_u16)
            .with("LastSuccessfulBackupTime", Scalar::Never)
            .with("ReplicationHealth", 0_u16)
            .with("ReplicationMode", 0_u16)
            .with("ReplicationState", 0_u16)
            .with("RequestedState", requested_state::NOT_APPLICABLE)
            .with("ResetCapability", 1_u16)
            .with("Status", "OK"),
    )
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
