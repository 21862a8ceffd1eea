//! The whole destroy through the real client, over a real socket, against the simulator in virtual time.

use hvsnap::{
    ClientError, ClientErrorKind, Effect, Error, ErrorKind, Host, JobConclusion, Limits, Outcome, Until,
    Violation,
    cim::{Namespace, UriForm, Wql},
    clock::Clock as _,
    hyperv::{DestroyScope, FindError, MergeState, ReturnCode},
    journal::{SnapshotName, Status},
    sim::{RunningSimulator, Simulator},
};

use crate::host::IntoHost;

const LAB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/two-branches.toml");

async fn sim() -> RunningSimulator {
    Simulator::from_lab(LAB).unwrap().seed(7).start().await.unwrap()
}

async fn destroy(
    client: &Host,
    vm: &str,
    snapshot: &str,
    scope: DestroyScope,
    until: Until,
) -> Result<Outcome, Error> {
    let vm = client.vm(vm).await?;
    let tree = vm.snapshots().await?;
    let plan = tree.plan_destroy(tree.find(snapshot).unwrap().id(), scope).unwrap();
    vm.begin(&plan)
        .await?
        .wait(hvsnap::Wait::until(until).timeout(std::time::Duration::from_secs(120)), |_| {})
        .await
}

async fn single(sim: &RunningSimulator, vm: &str, snapshot: &str) -> Result<Outcome, Error> {
    let client = Host::new(sim.client_builder().connect().await?);
    destroy(&client, vm, snapshot, DestroyScope::Single, Until::Merged).await
}

fn names(snapshots: &[SnapshotName]) -> Vec<&str> {
    snapshots.iter().map(|snapshot| snapshot.name.as_str()).collect()
}

#[tokio::test]
async fn models_are_written_as_json() {
    let sim = sim().await;
    let vm = sim.client_builder().host().vm("app-01").await.unwrap();
    let written = serde_json::to_value(vm.record()).unwrap();
    assert_eq!((&written["id"], &written["element_name"]), (&vm.id().into(), &"app-01".into()));
    assert!(written["state"].is_u64() && written["uptime"].is_f64(), "{written:#}");
    let tree = vm.snapshots().await.unwrap();
    let written = serde_json::to_value(&tree).unwrap();
    assert_eq!(written["fingerprint"], tree.fingerprint().to_string());
    assert_eq!(written["snapshots"].as_array().unwrap().len(), tree.len());
    let first = &tree.snapshots()[0];
    assert_eq!(written["snapshots"][0]["id"], first.id().to_string());
    assert_eq!(written["snapshots"][0]["created"], first.created.unwrap().to_string());

    let outcome = single(&sim, "app-01", "newest").await.unwrap();
    let written = serde_json::to_value(&outcome).unwrap();
    assert_eq!((&written["status"], &written["until"]), (&"done".into(), &"merged".into()));
    assert_eq!(written["destroyed"][0]["name"], "newest");
    assert!(written["job"]["record"]["elapsed"].is_f64(), "{written:#}");
    assert_eq!(written["merge"]["state"], "finished", "{written:#}");
}

fn paths(sim: &RunningSimulator, vm: &str) -> Vec<String> {
    let mut paths: Vec<String> =
        sim.snapshots_of(vm).unwrap().into_iter().map(|snapshot| snapshot.path).collect();
    paths.sort();
    paths
}

#[tokio::test]
async fn a_snapshot_with_dependents_is_destroyed_and_they_hang_higher() {
    let sim = sim().await;
    let outcome = single(&sim, "web-01", "base/before-upgrade").await.unwrap();
    assert_eq!(names(&outcome.destroyed), ["before-upgrade"]);
    assert_eq!(outcome.merge.state, MergeState::NotExpected, "no merge while two dependents remain");
    assert_eq!(
        paths(&sim, "web-01"),
        ["base", "base/after-upgrade", "base/after-upgrade/hotfix", "base/rollback"]
    );
    assert_eq!(sim.calls("DestroySnapshot"), 1);
}

#[tokio::test]
async fn a_merge_is_followed_to_its_end() {
    let sim = sim().await;
    let client = Host::new(sim.client_builder().connect().await.unwrap());
    let vm = client.vm("app-01").await.unwrap();
    let tree = vm.snapshots().await.unwrap();
    let plan = tree.plan_destroy(tree.find("middle").unwrap().id(), DestroyScope::Single).unwrap();
    let job = vm.begin(&plan).await.unwrap();
    let mut told = Vec::new();
    let outcome = job.wait(Until::Merged, |progress| told.push(progress.state.clone())).await.unwrap();
    assert_eq!(outcome.merge.state, MergeState::Finished);
    assert!(told.contains(&"running".to_owned()) && told.contains(&"merging disks".to_owned()), "{told:?}");
    assert!(!sim.vms().iter().any(|vm| vm.is_merging));
}

#[tokio::test]
async fn a_tree_is_destroyed_with_all_under_it() {
    let sim = sim().await;
    let client = Host::new(sim.client_builder().connect().await.unwrap());
    let outcome =
        destroy(&client, "web-01", "base/before-upgrade", DestroyScope::Tree, Until::Merged).await.unwrap();
    assert_eq!(outcome.destroyed.len(), 4);
    assert_eq!(paths(&sim, "web-01"), ["base"]);
    assert_eq!((sim.calls("DestroySnapshotTree"), sim.calls("DestroySnapshot")), (1, 0));
}

#[tokio::test]
async fn both_namespaces_both_uri_forms_and_the_base_class_work() {
    for namespace in [Namespace::virtualization(), Namespace::cluster()] {
        for form in [UriForm::Wmi, UriForm::Dmtf] {
            for class in ["Msvm_VirtualSystemSnapshotService", "CIM_VirtualSystemSnapshotService"] {
                let sim = sim().await;
                let client = sim
                    .client_builder()
                    .uri_form(form)
                    .host()
                    .snapshot_service_class(class.parse().unwrap())
                    .namespace(namespace.clone());
                let outcome =
                    destroy(&client, "app-01", "oldest", DestroyScope::Single, Until::JobEnded).await;
                let outcome = outcome.unwrap_or_else(|error| panic!("{namespace} {form:?} {class}: {error}"));
                assert_eq!(names(&outcome.destroyed), ["oldest"], "{namespace} {form:?} {class}");
            }
        }
    }
}

#[tokio::test]
async fn each_way_a_job_can_end_is_told() {
    let sim = sim().await;
    let failed = single(&sim, "broken-01", "fails").await.unwrap_err();
    let ErrorKind::JobFailed { job, errors } = failed.kind() else { panic!("{failed}") };
    let destroyed = &failed.outcome().unwrap().destroyed;
    assert_eq!((failed.effect(), job.error_code, destroyed.len()), (Effect::None, Some(32768), 0));
    assert!(errors[0].message.as_deref().unwrap().contains("in use by another process"), "{errors:?}");

    let warned = single(&sim, "broken-01", "warns").await.unwrap();
    assert!(matches!(warned.job, JobConclusion::Warned(_)));
    let at_once = single(&sim, "broken-01", "at-once").await.unwrap();
    assert!(matches!(at_once.job, JobConclusion::Synchronous));
    let stopped = single(&sim, "broken-01", "stopped").await.unwrap_err();
    assert!(matches!(stopped.kind(), ErrorKind::JobFailed { .. }), "{}", stopped.kind());

    for (snapshot, code) in
        [("busy", ReturnCode::VENDOR_IN_USE), ("denied", ReturnCode::VENDOR_ACCESS_DENIED)]
    {
        let refused = single(&sim, "broken-01", snapshot).await.unwrap_err();
        assert!(matches!(refused.kind(), ErrorKind::Refused { code: got, .. } if *got == code), "{refused}");
        assert_eq!(refused.effect(), Effect::None);
    }
}

#[tokio::test]
async fn a_job_that_vanishes_is_settled_by_what_is_left() {
    let sim = sim().await;
    let outcome = single(&sim, "ghost-01", "leaves").await.unwrap();
    assert!(matches!(outcome.job, JobConclusion::Vanished));
    let error = single(&sim, "ghost-01", "stays").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::JobVanished), "{error}");
    assert_eq!(error.effect(), Effect::None);
    assert_eq!(paths(&sim, "ghost-01"), ["root", "root/stays"]);
}

#[tokio::test]
async fn a_merge_that_never_ends_is_told_at_the_deadline() {
    let sim = sim().await;
    let outcome = single(&sim, "merge-01", "endless").await.unwrap();
    assert_eq!((outcome.merge.state, outcome.is_complete()), (MergeState::Running, false));
    assert_eq!(names(&outcome.destroyed), ["endless"]);
}

#[tokio::test]
async fn a_deadline_before_a_merge_can_show_does_not_say_that_there_is_none() {
    let sim = sim().await;
    let client = sim.client_builder().host();
    let vm = client.vm("app-01").await.unwrap();
    let tree = vm.snapshots().await.unwrap();
    let plan = tree.plan_destroy(tree.find("middle").unwrap().id(), DestroyScope::Single).unwrap();
    // The job takes two seconds, and the merge shows half a second after its end.
    let job = vm.begin(&plan).await.unwrap();
    let wait = hvsnap::Wait::until(Until::Merged).timeout(std::time::Duration::from_secs(2));
    let outcome = job.wait(wait, |_| {}).await.unwrap();
    assert_eq!((outcome.merge.state, outcome.is_complete()), (MergeState::Unknown, false));
    assert_eq!(names(&outcome.destroyed), ["middle"]);
}

#[tokio::test]
async fn a_plan_is_stale_once_another_administrator_touched_the_tree() {
    type Edit = fn(&RunningSimulator);
    let edits: [Edit; 3] = [
        |sim| sim.rename_snapshot("web-01", "rollback", "keep-me").unwrap(),
        |sim| sim.remove_snapshot("web-01", "rollback").unwrap(),
        |sim| drop(sim.add_snapshot("web-01", Some("base"), "new").unwrap()),
    ];
    for edit in edits {
        let sim = sim().await;
        let client = sim.client_builder().host();
        let vm = client.vm("web-01").await.unwrap();
        let tree = vm.snapshots().await.unwrap();
        let plan = tree.plan_destroy(tree.find("hotfix").unwrap().id(), DestroyScope::Single).unwrap();
        edit(&sim);
        sim.clock().virtual_clock().unwrap().advance(std::time::Duration::from_secs(1));
        let error = vm.begin(&plan).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Stale(_)), "{error}");
        assert_eq!((error.effect(), sim.calls("DestroySnapshot")), (Effect::None, 0));
    }
}

#[tokio::test]
async fn names_are_resolved_to_one_thing_or_refused() {
    let sim = sim().await;
    let client = sim.client_builder().host();
    let error = client.vm("db-01").await.unwrap_err();
    let ErrorKind::Find(FindError::Ambiguous { candidates, .. }) = error.kind() else { panic!("{error}") };
    assert_eq!(candidates.len(), 2);
    let by_id = client.vm(&candidates[1].id.to_lowercase()).await.unwrap();
    assert_eq!(by_id.id(), candidates[1].id);
    assert!(matches!(
        client.vm("nobody").await.unwrap_err().kind(),
        ErrorKind::Find(FindError::NotFound { .. })
    ));
    let vms = client.vms().await.unwrap();
    assert!(vms.iter().all(|vm| vm.name() != "HV01"), "the host is no VM");
}

#[tokio::test]
async fn a_user_without_rights_is_told_so_and_one_with_a_filtered_token_sees_nothing() {
    use hvsnap::{Credentials, Secret};
    let sim = sim().await;
    let as_user = |user: &str, password: &str| {
        let credentials = Credentials::basic(user, Secret::new(password));
        sim.client_builder().credentials(credentials).host()
    };
    let reader = as_user(r"LAB\reader", "look-dont-touch");
    let error = destroy(&reader, "app-01", "middle", DestroyScope::Single, Until::Merged).await.unwrap_err();
    assert!(error.is_access(), "{}", error.kind());
    assert_eq!(error.effect(), Effect::None);
    let filtered = as_user(r"LAB\filtered", "half-a-token");
    for error in [filtered.vms().await.unwrap_err(), filtered.vm("app-01").await.unwrap_err()] {
        assert!(matches!(error.kind(), ErrorKind::Find(FindError::NothingSeen)), "{}", error.kind());
        assert!(error.is_access(), "{}", error.kind());
    }
    let stranger = as_user(r"LAB\operator", "wrong");
    assert!(stranger.vms().await.unwrap_err().is_access());
}

#[tokio::test]
async fn an_enumeration_that_is_abandoned_is_released_and_pages_are_asked_for_one_by_one() {
    let sim = sim().await;
    let client = sim.client_builder().page_size(2).host();
    let query = Wql::all("Msvm_VirtualSystemSettingData".parse().unwrap());
    let mut enumeration = client.cim().query(&query).await.unwrap();
    enumeration.next().await.unwrap().unwrap();
    let before = sim.requests();
    enumeration.next().await.unwrap().unwrap();
    assert_eq!(sim.requests(), before + 1, "one Pull for the next page");
    enumeration.next().await.unwrap().unwrap();
    assert_eq!(sim.requests(), before + 1, "the page held two");
    assert_eq!(sim.open_enumerations(), 1);
    drop(enumeration);
    while sim.open_enumerations() > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn references_instances_with_references_and_selector_filters_are_enumerated() {
    let sim = sim().await;
    for form in [UriForm::Wmi, UriForm::Dmtf] {
        let client = sim.client_builder().uri_form(form).page_size(3).host();
        let query = Wql::all("Msvm_VirtualSystemSettingData".parse().unwrap())
            .and_equals("ElementName", "hotfix")
            .unwrap();
        let mut references = client.cim().query_references(&query).await.unwrap();
        let reference = references.next().await.unwrap().unwrap();
        assert!(references.next().await.unwrap().is_none());
        let mut both = client.cim().query_with_references(&query).await.unwrap();
        let (instance, beside) = both.next().await.unwrap().unwrap();
        assert_eq!(beside, reference, "{form:?}");
        let id = instance.read::<String>("InstanceID").unwrap().unwrap();
        assert_eq!(reference.selectors.text("InstanceID"), Some(id.as_str()));

        let filter = hvsnap::wsman::SelectorSet::new().with("ElementName", "web-01");
        let class = "Msvm_ComputerSystem".parse().unwrap();
        let mut systems = client.cim().instances(class, filter).await.unwrap();
        let system = systems.next().await.unwrap().unwrap();
        assert_eq!(system.read::<String>("ElementName").unwrap().as_deref(), Some("web-01"));
        assert!(systems.next().await.unwrap().is_none());
    }
}

#[tokio::test]
async fn an_enumeration_is_a_stream_too() {
    use futures_core::Stream;
    let sim = sim().await;
    let client = sim.client_builder().page_size(2).host();
    let query = Wql::all("Msvm_ComputerSystem".parse().unwrap());
    let mut stream = Box::pin(client.cim().query(&query).await.unwrap().into_stream());
    let mut count = 0;
    while let Some(instance) = std::future::poll_fn(|context| stream.as_mut().poll_next(context)).await {
        instance.unwrap();
        count += 1;
    }
    assert_eq!(count, sim.vms().len() + 1, "all VMs and the host");
}

#[tokio::test]
async fn a_job_can_be_found_again_followed_and_cancelled() {
    let sim = sim().await;
    let client = sim.client_builder().host();
    let vm = client.vm("slow-01").await.unwrap();
    let tree = vm.snapshots().await.unwrap();
    let plan = tree.plan_destroy(tree.find("long").unwrap().id(), DestroyScope::Single).unwrap();
    let started = vm.begin(&plan).await.unwrap();
    let (job, record) = client.job(started.job().unwrap().id()).await.unwrap();
    assert!(!record.has_ended());
    let answer = job.cancel().await.unwrap();
    assert!(matches!(answer, hvsnap::CancelAnswer::Accepted(_)), "{answer:?}");
    let error = started.wait(Until::Merged, |_| {}).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::JobFailed { .. }), "{}", error.kind());
    assert_eq!(paths(&sim, "slow-01"), ["root", "root/long"]);
}

#[tokio::test]
async fn a_set_that_goes_on_and_on_ends_at_the_bound_and_nothing_was_done() {
    let sim = sim().await;
    let mut limits = Limits::default();
    limits.collected_items = 1;
    let client = Host::new(sim.client_builder().limits(limits).page_size(1).connect().await.unwrap());
    let error = client.vms().await.unwrap_err();
    let Some(ClientErrorKind::Protocol(offence)) = error.client().map(ClientError::kind) else {
        panic!("{error:?}")
    };
    assert_eq!((offence.violation(), error.effect()), (Violation::TooManyItems, Effect::None));
}

#[tokio::test]
async fn a_snapshot_that_was_taken_after_the_job_had_ended_is_never_taken_for_its_result() {
    let lab = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n[timing]\nobject_delay_seconds = 600.0\n\
               [[user]]\nname = 'LAB\\operator'\npassword = \"correct-horse\"\n[[vm]]\nname = \"web-01\"\n[[vm.snapshot]]\nname = \"base\"\n";
    let sim = Simulator::from_lab_text(lab).unwrap().seed(7).start().await.unwrap();
    let host = Host::new(sim.client_builder().build().unwrap());
    let vm = host.vm("web-01").await.unwrap();
    let plan = vm.snapshots().await.unwrap().plan_create(None);
    let begun = vm.begin(plan).await.unwrap();
    // Our own snapshot is not shown yet when somebody else's appears.
    sim.clock().sleep(std::time::Duration::from_secs(20)).await;
    sim.add_snapshot("web-01", Some("base"), "foreign").unwrap();
    let error = begun.wait(Until::JobEnded, |_| {}).await.unwrap_err();
    let outcome = error.outcome().unwrap();
    assert_eq!((outcome.status, &outcome.created), (Status::Unknown, &None), "{error}");
}
