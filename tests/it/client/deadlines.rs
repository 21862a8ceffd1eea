//! The deadline of a client's handle ends everything, wherever the host falls silent; and the reports stay true.
//!
//! In virtual time: a silent host advances it to the deadline, so an unbounded wait would never end here.

use std::{future::Future, sync::Arc, time::Duration};

use hvsnap::{
    Client, ClientBuilder, ClientError, ClientErrorKind, Credentials, Deadline, Effect, Error, ErrorKind,
    Host, OnBusy, Outcome, RetryPolicy, Secret, Until, Vm,
    clock::{Clock, VirtualClock},
    explain::ErrorId,
    hyperv::{DestroyPlan, DestroyScope, MergeState},
    journal::{Journal, MemoryJournal, Reply as Answered, Status},
};
use tokio::net::TcpListener;

use crate::{
    host::{
        IntoHost,
        effects::{DESTROY, TREE, VM_QUERY, host},
        journaled::operations,
    },
    scripted::{
        Reply, ScriptedHost,
        envelopes::{computer_system, items, job, tree_before},
    },
};

const BEGAN: Duration = Duration::from_secs(1_790_000_000);
const LIMIT: Duration = Duration::from_secs(50);
const JOB_GET: &str = "transfer/Get";
const SERVICE: &str = "from Msvm_VirtualSystemSnapshotService";

struct Bench {
    host: ScriptedHost,
    clock: VirtualClock,
    journal: MemoryJournal,
}

impl Bench {
    async fn new() -> Self {
        let clock = VirtualClock::starting_at(BEGAN);
        Self { host: host().await, clock, journal: MemoryJournal::new() }
    }

    fn builder(&self) -> ClientBuilder {
        Client::builder(self.host.url())
            .credentials(Credentials::basic("ops", Secret::new("secret")))
            .clock(Arc::new(self.clock.clone()))
            .retry(RetryPolicy::new().jitter_seed(7))
    }

    fn client(&self) -> Host {
        self.host_of(self.builder())
    }

    fn host_of(&self, builder: ClientBuilder) -> Host {
        builder.host().journal(Arc::new(self.journal.clone())).fresh_for(Duration::ZERO)
    }

    fn elapsed(&self) -> Duration {
        self.clock.now() - BEGAN
    }

    /// Lets the time run out when the host falls silent.
    async fn cut<T>(&self, work: impl Future<Output = T>) -> T {
        let over = async {
            self.host.falls_silent().await;
            self.clock.advance((BEGAN + LIMIT).saturating_sub(self.clock.now()));
        };
        tokio::join!(work, over).0
    }

    /// A VM whose time is limited from now on, and a plan for it.
    async fn planned(&self, client: &Host) -> (Vm, DestroyPlan) {
        let vm = client.with_timeout(LIMIT).vm("web-01").await.unwrap();
        let tree = vm.snapshots().await.unwrap();
        let plan = tree.plan_destroy(tree.find("name-B").unwrap().id(), DestroyScope::Single).unwrap();
        (vm, plan)
    }

    async fn destroy(&self) -> Result<Outcome, Error> {
        let (vm, plan) = self.planned(&self.client()).await;
        vm.begin(&plan).await?.wait(Until::Merged, |_| {}).await
    }
}

#[track_caller]
fn assert_timed_out(error: &ClientError, is_sent: bool, effect: Effect) {
    let ClientErrorKind::TimedOut { after, is_sent: sent } = error.kind() else { panic!("{error}") };
    assert_eq!((*after, *sent, error.effect()), (LIMIT, is_sent, effect), "{error}");
    assert_eq!(error.id(), ErrorId::TIME_OVER);
}

#[tokio::test]
async fn a_read_that_the_deadline_cuts_has_changed_nothing() {
    let bench = Bench::new().await;
    bench.host.on(VM_QUERY, [Reply::Silence]);
    let client = bench.client().with_timeout(LIMIT);
    let error = bench.cut(client.vm("web-01")).await.unwrap_err();
    assert_timed_out(error.client().unwrap(), true, Effect::None);
    assert_eq!(error.kind().to_string(), "timed out after 50s; the host had not answered");
    // Afterwards nothing is even sent through this handle; another one goes on.
    let error = client.vm("web-01").await.unwrap_err();
    assert_timed_out(error.client().unwrap(), false, Effect::None);
    assert_eq!(
        error.kind().to_string(),
        "timed out after 50s; the host had not answered, and the request was not sent"
    );
    assert_eq!(bench.host.count(VM_QUERY), 1);
    bench.host.on(VM_QUERY, [items(&[computer_system(&["2"])])]);
    bench.client().vm("web-01").await.unwrap();
}

#[tokio::test]
async fn of_two_deadlines_the_earlier_one_counts() {
    let bench = Bench::new().await;
    let client = bench.client();
    assert_eq!(client.client().deadline(), None);
    let (long, short) = (Deadline::new(BEGAN, 3 * LIMIT), Deadline::new(BEGAN, LIMIT));
    for bounded in
        [client.with_deadline(long).with_deadline(short), client.with_deadline(short).with_deadline(long)]
    {
        assert_eq!(bounded.client().deadline(), Some(short));
    }
}

#[tokio::test]
async fn a_call_whose_answer_the_deadline_cuts_is_unknown_and_is_written_down_so() {
    let bench = Bench::new().await;
    bench.host.on(DESTROY, [Reply::Silence]);
    let error = bench.cut(bench.destroy()).await.unwrap_err();
    assert_timed_out(error.client().unwrap(), true, Effect::Unknown);
    assert_eq!(bench.host.count(DESTROY), 1);
    let [operation] = operations(&bench.journal).try_into().unwrap();
    let reply = operation.answer.as_ref().map(|answer| &answer.reply);
    assert!(matches!(reply, Some(Answered::Lost { .. })) && !operation.is_concluded(), "{operation:?}");
    // The host may still be at it, however little time there was for the answer.
    assert!(operation.intent.answer_timeout > LIMIT, "{operation:?}");
}

#[tokio::test]
async fn a_call_is_not_begun_after_the_deadline() {
    let bench = Bench::new().await;
    // Nothing is asked for twice, so that the call itself is what comes too late.
    let client = bench.client().fresh_for(2 * LIMIT);
    let (vm, plan) = bench.planned(&client).await;
    vm.begin(&plan).await.unwrap().wait(Until::JobEnded, |_| {}).await.unwrap();
    bench.clock.advance(Duration::from_secs(1));
    let vm = client.with_timeout(LIMIT).vm("web-01").await.unwrap();
    let tree = vm.snapshots().await.unwrap();
    let plan = tree.plan_destroy(tree.find("name-C").unwrap().id(), DestroyScope::Single).unwrap();
    bench.clock.advance(LIMIT);
    let error = vm.begin(&plan).await.unwrap_err();
    assert_timed_out(error.client().unwrap(), false, Effect::None);
    assert_eq!(bench.host.count(DESTROY), 1, "the first");
    let words: Vec<_> = operations(&bench.journal)
        .into_iter()
        .map(|operation| operation.conclusion.map(|conclusion| conclusion.outcome.status))
        .collect();
    assert_eq!(words, [Some(Status::Done), Some(Status::NotDone)]);
}

#[tokio::test]
async fn a_deadline_during_the_handshake_of_a_call_leaves_nothing_sent() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let clock = VirtualClock::starting_at(BEGAN);
    let client = Client::builder(format!("https://{}", silent.local_addr().unwrap()))
        .credentials(Credentials::basic("ops", Secret::new("secret")))
        .clock(Arc::new(clock.clone()))
        .host()
        .with_timeout(LIMIT);
    let over = async {
        let connection = silent.accept().await.unwrap();
        clock.advance(LIMIT);
        connection
    };
    let (identity, _connection) = tokio::join!(client.client().identify(), over);
    assert_timed_out(&identity.unwrap_err(), false, Effect::None);
}

#[tokio::test]
async fn a_job_that_falls_silent_is_waited_for_until_the_deadline() {
    let bench = Bench::new().await;
    bench.host.on(JOB_GET, [job(4, 0), Reply::Silence]);
    let error = bench.cut(bench.destroy()).await.unwrap_err();
    let ErrorKind::Deadline(Some(_)) = error.kind() else { panic!("{error}") };
    assert_eq!((error.effect(), bench.elapsed()), (Effect::Unknown, LIMIT));
}

#[tokio::test]
async fn a_job_that_goes_on_is_seen_for_the_last_time_before_the_deadline() {
    let bench = Bench::new().await;
    bench.host.on(JOB_GET, [job(4, 0)]);
    let error = bench.destroy().await.unwrap_err();
    let ErrorKind::Deadline(Some(_)) = error.kind() else { panic!("{error}") };
    assert_eq!(bench.elapsed(), LIMIT - Duration::from_secs(2));
}

#[tokio::test]
async fn a_read_back_that_falls_silent_ends_at_the_deadline_and_leaves_the_effect_unknown() {
    let bench = Bench::new().await;
    bench.host.on(TREE, [tree_before(), tree_before(), Reply::Silence]);
    let error = bench.cut(bench.destroy()).await.unwrap_err();
    let ErrorKind::ReadBack(cause) = error.kind() else { panic!("{error}") };
    assert_timed_out(cause.client().unwrap(), true, Effect::None);
    assert_eq!((error.effect(), bench.elapsed()), (Effect::Unknown, LIMIT));
}

#[tokio::test]
async fn a_merge_that_falls_silent_is_not_called_merged() {
    let merging = || items(&[computer_system(&["11", "32772"])]);
    let idle = || items(&[computer_system(&["2"])]);
    for (systems, jobs) in [
        (vec![idle(), idle(), merging(), Reply::Silence], items(&[])),
        // No status shows it any more, and whether a job is alive cannot be asked.
        (vec![idle(), idle(), merging(), idle()], Reply::Silence),
    ] {
        let bench = Bench::new().await;
        bench.host.on(VM_QUERY, systems).on("associators of", [jobs]);
        let outcome = bench.cut(bench.destroy()).await.unwrap();
        assert_eq!((outcome.merge.state, outcome.is_complete()), (MergeState::Running, false));
        assert_eq!(bench.elapsed(), LIMIT);
    }
}

#[tokio::test]
async fn whoever_waits_for_the_vm_waits_until_the_deadline() {
    let on_busy = OnBusy::Wait { at_most: None };
    let bench = Bench::new().await;
    let client = bench.client().on_busy(on_busy);
    let (vm, plan) = bench.planned(&client).await;
    bench.host.on(VM_QUERY, [items(&[computer_system(&["11", "32768"])])]);
    let error = vm.begin(&plan).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Busy { .. }), "{}", error.kind());
    assert!(bench.elapsed() <= LIMIT, "{:?}", bench.elapsed());
    // A host that falls silent meanwhile takes nothing away from what it was seen at.
    let bench = Bench::new().await;
    let client = bench.client().on_busy(on_busy);
    let (vm, plan) = bench.planned(&client).await;
    bench.host.on(VM_QUERY, [items(&[computer_system(&["11", "32768"])]), Reply::Silence]);
    let error = bench.cut(vm.begin(&plan)).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Busy { .. }), "{}", error.kind());

    let bench = Bench::new().await;
    let client = bench.client().on_busy(on_busy);
    let (vm, plan) = bench.planned(&client).await;
    let _taken =
        bench.journal.lock(vm.id(), "00000000-0000-4000-8000-000000000001".parse().unwrap()).unwrap();
    let error = vm.begin(&plan).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Locked(_)), "{}", error.kind());
    assert!(bench.elapsed() <= LIMIT, "{:?}", bench.elapsed());
    assert_eq!(bench.host.count(DESTROY), 0);
}

#[tokio::test]
async fn who_resumes_says_what_is_there_before_the_deadline() {
    let bench = Bench::new().await;
    let (vm, plan) = bench.planned(&bench.client()).await;
    let operation = vm.begin(&plan).await.unwrap().operation();
    bench.host.on(JOB_GET, [job(4, 0)]).on(TREE, [tree_before()]);
    let operation = bench.journal.read(operation).unwrap().unwrap();
    let client = bench.client().with_timeout(LIMIT);
    let resumed = client.resume_waiting(&operation, Until::Merged, |_| {}).await.unwrap();
    assert_eq!(resumed.outcome.status, Status::Running);
    assert!(bench.elapsed() <= LIMIT, "{:?}", bench.elapsed());
    // Silence leaves it open, and for no longer than until then.
    bench.host.on(TREE, [Reply::Silence]);
    let client = bench.client().with_timeout(LIMIT);
    let over = async {
        bench.host.falls_silent().await;
        bench.clock.advance(LIMIT);
    };
    let resuming = client.resume_waiting(&operation, Until::Accepted, |_| {});
    let (resumed, ()) = tokio::join!(resuming, over);
    let outcome = resumed.unwrap().outcome;
    assert!(!outcome.status.is_final() && outcome.open.is_some(), "{outcome:?}");
}

#[tokio::test]
async fn what_a_host_asks_to_wait_is_honoured_up_to_the_deadline_and_for_a_minute_at_most() {
    let long = || Reply::Later(503, 100_000);
    // Without a deadline.
    let bench = Bench::new().await;
    bench.host.on(VM_QUERY, [long(), items(&[computer_system(&["2"])])]);
    bench.client().vm("web-01").await.unwrap();
    assert_eq!(bench.elapsed(), Duration::from_secs(60));
    // The complaint of the first request binds the second, which has less time than that.
    let bench = Bench::new().await;
    bench.host.on(VM_QUERY, [long()]);
    let client =
        bench.host_of(bench.builder().retry(RetryPolicy::new().budget(Duration::ZERO))).with_timeout(LIMIT);
    let error = client.vm("web-01").await.unwrap_err();
    assert_eq!((error.id(), bench.elapsed()), (ErrorId::UNAVAILABLE, Duration::ZERO));
    assert_timed_out(&client.client().identify().await.unwrap_err(), false, Effect::None);
    assert_eq!(bench.elapsed(), LIMIT);
    // In the midst of a destroy.
    for (word, before) in [
        (VM_QUERY, vec![]),
        (SERVICE, vec![]),
        (TREE, vec![tree_before()]),
        (DESTROY, vec![]),
        (JOB_GET, vec![job(4, 0)]),
        (TREE, vec![tree_before(), tree_before()]),
        (VM_QUERY, (0..3).map(|_| items(&[computer_system(&["2"])])).collect()),
        ("associators of", vec![]),
    ] {
        let bench = Bench::new().await;
        let replies: Vec<_> = before.into_iter().chain([long()]).collect();
        bench.host.on(word, replies);
        let client = bench.client().with_timeout(LIMIT);
        let destroy = async {
            let vm = client.vm("web-01").await?;
            let tree = vm.snapshots().await?;
            let plan = tree.plan_destroy(tree.find("name-B").unwrap().id(), DestroyScope::Single).unwrap();
            vm.begin(&plan).await?.wait(Until::Merged, |_| {}).await
        };
        let ended = destroy.await;
        assert!(bench.elapsed() <= LIMIT, "{word}: {:?} {ended:?}", bench.elapsed());
        assert!(bench.host.count(DESTROY) <= 1);
    }
}

#[tokio::test]
async fn a_doctor_is_done_at_the_deadline() {
    let bench = Bench::new().await;
    bench.host.on(VM_QUERY, [Reply::Silence]).on("", [Reply::Silence]);
    let client = bench.client().with_timeout(LIMIT);
    let diagnosis = bench.cut(client.doctor()).await;
    let failed = diagnosis.first_failure().unwrap();
    assert_eq!(failed.id, Some(ErrorId::TIME_OVER), "{failed:?}");
}

#[tokio::test]
async fn who_waits_for_the_question_of_another_handle_waits_until_his_own_deadline() {
    let bench = Bench::new().await;
    bench.host.on(SERVICE, [Reply::Silence]);
    // Without a journal there is no lock that would keep the second from asking.
    let client = Client::builder(bench.host.url())
        .credentials(Credentials::basic("ops", Secret::new("secret")))
        .clock(Arc::new(bench.clock.clone()))
        .host();
    let unbounded = client.vm("web-01").await.unwrap();
    let (vm, plan) = bench.planned(&client).await;
    let second = async {
        bench.host.falls_silent().await;
        let over = async { bench.clock.advance(LIMIT) };
        tokio::join!(vm.begin(&plan), over).0
    };
    let error = tokio::select! {
        first = unbounded.begin(&plan) => panic!("{first:?}"),
        second = second => second.unwrap_err(),
    };
    assert_timed_out(error.client().unwrap(), true, Effect::None);
    assert_eq!(bench.host.count(SERVICE), 1);
}
