//! The verdict alone: which readings prove what, and that a status only changes from open to final.

use std::time::Duration;

use proptest::{prelude::*, sample::Index};

use super::*;
use crate::{
    cim::{Namespace, Timestamp},
    hyperv::{
        Action, DestroyAction, DestroyScope, JobSeen, JobState, JobType, MergeExpectation, Parent, Seen,
        SettingData, Snapshot, SnapshotId, SnapshotKind, SnapshotTree, VmActivity, VmWork,
    },
    wsman::{EndpointReference, SelectorSet},
};

const VM: &str = "11111111-0000-4000-8000-000000000001";
/// When the intent was written, in seconds since 1970.
const BEGUN: u64 = 1_790_000_000;

const fn at(seconds: u64) -> Duration {
    Duration::from_secs(BEGUN + seconds)
}

/// The time on a clock that was never set.
fn written(time: Timestamp) -> Duration {
    Duration::from_micros(u64::try_from(time.unix_micros()).unwrap())
}

fn name(id: &str) -> SnapshotName {
    SnapshotName { id: format!("Microsoft:{id}"), name: id.to_owned() }
}

fn snapshot(id: &str, parent: &str) -> Snapshot {
    Snapshot {
        id: SnapshotId::new(format!("Microsoft:{id}")),
        element_name: id.to_owned(),
        kind: SnapshotKind::Realized,
        parent: parent_of(parent),
        created: None,
        notes: Vec::new(),
        is_automatic: false,
        is_saved: None,
        version: None,
        data_root: None,
        unreadable: Vec::new(),
    }
}

fn own(id: Option<SnapshotId>, parent: Parent) -> SettingData {
    SettingData::own(id, parent, None)
}

fn parent_of(id: &str) -> Parent {
    match id {
        "" => Parent::Root,
        "?" => Parent::Unreadable("?".to_owned()),
        id => Parent::Of(SnapshotId::new(format!("Microsoft:{id}"))),
    }
}

/// A tree of snapshots `(id, parent)`; `current` is the parent of the VM's own settings, and `None` leaves them out.
fn tree(snapshots: &[(&str, &str)], current: Option<&str>) -> SnapshotTree {
    let mut settings: Vec<SettingData> =
        snapshots.iter().map(|(id, parent)| SettingData::Snapshot(Box::new(snapshot(id, parent)))).collect();
    settings.extend(current.map(|id| own(None, parent_of(id))));
    SnapshotTree::build(VM, "web-01", settings).unwrap()
}

/// a, with b and c under it in a chain, the current state under c; b, and what the scope includes, is to be destroyed.
fn before() -> SnapshotTree {
    tree(&[("a", ""), ("b", "a"), ("c", "b")], Some("c"))
}

fn after() -> SnapshotTree {
    tree(&[("a", ""), ("c", "a")], Some("c"))
}

fn destroys(destroyed: &[&str], kept: &[&str]) -> Action {
    let names = |ids: &[&str]| ids.iter().map(|id| name(id)).collect();
    Action::Destroy(DestroyAction {
        scope: DestroyScope::Single,
        destroyed: names(destroyed),
        kept: names(kept),
        merge: MergeExpectation::Merge,
        merging: None,
    })
}

/// What a tree shows of the intent.
fn shown_of(intent: &Intent, tree: &SnapshotTree) -> ActionReading {
    intent.action.judged().reading(&Seen {
        tree,
        planned_on: intent.tree,
        state: None,
        affected: None,
        job: None,
        files: None,
        merging: None,
    })
}

fn intent() -> Intent {
    Intent {
        id: "aaaaaaaa-0000-4000-8000-000000000001".parse().unwrap(),
        time: Timestamp::from_unix_micros(i64::try_from(BEGUN * 1_000_000).unwrap()),
        endpoint: "http://127.0.0.1:5985/wsman".to_owned(),
        system: None,
        node: None,
        namespace: Namespace::virtualization(),
        user: None,
        vm_id: VM.to_owned(),
        vm_name: "web-01".to_owned(),
        action: destroys(&["b"], &["a", "c"]),
        tree: before().fingerprint(),
        plan: before().fingerprint(),
        then: Vec::new(),
        answer_timeout: Duration::from_secs(90),
        ignored: None,
    }
}

fn answer(reply: Reply) -> Answer {
    Answer {
        time: Timestamp::from_unix_micros(i64::try_from(BEGUN * 1_000_000).unwrap()),
        reply,
        snapshot: None,
    }
}

fn returned(code: u32) -> Answer {
    let job = EndpointReference::new("http://x/y/Job".parse().unwrap(), SelectorSet::new());
    answer(Reply::Returned { code: ReturnCode(code), job: (code == 4096).then_some(job) })
}

fn lost() -> Answer {
    answer(Reply::Lost { error: "reset".to_owned() })
}

fn refused() -> Answer {
    answer(Reply::Refused { error: "access denied".to_owned() })
}

fn job(state: JobState) -> JobSeen {
    JobSeen {
        id: "J".to_owned(),
        job_type: Some(JobType::DELETE_SNAPSHOT),
        state,
        error_code: None,
        error_text: None,
        submitted: None,
    }
}

/// A look at a VM that is idle, with a list of jobs that was read.
fn quiet(seconds: u64, tree: &SnapshotTree) -> Look {
    Look {
        at: at(seconds),
        node: None,
        vm: Reading::Seen(None),
        job: Reading::Seen(None),
        tree: Reading::Seen(shown_of(&intent(), tree)),
    }
}

struct Bench {
    intent: Intent,
    answer: Option<Answer>,
    history: History,
}

impl Bench {
    fn new(answer: Option<Answer>) -> Self {
        Self { intent: intent(), answer, history: History::default() }
    }

    fn with_job(answer: Answer, seconds: u64, job: OwnJob) -> Self {
        let mut bench = Self::new(Some(answer));
        bench.history.job(at(seconds), job);
        bench
    }

    fn judge(&self, seconds: u64) -> Verdict {
        let case = Case {
            intent: &self.intent,
            answer: self.answer.as_ref(),
            answer_timeout: Duration::from_secs(30),
            begun_at: written(self.intent.time),
            answered_at: self.answer.as_ref().map(|answer| written(answer.time)),
        };
        case.judge(&self.history, at(seconds))
    }

    /// The verdict right after one more look.
    fn look(&mut self, look: Look) -> (Status, Next, Option<Open>) {
        let seconds = look.at.as_secs() - BEGUN;
        self.history.look(look);
        let verdict = self.judge(seconds);
        (verdict.status, verdict.next, verdict.open)
    }
}

#[test]
fn what_was_not_sent_is_not_done_without_a_look() {
    let verdict = Bench::new(Some(answer(Reply::NotSent { error: "no route".to_owned() }))).judge(0);
    assert_eq!((verdict.status, verdict.next, verdict.is_verified), (Status::NotDone, Next::Final, true));
    assert_eq!(verdict.remaining, [name("b")]);
}

#[test]
fn without_a_look_an_answer_proves_nothing() {
    for reply in [returned(0), returned(4096), returned(32774), refused(), lost()] {
        let verdict = Bench::new(Some(reply)).judge(0);
        assert_eq!((verdict.status, verdict.is_verified), (Status::Unknown, false));
    }
}

#[test]
fn a_whole_tree_without_the_snapshot_is_done_at_once_or_by_a_second_reading() {
    for reply in [Some(returned(0)), Some(returned(4096))] {
        let mut bench = Bench::new(reply);
        assert_eq!(bench.look(quiet(1, &after())), (Status::Done, Next::Final, None));
        let verdict = bench.judge(1);
        assert_eq!((verdict.gone, verdict.is_verified), (vec![name("b")], true));
    }
    // After a refusal it takes longer.
    for (reply, grace) in
        [(None, GRACE), (Some(lost()), GRACE), (Some(returned(32774)), LAG), (Some(refused()), LAG)]
    {
        let mut bench = Bench::new(reply);
        let (status, next, open) = bench.look(quiet(1, &after()));
        assert_eq!(
            (status, next, open),
            (Status::Unknown, Next::Pause(grace), Some(Open::SecondReading(grace)))
        );
        let seconds = 1 + grace.as_secs();
        assert_eq!(bench.look(quiet(seconds, &after())), (Status::Done, Next::Final, None));
        let verdict = bench.judge(seconds);
        assert_eq!((verdict.gone, verdict.is_verified), (vec![name("b")], true));
    }
}

#[test]
fn a_tree_that_cannot_be_whole_proves_nothing_and_is_looked_at_again_for_a_while() {
    for (shown, why) in [
        (tree(&[], None), Open::TreeIncomplete),
        (tree(&[("a", ""), ("c", "a")], None), Open::TreeIncomplete),
        (tree(&[("a", ""), ("c", "a")], Some("?")), Open::TreeIncomplete),
        // Its own settings have a parent that is not shown.
        (tree(&[], Some("c")), Open::TreeIncomplete),
        (tree(&[("a", "")], Some("b")), Open::TreeIncomplete),
    ] {
        let mut bench = Bench::new(Some(refused()));
        assert_eq!(
            bench.look(quiet(0, &shown)),
            (Status::Unknown, Next::Pause(BETWEEN_READINGS), Some(why.clone()))
        );
        assert_eq!(bench.look(quiet(15, &shown)), (Status::Unknown, Next::Open, Some(why)));
        assert!(bench.judge(15).gone.is_empty(), "nothing of it is said");
    }
}

#[test]
fn a_vm_that_is_not_seen_or_not_readable_proves_nothing() {
    for (vm, why) in [
        (Reading::Absent, Open::VmNotSeen),
        (Reading::Failed("503".to_owned()), Open::HostNotReadable),
        (Reading::NotAsked, Open::HostNotReadable),
    ] {
        let mut bench = Bench::new(Some(returned(0)));
        let look = |seconds| Look { vm: vm.clone(), ..quiet(seconds, &after()) };
        assert_eq!(bench.look(look(0)), (Status::Unknown, Next::Pause(BETWEEN_READINGS), Some(why.clone())));
        assert_eq!(bench.look(look(20)), (Status::Unknown, Next::Open, Some(why)));
        // It comes back.
        assert_eq!(bench.look(quiet(21, &after())).0, Status::Done);
    }
}

#[test]
fn a_kept_snapshot_that_is_missing_needs_a_second_reading() {
    let shown = tree(&[("c", "")], Some("c"));
    let mut bench = Bench::new(Some(returned(0)));
    let (status, next, _) = bench.look(quiet(0, &shown));
    assert_eq!((status, next), (Status::Unknown, Next::Pause(LAG)));
    // The second reading shows everything: the first answer was incomplete.
    assert_eq!(bench.look(quiet(5, &after())).0, Status::Done);
    assert!(bench.judge(5).unexpected.is_empty());
    // Or it says the same.
    let mut bench = Bench::new(Some(returned(0)));
    bench.look(quiet(0, &shown));
    assert_eq!(bench.look(quiet(14, &shown)).0, Status::Unknown);
    assert_eq!(bench.look(quiet(15, &shown)).0, Status::Done);
    assert_eq!(bench.judge(15).unexpected, [name("a")]);
}

#[test]
fn a_refusal_is_final_after_two_quiet_readings_some_seconds_apart() {
    for reply in [refused(), returned(32774), returned(32773)] {
        let mut bench = Bench::new(Some(reply));
        let (status, next, _) = bench.look(quiet(0, &before()));
        assert_eq!((status, next), (Status::Unknown, Next::Pause(GRACE)));
        assert_eq!(bench.look(quiet(4, &before())).0, Status::Unknown);
        assert_eq!(bench.look(quiet(5, &before())), (Status::NotDone, Next::Final, None));
    }
}

#[test]
fn a_reading_on_another_node_confirms_nothing() {
    let on = |node: &str, seconds| Look { node: Some(node.to_owned()), ..quiet(seconds, &before()) };
    let mut bench = Bench::new(Some(returned(32774)));
    bench.look(on("hv01", 0));
    assert_eq!(
        bench.look(on("hv02", 6)),
        (Status::Unknown, Next::Pause(GRACE), Some(Open::SecondReading(GRACE)))
    );
    assert_eq!(bench.look(on("hv02", 11)).0, Status::NotDone);
}

#[test]
fn an_absence_is_read_twice_if_the_end_of_the_job_was_not_seen() {
    let gone = OwnJob::Gone("1".to_owned());
    let mut bench = Bench::with_job(returned(4096), 1, gone);
    assert_eq!(
        bench.look(quiet(1, &after())),
        (Status::Unknown, Next::Pause(GRACE), Some(Open::SecondReading(GRACE)))
    );
    // A service that has just started, or a node that the VM has just moved to, showed only a part.
    assert_eq!(bench.look(quiet(6, &before())).0, Status::Unknown);
    assert_eq!(bench.look(quiet(21, &before())).0, Status::NotDone);
}

#[test]
fn a_refusal_is_not_final_while_anything_deletes_or_cannot_be_asked() {
    let busy = |seconds| Look {
        vm: Reading::Seen(Some(VmWork::Activity(VmActivity::DELETING_SNAPSHOT))),
        ..quiet(seconds, &before())
    };
    let live =
        |seconds| Look { job: Reading::Seen(Some(job(JobState::RUNNING))), ..quiet(seconds, &before()) };
    for look in [busy(0), live(0)] {
        let mut bench = Bench::new(Some(refused()));
        assert_eq!(bench.look(look), (Status::Running, Next::Follow, Some(Open::Running)));
    }
    let denied = |seconds| Look { job: Reading::Failed("denied".to_owned()), ..quiet(seconds, &before()) };
    let mut bench = Bench::new(Some(refused()));
    bench.look(denied(0));
    assert_eq!(bench.look(denied(100)), (Status::Unknown, Next::Open, Some(Open::JobsNotReadable)));
    // The time while it was busy does not count.
    let mut bench = Bench::new(Some(refused()));
    bench.look(quiet(0, &before()));
    bench.look(busy(3));
    assert_eq!(bench.look(quiet(6, &before())).0, Status::Unknown);
    assert_eq!(bench.look(quiet(11, &before())).0, Status::NotDone);
}

#[test]
fn a_job_that_runs_is_followed_and_one_that_failed_is_judged_by_the_tree() {
    let running = Bench::with_job(returned(4096), 0, OwnJob::Running(job(JobState::RUNNING)));
    assert_eq!((running.judge(0).status, running.judge(0).next), (Status::Running, Next::Follow));
    let mut bench = Bench::with_job(returned(4096), 0, OwnJob::Failed(job(JobState::EXCEPTION)));
    assert_eq!(bench.look(quiet(0, &before())).0, Status::Unknown);
    assert_eq!(bench.look(quiet(5, &before())).0, Status::NotDone);
    let mut bench = Bench::with_job(returned(4096), 0, OwnJob::Failed(job(JobState::EXCEPTION)));
    assert_eq!(bench.look(quiet(0, &after())).0, Status::Unknown, "it contradicts the job");
    assert_eq!(bench.look(quiet(5, &after())).0, Status::Done);
}

#[test]
fn the_object_may_outlive_its_job_for_a_while() {
    for bench in [
        Bench::with_job(returned(4096), 0, OwnJob::Succeeded(job(JobState::COMPLETED))),
        Bench::new(Some(returned(0))),
    ] {
        let mut bench = bench;
        assert_eq!(bench.look(quiet(0, &before())).1, Next::Pause(BETWEEN_READINGS));
        assert_eq!(bench.look(quiet(14, &before())).1, Next::Pause(BETWEEN_READINGS));
        assert_eq!(
            bench.look(quiet(15, &before())),
            (Status::Unknown, Next::Open, Some(Open::Contradiction)),
            "the claim and the tree contradict each other"
        );
        assert_eq!(bench.look(quiet(16, &after())).0, Status::Done);
    }
    // After five minutes the host's report is too old, and the tree alone decides.
    let mut bench = Bench::new(Some(returned(0)));
    bench.look(quiet(400, &before()));
    assert_eq!(bench.look(quiet(405, &before())).0, Status::NotDone);
    // If the end of the job was not seen, the wait is that long before it counts as not done.
    let mut bench = Bench::with_job(returned(4096), 0, OwnJob::Gone("J".to_owned()));
    bench.look(quiet(0, &before()));
    assert_eq!(bench.look(quiet(14, &before())).0, Status::Unknown);
    assert_eq!(bench.look(quiet(15, &before())).0, Status::NotDone);
}

#[test]
fn a_job_that_cannot_be_read_leaves_it_open_unless_the_tree_shows_the_end() {
    let mut bench = Bench::with_job(returned(4096), 0, OwnJob::Unreadable("denied".to_owned()));
    bench.look(quiet(0, &before()));
    assert_eq!(bench.look(quiet(600, &before())), (Status::Unknown, Next::Open, Some(Open::JobNotReadable)));
    assert_eq!(bench.look(quiet(601, &after())).0, Status::Unknown);
    assert_eq!(bench.look(quiet(606, &after())).0, Status::Done);
}

#[test]
fn a_lost_call_may_be_under_way_as_long_as_its_answer_would_have_been_waited_for() {
    for reply in [Some(lost()), None] {
        let mut bench = Bench::new(reply);
        let (status, next, open) = bench.look(quiet(10, &before()));
        let left = Duration::from_secs(80);
        assert_eq!(
            (status, next, open),
            (Status::Unknown, Next::UnderWay(left), Some(Open::CallUnderWay(left)))
        );
        assert_eq!(bench.look(quiet(90, &before())), (Status::NotDone, Next::Final, None));
    }
    // A clock that was set back before the first reading does not extend it.
    let mut bench = Bench::new(None);
    bench.intent.time = Timestamp::from_unix_micros(i64::MAX);
    assert_eq!(bench.look(quiet(0, &before())).1, Next::UnderWay(Duration::from_secs(90)));
    assert_eq!(bench.look(quiet(90, &before())).0, Status::NotDone);
}

#[test]
fn some_gone_and_some_there_is_partly_done_for_the_same_reasons() {
    let mut bench = Bench::with_job(returned(4096), 0, OwnJob::Failed(job(JobState::EXCEPTION)));
    bench.intent.action = destroys(&["b", "c"], &["a"]);
    let half = |seconds| Look {
        tree: Reading::Seen(shown_of(&bench_intent(), &tree(&[("a", ""), ("b", "a")], Some("b")))),
        ..quiet(seconds, &before())
    };
    fn bench_intent() -> Intent {
        Intent { action: destroys(&["b", "c"], &["a"]), ..intent() }
    }
    bench.look(half(0));
    assert_eq!(bench.look(half(5)).0, Status::Partly);
    let verdict = bench.judge(5);
    assert_eq!((verdict.gone, verdict.remaining), (vec![name("c")], vec![name("b")]));
}

/// What a host may show at one moment, true or not.
fn any_look() -> impl Strategy<Value = (u64, u8, u8, u8)> {
    (0_u64..30, 0_u8..5, 0_u8..4, 0_u8..7)
}

fn made(seconds: u64, vm: u8, deletion: u8, shown: u8) -> Look {
    let vm = match vm {
        0 => Reading::Absent,
        1 => Reading::Failed("denied".to_owned()),
        2 => Reading::Seen(Some(VmWork::Activity(VmActivity::DELETING_SNAPSHOT))),
        _ => Reading::Seen(None),
    };
    let deletion = match deletion {
        0 => Reading::Failed("denied".to_owned()),
        1 => Reading::Seen(Some(job(JobState::RUNNING))),
        _ => Reading::Seen(None),
    };
    let shown = match shown {
        0 => tree(&[], None),
        1 => tree(&[], Some("c")),
        2 => tree(&[("c", "")], Some("c")),
        3 => tree(&[("a", ""), ("c", "a")], Some("c")),
        4 => tree(&[("a", ""), ("c", "a"), ("n", "c")], Some("n")),
        _ => before(),
    };
    let tree = Reading::Seen(shown_of(&intent(), &shown));
    Look { at: at(seconds), node: None, vm, job: deletion, tree }
}

proptest! {
    /// Whatever several processes see, in any order, and whichever is first to record an end: the status in the journal
    /// only changes from open to final, and a final one stays.
    #[test]
    fn a_status_only_moves_from_open_to_final(
        reply in 0_u8..6,
        looks in prop::collection::vec((any::<Index>(), any_look()), 1..40),
    ) {
        use crate::host::journal::{Conclusion, Journal, MemoryJournal, ConcludedBy};
        let answer = match reply {
            0 => None,
            1 => Some(lost()),
            2 => Some(refused()),
            3 => Some(returned(0)),
            4 => Some(returned(32774)),
            _ => Some(returned(4096)),
        };
        let journal = MemoryJournal::new();
        journal.begin(&intent()).unwrap();
        let mut readers: Vec<Bench> = (0..3).map(|_| Bench::new(answer.clone())).collect();
        let (mut now, mut last) = (0, None);
        for (reader, (pause, vm, deletion, shown)) in looks {
            now += pause;
            let place = reader.index(readers.len());
            let bench = &mut readers[place];
            bench.history.look(made(now, vm, deletion, shown));
            let verdict = bench.judge(now);
            prop_assert_eq!(verdict.status.is_final(), verdict.next == Next::Final);
            prop_assert_eq!(verdict.status.is_final(), verdict.open.is_none());
            prop_assert_eq!(verdict.status.is_final(), verdict.is_verified);
            let outcome = crate::host::Outcome {
                status: verdict.status,
                destroyed: verdict.gone,
                remaining: verdict.remaining,
                ..crate::host::Outcome::unknown(crate::host::Until::JobEnded, Open::Running, Vec::new())
            };
            let time = intent().time;
            let id = intent().id;
            journal.concluded(id, &Conclusion { time, by: ConcludedBy::Resume, outcome }).unwrap();
            let kept = journal.read(id).unwrap().unwrap().conclusion.unwrap().outcome;
            if let Some((status, gone)) = &last {
                prop_assert_eq!(&kept.status, status);
                prop_assert_eq!(&kept.destroyed, gone);
            }
            if kept.status.is_final() {
                last = Some((kept.status, kept.destroyed));
            }
        }
    }
}

/// The VM's own settings alone, with an empty parent.
fn nothing() -> SnapshotTree {
    tree(&[], Some(""))
}

#[test]
fn a_tree_that_lacks_all_that_was_to_stay_proves_nothing_however_often_it_is_seen() {
    for answer in [returned(0), lost(), refused()] {
        let intent = intent();
        let case = Case {
            intent: &intent,
            answer: Some(&answer),
            answer_timeout: Duration::from_secs(90),
            begun_at: at(0),
            answered_at: Some(at(0)),
        };
        let mut history = History::default();
        for second in [1, 20, 200, 2000] {
            history.look(quiet(second, &nothing()));
            let verdict = case.judge(&history, at(second));
            assert_eq!(
                (verdict.status, verdict.open),
                (Status::Unknown, Some(Open::TreeIncomplete)),
                "{answer:?}"
            );
        }
    }
}

#[test]
fn what_contradicts_the_answer_is_done_only_by_a_second_reading() {
    let (lost, refused, done) = (lost(), refused(), returned(0));
    for (answer, is_final_at_once) in [(&lost, false), (&refused, false), (&done, true)] {
        let intent = intent();
        let case = Case {
            intent: &intent,
            answer: Some(answer),
            answer_timeout: Duration::from_secs(90),
            begun_at: at(0),
            answered_at: Some(at(0)),
        };
        let mut history = History::default();
        history.look(quiet(1, &after()));
        assert_eq!(case.judge(&history, at(1)).status.is_final(), is_final_at_once, "{answer:?}");
        // It was there all the time: one page of the first answer was missing.
        history.look(quiet(3, &before()));
        assert_ne!(case.judge(&history, at(3)).status, Status::Done, "{answer:?}");
        history.look(quiet(4, &after()));
        history.look(quiet(20, &after()));
        assert_eq!(case.judge(&history, at(20)).status, Status::Done, "{answer:?}");
    }
}

#[test]
fn a_snapshot_that_is_shown_in_any_guise_is_not_gone() {
    let settings = |other| {
        let kept =
            [("a", ""), ("c", "a")].map(|(id, parent)| SettingData::Snapshot(Box::new(snapshot(id, parent))));
        let own = own(None, parent_of("c"));
        SnapshotTree::build(VM, "web-01", kept.into_iter().chain([own, other]).collect())
    };
    let id = Some(SnapshotId::new("MICROSOFT:B"));
    let tree = settings(SettingData::Other(id.clone())).unwrap();
    assert!(!shown_of(&intent(), &tree).is_whole());
    let tree = settings(SettingData::Other(Some(SnapshotId::new("Microsoft:Z")))).unwrap();
    assert!(shown_of(&intent(), &tree).is_whole());
    // The VM's own settings twice: it is unknown which are right.
    assert!(settings(own(id, parent_of("a"))).is_err());
}
