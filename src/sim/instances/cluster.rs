//! `root\MSCluster`: the resources and nodes of the cluster, the same from every node.
//!
//! A VM has two resources, which have its GUID as the private property `VmID`: the VM, and its configuration. The names are those of
//! the cluster administrator's defaults. A host outside a cluster has no instances. `PrivateProperties` can be tested in a query, and
//! is null in an answer: no source shows its form.

use std::collections::HashSet;

use super::View;
use crate::{
    schema::{
        names,
        values::{cluster_node_state, cluster_resource_state},
    },
    sim::{
        instance::Instance,
        lab::StateRequest,
        model::{Host, Vm},
        random::guid_of,
    },
};

/// The group of the cluster's own resources.
const CORE_GROUP: &str = "Cluster Group";

pub(super) fn resources(view: &View<'_>) -> Option<Vec<Instance>> {
    let host = view.host;
    let Some(cluster) = &host.cluster else { return Some(Vec::new()) };
    let owner = &host.nodes.at(host.owner).name;
    let core = resource("Cluster Name", names::TYPE_NETWORK_NAME, CORE_GROUP, owner)?
        .with("CoreResource", true)
        .with("PersistentState", true)
        .with("State", cluster_resource_state::ONLINE)
        .with_inner("PrivateProperties.Name", cluster.as_str());
    let mut rows = vec![core];
    let mut taken = HashSet::new();
    for vm in &host.vms {
        // The name of a resource is its key.
        let title = if taken.insert(vm.name.to_lowercase()) {
            vm.name.clone()
        } else {
            format!("{} ({})", vm.name, vm.id)
        };
        let kinds = [
            (names::TYPE_VM_RESOURCE, vm.state.is_live(), state(host, vm)),
            (names::TYPE_VM_CONFIGURATION, true, cluster_resource_state::ONLINE),
        ];
        for (kind, persistent, state) in kinds {
            let row = resource(&format!("{kind} {title}"), kind, &title, &vm.node)?;
            rows.push(
                row.with("CoreResource", false)
                    .with("PersistentState", persistent)
                    .with("State", state)
                    .with_inner("PrivateProperties.VmID", vm.id.to_lowercase()),
            );
        }
    }
    Some(rows)
}

pub(super) fn nodes(view: &View<'_>) -> Option<Vec<Instance>> {
    let spec = &view.host.spec;
    let mut numbers = spec.version.split('.').map(|number| number.parse::<u32>().unwrap_or_default());
    let (major, minor) = (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
    let nodes = view.host.nodes.iter().filter(|_| view.host.cluster.is_some()).enumerate();
    let node = |(place, node): (usize, &crate::sim::model::Node)| {
        let state = if node.is_up { cluster_node_state::UP } else { cluster_node_state::DOWN };
        Some(
            Instance::of(names::CLUSTER_NODE)?
                .with("BuildNumber", spec.build)
                .with("Caption", node.name.as_str())
                .with("CreationClassName", names::CLUSTER_NODE)
                .with("Description", "")
                .with("Id", (place + 1).to_string())
                .with("MajorVersion", major)
                .with("MinorVersion", minor)
                .with("Name", node.name.as_str())
                .with("NodeWeight", 1_u32)
                .with("State", state),
        )
    };
    nodes.map(node).collect()
}

fn resource(name: &str, kind: &str, group: &str, owner: &str) -> Option<Instance> {
    Some(
        Instance::of(names::CLUSTER_RESOURCE)?
            .with("Caption", name)
            .with("Description", "")
            .with("Id", guid_of(name).to_lowercase())
            .with("IsClusterSharedVolume", false)
            .with("Name", name)
            .with("OwnerGroup", group)
            .with("OwnerNode", owner)
            .with("Type", kind),
    )
}

/// The state of a VM as a resource.
fn state(host: &Host, vm: &Vm) -> u32 {
    let is_up = host.nodes.iter().any(|node| node.is_called(&vm.node) && node.is_up);
    match vm.changing.map(|change| change.request) {
        _ if !is_up => cluster_resource_state::FAILED,
        Some(StateRequest::Start) => cluster_resource_state::ONLINE_PENDING,
        Some(StateRequest::Off | StateRequest::Shutdown | StateRequest::Save) => {
            cluster_resource_state::OFFLINE_PENDING
        }
        _ if vm.state.is_live() => cluster_resource_state::ONLINE,
        _ => cluster_resource_state::OFFLINE,
    }
}
