//! Filters and policies, on trees made by hand.

use super::*;
use crate::hyperv::{
    SettingData, SnapshotTree,
    snapshot::{Parent, SnapshotId},
};

const DAY: i64 = 86_400_000_000;
/// Day 100 of the tests.
const NOW: i64 = 100 * DAY;

fn now() -> Timestamp {
    Timestamp::from_unix_micros(NOW)
}

/// A snapshot taken `days` days ago.
fn snapshot(id: &str, name: &str, parent: &str, days: Option<i64>) -> Snapshot {
    Snapshot {
        id: SnapshotId::new(id),
        element_name: name.to_owned(),
        kind: SnapshotKind::Realized,
        parent: if parent.is_empty() { Parent::Root } else { Parent::Of(SnapshotId::new(parent)) },
        created: days.map(|days| Timestamp::from_unix_micros(NOW - days * DAY)),
        notes: Vec::new(),
        is_automatic: false,
        is_saved: None,
        version: None,
        data_root: None,
        unreadable: Vec::new(),
    }
}

fn tree(vm: &str, snapshots: Vec<Snapshot>, current: &str) -> SnapshotTree {
    let parent = if current.is_empty() { Parent::Root } else { Parent::Of(SnapshotId::new(current)) };
    let own = SettingData::own(None, parent, None);
    let settings = snapshots.into_iter().map(|snapshot| SettingData::Snapshot(Box::new(snapshot)));
    SnapshotTree::build(&format!("id-of-{vm}"), vm, settings.chain([own]).collect()).unwrap()
}

/// A chain of snapshots, taken these many days ago, of which the last one is the parent of the current state.
fn chain(vm: &str, days: &[i64]) -> SnapshotTree {
    let id = |at: usize| format!("{vm}-{at}");
    let snapshots = days.iter().enumerate().map(|(at, days)| {
        let parent = at.checked_sub(1).map(id).unwrap_or_default();
        snapshot(&id(at), &format!("nightly-{at}"), &parent, Some(*days))
    });
    tree(vm, snapshots.collect(), &id(days.len() - 1))
}

fn days(days: u64) -> Duration {
    Duration::from_secs(days * 86_400)
}

fn patterns(texts: &[&str]) -> Vec<NamePattern> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn selected(selection: &Selection) -> Vec<String> {
    let of = |vm: &SelectedVm| vm.snapshots().map(|one| one.id().to_string()).collect::<Vec<_>>();
    selection.vms().iter().flat_map(of).collect()
}

fn reasons(pruning: &Pruning) -> Vec<(String, Kept)> {
    pruning.kept.iter().map(|kept| (kept.snapshot().unwrap().id().to_string(), kept.why())).collect()
}

fn older_than(limit: u64) -> PrunePolicy {
    PrunePolicy::new(SnapshotFilter { older_than: Some(days(limit)), ..SnapshotFilter::default() })
}

#[test]
fn a_pattern_is_held_against_the_whole_name_without_regard_to_case() {
    for (pattern, name, fits) in [
        ("web-*", "WEB-01", true),
        ("web-*", "my-web-01", false),
        ("web-01", "web-01", true),
        ("web-01", "web-011", false),
        ("*/ 10:00*", "web (1/2/ 10:00 AM)", true),
        ("web-0?", "web-07", true),
        ("web-0[1-3]", "web-02", true),
        ("web-0[!1-3]", "web-02", false),
        ("检查*", "检查点", true),
        ("ÄRGER*", "ärger im Netz", true),
        ("a**b", "axxb", true),
        ("[*]", "*", true),
        ("ΟΔΟΣ*", "ΟΔΟΣΑ", true),
        ("οδος*", "ΟΔΟΣΑ", true),
        ("ΟΔΟΣ", "ΟΔΟΣ", true),
        ("?-01", "İ-01", true),
    ] {
        assert_eq!(pattern.parse::<NamePattern>().unwrap().matches(name), fits, "{pattern} {name}");
    }
    for text in ["", "[a-", "a["] {
        let error = text.parse::<NamePattern>().unwrap_err().to_string();
        assert!(error.starts_with("not a pattern of a name, at its character "), "{text}: {error}");
    }
    assert_eq!("A**".parse::<NamePattern>().unwrap().to_string(), "A**");
}

#[test]
fn a_pattern_of_many_stars_ends() {
    let pattern: NamePattern = "*a".repeat(40).parse().unwrap();
    assert!(!pattern.matches(&"a".repeat(39)));
    assert!(!pattern.matches(&format!("{}b", "a".repeat(2000))));
}

#[test]
fn all_conditions_must_hold_and_an_unknown_age_fits_none() {
    let mut backup = snapshot("b", "backup of friday", "a", Some(20));
    backup.kind = SnapshotKind::Recovery;
    let mut automatic = snapshot("c", "automatic", "b", Some(5));
    automatic.is_automatic = true;
    let mut never = snapshot("d", "never", "", None);
    never.created = Some(Timestamp::never());
    let trees = [
        tree("web-01", vec![snapshot("a", "base", "", Some(30)), backup, automatic, never], "c"),
        chain("db-01", &[40, 1]),
    ];
    let of = |filter: SnapshotFilter| selected(&filter.select(&trees, now()));
    let empty = SnapshotFilter::default;
    assert_eq!(of(empty()).len(), 6);
    assert!(empty().is_empty());
    assert_eq!(of(SnapshotFilter { older_than: Some(days(14)), ..empty() }), ["a", "b", "db-01-0"]);
    assert_eq!(of(SnapshotFilter { newer_than: Some(days(14)), ..empty() }), ["c", "db-01-1"]);
    assert_eq!(
        of(SnapshotFilter { origins: vec![Origin::Backup, Origin::Automatic], ..empty() }),
        ["b", "c"]
    );
    assert_eq!(of(SnapshotFilter { vms: patterns(&["DB-*"]), ..empty() }), ["db-01-0", "db-01-1"]);
    assert_eq!(of(SnapshotFilter { vms: patterns(&["ID-of-db-01"]), ..empty() }).len(), 2, "a GUID");
    assert_eq!(of(SnapshotFilter { excluded_vms: patterns(&["web*"]), ..empty() }).len(), 2);
    let two =
        SnapshotFilter { names: patterns(&["base", "nightly-1"]), older_than: Some(days(2)), ..empty() };
    assert_eq!(of(two), ["a"]);
}

#[test]
fn an_age_at_the_limit_is_neither_older_nor_newer() {
    let trees = [chain("web", &[14])];
    let of = |filter: SnapshotFilter| filter.select(&trees, now()).len();
    let limit = Some(days(14));
    assert_eq!(of(SnapshotFilter { older_than: limit, ..SnapshotFilter::default() }), 0);
    assert_eq!(of(SnapshotFilter { newer_than: limit, ..SnapshotFilter::default() }), 0);
}

#[test]
fn a_policy_destroys_the_oldest_first_and_never_the_parent_of_the_current_state() {
    let trees = [chain("web", &[30, 20, 15]), chain("db", &[40, 3])];
    let pruning = older_than(14).apply(&trees, now());
    assert_eq!(selected(&pruning.selection), ["db-0", "web-0", "web-1"]);
    assert_eq!(
        reasons(&pruning),
        [("web-2".to_owned(), Kept::ParentOfCurrent), ("db-1".to_owned(), Kept::TooYoung)]
    );
    let asked = PrunePolicy { parent_of_current: true, ..older_than(14) }.apply(&trees, now());
    assert_eq!(selected(&asked.selection), ["db-0", "web-0", "web-1", "web-2"]);
}

#[test]
fn a_policy_keeps_the_newest_of_each_vm_whatever_their_age() {
    let trees = [chain("web", &[50, 40, 30, 20])];
    let pruning = PrunePolicy { keep: 3, ..older_than(14) }.apply(&trees, now());
    assert_eq!(selected(&pruning.selection), ["web-0"]);
    assert!(reasons(&pruning).iter().all(|(_, why)| *why == Kept::Newest));
    let none = PrunePolicy { keep: 9, ..older_than(14) }.apply(&trees, now());
    assert!(none.selection.is_empty());
}

#[test]
fn what_a_policy_does_not_cover_counts_neither_as_kept_nor_goes() {
    let mut backup = snapshot("backup", "b", "old", Some(1));
    backup.kind = SnapshotKind::Recovery;
    let trees = [tree(
        "web",
        vec![snapshot("old", "x", "", Some(90)), backup, snapshot("new", "y", "old", Some(80))],
        "",
    )];
    let pruning = PrunePolicy { keep: 1, ..older_than(14) }.apply(&trees, now());
    assert_eq!(selected(&pruning.selection), ["old"]);
    let reasons = reasons(&pruning);
    assert!(reasons.contains(&("backup".to_owned(), Kept::OtherOrigin)), "{reasons:?}");
    assert!(reasons.contains(&("new".to_owned(), Kept::Newest)), "{reasons:?}");
}

#[test]
fn a_limit_takes_the_oldest_of_all_vms() {
    let trees = [chain("web", &[30, 20, 1]), chain("db", &[40, 25, 2])];
    let pruning = PrunePolicy { at_most: Some(3), ..older_than(14) }.apply(&trees, now());
    assert_eq!(selected(&pruning.selection), ["db-0", "db-1", "web-0"]);
    assert!(reasons(&pruning).contains(&("web-1".to_owned(), Kept::BeyondLimit)));
}

#[test]
fn nothing_goes_whose_age_or_place_is_not_known() {
    let unknown = tree("web", vec![snapshot("a", "a", "", None), snapshot("b", "b", "a", Some(50))], "b");
    let settings = vec![SettingData::Snapshot(Box::new(snapshot("c", "c", "", Some(50))))];
    let lost = SnapshotTree::build("id-of-db", "db", settings).unwrap();
    let policy = PrunePolicy { keep: 0, ..older_than(14) };
    let pruning = policy.apply(&[unknown.clone(), lost], now());
    assert!(pruning.selection.is_empty());
    let reasons = reasons(&pruning);
    assert!(reasons.contains(&("a".to_owned(), Kept::AgeUnknown)), "{reasons:?}");
    assert!(reasons.contains(&("c".to_owned(), Kept::CurrentUnknown)), "{reasons:?}");
    // Also where the age is no condition.
    let keeping = PrunePolicy { keep: 1, ..PrunePolicy::new(SnapshotFilter::default()) };
    assert!(keeping.apply(&[unknown], now()).selection.is_empty());
}

#[test]
fn each_plan_of_a_vm_expects_the_tree_that_those_before_it_leave() {
    let trees = [chain("web", &[30, 20, 15, 1])];
    let pruning = older_than(14).apply(&trees, now());
    let vm = &pruning.selection.vms()[0];
    let plans = vm.plans().unwrap();
    assert_eq!(plans.iter().map(|plan| plan.tree().len()).collect::<Vec<_>>(), [4, 3, 2]);
    let leaves_first = vm.plans_leaves_first().unwrap();
    assert_eq!(leaves_first[0].target().id().as_str(), "web-2");
}

#[test]
fn a_policy_without_an_age_and_a_number_has_no_limit() {
    assert!(!PrunePolicy::new(SnapshotFilter::default()).has_a_limit());
    assert!(older_than(1).has_a_limit());
    assert!(PrunePolicy { keep: 1, ..PrunePolicy::new(SnapshotFilter::default()) }.has_a_limit());
}

#[test]
fn a_snapshot_of_the_future_has_no_age_yet() {
    assert_eq!(snapshot("a", "a", "", Some(-3)).age(now()), Some(Duration::ZERO));
}

#[test]
fn a_time_before_all_snapshots_is_no_age() {
    for zero in [Timestamp::never().unix_micros(), -365 * DAY, 0] {
        let created = Timestamp::from_unix_micros(zero);
        let later = Timestamp::from_unix_micros(created.unix_micros() + 3_600_000_000);
        for created in [created, later] {
            let of_old = Snapshot { created: Some(created), ..snapshot("a", "a", "", None) };
            assert_eq!(of_old.age(now()), None, "{created}");
        }
    }
}

#[test]
fn a_snapshot_whose_origin_cannot_be_read_is_not_taken_for_one_of_a_user() {
    let mut unclear = snapshot("a", "a", "", Some(50));
    let sent = crate::cim::Instance::new(&"Msvm_VirtualSystemSettingData".parse().unwrap())
        .with(IS_AUTOMATIC, "maybe");
    unclear.unreadable.push(sent.read::<bool>(IS_AUTOMATIC).unwrap_err());
    assert_eq!(unclear.origin(), Origin::Other);
    let pruning = older_than(14).apply(&[tree("web", vec![unclear], "")], now());
    assert_eq!(reasons(&pruning), [("a".to_owned(), Kept::OtherOrigin)]);
}

#[test]
fn a_vm_whose_name_is_not_known_may_be_an_excluded_one() {
    let of = || SettingData::Snapshot(Box::new(snapshot("a", "a", "", Some(50))));
    let own = SettingData::own(None, Parent::Root, None);
    let unnamed = SnapshotTree::build("GUID-1", "guid-1", vec![of(), own]).unwrap();
    let excluding = SnapshotFilter { excluded_vms: patterns(&["db-*"]), ..SnapshotFilter::default() };
    assert!(excluding.select(std::slice::from_ref(&unnamed), now()).is_empty());
    let by_guid = SnapshotFilter { vms: patterns(&["guid-1"]), ..SnapshotFilter::default() };
    assert_eq!(by_guid.select(&[unnamed], now()).len(), 1);
}
