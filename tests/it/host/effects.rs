//! What the client says of a destroy that goes wrong, against a host that can lie, fall silent and hang up.
//!
//! In every case the destroy is sent at most once, and the effect never claims more than can be known.

use std::{sync::Arc, time::Duration};

use hvsnap::{
    Client, ClientErrorKind, Credentials, Effect, Error, ErrorKind, Host, JobConclusion, Open, Outcome,
    Secret, Until, Wait,
    clock::VirtualClock,
    hyperv::{DestroyPlan, DestroyScope, MergeState, ReturnCode},
    journal::Status,
};

use crate::{
    host::IntoHost,
    scripted::{
        Reply, ScriptedHost,
        envelopes::{
            bare_fault, cim_fault, computer_system, fault, gone, instance, items, job, output, service,
            setting, soap, tree_after, tree_before,
        },
    },
};

pub(crate) const DESTROY: &str = "DestroySnapshot_INPUT";
pub(crate) const TREE: &str = "from Msvm_VirtualSystemSettingData";
pub(crate) const VM_QUERY: &str = "from Msvm_ComputerSystem";
const JOB_GET: &str = "transfer/Get";
const MERGE_JOBS: &str = "associators of";

/// A host where all goes well: the tree is read twice before the destroy, then shows its result.
pub(crate) async fn host() -> ScriptedHost {
    let host = ScriptedHost::start().await;
    host.on(VM_QUERY, [items(&[computer_system(&["2"])])])
        .on(TREE, [tree_before(), tree_before(), tree_after()])
        .on("from Msvm_VirtualSystemSnapshotService", [service()])
        .on(MERGE_JOBS, [items(&[])])
        .on(JOB_GET, [job(4, 0), job(7, 0)])
        .on("GetErrorEx_INPUT", [Reply::Raw(500, String::new())])
        .on(DESTROY, [output(true, 4096)]);
    host
}

pub(crate) fn describe(host: &ScriptedHost) -> Host {
    Client::builder(host.url())
        .credentials(Credentials::basic("ops", Secret::new("secret")))
        .clock(Arc::new(VirtualClock::starting_at(Duration::from_secs(1_790_000_000))))
        .host()
        // A script gives each reading its own answer.
        .fresh_for(Duration::ZERO)
}

fn client(host: &ScriptedHost) -> Host {
    describe(host)
}

async fn plan(client: &Host) -> DestroyPlan {
    let tree = client.vm("web-01").await.unwrap().snapshots().await.unwrap();
    tree.plan_destroy(tree.find("name-B").unwrap().id(), DestroyScope::Single).unwrap()
}

async fn destroy(host: &ScriptedHost, until: Until, timeout: Option<u64>) -> Result<Outcome, Error> {
    let client = client(host);
    let plan = plan(&client).await;
    let job = client.vm("web-01").await?.begin(&plan).await?;
    let mut wait = Wait::until(until);
    if let Some(seconds) = timeout {
        wait = wait.timeout(Duration::from_secs(seconds));
    }
    job.wait(wait, |_| {}).await
}

/// The VM is looked up for the plan and for the destroy, and looked at before the call; then comes `after`.
fn idle_until_called<const N: usize>(after: [Reply; N]) -> Vec<Reply> {
    let idle = || items(&[computer_system(&["2"])]);
    [idle(), idle(), idle()].into_iter().chain(after).collect()
}

async fn failure(host: &ScriptedHost, effect: Effect) -> Error {
    let error = destroy(host, Until::Merged, Some(60)).await.unwrap_err();
    assert_eq!(error.effect(), effect, "{error}");
    assert!(host.count(DESTROY) <= 1, "the destroy was sent {} times", host.count(DESTROY));
    error
}

#[tokio::test]
async fn a_destroy_that_goes_well_is_read_back() {
    let host = host().await;
    host.on(
        VM_QUERY,
        idle_until_called([items(&[computer_system(&["11", "32772"])]), items(&[computer_system(&["2"])])]),
    );
    let outcome = destroy(&host, Until::Merged, None).await.unwrap();
    let names: Vec<_> = outcome.destroyed.iter().map(|s| s.name.clone()).collect();
    assert_eq!(names, ["name-B"]);
    assert_eq!((outcome.unexpected.len(), outcome.kept().len()), (0, 2));
    assert_eq!(outcome.merge.state, MergeState::Finished);
    assert!(matches!(outcome.job, JobConclusion::Succeeded(_)));
    assert_eq!(host.count(DESTROY), 1);
}

#[tokio::test]
async fn acceptance_alone_claims_nothing_about_the_tree() {
    let host = host().await;
    let outcome = destroy(&host, Until::Accepted, None).await.unwrap();
    assert!(outcome.destroyed.is_empty() && outcome.tree.is_none());
    assert_eq!((host.count(DESTROY), host.count(JOB_GET)), (1, 0));
}

#[tokio::test]
async fn a_tree_that_moved_since_the_plan_is_never_touched() {
    let host = host().await;
    host.on(TREE, [tree_before(), tree_after()]);
    let error = failure(&host, Effect::None).await;
    assert!(matches!(error.kind(), ErrorKind::Stale(_)), "{error}");
    assert_eq!(host.count(DESTROY), 0);
}

#[tokio::test]
async fn an_answer_lost_on_the_way_leaves_the_effect_unknown_and_is_never_sent_again() {
    for reply in [
        Reply::HangUp,
        Reply::Half("<s:Envelope>and so on</s:Envelope>".to_owned()),
        Reply::Raw(200, "<html>hello</html>".to_owned()),
        Reply::Raw(200, String::new()),
        Reply::Raw(500, String::new()),
        Reply::Raw(503, "overloaded".to_owned()),
        Reply::Soap(200, crate::scripted::envelopes::envelope("<x/>")),
        fault("Receiver", "TimedOut", 2_150_858_793),
        fault("Receiver", "InternalError", 2_147_944_122),
        fault("Sender", "EncodingLimit", 2_150_858_829),
    ] {
        let host = host().await;
        host.on(DESTROY, [reply.clone()]).on(TREE, [tree_before()]);
        failure(&host, Effect::Unknown).await;
        assert_eq!(host.count(DESTROY), 1, "{reply:?}");
    }
}

#[tokio::test]
async fn an_answer_to_another_message_leaves_the_effect_unknown() {
    let host = host().await;
    let Reply::Soap(status, body) = output(true, 4096) else { unreachable!() };
    host.on(DESTROY, [Reply::Raw(status, body.replace("{ID}", "uuid:another"))]).on(TREE, [tree_before()]);
    let error = failure(&host, Effect::Unknown).await;
    assert!(matches!(error.client().unwrap().kind(), ClientErrorKind::Protocol(_)), "{error}");
}

#[tokio::test]
async fn a_refusal_before_the_method_changes_nothing() {
    for reply in [
        fault("Sender", "AccessDenied", 5),
        fault("Receiver", "InternalError", 2_147_942_405),
        fault("Sender", "SchemaValidationError", 2_150_858_817),
        fault("Sender", "InvalidSelectors", 2_150_858_842),
        fault("Sender", "ActionNotSupported", 2_150_858_753),
        fault("Sender", "DestinationUnreachable", 2_150_858_811),
        cim_fault("OMI_Error", &[("CIMStatusCode", "2"), ("OMI_Code", "2"), ("OMI_Type", "MI")]),
        cim_fault("MSFT_WmiError", &[("CIMStatusCode", "17"), ("error_Code", "17"), ("error_Type", "MI")]),
    ] {
        let host = host().await;
        host.on(DESTROY, [reply.clone()]).on(TREE, [tree_before()]);
        failure(&host, Effect::None).await;
        assert_eq!(host.count(DESTROY), 1, "{reply:?}");
    }
}

#[tokio::test]
async fn a_status_a_quota_or_a_time_out_proves_nothing_of_a_call_whose_body_was_sent() {
    let statuses = [302, 400, 401, 403, 404, 407, 408, 413, 417, 421, 425, 429, 500, 502, 503, 504];
    let replies = statuses.map(|status| Reply::Raw(status, String::new())).into_iter().chain([
        fault("Sender", "QuotaLimit", 2_150_858_815),
        fault("Receiver", "InternalError", 2_150_859_174),
        fault("Receiver", "TimedOut", 2_150_858_793),
        fault("Sender", "EncodingLimit", 2_150_858_824),
        fault("Sender", "Unheard", 4711),
        cim_fault("OMI_Error", &[("CIMStatusCode", "1"), ("OMI_Code", "1"), ("OMI_Type", "MI")]),
        Reply::Typed(200, "text/html", "<!DOCTYPE html><html>Sign in</html>".to_owned()),
    ]);
    for reply in replies {
        // Within a minute the call may still take effect.
        let host = host().await;
        host.on(DESTROY, [reply.clone()]).on(TREE, [tree_before()]);
        let error = failure(&host, Effect::Unknown).await;
        let open = error.outcome().unwrap().open.clone();
        assert!(
            matches!(open, Some(Open::CallUnderWay(left)) if left <= Duration::from_secs(30)),
            "{open:?}"
        );
        // After as long as its answer would have been waited for, the tree decides.
        let host = self::host().await;
        host.on(DESTROY, [reply.clone()]).on(TREE, [tree_before()]);
        let error = destroy(&host, Until::Merged, None).await.unwrap_err();
        assert_eq!(
            (error.effect(), error.outcome().unwrap().status),
            (Effect::None, Status::NotDone),
            "{reply:?}"
        );
        // It did take effect.
        let host = self::host().await;
        host.on(DESTROY, [reply.clone()]);
        let outcome = destroy(&host, Until::JobEnded, None).await.unwrap();
        assert_eq!((outcome.status, outcome.is_refused), (Status::Done, false), "{reply:?}");
        assert_eq!(host.count(DESTROY), 1, "{reply:?}");
    }
}

#[tokio::test]
async fn a_refusal_is_not_believed_against_a_tree_that_shows_it_gone() {
    let host = host().await;
    host.on(DESTROY, [fault("Sender", "SchemaValidationError", 2_150_858_817)]);
    let error = failure(&host, Effect::Applied).await;
    assert_eq!(error.outcome().unwrap().status, Status::Done);
    assert_eq!(host.count(DESTROY), 1);
}

#[tokio::test]
async fn a_refusal_is_final_only_after_a_second_reading() {
    // The first reading is stale.
    let host = host().await;
    host.on(DESTROY, [output(false, 32774)])
        .on(TREE, [tree_before(), tree_before(), tree_before(), tree_after()]);
    let error = failure(&host, Effect::Applied).await;
    assert_eq!(error.outcome().unwrap().status, Status::Done);
    // A job that deletes is alive, whatever the return value says.
    let alive = || match job(4, 0) {
        Reply::Soap(_, body) => {
            let job = crate::scripted::between(&body, "<s:Body>", "</s:Body>").unwrap().to_owned();
            items(&[job])
        }
        _ => unreachable!(),
    };
    let host = self::host().await;
    host.on(DESTROY, [output(false, 32774)]).on(TREE, [tree_before()]).on(MERGE_JOBS, [alive()]);
    let error = failure(&host, Effect::Unknown).await;
    assert_eq!(error.outcome().unwrap().status, Status::Running);
    // The jobs cannot be listed.
    let host = self::host().await;
    host.on(DESTROY, [output(false, 32774)]).on(TREE, [tree_before()]);
    host.on(MERGE_JOBS, [fault("Sender", "AccessDenied", 5)]);
    let error = failure(&host, Effect::Unknown).await;
    assert_eq!(error.outcome().unwrap().open, Some(Open::JobsNotReadable));
}

#[tokio::test]
async fn access_denied_is_told_apart_in_every_form() {
    for (reply, effect) in [
        (fault("Sender", "AccessDenied", 5), Effect::None),
        (fault("Receiver", "InternalError", 2_147_942_405), Effect::None),
        (fault("Receiver", "InternalError", 2_150_859_013), Effect::None),
        (cim_fault("MSFT_WmiError", &[("CIMStatusCode", "2")]), Effect::None),
        (Reply::Raw(401, String::new()), Effect::Unknown),
        (Reply::Raw(403, String::new()), Effect::Unknown),
        (output(false, 32769), Effect::None),
    ] {
        let host = host().await;
        host.on(DESTROY, [reply.clone()]).on(TREE, [tree_before()]);
        assert!(failure(&host, effect).await.is_access(), "{reply:?}");
    }
}

#[tokio::test]
async fn a_return_value_of_refusal_is_checked_against_the_tree() {
    for (after, effect) in [
        (tree_before(), Effect::None),
        (tree_after(), Effect::Applied),
        (Reply::Raw(404, String::new()), Effect::Unknown),
    ] {
        let host = host().await;
        host.on(DESTROY, [output(false, 32774)]).on(TREE, [tree_before(), tree_before(), after]);
        let error = failure(&host, effect).await;
        let ErrorKind::Refused { method, code } = error.kind() else { panic!("{error}") };
        assert_eq!((*method, *code), ("DestroySnapshot", ReturnCode::VENDOR_IN_USE));
    }
}

#[tokio::test]
async fn a_host_that_does_it_at_once_is_read_back_too() {
    let host = host().await;
    host.on(DESTROY, [output(false, 0)]);
    let outcome = destroy(&host, Until::JobEnded, None).await.unwrap();
    assert!(matches!(outcome.job, JobConclusion::Synchronous));
    assert_eq!(outcome.destroyed.len(), 1);
}

#[tokio::test]
async fn a_job_that_fails_tells_its_reason_and_what_is_gone_all_the_same() {
    for (after, effect, lost) in [(tree_before(), Effect::None, 0), (tree_after(), Effect::Applied, 1)] {
        let host = host().await;
        host.on(JOB_GET, [job(4, 0), job(10, 32775)]).on(TREE, [tree_before(), tree_before(), after]);
        let error = failure(&host, effect).await;
        let ErrorKind::JobFailed { job, .. } = error.kind() else { panic!("{error}") };
        let destroyed = &error.outcome().unwrap().destroyed;
        assert_eq!((job.error_code, destroyed.len()), (Some(32775), lost));
        assert!(error.kind().to_string().contains("It did not work."), "{}", error.kind());
    }
}

#[tokio::test]
async fn a_job_that_vanished_is_settled_by_the_tree_and_the_vm() {
    for gone in [
        gone(),
        fault("Receiver", "InternalError", 2_147_749_890),
        bare_fault("a:DestinationUnreachable"),
        cim_fault("OMI_Error", &[("CIMStatusCode", "6"), ("OMI_Code", "6"), ("OMI_Type", "MI")]),
        cim_fault("MSFT_WmiError", &[("CIMStatusCode", "6"), ("error_Code", "6"), ("error_Type", "MI")]),
    ] {
        let host = host().await;
        host.on(JOB_GET, [job(4, 0), gone.clone()]);
        let outcome = destroy(&host, Until::JobEnded, None).await.unwrap();
        assert!(matches!(outcome.job, JobConclusion::Vanished), "{gone:?}");
        assert_eq!(outcome.destroyed.len(), 1);
    }

    for (statuses, effect) in [(["2", "2"], Effect::None), (["11", "32770"], Effect::Unknown)] {
        let host = host().await;
        let busy = items(&[computer_system(&statuses)]);
        host.on(JOB_GET, [gone()]).on(TREE, [tree_before()]).on(VM_QUERY, idle_until_called([busy]));
        let error = failure(&host, effect).await;
        match effect {
            Effect::None => assert!(matches!(error.kind(), ErrorKind::JobVanished), "{error}"),
            // The VM says that it is still deleting.
            _ => assert!(matches!(error.kind(), ErrorKind::Deadline(None)), "{error}"),
        }
    }
}

#[tokio::test]
async fn a_job_that_claims_success_is_not_believed_against_the_tree() {
    let host = host().await;
    host.on(TREE, [tree_before()]);
    let error = failure(&host, Effect::Unknown).await;
    assert!(matches!(error.kind(), ErrorKind::StillThere(left) if left.len() == 1), "{error}");
}

#[tokio::test]
async fn a_job_still_running_at_the_deadline_leaves_the_effect_unknown() {
    let host = host().await;
    host.on(JOB_GET, [job(4, 0)]);
    let error = failure(&host, Effect::Unknown).await;
    assert!(matches!(error.kind(), ErrorKind::Deadline(Some(_))), "{error}");
}

#[tokio::test]
async fn a_host_that_falls_silent_after_the_call_leaves_the_effect_unknown() {
    for reply in [Reply::HangUp, Reply::Raw(401, String::new()), fault("Sender", "AccessDenied", 5)] {
        // The job cannot be read, and the tree still shows the snapshot: the job may run.
        let host = host().await;
        host.on(JOB_GET, [reply.clone()]).on(TREE, [tree_before()]);
        failure(&host, Effect::Unknown).await;
        // Where the tree shows that it is gone, the job does not matter.
        let host = self::host().await;
        host.on(JOB_GET, [reply]);
        let outcome = destroy(&host, Until::JobEnded, None).await.unwrap();
        assert!(matches!(outcome.job, JobConclusion::Unreadable(_)), "{:?}", outcome.job);
        assert!(outcome.is_complete());
    }
}

#[tokio::test]
async fn a_merge_that_does_not_end_is_told_and_is_no_failure() {
    let host = host().await;
    host.on(VM_QUERY, idle_until_called([items(&[computer_system(&["11", "32772"])])]));
    let outcome = destroy(&host, Until::Merged, Some(30)).await.unwrap();
    assert_eq!((outcome.merge.state, outcome.is_complete()), (MergeState::Running, false));
    assert_eq!(outcome.destroyed.len(), 1);
}

#[tokio::test]
async fn a_host_that_falls_silent_during_the_merge_does_not_take_away_what_is_known() {
    let host = host().await;
    // It is read once more with the tree.
    host.on(VM_QUERY, idle_until_called([items(&[computer_system(&["11", "32772"])]), Reply::HangUp]));
    let outcome = destroy(&host, Until::Merged, Some(30)).await.unwrap();
    assert_eq!((outcome.merge.state, outcome.is_complete()), (MergeState::Unknown, false));
    assert_eq!(outcome.destroyed.len(), 1);
    assert!(outcome.merge.problem.is_some());
}

#[tokio::test]
async fn what_vanished_besides_the_plan_is_named() {
    let host = host().await;
    host.on(TREE, [tree_before(), tree_before(), items(&[setting("A", ""), setting("", "A")])]);
    let outcome = destroy(&host, Until::JobEnded, None).await.unwrap();
    let names: Vec<_> = outcome.unexpected.iter().map(|s| s.name.clone()).collect();
    assert_eq!(names, ["name-C"]);
}

#[tokio::test]
async fn reads_are_tried_again_but_not_for_ever() {
    let host = host().await;
    host.on(VM_QUERY, [Reply::HangUp, Reply::Raw(503, String::new()), items(&[computer_system(&["2"])])]);
    assert_eq!(client(&host).vm("web-01").await.unwrap().name(), "web-01");
    assert_eq!(host.count(VM_QUERY), 3);
    host.on(VM_QUERY, [Reply::HangUp]);
    let error = client(&host).vm("web-01").await.unwrap_err();
    assert_eq!((error.effect(), host.count(VM_QUERY)), (Effect::None, 7));
}

#[tokio::test]
async fn a_page_that_was_lost_starts_the_reading_of_the_tree_anew() {
    let page = |context: &str, id: &str, parent: &str| {
        soap(&format!(
            "<n:PullResponse><n:EnumerationContext>{context}</n:EnumerationContext><n:Items>{}</n:Items></n:PullResponse>",
            setting(id, parent)
        ))
    };
    let last = soap(&format!(
        "<n:PullResponse><n:Items>{}</n:Items><n:EndOfSequence/></n:PullResponse>",
        setting("", "A")
    ));
    let host = host().await;
    host.on(
        TREE,
        [soap("<n:EnumerateResponse><n:EnumerationContext>c0</n:EnumerationContext></n:EnumerateResponse>")],
    )
    .on("n:Pull>", [page("c1", "A", ""), Reply::HangUp, page("c1", "A", ""), last]);
    let client = client(&host);
    let tree = client.vm("web-01").await.unwrap().snapshots().await.unwrap();
    assert_eq!(tree.len(), 1);
    assert_eq!((host.count(TREE), host.count("n:Pull>")), (2, 4));
}

#[tokio::test]
async fn a_host_that_sends_another_vm_or_job_is_not_believed() {
    let host = host().await;
    let other = instance("Msvm_ConcreteJob", &[("InstanceID", "ANOTHER"), ("JobState", "7")]);
    host.on(JOB_GET, [soap(&other)]).on(TREE, [tree_before()]);
    let error = failure(&host, Effect::Unknown).await;
    let ErrorKind::ReadBack(cause) = error.kind() else { panic!("{error}") };
    assert!(matches!(cause.client().unwrap().kind(), ClientErrorKind::Protocol(_)), "{cause}");
    let host = self::host().await;
    let foreign = items(&[setting("A", "").replace("11111111-", "22222222-")]);
    host.on(TREE, [foreign]);
    let vm = client(&host).vm("web-01").await.unwrap();
    let error = vm.snapshots().await.unwrap_err();
    assert!(error.kind().to_string().contains("another instance"), "{}", error.kind());
}

#[tokio::test]
async fn a_job_that_is_gone_is_not_found_under_either_class() {
    let host = host().await;
    host.on(JOB_GET, [gone()]);
    let error = client(&host).job("5F0C2A7E").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Find(_)), "{error}");
    assert_eq!(host.count(JOB_GET), 2);
}
