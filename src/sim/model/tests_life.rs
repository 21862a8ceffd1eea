//! Snapshots that are taken and applied, one rule a test.

use super::*;
use crate::{
    codes::{job_state, method},
    sim::lab::{Lab, VmState},
};

const START: Duration = Duration::from_secs(1_795_424_400);
const USER: SnapshotRequest = SnapshotRequest::User { settings: true };

fn host() -> Host {
    Host::new(&Lab::parse(include_str!("../../../fixtures/lab/life.toml")).unwrap(), 7, START)
}

fn after(host: &mut Host, milliseconds: u64) {
    host.advance(START + Duration::from_millis(milliseconds));
}

fn vm<'h>(host: &'h Host, name: &str) -> &'h Vm {
    &host.vms[host.find_vm(name).unwrap()]
}

fn create(host: &mut Host, name: &str, request: SnapshotRequest) -> (Started, Option<String>) {
    let id = vm(host, name).id.clone();
    host.create_snapshot(&id, request, "LAB\\operator")
}

fn apply(host: &mut Host, name: &str, snapshot: &str) -> Started {
    let id = host.find_snapshot(host.find_vm(name).unwrap(), snapshot).unwrap();
    host.apply_snapshot(&id, "LAB\\operator")
}

fn clear(host: &mut Host, name: &str, snapshot: &str) -> Started {
    let id = host.find_snapshot(host.find_vm(name).unwrap(), snapshot).unwrap();
    host.clear_snapshot(&id, "LAB\\operator")
}

/// The state and the error of a job.
fn end(host: &Host, started: &Started) -> (u16, u16, Option<String>) {
    let job = host.job(started.job.as_ref().unwrap()).unwrap();
    (job.state(host.now()), job.error_code(), job.error_description())
}

/// The chain of the present disk, from its file down to the first.
fn chain(host: &Host, name: &str) -> Vec<String> {
    let mut files = vm(host, name).files(None);
    while let Some(parent) = host.disk_file(&files[files.len() - 1]).unwrap().parent {
        files.push(parent);
    }
    files
}

#[test]
fn a_snapshot_appears_with_the_end_of_its_job_under_the_name_of_the_host() {
    let mut host = host();
    let (before, files) = (vm(&host, "run-01").current.clone(), chain(&host, "run-01"));
    let (started, at_once) = create(&mut host, "run-01", USER);
    assert_eq!((started.return_value, at_once), (method::JOB_STARTED, None));
    after(&mut host, 1999);
    assert_eq!(vm(&host, "run-01").snapshots.len(), 2);
    assert!(matches!(host.work_on(&vm(&host, "run-01").id), Some(Work::Create(_))));
    after(&mut host, 2000);
    assert_eq!(end(&host, &started), (job_state::COMPLETED, 0, None));
    let known = vm(&host, "run-01");
    let new = known.snapshots.last().unwrap();
    // 1795424402 is 2026-11-23T09:00:02Z.
    assert_eq!(new.name, "run-01 - (11/23/2026 - 9:00:02 AM)");
    assert_eq!((&new.parent, known.current.as_ref()), (&before, Some(&new.id)));
    assert_eq!(known.files(Some(&new.id)), files[..1], "it has the file that was written to");
    let now = chain(&host, "run-01");
    assert!(now[0].ends_with(".avhdx") && !files.contains(&now[0]));
    assert_eq!(now[1..], files[..]);
}

#[test]
fn two_jobs_on_the_snapshots_of_a_vm_do_not_go_on_at_once() {
    let mut host = host();
    assert_eq!(create(&mut host, "off-01", USER).0.return_value, method::JOB_STARTED);
    assert_eq!(create(&mut host, "off-01", USER).0.return_value, method::VENDOR_INVALID_STATE);
    assert_eq!(apply(&mut host, "off-01", "clean").return_value, method::VENDOR_INVALID_STATE);
    assert_eq!(clear(&mut host, "off-01", "memory").return_value, method::VENDOR_INVALID_STATE);
    let id = host.find_snapshot(host.find_vm("off-01").unwrap(), "clean").unwrap();
    assert_eq!(host.destroy(&id, Scope::Single, "x").return_value, method::VENDOR_INVALID_STATE);
    assert_eq!(create(&mut host, "saved-01", USER).0.return_value, method::JOB_STARTED, "another VM");
    after(&mut host, 2000);
    assert_eq!(create(&mut host, "off-01", USER).0.return_value, method::JOB_STARTED);
}

#[test]
fn whether_a_snapshot_has_memory_follows_from_the_vm() {
    let mut host = host();
    let wanted = [
        ("run-01", false),
        ("off-01", false),
        ("saved-01", true),
        ("paused-01", true),
        ("standard-01", true),
        ("fallback-01", true),
    ];
    for (name, _) in wanted {
        create(&mut host, name, USER);
    }
    after(&mut host, 2000);
    for (name, memory) in wanted {
        assert_eq!(vm(&host, name).snapshots.last().unwrap().saved_state, memory, "{name}");
    }
}

#[test]
fn what_hinders_a_snapshot_ends_the_job_in_an_exception() {
    let mut host = host();
    let (application, crash) =
        (SnapshotRequest::Recovery { consistent: true }, SnapshotRequest::Recovery { consistent: false });
    let wanted = [
        ("only-01", USER, "production checkpoints cannot be created"),
        ("disabled-01", SnapshotRequest::Automatic, "checkpoints have been disabled for 'disabled-01'"),
        ("full-01", USER, "has 50 of them already"),
        ("fallback-01", application, "production checkpoints cannot be created"),
        ("run-01", SnapshotRequest::Disk, "invalid checkpoint type"),
        ("fails-01", USER, "not enough space"),
    ];
    let started: Vec<_> = wanted.iter().map(|(name, ..)| vm(&host, name).snapshots.len()).collect();
    let jobs: Vec<_> = wanted.iter().map(|(name, request, _)| create(&mut host, name, *request).0).collect();
    after(&mut host, 2000);
    for (((name, _, why), job), count) in wanted.iter().zip(&jobs).zip(started) {
        let (state, code, text) = end(&host, job);
        assert_eq!((state, code), (job_state::EXCEPTION, method::JOB_FAILED), "{name}");
        assert!(text.as_ref().is_some_and(|text| text.contains(why)), "{name}: {text:?}");
        assert_eq!(vm(&host, name).snapshots.len(), count, "{name}");
    }
    let backup = create(&mut host, "disabled-01", crash).0;
    after(&mut host, 4000);
    assert_eq!(end(&host, &backup).0, job_state::COMPLETED, "a backup is no user");
    assert_eq!(vm(&host, "disabled-01").snapshots[0].kind, crate::sim::lab::SnapshotKind::Recovery);
}

#[test]
fn a_host_can_demand_settings_with_a_snapshot() {
    let text = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\nrequires_snapshot_settings = true\n[[vm]]\nname = \"a\"\n";
    let mut host = Host::new(&Lab::parse(text).unwrap(), 7, START);
    let (without, _) = create(&mut host, "a", SnapshotRequest::User { settings: false });
    after(&mut host, 2000);
    assert!(end(&host, &without).2.unwrap().contains("invalid checkpoint type"));
    let (with, _) = create(&mut host, "a", USER);
    after(&mut host, 4000);
    assert_eq!(end(&host, &with).0, job_state::COMPLETED);
}

#[test]
fn a_lab_says_how_a_call_goes() {
    let mut host = host();
    for (name, value) in [("refuses-01", method::VENDOR_ACCESS_DENIED), ("yet-01", method::JOB_STARTED)] {
        assert_eq!(create(&mut host, name, USER).0.return_value, value, "{name}");
    }
    let (started, at_once) = create(&mut host, "once-01", USER);
    assert_eq!((started.return_value, started.job), (method::COMPLETED, None));
    assert_eq!(at_once.as_deref(), vm(&host, "once-01").current.as_deref());
    let slow = create(&mut host, "slow-01", USER).0;
    let gone = create(&mut host, "gone-01", USER).0;
    let vain = create(&mut host, "vain-01", USER).0;
    after(&mut host, 2000);
    assert_eq!(vm(&host, "yet-01").snapshots.len(), 2, "the job failed, and yet");
    assert!(!host.job(&slow.job.unwrap()).unwrap().has_ended());
    assert!(host.job(&gone.job.unwrap()).is_none());
    assert_eq!((end(&host, &vain).0, vm(&host, "vain-01").snapshots.len()), (job_state::COMPLETED, 1));
}

#[test]
fn a_snapshot_and_its_link_to_the_job_may_come_late() {
    let mut host = host();
    let job = create(&mut host, "late-01", USER).0.job.unwrap();
    let mut seen = Vec::new();
    for milliseconds in [2000, 4999, 5000, 8999, 9000] {
        after(&mut host, milliseconds);
        let job = host.job(&job).unwrap();
        let JobKind::Service(ServiceJob { work: Work::Create(new), .. }) = &job.kind else {
            panic!("{job:?}")
        };
        let is_linked = new.linked.is_some_and(|from| from <= host.now());
        seen.push((job.has_ended(), vm(&host, "late-01").snapshots.len(), is_linked));
    }
    assert_eq!(
        seen,
        [(true, 1, false), (true, 1, false), (true, 2, false), (true, 2, false), (true, 2, true)]
    );
}

#[test]
fn a_vm_that_goes_back_is_off_or_saved_with_new_files() {
    let mut host = host();
    for (snapshot, state) in [("memory", VmState::Saved), ("clean", VmState::Off)] {
        let (now, files) = (host.now() - START, vm(&host, "off-01").files(None));
        let started = apply(&mut host, "off-01", snapshot);
        assert!(matches!(host.work_on(&vm(&host, "off-01").id), Some(Work::Apply(_))));
        host.advance(START + now + Duration::from_secs(2));
        assert_eq!(end(&host, &started).0, job_state::COMPLETED);
        let known = vm(&host, "off-01");
        let id = known.called(snapshot)[0].id.clone();
        assert_eq!(known.state, state);
        assert_eq!((known.current.as_ref(), known.applied.as_ref()), (Some(&id), Some(&id)));
        assert_ne!(known.files(None), files);
        assert_eq!(host.disk_file(&files[0]), None, "what was written since is lost");
        assert_eq!(chain(&host, "off-01")[1..2], known.files(Some(&id)));
        assert_eq!(known.snapshots.len(), 2);
    }
}

#[test]
fn only_a_vm_at_rest_goes_back() {
    let mut host = host();
    assert_eq!(apply(&mut host, "run-01", "clean").return_value, method::VENDOR_INVALID_STATE);
    assert_eq!(host.apply_snapshot("no such", "x").return_value, method::VENDOR_INVALID_PARAMETER);
    assert_eq!(apply(&mut host, "refuses-01", "base").return_value, method::VENDOR_ACCESS_DENIED);
    let started = apply(&mut host, "fails-01", "base");
    let file = vm(&host, "fails-01").files(None);
    after(&mut host, 2000);
    assert_eq!(end(&host, &started).0, job_state::EXCEPTION);
    assert_eq!((vm(&host, "fails-01").files(None), vm(&host, "fails-01").state), (file, VmState::Off));
}

#[test]
fn going_back_lets_a_layer_merge_that_only_the_lost_state_kept() {
    let mut host = host();
    // `memory` goes while the current state and a branch beside it depend on its file.
    host.add_snapshot("off-01", Some("clean/memory"), "next").unwrap();
    host.revert("off-01", "memory").unwrap();
    host.remove_snapshot("off-01", "memory").unwrap();
    after(&mut host, 1000);
    assert!(!host.is_merging(&vm(&host, "off-01").id), "two depend on it");
    host.revert("off-01", "clean").unwrap();
    after(&mut host, 1600);
    assert!(host.is_merging(&vm(&host, "off-01").id));
    after(&mut host, 9000);
    assert!(!host.is_merging(&vm(&host, "off-01").id));
}

#[test]
fn the_memory_of_a_snapshot_is_dropped_for_good() {
    let mut host = host();
    let started = clear(&mut host, "run-01", "memory");
    after(&mut host, 1999);
    assert!(vm(&host, "run-01").called("memory")[0].saved_state);
    after(&mut host, 2000);
    assert_eq!(end(&host, &started).0, job_state::COMPLETED);
    assert!(!vm(&host, "run-01").called("memory")[0].saved_state);
    assert_eq!(host.clear_snapshot("no such", "x").return_value, method::VENDOR_INVALID_PARAMETER);
}
