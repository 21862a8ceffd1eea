//! A VM, as JSON. Numbers of the host are next to their names.

use hvsnap::{ClusterVm, hyperv::VmRecord};
use serde::Serialize;

use super::{Code, texts, time};

/// The state of a VM at one moment.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct VmView {
    /// GUID of the VM.
    id: String,
    /// Its name, which need not be unique.
    name: String,
    /// `EnabledState`.
    state: Option<Code>,
    /// What the VM is busy with; null if it is idle.
    activity: Option<Code>,
    /// `OperationalStatus`: 2 alone if idle, 11 and an activity if busy.
    operational_status: Vec<u16>,
    /// `HealthState`: 5 is OK, a greater number is worse.
    health_state: Option<u16>,
    /// `StatusDescriptions`, in the language of the host.
    status_descriptions: Vec<String>,
    /// When it was created (UTC).
    installed: Option<String>,
    /// How long it has been running, in seconds.
    uptime_seconds: Option<u64>,
    /// `ReplicationState`: 0 is off.
    replication_state: Option<u16>,
    /// The owner node, in a list of a cluster; null if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(extend("nullable" = true)))]
    node: Option<Option<String>>,
    /// Properties that could not be read, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable: Vec<String>,
}

impl From<&VmRecord> for VmView {
    fn from(vm: &VmRecord) -> Self {
        Self {
            id: vm.id.clone(),
            name: vm.element_name.clone(),
            state: vm.state.map(|state| Code::new(state.0, state)),
            activity: vm.activity().map(|activity| Code::new(activity.0, activity)),
            operational_status: vm.operational_status.clone(),
            health_state: vm.health_state,
            status_descriptions: vm.status_descriptions.clone(),
            installed: time(vm.installed),
            uptime_seconds: vm.uptime.map(|uptime| uptime.as_secs()),
            replication_state: vm.replication_state,
            node: None,
            unreadable: texts(&vm.unreadable),
        }
    }
}

impl From<&ClusterVm> for VmView {
    fn from(vm: &ClusterVm) -> Self {
        Self { node: Some(vm.node.clone()), ..Self::from(&vm.record) }
    }
}
