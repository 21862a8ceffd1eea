//! The snapshot, management and image services: one instance each, with the constants of Microsoft's documentation.
//!
//! `SystemName` is the host's NetBIOS name, in the cluster's namespace the name of the cluster. The methods are elsewhere.

use super::View;
use crate::{
    schema::{
        names,
        values::{enabled_state, health_state, operational_status, requested_state},
    },
    sim::instance::{Instance, Scalar},
};

pub(super) fn service(view: &View<'_>, class: &'static str) -> Option<Instance> {
    let (name, caption, description) = match class {
        names::SNAPSHOT_SERVICE => (
            names::SNAPSHOT_SERVICE_NAME,
            "Hyper-V Virtual System Snapshot Service",
            "Service for creating, destroying, and applying virtual machine snapshots",
        ),
        names::IMAGE_SERVICE => (
            names::IMAGE_SERVICE_NAME,
            "Hyper-V Image Management Service",
            "Provides Image Management servicing for Hyper-V",
        ),
        _ => (
            names::MANAGEMENT_SERVICE_NAME,
            "Hyper-V Virtual System Management Service",
            "Service for creating, manipulating, and managing virtual machines",
        ),
    };
    Some(
        Instance::of(class)?
            .with("Caption", caption)
            .with("CreationClassName", class)
            .with("Description", description)
            .with("ElementName", caption)
            .with("EnabledDefault", enabled_state::ENABLED)
            .with("EnabledState", enabled_state::ENABLED)
            .with("HealthState", health_state::OK)
            .with("InstallDate", Scalar::Never)
            .with("Name", name)
            .with("OperationalStatus", [operational_status::OK].as_slice())
            .with("RequestedState", requested_state::NOT_APPLICABLE)
            .with("Started", true)
            .with("Status", "OK")
            .with("StatusDescriptions", vec!["The service is running normally".to_owned()])
            .with("SystemCreationClassName", names::COMPUTER_SYSTEM)
            .with("SystemName", view.system())
            .with("TimeOfLastStateChange", Scalar::Time(view.host.booted))
            .with("TransitioningToState", requested_state::NOT_APPLICABLE),
    )
}
