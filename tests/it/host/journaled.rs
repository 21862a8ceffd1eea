//! What a destroy leaves in the journal, and what a crash at each write leaves to be settled; the simulator is the oracle.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
};

use hvsnap::{
    Credentials, Effect, Error, ErrorKind, Host, Outcome, Secret, Until,
    hyperv::DestroyScope,
    journal::{
        Answer, Closing, ConcludedBy, Conclusion, Intent, Journal, JournalError, JournalErrorKind,
        MemoryJournal, Operation, OperationId, Reply, Status, VmLock,
    },
    sim::{RunningSimulator, Simulator},
};

use crate::host::IntoHost;

const LAB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/two-branches.toml");

pub(crate) async fn sim() -> RunningSimulator {
    Simulator::from_lab(LAB).unwrap().seed(7).start().await.unwrap()
}

pub(crate) fn client(sim: &RunningSimulator, journal: impl Journal + 'static) -> Host {
    sim.client_builder().host().journal(Arc::new(journal))
}

pub(crate) async fn destroy(client: &Host, vm: &str, snapshot: &str, until: Until) -> Result<Outcome, Error> {
    let vm = client.vm(vm).await?;
    let tree = vm.snapshots().await?;
    let plan = tree.plan_destroy(tree.find(snapshot).unwrap().id(), DestroyScope::Single).unwrap();
    vm.begin(&plan)
        .await?
        .wait(hvsnap::Wait::until(until).timeout(std::time::Duration::from_secs(120)), |_| {})
        .await
}

pub(crate) fn operations(journal: &impl Journal) -> Vec<Operation> {
    journal.list().unwrap().into_iter().map(Result::unwrap).collect()
}

pub(crate) fn is_there(sim: &RunningSimulator, vm: &str, snapshot: &str) -> bool {
    sim.snapshots_of(vm).unwrap().iter().any(|known| known.name == snapshot)
}

#[tokio::test]
async fn a_destroy_is_written_down_with_intent_answer_and_end() {
    let (sim, journal) = (sim().await, MemoryJournal::new());
    destroy(&client(&sim, journal.clone()), "web-01", "base/before-upgrade", Until::Merged).await.unwrap();
    let [operation] = operations(&journal).try_into().unwrap();
    let intent = &operation.intent;
    assert_eq!(intent.endpoint, sim.endpoint());
    assert_eq!((intent.vm_name.as_str(), intent.user.as_deref()), ("web-01", Some(r"LAB\operator")));
    assert_eq!(
        (intent.target().unwrap().name.as_str(), intent.action.as_destroy().unwrap().kept.len()),
        ("before-upgrade", 4)
    );
    let requests = sim.journal();
    let call = requests.iter().find(|entry| entry.method.as_deref() == Some("DestroySnapshot")).unwrap();
    assert_eq!(call.message_id, intent.id.message_id().as_str(), "the id that went on the wire");
    assert!(call.message_id.contains(&operation.id().to_string()));
    assert!(operation.job().is_some());
    let end = operation.conclusion.unwrap();
    assert_eq!(
        (end.outcome.status, end.by, end.outcome.destroyed.len(), end.outcome.remaining.len()),
        (Status::Done, ConcludedBy::Operation, 1, 0)
    );
}

#[tokio::test]
async fn each_end_that_was_seen_is_written_down_and_what_was_not_seen_is_left_open() {
    let sim = sim().await;
    for (vm, snapshot, until, status) in [
        ("broken-01", "fails", Until::Merged, Some(Status::NotDone)),
        ("broken-01", "busy", Until::Merged, Some(Status::NotDone)),
        ("broken-01", "stopped", Until::Merged, Some(Status::NotDone)),
        ("broken-01", "warns", Until::JobEnded, Some(Status::Done)),
        ("broken-01", "at-once", Until::JobEnded, Some(Status::Done)),
        ("ghost-01", "stays", Until::Merged, Some(Status::NotDone)),
        ("ghost-01", "leaves", Until::JobEnded, Some(Status::Done)),
        ("merge-01", "endless", Until::Merged, Some(Status::Done)),
        ("app-01", "newest", Until::Accepted, None),
    ] {
        let journal = MemoryJournal::new();
        let _ = destroy(&client(&sim, journal.clone()), vm, snapshot, until).await;
        let [operation] = operations(&journal).try_into().unwrap();
        assert_eq!(operation.conclusion.map(|end| end.outcome.status), status, "{vm} {snapshot}");
        assert!(operation.answer.is_some(), "{vm} {snapshot}");
    }
}

#[tokio::test]
async fn what_is_refused_before_the_call_is_not_written_down() {
    let (sim, journal) = (sim().await, MemoryJournal::new());
    let client = client(&sim, journal.clone());
    let vm = client.vm("web-01").await.unwrap();
    let tree = vm.snapshots().await.unwrap();
    let plan = tree.plan_destroy(tree.find("hotfix").unwrap().id(), DestroyScope::Single).unwrap();
    sim.rename_snapshot("web-01", "rollback", "keep-me").unwrap();
    sim.clock().virtual_clock().unwrap().advance(std::time::Duration::from_secs(1));
    assert!(matches!(vm.begin(&plan).await.unwrap_err().kind(), ErrorKind::Stale(_)));
    assert!(operations(&journal).is_empty());
}

/// Where the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Crash {
    Before(usize),
    After(usize),
}

/// A journal of a program that ends before or after its nth write; or of a disk that is full from then on.
#[derive(Debug)]
struct Crashing {
    journal: MemoryJournal,
    writes: AtomicUsize,
    crash: Crash,
    only_errors: bool,
}

impl Crashing {
    fn write(&self, write: impl FnOnce() -> Result<(), JournalError>) -> Result<(), JournalError> {
        let number = self.writes.fetch_add(1, Ordering::SeqCst) + 1;
        let crash = |what: &str| -> Result<(), JournalError> {
            assert!(self.only_errors, "the program ends {what} write {number}");
            Err(JournalError::new(JournalErrorKind::Io(std::io::Error::other("full")), "a test"))
        };
        if self.crash == Crash::Before(number) {
            return crash("before");
        }
        write()?;
        if self.crash == Crash::After(number) { crash("after") } else { Ok(()) }
    }
}

impl Journal for Crashing {
    fn begin(&self, intent: &Intent) -> Result<(), JournalError> {
        self.write(|| self.journal.begin(intent))
    }
    fn answered(&self, id: OperationId, answer: &Answer) -> Result<(), JournalError> {
        self.write(|| self.journal.answered(id, answer))
    }
    fn concluded(&self, id: OperationId, conclusion: &Conclusion) -> Result<(), JournalError> {
        self.write(|| self.journal.concluded(id, conclusion))
    }
    fn closed(&self, id: OperationId, closing: &Closing) -> Result<(), JournalError> {
        self.journal.closed(id, closing)
    }
    fn read(&self, id: OperationId) -> Result<Option<Operation>, JournalError> {
        self.journal.read(id)
    }
    fn list(&self) -> Result<Vec<Result<Operation, JournalError>>, JournalError> {
        self.journal.list()
    }
    fn lock(&self, vm_id: &str, operation: OperationId) -> Result<Box<dyn VmLock>, JournalError> {
        self.journal.lock(vm_id, operation)
    }
}

/// Settles all that is open, twice, and holds each status against the host.
pub(crate) async fn settled(sim: &RunningSimulator, journal: &MemoryJournal, context: &str) -> Vec<Status> {
    let client = client(sim, journal.clone());
    let calls = sim.calls("DestroySnapshot");
    let mut words = Vec::new();
    for operation in operations(journal) {
        let first = client.resume(&operation).await.unwrap();
        let open = journal.read(operation.id()).unwrap().unwrap();
        assert!(open.is_concluded(), "{context}: {:?}", first.outcome.status);
        let target = operation.intent.target().unwrap();
        let there = is_there(sim, &operation.intent.vm_name, &target.name);
        assert_eq!(
            first.outcome.status,
            if there { Status::NotDone } else { Status::Done },
            "{context}: {:?}",
            first.outcome.observations
        );
        let requests = sim.requests();
        let second = client.resume(&operation).await.unwrap();
        assert_eq!(second.outcome.status, first.outcome.status, "{context}");
        assert_eq!(format!("{:?}", second.operation), format!("{open:?}"), "{context}");
        assert_eq!(sim.requests(), requests, "{context}: what is written down is not asked for again");
        words.push(first.outcome.status);
    }
    assert_eq!(sim.calls("DestroySnapshot"), calls, "{context}: settling never calls");
    words
}

#[tokio::test]
async fn a_crash_at_each_write_leaves_what_can_be_settled() {
    for (crash, calls, words) in [
        (Crash::Before(1), 0, vec![]),
        (Crash::After(1), 0, vec![Status::NotDone]),
        (Crash::Before(2), 1, vec![Status::Done]),
        (Crash::After(2), 1, vec![Status::Done]),
        (Crash::Before(3), 1, vec![Status::Done]),
        (Crash::After(3), 1, vec![Status::Done]),
    ] {
        let (sim, journal) = (sim().await, MemoryJournal::new());
        let crashing =
            Crashing { journal: journal.clone(), writes: AtomicUsize::new(0), crash, only_errors: false };
        let client = client(&sim, crashing);
        let ended =
            tokio::spawn(async move { destroy(&client, "app-01", "middle", Until::JobEnded).await }).await;
        assert!(ended.unwrap_err().is_panic(), "{crash:?}");
        assert_eq!(sim.calls("DestroySnapshot"), calls, "{crash:?}");
        assert_eq!(settled(&sim, &journal, &format!("{crash:?}")).await, words, "{crash:?}");
    }
}

#[tokio::test]
async fn a_journal_that_fails_stops_what_was_not_sent_and_nothing_else() {
    for (crash, calls) in [
        (Crash::Before(1), 0),
        (Crash::After(1), 0),
        (Crash::Before(2), 1),
        (Crash::After(2), 1),
        (Crash::Before(3), 1),
        (Crash::After(3), 1),
    ] {
        let (sim, journal) = (sim().await, MemoryJournal::new());
        let crashing =
            Crashing { journal: journal.clone(), writes: AtomicUsize::new(0), crash, only_errors: true };
        let ended = destroy(&client(&sim, crashing), "app-01", "middle", Until::JobEnded).await;
        assert_eq!(sim.calls("DestroySnapshot"), calls, "{crash:?}");
        match ended {
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::Journal(_)), "{crash:?}: {error}");
                assert_eq!((error.effect(), calls), (Effect::None, 0), "{crash:?}");
            }
            Ok(outcome) => assert_eq!((outcome.destroyed.len(), calls), (1, 1), "{crash:?}"),
        }
        settled(&sim, &journal, &format!("{crash:?}")).await;
    }
}

#[tokio::test]
async fn what_could_not_be_written_is_told_by_the_client_however_the_operation_ends() {
    for (fault, crash, ends_well) in [
        (None, Crash::Before(2), true),
        (None, Crash::After(3), true),
        (Some("on=DestroySnapshot,do=fault,code=2150858817"), Crash::Before(2), false),
        (Some("on=DestroySnapshot,do=reset-after"), Crash::Before(2), true),
        (Some("do=job-exception"), Crash::Before(3), false),
    ] {
        let (sim, journal) = (sim().await, MemoryJournal::new());
        fault.into_iter().for_each(|fault: &str| sim.inject(fault.parse().unwrap()));
        let crashing = Crashing { journal, writes: AtomicUsize::new(0), crash, only_errors: true };
        let client = client(&sim, crashing);
        assert!(client.journal_trouble().is_empty());
        let ended = destroy(&client, "app-01", "middle", Until::JobEnded).await;
        assert_eq!(ended.is_ok(), ends_well, "{fault:?}");
        let told: Vec<String> = client.journal_trouble().iter().map(ToString::to_string).collect();
        let text = "the journal was not written: a test cannot be read or written: full";
        assert_eq!(told, [text], "{fault:?} {crash:?}");
    }
}

/// Polls the work `polls` times at most, and drops it then; `None` if it was dropped.
async fn dropped_after<T>(polls: usize, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut left) = (pin!(work), polls);
    poll_fn(|context| match left.checked_sub(1) {
        None => Poll::Ready(None),
        Some(fewer) => {
            left = fewer;
            work.as_mut().poll(context).map(Some)
        }
    })
    .await
}

#[tokio::test]
async fn a_destroy_that_is_dropped_at_any_moment_leaves_what_can_be_settled() {
    let (mut polls, mut done) = (1, false);
    let mut seen = Vec::new();
    while !done {
        let (sim, journal) = (sim().await, MemoryJournal::new());
        // One that proves who asks in no time, because it is done for each poll.
        let basic = Credentials::basic(r"LAB\operator", Secret::new("correct-horse"));
        let described = sim.client_builder().credentials(basic);
        let client = described.host().journal(Arc::new(journal.clone()));
        done = dropped_after(polls, destroy(&client, "app-01", "middle", Until::JobEnded)).await.is_some();
        let words = settled(&sim, &journal, &format!("dropped after {polls} polls")).await;
        assert!(sim.calls("DestroySnapshot") <= 1);
        seen.extend(words);
        polls += 1;
    }
    assert!(seen.contains(&Status::Done) && polls > 10, "{polls} {seen:?}");
}

#[tokio::test]
async fn a_lost_answer_is_written_down_with_what_may_have_happened() {
    use crate::{host::effects, scripted::Reply as Host};
    let host = effects::host().await;
    host.on(effects::DESTROY, [Host::HangUp]);
    let journal = MemoryJournal::new();
    let client = effects::describe(&host).journal(Arc::new(journal.clone()));
    host.on(effects::TREE, [crate::scripted::envelopes::tree_before()]);
    destroy(&client, "web-01", "name-B", Until::Accepted).await.unwrap_err();
    let [operation] = operations(&journal).try_into().unwrap();
    assert!(operation.conclusion.is_none());
    assert!(matches!(operation.answer.unwrap().reply, Reply::Lost { .. }));
}
