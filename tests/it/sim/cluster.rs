//! A cluster: nodes with addresses of their own, the cluster's name, identity and views of each node.

use std::net::SocketAddr;

use hvsnap::sim::{RunningSimulator, Simulator};

use crate::sim::raw::{OPERATOR, Raw, WMI, WQL, between, enumeration, get, invoke, settings_reference};

pub(super) const CLUSTER: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/HyperVCluster/v2/";
const CIMV2: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/";
const SYSTEM: &str = "Msvm_ComputerSystem";
const SERVICE: &str = "Msvm_VirtualSystemSnapshotService";

/// The published lab on a virtual clock.
pub(super) async fn cluster() -> RunningSimulator {
    let lab = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/cluster.toml");
    Simulator::from_lab(lab).unwrap().seed(7).start().await.unwrap()
}

/// The address of a node.
pub(super) fn at(sim: &RunningSimulator, node: &str) -> SocketAddr {
    let url = sim.endpoint_of(node).unwrap();
    between(&url, "://", "/").unwrap().parse().unwrap()
}

/// The values of one property that a query selects, in the order of the answer.
pub(super) async fn values(address: SocketAddr, namespace: &str, property: &str, rest: &str) -> Vec<String> {
    let raw = select(address, namespace, property, rest).await;
    assert_eq!(raw.status, "HTTP/1.1 200 ", "{}", raw.text());
    let mut values = found(&raw, property);
    let mut context = raw.element("n:EnumerationContext").map(str::to_owned);
    while let Some(at) = context.filter(|context| !context.is_empty()) {
        let body = format!("<n:Pull><n:EnumerationContext>{at}</n:EnumerationContext></n:Pull>");
        let raw = enumeration(&address, "Pull", &format!("{namespace}*"), &body).await;
        values.extend(found(&raw, property));
        context = raw.element("n:EnumerationContext").map(str::to_owned);
    }
    values
}

async fn select(address: SocketAddr, namespace: &str, property: &str, rest: &str) -> Raw {
    let body = format!(
        "<n:Enumerate><w:OptimizeEnumeration/><w:Filter Dialect=\"{WQL}\">select {property} from {rest}</w:Filter>\
         </n:Enumerate>"
    );
    enumeration(&address, "Enumerate", &format!("{namespace}*"), &body).await
}

fn found(raw: &Raw, property: &str) -> Vec<String> {
    let tag = format!("<{property}>");
    let parts = raw.text().split(&tag).skip(1);
    parts.map(|part| part.split('<').next().unwrap().to_owned()).collect()
}

const VMS: &str = "Msvm_ComputerSystem where Caption = 'Virtual Machine'";

#[tokio::test]
async fn each_node_has_an_address_and_shows_its_own_vms() {
    let sim = cluster().await;
    let names: Vec<_> = sim.nodes().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["HV01", "HV02", "HV03"]);
    assert_eq!(sim.endpoint_of("clu1").as_deref(), Some(sim.endpoint()));
    assert_eq!(sim.endpoint_of("hv02.lab.example"), sim.endpoint_of("HV02"));
    assert_eq!(sim.endpoint_of("HV04"), None);
    for (node, vms) in [("HV01", vec!["web-01"]), ("HV02", vec!["db-01", "db-02"]), ("HV03", vec!["app-01"])]
    {
        assert_eq!(values(at(&sim, node), WMI, "ElementName", VMS).await, vms);
        assert_eq!(values(at(&sim, node), CLUSTER, "ElementName", VMS).await.len(), 4);
    }
    // The first node has the name of the cluster.
    assert_eq!(values(sim.address(), WMI, "ElementName", VMS).await, ["web-01"]);
    let owners = values(sim.address(), CLUSTER, "HostComputerSystemName", "Msvm_SummaryInformation").await;
    assert_eq!(owners, ["HV01", "HV02", "HV02", "HV03"]);
    let reached: Vec<_> = sim.journal().into_iter().map(|entry| entry.node).collect();
    assert!(
        reached.contains(&"HV03".to_owned()) && reached.last() == Some(&"HV01".to_owned()),
        "{reached:?}"
    );
}

#[tokio::test]
async fn a_node_answers_by_its_own_name() {
    let sim = cluster().await;
    let node = at(&sim, "HV02");
    let hosts = "Msvm_ComputerSystem where Caption = 'Hosting Computer System'";
    assert_eq!(values(node, WMI, "Name", hosts).await, ["HV02"]);
    assert_eq!(values(node, CIMV2, "CSName", "Win32_OperatingSystem").await, ["HV02"]);
    assert_eq!(values(node, CIMV2, "DNSHostName", "Win32_ComputerSystem").await, ["hv02"]);
    assert_eq!(values(node, WMI, "SystemName", SERVICE).await, ["HV02"]);
    let parents = values(node, WMI, "Parent", "Msvm_VirtualSystemSettingData where Parent is not null").await;
    assert!(
        parents.iter().all(|parent| parent.starts_with(r"\\HV02\root\virtualization\v2:")),
        "{parents:?}"
    );
    let nobody = [("CreationClassName", SYSTEM), ("Name", "0A1B2C3D-0005-4000-8000-00000000A001")];
    let raw = get(&node, &format!("{WMI}{SYSTEM}"), &nobody).await;
    assert_eq!(raw.fault(), 2150858752);
    assert!(raw.text().contains("Machine=\"hv02.lab.example\""), "{}", raw.text());
}

#[tokio::test]
async fn the_namespace_of_the_cluster_is_about_the_cluster() {
    let sim = cluster().await;
    let hosts = "Msvm_ComputerSystem where Caption = 'Hosting Computer System'";
    for node in ["HV01", "HV03"] {
        let node = at(&sim, node);
        assert_eq!(values(node, CLUSTER, "SystemName", SERVICE).await, ["CLU1"]);
        assert_eq!(values(node, CLUSTER, "Name", hosts).await, ["CLU1"]);
        assert_eq!(values(node, CLUSTER, "EnabledState", hosts).await, ["5"]);
    }
}

#[tokio::test]
async fn a_context_belongs_to_its_node() {
    let sim = cluster().await;
    let raw = select(at(&sim, "HV02"), WMI, "ElementName", VMS).await;
    let context = raw.element("n:EnumerationContext").unwrap();
    let body = format!("<n:Pull><n:EnumerationContext>{context}</n:EnumerationContext></n:Pull>");
    let pull = async |node| enumeration(&at(&sim, node), "Pull", &format!("{WMI}*"), &body).await;
    assert_eq!(pull("HV01").await.fault(), 2150858779);
    assert_eq!(found(&pull("HV02").await, "ElementName"), ["db-02"]);
}

#[tokio::test]
async fn a_snapshot_is_destroyed_on_the_node_of_its_vm() {
    let sim = cluster().await;
    let snapshot = sim.snapshots_of("db-01").unwrap().pop().unwrap().instance_id;
    let parameter = format!("<p:AffectedSnapshot>{}</p:AffectedSnapshot>", settings_reference(&snapshot));
    let uri = format!("{WMI}{SERVICE}");
    let key = [("CreationClassName", SERVICE)];
    for (node, code) in [("HV01", "32773"), ("HV02", "4096")] {
        let raw = invoke(&at(&sim, node), OPERATOR, &uri, &key, "DestroySnapshot", &parameter).await;
        assert_eq!(raw.element("p:ReturnValue"), Some(code), "{}", raw.text());
    }
}

#[tokio::test]
async fn a_vm_moves_between_nodes_of_the_cluster_only() {
    let sim = cluster().await;
    sim.move_vm("web-01", "hv03").unwrap();
    assert_eq!(values(at(&sim, "HV03"), WMI, "ElementName", VMS).await, ["web-01", "app-01"]);
    assert!(values(at(&sim, "HV01"), WMI, "ElementName", VMS).await.is_empty());
    let error = sim.move_vm("web-01", "HV04").unwrap_err().to_string();
    assert!(error.contains("no node \"HV04\""), "{error}");
}

#[test]
fn a_wrong_cluster_is_refused_by_line() {
    let head = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n";
    for (rest, line, said) in [
        ("[[node]]\nname = \"HV02\"\n", 5, "node: name: the lab has no cluster"),
        ("[cluster]\nname = \"hv01\"\n", 5, "cluster: name: the name of the host"),
        ("[cluster]\nname = \"\"\n", 5, "cluster: name: empty"),
        (
            "cluster = false\n[cluster]\nname = \"CLU1\"\n",
            6,
            "cluster: name: the host is no node of a cluster",
        ),
        (
            "[cluster]\nname = \"CLU1\"\n[[node]]\nname = \"HV02\"\n[[node]]\nname = \"hv02\"\n",
            9,
            "node: name: \"hv02\" is the name of the cluster, or of another node",
        ),
        (
            "[cluster]\nname = \"CLU1\"\n[[node]]\nname = \"HV02\"\n[[vm]]\nname = \"v\"\nnode = \"HV03\"\n",
            10,
            "vm \"v\": node: the cluster has no node \"HV03\"; known are HV01, HV02",
        ),
    ] {
        let error = Simulator::from_lab_text(&format!("{head}{rest}")).unwrap_err();
        assert_eq!(error.line(), Some(line), "{error}");
        assert!(error.to_string().contains(said), "{error}");
    }
}
