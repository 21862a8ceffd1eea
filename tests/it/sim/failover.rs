//! VMs that move between the nodes of a cluster in the middle of a job, and nodes that fail.

use std::net::SocketAddr;

use hvsnap::sim::{RunningSimulator, Simulator, VmState};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::sim::{
    cluster::{CLUSTER, at, cluster, values},
    raw::{OPERATOR, Raw, WMI, basic, between, envelope, get, invoke, pass, post, settings_reference},
};

const SERVICE: &str = "Msvm_VirtualSystemSnapshotService";
const VMS: &str = "Msvm_ComputerSystem where Caption = 'Virtual Machine'";

/// DestroySnapshot of the last snapshot of a VM.
async fn destroy(sim: &RunningSimulator, address: SocketAddr, vm: &str) -> Raw {
    let snapshot = sim.snapshots_of(vm).unwrap().pop().unwrap().instance_id;
    let parameter = format!("<p:AffectedSnapshot>{}</p:AffectedSnapshot>", settings_reference(&snapshot));
    let key = [("CreationClassName", SERVICE)];
    invoke(&address, OPERATOR, &format!("{WMI}{SERVICE}"), &key, "DestroySnapshot", &parameter).await
}

/// The job in the answer to a call.
fn job(answer: &Raw) -> String {
    between(answer.text(), "Name=\"InstanceID\">", "<")
        .unwrap_or_else(|| panic!("{}", answer.text()))
        .to_owned()
}

async fn read_job(address: SocketAddr, job: &str) -> Raw {
    get(&address, &format!("{WMI}Msvm_ConcreteJob"), &[("InstanceID", job)]).await
}

fn names(sim: &RunningSimulator, vm: &str) -> Vec<String> {
    sim.snapshots_of(vm).unwrap().into_iter().map(|snapshot| snapshot.name).collect()
}

fn node(sim: &RunningSimulator, vm: &str) -> String {
    sim.vms().into_iter().find(|known| known.name == vm).unwrap().node
}

/// The text of everything that a connection yields until it ends, or the error.
async fn exchange(address: SocketAddr, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request).await?;
    let mut bytes = vec![0; 1];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}

fn identify() -> Vec<u8> {
    let action = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
    let uri = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_OperatingSystem";
    let headers = format!("Content-Type: application/soap+xml;charset=UTF-8\r\n{}", basic(OPERATOR));
    post(&headers, envelope(action, uri, &[], "").as_bytes())
}

async fn with(rule: &str) -> RunningSimulator {
    let lab = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/cluster.toml");
    Simulator::from_lab(lab).unwrap().seed(7).fault(rule.parse().unwrap()).start().await.unwrap()
}

#[tokio::test]
async fn a_job_is_local_to_the_node_and_goes_when_the_vm_moves() {
    let sim = cluster().await;
    let (first, second) = (at(&sim, "HV01"), at(&sim, "HV02"));
    let job = job(&destroy(&sim, first, "web-01").await);
    assert_eq!(read_job(first, &job).await.element("p:JobState"), Some("2"));
    assert_eq!(read_job(second, &job).await.fault(), 2150858752);
    sim.move_vm("web-01", "HV02").unwrap();
    for address in [first, second] {
        assert_eq!(read_job(address, &job).await.fault(), 2150858752);
    }
    assert!(values(second, CLUSTER, "InstanceID", "Msvm_ConcreteJob").await.is_empty());
    // Its work goes on, and can be seen at the VM.
    let deleting =
        values(second, WMI, "OperationalStatus", "Msvm_ComputerSystem where ElementName = 'web-01'");
    assert_eq!(deleting.await, ["11", "32770"]);
    pass(&sim, 60_000).await;
    assert_eq!(names(&sim, "web-01"), ["base"]);
    // It does not come back with the VM.
    sim.move_vm("web-01", "HV01").unwrap();
    assert_eq!(read_job(first, &job).await.fault(), 2150858752);
}

#[tokio::test]
async fn a_merge_goes_on_in_a_new_job_on_the_new_node() {
    let sim = cluster().await;
    destroy(&sim, at(&sim, "HV01"), "web-01").await;
    pass(&sim, 3_500).await;
    let merges = async |node| values(at(&sim, node), WMI, "InstanceID", "Msvm_StorageJob").await;
    let before = merges("HV01").await;
    assert_eq!(before.len(), 1);
    sim.move_vm("web-01", "HV03").unwrap();
    assert!(merges("HV01").await.is_empty());
    let after = merges("HV03").await;
    assert!(after.len() == 1 && after != before, "{before:?} {after:?}");
    pass(&sim, 60_000).await;
    let files = sim.vms().into_iter().find(|vm| vm.name == "web-01").unwrap().files;
    assert_eq!(files.len(), 1);
    assert!(!sim.vms()[0].is_merging);
}

#[tokio::test]
async fn a_rule_moves_a_vm_after_a_call_was_answered_or_before_it_is_carried_out() {
    let sim = with("on=DestroySnapshot,do=moves,node=HV03").await;
    assert_eq!(destroy(&sim, at(&sim, "HV01"), "web-01").await.element("p:ReturnValue"), Some("4096"));
    assert_eq!(node(&sim, "web-01"), "HV03");
    let sim = with("on=DestroySnapshot,do=moves,node=HV03,before=true").await;
    assert_eq!(destroy(&sim, at(&sim, "HV01"), "web-01").await.element("p:ReturnValue"), Some("32773"));
    assert_eq!(node(&sim, "web-01"), "HV03");
    assert!(sim.journal().last().unwrap().faults[0].contains("do=moves"));
}

#[tokio::test]
async fn a_rule_moves_a_vm_at_a_later_reading_of_its_job_and_can_cut_the_work_off() {
    for (job_is, left) in [("continues", vec!["base"]), ("is-cut-off", vec!["base", "before-upgrade"])] {
        let rule = format!("on=get,class=Msvm_ConcreteJob,nth=2,do=moves,node=HV02,job={job_is}");
        let sim = with(&rule).await;
        let address = at(&sim, "HV01");
        let job = job(&destroy(&sim, address, "web-01").await);
        for _ in 0..2 {
            assert_eq!(read_job(address, &job).await.element("p:InstanceID"), Some(&*job));
        }
        assert_eq!(read_job(address, &job).await.fault(), 2150858752);
        pass(&sim, 60_000).await;
        assert_eq!(
            (node(&sim, "web-01").as_str(), names(&sim, "web-01")),
            ("HV02", left.iter().map(|name| (*name).to_owned()).collect())
        );
        assert!(!sim.vms()[0].is_busy);
    }
}

#[tokio::test]
async fn a_node_that_fails_is_not_reachable_and_its_vms_come_up_elsewhere() {
    let sim = cluster().await;
    let (first, second) = (at(&sim, "HV01"), at(&sim, "HV02"));
    let job = job(&destroy(&sim, second, "db-01").await);
    let mut open = TcpStream::connect(second).await.unwrap();
    sim.fail_node("hv02").await.unwrap();
    assert_eq!(open.read(&mut [0]).await.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    let refused = exchange(second, &identify()).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    let third = at(&sim, "HV03");
    assert_eq!(values(third, WMI, "ElementName", VMS).await, ["db-01", "db-02", "app-01"]);
    assert_eq!(read_job(third, &job).await.fault(), 2150858752);
    assert_eq!(values(first, CLUSTER, "ElementName", VMS).await.len(), 4);
    // The job ended without an effect; the VM that ran was started anew, the one that was off stays off.
    pass(&sim, 60_000).await;
    assert_eq!(names(&sim, "db-01"), ["base", "nightly"]);
    let up = values(third, WMI, "UpTime", "Msvm_SummaryInformation where ElementName = 'db-01'").await;
    assert_eq!(up, ["60000"]);
    assert!(!sim.vms()[1].is_busy && sim.vms()[2].state == VmState::Off);
    sim.recover_node("HV02").await.unwrap();
    assert!(values(second, WMI, "ElementName", VMS).await.is_empty());
    assert_eq!(node(&sim, "db-01"), "HV03");
    for error in [sim.fail_node("HV09").await, sim.recover_node("HV09").await] {
        assert!(error.unwrap_err().to_string().contains("no node \"HV09\""));
    }
}

#[tokio::test]
async fn the_name_of_the_cluster_goes_to_another_node_with_new_connections_only() {
    let sim = cluster().await;
    let mut open = TcpStream::connect(sim.address()).await.unwrap();
    sim.fail_node("HV01").await.unwrap();
    assert_eq!(open.read(&mut [0]).await.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(values(sim.address(), WMI, "ElementName", VMS).await, ["web-01", "db-01", "db-02"]);
    let error = sim.move_vm("db-01", "HV01").unwrap_err().to_string();
    assert!(error.contains("no node \"HV01\" that is up"), "{error}");
    sim.fail_node("HV02").await.unwrap();
    sim.fail_node("HV03").await.unwrap();
    let refused = exchange(sim.address(), &identify()).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    sim.recover_node("HV02").await.unwrap();
    assert!(values(sim.address(), WMI, "ElementName", VMS).await.is_empty());
    assert_eq!(values(sim.address(), CLUSTER, "ElementName", VMS).await.len(), 4);
}

#[tokio::test]
async fn a_merge_begins_anew_when_its_node_fails() {
    let sim = cluster().await;
    destroy(&sim, at(&sim, "HV02"), "db-01").await;
    pass(&sim, 4_000).await;
    assert!(sim.vms()[1].is_merging);
    sim.fail_node("HV02").await.unwrap();
    assert!(!sim.vms()[1].is_merging);
    pass(&sim, 1_000).await;
    assert_eq!(values(at(&sim, "HV03"), WMI, "JobState", "Msvm_StorageJob").await.len(), 1);
    pass(&sim, 60_000).await;
    assert!(!sim.vms()[1].is_merging);
    assert_eq!(values(at(&sim, "HV03"), WMI, "JobState", "Msvm_StorageJob").await, ["7"]);
}

#[tokio::test]
async fn a_rule_lets_a_node_fail_when_a_call_was_carried_out_and_its_answer_is_lost() {
    let sim = with("on=DestroySnapshot,do=node-fails").await;
    let snapshot = sim.snapshots_of("db-01").unwrap().pop().unwrap().instance_id;
    let uri = format!("{WMI}{SERVICE}");
    let body = format!(
        "<p:DestroySnapshot_INPUT xmlns:p=\"{uri}\"><p:AffectedSnapshot>{}</p:AffectedSnapshot></p:DestroySnapshot_INPUT>",
        settings_reference(&snapshot)
    );
    let message = envelope(&format!("{uri}/DestroySnapshot"), &uri, &[("CreationClassName", SERVICE)], &body);
    let headers = format!("Content-Type: application/soap+xml;charset=UTF-8\r\n{}", basic(OPERATOR));
    let lost = exchange(at(&sim, "HV02"), &post(&headers, message.as_bytes())).await.unwrap_err();
    assert_eq!(lost.kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!((sim.calls("DestroySnapshot"), node(&sim, "db-01").as_str()), (1, "HV03"));
    let refused = exchange(at(&sim, "HV02"), &identify()).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn a_rule_lets_another_node_fail_and_the_answer_arrives() {
    let sim = with("on=get,at=HV01,do=node-fails,node=HV02,before=true").await;
    let raw = get(
        &at(&sim, "HV01"),
        "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_OperatingSystem",
        &[],
    )
    .await;
    assert_eq!(raw.element("p:CSName"), Some("HV01"));
    assert!(exchange(at(&sim, "HV02"), &identify()).await.is_err());
    assert_eq!(node(&sim, "db-02"), "HV03");
}

#[tokio::test]
async fn a_node_that_fails_before_a_call_is_carried_out_does_nothing() {
    let sim = with("on=get,do=node-fails,before=true,count=1").await;
    assert!(exchange(at(&sim, "HV03"), &identify()).await.is_err());
    assert_eq!(node(&sim, "app-01"), "HV01");
    assert_eq!(sim.journal().last().unwrap().outcome, hvsnap::sim::RequestOutcome::NotCarriedOut);
}

#[test]
fn a_rule_with_a_wrong_name_is_refused_by_line() {
    let lone = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n";
    let cluster = format!("{lone}[cluster]\nname = \"CLU1\"\n[[node]]\nname = \"HV02\"\n");
    for (head, rule, line, said) in [
        (lone, "do = \"node-fails\"\n", 5, "fault 1: do: the lab has no cluster"),
        (
            lone,
            "do = \"quota\"\nat = \"HV02\"\n",
            6,
            "fault 1: at: there is no node \"HV02\"; known are HV01",
        ),
        (&cluster, "do = \"moves\"\nnode = \"HV03\"\n", 10, "fault 1: node: there is no node \"HV03\""),
        (&cluster, "do = \"moves\"\nnode = \"HV02\"\nvm = \"w\"\n", 11, "fault 1: vm: there is no VM \"w\""),
    ] {
        let error = Simulator::from_lab_text(&format!("{head}[[fault]]\n{rule}")).unwrap_err();
        assert_eq!(error.line(), Some(line), "{error}");
        assert!(error.to_string().contains(said), "{error}");
    }
}
