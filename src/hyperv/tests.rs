//! Tests of tree, plan and merge watch, on handmade instances.

use std::{borrow::Cow, time::Duration};

use super::{
    merge::{DISK_LAG, MERGE_GAP},
    *,
};
use crate::{
    Violation,
    cim::{Instance, Property, Raw, Values},
    violation::ProtocolError,
};

const VM: &str = "11111111-0000-4000-8000-000000000001";

fn instance(class: &'static str, properties: &[(&'static str, &str)]) -> Instance<'static> {
    let mut made: Vec<Property<'static>> = Vec::new();
    for (name, value) in properties {
        let raw = Raw::Text(Cow::Owned((*value).to_owned()));
        match made.iter_mut().find(|property| property.name() == *name) {
            Some(property) => property.values.push(raw),
            None => made.push(Property { name: Cow::Borrowed(name), values: Values::One(raw) }),
        }
    }
    Instance { class: Cow::Borrowed(class), properties: made }
}

fn path(id: &str) -> String {
    format!(r#"\\HV01\root\virtualization\v2:Msvm_VirtualSystemSettingData.InstanceID="Microsoft:{id}""#)
}

/// A snapshot `id` named `name` under `parent` (empty for a root).
pub(super) fn snapshot(id: &str, name: &str, parent: &str) -> Instance<'static> {
    let parent = if parent.is_empty() { String::new() } else { path(parent) };
    instance(
        "Msvm_VirtualSystemSettingData",
        &[
            ("InstanceID", &format!("Microsoft:{id}")),
            ("VirtualSystemIdentifier", VM),
            ("VirtualSystemType", "Microsoft:Hyper-V:Snapshot:Realized"),
            ("ElementName", name),
            ("Parent", &parent),
        ],
    )
}

pub(super) fn system(parent: &str) -> Instance<'static> {
    let parent = if parent.is_empty() { String::new() } else { path(parent) };
    instance(
        "Msvm_VirtualSystemSettingData",
        &[
            ("InstanceID", &format!("Microsoft:{VM}")),
            ("VirtualSystemIdentifier", VM),
            ("VirtualSystemType", "Microsoft:Hyper-V:System:Realized"),
            ("Parent", &parent),
        ],
    )
}

pub(super) fn build(instances: &[Instance<'static>]) -> Result<SnapshotTree, ProtocolError> {
    let settings: Result<Vec<_>, _> =
        instances.iter().map(|instance| SettingData::from_instance(instance, VM)).collect();
    SnapshotTree::build(VM, "web-01", settings?)
}

/// base → upgrade → (after → hotfix, rollback); the current state descends from hotfix. Children are sent first.
fn forked() -> Vec<Instance<'static>> {
    vec![
        snapshot("D", "hotfix", "C"),
        snapshot("E", "rollback", "B"),
        snapshot("C", "after", "B"),
        snapshot("B", "upgrade", "A"),
        snapshot("A", "base", ""),
        system("D"),
    ]
}

pub(super) fn names<'s>(snapshots: impl IntoIterator<Item = &'s Snapshot>) -> Vec<&'s str> {
    snapshots.into_iter().map(Snapshot::element_name).collect()
}

#[test]
fn a_tree_puts_parents_before_children_whatever_the_order_sent() {
    let tree = build(&forked()).unwrap();
    assert_eq!(names(tree.snapshots()), ["base", "upgrade", "after", "rollback", "hotfix"]);
    assert_eq!(names(tree.roots()), ["base"]);
    let upgrade = tree.find("upgrade").unwrap();
    assert_eq!(names(tree.children(upgrade.id())), ["after", "rollback"]);
    assert_eq!(names(tree.descendants(upgrade.id())), ["after", "rollback", "hotfix"]);
    assert_eq!(tree.path(tree.current().unwrap()), "base/upgrade/after/hotfix");
}

#[test]
fn a_snapshot_is_found_by_path_name_or_id_and_never_guessed() {
    let mut instances = forked();
    instances.push(snapshot("F", "hotfix", "E"));
    instances.push(snapshot("G", "web-01 - (10/5/2026 - 4:23:50 AM)", ""));
    let tree = build(&instances).unwrap();
    for (wanted, id) in [
        ("base/upgrade", "Microsoft:B"),
        ("UPGRADE", "Microsoft:B"),
        ("microsoft:b", "Microsoft:B"),
        ("b", "Microsoft:B"),
        ("base/upgrade/rollback/hotfix", "Microsoft:F"),
        ("web-01 - (10/5/2026 - 4:23:50 AM)", "Microsoft:G"),
    ] {
        assert_eq!(tree.find(wanted).unwrap().id().as_str(), id, "{wanted}");
    }
    let Err(FindError::Ambiguous { candidates, .. }) = tree.find("hotfix") else { panic!("guessed") };
    let found: Vec<_> = candidates.iter().map(|candidate| candidate.id.as_str()).collect();
    assert_eq!(found, ["Microsoft:D", "Microsoft:F"]);
    let Err(FindError::NotFound { similar, .. }) = tree.find("upgrade/base") else { panic!("guessed") };
    assert_eq!(similar.iter().map(|near| near.name.as_str()).collect::<Vec<_>>(), ["base", "base/upgrade"]);
    // What is above the wanted one is not meant: it may be what a destroy has just left.
    let Err(FindError::NotFound { similar, .. }) = tree.find("base/upgrad") else { panic!("guessed") };
    assert_eq!(similar.iter().map(|near| near.name.as_str()).collect::<Vec<_>>(), ["base/upgrade"]);
}

#[test]
fn settings_of_another_vm_are_an_offence_not_a_snapshot() {
    let mut instance = snapshot("A", "base", "");
    for property in &mut instance.properties {
        if property.name() == "VirtualSystemIdentifier" {
            property.values = Values::One(Raw::Text(Cow::Borrowed("22222222-0000-4000-8000-000000000002")));
        }
    }
    assert_eq!(build(&[instance]).unwrap_err().violation(), Violation::WrongInstance);
}

#[test]
fn parents_in_a_circle_and_ids_twice_are_offences() {
    let circle = [snapshot("A", "a", "B"), snapshot("B", "b", "A"), system("")];
    assert_eq!(build(&circle).unwrap_err().violation(), Violation::BadProperty);
    let twice = [snapshot("A", "a", ""), snapshot("a", "b", ""), system("")];
    assert_eq!(build(&twice).unwrap_err().violation(), Violation::BadProperty);
}

#[test]
fn a_chain_of_thousands_sent_from_its_end_is_put_in_order_at_once() {
    // Rounds over everything that is left would take hours.
    let chain: Vec<_> =
        (0..20_000).rev().map(|n| snapshot(&n.to_string(), "link", &(n + 1).to_string())).collect();
    let tree = build(&chain).unwrap();
    assert_eq!(tree.snapshots().first().unwrap().id().guid(), "19999");
    assert_eq!(tree.snapshots().last().unwrap().id().guid(), "0");
}

#[test]
fn a_parent_that_is_not_sent_makes_a_root_and_one_that_cannot_be_read_makes_the_plan_uncertain() {
    let tree = build(&[snapshot("A", "a", "Z"), system("")]).unwrap();
    assert_eq!(names(tree.roots()), ["a"]);
    let mut odd = snapshot("B", "b", "");
    odd.properties.retain(|property| property.name() != "Parent");
    odd.properties.push(Property { name: "Parent".into(), values: Values::One(Raw::Text("garbage".into())) });
    let tree = build(&[snapshot("A", "a", ""), odd, system("")]).unwrap();
    let target = tree.find("a").unwrap();
    let plan = tree.plan_destroy(target.id(), DestroyScope::Single).unwrap();
    assert!(!plan.is_certain());
    assert!(matches!(plan.cautions(), [Caution::UnreadableParent(id)] if id.as_str() == "Microsoft:B"));
}

#[test]
fn a_single_destroy_takes_one_and_hangs_its_children_higher() {
    let tree = build(&forked()).unwrap();
    let plan = tree.plan_destroy(tree.find("upgrade").unwrap().id(), DestroyScope::Single).unwrap();
    assert_eq!(names(plan.destroyed()), ["upgrade"]);
    assert_eq!(names(plan.dependents()), ["after", "rollback", "hotfix"]);
    assert_eq!(names(plan.reparented()), ["after", "rollback"]);
    assert_eq!(plan.new_parent().unwrap().element_name(), "base");
    assert_eq!(names(plan.kept()), ["base", "after", "rollback", "hotfix"]);
    assert_eq!(plan.merge_expectation(), MergeExpectation::Deferred);
    assert!(!plan.takes_current());
}

#[test]
fn a_tree_destroy_takes_all_that_is_under_it() {
    let tree = build(&forked()).unwrap();
    let plan = tree.plan_destroy(tree.find("upgrade").unwrap().id(), DestroyScope::Tree).unwrap();
    assert_eq!(names(plan.destroyed()), ["upgrade", "after", "rollback", "hotfix"]);
    assert_eq!(names(plan.kept()), ["base"]);
    assert_eq!(plan.reparented().count(), 0);
    assert!(plan.takes_current());
    assert_eq!(plan.merge_expectation(), MergeExpectation::Merge);
}

#[test]
fn a_merge_is_expected_for_one_dependent_and_the_present_state_counts_as_one() {
    let tree = build(&forked()).unwrap();
    for (name, expected) in [
        ("base", MergeExpectation::Merge),
        ("after", MergeExpectation::Merge),
        ("hotfix", MergeExpectation::Merge),
        ("rollback", MergeExpectation::None),
        ("upgrade", MergeExpectation::Deferred),
    ] {
        let plan = tree.plan_destroy(tree.find(name).unwrap().id(), DestroyScope::Single).unwrap();
        assert_eq!(plan.merge_expectation(), expected, "{name}");
    }
    let without_system = build(forked().get(..5).unwrap()).unwrap();
    let base = without_system.find("base").unwrap();
    let plan = without_system.plan_destroy(base.id(), DestroyScope::Single).unwrap();
    assert_eq!(plan.merge_expectation(), MergeExpectation::Unknown);
}

#[test]
fn anything_that_moves_in_the_tree_changes_its_fingerprint_and_is_named() {
    let before = build(&forked()).unwrap();
    let plan = before.plan_destroy(before.find("upgrade").unwrap().id(), DestroyScope::Single).unwrap();
    let mut same = forked();
    same.reverse();
    assert!(plan.difference(&build(&same).unwrap()).is_none(), "the order sent does not matter");
    let told = |instances: &[Instance<'static>]| {
        plan.difference(&build(instances).unwrap()).expect("a difference").to_string()
    };
    let mut added = forked();
    added.push(snapshot("F", "new", "D"));
    assert_eq!(told(&added), "appeared: \"new\"");
    assert_eq!(
        told(forked().get(1..).unwrap()),
        "vanished: \"hotfix\"; the current state is based on another snapshot"
    );
    let mut moved = forked();
    moved[1] = snapshot("E", "rollback", "A");
    assert_eq!(told(&moved), "moved: \"rollback\"");
    let mut renamed = forked();
    renamed[1] = snapshot("E", "other", "B");
    assert_eq!(told(&renamed), "changed: \"other\"");
    let mut current = forked();
    current[5] = system("E");
    assert_eq!(told(&current), "the current state is based on another snapshot");
}

#[test]
fn a_plan_for_another_target_or_scope_has_another_fingerprint() {
    let tree = build(&forked()).unwrap();
    let plan =
        |name: &str, scope| tree.plan_destroy(tree.find(name).unwrap().id(), scope).unwrap().fingerprint();
    let prints = [
        plan("upgrade", DestroyScope::Single),
        plan("upgrade", DestroyScope::Tree),
        plan("rollback", DestroyScope::Single),
        tree.fingerprint(),
    ];
    for (index, one) in prints.iter().enumerate() {
        assert!(prints.iter().skip(index + 1).all(|other| one != other), "{prints:?}");
    }
    assert_eq!(plan("upgrade", DestroyScope::Tree), plan("upgrade", DestroyScope::Tree));
}

#[test]
fn a_fingerprint_is_read_back_as_it_is_shown() {
    let fingerprint = build(&forked()).unwrap().fingerprint();
    assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
    for text in ["", "xyz", "123", "0123456789abcdef0", "+123456789abcdef"] {
        assert!(text.parse::<Fingerprint>().is_err(), "{text}");
    }
}

#[test]
fn a_plan_is_only_made_for_a_snapshot_of_the_tree() {
    let tree = build(&forked()).unwrap();
    let other = build(&[snapshot("X", "x", ""), system("")]).unwrap();
    assert!(tree.plan_destroy(other.snapshots()[0].id(), DestroyScope::Single).is_err());
}

#[test]
fn kinds_and_flags_raise_their_cautions() {
    for (system_type, extra, expected) in [
        ("Microsoft:Hyper-V:Snapshot:Recovery", ("Version", "9.0"), "Backup"),
        ("Microsoft:Hyper-V:Snapshot:Replica:Standard", ("Version", "9.0"), "Replica"),
        ("Microsoft:Hyper-V:Snapshot:Missing", ("Version", "9.0"), "Unusual"),
        ("microsoft:hyper-v:snapshot:realized", ("IsAutomaticSnapshot", "true"), "Automatic"),
        ("Microsoft:Hyper-V:Snapshot:Realized", ("IsSaved", "true"), "SavedState"),
    ] {
        let mut made = snapshot("A", "a", "");
        made.properties.retain(|property| property.name() != "VirtualSystemType");
        for (name, value) in [("VirtualSystemType", system_type), extra] {
            made.properties
                .push(Property { name: name.into(), values: Values::One(Raw::Text(value.into())) });
        }
        let tree = build(&[made, system("")]).unwrap();
        let plan = tree.plan_destroy(tree.snapshots()[0].id(), DestroyScope::Single).unwrap();
        let told = format!("{:?}", plan.cautions());
        assert!(told.contains(expected) && plan.cautions().len() == 1, "{system_type}: {told}");
    }
}

fn vm(statuses: &[&str]) -> VmRecord {
    let mut properties = vec![("Name", VM), ("ElementName", "web-01"), ("EnabledState", "2")];
    properties.extend(statuses.iter().map(|status| ("OperationalStatus", *status)));
    VmRecord::from_instance(&instance("Msvm_ComputerSystem", &properties)).unwrap().unwrap()
}

fn job(class: &'static str, job_type: &str, state: &str) -> JobRecord {
    let properties = [("InstanceID", "J"), ("JobState", state), ("JobType", job_type)];
    JobRecord::from_instance(&instance(class, &properties)).unwrap()
}

const fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn the_host_itself_is_no_vm() {
    let host = instance("Msvm_ComputerSystem", &[("Name", "HV01"), ("ElementName", "HV01")]);
    assert!(VmRecord::from_instance(&host).unwrap().is_none());
}

/// A merge job with its submission time.
fn merge_job(class: &'static str, job_type: &str, state: &str, submitted: &str) -> JobRecord {
    let properties =
        [("InstanceID", "J"), ("JobState", state), ("JobType", job_type), ("TimeSubmitted", submitted)];
    JobRecord::from_instance(&instance(class, &properties)).unwrap()
}

const EARLIER: &str = "2026-09-01T10:00:00Z";
const CALL: &str = "2026-09-01T12:00:00Z";
const LATER: &str = "2026-09-01T12:00:05Z";

fn watch(by_disks: bool) -> MergeWatch {
    let call = merge_job("Msvm_ConcreteJob", "72", "7", CALL);
    MergeWatch::new(at(0), by_disks, Some(call.submitted.unwrap()))
}

/// The next reading of a step, or how the watch ended.
fn told(step: MergeStep) -> String {
    match step {
        MergeStep::Over(end) => ended(end),
        step => format!("{step:?}"),
    }
}

fn ended(end: MergeEnd) -> String {
    let evidence = end.evidence.map(|evidence| format!(" by {evidence:?}")).unwrap_or_default();
    format!("{:?}{evidence}", end.state)
}

#[test]
fn disks_decide_where_they_can_be_read() {
    let mut watch = watch(true);
    assert_eq!(told(watch.vm(at(0), &vm(&["2"]))), "ReadDisks", "an idle merge takes no second");
    assert_eq!(told(watch.disks(at(0), Some(&DiskReading::NotMerged))), "LookAgain");
    assert_eq!(watch.state(), MergeState::Unknown);
    assert_eq!(told(watch.vm(at(1), &vm(&["11", "32772"]))), "LookAgain");
    assert_eq!(watch.state(), MergeState::Running);
    assert_eq!(told(watch.vm(at(9), &vm(&["2"]))), "ReadDisks");
    assert_eq!(told(watch.disks(at(9), Some(&DiskReading::Merged))), "Finished by Disks");
}

#[test]
fn a_merge_that_stops_before_the_disks_are_merged_is_not_finished() {
    let mut watch = watch(true);
    assert_eq!(told(watch.vm(at(1), &vm(&["11", "32772"]))), "LookAgain");
    assert_eq!(told(watch.vm(at(2), &vm(&["2"]))), "ReadDisks");
    assert_eq!(told(watch.disks(at(2), Some(&DiskReading::NotMerged))), "LookAgain", "the disks may lag");
    assert_eq!(told(watch.disks(at(17), Some(&DiskReading::NotMerged))), "ReadJobs");
    // A job that reports success does not outweigh the disks.
    let done = [merge_job("Msvm_StorageJob", "5", "7", LATER)];
    assert_eq!(told(watch.jobs(at(17), Some(&done))), "ReadSettings");
    assert_eq!(ended(watch.settings(Some(true))), "Stopped");
    assert_eq!(ended(watch.settings(Some(false))), "SwitchedOff");
}

#[test]
fn an_expected_merge_that_is_not_seen_is_not_finished() {
    for by_disks in [true, false] {
        let mut watch = watch(by_disks);
        let later = DISK_LAG.max(MERGE_GAP);
        let mut step = watch.vm(later, &vm(&["2"]));
        if by_disks {
            assert_eq!(told(step), "ReadDisks");
            step = watch.disks(later, Some(&DiskReading::NotMerged));
        }
        assert_eq!(told(step), "ReadJobs");
        assert_eq!(told(watch.jobs(later, Some(&[]))), "ReadSettings");
        assert_eq!(ended(watch.settings(None)), "NotSeen");
        assert_eq!(ended(watch.settings(Some(false))), "SwitchedOff");
    }
}

#[test]
fn without_disks_a_merge_that_was_seen_is_over_when_neither_status_nor_job_shows_it() {
    let mut watch = watch(false);
    assert_eq!(told(watch.vm(at(0), &vm(&["2"]))), "LookAgain", "it may not have begun");
    assert_eq!(told(watch.vm(at(1), &vm(&["11", "32772"]))), "LookAgain");
    assert_eq!(told(watch.vm(at(2), &vm(&["2"]))), "ReadJobs");
    assert_eq!(told(watch.jobs(at(2), Some(&[merge_job("Msvm_StorageJob", "5", "4", LATER)]))), "LookAgain");
    assert_eq!(told(watch.vm(at(3), &vm(&["2"]))), "ReadJobs");
    let done = [merge_job("Msvm_StorageJob", "5", "7", LATER)];
    assert_eq!(told(watch.clone().jobs(at(3), Some(&done))), "Finished by Job");
    assert_eq!(told(watch.clone().jobs(at(3), Some(&[]))), "Finished by Status");
    assert_eq!(told(watch.jobs(at(3), None)), "Finished by Status");
}

#[test]
fn a_merge_whose_vm_has_moved_is_not_over_because_its_new_node_shows_none() {
    let mut watch = watch(false);
    assert_eq!(told(watch.vm(at(1), &vm(&["11", "32772"]))), "LookAgain");
    watch.moved(at(2));
    assert_eq!(told(watch.vm(at(2), &vm(&["2"]))), "LookAgain", "it may go on in a moment");
    assert_eq!(told(watch.vm(at(7), &vm(&["2"]))), "ReadJobs");
    assert_eq!(told(watch.jobs(at(7), Some(&[]))), "ReadSettings");
    assert_eq!(ended(watch.settings(Some(true))), "Unknown");
    assert_eq!(told(watch.vm(at(8), &vm(&["11", "32772"]))), "LookAgain");
    assert_eq!(told(watch.vm(at(9), &vm(&["2"]))), "ReadJobs");
    assert_eq!(told(watch.jobs(at(9), Some(&[]))), "Finished by Status");
}

#[test]
fn disks_that_cannot_be_read_afterwards_leave_it_to_jobs_and_status() {
    let mut watch = watch(true);
    assert_eq!(told(watch.disks(at(0), None)), "LookAgain");
    assert_eq!(told(watch.vm(at(4), &vm(&["2"]))), "LookAgain");
    assert_eq!(told(watch.vm(at(5), &vm(&["2"]))), "ReadJobs");
}

#[test]
fn only_a_merge_job_that_was_submitted_after_the_call_counts() {
    for (submitted, state, told_of) in [
        (LATER, "10", "Failed"),
        (CALL, "10", "Failed"),
        (EARLIER, "10", "ReadSettings"),
        (EARLIER, "7", "ReadSettings"),
        ("", "10", "ReadSettings"),
    ] {
        let mut watch = watch(false);
        let jobs = [merge_job("Msvm_ConcreteJob", "50", state, submitted)];
        assert_eq!(told(watch.jobs(at(9), Some(&jobs))), told_of, "{submitted} {state}");
        // If the time of the call is unknown, no ended job proves anything.
        let mut without = MergeWatch::new(at(0), false, None);
        assert_eq!(told(without.jobs(at(9), Some(&jobs))), "ReadSettings", "{submitted} {state}");
    }
}

#[test]
fn jobs_of_other_types_are_no_merge_and_the_two_classes_count_apart() {
    let mut watch = watch(false);
    let others = [
        job("Msvm_ConcreteJob", "72", "4"),
        job("Msvm_ConcreteJob", "5", "4"),
        job("Msvm_StorageJob", "50", "4"),
    ];
    assert_eq!(told(watch.jobs(at(9), Some(&others))), "ReadSettings");
}

#[test]
fn a_deletion_that_still_shows_is_waited_for_beyond_the_gap() {
    let mut watch = watch(false);
    assert_eq!(told(watch.vm(at(60), &vm(&["11", "32770"]))), "LookAgain");
}
