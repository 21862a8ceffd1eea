//! Jobs and trees over time, one rule a test.

use super::*;
use crate::{
    codes::{job_state, method, requested_state, state_change},
    sim::lab::Lab,
};

const START: Duration = Duration::from_secs(1_795_424_400);

fn host() -> Host {
    Host::new(&Lab::parse(include_str!("../../../fixtures/lab/two-branches.toml")).unwrap(), 7, START)
}

fn after(host: &mut Host, milliseconds: u64) {
    host.advance(START + Duration::from_millis(milliseconds));
}

fn id(host: &Host, vm: &str, snapshot: &str) -> String {
    host.find_snapshot(host.find_vm(vm).unwrap(), snapshot).unwrap()
}

fn destroy(host: &mut Host, vm: &str, snapshot: &str, scope: Scope) -> Started {
    let id = id(host, vm, snapshot);
    host.destroy(&id, scope, "LAB\\operator")
}

fn paths(host: &Host, vm: &str) -> Vec<String> {
    let vm = &host.vms[host.find_vm(vm).unwrap()];
    vm.snapshots.iter().map(|snapshot| vm.path(&snapshot.id)).collect()
}

#[test]
fn one_seed_gives_one_host() {
    let ids = |seed| {
        let lab = Lab::parse(include_str!("../../../fixtures/lab/two-branches.toml")).unwrap();
        Host::new(&lab, seed, START).vms.iter().map(|vm| vm.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(7), ids(7));
    assert_ne!(ids(7), ids(8));
    assert_eq!(ids(7)[0], ids(8)[0], "an id that the lab gives is kept");
}

#[test]
fn a_job_goes_through_its_states_and_stays_five_minutes() {
    let mut host = host();
    let job = destroy(&mut host, "web-01", "rollback", Scope::Single).job.unwrap();
    let mut seen = Vec::new();
    for milliseconds in [0, 100, 200, 1100, 1999, 2000, 301_999] {
        after(&mut host, milliseconds);
        let job = host.job(&job).unwrap();
        seen.push((job.state(host.now()), job.percent(host.now())));
    }
    assert_eq!(
        seen,
        [
            (job_state::NEW, 0),
            (job_state::STARTING, 0),
            (job_state::RUNNING, 10),
            (job_state::RUNNING, 55),
            (job_state::RUNNING, 99),
            (job_state::COMPLETED, 100),
            (job_state::COMPLETED, 100),
        ]
    );
    after(&mut host, 302_000);
    assert!(host.job(&job).is_none());
}

#[test]
fn the_effect_comes_with_the_end_of_the_job_not_before() {
    let mut host = host();
    let vm = host.vms[0].id.clone();
    destroy(&mut host, "web-01", "before-upgrade", Scope::Single);
    after(&mut host, 1999);
    assert!(host.is_deleting(&vm));
    assert_eq!(paths(&host, "web-01").len(), 5);
    after(&mut host, 2000);
    assert!(!host.is_deleting(&vm));
    assert_eq!(paths(&host, "web-01").len(), 4);
}

#[test]
fn a_single_destroy_leaves_the_children_to_the_parent() {
    let mut host = host();
    destroy(&mut host, "web-01", "before-upgrade", Scope::Single);
    after(&mut host, 2000);
    assert_eq!(
        paths(&host, "web-01"),
        ["base", "base/after-upgrade", "base/after-upgrade/hotfix", "base/rollback"]
    );
    assert_eq!(host.vms[0].applied, None, "the applied snapshot is the one that went");
}

#[test]
fn the_children_of_a_destroyed_root_become_roots() {
    let mut host = host();
    destroy(&mut host, "web-01", "base", Scope::Single);
    after(&mut host, 2000);
    assert_eq!(paths(&host, "web-01")[0], "before-upgrade");
}

#[test]
fn the_present_state_moves_to_the_parent_of_its_destroyed_snapshot() {
    let mut host = host();
    destroy(&mut host, "web-01", "hotfix", Scope::Single);
    after(&mut host, 2000);
    assert_eq!(host.vms[0].current, Some(id(&host, "web-01", "after-upgrade")));
}

#[test]
fn a_tree_destroy_takes_all_descendants_and_moves_the_present_state() {
    let mut host = host();
    destroy(&mut host, "web-01", "before-upgrade", Scope::Tree);
    after(&mut host, 2000);
    assert_eq!(paths(&host, "web-01"), ["base"]);
    assert_eq!(host.vms[0].current, Some(id(&host, "web-01", "base")));
}

#[test]
fn a_busy_vm_refuses_a_second_operation() {
    let mut host = host();
    destroy(&mut host, "app-01", "middle", Scope::Single);
    let second = destroy(&mut host, "app-01", "oldest", Scope::Single);
    assert_eq!((second.return_value, second.job), (method::VENDOR_INVALID_STATE, None));
    after(&mut host, 2000);
    assert_eq!(destroy(&mut host, "app-01", "oldest", Scope::Single).return_value, method::VENDOR_IN_USE);
    after(&mut host, 5500);
    assert_eq!(destroy(&mut host, "app-01", "oldest", Scope::Single).return_value, method::JOB_STARTED);
    let other = destroy(&mut host, "web-01", "hotfix", Scope::Single);
    assert_eq!(other.return_value, method::JOB_STARTED, "another VM is not busy");
}

#[test]
fn a_snapshot_that_is_gone_is_an_invalid_parameter() {
    let refused = host().destroy("00000000-0000-4000-8000-000000000000", Scope::Single, "x");
    assert_eq!(refused, Started { return_value: method::VENDOR_INVALID_PARAMETER, job: None });
}

#[test]
fn an_exception_and_a_termination_remove_nothing_and_say_why() {
    for (snapshot, state) in [("fails", job_state::EXCEPTION), ("stopped", job_state::TERMINATED)] {
        let mut host = host();
        let before = paths(&host, "broken-01");
        let job = destroy(&mut host, "broken-01", snapshot, Scope::Single).job.unwrap();
        assert_eq!(host.job(&job).unwrap().error_description(), None);
        after(&mut host, 2000);
        let job = host.job(&job).unwrap();
        assert_eq!((job.state(host.now()), job.error_code()), (state, 32768));
        assert!(job.percent(host.now()) < 100);
        assert!(job.error_description().is_some());
        assert_eq!(paths(&host, "broken-01"), before);
    }
}

#[test]
fn a_job_with_warnings_does_its_work_and_tells() {
    let mut host = host();
    let job = destroy(&mut host, "broken-01", "warns", Scope::Single).job.unwrap();
    after(&mut host, 2000);
    let job = host.job(&job).unwrap();
    assert_eq!((job.state(host.now()), job.error_code()), (job_state::COMPLETED_WITH_WARNINGS, 0));
    assert!(job.error_description().unwrap().contains("saved memory"));
    assert!(!paths(&host, "broken-01").contains(&"root/warns".to_owned()));
}

#[test]
fn a_refusal_has_no_job_and_a_synchronous_success_needs_none() {
    let mut host = host();
    let busy = destroy(&mut host, "broken-01", "busy", Scope::Single);
    assert_eq!(busy, Started { return_value: 32774, job: None });
    let done = destroy(&mut host, "broken-01", "at-once", Scope::Single);
    assert_eq!(done, Started { return_value: 0, job: None });
    assert!(!paths(&host, "broken-01").contains(&"root/at-once".to_owned()));
}

#[test]
fn a_vanishing_job_goes_before_a_final_state_with_or_without_its_effect() {
    for (snapshot, gone) in [("leaves", true), ("stays", false)] {
        let mut host = host();
        let job = destroy(&mut host, "ghost-01", snapshot, Scope::Single).job.unwrap();
        after(&mut host, 1999);
        assert_eq!(host.job(&job).unwrap().state(host.now()), job_state::RUNNING);
        after(&mut host, 2000);
        assert!(host.job(&job).is_none());
        assert_eq!(!paths(&host, "ghost-01").contains(&format!("root/{snapshot}")), gone);
    }
}

#[test]
fn a_cancelled_job_shuts_down_and_leaves_the_snapshot() {
    for (asked, state) in
        [(requested_state::TERMINATE, job_state::TERMINATED), (requested_state::KILL, job_state::KILLED)]
    {
        let mut host = host();
        let job = destroy(&mut host, "slow-01", "long", Scope::Single).job.unwrap();
        after(&mut host, 30_000);
        assert_eq!(host.request_state_change(&job, asked, false), Some(state_change::TRANSITION_STARTED));
        assert_eq!(host.job(&job).unwrap().state(host.now()), job_state::SHUTTING_DOWN);
        assert_eq!(host.request_state_change(&job, asked, false), Some(state_change::INVALID_TRANSITION));
        after(&mut host, 30_500);
        let ended = host.job(&job).unwrap();
        assert_eq!((ended.state(host.now()), ended.percent(host.now())), (state, 50));
        assert_eq!(ended.error_code(), 32768);
        assert_eq!(host.request_state_change(&job, asked, false), Some(state_change::INVALID_TRANSITION));
        assert_eq!(paths(&host, "slow-01"), ["root", "root/long"]);
    }
}

#[test]
fn other_transitions_are_answered_as_documented() {
    let mut host = host();
    let job = destroy(&mut host, "slow-01", "long", Scope::Single).job.unwrap();
    for (asked, timeout, answer) in [
        (requested_state::SUSPEND, false, state_change::NOT_SUPPORTED),
        (99, false, state_change::INVALID_PARAMETER),
        (requested_state::TERMINATE, true, state_change::TIMEOUT_NOT_SUPPORTED),
    ] {
        assert_eq!(host.request_state_change(&job, asked, timeout), Some(answer));
    }
    assert_eq!(host.request_state_change("no such job", requested_state::KILL, false), None);
}

#[test]
fn another_administrator_changes_the_tree_at_once() {
    let mut host = host();
    host.rename_snapshot("web-01", "base/before-upgrade", "renamed").unwrap();
    host.add_snapshot("web-01", Some("rollback"), "new-leaf").unwrap();
    host.remove_snapshot("web-01", "after-upgrade").unwrap();
    assert_eq!(
        paths(&host, "web-01"),
        [
            "base",
            "base/renamed",
            "base/renamed/hotfix",
            "base/renamed/rollback",
            "base/renamed/rollback/new-leaf"
        ]
    );
    let added = host.add_snapshot("web-01", Some("hotfix"), "newest").unwrap();
    assert_eq!(host.vms[0].current, Some(added));
    assert!(host.remove_snapshot("db-01", "monday").unwrap_err().to_string().contains("2 times VM"));
    assert!(host.rename_snapshot("bare-01", "x", "y").unwrap_err().to_string().contains("no snapshot \"x\""));
}
