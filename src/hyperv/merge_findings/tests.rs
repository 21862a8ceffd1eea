//! Findings on VMs made by hand.

use super::*;
use crate::{
    cim::{Instance, Value},
    hyperv::{
        Bytes, DiskFile, ParentFile,
        chain::Asked,
        disks::Disk,
        tests::{build, snapshot, system},
    },
};

const VM: &str = "11111111-0000-4000-8000-000000000001";

fn vm(status: &[u16]) -> VmRecord {
    let class = "Msvm_ComputerSystem".parse().unwrap();
    let status = Value::Array(status.iter().map(|status| Value::Uint16(*status)).collect());
    let instance = Instance::new(&class).with("Name", VM).with("OperationalStatus", status);
    VmRecord::from_instance(&instance).unwrap().unwrap()
}

/// A merge job in this state.
fn job(id: &str, state: u16) -> JobRecord {
    let class = "Msvm_StorageJob".parse().unwrap();
    let instance = Instance::new(&class)
        .with("InstanceID", id)
        .with("JobState", state)
        .with("JobType", 5_u16)
        .with("PercentComplete", 40_u16);
    JobRecord::from_instance(&instance).unwrap()
}

fn disks(heads: &[(&str, &str)]) -> DiskUsage {
    let disk = |(settings, file): &(&str, &str)| Disk {
        id: format!("Microsoft:{settings}\\83F8638B\\0\\0\\L"),
        file: (*file).to_owned(),
    };
    DiskUsage::new(VM, heads.iter().map(disk).collect())
}

fn keys(merging: &Merging<'_>) -> Vec<&'static str> {
    merging.findings().iter().map(MergeFinding::key).collect()
}

#[test]
fn a_running_merge_counts_before_one_that_failed_and_a_later_success_ends_it() {
    let (idle, busy, disks) = (vm(&[2]), vm(&[11, 32772]), disks(&[]));
    let with = |vm, jobs: &[JobRecord]| {
        keys(&Merging {
            vm,
            tree: None,
            disks: &disks,
            has_chains: true,
            setting: None,
            jobs,
            reference_points: 0,
        })
    };
    assert_eq!(with(&idle, &[job("1", 10), job("2", 4)]), ["running"]);
    assert_eq!(with(&busy, &[]), ["running"]);
    assert_eq!(with(&idle, &[job("1", 10)]), ["failed"]);
    assert_eq!(with(&idle, &[job("1", 10), job("2", 7)]), [""; 0]);
    assert_eq!(with(&idle, &[job("1", 7)]), [""; 0]);
}

#[test]
fn merging_that_is_switched_off_is_found_and_what_is_not_known_of_it_is_no_finding() {
    let (vm, disks) = (vm(&[2]), disks(&[]));
    let with = |is_enabled| {
        let setting = MergeSetting { id: format!("Microsoft:{VM}\\X"), is_enabled };
        let setting = Some(&setting);
        keys(&Merging {
            vm: &vm,
            tree: None,
            disks: &disks,
            has_chains: true,
            setting,
            jobs: &[],
            reference_points: 0,
        })
    };
    assert_eq!(with(Some(false)), ["switched_off"]);
    assert_eq!((with(Some(true)), with(None)), (Vec::new(), Vec::new()));
}

#[test]
fn a_snapshot_s_file_that_no_snapshot_explains_is_found_with_chains_and_without() {
    let vm = vm(&[2]);
    let with = |tree: &SnapshotTree, disks: &DiskUsage, has_chains| {
        keys(&Merging {
            vm: &vm,
            tree: Some(tree),
            disks,
            has_chains,
            setting: None,
            jobs: &[],
            reference_points: 2,
        })
    };
    let bare = build(&[system("")]).unwrap();
    let points = "reference_points";
    let mut left = disks(&[(VM, r"D:\a_1.avhdx")]);
    assert_eq!(with(&bare, &left, false), ["unexplained", points]);
    assert_eq!(with(&bare, &left, true), ["unknown", points], "the chain is not known");
    for (path, parent) in
        [(r"D:\a_1.avhdx", ParentFile::File(r"D:\a.vhdx".to_owned())), (r"D:\a.vhdx", ParentFile::None)]
    {
        left.insert(DiskFile {
            path: path.to_owned(),
            size: Bytes::default(),
            parent,
            capacity: None,
            asked: Asked::default(),
        });
    }
    assert_eq!(with(&bare, &left, true), ["unmerged", points]);
    assert_eq!(with(&bare, &disks(&[(VM, r"D:\a.vhdx")]), false), [points]);
    // Two that begin anew may depend on the file of a snapshot that is gone.
    let two = build(&[snapshot("A", "one", ""), snapshot("B", "two", ""), system("A")]).unwrap();
    let roots = disks(&[("A", r"D:\a_1.avhdx"), ("B", r"D:\a_2.avhdx"), (VM, r"D:\a_3.avhdx")]);
    assert_eq!(with(&two, &roots, false), [points]);
}
