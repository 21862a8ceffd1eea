//! Two nodes of a cluster that both show a VM: the owner that the cluster names decides whose readings count.

use std::{sync::Arc, time::Duration};

use hvsnap::{
    Client, Cluster, Credentials, Effect, ErrorKind, Host, Secret, Until, Wait,
    clock::VirtualClock,
    hyperv::MergeState,
    journal::{MemoryJournal, Status},
};

use crate::{
    host::{
        cluster::{SUMMARY, endpoint, plan, scripted, summary},
        journaled::operations,
    },
    scripted::{
        Reply, ScriptedHost,
        envelopes::{VM, computer_system, gone, instance, items, output, service, tree_after, tree_before},
    },
};

/// A node that shows the VM with this tree, and on which a destroy starts a job that it forgets.
async fn node_showing(tree: Reply) -> ScriptedHost {
    let host = ScriptedHost::start().await;
    host.on("from Msvm_ComputerSystem", [items(&[computer_system(&["2"])])])
        .on("from Msvm_VirtualSystemSettingData", [tree])
        .on("from Msvm_VirtualSystemSnapshotService", [service()])
        .on("associators of", [items(&[])])
        .on("references of", [items(&[])])
        .on("from Msvm_StorageAllocationSettingData", [items(&[])])
        .on("from Msvm_DiskMergeSettingData", [items(&[])])
        .on("transfer/Get", [gone()])
        .on("DestroySnapshot", [output(true, 4096)]);
    host
}

fn owned_by(node: &str) -> Reply {
    summary(&[("Name", VM), ("HostComputerSystemName", node)])
}

/// A cluster of two nodes that both show the VM; whose it is, the cluster tells in this order.
async fn shown_by_both(
    trees: [Reply; 2],
    owners: &[&str],
) -> (ScriptedHost, [ScriptedHost; 2], Cluster, MemoryJournal) {
    let (given, cluster) = scripted().await;
    given.on(SUMMARY, owners.iter().map(|node| owned_by(node)));
    let [first, second] = trees;
    let nodes = [node_showing(first).await, node_showing(second).await];
    let journal = MemoryJournal::new();
    let host = Host::new(cluster.host().client().clone()).journal(Arc::new(journal.clone()));
    let cluster =
        Cluster::new(host).node("HV02", endpoint(&nodes[0].url())).node("HV03", endpoint(&nodes[1].url()));
    (given, nodes, cluster, journal)
}

fn job_ended() -> Wait {
    Wait::until(Until::JobEnded).timeout(Duration::from_secs(1200))
}

#[tokio::test]
async fn a_call_goes_to_the_owner_though_the_old_node_still_shows_the_vm() {
    let (_given, nodes, cluster, journal) =
        shown_by_both([tree_before(), tree_before()], &["HV02", "HV03"]).await;
    let vm = cluster.vm("web-01").await.unwrap();
    assert_eq!(vm.node(), Some("HV02"));
    let plan = plan(&vm, "name-B").await;
    let _ = vm.begin(plan).await.unwrap();
    assert_eq!(nodes.each_ref().map(|node| node.count("DestroySnapshot_INPUT")), [0, 1]);
    assert_eq!(operations(&journal)[0].intent.node.as_deref(), Some("HV03"));
}

#[tokio::test]
async fn a_node_that_still_shows_a_vm_which_has_left_it_proves_nothing() {
    // The old node shows the VM as it was; or, of the other, as it never was.
    for (trees, status) in
        [([tree_before(), tree_after()], Status::Done), ([tree_after(), tree_before()], Status::NotDone)]
    {
        let is_done = status == Status::Done;
        let (given, nodes, cluster, _) = shown_by_both(trees, &["HV02"]).await;
        if !is_done {
            nodes[0].on("from Msvm_VirtualSystemSettingData", [tree_before(), tree_before(), tree_after()]);
        }
        let vm = cluster.vm("web-01").await.unwrap();
        let begun = vm.begin(plan(&vm, "name-B").await).await.unwrap();
        given.on(SUMMARY, [owned_by("HV03")]);
        let ended = begun.wait(job_ended(), |_| {}).await;
        let outcome = match &ended {
            Ok(outcome) => outcome,
            Err(error) => error.outcome().unwrap(),
        };
        assert_eq!((outcome.status, outcome.node.as_deref()), (status, Some("HV03")), "{outcome:?}");
    }
}

#[tokio::test]
async fn an_owner_that_flaps_between_two_nodes_leaves_it_unknown_and_ends() {
    let flaps: Vec<&str> = ["HV03", "HV02"].into_iter().cycle().take(400).collect();
    let (given, _nodes, cluster, journal) = shown_by_both([tree_before(), tree_after()], &["HV02"]).await;
    let vm = cluster.vm("web-01").await.unwrap();
    let begun = vm.begin(plan(&vm, "name-B").await).await.unwrap();
    given.on(SUMMARY, flaps.iter().map(|node| owned_by(node)));
    let error = begun.wait(job_ended(), |_| {}).await.unwrap_err();
    let outcome = error.outcome().unwrap();
    assert_eq!((error.effect(), outcome.status), (Effect::Unknown, Status::Unknown), "{error}");
    assert!(!operations(&journal)[0].is_concluded());
}

#[tokio::test]
async fn a_tree_that_changes_with_each_reading_is_not_read_for_ever() {
    let (_given, nodes, cluster, _) = shown_by_both([tree_before(), tree_before()], &["HV02"]).await;
    let vm = cluster.vm("web-01").await.unwrap();
    let plan = plan(&vm, "name-B").await;
    let trees = [tree_before(), tree_after()].into_iter().cycle().take(3000);
    nodes[0]
        .on("DestroySnapshot_INPUT", [output(false, 32774)])
        .on("from Msvm_VirtualSystemSettingData", trees);
    let error = vm.begin(plan).await.unwrap().wait(Until::JobEnded, |_| {}).await.unwrap_err();
    assert_eq!(error.outcome().unwrap().status, Status::Unknown, "{error}");
    assert!(nodes[0].count("from Msvm_VirtualSystemSettingData") < 100);
}

#[tokio::test]
async fn a_record_alone_does_not_name_the_node_that_a_password_goes_to() {
    let (given, nodes, cluster, journal) =
        shown_by_both([tree_before(), tree_before()], &["HV02", "HV02"]).await;
    given.on("from MSCluster_Node", [items(&[instance("MSCluster_Node", &[("Name", "HV02")])])]);
    let operation = {
        let vm = cluster.vm("web-01").await.unwrap();
        let _ = vm.begin(plan(&vm, "name-B").await).await.unwrap();
        operations(&journal).pop().unwrap()
    };
    // The cluster tells no owner any more, and the record of a shared folder another node.
    given.on(SUMMARY, [items(&[])]);
    let mut forged = operation.clone();
    forged.intent.node = Some("HV09".to_owned());
    let error = cluster.resume_waiting(&forged, job_ended(), |_| {}).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NodeUnknown { owner: None }), "{error}");
    // The node that it was begun on, which the cluster knows, is asked.
    let before = nodes[0].count("from Msvm_ComputerSystem");
    let resumed = cluster.resume_waiting(&operation, job_ended(), |_| {}).await.unwrap();
    assert_eq!(resumed.outcome.status, Status::NotDone);
    assert!(nodes[0].count("from Msvm_ComputerSystem") > before);
}

#[tokio::test]
async fn a_replica_on_another_host_does_not_tell_how_an_operation_ended() {
    for (mode, is_judged) in [("2", false), ("3", false), ("1", true), ("0", true)] {
        let (_given, nodes, _, journal) = shown_by_both([tree_before(), tree_after()], &["HV02"]).await;
        let host = |node: &ScriptedHost| {
            let client = Client::builder(node.url())
                .credentials(Credentials::basic("ops", Secret::new("secret")))
                .clock(Arc::new(VirtualClock::starting_at(Duration::from_secs(1_790_000_000))));
            Host::new(client.build().unwrap()).journal(Arc::new(journal.clone()))
        };
        let vm = host(&nodes[0]).vm("web-01").await.unwrap();
        let _ = vm.begin(plan(&vm, "name-B").await).await.unwrap();
        let operation = operations(&journal).pop().unwrap();
        let replica = instance(
            "Msvm_ComputerSystem",
            &[("ElementName", "web-01"), ("EnabledState", "3"), ("Name", VM), ("ReplicationMode", mode)],
        );
        nodes[1].on("from Msvm_ComputerSystem", [items(&[replica])]);
        match host(&nodes[1]).resume(&operation).await {
            Ok(resumed) => assert!(is_judged && resumed.outcome.status == Status::Done, "{mode}"),
            Err(error) => {
                assert!(!is_judged && matches!(error.kind(), ErrorKind::OtherHost(_)), "{mode}: {error}");
                assert!(!operations(&journal)[0].is_concluded());
            }
        }
    }
}

#[tokio::test]
async fn a_merge_is_not_over_because_a_node_that_the_vm_has_left_shows_none() {
    let owners = ["HV02", "HV02", "HV02", "HV03"];
    let (_given, nodes, cluster, _) = shown_by_both([tree_before(), tree_after()], &owners).await;
    let vm = cluster.vm("web-01").await.unwrap();
    let begun = vm.begin(plan(&vm, "name-B").await).await.unwrap();
    let (merging, idle) = (items(&[computer_system(&["11", "32772"])]), items(&[computer_system(&["2"])]));
    nodes[0]
        .on("from Msvm_VirtualSystemSettingData", [tree_after()])
        .on("from Msvm_ComputerSystem", [idle.clone(), idle.clone(), merging.clone(), merging, idle]);
    let outcome = begun.wait(Until::Merged, |_| {}).await.unwrap();
    assert_eq!((outcome.status, outcome.merge.state), (Status::Done, MergeState::Unknown), "{outcome:?}");
}
