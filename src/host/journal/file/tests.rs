//! The journal in a folder: crashes at every step, damaged files, and files that are not trusted.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use super::{replace::Step, *};
use crate::host::journal::{
    Status,
    tests::{VM, answer, conclusion, id, intent},
};

/// A folder for one test.
pub(in crate::host::journal) struct Folder(PathBuf);

impl Folder {
    pub(in crate::host::journal) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("hvsnap-journal-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    pub(in crate::host::journal) fn journal(&self) -> FileJournal {
        FileJournal::new(self.0.join("state/hvsnap"))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.journal().operations().join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const STEPS: [Step; 6] =
    [Step::Open, Step::Half, Step::Whole, Step::Synced, Step::Renamed, Step::FolderSynced];

fn cut(folder: &Folder, at: Step) -> FileJournal {
    FileJournal { cut: replace::Cut(Some(at)), ..folder.journal() }
}

#[test]
fn a_write_that_is_cut_at_any_step_leaves_the_old_or_the_new_and_can_be_done_again() {
    for step in STEPS {
        let folder = Folder::new();
        let (journal, cut) = (folder.journal(), cut(&folder, step));
        let in_place = matches!(step, Step::Renamed | Step::FolderSynced);

        assert!(cut.begin(&intent(1)).is_err(), "{step:?}");
        assert_eq!(journal.list().unwrap().len(), usize::from(in_place), "{step:?}");
        if !in_place {
            assert!(journal.read(id(1)).unwrap().is_none(), "{step:?}");
            journal.begin(&intent(1)).unwrap();
        }

        assert!(cut.answered(id(1), &answer()).is_err(), "{step:?}");
        let now = journal.read(id(1)).unwrap().unwrap();
        assert_eq!((now.intent, now.answer.is_some()), (intent(1), in_place), "{step:?}");
        journal.answered(id(1), &answer()).unwrap();

        assert!(cut.concluded(id(1), &conclusion(Status::Done)).is_err(), "{step:?}");
        let now = journal.read(id(1)).unwrap().unwrap();
        assert_eq!((now.answer, now.conclusion.is_some()), (Some(answer()), in_place), "{step:?}");
        journal.concluded(id(1), &conclusion(Status::Done)).unwrap();
        assert!(journal.read(id(1)).unwrap().unwrap().is_concluded(), "{step:?}");
        assert_eq!(journal.list().unwrap().len(), 1, "{step:?}");
    }
}

#[test]
fn a_file_cut_short_at_every_byte_is_an_error_that_names_it_and_the_others_are_still_there() {
    let folder = Folder::new();
    let journal = folder.journal();
    journal.begin(&intent(1)).unwrap();
    journal.begin(&intent(2)).unwrap();
    journal.answered(id(2), &answer()).unwrap();
    journal.concluded(id(2), &conclusion(Status::Done)).unwrap();
    let file = folder.file(&format!("{}.json", id(2)));
    let whole = fs::read(&file).unwrap();
    // The last byte is the line end after the document.
    for length in 0..whole.len() - 1 {
        assert!(Document::parse(whole.get(..length).unwrap()).is_err(), "{length}");
        // The same through the folder, which takes longer.
        if length % 50 != 0 {
            continue;
        }
        fs::write(&file, whole.get(..length).unwrap()).unwrap();
        let list = journal.list().unwrap();
        assert_eq!(list.first().unwrap().as_ref().unwrap().id(), id(1));
        let error = list.last().unwrap().as_ref().unwrap_err();
        assert!(matches!(error.kind(), JournalErrorKind::Unreadable(_)), "{length}: {error}");
        assert!(error.to_string().contains(&id(2).to_string()), "{error}");
        assert!(error.to_string().contains("line") || length == 0, "{error}");
    }
}

#[test]
fn a_record_of_an_earlier_version_holds_less_and_is_read() {
    let folder = Folder::new();
    let journal = folder.journal();
    journal.begin(&intent(1)).unwrap();
    let file = folder.file(&format!("{}.json", id(1)));
    let text = fs::read_to_string(&file).unwrap();
    let earlier: Vec<&str> = text.lines().filter(|line| !line.contains("\"system\":")).collect();
    assert_eq!(earlier.len() + 1, text.lines().count(), "{text}");
    fs::write(&file, earlier.join("\n")).unwrap();
    let read = journal.read(id(1)).unwrap().unwrap();
    assert_eq!((read.intent.system, read.closed), (None, None));
    journal.answered(id(1), &answer()).unwrap();
    assert!(!fs::read_to_string(&file).unwrap().contains("\"system\":"));
}

#[test]
fn the_node_of_a_cluster_is_kept_and_a_record_without_one_is_of_a_host_by_itself() {
    let folder = Folder::new();
    let journal = folder.journal();
    journal.begin(&intent(1)).unwrap();
    assert!(!fs::read_to_string(folder.file(&format!("{}.json", id(1)))).unwrap().contains("\"node\""));
    assert_eq!(journal.read(id(1)).unwrap().unwrap().intent.node, None);
    journal.begin(&Intent { node: Some("HV02".to_owned()), ..intent(2) }).unwrap();
    assert_eq!(journal.read(id(2)).unwrap().unwrap().intent.node.as_deref(), Some("HV02"));
}

#[test]
fn a_record_of_the_earlier_schema_is_read_and_written_back_as_one_of_this() {
    let folder = Folder::new();
    let journal = folder.journal();
    journal.begin(&intent(1)).unwrap();
    journal.concluded(id(1), &conclusion(Status::Done)).unwrap();
    let file = folder.file(&format!("{}.json", id(1)));
    let now = fs::read_to_string(&file).unwrap();
    let earlier = now
        .replace("hvsnap-journal/2", "hvsnap-journal/1")
        .replace("    \"kind\": \"destroy\",\n", "")
        .replace("\"status\": \"done\"", "\"word\": \"done\"")
        .replace("\"observations\":", "\"evidence\":");
    assert_eq!(earlier.lines().count() + 1, now.lines().count(), "{earlier}");
    fs::write(&file, &earlier).unwrap();
    let read = journal.read(id(1)).unwrap().unwrap();
    assert_eq!(read.intent, intent(1));
    assert_eq!(read.conclusion.unwrap().outcome.status, Status::Done);
    journal.answered(id(1), &answer()).unwrap();
    let written = fs::read_to_string(&file).unwrap();
    for text in ["hvsnap-journal/2", "\"kind\": \"destroy\"", "\"status\": \"done\"", "\"observations\":"] {
        assert!(written.contains(text), "{text}: {written}");
    }
}

#[test]
fn a_record_is_removed_for_good_and_never_while_it_is_open() {
    let folder = Folder::new();
    let journal = folder.journal();
    journal.begin(&intent(1)).unwrap();
    let mut merging = conclusion(Status::Done);
    merging.outcome.merge = crate::host::Merge::of(crate::hyperv::MergeState::Running);
    for is_merging in [false, true] {
        if is_merging {
            journal.concluded(id(1), &merging).unwrap();
        }
        assert!(matches!(journal.remove(id(1)).unwrap_err().kind(), JournalErrorKind::Open(_)));
    }
    journal.concluded(id(1), &conclusion(Status::Done)).unwrap();
    journal.remove(id(1)).unwrap();
    assert!(journal.list().unwrap().is_empty());
    assert!(matches!(journal.remove(id(1)).unwrap_err().kind(), JournalErrorKind::UnknownOperation(_)));
}

#[test]
fn what_is_no_journal_of_this_version_is_refused_with_its_reason() {
    let folder = Folder::new();
    let journal = folder.journal();
    journal.begin(&intent(1)).unwrap();
    journal.answered(id(1), &answer()).unwrap();
    journal.concluded(id(1), &conclusion(Status::Done)).unwrap();
    let file = folder.file(&format!("{}.json", id(1)));
    let good = fs::read_to_string(&file).unwrap();
    for (from, to, why) in [
        ("hvsnap-journal/2", "hvsnap-journal/3", "schema"),
        ("\"kind\": \"destroy\"", "\"kind\": \"export\"", "export"),
        ("\"kind\": \"destroy\",", "", "kind"),
        (
            "uuid:aaaaaaaa-0000-4000-8000-000000000001",
            "uuid:bbbbbbbb-0000-4000-8000-000000000001",
            "it holds",
        ),
        ("uuid:aaaaaaaa-0000-4000-8000-000000000001", "aaaaaaaa", "message_id"),
        (VM, "../../etc/passwd", "GUID"),
        ("root/virtualization/v2", "root/x y", "namespace"),
        ("\"tree\"", "\"forest\"", "forest"),
        ("0123456789abcdef", "0123", "fingerprint"),
        ("2026-", "20xx-", "point in time"),
        ("\"done\"", "\"well done\"", "well done"),
        ("\"return_code\": 4096", "\"return_code\": 4096, \"error\": \"x\"", "either"),
        ("\"return_code\": 4096", "\"return_code\": -1", "-1"),
        ("\"value\": \"5F0C2A7E\"", "\"worth\": 1", "either"),
        ("http://schemas.microsoft.com/wbem/a/Msvm_ConcreteJob", "nowhere", "resource URI"),
        ("\"destroyed\": [", "\"destroyed\": [], \"was\": [", "destroys nothing"),
        ("\"intent\"", "\"intend\"", "intent"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        fs::write(&file, bad).unwrap();
        let error = journal.read(id(1)).unwrap_err().to_string();
        assert!(error.contains(why) && error.contains(&id(1).to_string()), "{from}: {error}");
    }
    fs::write(&file, vec![b'['; 200_000]).unwrap();
    assert!(journal.read(id(1)).is_err());
    fs::write(&file, vec![b' '; Limits::default().journal_bytes + 1]).unwrap();
    assert!(matches!(journal.read(id(1)).unwrap_err().kind(), JournalErrorKind::TooLong));
}

#[test]
fn what_a_later_version_adds_is_passed_over_and_kept() {
    let folder = Folder::new();
    let journal = folder.journal();
    journal.begin(&intent(1)).unwrap();
    let file = folder.file(&format!("{}.json", id(1)));
    let text = fs::read_to_string(&file).unwrap();
    let more = text.replacen("\"schema\"", "\"later\": {\"deep\": [1]}, \"schema\"", 1).replacen(
        "\"endpoint\"",
        "\"also\": true, \"endpoint\"",
        1,
    );
    fs::write(&file, more).unwrap();
    journal.answered(id(1), &answer()).unwrap();
    assert_eq!(journal.read(id(1)).unwrap().unwrap().intent, intent(1));
    assert!(fs::read_to_string(&file).unwrap().contains("\"later\""));
}

#[test]
fn leftovers_and_strangers_in_the_folder_are_no_operations() {
    let folder = Folder::new();
    let journal = folder.journal();
    journal.begin(&intent(1)).unwrap();
    for name in ["notes.txt", "x.json", &format!("{}.json.new", id(2)), &format!(".{}.json", id(2))] {
        fs::write(folder.file(name), "half").unwrap();
    }
    assert_eq!(journal.list().unwrap().len(), 1);
    journal.begin(&intent(2)).unwrap();
    assert_eq!(journal.list().unwrap().len(), 2);
}

#[test]
fn what_could_not_be_read_again_is_not_written() {
    let folder = Folder::new();
    let journal = FileJournal { longest: 100, ..folder.journal() };
    assert!(matches!(journal.begin(&intent(1)).unwrap_err().kind(), JournalErrorKind::TooLong));
    assert!(folder.journal().list().unwrap().is_empty());
}

#[test]
fn a_vm_that_is_no_guid_names_no_file() {
    let folder = Folder::new();
    let error = folder.journal().lock("../operations/x", id(1)).unwrap_err();
    assert!(matches!(error.kind(), JournalErrorKind::NoVm), "{error}");
    assert!(!folder.0.exists());
}

#[test]
fn who_holds_a_vm_is_told_only_where_it_can_be_read() {
    let folder = Folder::new();
    let journal = folder.journal();
    let _held = journal.lock(VM, id(1)).unwrap();
    let said = folder.0.join("state/hvsnap/locks").join(format!("{VM}.json"));
    for text in ["", "{", "{\"process\": -1}", &"x".repeat(10_000)] {
        fs::write(&said, text).unwrap();
        let error = journal.lock(VM, id(2)).unwrap_err();
        assert_eq!(error.holder(), Some(&crate::host::journal::Holder::default()), "{text}");
    }
}

#[test]
fn a_vm_whose_last_record_cannot_be_read_is_not_locked_for_another_operation() {
    let folder = Folder::new();
    let journal = folder.journal();
    drop(journal.lock(VM, id(1)).unwrap());
    journal.begin(&intent(1)).unwrap();
    drop(journal.lock(VM, id(1)).unwrap());
    let record = folder.file(&format!("{}.json", id(1)));
    let whole = fs::read_to_string(&record).unwrap();
    for damaged in ["", "{", &whole.replace("hvsnap-journal/", "hvsnap-journal/9")] {
        fs::write(&record, damaged).unwrap();
        // The second time as well: the refusal leaves no trace.
        for another in [2, 3] {
            let error = journal.lock(VM, id(another)).unwrap_err();
            assert!(error.is_unreadable_record(), "{damaged}: {error}");
            assert!(error.to_string().contains(&id(1).to_string()), "{error}");
        }
        journal.lock("11111111-0000-4000-8000-00000000000f", id(2)).unwrap();
    }
    fs::remove_file(&record).unwrap();
    journal.lock(VM, id(2)).unwrap();
}

#[cfg(unix)]
#[test]
fn folders_and_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let journal = folder.journal();
    journal.begin(&intent(1)).unwrap();
    drop(journal.lock(VM, id(1)).unwrap());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let state = folder.0.join("state/hvsnap");
    for path in [&folder.0.join("state"), &state, &state.join("operations"), &state.join("locks")] {
        assert_eq!(mode(path), 0o700, "{}", path.display());
    }
    let files =
        [format!("operations/{}.json", id(1)), format!("locks/{VM}.lock"), format!("locks/{VM}.json")];
    for path in files {
        assert_eq!(mode(&state.join(&path)), 0o600, "{path}");
    }
}

/// Checks that the journal refuses the folder and leaves it unchanged.
#[cfg(unix)]
fn refuses(journal: &FileJournal, why: &str) {
    let refused = |error: JournalError| {
        assert!(matches!(error.kind(), JournalErrorKind::Untrusted(_)), "{why}: {error}");
        assert!(error.to_string().contains(why), "{why}: {error}");
    };
    refused(journal.list().unwrap_err());
    refused(journal.read(id(1)).unwrap_err());
    refused(journal.begin(&intent(2)).unwrap_err());
    refused(journal.answered(id(1), &answer()).unwrap_err());
    refused(journal.remove(id(1)).unwrap_err());
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
#[test]
fn a_folder_that_others_can_write_to_is_refused_with_the_remedy() {
    let folder = Folder::new();
    let journal = folder.journal();
    journal.begin(&intent(1)).unwrap();
    drop(journal.lock(VM, id(1)).unwrap());
    let state = journal.folder();
    set_mode(state, 0o777);
    refuses(&journal, "mode 0777): look at what is in it, then take that away (chmod go-w)");
    assert!(matches!(journal.lock(VM, id(1)).unwrap_err().kind(), JournalErrorKind::Untrusted(_)));
    // Other users cannot remove the user's files there.
    set_mode(state, 0o1777);
    assert_eq!(journal.list().unwrap().len(), 1);
    set_mode(state, 0o755);
    set_mode(&journal.operations(), 0o1777);
    refuses(&journal, "mode 1777");
    drop(journal.lock(VM, id(1)).unwrap());
    set_mode(&journal.operations(), 0o755);
    assert_eq!(journal.list().unwrap().len(), 1);
    set_mode(&state.join("locks"), 0o722);
    assert!(matches!(journal.lock(VM, id(1)).unwrap_err().kind(), JournalErrorKind::Untrusted(_)));
}

#[cfg(unix)]
#[test]
fn links_lead_to_the_folder_and_none_is_followed_in_it() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    let journal = folder.journal();
    journal.begin(&intent(1)).unwrap();
    symlink(journal.folder(), folder.0.join("link")).unwrap();
    let by_link = FileJournal::new(folder.0.join("link"));
    by_link.answered(id(1), &answer()).unwrap();
    assert_eq!(by_link.list().unwrap().len(), 1);

    let elsewhere = folder.0.join("elsewhere");
    fs::rename(journal.operations(), &elsewhere).unwrap();
    symlink(&elsewhere, journal.operations()).unwrap();
    refuses(&journal, "a symbolic link");
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_named_and_never_opened() {
    use std::os::unix::{fs::symlink, net::UnixListener};
    let folder = Folder::new();
    let journal = folder.journal();
    journal.begin(&intent(1)).unwrap();
    let fifo = |path: &Path| {
        assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    let path = |number| folder.file(&format!("{}.json", id(number)));
    // Opening it for reading waits for a writer for ever, and the other way round.
    fifo(&path(2));
    fs::create_dir(path(3)).unwrap();
    symlink(path(1), path(4)).unwrap();
    // A socket's path must be short.
    let socket = std::env::temp_dir().join(format!("hvsnap-{}", std::process::id()));
    drop(UnixListener::bind(&socket).unwrap());
    fs::rename(&socket, path(5)).unwrap();
    symlink("/dev/null", path(6)).unwrap();

    let list = journal.list().unwrap();
    let errors: Vec<String> =
        list.iter().filter_map(|one| one.as_ref().err().map(ToString::to_string)).collect();
    assert_eq!((list.len(), errors.len()), (6, 5), "{errors:?}");
    for (number, what) in
        [(2, "a FIFO"), (3, "a folder"), (4, "a symbolic link"), (5, "a socket"), (6, "a symbolic link")]
    {
        assert!(
            errors.iter().any(|text| text.contains(&id(number).to_string()) && text.contains(what)),
            "{errors:?}"
        );
        for error in [
            journal.read(id(number)).unwrap_err(),
            journal.answered(id(number), &answer()).unwrap_err(),
            journal.begin(&intent(number)).unwrap_err(),
            journal.remove(id(number)).unwrap_err(),
        ] {
            assert!(matches!(error.kind(), JournalErrorKind::NotAFile(found) if *found == what), "{error}");
        }
    }
    drop(journal.lock(VM, id(1)).unwrap());
    let locks = journal.folder().join("locks");
    for name in [format!("{VM}.lock"), format!("{VM}.json")] {
        fs::remove_file(locks.join(&name)).unwrap();
        fifo(&locks.join(&name));
    }
    let error = journal.lock(VM, id(1)).unwrap_err();
    assert!(matches!(error.kind(), JournalErrorKind::NotAFile("a FIFO")), "{error}");
    // The holder's name is only a hint; a FIFO in its place is replaced.
    fs::remove_file(locks.join(format!("{VM}.lock"))).unwrap();
    let _held = journal.lock(VM, id(1)).unwrap();
    assert!(journal.lock(VM, id(2)).unwrap_err().holder().unwrap().process.is_some());
}
