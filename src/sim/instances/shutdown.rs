//! `Msvm_ShutdownComponent`: shuts down the guest of a running VM.
//!
//! It exists while the VM runs and the guest has integration services (reported by clients), with the documented constants.
//! `DeviceID` has the form of other components, with the identifier of the integration service (assumed).

use super::View;
use crate::{
    schema::{
        names,
        values::{enabled_state, health_state, operational_status, requested_state},
    },
    sim::{
        instance::{Instance, Scalar},
        lab::Guest,
        model::Vm,
    },
};

/// The identifier of the guest's shutdown service.
const SERVICE: &str = "9F8233AC-BE49-4C79-8EE3-E7E1985B2077";

pub(super) fn all(view: &View<'_>) -> Option<Vec<Instance>> {
    view.vms().filter(|vm| vm.has_shutdown_component()).map(component).collect()
}

fn component(vm: &Vm) -> Option<Instance> {
    let (status, text) = match vm.guest {
        Guest::NotReady => (operational_status::NO_CONTACT, "No Contact"),
        _ => (operational_status::OK, "OK"),
    };
    let id = format!("{}{}\\{SERVICE}", names::SETTING_ID_PREFIX, vm.id);
    Some(
        Instance::of(names::SHUTDOWN_COMPONENT)?
            .with("Availability", 6_u16)
            .with("Caption", "Shutdown")
            .with("CreationClassName", names::SHUTDOWN_COMPONENT)
            .with("Description", "Microsoft Shutdown Service")
            .with("DeviceID", id.as_str())
            .with("ElementName", "Shutdown")
            .with("EnabledDefault", enabled_state::IN_TEST)
            .with("EnabledState", enabled_state::ENABLED)
            .with("HealthState", health_state::OK)
            .with("InstallDate", Scalar::Never)
            .with("InstanceID", id.as_str())
            .with("Name", "Shutdown")
            .with("OperationalStatus", [status].as_slice())
            .with("RequestedState", requested_state::NOT_APPLICABLE)
            .with("StatusDescriptions", vec![text.to_owned()])
            .with("SystemCreationClassName", names::COMPUTER_SYSTEM)
            .with("SystemName", vm.id.as_str())
            .with("TimeOfLastStateChange", Scalar::Never),
    )
}
