//! Retries and their pauses: in virtual time, with a scripted host.

use std::{sync::Arc, time::Duration};

use hvsnap::{
    Client, ClientBuilder, Credentials, Effect, Error, Host, Outcome, RetryPolicy, Secret, Until,
    clock::Clock, clock::VirtualClock, explain::ErrorId, hyperv::DestroyScope,
};

use crate::{
    host::IntoHost,
    scripted::{
        Reply, ScriptedHost,
        envelopes::{computer_system, fault, items, job, output, service, soap, tree_after, tree_before},
    },
};

const VM_QUERY: &str = "from Msvm_ComputerSystem";
const TREE: &str = "from Msvm_VirtualSystemSettingData";
const DESTROY: &str = "DestroySnapshot_INPUT";
const JOB_GET: &str = "transfer/Get";
const IDENTIFY: &str = "wsmanidentity";

/// Virtual time, and a host and clients that use it.
struct Bench {
    host: ScriptedHost,
    clock: VirtualClock,
    began: Duration,
}

impl Bench {
    async fn new() -> Self {
        let host = ScriptedHost::start().await;
        host.on(VM_QUERY, [items(&[computer_system(&["2"])])])
            .on(TREE, [tree_before(), tree_before(), tree_after()])
            .on("from Msvm_VirtualSystemSnapshotService", [service()])
            .on("associators of", [items(&[])])
            .on(JOB_GET, [job(4, 0), job(7, 0)])
            .on(DESTROY, [output(true, 4096)])
            .on(
                IDENTIFY,
                [soap(
                    "<i:IdentifyResponse xmlns:i=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\">\
                     <i:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd</i:ProtocolVersion>\
                     </i:IdentifyResponse>",
                )],
            );
        let began = Duration::from_secs(1_790_000_000);
        Self { host, clock: VirtualClock::starting_at(began), began }
    }

    fn builder(&self) -> ClientBuilder {
        Client::builder(self.host.url())
            .credentials(Credentials::basic("ops", Secret::new("secret")))
            .clock(Arc::new(self.clock.clone()))
            .retry(RetryPolicy::new().jitter_seed(7))
    }

    fn client(&self) -> Host {
        self.builder().host()
    }

    fn elapsed(&self) -> Duration {
        self.clock.now() - self.began
    }

    async fn destroy(&self, until: Until, timeout: Option<u64>) -> Result<Outcome, Error> {
        let client = self.client();
        let vm = client.vm("web-01").await?;
        let tree = vm.snapshots().await?;
        let plan = tree.plan_destroy(tree.find("name-B").unwrap().id(), DestroyScope::Single).unwrap();
        let job = vm.begin(&plan).await?;
        let mut wait = hvsnap::Wait::until(until);
        if let Some(seconds) = timeout {
            wait = wait.timeout(Duration::from_secs(seconds));
        }
        let ended = job.wait(wait, |_| {}).await;
        assert_eq!(self.host.count(DESTROY), 1);
        ended
    }
}

fn quota() -> Reply {
    fault("Sender", "QuotaLimit", 2_150_859_174)
}

fn at_least(elapsed: Duration, seconds: u64) -> bool {
    (Duration::from_secs(seconds)..Duration::from_secs(seconds + 1)).contains(&elapsed)
}

#[tokio::test]
async fn what_passes_by_itself_is_tried_again_after_pauses_that_grow() {
    for reply in [
        Reply::HangUp,
        fault("Receiver", "TimedOut", 2_150_858_793),
        fault("Receiver", "InvalidEnumerationContext", 2_150_858_779),
        fault("Receiver", "InternalError", 2_147_749_957),
        quota(),
        Reply::Raw(503, String::new()),
        Reply::Raw(429, String::new()),
    ] {
        let bench = Bench::new().await;
        bench
            .host
            .on(VM_QUERY, [reply.clone(), reply.clone(), reply.clone(), items(&[computer_system(&["2"])])]);
        bench.client().vm("web-01").await.unwrap();
        assert_eq!(bench.host.count(VM_QUERY), 4, "{reply:?}");
        let millis = bench.elapsed().as_millis();
        assert!((875..=4_000).contains(&millis), "{reply:?}: {millis}");
    }
}

#[tokio::test]
async fn what_does_not_pass_by_itself_is_asked_once() {
    for reply in [
        Reply::Raw(401, String::new()),
        Reply::Raw(404, String::new()),
        Reply::Raw(500, String::new()),
        fault("Sender", "AccessDenied", 5),
        fault("Sender", "CannotProcessFilter", 2_150_858_778),
        fault("Sender", "SchemaValidationError", 2_150_858_817),
        Reply::Raw(200, "<html/>".to_owned()),
    ] {
        let bench = Bench::new().await;
        bench.host.on(VM_QUERY, [reply.clone()]);
        bench.client().vm("web-01").await.unwrap_err();
        assert_eq!((bench.host.count(VM_QUERY), bench.elapsed()), (1, Duration::ZERO), "{reply:?}");
    }
}

#[tokio::test]
async fn the_same_seed_waits_the_same_and_another_one_differs() {
    let mut elapsed = Vec::new();
    for seed in [1, 1, 2] {
        let bench = Bench::new().await;
        bench.host.on(VM_QUERY, [Reply::HangUp]);
        let client = bench.builder().retry(RetryPolicy::new().jitter_seed(seed)).host();
        client.vm("web-01").await.unwrap_err();
        elapsed.push(bench.elapsed());
    }
    assert_eq!(elapsed[0], elapsed[1]);
    assert_ne!(elapsed[1], elapsed[2]);
}

#[tokio::test]
async fn a_host_that_says_when_to_come_back_is_left_alone_until_then() {
    let bench = Bench::new().await;
    bench.host.on(VM_QUERY, [Reply::Later(503, 20), items(&[computer_system(&["2"])])]);
    bench.client().vm("web-01").await.unwrap();
    assert!(at_least(bench.elapsed(), 20), "{:?}", bench.elapsed());
}

#[tokio::test]
async fn a_pause_that_leads_beyond_the_deadline_is_not_waited_for_but_binds_the_next_request() {
    let bench = Bench::new().await;
    bench.host.on(VM_QUERY, [Reply::Later(503, 50)]);
    let client = bench.builder().retry(RetryPolicy::new().budget(Duration::from_secs(10))).host();
    let error = client.vm("web-01").await.unwrap_err();
    assert_eq!((error.id(), error.effect()), (ErrorId::UNAVAILABLE, Effect::None));
    assert_eq!((bench.host.count(VM_QUERY), bench.elapsed()), (1, Duration::ZERO));
    // Another request of the same client, and of a clone of it.
    client.client().identify().await.unwrap();
    assert!(at_least(bench.elapsed(), 50), "{:?}", bench.elapsed());
}

#[tokio::test]
async fn a_host_that_complains_gets_one_connection_until_it_is_calm() {
    let bench = Bench::new().await;
    let four = |client: Host| async move {
        let ask = || client.client().identify();
        let (a, b, c, d) = tokio::join!(ask(), ask(), ask(), ask());
        [a, b, c, d].into_iter().for_each(|answer| drop(answer.unwrap()));
    };
    four(bench.client()).await;
    assert_eq!(bench.host.connections(), 4, "without a complaint each has its own");
    bench.host.on(VM_QUERY, [quota(), items(&[computer_system(&["2"])])]);
    let client = bench.client();
    client.vm("web-01").await.unwrap();
    four(client.clone()).await;
    assert_eq!(bench.host.connections(), 5, "one for all after the complaint");
    for _ in 0..8 {
        client.client().identify().await.unwrap();
    }
    four(client).await;
    assert_eq!(bench.host.connections(), 8, "all again once it is calm");
}

#[tokio::test]
async fn a_poll_that_fails_for_a_while_does_not_end_the_waiting() {
    let bench = Bench::new().await;
    bench.host.on(
        JOB_GET,
        [
            job(4, 0),
            Reply::HangUp,
            Reply::Raw(500, String::new()),
            Reply::Raw(200, "<html/>".to_owned()),
            fault("Receiver", "InternalError", 2_147_944_122),
            Reply::Later(503, 7),
            quota(),
            job(4, 0),
            Reply::HangUp,
            job(7, 0),
        ],
    );
    let outcome = bench.destroy(Until::JobEnded, None).await.unwrap();
    assert_eq!((outcome.destroyed.len(), bench.host.count(JOB_GET)), (1, 10));
}

#[tokio::test]
async fn polls_that_only_fail_end_after_a_bounded_number_and_nobody_knows_the_effect() {
    let bench = Bench::new().await;
    bench.host.on(JOB_GET, [job(4, 0), Reply::HangUp]).on(TREE, [tree_before()]);
    let error = bench.destroy(Until::JobEnded, None).await.unwrap_err();
    assert_eq!((error.effect(), error.id()), (Effect::Unknown, ErrorId::READ_BACK));
    // Many attempts in a row, then one with each read of the tree.
    assert!((13..=40).contains(&bench.host.count(JOB_GET)), "{}", bench.host.count(JOB_GET));
    assert!(bench.elapsed() < Duration::from_secs(200), "{:?}", bench.elapsed());
}

#[tokio::test]
async fn polls_that_fail_end_at_the_deadline() {
    let bench = Bench::new().await;
    bench.host.on(JOB_GET, [job(4, 0), Reply::HangUp]).on(TREE, [tree_before()]);
    let error = bench.destroy(Until::JobEnded, Some(10)).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    assert!(bench.elapsed() <= Duration::from_secs(10), "{:?}", bench.elapsed());
    assert!(bench.host.count(JOB_GET) < 13);
}

#[tokio::test]
async fn a_merge_is_followed_through_readings_that_fail_for_a_while() {
    let bench = Bench::new().await;
    let merging = || items(&[computer_system(&["11", "32772"])]);
    let idle = || items(&[computer_system(&["2"])]);
    let lost = || [Reply::HangUp, Reply::HangUp, Reply::HangUp, Reply::HangUp];
    let mut replies = vec![idle(), idle(), merging()];
    replies.extend(lost());
    replies.extend([Reply::Raw(500, String::new()), merging()]);
    replies.extend(lost());
    replies.push(idle());
    bench.host.on(VM_QUERY, replies);
    let outcome = bench.destroy(Until::Merged, Some(300)).await.unwrap();
    assert!(outcome.is_complete() && outcome.merge.problem.is_none(), "{outcome:?}");
}

#[tokio::test]
async fn a_tree_that_cannot_be_read_back_at_once_is_read_back_later() {
    let bench = Bench::new().await;
    let mut replies = vec![tree_before(), tree_before()];
    replies.extend((0..6).map(|_| Reply::HangUp));
    replies.push(Reply::Raw(500, String::new()));
    replies.push(tree_after());
    bench.host.on(TREE, replies);
    let outcome = bench.destroy(Until::JobEnded, None).await.unwrap();
    assert_eq!(outcome.destroyed.len(), 1);
}

#[tokio::test]
async fn the_reasons_of_a_job_are_asked_for_again_because_asking_changes_nothing() {
    let bench = Bench::new().await;
    bench
        .host
        .on(JOB_GET, [job(10, 32775)])
        .on(TREE, [tree_before()])
        .on("GetErrorEx_INPUT", [Reply::HangUp, quota(), Reply::Raw(500, String::new())]);
    let error = bench.destroy(Until::JobEnded, None).await.unwrap_err();
    assert_eq!((error.id(), bench.host.count("GetErrorEx_INPUT")), (ErrorId::JOB_FAILED, 3));
}

#[tokio::test]
async fn a_call_is_sent_once_even_to_a_busy_host_and_its_complaint_counts_for_all() {
    for reply in [quota(), Reply::Later(503, 40)] {
        let bench = Bench::new().await;
        bench.host.on(DESTROY, [reply.clone()]).on(TREE, [tree_before()]);
        let client = bench.client();
        let vm = client.vm("web-01").await.unwrap();
        let tree = vm.snapshots().await.unwrap();
        let plan = tree.plan_destroy(tree.find("name-B").unwrap().id(), DestroyScope::Single).unwrap();
        let job = vm.begin(&plan).await.unwrap();
        // The call does not wait; the read of the tree is the first request that does.
        assert_eq!((bench.elapsed(), bench.host.count(DESTROY)), (Duration::ZERO, 1), "{reply:?}");
        let error = job.wait(Until::Accepted, |_| {}).await.unwrap_err();
        assert_eq!((error.effect(), bench.host.count(DESTROY)), (Effect::Unknown, 1), "{reply:?}");
        assert!(bench.elapsed() > Duration::ZERO, "{reply:?}");
    }
}
