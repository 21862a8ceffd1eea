//! Chains and costs of destroys, on disks made by hand.

use super::*;
use crate::hyperv::chain::Asked;
use crate::hyperv::{
    ChainEnd, LONGEST_CHAIN, SnapshotTree, parent_file,
    tests::{build, snapshot, system},
};

const VM: &str = "11111111-0000-4000-8000-000000000001";
const MIB: u64 = 1 << 20;

fn disk(settings: &str, place: u32, file: &str) -> Disk {
    Disk { id: format!("Microsoft:{settings}\\83F8638B\\0\\{place}\\L"), file: file.to_owned() }
}

/// A file of so many MiB with this `ParentPath`.
fn file(path: &str, mib: u64, parent: &str) -> DiskFile {
    let parent = parent_file(path, parent).map_or(ParentFile::None, ParentFile::File);
    DiskFile {
        path: path.to_owned(),
        size: Bytes::of(mib * MIB),
        parent,
        capacity: Some(100 * MIB),
        asked: Asked::default(),
    }
}

fn usage(disks: Vec<Disk>, files: Vec<DiskFile>) -> DiskUsage {
    let mut usage = DiskUsage::new(VM, disks);
    files.into_iter().for_each(|file| usage.insert(file));
    usage
}

/// base → upgrade → now.
fn line() -> SnapshotTree {
    build(&[snapshot("A", "base", ""), snapshot("B", "upgrade", "A"), system("B")]).unwrap()
}

/// Its one disk: 40 MiB, 8 and 4 on top, with a parent that is given without its folder.
fn line_disks() -> DiskUsage {
    usage(
        vec![disk("A", 0, r"D:\a.vhdx"), disk("B", 0, r"D:\a_1.avhdx"), disk(VM, 0, r"D:\A_2.avhdx")],
        vec![
            file(r"D:\a.vhdx", 40, ""),
            file(r"D:\a_1.avhdx", 8, r".\a.vhdx"),
            file(r"d:\a_2.avhdx", 4, "a_1.avhdx"),
        ],
    )
}

fn destroy(tree: &SnapshotTree, names: &[&str], scope: DestroyScope) -> Vec<DestroyPlan> {
    let ids: Vec<_> = names.iter().map(|name| tree.find(name).unwrap().id().clone()).collect();
    tree.plan_destroy_all(&ids, scope).unwrap()
}

fn costs(usage: &DiskUsage, plans: &[DestroyPlan]) -> Vec<DestroyCost> {
    usage.costs(&plans.iter().collect::<Vec<_>>())
}

fn mib(bytes: &Bytes) -> Option<u64> {
    bytes.exact().map(|bytes| bytes / MIB)
}

#[test]
fn the_sizes_of_a_snapshot_are_those_of_its_own_files_and_of_those_on_top_of_them() {
    let (tree, usage) = (line(), line_disks());
    let sizes: Vec<_> = tree
        .snapshots()
        .iter()
        .map(|snapshot| (mib(&usage.frozen(snapshot.id())), mib(&usage.since(&tree, snapshot))))
        .collect();
    assert_eq!(sizes, [(Some(40), Some(8)), (Some(8), Some(4))]);
    assert_eq!(mib(&usage.written_now()), Some(4));
    let [chain] = &*usage.current() else { panic!("one disk") };
    assert_eq!((chain.files.len(), &chain.end), (3, &ChainEnd::Whole), "a relative parent is in its folder");
    assert!(usage.unmerged().is_empty() && usage.problems().is_empty());
}

#[test]
fn one_dependent_merges_its_files_and_the_file_that_stays_grows_by_no_more_than_the_disk_has() {
    let (tree, usage) = (line(), line_disks());
    let cost = &costs(&usage, &destroy(&tree, &["upgrade"], DestroyScope::Single))[0];
    assert_eq!((mib(&cost.merged), mib(&cost.freed)), (Some(4), Some(0)));
    let [merge] = &*cost.merges else { panic!("{cost:?}") };
    assert_eq!(
        (merge.from.as_slice(), merge.into.as_str()),
        (&[r"d:\a_2.avhdx".to_owned()][..], r"D:\a_1.avhdx")
    );
    let full = usage_with(&usage, file(r"D:\a.vhdx", 99, ""));
    let cost = &costs(&full, &destroy(&tree, &["base"], DestroyScope::Single))[0];
    assert_eq!((mib(&cost.merged), mib(&cost.merges[0].growth)), (Some(8), Some(1)));
}

fn usage_with(usage: &DiskUsage, file: DiskFile) -> DiskUsage {
    let mut usage = usage.clone();
    usage.insert(file);
    usage
}

#[test]
fn of_several_each_is_told_of_what_the_ones_before_it_leave() {
    let (tree, usage) = (line(), line_disks());
    let all = costs(&usage, &destroy(&tree, &["base", "upgrade"], DestroyScope::Single));
    let merged: Vec<_> = all.iter().map(|cost| mib(&cost.merged)).collect();
    assert_eq!(merged, [Some(4), Some(12)], "leaves first; then both files at once");
    let volumes = Ok(vec![Volume { name: r"D:\".to_owned(), free: Some(10 * MIB), capacity: None }]);
    let all: Vec<_> = all.into_iter().map(|cost| cost.with_space(&volumes)).collect();
    let total = DestroyCost::in_all(&all);
    assert_eq!((mib(&total.merged), total.merges.len()), (Some(16), 2));
    let [need] = &*total.space else { panic!("{total:?}") };
    assert_eq!((mib(&need.needed), need.free, need.is_short()), (Some(12), Some(10 * MIB), true));
}

#[test]
fn a_subtree_merges_what_is_between_and_frees_what_is_beside() {
    let tree = build(&[
        snapshot("A", "base", ""),
        snapshot("B", "upgrade", "A"),
        snapshot("C", "beside", "A"),
        system("B"),
    ])
    .unwrap();
    let mut usage = line_disks();
    let (disks, files) = usage.parts();
    let (mut disks, files) = (disks.to_vec(), files.clone());
    disks.push(disk("C", 0, r"D:\a_3.avhdx"));
    usage = usage_with(&usage.with(disks, files), file(r"D:\a_3.avhdx", 5, r"D:\a.vhdx"));
    let cost = &costs(&usage, &destroy(&tree, &["base"], DestroyScope::Tree))[0];
    assert_eq!((mib(&cost.merged), mib(&cost.freed)), (Some(12), Some(5)), "{cost:?}");
    let leaf = &costs(&usage, &destroy(&tree, &["beside"], DestroyScope::Single))[0];
    assert_eq!((mib(&leaf.merged), mib(&leaf.freed), leaf.merges.len()), (Some(0), Some(5), 0));
    let deferred = &costs(&usage, &destroy(&tree, &["base"], DestroyScope::Single))[0];
    assert_eq!(deferred, &DestroyCost::default(), "two dependents keep it");
}

#[test]
fn a_file_that_cannot_be_read_is_unknown_and_never_the_end_of_a_chain() {
    let tree = line();
    let base = tree.find("base").unwrap();
    let lost = usage_with(&line_disks(), DiskFile::unread(r"D:\a_1.avhdx", "access denied"));
    assert_eq!(lost.since(&tree, base).exact(), None);
    assert_eq!(mib(&lost.frozen(base.id())), Some(40), "what was read is known");
    let cost = &costs(&lost, &destroy(&tree, &["base"], DestroyScope::Single))[0];
    assert_eq!(cost.merged.exact(), None);
    assert!(cost.merged.reasons()[0].contains("access denied"), "{cost:?}");
    assert_eq!(lost.problems(), [r"D:\a_1.avhdx: access denied"]);
    assert!(matches!(&lost.current()[0].end, ChainEnd::Unknown(why) if why == "access denied"));
    // A size that is not known does not hide what is.
    let mut part = line_disks();
    part.insert(DiskFile { size: Bytes::unknown("no size"), ..file(r"D:\a_2.avhdx", 0, "a_1.avhdx") });
    let plans = destroy(&tree, &["base", "upgrade"], DestroyScope::Single);
    let all = costs(&part, &plans);
    assert_eq!((all[0].merged.exact(), all[1].merged.exact()), (None, None));
    assert_eq!(all[1].merged.at_least(), 8 * MIB);
}

#[test]
fn a_chain_in_a_circle_or_without_an_end_is_cut() {
    let circle = usage(
        vec![disk(VM, 0, r"D:\a_1.avhdx")],
        vec![file(r"D:\a_1.avhdx", 1, r"D:\a_2.avhdx"), file(r"D:\a_2.avhdx", 1, r"D:\a_1.avhdx")],
    );
    let chain = &circle.current()[0];
    assert_eq!(chain.files.len(), LONGEST_CHAIN);
    assert!(matches!(&chain.end, ChainEnd::Unknown(why) if why.contains("64")));
}

#[test]
fn a_file_that_no_settings_name_is_still_to_be_merged_unless_two_depend_on_it() {
    let chain = |more: Vec<Disk>| {
        let mut disks = vec![disk("A", 0, r"D:\a.vhdx"), disk(VM, 0, r"D:\a_2.avhdx")];
        disks.extend(more);
        usage(
            disks,
            vec![
                file(r"D:\a.vhdx", 40, ""),
                file(r"D:\a_1.avhdx", 8, r"D:\a.vhdx"),
                file(r"D:\a_2.avhdx", 4, r"D:\a_1.avhdx"),
                file(r"D:\a_3.avhdx", 2, r"D:\a_1.avhdx"),
            ],
        )
    };
    let tree = build(&[snapshot("A", "base", ""), system("A")]).unwrap();
    let left = chain(Vec::new());
    let [unmerged] = &*left.unmerged() else { panic!("{left:?}") };
    assert_eq!(
        (unmerged.into.as_str(), unmerged.from.len(), unmerged.is_kept()),
        (r"D:\a_1.avhdx", 1, false)
    );
    // What is left over is merged with the rest.
    let cost = &costs(&left, &destroy(&tree, &["base"], DestroyScope::Single))[0];
    assert_eq!(mib(&cost.merged), Some(12));
    let kept = chain(vec![disk("C", 0, r"D:\a_3.avhdx")]).unmerged();
    assert_eq!((kept.len(), kept[0].is_kept()), (1, true));
    // A disk that was made as a differencing disk has a parent that is nothing to be merged.
    let template = usage(
        vec![disk(VM, 0, r"D:\vm.vhdx")],
        vec![file(r"D:\vm.vhdx", 4, r"D:\golden.vhdx"), file(r"D:\golden.vhdx", 40, "")],
    );
    assert!(template.unmerged().is_empty());
}

#[test]
fn a_disk_that_the_snapshot_does_not_have_is_not_merged_and_one_that_others_name_is_not_freed() {
    let (tree, mut usage) = (line(), line_disks());
    let (disks, files) = usage.parts();
    let (mut disks, files) = (disks.to_vec(), files.clone());
    disks.extend([
        disk(VM, 1, r"D:\added.vhdx"),
        disk("A", 2, r"D:\shared.vhdx"),
        disk(VM, 2, r"D:\shared.vhdx"),
    ]);
    usage = usage_with(&usage.with(disks, files), file(r"D:\added.vhdx", 30, ""));
    usage.insert(file(r"D:\shared.vhdx", 30, ""));
    let plans = destroy(&tree, &["base"], DestroyScope::Tree);
    let cost = &costs(&usage, &plans)[0];
    assert_eq!((mib(&cost.merged), mib(&cost.freed)), (Some(12), Some(0)), "{cost:?}");
}

#[test]
fn without_disks_or_without_the_place_of_the_present_state_nothing_is_known() {
    let tree = line();
    let none = &costs(&usage(Vec::new(), Vec::new()), &destroy(&tree, &["base"], DestroyScope::Single))[0];
    assert_eq!(none.merged.exact(), None);
    let lost = build(&[snapshot("A", "base", "")]).unwrap();
    let cost = &costs(&line_disks(), &destroy(&lost, &["base"], DestroyScope::Single))[0];
    assert_eq!(cost.merged.exact(), None);
}

#[test]
fn the_free_space_of_a_share_is_not_known_and_says_so() {
    let (tree, mut usage) = (line(), line_disks());
    let (disks, _) = usage.parts();
    let on_share = |path: &str| path.replace("D:", r"\\srv\vm").replace("d:", r"\\srv\vm");
    let disks = disks.iter().map(|disk| Disk { file: on_share(&disk.file), ..disk.clone() }).collect();
    usage = self::usage(
        disks,
        vec![file(r"\\srv\vm\a_1.avhdx", 8, "a.vhdx"), file(r"\\srv\vm\a_2.avhdx", 4, "a_1.avhdx")],
    );
    let cost = costs(&usage, &destroy(&tree, &["upgrade"], DestroyScope::Single)).remove(0);
    let [need] = &*cost.clone().with_space(&Ok(Vec::new())).space else { panic!("{cost:?}") };
    assert_eq!((need.free, need.is_short()), (None, false));
    assert!(need.unknown.as_ref().is_some_and(|why| why.contains("share")), "{need:?}");
    let [need] = &*cost.clone().with_space(&Err("denied".to_owned())).space else { panic!("{cost:?}") };
    assert_eq!(need.unknown.as_deref(), Some("denied"));
}

#[test]
fn a_chain_that_does_not_lead_to_the_file_of_the_snapshot_is_not_taken_for_one_without_a_merge() {
    // The base has another name in the chain than in the settings of the snapshot: a mounted volume, a short name.
    let mut usage = line_disks();
    usage.insert(file(r"D:\a_2.avhdx", 4, r"D:\VM~1\a_1.avhdx"));
    usage.insert(file(r"D:\VM~1\a_1.avhdx", 8, r"D:\VM~1\a.vhdx"));
    usage.insert(file(r"D:\VM~1\a.vhdx", 40, ""));
    let tree = line();
    let cost = &costs(&usage, &destroy(&tree, &["upgrade"], DestroyScope::Single))[0];
    assert_eq!(cost.merged.exact(), None, "{cost:?}");
    assert!(cost.merged.reasons()[0].contains("do not lead"), "{cost:?}");
}

#[test]
fn a_hundred_thousand_disks_are_told_apart_in_no_time() {
    let many = (0..100_000).map(|n| disk("A", n, &format!(r"D:\{n}.avhdx"))).collect();
    let usage = usage(many, Vec::new());
    assert_eq!(usage.heads("Microsoft:A").len(), 100_000);
    assert_eq!(usage.problems().len(), 100_000);
    let one_too_many = (0..513).map(|n| disk("A", n, &format!(r"D:\{n}.avhdx"))).collect();
    assert!(crate::hyperv::bounded(one_too_many).is_err());
}

#[test]
fn the_need_of_several_destroys_is_not_exact_where_that_of_one_is_unknown() {
    let cost = |needed: Bytes| {
        let (volume, free, unknown) = (r"D:\".to_owned(), Some(9), None);
        DestroyCost { space: vec![SpaceNeed { volume, free, unknown, needed }], ..DestroyCost::default() }
    };
    for costs in [[Bytes::of(5), Bytes::unknown("b")], [Bytes::unknown("b"), Bytes::of(5)]] {
        let all = DestroyCost::in_all(&costs.map(cost));
        assert_eq!((all.space[0].needed.exact(), all.space[0].needed.at_least()), (None, 5));
    }
    let all = DestroyCost::in_all(&[cost(Bytes::of(5)), cost(Bytes::of(7))]);
    assert_eq!(all.space[0].needed.exact(), Some(7));
}
