//! What every implementation of a journal must do.

use std::fmt::Debug;

use crate::{
    cim::{Namespace, Timestamp},
    host::{JobConclusion, Merge, Open, Outcome, Until, journal::*},
    hyperv::{
        Action, DestroyAction, DestroyScope, JobSeen, JobState, JobType, MergeEvidence, MergeExpectation,
        MergeState, MergingDisks, Observation, ReturnCode, VmActivity,
    },
    wsman::{EndpointReference, SelectorSet},
};

pub(super) const VM: &str = "11111111-0000-4000-8000-000000000001";

pub(super) fn id(number: u8) -> OperationId {
    format!("aaaaaaaa-0000-4000-8000-0000000000{number:02}").parse().unwrap()
}

pub(super) fn intent(number: u8) -> Intent {
    let name = |name: &str| SnapshotName { id: format!("Microsoft:{name}"), name: name.to_owned() };
    Intent {
        id: id(number),
        time: Timestamp::from_unix_micros(1_790_000_000_000_001 + i64::from(number)),
        endpoint: "http://127.0.0.1:5985/wsman".to_owned(),
        system: Some("HV01".to_owned()),
        node: None,
        namespace: Namespace::virtualization(),
        user: Some(r"CORP\ops".to_owned()),
        vm_id: VM.to_owned(),
        vm_name: "web-01".to_owned(),
        action: Action::Destroy(DestroyAction {
            scope: DestroyScope::Tree,
            destroyed: vec![name("b"), name("c\u{1b}[2J")],
            kept: vec![name("a")],
            merge: MergeExpectation::Merge,
            merging: Some(MergingDisks {
                dependent: format!("Microsoft:{VM}"),
                merging: vec![r"D:\vm\web_1.avhdx".to_owned()],
                into: vec![r"D:\vm\web.vhdx".to_owned()],
            }),
        }),
        tree: "0123456789abcdef".parse().unwrap(),
        plan: "fedcba9876543210".parse().unwrap(),
        then: Vec::new(),
        answer_timeout: std::time::Duration::from_secs(90),
        ignored: Some(VmActivity(32776)),
    }
}

pub(super) fn answer() -> Answer {
    let inner = EndpointReference::new(
        "http://x/y/CIM_System".parse().unwrap(),
        SelectorSet::new().with("Name", "x"),
    );
    let mut selectors = SelectorSet::new().with("InstanceID", "5F0C2A7E").with("__cimnamespace", "root/x");
    selectors.push(crate::wsman::Selector {
        name: "System".to_owned(),
        value: crate::wsman::SelectorValue::Reference(Box::new(inner)),
    });
    let job = EndpointReference::new(
        "http://schemas.microsoft.com/wbem/a/Msvm_ConcreteJob".parse().unwrap(),
        selectors,
    );
    Answer {
        snapshot: None,
        time: Timestamp::from_unix_micros(1_790_000_001_000_000),
        reply: Reply::Returned { code: ReturnCode::JOB_STARTED, job: Some(job) },
    }
}

pub(super) fn conclusion(status: Status) -> Conclusion {
    let job = JobSeen {
        id: "5F0C2A7E".to_owned(),
        job_type: Some(JobType::DELETE_SNAPSHOT),
        state: JobState::EXCEPTION,
        error_code: Some(32768),
        error_text: Some("It did not work.".to_owned()),
        submitted: Some(Timestamp::from_unix_micros(1_790_000_001_000_000)),
    };
    let merge = Merge {
        evidence: Some(MergeEvidence::Disks),
        job: Some(job.clone()),
        ..Merge::of(MergeState::Finished)
    };
    let observations = vec![Observation::Written("it was looked for".to_owned())];
    Conclusion {
        time: Timestamp::from_unix_micros(1_790_000_002_000_000),
        by: ConcludedBy::Operation,
        outcome: Outcome {
            status,
            is_verified: status.is_final(),
            is_refused: true,
            job: JobConclusion::Recorded(job),
            destroyed: intent(1).action.judged().to_do().to_vec(),
            unexpected: intent(1).action.as_destroy().unwrap().kept.clone(),
            merge,
            open: None,
            ..Outcome::unknown(Until::Merged, Open::NotReadBack, observations)
        },
    }
}

/// Every field, as comparable text.
pub(super) fn all(value: impl Debug) -> String {
    format!("{value:?}")
}

fn keeps_what_it_was_told(journal: &dyn Journal) {
    assert!(journal.list().unwrap().is_empty());
    assert!(journal.read(id(1)).unwrap().is_none());
    journal.begin(&intent(2)).unwrap();
    journal.begin(&intent(1)).unwrap();
    let known = journal.begin(&intent(1)).unwrap_err();
    assert!(matches!(known.kind(), JournalErrorKind::KnownOperation(_)), "{known}");
    assert_eq!(all(journal.read(id(1)).unwrap().unwrap()), all(Operation::begun(intent(1))));
    let lost = Answer {
        time: answer().time,
        snapshot: None,
        reply: Reply::Lost { error: "the connection was lost".to_owned() },
    };
    journal.answered(id(1), &lost).unwrap();
    journal.answered(id(2), &answer()).unwrap();
    journal.concluded(id(1), &conclusion(Status::Running)).unwrap();
    journal.concluded(id(1), &conclusion(Status::Done)).unwrap();
    let first = journal.read(id(1)).unwrap().unwrap();
    let all_of_it = all((Some(lost), Some(conclusion(Status::Done))));
    assert_eq!(all((first.answer, first.conclusion)), all_of_it);
    // A final status stays.
    for status in [Status::NotDone, Status::Partly, Status::Running, Status::Unknown] {
        journal.concluded(id(1), &conclusion(status)).unwrap();
        let first = journal.read(id(1)).unwrap().unwrap();
        assert_eq!(all(first.conclusion), all(Some(conclusion(Status::Done))), "{status}");
    }
    let second = journal.read(id(2)).unwrap().unwrap();
    assert_eq!(second.job().unwrap().selectors.text("InstanceID"), Some("5F0C2A7E"));
    assert_eq!((all(second.answer.clone()), second.is_concluded()), (all(Some(answer())), false));
    assert_eq!(journal.list().unwrap().len(), 2);
    for missing in [journal.answered(id(3), &answer()), journal.concluded(id(3), &conclusion(Status::Done))] {
        assert!(matches!(missing.unwrap_err().kind(), JournalErrorKind::UnknownOperation(_)));
    }
}

fn is_closed_by_a_person(journal: &dyn Journal) {
    let closing = Closing {
        time: Timestamp::from_unix_micros(1_790_000_003_000_000),
        user: Some("ops".to_owned()),
        reason: "the VM is deleted".to_owned(),
    };
    let missing = journal.closed(id(1), &closing).unwrap_err();
    assert!(matches!(missing.kind(), JournalErrorKind::UnknownOperation(_)), "{missing}");
    journal.begin(&intent(1)).unwrap();
    journal.answered(id(1), &answer()).unwrap();
    journal.closed(id(1), &closing).unwrap();
    let closed = journal.read(id(1)).unwrap().unwrap();
    let end = closed.conclusion.clone().unwrap();
    assert_eq!((end.outcome.status, end.by, end.time), (Status::Closed, ConcludedBy::Person, closing.time));
    assert_eq!(
        all(&end.outcome.observations),
        all([Observation::Written("closed by ops: the VM is deleted".to_owned())])
    );
    assert_eq!((end.outcome.is_verified, end.outcome.is_complete()), (false, false));
    assert_eq!(
        (closed.is_concluded(), closed.is_open(), &closed.closed),
        (true, false, &Some(closing.clone()))
    );
    assert_eq!((closed.last_change(), &closed.answer), (closing.time, &Some(answer())));

    // A final status stays; only the merge is closed.
    let mut merging = conclusion(Status::Done);
    merging.outcome.merge = Merge::of(MergeState::Running);
    journal.begin(&intent(2)).unwrap();
    journal.concluded(id(2), &merging).unwrap();
    assert!(journal.read(id(2)).unwrap().unwrap().is_merge_open());
    journal.closed(id(2), &closing).unwrap();
    let closed = journal.read(id(2)).unwrap().unwrap();
    assert_eq!((closed.is_open(), all(closed.conclusion)), (false, all(Some(merging))));

    journal.begin(&intent(3)).unwrap();
    journal.concluded(id(3), &conclusion(Status::Done)).unwrap();
    for number in 1..=3 {
        let before = all(journal.read(id(number)).unwrap());
        let error = journal.closed(id(number), &closing).unwrap_err();
        assert!(matches!(error.kind(), JournalErrorKind::NotOpen(_)), "{number}: {error}");
        assert_eq!(all(journal.read(id(number)).unwrap()), before);
    }
    // What a person has closed stays closed, whatever a later observer records.
    journal.concluded(id(1), &conclusion(Status::Done)).unwrap();
    assert_eq!(all(journal.read(id(1)).unwrap().unwrap().conclusion), all(Some(end)));
}

fn gives_a_vm_to_one_at_a_time(journal: &dyn Journal) {
    let other = "22222222-0000-4000-8000-000000000002";
    let held = journal.lock(VM, id(1)).unwrap();
    let busy = journal.lock(&VM.to_uppercase(), id(2)).unwrap_err();
    assert_eq!(busy.holder(), Some(&Holder::new(Some(std::process::id()), Some(id(1)))), "{busy}");
    assert!(busy.to_string().contains(&id(1).to_string()), "{busy}");
    drop(journal.lock(other, id(2)).unwrap());
    drop(held);
    drop(journal.lock(VM, id(2)).unwrap());
}

#[test]
fn a_journal_in_memory_keeps_and_locks() {
    keeps_what_it_was_told(&MemoryJournal::new());
    is_closed_by_a_person(&MemoryJournal::new());
    gives_a_vm_to_one_at_a_time(&MemoryJournal::new());
}

#[cfg(feature = "journal")]
#[test]
fn a_journal_in_a_folder_keeps_and_locks() {
    let folder = file::tests::Folder::new();
    keeps_what_it_was_told(&folder.journal());
    is_closed_by_a_person(&file::tests::Folder::new().journal());
    gives_a_vm_to_one_at_a_time(&folder.journal());
}

#[test]
fn of_a_final_status_only_the_merge_may_change_until_it_is_over() {
    let with = |status, until, merge| {
        let mut conclusion = conclusion(status);
        conclusion.outcome.until = until;
        conclusion.outcome.merge = Merge::of(merge);
        conclusion
    };
    let journal = MemoryJournal::new();
    journal.begin(&intent(1)).unwrap();
    let told = || {
        let outcome = journal.read(id(1)).unwrap().unwrap().final_outcome().cloned().unwrap();
        (outcome.status, outcome.until, outcome.merge.state, outcome.is_merge_open())
    };
    journal.concluded(id(1), &with(Status::Done, Until::JobEnded, MergeState::NotWatched)).unwrap();
    assert_eq!(told(), (Status::Done, Until::JobEnded, MergeState::NotWatched, false));
    journal.concluded(id(1), &with(Status::Done, Until::Merged, MergeState::Running)).unwrap();
    assert_eq!(told(), (Status::Done, Until::Merged, MergeState::Running, true));
    journal.concluded(id(1), &with(Status::NotDone, Until::Merged, MergeState::Finished)).unwrap();
    assert_eq!(told(), (Status::Done, Until::Merged, MergeState::Running, true));
    journal.concluded(id(1), &with(Status::Done, Until::Merged, MergeState::Finished)).unwrap();
    assert_eq!(told(), (Status::Done, Until::Merged, MergeState::Finished, false));
    journal.concluded(id(1), &with(Status::Done, Until::Merged, MergeState::Failed)).unwrap();
    assert_eq!(told(), (Status::Done, Until::Merged, MergeState::Finished, false));
}
