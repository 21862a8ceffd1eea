//! `Msvm_SummaryInformation`: a summary of each VM, as an instance.
//!
//! Windows Server 2016 and later have these instances; Microsoft's own client reads them. No source documents their `InstanceID`,
//! or instances for snapshots: here the `InstanceID` is that of the present settings, and only VMs have one. Memory and processors
//! are assumed.

use super::{View, settings, system};
use crate::{
    schema::{
        build, names,
        values::{health_state, operational_status},
    },
    sim::{
        instance::{Instance, Scalar},
        lab::VmState,
        model::{Host, Vm},
    },
};

/// In MiB.
const MEMORY: u64 = 2048;

pub(super) fn all(view: &View<'_>) -> Option<Vec<Instance>> {
    if view.host.spec.build < build::SERVER_2016 {
        return Some(Vec::new());
    }
    view.vms().map(|vm| summary(view.host, vm)).collect()
}

pub(super) fn one(view: &View<'_>, instance_id: &str) -> Option<Instance> {
    let vm = view.vm(settings::guid(instance_id)?)?;
    (view.host.spec.build >= build::SERVER_2016).then(|| summary(view.host, vm))?
}

fn summary(host: &Host, vm: &Vm) -> Option<Instance> {
    let (enabled, other) = system::enabled_state(vm);
    let (status, texts) = system::status(host, vm);
    let runs = vm.state == VmState::Running;
    Some(
        Instance::of(names::SUMMARY)?
            .with(
                "ApplicationHealth",
                if runs { operational_status::OK } else { operational_status::STOPPED },
            )
            .with("Caption", "Virtual Machine Summary Information")
            .with("CreationTime", Scalar::Time(vm.created))
            .with("ElementName", vm.name.as_str())
            .with("EnabledState", enabled)
            .with("EnhancedSessionModeState", 3_u16)
            .with("HealthState", health_state::OK)
            .with("Heartbeat", vm.has_shutdown_component().then_some(operational_status::OK))
            .with("HostComputerSystemName", vm.node.as_str())
            .with("InstanceID", format!("{}{}", names::SETTING_ID_PREFIX, vm.id))
            .with("MemoryUsage", if vm.state.is_live() { MEMORY } else { 0 })
            .with("Name", vm.id.as_str())
            .with("Notes", vm.notes.join("\n"))
            .with("NumberOfProcessors", 2_u16)
            .with("OperationalStatus", status.as_slice())
            .with("OtherEnabledState", other)
            .with("ProcessorLoad", u16::from(runs))
            .with("ReplicationHealth", 0_u16)
            .with("ReplicationMode", 0_u16)
            .with("ReplicationState", 0_u16)
            .with("Shielded", false)
            .with("StatusDescriptions", texts)
            .with("SwapFilesInUse", false)
            .with("UpTime", system::up_time(host, vm))
            .with("Version", settings::VERSION)
            .with("VirtualSystemSubType", settings::sub_type(vm)),
    )
}
