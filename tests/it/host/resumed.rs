//! What `resume` says of an operation whose end nobody saw, by job, VM and tree; the simulator is the oracle.

use std::{sync::Arc, time::Duration};

use hvsnap::{
    Client, Credentials, Effect, ErrorKind, Host, Observation, Open, Resumption, Secret, Until,
    cim::Namespace,
    clock::Clock,
    hyperv::{DestroyScope, MergeState},
    journal::{Closing, Journal, MemoryJournal, Operation, Status},
    sim::{RunningSimulator, Simulator},
};

use crate::{
    host::{
        IntoHost, effects,
        journaled::{client, destroy, is_there, operations, sim},
    },
    scripted::{
        Reply, ScriptedHost,
        envelopes::{computer_system, fault, gone, items, job, tree_after, tree_before},
    },
};

/// A host with other VMs.
const OTHER_LAB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/demo.toml");

/// A destroy that the host has accepted, and that nobody waits for any more.
async fn begun(sim: &RunningSimulator, vm: &str, snapshot: &str) -> (Host, MemoryJournal, Operation) {
    let journal = MemoryJournal::new();
    let client = client(sim, journal.clone());
    destroy(&client, vm, snapshot, Until::Accepted).await.unwrap();
    let operation = operations(&journal).pop().unwrap();
    (client, journal, operation)
}

fn has(resumption: &Resumption, wanted: impl Fn(&Observation) -> bool) -> bool {
    resumption.outcome.observations.iter().any(wanted)
}

#[tokio::test]
async fn a_running_job_is_waited_for_and_its_merge_as_well() {
    let sim = sim().await;
    let (client, journal, operation) = begun(&sim, "app-01", "middle").await;
    let mut told = Vec::new();
    let resumed = client
        .resume_waiting(&operation, Until::Merged, |progress| told.push(progress.state.clone()))
        .await
        .unwrap();
    assert_eq!(
        (resumed.outcome.status, resumed.outcome.merge.state),
        (Status::Done, MergeState::Finished),
        "{:?}",
        resumed.outcome.observations
    );
    assert!(told.contains(&"running".to_owned()) && told.contains(&"merging disks".to_owned()), "{told:?}");
    assert!(has(
        &resumed,
        |fact| matches!(fact, Observation::Job(job) if job.id == operation.job().unwrap().selectors.text("InstanceID").unwrap())
    ));
    assert!(has(&resumed, |fact| matches!(fact, Observation::Gone(snapshot) if snapshot.name == "middle")));
    assert!(journal.read(operation.id()).unwrap().unwrap().is_concluded());
    assert_eq!(sim.calls("DestroySnapshot"), 1);
}

#[tokio::test]
async fn nothing_is_waited_for_where_that_is_not_wanted_and_the_word_is_not_final_then() {
    let sim = sim().await;
    let (client, journal, operation) = begun(&sim, "app-01", "middle").await;
    let look = client.resume_waiting(&operation, Until::Accepted, |_| {}).await.unwrap();
    assert_eq!(look.outcome.status, Status::Running);
    let short = client
        .resume_waiting(
            &operation,
            hvsnap::Wait::until(Until::JobEnded).timeout(Duration::from_millis(300)),
            |_| {},
        )
        .await;
    assert_eq!(short.unwrap().outcome.status, Status::Running);
    assert!(!journal.read(operation.id()).unwrap().unwrap().is_concluded());
    assert_eq!(client.resume(&operation).await.unwrap().outcome.status, Status::Done);
}

#[tokio::test]
async fn a_job_that_the_host_has_forgotten_is_settled_by_the_tree() {
    for (vm, snapshot, status) in
        [("app-01", "middle", Status::Done), ("broken-01", "fails", Status::NotDone)]
    {
        let sim = sim().await;
        let (client, _, operation) = begun(&sim, vm, snapshot).await;
        sim.clock().virtual_clock().unwrap().advance(Duration::from_secs(15 * 60));
        let resumed = client.resume(&operation).await.unwrap();
        assert_eq!(resumed.outcome.status, status, "{:?}", resumed.outcome.observations);
        assert!(has(&resumed, |fact| matches!(fact, Observation::JobForgotten(_))));
        assert_eq!(is_there(&sim, vm, snapshot), status == Status::NotDone);
    }
}

#[tokio::test]
async fn a_job_that_failed_tells_its_reason() {
    let sim = sim().await;
    let (client, _, operation) = begun(&sim, "broken-01", "fails").await;
    let resumed = client.resume(&operation).await.unwrap();
    assert_eq!(resumed.outcome.status, Status::NotDone);
    assert!(
        has(&resumed, |fact| fact.to_string().contains("in use by another process")),
        "{:?}",
        resumed.outcome.observations
    );
    assert!(has(&resumed, |fact| *fact == Observation::TreeAsPlanned));
}

#[tokio::test]
async fn what_an_earlier_operation_has_come_to_cannot_be_read_and_the_next_has_no_effect() {
    let sim = sim().await;
    let (client, journal, _) = begun(&sim, "app-01", "middle").await;
    sim.inject("on=get,class=Msvm_ConcreteJob,do=reset-before".parse().unwrap());
    let error = destroy(&client, "app-01", "newest", Until::Merged).await.unwrap_err();
    // The VM says that it is deleting.
    assert!(
        matches!(error.kind(), ErrorKind::EarlierOpen(earlier) if earlier.outcome.status == Status::Running),
        "{error}"
    );
    assert_eq!((error.effect(), operations(&journal).len()), (Effect::None, 1));
    assert_eq!(sim.calls("DestroySnapshot"), 1);
}

#[tokio::test]
async fn what_somebody_else_did_meanwhile_is_told() {
    let sim = sim().await;
    let (client, _, operation) = begun(&sim, "web-01", "hotfix").await;
    sim.remove_snapshot("web-01", "rollback").unwrap();
    sim.add_snapshot("web-01", Some("base"), "new").unwrap();
    let resumed = client.resume(&operation).await.unwrap();
    assert_eq!(resumed.outcome.status, Status::Done);
    assert!(has(
        &resumed,
        |fact| matches!(fact, Observation::Vanished(snapshot) if snapshot.name == "rollback")
    ));
    assert!(has(&resumed, |fact| matches!(fact, Observation::Appeared(snapshot) if snapshot.name == "new")));
}

#[tokio::test]
async fn a_merge_that_was_not_over_is_looked_at_again_and_the_word_stays() {
    let sim = sim().await;
    let (client, journal, operation) = begun(&sim, "merge-01", "endless").await;
    let minute = hvsnap::Wait::until(Until::Merged).timeout(Duration::from_secs(60));
    for _ in 0..2 {
        let resumed = client.resume_waiting(&operation, minute, |_| {}).await.unwrap();
        assert_eq!(
            (resumed.outcome.status, resumed.outcome.merge.state, resumed.outcome.is_complete()),
            (Status::Done, MergeState::Running, false)
        );
    }
    assert_eq!(
        journal.read(operation.id()).unwrap().unwrap().conclusion.unwrap().outcome.merge.state,
        MergeState::Running
    );
}

#[tokio::test]
async fn who_sees_nothing_says_nothing() {
    let sim = sim().await;
    let (_, journal, operation) = begun(&sim, "app-01", "middle").await;
    sim.clock().virtual_clock().unwrap().advance(Duration::from_secs(15 * 60));
    let filtered = sim
        .client_builder()
        .credentials(Credentials::basic(r"LAB\filtered", Secret::new("half-a-token")))
        .host()
        .journal(Arc::new(journal.clone()));
    let resumed = filtered.resume(&operation).await.unwrap();
    assert_eq!(resumed.outcome.status, Status::Unknown);
    assert!(has(&resumed, |fact| *fact == Observation::VmNotVisible));
    assert!(!journal.read(operation.id()).unwrap().unwrap().is_concluded());
}

/// The same host by another name.
fn alias(sim: &RunningSimulator, journal: &MemoryJournal) -> Host {
    let described = Client::builder(sim.endpoint().replace("127.0.0.1", "localhost"));
    let described = described.credentials(Credentials::basic(r"LAB\operator", Secret::new("correct-horse")));
    described.clock(Arc::new(sim.clock())).host().journal(Arc::new(journal.clone()))
}

fn cluster(sim: &RunningSimulator, journal: &MemoryJournal) -> Host {
    sim.client_builder().host().namespace(Namespace::cluster()).journal(Arc::new(journal.clone()))
}

#[tokio::test]
async fn another_name_of_the_host_is_as_good_and_a_host_without_the_vm_is_not() {
    let sim = sim().await;
    let (_, journal, operation) = begun(&sim, "app-01", "middle").await;
    let stranger = Simulator::from_lab(OTHER_LAB).unwrap().seed(7).start().await.unwrap();
    let error = client(&stranger, journal.clone()).resume(&operation).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::OtherHost(was) if *was == sim.endpoint()), "{error}");
    assert_eq!(error.effect(), Effect::Unknown);
    assert!(!journal.read(operation.id()).unwrap().unwrap().is_concluded());
    assert_eq!(alias(&sim, &journal).resume(&operation).await.unwrap().outcome.status, Status::Done);
    // What the record calls done is not made unknown by a host that does not know of it.
    let done = journal.read(operation.id()).unwrap().unwrap();
    let error = client(&stranger, journal.clone()).resume(&done).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::OtherHost(_)), "{error}");
    assert_eq!(error.effect(), Effect::Applied);
}

#[tokio::test]
async fn another_name_of_the_host_does_not_let_a_second_call_out() {
    let sim = sim().await;
    let (_, journal, operation) = begun(&sim, "app-01", "middle").await;
    let by_alias = alias(&sim, &journal);
    let error = destroy(&by_alias, "app-01", "newest", Until::Merged).await.unwrap_err();
    let ErrorKind::EarlierOpen(earlier) = error.kind() else { panic!("{error}") };
    assert_eq!((earlier.operation.id(), earlier.outcome.status), (operation.id(), Status::Running));
    assert_eq!((error.effect(), sim.calls("DestroySnapshot")), (Effect::None, 1));
    sim.clock().virtual_clock().unwrap().advance(Duration::from_secs(15 * 60));
    let settled = by_alias.vm("app-01").await.unwrap().recover_earlier().await.unwrap();
    assert_eq!(settled.iter().map(|settled| settled.outcome.status).collect::<Vec<_>>(), [Status::Done]);
}

#[tokio::test]
async fn an_operation_of_another_namespace_is_not_judged_here_and_lets_nothing_begin() {
    let sim = sim().await;
    let (client, journal, operation) = begun(&sim, "app-01", "middle").await;
    let other = cluster(&sim, &journal);
    let requests = sim.requests();
    let error = other.resume(&operation).await.unwrap_err();
    let ErrorKind::OtherNamespace(namespace) = error.kind() else { panic!("{error}") };
    assert_eq!((namespace, error.effect()), (&Namespace::virtualization(), Effect::Unknown));
    assert_eq!(sim.requests(), requests);

    // Long after its end, when a look at any tree would show it.
    sim.clock().virtual_clock().unwrap().advance(Duration::from_secs(15 * 60));
    let vm = other.vm("app-01").await.unwrap();
    for error in [
        vm.recover_earlier().await.unwrap_err(),
        destroy(&other, "app-01", "newest", Until::Merged).await.unwrap_err(),
    ] {
        let ErrorKind::OpenElsewhere(earlier) = error.kind() else { panic!("{error}") };
        assert_eq!((earlier.id(), error.effect()), (operation.id(), Effect::None));
    }
    assert_eq!(sim.calls("DestroySnapshot"), 1);
    assert!(!journal.read(operation.id()).unwrap().unwrap().is_concluded());
    assert_eq!(client.resume(&operation).await.unwrap().outcome.status, Status::Done);
    destroy(&other, "app-01", "newest", Until::JobEnded).await.unwrap();
}

#[tokio::test]
async fn what_a_person_has_closed_lets_the_next_begin_and_is_not_judged_again() {
    let sim = sim().await;
    let (client, journal, operation) = begun(&sim, "app-01", "middle").await;
    sim.clock().virtual_clock().unwrap().advance(Duration::from_secs(15 * 60));
    let closing = Closing::new(operation.intent.time, Some("ops".to_owned()), "looked at the host");
    journal.closed(operation.id(), &closing).unwrap();
    let requests = sim.requests();
    let resumed = client.resume(&operation).await.unwrap();
    assert_eq!(
        (resumed.outcome.status, resumed.outcome.destroyed.len(), sim.requests()),
        (Status::Closed, 0, requests)
    );
    assert!(has(&resumed, |fact| fact.to_string() == "closed by ops: looked at the host"));
    destroy(&client, "app-01", "newest", Until::JobEnded).await.unwrap();
    let kept = journal.read(operation.id()).unwrap().unwrap();
    assert_eq!((kept.closed, kept.conclusion.unwrap().outcome.status), (Some(closing), Status::Closed));
}

#[tokio::test]
async fn an_operation_that_is_still_carried_out_is_not_judged() {
    let sim = sim().await;
    let journal = MemoryJournal::new();
    let client = client(&sim, journal.clone());
    let vm = client.vm("app-01").await.unwrap();
    let tree = vm.snapshots().await.unwrap();
    let plan = tree.plan_destroy(tree.find("middle").unwrap().id(), DestroyScope::Single).unwrap();
    let carried_out = vm.begin(&plan).await.unwrap();
    let operation = operations(&journal).pop().unwrap();
    let error = client.resume(&operation).await.unwrap_err();
    let ErrorKind::Locked(holder) = error.kind() else { panic!("{error}") };
    assert_eq!((holder.process, holder.operation), (Some(std::process::id()), Some(operation.id())));
    drop(carried_out);
    assert_eq!(client.resume(&operation).await.unwrap().outcome.status, Status::Done);
}

/// A client of a scripted host, and an operation whose call was not answered in a way that says anything.
async fn unanswered(host: &ScriptedHost) -> (Host, Operation) {
    host.on(effects::DESTROY, [fault("Receiver", "TimedOut", 2_150_858_793)]);
    let journal = MemoryJournal::new();
    let client = effects::describe(host).journal(Arc::new(journal.clone()));
    destroy(&client, "web-01", "name-B", Until::Accepted).await.unwrap_err();
    (client, operations(&journal).pop().unwrap())
}

#[tokio::test]
async fn a_call_that_may_be_under_way_is_waited_for_as_long_as_for_its_answer() {
    let host = effects::host().await;
    host.on("from Msvm_VirtualSystemSettingData", [tree_before()]);
    let (client, operation) = unanswered(&host).await;
    let look = client.resume_waiting(&operation, Until::Accepted, |_| {}).await.unwrap();
    assert_eq!(look.outcome.status, Status::Unknown);
    assert!(
        has(&look, |fact| matches!(fact, Observation::MayBeUnderWay(_))),
        "{:?}",
        look.outcome.observations
    );

    // It takes effect while it is waited for.
    let late = [tree_before(), tree_before(), tree_before(), tree_after()];
    host.on("from Msvm_VirtualSystemSettingData", late);
    assert_eq!(client.resume(&operation).await.unwrap().outcome.status, Status::Done);
    assert_eq!(host.count(effects::DESTROY), 1);

    let host = effects::host().await;
    host.on("from Msvm_VirtualSystemSettingData", [tree_before()]);
    let (client, operation) = unanswered(&host).await;
    let resumed = client.resume(&operation).await.unwrap();
    assert_eq!(resumed.outcome.status, Status::NotDone);
    assert!(
        has(&resumed, |fact| matches!(fact, Observation::Unanswered(_)))
            && has(&resumed, |fact| *fact == Observation::NothingRunning)
    );
}

#[tokio::test]
async fn a_deletion_that_is_alive_without_a_known_job_is_found_and_waited_for() {
    let deletion = |state: u16| match job(state, 0) {
        Reply::Soap(_, body) => crate::scripted::between(&body, "<s:Body>", "</s:Body>").unwrap().to_owned(),
        _ => unreachable!(),
    };
    let host = effects::host().await;
    host.on("from Msvm_VirtualSystemSettingData", [tree_before()]);
    let (client, operation) = unanswered(&host).await;
    host.on("associators of", [items(&[deletion(4)]), items(&[])])
        .on("transfer/Get", [job(4, 0), job(4, 0), gone()])
        .on("from Msvm_VirtualSystemSettingData", [tree_before(), tree_after()]);
    let resumed = client.resume(&operation).await.unwrap();
    assert_eq!(resumed.outcome.status, Status::Done, "{:?}", resumed.outcome.observations);

    // The status of the VM alone is enough.
    let host = effects::host().await;
    host.on("from Msvm_VirtualSystemSettingData", [tree_before()]);
    let (client, operation) = unanswered(&host).await;
    let busy = || items(&[computer_system(&["11", "32770"])]);
    host.on("from Msvm_ComputerSystem", [busy(), busy(), items(&[computer_system(&["2"])])])
        .on("from Msvm_VirtualSystemSettingData", [tree_before(), tree_before(), tree_after()]);
    let resumed = client.resume(&operation).await.unwrap();
    assert_eq!(resumed.outcome.status, Status::Done, "{:?}", resumed.outcome.observations);
}

#[tokio::test]
async fn a_host_that_cannot_be_asked_leaves_it_unknown() {
    let host = effects::host().await;
    host.on("from Msvm_VirtualSystemSettingData", [tree_before()]);
    let (client, operation) = unanswered(&host).await;
    host.on("from Msvm_ComputerSystem", [Reply::Raw(404, String::new())]);
    let resumed = client.resume(&operation).await.unwrap();
    assert_eq!(
        (resumed.outcome.status, resumed.outcome.open.clone()),
        (Status::Unknown, Some(Open::HostNotReadable))
    );
    assert!(
        has(&resumed, |fact| matches!(fact, Observation::VmUnreadable(_))),
        "{:?}",
        resumed.outcome.observations
    );
}

#[tokio::test]
async fn the_clock_that_was_set_back_does_not_make_it_longer() {
    let sim = sim().await;
    let (client, _, mut operation) = begun(&sim, "app-01", "middle").await;
    client.resume(&operation).await.unwrap();
    operation.answer = None;
    operation.intent.time = hvsnap::cim::Timestamp::from_unix_micros(i64::MAX);
    sim.add_snapshot("app-01", None, "other").unwrap();
    let before = sim.now();
    let without = sim.client_builder().host();
    assert_eq!(without.resume(&operation).await.unwrap().outcome.status, Status::Done);
    assert!(sim.clock().now() - before < Duration::from_secs(100));
}
