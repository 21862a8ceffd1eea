//! Large trees: operations visit each snapshot only a few times, and return the same as a full search.
//!
//! No clock is involved. Each tree has 20,000 snapshots, and every operation runs for all of them: if one of them visited all
//! snapshots, let alone all of them for each one, these tests would not finish.

use std::{collections::HashSet, sync::LazyLock};

use super::{
    tests::{build, names, snapshot, system},
    *,
};

const MANY: usize = 20_000;

/// A tree of snapshots 0 and up, each under the one that `parent` returns; the current state descends from the last.
fn tree(parent: impl Fn(usize) -> Option<usize>) -> SnapshotTree {
    let mut instances: Vec<_> = (0..MANY)
        .map(|number| {
            let parent = parent(number).map(|parent| format!("id-{parent}")).unwrap_or_default();
            snapshot(&format!("ID-{number}"), &format!("S{number}"), &parent)
        })
        .collect();
    instances.push(system(&format!("iD-{}", MANY - 1)));
    build(&instances).unwrap()
}

/// Each under the one before it.
static CHAIN: LazyLock<SnapshotTree> = LazyLock::new(|| tree(|number| number.checked_sub(1)));
/// All under the first.
static STAR: LazyLock<SnapshotTree> = LazyLock::new(|| tree(|number| (number > 0).then_some(0)));
/// A chain whose every link has one more child.
static COMB: LazyLock<SnapshotTree> =
    LazyLock::new(|| tree(|number| (number > 0).then(|| (number - 1) / 2 * 2)));

#[test]
fn every_snapshot_of_a_large_tree_has_its_place() {
    for (tree, deepest, widest) in [(&CHAIN, MANY - 1, 1), (&STAR, 1, MANY - 1), (&COMB, MANY / 2, 2)] {
        assert_eq!(tree.len(), MANY);
        let root = &tree.snapshots()[0];
        assert_eq!(names(tree.roots()), [root.element_name()]);
        let all = tree.snapshots();
        assert_eq!(all.iter().map(|snapshot| tree.depth(snapshot)).max(), Some(deepest));
        assert_eq!(all.iter().map(|snapshot| tree.children(snapshot.id()).count()).max(), Some(widest));
        let children: usize = all.iter().map(|snapshot| tree.children(snapshot.id()).count()).sum();
        assert_eq!(children, MANY - 1);
        for snapshot in all {
            let lower = SnapshotId::new(snapshot.id().as_str().to_lowercase());
            assert_eq!(tree.get(&lower).unwrap().element_name(), snapshot.element_name());
            let parent = tree.parent_of(snapshot);
            assert_eq!(parent.map_or(0, |parent| tree.depth(parent) + 1), tree.depth(snapshot));
        }
        assert_eq!(tree.descendants(root.id()).len(), MANY - 1);
        assert_eq!(tree.current().unwrap().element_name(), format!("S{}", MANY - 1));
    }
}

#[test]
fn a_snapshot_is_found_in_a_large_tree_by_name_id_and_path() {
    for tree in [&CHAIN, &STAR, &COMB] {
        let last = tree.current().unwrap();
        let path = tree.path(last);
        for wanted in [path.as_str(), &path.to_lowercase(), last.element_name(), "s19999", "ID-19999"] {
            assert_eq!(tree.find(wanted).unwrap().id(), last.id());
        }
        let Err(FindError::NotFound { .. }) = tree.find(&format!("{path}x")) else { panic!("guessed") };
    }
}

#[test]
fn paths_of_a_deep_tree_take_no_more_than_a_multiple_of_the_tree() {
    let tree = &CHAIN;
    let shown = |snapshot: &Snapshot| tree.short_path(snapshot);
    let all = tree.snapshots();
    assert_eq!(shown(&all[0]).unwrap(), "S0");
    assert_eq!(shown(&all[63]).unwrap(), tree.path(&all[63]));
    assert!(all[64..].iter().all(|snapshot| shown(snapshot).is_none()));
    assert_eq!(tree.label(&all[63]), tree.path(&all[63]));
    assert_eq!(tree.label(&all[64]), "…/S64");
    let bytes: usize = all.iter().map(|snapshot| tree.label(snapshot).len()).sum();
    assert!(bytes < 20 * MANY, "{bytes}");
}

#[test]
fn a_path_of_long_names_is_as_short_as_a_deep_one() {
    let name = "x".repeat(2047);
    let tree = build(&[
        snapshot("A", &name, ""),
        snapshot("B", &name, "A"),
        snapshot("C", &name, "B"),
        snapshot("D", &format!("{name}{name}xx"), ""),
        snapshot("E", &format!("{name}{name}xxx"), ""),
    ])
    .unwrap();
    let bytes = |id: &str| {
        let path = tree.short_path(tree.find(id).unwrap());
        path.map(|path| path.len())
    };
    let all = ["A", "B", "C", "D", "E"].map(bytes);
    assert_eq!(all, [Some(2047), Some(4095), None, Some(4096), None]);
}

#[test]
fn a_plan_for_a_large_tree_tells_the_fate_of_each() {
    for tree in [&CHAIN, &STAR, &COMB] {
        let root = &tree.snapshots()[0];
        let plan = tree.plan_destroy(root.id(), DestroyScope::Tree).unwrap();
        assert_eq!((plan.destroyed().len(), plan.dependents().len()), (MANY, MANY - 1));
        assert_eq!((plan.kept().count(), plan.reparented().count()), (0, 0));
        assert!(tree.snapshots().iter().all(|snapshot| plan.destroys(snapshot.id())));
        assert!(plan.takes_current());
        let single = tree.plan_destroy(root.id(), DestroyScope::Single).unwrap();
        assert_eq!((single.destroyed().len(), single.dependents().len()), (1, MANY - 1));
        assert_eq!(single.kept().count(), MANY - 1);
        assert_eq!(single.reparented().count(), tree.children(root.id()).count());
    }
}

#[test]
fn the_difference_of_two_large_trees_names_all_that_has_changed() {
    let plan = CHAIN.plan_destroy(CHAIN.snapshots()[0].id(), DestroyScope::Tree).unwrap();
    assert!(plan.difference(&CHAIN.clone()).is_none());
    let difference = plan.difference(&STAR).unwrap();
    assert_eq!(difference.moved.len(), MANY - 2, "all but the first two");
    assert!(
        difference.appeared.is_empty() && difference.vanished.is_empty() && difference.altered.is_empty()
    );
    let none = build(&[system("")]).unwrap();
    assert_eq!(plan.difference(&none).unwrap().vanished.len(), MANY);
}

#[test]
fn a_copy_of_a_large_tree_shares_it() {
    let tree = &*CHAIN;
    let copies: Vec<_> = (0..MANY).map(|_| tree.clone()).collect();
    assert!(copies.iter().all(|copy| std::ptr::eq(copy.snapshots(), tree.snapshots())));
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(bound).unwrap()).unwrap()
    }
}

/// The path of a snapshot, found by visiting all others.
fn slow_path(tree: &SnapshotTree, snapshot: &Snapshot) -> String {
    let parent = tree.snapshots().iter().find(|other| snapshot.parent == Parent::Of(other.id().clone()));
    match parent {
        Some(parent) => format!("{}/{}", slow_path(tree, parent), snapshot.element_name()),
        None => snapshot.element_name().to_owned(),
    }
}

#[test]
fn a_tree_tells_what_looking_at_every_snapshot_would() {
    const NAMES: [&str; 8] = ["a", "A", "a/b", "b", "/", "", "ΣΑΣ", "σας"];
    let mut chance = Chance(7);
    for _ in 0..300 {
        let many = 1 + chance.below(12);
        let instances: Vec<_> = (0..many)
            .map(|number| {
                // Sometimes a root, or under a snapshot that does not exist.
                let parent = chance.below(number + 2);
                let parent = if parent == number { "gone".to_owned() } else { parent.to_string() };
                let parent = if parent == (number + 1).to_string() { String::new() } else { parent };
                snapshot(&number.to_string(), NAMES[chance.below(NAMES.len())], &parent)
            })
            .collect();
        let tree = build(&instances).unwrap();
        let all = tree.snapshots();
        let mut paths = HashSet::new();
        for snapshot in all {
            let path = slow_path(&tree, snapshot);
            assert_eq!(tree.path(snapshot), path);
            let under = |other: &&Snapshot| other.parent == Parent::Of(snapshot.id().clone());
            assert_eq!(
                names(tree.children(snapshot.id())),
                names(all.iter().filter(under)),
                "children of {path:?}"
            );
            paths.insert(path);
        }
        for wanted in paths.iter().map(String::as_str).chain(NAMES) {
            let fits = |wanted: &str, fold: fn(&str) -> String| {
                let fits = |other: &&Snapshot| {
                    fold(other.element_name()) == wanted || fold(&slow_path(&tree, other)) == wanted
                };
                all.iter().filter(fits).map(|snapshot| snapshot.id().as_str()).collect::<Vec<_>>()
            };
            let exact = fits(wanted, str::to_owned);
            let expected =
                if exact.is_empty() { fits(&wanted.to_lowercase(), str::to_lowercase) } else { exact };
            match tree.find(wanted) {
                Ok(found) => assert_eq!(expected, [found.id().as_str()]),
                Err(FindError::Ambiguous { candidates, .. }) => {
                    let found: Vec<_> = candidates.iter().map(|candidate| candidate.id.as_str()).collect();
                    assert_eq!(expected, found, "{wanted:?}");
                }
                Err(_) => assert!(expected.is_empty(), "{wanted:?}"),
            }
        }
    }
}
