//! A host that is the node of a cluster: which VMs it shows in which namespace, and one that moves to another node.

use hvsnap::sim::{RunningSimulator, Simulator};

use crate::sim::raw::{
    OPERATOR, Raw, WMI, between, destroy, enumeration, get, invoke, pass, settings_reference,
};

const SYSTEM: &str = "Msvm_ComputerSystem";
const SERVICE: &str = "Msvm_VirtualSystemSnapshotService";
const CLUSTER: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/HyperVCluster/v2/";

/// A host with a VM `here`, and another, `there`, on the node HV02.
async fn node() -> RunningSimulator {
    let lab = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n[service]\nallow_unencrypted = true\n\
        auth = [\"negotiate\", \"basic\"]\n[[user]]\nname = 'LAB\\operator'\npassword = \"correct-horse\"\n\
        [[vm]]\nname = \"here\"\n[[vm.snapshot]]\nname = \"base\"\n[[vm.snapshot]]\nname = \"top\"\nparent = \"base\"\n\
        [[vm]]\nname = \"there\"\nnode = \"HV02\"\n[[vm.snapshot]]\nname = \"base\"\n";
    Simulator::from_lab_text(lab).unwrap().seed(7).start().await.unwrap()
}

async fn query(sim: &RunningSimulator, namespace: &str, text: &str) -> Vec<String> {
    let body = format!(
        "<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>50</w:MaxElements>\
         <w:Filter Dialect=\"http://schemas.microsoft.com/wbem/wsman/1/WQL\">{text}</w:Filter></n:Enumerate>"
    );
    let raw = enumeration(sim, "Enumerate", &format!("{namespace}*"), &body).await;
    assert_eq!(raw.status, "HTTP/1.1 200 ", "{}", raw.text());
    let mut texts = items(&raw);
    // The rest of a set comes by pulls, one item at a time.
    let mut context = raw.element("n:EnumerationContext").map(str::to_owned);
    while let Some(at) = context.filter(|context| !context.is_empty()) {
        let body = format!("<n:Pull><n:EnumerationContext>{at}</n:EnumerationContext></n:Pull>");
        let raw = enumeration(sim, "Pull", &format!("{namespace}*"), &body).await;
        texts.extend(items(&raw));
        context = raw.element("n:EnumerationContext").map(str::to_owned);
    }
    texts
}

/// `name=node` of a summary, else the name alone.
fn items(raw: &Raw) -> Vec<String> {
    let parts = raw.text().split("<w:XmlFragment").skip(1);
    let text = |part: &str, tag: &str| {
        between(part, &format!("<{tag}>"), &format!("</{tag}>")).unwrap_or_default().to_owned()
    };
    parts.map(|part| [text(part, "ElementName"), text(part, "HostComputerSystemName")].join("=")).collect()
}

fn id(sim: &RunningSimulator, vm: &str) -> String {
    sim.vms().into_iter().find(|known| known.name == vm).unwrap().id
}

const OWNERS: &str = "select ElementName, HostComputerSystemName from Msvm_SummaryInformation";

#[tokio::test]
async fn the_namespace_of_the_cluster_has_the_vms_of_all_nodes_with_their_owner() {
    let sim = node().await;
    assert_eq!(query(&sim, CLUSTER, OWNERS).await, ["here=HV01", "there=HV02"]);
    assert_eq!(query(&sim, WMI, OWNERS).await, ["here=HV01"]);
    let names = format!("select ElementName from {SYSTEM} where Caption = 'Virtual Machine'");
    assert_eq!(query(&sim, CLUSTER, &names).await, ["here=", "there="]);
    assert_eq!(query(&sim, WMI, &names).await, ["here="]);
    let snapshots = "select ElementName from Msvm_VirtualSystemSettingData where ElementName = 'base'";
    assert_eq!(query(&sim, CLUSTER, snapshots).await.len(), 2);
    assert_eq!(query(&sim, WMI, snapshots).await.len(), 1);
    let there = id(&sim, "there");
    let keys = [("CreationClassName", SYSTEM), ("Name", there.as_str())];
    assert_eq!(get(&sim, &format!("{WMI}{SYSTEM}"), &keys).await.fault(), 2150858752);
    assert_eq!(get(&sim, &format!("{CLUSTER}{SYSTEM}"), &keys).await.element("p:ElementName"), Some("there"));
}

#[tokio::test]
async fn a_vm_of_another_node_is_unknown_to_methods_but_through_the_cluster() {
    let sim = node().await;
    let snapshot = sim.snapshots_of("there").unwrap().remove(0).instance_id;
    for (namespace, code) in [(WMI, "32773"), (CLUSTER, "4096")] {
        let reference = settings_reference(&snapshot).replace(WMI, namespace);
        let parameter = format!("<p:AffectedSnapshot>{reference}</p:AffectedSnapshot>");
        let uri = format!("{namespace}{SERVICE}");
        let key = [("CreationClassName", SERVICE)];
        let raw = invoke(&sim, OPERATOR, &uri, &key, "DestroySnapshot", &parameter).await;
        assert_eq!(raw.element("p:ReturnValue"), Some(code), "{}", raw.text());
    }
    pass(&sim, 60_000).await;
    assert!(sim.snapshots_of("there").unwrap().is_empty());
    let keys = [("CreationClassName", SYSTEM), ("Name", &*id(&sim, "there"))];
    let off = "<p:RequestedState>3</p:RequestedState>";
    let uri = format!("{WMI}{SYSTEM}");
    assert_eq!(invoke(&sim, OPERATOR, &uri, &keys, "RequestStateChange", off).await.fault(), 2150858752);
}

#[tokio::test]
async fn a_vm_that_moves_away_while_it_is_worked_on_leaves_an_empty_set_and_no_job() {
    let sim = node().await;
    let answer = destroy(&sim, "here", "base/top").await;
    let job = between(answer.text(), "Name=\"InstanceID\">", "<").unwrap().to_owned();
    let class = format!("{WMI}Msvm_ConcreteJob");
    assert_eq!(get(&sim, &class, &[("InstanceID", &job)]).await.element("p:JobState"), Some("2"));
    sim.move_vm("here", "HV02").unwrap();
    assert_eq!(sim.vms()[0].node, "HV02");
    assert_eq!(get(&sim, &class, &[("InstanceID", &job)]).await.fault(), 2150858752);
    assert!(query(&sim, WMI, OWNERS).await.is_empty());
    assert_eq!(query(&sim, CLUSTER, OWNERS).await, ["here=HV02", "there=HV02"]);
    // What was begun goes on, and is seen when the VM comes back.
    pass(&sim, 60_000).await;
    sim.move_vm("here", "hv01").unwrap();
    assert_eq!(query(&sim, WMI, OWNERS).await, ["here=HV01"]);
    let left: Vec<_> = sim.snapshots_of("here").unwrap().into_iter().map(|snapshot| snapshot.name).collect();
    assert_eq!(left, ["base"]);
    assert!(sim.move_vm("nobody", "HV02").is_err());
}

#[tokio::test]
async fn a_disk_that_another_node_has_open_cannot_be_read_from_here() {
    let sim = node().await;
    let images = "Msvm_ImageManagementService";
    let read = async || {
        let path = &sim.vms()[1].files[0];
        let (uri, key) = (format!("{WMI}{images}"), [("CreationClassName", images)]);
        let parameter = format!("<p:Path>{path}</p:Path>");
        let raw = invoke(&sim, OPERATOR, &uri, &key, "GetVirtualHardDiskSettingData", &parameter).await;
        raw.element("p:ReturnValue").unwrap().to_owned()
    };
    assert_eq!(read().await, "32768");
    sim.set_state("there", hvsnap::sim::VmState::Off).unwrap();
    assert_eq!(read().await, "0");
}

#[test]
fn a_vm_is_on_another_node_only_of_a_cluster() {
    let lab = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\ncluster = false\n[[vm]]\nname = \"v\"\nnode = \"HV02\"\n";
    let error = Simulator::from_lab_text(lab).unwrap_err();
    assert_eq!(error.line(), Some(7));
    assert!(error.to_string().contains("vm \"v\": node: the host is no node of a cluster"), "{error}");
}
