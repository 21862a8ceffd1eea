//! The stages of a deletion, failed merges, and the chain of files of a disk.

use super::*;
use crate::{
    codes::{job_state, method},
    sim::lab::Lab,
};

const START: Duration = Duration::from_secs(1_795_424_400);

/// A chain `oldest`, `middle`, `newest` below the current state; `vm` and `destroy` are added to the tables.
fn host(vm: &str, destroy: &str) -> Host {
    let lab = format!(
        "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n[[vm]]\nname = \"app\"\n{vm}\n\
         [[vm.snapshot]]\nname = \"oldest\"\n[[vm.snapshot]]\nname = \"middle\"\nparent = \"oldest\"\n\
         [vm.snapshot.destroy]\n{destroy}\n[[vm.snapshot]]\nname = \"newest\"\nparent = \"middle\"\n"
    );
    Host::new(&Lab::parse(&lab).unwrap(), 7, START)
}

fn after(host: &mut Host, milliseconds: u64) {
    host.advance(START + Duration::from_millis(milliseconds));
}

fn destroy(host: &mut Host, snapshot: &str) -> u32 {
    let id = host.find_snapshot(0, snapshot).unwrap();
    host.destroy(&id, Scope::Single, "x").return_value
}

/// The file of a snapshot, or of the current state.
fn file(host: &Host, snapshot: Option<&str>) -> String {
    let id = snapshot.map(|snapshot| host.find_snapshot(0, snapshot).unwrap());
    host.vms[0].files(id.as_deref()).remove(0)
}

/// The files from the present one down to the base.
fn chain(host: &Host) -> Vec<String> {
    let mut files = vec![file(host, None)];
    while let Some(parent) = host.disk_file(&files[files.len() - 1]).unwrap().parent {
        files.push(parent);
    }
    files
}

/// Whether the VM has the snapshot, is deleting, is merging, and the number of files in the current state's chain.
fn seen(host: &Host) -> (bool, bool, bool, usize) {
    let vm = &host.vms[0].id;
    let there = host.find_snapshot(0, "middle").is_ok();
    (there, host.is_deleting(vm), host.is_merging(vm), chain(host).len())
}

#[test]
fn the_job_ends_then_the_object_goes_then_the_disks_change() {
    let mut host =
        host("", "object_delay_seconds = 1.0\nmerge_delay_seconds = 1.0\ndisk_delay_seconds = 2.0");
    let before = chain(&host);
    assert_eq!(destroy(&mut host, "middle"), method::JOB_STARTED);
    let stages = [
        (1999, (true, true, false, 4)),
        (2000, (true, false, false, 4)),
        (2999, (true, false, false, 4)),
        (3000, (false, false, false, 4)),
        (4000, (false, false, true, 4)),
        (7000, (false, false, false, 4)),
        (8999, (false, false, false, 4)),
        (9000, (false, false, false, 3)),
    ];
    for (milliseconds, stage) in stages {
        after(&mut host, milliseconds);
        assert_eq!(seen(&host), stage, "{milliseconds} ms");
    }
    // The dependent's file went into that of the destroyed snapshot.
    assert_eq!(chain(&host), [&before[0], &before[2], &before[3]].map(String::clone));
    assert_eq!(file(&host, Some("newest")), before[2]);
}

#[test]
fn a_jump_over_all_stages_gives_the_same_host() {
    let lab = "object_delay_seconds = 1.0\ndisk_delay_seconds = 2.0";
    let (mut steps, mut jump) = (host("", lab), host("", lab));
    for host in [&mut steps, &mut jump] {
        destroy(host, "middle");
    }
    for milliseconds in (0..20_000).step_by(50) {
        after(&mut steps, milliseconds);
    }
    after(&mut jump, 20_000);
    after(&mut steps, 20_000);
    assert_eq!((seen(&steps), chain(&steps)), (seen(&jump), chain(&jump)));
    assert_eq!(seen(&jump), (false, false, false, 3));
}

#[test]
fn the_vm_is_busy_until_the_last_stage_is_over() {
    let mut host = host("", "object_delay_seconds = 1.0\ndisk_delay_seconds = 2.0");
    destroy(&mut host, "middle");
    after(&mut host, 2500);
    assert_eq!(destroy(&mut host, "middle"), method::VENDOR_INVALID_STATE, "its object is still to go");
    after(&mut host, 7500);
    assert_eq!(seen(&host), (false, false, false, 4));
    assert_eq!(destroy(&mut host, "oldest"), method::VENDOR_IN_USE, "its disks are still to change");
    after(&mut host, 8500);
    assert_eq!(destroy(&mut host, "oldest"), method::JOB_STARTED);
}

#[test]
fn delays_of_the_host_count_where_the_snapshot_has_none_of_its_own() {
    let lab = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n\
               [timing]\nobject_delay_seconds = 1.0\ndisk_delay_seconds = 5.0\n\
               [[vm]]\nname = \"app\"\n[[vm.snapshot]]\nname = \"middle\"\n\
               [vm.snapshot.destroy]\ndisk_delay_seconds = 0.5\n";
    let mut host = Host::new(&Lab::parse(lab).unwrap(), 7, START);
    destroy(&mut host, "middle");
    for (milliseconds, stage) in [
        (2999, (true, false, false, 2)),
        (3000, (false, false, false, 2)),
        (6999, (false, false, false, 2)),
        (7000, (false, false, false, 1)),
    ] {
        after(&mut host, milliseconds);
        assert_eq!(seen(&host), stage, "{milliseconds} ms");
    }
    assert_eq!(file(&host, None), "C:\\ClusterStorage\\Volume1\\app\\app.vhdx");
}

#[test]
fn what_is_done_without_a_job_can_still_be_seen_late() {
    let mut host = host("", "return_value = 0\nobject_delay_seconds = 1.0");
    assert_eq!(destroy(&mut host, "middle"), method::COMPLETED);
    assert_eq!(seen(&host), (true, false, false, 4));
    after(&mut host, 1000);
    assert_eq!(seen(&host), (false, false, false, 4));
}

#[test]
fn a_merge_that_fails_leaves_the_files_and_a_job_that_says_why() {
    let mut host =
        host("", "merge = \"fails\"\nmerge_error_code = 32775\nmerge_error_description = \"Full\"");
    let before = chain(&host);
    destroy(&mut host, "middle");
    after(&mut host, 3000);
    assert_eq!(seen(&host), (false, false, true, 4));
    after(&mut host, 5500);
    assert_eq!((seen(&host), chain(&host)), ((false, false, false, 4), before));
    let job = host.jobs().find(|job| matches!(job.kind, JobKind::Merge(_))).unwrap();
    assert_eq!((job.state(host.now()), job.error_code()), (job_state::EXCEPTION, 32775));
    assert_eq!(job.error_description().as_deref(), Some("Full"));
    after(&mut host, 86_400_000);
    assert_eq!(seen(&host).3, 4, "nothing happens by itself");
}

#[test]
fn a_merge_that_stops_leaves_the_files_and_no_job() {
    let mut host = host("", "merge = \"stops\"\nmerge_seconds = 10.0");
    let before = chain(&host);
    destroy(&mut host, "middle");
    after(&mut host, 12_400);
    assert_eq!(seen(&host), (false, false, true, 4));
    after(&mut host, 12_500);
    assert_eq!((seen(&host), chain(&host)), ((false, false, false, 4), before));
    assert!(!host.jobs().any(|job| matches!(job.kind, JobKind::Merge(_))));
}

#[test]
fn the_next_deletion_takes_up_a_merge_that_failed() {
    for ending in ["fails", "stops"] {
        let mut host = host("", &format!("merge = \"{ending}\""));
        destroy(&mut host, "middle");
        after(&mut host, 10_000);
        assert_eq!(destroy(&mut host, "oldest"), method::JOB_STARTED);
        after(&mut host, 20_000);
        assert_eq!(chain(&host).len(), 2, "{ending}");
    }
}

#[test]
fn nothing_merges_while_merging_is_off_and_all_of_it_when_it_is_on_again() {
    let mut host = host("merging = false", "");
    let before = chain(&host);
    for snapshot in ["middle", "newest"] {
        destroy(&mut host, snapshot);
        let now = host.now();
        host.advance(now + Duration::from_secs(86_400));
        assert!(!host.is_merging(&host.vms[0].id));
    }
    assert_eq!(chain(&host), before);
    host.switch_merging("app", true).unwrap();
    let now = host.now();
    host.advance(now + Duration::from_secs(1));
    assert!(host.is_merging(&host.vms[0].id));
    host.advance(now + Duration::from_secs(10));
    assert_eq!(chain(&host), [&before[2], &before[3]].map(String::clone));
    assert!(host.switch_merging("app", false).is_ok() && !host.vms[0].merging);
}

#[test]
fn one_layer_merges_in_one_job() {
    let mut host = host("", "merge = \"never\"");
    destroy(&mut host, "middle");
    after(&mut host, 5000);
    host.remove_snapshot("app", "newest").unwrap();
    after(&mut host, 6000);
    assert_eq!(host.jobs().filter(|job| matches!(job.kind, JobKind::Merge(_))).count(), 2);
    after(&mut host, 9000);
    assert_eq!(chain(&host).len(), 3, "newest has merged, middle goes on");
}

#[test]
fn a_leaf_takes_its_file_along_and_two_dependents_keep_one() {
    let lab = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n[[vm]]\nname = \"app\"\ncurrent = \"middle/one\"\n\
               [[vm.snapshot]]\nname = \"middle\"\n[[vm.snapshot]]\nname = \"one\"\nparent = \"middle\"\n\
               [[vm.snapshot]]\nname = \"two\"\nparent = \"middle\"\n";
    let mut host = Host::new(&Lab::parse(lab).unwrap(), 7, START);
    let (two, middle) = (file(&host, Some("two")), file(&host, Some("middle")));
    assert_eq!(host.disk_file(&two).unwrap().parent.as_ref(), Some(&middle));
    assert_eq!(host.disk_file(&middle.to_uppercase()).unwrap(), host.disk_file(&middle).unwrap());
    destroy(&mut host, "middle");
    after(&mut host, 60_000);
    assert_eq!(host.disk_file(&two).unwrap().parent, Some(middle), "the file stays without its snapshot");
    destroy(&mut host, "two");
    after(&mut host, 62_000);
    assert_eq!(host.disk_file(&two), None);
}
