//! `root\MSCluster`: the owner of a VM by its resource, and the nodes.

use hvsnap::sim::{RunningSimulator, Simulator, VmState};

use crate::sim::{
    cluster::{at, cluster, values},
    raw::{get, pass},
};

const MSCLUSTER: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/MSCluster/";
const WEB: &str = "0A1B2C3D-0005-4000-8000-00000000A001";
const DB: &str = "0A1B2C3D-0005-4000-8000-00000000A002";

fn resource_of(id: &str) -> String {
    format!("MSCluster_Resource where Type='Virtual Machine' and PrivateProperties.VmID='{id}'")
}

async fn ask(sim: &RunningSimulator, node: &str, property: &str, rest: &str) -> Vec<String> {
    values(at(sim, node), MSCLUSTER, property, rest).await
}

#[tokio::test]
async fn the_owner_of_a_vm_is_found_by_its_guid_from_any_node() {
    let sim = cluster().await;
    for node in ["HV01", "HV03", "CLU1"] {
        assert_eq!(ask(&sim, node, "OwnerNode", &resource_of(DB)).await, ["HV02"]);
        assert_eq!(
            ask(&sim, node, "Name", &resource_of(&DB.to_lowercase())).await,
            ["Virtual Machine db-01"]
        );
    }
    sim.move_vm("db-01", "HV03").unwrap();
    assert_eq!(ask(&sim, "HV02", "OwnerNode", &resource_of(DB)).await, ["HV03"]);
    let uri = format!("{MSCLUSTER}MSCluster_Resource");
    let raw = get(&at(&sim, "HV02"), &uri, &[("Name", "Virtual Machine db-01")]).await;
    assert_eq!(raw.element("p:OwnerNode"), Some("HV03"), "{}", raw.text());
    assert!(raw.text().contains("<p:PrivateProperties xsi:nil=\"true\"/>"), "{}", raw.text());
}

#[tokio::test]
async fn braces_and_a_mistyped_member_find_nothing_and_the_configuration_has_the_same_guid() {
    let sim = cluster().await;
    assert!(ask(&sim, "HV01", "OwnerNode", &resource_of(&format!("{{{DB}}}"))).await.is_empty());
    let mistyped = format!("MSCluster_Resource where PrivateProperties.VmGuid='{DB}'");
    assert!(ask(&sim, "HV01", "OwnerNode", &mistyped).await.is_empty());
    let both = format!("MSCluster_Resource where PrivateProperties.VmID='{DB}'");
    assert_eq!(ask(&sim, "HV01", "Type", &both).await, ["Virtual Machine", "Virtual Machine Configuration"]);
}

#[tokio::test]
async fn the_state_of_a_resource_follows_the_vm_and_that_of_a_node_the_node() {
    let sim = cluster().await;
    assert_eq!(ask(&sim, "HV01", "State", &resource_of(WEB)).await, ["2"]);
    sim.set_state("web-01", VmState::Off).unwrap();
    pass(&sim, 1_000).await;
    assert_eq!(ask(&sim, "HV01", "State", &resource_of(WEB)).await, ["3"]);
    assert_eq!(ask(&sim, "HV01", "PersistentState", &resource_of(WEB)).await, ["false"]);
    let network = "MSCluster_Resource where Type = 'Network Name'";
    assert_eq!(ask(&sim, "CLU1", "OwnerNode", network).await, ["HV01"]);
    sim.fail_node("HV01").await.unwrap();
    assert_eq!(ask(&sim, "CLU1", "OwnerNode", network).await, ["HV02"]);
    assert_eq!(ask(&sim, "HV03", "State", "MSCluster_Node").await, ["1", "0", "0"]);
    assert_eq!(ask(&sim, "HV03", "Name", "MSCluster_Node where State = 0").await, ["HV02", "HV03"]);
}

#[tokio::test]
async fn a_host_outside_a_cluster_has_no_rows_and_no_fault() {
    let lab = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\ncluster = false\n[[user]]\n\
        name = 'LAB\\operator'\npassword = \"correct-horse\"\n[[vm]]\nname = \"v\"\n";
    let sim = Simulator::from_lab_text(lab).unwrap().start().await.unwrap();
    assert!(ask(&sim, "HV01", "Name", "MSCluster_Resource").await.is_empty());
    assert!(ask(&sim, "HV01", "Name", "MSCluster_Node").await.is_empty());
}
