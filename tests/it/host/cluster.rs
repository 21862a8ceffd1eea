//! A failover cluster: VMs on the nodes that own them, and VMs that move while they are worked on; the simulator is the oracle.

use std::{sync::Arc, time::Duration};

use hvsnap::{
    Client, Cluster, Credentials, Effect, Endpoint, Error, ErrorKind, Host, JobConclusion, Observation, Open,
    Outcome, Progress, Secret, Until, Vm, Wait,
    cim::Namespace,
    clock::{Clock as _, VirtualClock},
    explain::ErrorId,
    hyperv::{DestroyScope, FindError, MergeState, Plan, StateChange},
    journal::{Journal, MemoryJournal, Operation, OperationId, Status},
    sim::{RunningSimulator, Simulator},
};

use crate::{
    host::{
        IntoHost,
        journaled::{is_there, operations},
    },
    scripted::{
        Reply, ScriptedHost,
        envelopes::{VM, computer_system, fault, instance, items, service, tree_before},
    },
};

const LAB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/cluster.toml");

async fn sim() -> RunningSimulator {
    Simulator::from_lab(LAB).unwrap().seed(7).start().await.unwrap()
}

pub(super) fn endpoint(url: &str) -> Endpoint {
    Endpoint::from_url(url).unwrap()
}

/// The cluster through its name.
fn cluster(sim: &RunningSimulator, journal: &MemoryJournal) -> Cluster {
    through(sim, sim.client_builder().host(), journal)
}

fn through(sim: &RunningSimulator, host: Host, journal: &MemoryJournal) -> Cluster {
    let cluster = Cluster::new(host.journal(Arc::new(journal.clone())));
    sim.nodes().into_iter().fold(cluster, |cluster, (node, url)| cluster.node(node, endpoint(&url)))
}

async fn reached(sim: &RunningSimulator) -> (Cluster, MemoryJournal) {
    let journal = MemoryJournal::new();
    (cluster(sim, &journal), journal)
}

pub(super) async fn plan(vm: &Vm, snapshot: &str) -> Plan {
    let tree = vm.snapshots().await.unwrap();
    tree.plan_destroy(tree.find(snapshot).unwrap().id(), DestroyScope::Single).unwrap().into()
}

/// Where each call of this method was sent.
fn called_on(sim: &RunningSimulator, method: &str) -> Vec<String> {
    let calls = sim.journal().into_iter().filter(|entry| entry.method.as_deref() == Some(method));
    calls.map(|entry| entry.node).collect()
}

fn limit() -> Wait {
    Wait::until(Until::Merged).timeout(Duration::from_secs(1200))
}

/// Begins, and moves the VM as soon as the wait tells `state`.
async fn move_at(
    sim: &RunningSimulator,
    vm: &Vm,
    plan: Plan,
    state: &str,
    node: &str,
) -> (Result<Outcome, Error>, Vec<String>) {
    let mut told: Vec<String> = Vec::new();
    let begun = vm.begin(plan).await.unwrap();
    let outcome = begun
        .wait(limit(), |progress: &Progress| {
            if progress.state == state && !told.contains(&progress.state) {
                sim.move_vm(vm.name(), node).unwrap();
            }
            told.push(progress.state.clone());
        })
        .await;
    (outcome, told)
}

#[tokio::test]
async fn the_vms_of_all_nodes_are_listed_with_their_owners() {
    let sim = sim().await;
    let (cluster, _) = reached(&sim).await;
    let mut listed: Vec<_> = cluster
        .vms()
        .await
        .unwrap()
        .into_iter()
        .map(|vm| (vm.record.element_name, vm.node.unwrap()))
        .collect();
    listed.sort();
    let wanted = [("app-01", "HV03"), ("db-01", "HV02"), ("db-02", "HV02"), ("web-01", "HV01")];
    assert_eq!(listed, wanted.map(|(vm, node)| (vm.to_owned(), node.to_owned())));
    assert_eq!(sim.requests(), 4, "one query for the VMs and one for the owners, each with a second page");
    assert_eq!(cluster.nodes().await.unwrap(), ["HV01", "HV02", "HV03"]);
    // Any node answers for all.
    let node = sim.client_builder_of("HV03").unwrap().build().unwrap();
    assert_eq!(Cluster::new(node).vms().await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_vm_is_found_by_name_or_guid_and_worked_on_where_it_is() {
    let sim = sim().await;
    let (cluster, journal) = reached(&sim).await;
    let vm = cluster.vm("db-01").await.unwrap();
    assert_eq!(vm.node(), Some("HV02"));
    assert_eq!(cluster.vm(&vm.id().to_lowercase()).await.unwrap().name(), "db-01");
    assert_eq!(cluster.owner_of(vm.id()).await.unwrap().as_deref(), Some("HV02"));
    let error = cluster.vm("db-03").await.unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Find(FindError::NotFound { similar, .. }) if similar.len() >= 2)
    );

    let outcome = vm.begin(plan(&vm, "nightly").await).await.unwrap().wait(limit(), |_| {}).await.unwrap();
    assert_eq!((outcome.status, outcome.merge.state), (Status::Done, MergeState::Finished));
    assert_eq!(outcome.node.as_deref(), Some("HV02"));
    assert!(!is_there(&sim, "db-01", "nightly"));
    assert_eq!(called_on(&sim, "DestroySnapshot"), ["HV02"]);
    let [operation] = operations(&journal).try_into().unwrap();
    assert_eq!(
        (operation.intent.node.as_deref(), operation.intent.system.as_deref()),
        (Some("HV02"), Some("HV02"))
    );
    assert_eq!(operation.intent.endpoint, sim.endpoint(), "the address that was given");
    assert_eq!(operation.conclusion.unwrap().outcome.node.as_deref(), Some("HV02"));
}

#[tokio::test]
async fn every_kind_of_operation_is_called_on_the_node_of_its_vm() {
    let sim = sim().await;
    let (cluster, _) = reached(&sim).await;
    let done = async |vm: &Vm, plan: Plan| {
        let outcome = vm.begin(plan).await.unwrap().wait(limit(), |_| {}).await.unwrap();
        assert_eq!(outcome.status, Status::Done);
        vm.snapshots().await.unwrap()
    };
    let vm = cluster.vm("db-02").await.unwrap();
    let tree = done(&vm, vm.snapshots().await.unwrap().plan_create(None).into()).await;
    let created = tree.snapshots().iter().find(|snapshot| snapshot.element_name() != "base").unwrap();
    let renamed = hvsnap::hyperv::Change::default().name("renamed".to_owned());
    let tree = done(&vm, tree.plan_modify(created.id(), renamed).unwrap().into()).await;
    let tree = done(&vm, tree.plan_apply(tree.find("base").unwrap().id()).unwrap().into()).await;
    done(&vm, tree.plan_state(StateChange::Start, vm.record().state).into()).await;
    for method in ["CreateSnapshot", "ModifySystemSettings", "ApplySnapshot", "RequestStateChange"] {
        assert_eq!(called_on(&sim, method), ["HV02"], "{method}");
    }
    assert!(is_there(&sim, "db-02", "renamed"));
}

#[tokio::test]
async fn a_plan_that_was_made_before_the_vm_moved_is_begun_on_its_new_node() {
    let sim = sim().await;
    let (cluster, journal) = reached(&sim).await;
    let vm = cluster.vm("db-01").await.unwrap();
    let plan = plan(&vm, "nightly").await;
    sim.move_vm("db-01", "HV03").unwrap();
    let outcome = vm.begin(plan).await.unwrap().wait(limit(), |_| {}).await.unwrap();
    assert_eq!((outcome.status, outcome.node.as_deref()), (Status::Done, Some("HV03")));
    assert_eq!(called_on(&sim, "DestroySnapshot"), ["HV03"]);
    assert_eq!(operations(&journal)[0].intent.node.as_deref(), Some("HV03"));

    // The tree there must still be the one that was planned on.
    let vm = cluster.vm("app-01").await.unwrap();
    let stale = self::plan(&vm, "patched").await;
    sim.move_vm("app-01", "HV01").unwrap();
    sim.add_snapshot("app-01", Some("base"), "another").unwrap();
    let error = vm.begin(stale).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Stale(_)), "{error}");
    assert_eq!((error.effect(), called_on(&sim, "DestroySnapshot").len()), (Effect::None, 1));
}

#[tokio::test]
async fn a_vm_that_moves_while_a_destroy_runs_is_judged_on_its_new_node() {
    let sim = sim().await;
    let (cluster, _) = reached(&sim).await;
    let vm = cluster.vm("db-01").await.unwrap();
    let (outcome, told) = move_at(&sim, &vm, plan(&vm, "nightly").await, "running", "HV03").await;
    let outcome = outcome.unwrap();
    assert_eq!((outcome.status, outcome.node.as_deref()), (Status::Done, Some("HV03")), "{told:?}");
    assert!(outcome.is_verified && matches!(outcome.job, JobConclusion::Vanished), "{:?}", outcome.job);
    assert!(told.contains(&"the VM has moved to HV03".to_owned()), "{told:?}");
    assert!(outcome.observations.contains(&Observation::Moved("HV02".to_owned(), "HV03".to_owned())));
    assert!(!is_there(&sim, "db-01", "nightly"));
    assert_eq!(called_on(&sim, "DestroySnapshot"), ["HV02"], "never a second call");
}

#[tokio::test]
async fn a_destroy_that_a_move_has_cut_off_is_not_done() {
    let sim = sim().await;
    let (cluster, _) = reached(&sim).await;
    sim.inject("on=DestroySnapshot,do=moves,node=HV03,job=is-cut-off".parse().unwrap());
    let vm = cluster.vm("db-01").await.unwrap();
    let begun = vm.begin(plan(&vm, "nightly").await).await.unwrap();
    let error = begun.wait(limit(), |_| {}).await.unwrap_err();
    let outcome = error.outcome().unwrap();
    assert_eq!((error.effect(), outcome.status), (Effect::None, Status::NotDone), "{error}");
    assert_eq!(outcome.node.as_deref(), Some("HV03"));
    assert!(matches!(error.kind(), ErrorKind::JobVanished), "{error}");
    assert!(is_there(&sim, "db-01", "nightly"));
}

#[tokio::test]
async fn a_node_that_fails_while_a_destroy_runs_leaves_it_to_be_judged_on_the_next_node() {
    for node in ["HV02", "HV03"] {
        let sim = sim().await;
        let (cluster, _) = reached(&sim).await;
        let name = if node == "HV02" { "db-01" } else { "app-01" };
        let snapshot = if node == "HV02" { "nightly" } else { "patched" };
        let vm = cluster.vm(name).await.unwrap();
        sim.inject(format!("on=get,at={node},class=Msvm_ConcreteJob,do=node-fails").parse().unwrap());
        let mut told = Vec::new();
        let begun = vm.begin(plan(&vm, snapshot).await).await.unwrap();
        let ended = begun.wait(limit(), |progress| told.push(progress.state.clone())).await;
        let error = ended.unwrap_err();
        let outcome = error.outcome().unwrap();
        assert_eq!((error.effect(), outcome.status), (Effect::None, Status::NotDone), "{error} {told:?}");
        assert!(outcome.node.as_deref().is_some_and(|now| now != node), "{outcome:?}");
        assert!(is_there(&sim, name, snapshot));
        assert_eq!(called_on(&sim, "DestroySnapshot"), [node]);
    }
}

#[tokio::test]
async fn a_call_whose_answer_is_lost_with_its_node_is_judged_on_the_next_node() {
    let sim = sim().await;
    let (cluster, journal) = reached(&sim).await;
    let vm = cluster.vm("db-01").await.unwrap();
    let plan = plan(&vm, "nightly").await;
    sim.inject("on=DestroySnapshot,do=node-fails".parse().unwrap());
    let error = vm.begin(plan).await.unwrap().wait(limit(), |_| {}).await.unwrap_err();
    assert_eq!(error.outcome().unwrap().status, Status::NotDone, "{error}");
    assert!(operations(&journal)[0].is_concluded());
    assert!(is_there(&sim, "db-01", "nightly"));
}

#[tokio::test]
async fn a_vm_that_moves_while_its_disks_merge_is_followed() {
    let sim = sim().await;
    let (cluster, _) = reached(&sim).await;
    let vm = cluster.vm("db-01").await.unwrap();
    let (outcome, told) = move_at(&sim, &vm, plan(&vm, "nightly").await, "merging disks", "HV03").await;
    let outcome = outcome.unwrap();
    assert_eq!((outcome.status, outcome.merge.state), (Status::Done, MergeState::Finished), "{told:?}");
    assert!(told.contains(&"the VM has moved to HV03".to_owned()), "{told:?}");
}

#[tokio::test]
async fn whose_a_snapshot_is_that_appears_while_the_vm_moves_is_not_known() {
    let sim = sim().await;
    let (cluster, journal) = reached(&sim).await;
    let vm = cluster.vm("db-02").await.unwrap();
    let create = vm.snapshots().await.unwrap().plan_create(None);
    let (outcome, told) = move_at(&sim, &vm, create.into(), "running", "HV01").await;
    let error = outcome.unwrap_err();
    let outcome = error.outcome().unwrap();
    assert_eq!((error.effect(), outcome.status), (Effect::Unknown, Status::Unknown), "{error}: {told:?}");
    assert!(matches!(outcome.open, Some(Open::WhoseSnapshot(_))), "{:?}", outcome.open);
    assert_eq!(called_on(&sim, "CreateSnapshot"), ["HV02"]);
    assert!(!operations(&journal)[0].is_concluded());
    // It stays open, and lets nothing else begin.
    let vm = cluster.vm("db-02").await.unwrap();
    let error = vm.begin(plan(&vm, "base").await).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::EarlierOpen(_)), "{error}");
    assert_eq!((operations(&journal).len(), called_on(&sim, "DestroySnapshot").len()), (1, 0));
}

/// An operation that the host has accepted, and that is not waited for.
async fn accepted(cluster: &Cluster, journal: &MemoryJournal, vm: &str, snapshot: &str) -> Operation {
    let vm = cluster.vm(vm).await.unwrap();
    let _ = vm.begin(plan(&vm, snapshot).await).await.unwrap().wait(Until::Accepted, |_| {}).await.unwrap();
    operations(journal).pop().unwrap()
}

#[tokio::test]
async fn an_operation_is_resumed_on_the_node_that_the_vm_has_moved_to() {
    let sim = sim().await;
    let (cluster, journal) = reached(&sim).await;
    let operation = accepted(&cluster, &journal, "db-01", "nightly").await;
    sim.move_vm("db-01", "HV01").unwrap();
    let resumed = cluster.resume_waiting(&operation, limit(), |_| {}).await.unwrap();
    assert_eq!((resumed.outcome.status, resumed.outcome.node.as_deref()), (Status::Done, Some("HV01")));
    assert!(journal.read(operation.id()).unwrap().unwrap().is_concluded());
    assert_eq!(called_on(&sim, "DestroySnapshot"), ["HV02"]);
}

#[tokio::test]
async fn what_was_begun_on_a_node_by_itself_is_resolved_before_the_next_operation_through_the_cluster() {
    let sim = sim().await;
    let journal = MemoryJournal::new();
    let host = sim.client_builder_of("HV02").unwrap().host().journal(Arc::new(journal.clone()));
    let vm = host.vm("db-01").await.unwrap();
    let _ = vm.begin(plan(&vm, "nightly").await).await.unwrap().wait(Until::Accepted, |_| {}).await.unwrap();
    sim.move_vm("db-01", "HV03").unwrap();
    sim.clock().virtual_clock().unwrap().advance(Duration::from_secs(15 * 60));
    let cluster = cluster(&sim, &journal);
    let vm = cluster.vm("db-01").await.unwrap();
    let recovered = vm.recover_earlier().await.unwrap();
    assert_eq!(recovered.iter().map(|earlier| earlier.outcome.status).collect::<Vec<_>>(), [Status::Done]);
}

#[tokio::test]
async fn a_vm_is_locked_whatever_node_it_is_reached_through() {
    let sim = sim().await;
    let journal = MemoryJournal::new();
    let vm = cluster(&sim, &journal).vm("db-01").await.unwrap();
    let plan = plan(&vm, "nightly").await;
    sim.move_vm("db-01", "HV03").unwrap();
    let id: OperationId = "aaaaaaaa-0000-4000-8000-000000000001".parse().unwrap();
    // Another process works on it through HV03.
    let lock = journal.lock(vm.id(), id).unwrap();
    let error = vm.begin(plan.clone()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Locked(_)), "{error}");
    assert_eq!((error.effect(), called_on(&sim, "DestroySnapshot").len()), (Effect::None, 0));
    drop(lock);
    let _ = vm.begin(plan).await.unwrap().wait(limit(), |_| {}).await.unwrap();
}

#[tokio::test]
async fn a_node_that_cannot_be_reached_is_named_with_what_to_do() {
    let sim = sim().await;
    let (cluster, journal) = reached(&sim).await;
    // Nothing listens there.
    let cut_off = cluster.clone().node("HV02", endpoint("http://127.0.0.1:9/wsman"));
    let error = cut_off.vm("db-01").await.unwrap_err();
    assert_eq!((error.node(), error.effect()), (Some("HV02"), Effect::None));
    let text = error.to_string();
    assert!(text.contains("on the node HV02") && text.contains("127.0.0.1:9"), "{text}");
    assert!(error.report().next.to_string().contains("address of the node"), "{:?}", error.report());
    assert_eq!(cut_off.vm("web-01").await.unwrap().node(), Some("HV01"), "the others are as near as before");

    // An operation whose VM has moved to that node is not known, and stays open.
    let operation = accepted(&cluster, &journal, "web-01", "before-upgrade").await;
    sim.move_vm("web-01", "HV02").unwrap();
    let resumed = cut_off.resume_waiting(&operation, limit(), |_| {}).await.unwrap();
    assert_eq!(
        (resumed.outcome.status, &resumed.outcome.open),
        (Status::Unknown, &Some(Open::HostNotReadable))
    );
    let why = resumed.outcome.observations.iter().find(|seen| matches!(seen, Observation::VmUnreadable(_)));
    assert!(why.unwrap().to_string().contains("on the node HV02"), "{why:?}");
    let resumed = cluster.resume_waiting(&operation, limit(), |_| {}).await.unwrap();
    assert_eq!(resumed.outcome.status, Status::Done);
}

#[tokio::test]
async fn a_vm_that_no_node_shows_is_looked_for_until_the_deadline_and_then_not_known() {
    let sim = sim().await;
    let (cluster, journal) = reached(&sim).await;
    let operation = accepted(&cluster, &journal, "db-01", "nightly").await;
    let cut_off = cluster.clone().node("HV03", endpoint("http://127.0.0.1:9/wsman"));
    sim.move_vm("db-01", "HV03").unwrap();
    let before = sim.clock().now();
    let minute = Wait::until(Until::Merged).timeout(Duration::from_secs(60));
    let resumed = cut_off.resume_waiting(&operation, minute, |_| {}).await.unwrap();
    let took = sim.clock().now() - before;
    assert_eq!(resumed.outcome.status, Status::Unknown);
    assert!((50..=70).contains(&took.as_secs()), "{took:?}");
    assert!(!journal.read(operation.id()).unwrap().unwrap().is_concluded());
}

#[tokio::test]
async fn through_the_cluster_the_seed_s_method_is_called_in_its_namespace() {
    let sim = sim().await;
    let journal = MemoryJournal::new();
    let host = sim.client_builder().host().namespace(Namespace::cluster()).journal(Arc::new(journal.clone()));
    let vm = host.vm("db-01").await.unwrap();
    assert_eq!(vm.node(), None);
    let outcome = vm.begin(plan(&vm, "nightly").await).await.unwrap().wait(limit(), |_| {}).await.unwrap();
    assert_eq!(outcome.status, Status::Done);
    assert!(!is_there(&sim, "db-01", "nightly"));
    let [operation] = operations(&journal).try_into().unwrap();
    assert_eq!((operation.intent.node, operation.intent.namespace), (None, Namespace::cluster()));
}

pub(super) const SUMMARY: &str = "from Msvm_SummaryInformation";
const RESOURCE: &str = "from MSCluster_Resource";

/// A cluster that answers what it is told to.
pub(super) async fn scripted() -> (ScriptedHost, Cluster) {
    let host = ScriptedHost::start().await;
    host.on("from Msvm_ComputerSystem", [items(&[computer_system(&["2"])])])
        .on("from Msvm_VirtualSystemSettingData", [tree_before()])
        .on("from Msvm_VirtualSystemSnapshotService", [service()])
        .on(SUMMARY, [items(&[])])
        .on(RESOURCE, [items(&[])]);
    let client = Client::builder(host.url())
        .credentials(Credentials::basic("ops", Secret::new("secret")))
        .clock(Arc::new(VirtualClock::starting_at(Duration::from_secs(1_790_000_000))));
    let cluster = Cluster::new(client.build().unwrap()).node("HV02", endpoint(&host.url()));
    (host, cluster)
}

pub(super) fn summary(properties: &[(&str, &str)]) -> Reply {
    items(&[instance("Msvm_SummaryInformation", properties)])
}

#[tokio::test]
async fn where_no_summary_tells_the_owner_the_resource_of_the_vm_does() {
    let invalid_class = || fault("Sender", "DestinationUnreachable", 2_150_858_752);
    for reply in [
        summary(&[("Name", VM)]),
        summary(&[("Name", VM), ("HostComputerSystemName", "")]),
        summary(&[("Name", "another"), ("HostComputerSystemName", "HV01")]),
        items(&[]),
        invalid_class(),
    ] {
        let (host, cluster) = scripted().await;
        let resource =
            instance("MSCluster_Resource", &[("Name", "Virtual Machine web-01"), ("OwnerNode", "HV02")]);
        host.on(SUMMARY, [reply]).on(RESOURCE, [items(&[resource])]);
        assert_eq!(cluster.vm("web-01").await.unwrap().node(), Some("HV02"));
        assert_eq!(host.count(&format!("PrivateProperties.VmID = '{VM}'")), 1);
        assert_eq!(cluster.vms().await.unwrap()[0].node.as_deref(), Some("HV02"));
    }
}

#[tokio::test]
async fn an_owner_that_the_cluster_does_not_tell_is_not_guessed() {
    for reply in [items(&[]), fault("Sender", "DestinationUnreachable", 2_150_858_752)] {
        let (host, cluster) = scripted().await;
        host.on(RESOURCE, [reply]);
        let error = cluster.vm("web-01").await.unwrap_err();
        assert_eq!((error.id(), error.effect()), (ErrorId::NODE_UNKNOWN, Effect::None));
        assert!(matches!(error.kind(), ErrorKind::NodeUnknown { owner: None }), "{error}");
        assert_eq!(cluster.vms().await.unwrap()[0].node, None);
    }
}

#[tokio::test]
async fn the_nodes_are_those_of_the_vms_where_the_cluster_itself_may_not_be_seen() {
    let (host, cluster) = scripted().await;
    let denied = fault("Receiver", "InternalError", 2_150_859_012);
    host.on("from MSCluster_Node", [denied, items(&[instance("MSCluster_Node", &[("Name", "HV07")])])])
        .on(SUMMARY, [summary(&[("Name", VM), ("HostComputerSystemName", "HV01")])]);
    assert_eq!(cluster.nodes().await.unwrap(), ["HV01", "HV02"]);
    assert_eq!(cluster.nodes().await.unwrap(), ["HV07"]);
}

#[tokio::test]
async fn a_vm_that_is_not_on_the_node_that_the_cluster_names_is_looked_up_once_more() {
    let (host, cluster) = scripted().await;
    host.on(SUMMARY, [summary(&[("Name", VM), ("HostComputerSystemName", "HV02")])]);
    host.on("<w:ResourceURI s:mustUnderstand=\"true\">http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/*", [
        items(&[]),
        items(&[computer_system(&["2"])]),
    ]);
    assert_eq!(cluster.vm("web-01").await.unwrap().node(), Some("HV02"));
    host.on("<w:ResourceURI s:mustUnderstand=\"true\">http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/*", [items(&[])]);
    let error = cluster.vm("web-01").await.unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::NodeUnknown { owner: Some(node) } if node == "HV02"),
        "{error}"
    );
}

#[tokio::test]
async fn a_password_does_not_go_to_a_node_outside_the_domain_of_the_cluster() {
    let (host, cluster) = scripted().await;
    host.on(SUMMARY, [summary(&[("Name", VM), ("HostComputerSystemName", "hv09.elsewhere.example")])]);
    let error = cluster.vm("web-01").await.unwrap_err();
    assert_eq!((error.id(), error.effect()), (ErrorId::NODE_ADDRESS, Effect::None));
    assert!(error.to_string().contains("hv09.elsewhere.example"), "{error}");
}

#[tokio::test]
async fn what_is_read_of_a_vm_is_read_where_it_is() {
    let sim = sim().await;
    let (cluster, _) = reached(&sim).await;
    let vm = cluster.vm("db-01").await.unwrap();
    sim.move_vm("db-01", "HV03").unwrap();
    assert_eq!(vm.snapshots().await.unwrap().len(), 2);
    assert_eq!(vm.refresh().await.unwrap().element_name, "db-01");
}

#[tokio::test]
async fn a_deadline_of_one_handle_is_not_that_of_another() {
    let sim = sim().await;
    let (cluster, _) = reached(&sim).await;
    let deadline = hvsnap::Deadline::new(sim.clock().now(), Duration::from_secs(60));
    let bound = cluster.with_deadline(deadline);
    assert_eq!(bound.vm("db-01").await.unwrap().snapshots().await.unwrap().len(), 2);
    sim.clock().virtual_clock().unwrap().advance(Duration::from_secs(61));
    assert!(bound.vm("db-01").await.unwrap_err().is_timeout());
    assert_eq!(cluster.vm("db-01").await.unwrap().snapshots().await.unwrap().len(), 2);
}
