//! Disks after a destroy: when they merge, when they do not, and which files are left.

use super::*;
use crate::{codes::job_state, sim::lab::Lab};

const START: Duration = Duration::from_secs(1_795_424_400);

fn host() -> Host {
    Host::new(&Lab::parse(include_str!("../../../fixtures/lab/two-branches.toml")).unwrap(), 7, START)
}

fn after(host: &mut Host, milliseconds: u64) {
    host.advance(START + Duration::from_millis(milliseconds));
}

fn destroy(host: &mut Host, vm: &str, snapshot: &str, scope: Scope) {
    let index = host.find_vm(vm).unwrap();
    let id = host.find_snapshot(index, snapshot).unwrap();
    assert_eq!(host.destroy(&id, scope, "x").return_value, 4096);
}

fn merging(host: &Host, vm: &str) -> bool {
    host.is_merging(&host.vms[host.find_vm(vm).unwrap()].id)
}

fn file(host: &Host, vm: &str, snapshot: Option<&str>) -> String {
    let index = host.find_vm(vm).unwrap();
    let id = snapshot.map(|snapshot| host.find_snapshot(index, snapshot).unwrap());
    host.vms[index].files(id.as_deref()).remove(0)
}

#[test]
fn the_first_snapshot_has_the_base_file_and_the_others_differencing_files() {
    let host = host();
    assert_eq!(file(&host, "web-01", Some("base")), "D:\\Hyper-V\\web-01\\web-01.vhdx");
    let now = file(&host, "web-01", None);
    assert!(now.starts_with("D:\\Hyper-V\\web-01\\web-01_") && now.ends_with(".avhdx"), "{now}");
    assert_eq!(file(&host, "bare-01", None), "C:\\ClusterStorage\\Volume1\\bare-01\\bare-01.vhdx");
}

#[test]
fn one_dependent_merges_into_the_file_of_the_destroyed_snapshot() {
    let mut host = host();
    let (middle, newest) = (file(&host, "app-01", Some("middle")), file(&host, "app-01", Some("newest")));
    destroy(&mut host, "app-01", "middle", Scope::Single);
    after(&mut host, 2400);
    assert!(!merging(&host, "app-01"), "there is a short gap before the merge can be seen");
    after(&mut host, 2500);
    assert!(merging(&host, "app-01"));
    assert_eq!(file(&host, "app-01", Some("newest")), newest);
    after(&mut host, 5500);
    assert!(!merging(&host, "app-01"));
    assert_eq!(file(&host, "app-01", Some("newest")), middle);
}

#[test]
fn the_present_state_counts_as_a_dependent_of_its_snapshot() {
    let mut host = host();
    let newest = file(&host, "app-01", Some("newest"));
    destroy(&mut host, "app-01", "newest", Scope::Single);
    after(&mut host, 2500);
    assert!(merging(&host, "app-01"));
    after(&mut host, 5500);
    assert_eq!(file(&host, "app-01", None), newest);
}

#[test]
fn a_leaf_off_the_current_branch_goes_without_a_merge() {
    let mut host = host();
    destroy(&mut host, "web-01", "rollback", Scope::Single);
    for milliseconds in [2000, 2500, 4000] {
        after(&mut host, milliseconds);
        assert!(!merging(&host, "web-01"));
    }
}

#[test]
fn nothing_merges_while_two_dependents_remain_and_then_the_last_one_does() {
    let mut host = host();
    let files = (file(&host, "web-01", Some("before-upgrade")), file(&host, "web-01", Some("after-upgrade")));
    destroy(&mut host, "web-01", "before-upgrade", Scope::Single);
    after(&mut host, 10_000);
    assert!(!merging(&host, "web-01"));
    assert_eq!(file(&host, "web-01", Some("after-upgrade")), files.1);
    destroy(&mut host, "web-01", "rollback", Scope::Single);
    after(&mut host, 12_500);
    assert!(merging(&host, "web-01"));
    after(&mut host, 15_500);
    assert_eq!(file(&host, "web-01", Some("after-upgrade")), files.0);
}

#[test]
fn a_branching_snapshot_with_the_present_state_on_it_has_two_dependents() {
    let mut host = host();
    destroy(&mut host, "broken-01", "root", Scope::Single);
    after(&mut host, 4000);
    assert!(!merging(&host, "broken-01"));
}

#[test]
fn a_tree_with_the_present_state_below_it_merges_the_whole_chain() {
    let mut host = host();
    destroy(&mut host, "app-01", "oldest", Scope::Tree);
    after(&mut host, 2500);
    assert!(merging(&host, "app-01"));
    after(&mut host, 5500);
    assert_eq!(file(&host, "app-01", None), "C:\\ClusterStorage\\Volume1\\app-01\\app-01.vhdx");
}

#[test]
fn a_merge_that_never_ends_stays_in_sight() {
    let mut host = host();
    destroy(&mut host, "merge-01", "endless", Scope::Single);
    after(&mut host, 86_400_000);
    assert!(merging(&host, "merge-01"));
    let merge = host.jobs().find(|job| matches!(job.kind, JobKind::Merge(_))).unwrap();
    assert_eq!((merge.state(host.now()), merge.percent(host.now())), (job_state::RUNNING, 99));
}

#[test]
fn a_merge_that_does_not_begin_leaves_its_file() {
    let mut host = host();
    let now = file(&host, "merge-01", None);
    destroy(&mut host, "merge-01", "unmerged", Scope::Single);
    after(&mut host, 10_000);
    assert!(!merging(&host, "merge-01"));
    assert_eq!(file(&host, "merge-01", None), now);
}

#[test]
fn a_snapshot_taken_now_freezes_the_file_that_was_written_to() {
    let mut host = host();
    let before = file(&host, "app-01", None);
    host.add_snapshot("app-01", Some("newest"), "extra").unwrap();
    assert_eq!(file(&host, "app-01", Some("extra")), before);
    assert_ne!(file(&host, "app-01", None), before);
}

#[test]
fn time_that_jumps_far_ahead_applies_everything_in_order() {
    let (mut steps, mut jump) = (host(), host());
    for host in [&mut steps, &mut jump] {
        destroy(host, "app-01", "middle", Scope::Single);
    }
    for milliseconds in (0..6000).step_by(100) {
        after(&mut steps, milliseconds);
    }
    after(&mut jump, 6000);
    assert_eq!(file(&steps, "app-01", Some("newest")), file(&jump, "app-01", Some("newest")));
    assert_eq!(steps.jobs().count(), jump.jobs().count());
}
