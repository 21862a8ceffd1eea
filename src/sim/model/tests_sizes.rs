//! How large files are, how they grow and merge, and what that leaves of a volume.

use std::time::Duration;

use super::{DiskFile, Host, Scope};
use crate::sim::lab::{Lab, VmState};

const START: Duration = Duration::from_secs(1_795_424_400);
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

fn host(rest: &str) -> Host {
    let lab = format!("schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n{rest}");
    Host::new(&Lab::parse(&lab).unwrap(), 7, START)
}

/// A VM with two disks, a chain of two snapshots and the current state.
const CHAIN: &str = "[[vm]]\nname = \"v\"\ndisk_gib = 40\nbase_mib = 10240\nwritten_mib = 30\n\
    writes_mib_per_minute = 6\ndisks = ['D:\\v.vhdx', 'D:\\v-2.vhdx']\n\
    [[vm.snapshot]]\nname = \"a\"\n[[vm.snapshot]]\nname = \"b\"\nparent = \"a\"\nwritten_mib = 700\n";

fn snapshot(host: &Host, name: &str) -> String {
    host.find_snapshot(0, name).unwrap()
}

/// The first disk's file of a snapshot, or of the current state.
fn file(host: &Host, snapshot: Option<&str>) -> DiskFile {
    host.disk_file(&host.vms[0].files(snapshot)[0]).unwrap()
}

fn at(host: &mut Host, seconds: u64) {
    host.advance(START + Duration::from_secs(seconds));
}

#[test]
fn files_have_the_sizes_that_the_lab_gives_them() {
    let host = host(CHAIN);
    let (a, b) = (snapshot(&host, "a"), snapshot(&host, "b"));
    for (owner, size, content) in
        [(Some(a.as_str()), 10240, 10240), (Some(b.as_str()), 700, 10940), (None, 30, 10970)]
    {
        let file = file(&host, owner);
        assert_eq!((file.size, file.content, file.disk), (size * MIB, content * MIB, 40 * GIB));
        assert!(file.in_use, "all of it is under the current state");
    }
}

#[test]
fn the_present_file_grows_by_blocks_while_the_vm_runs() {
    let mut host = host(CHAIN);
    at(&mut host, 60);
    assert_eq!(file(&host, None).size, 36 * MIB);
    at(&mut host, 79);
    assert_eq!(file(&host, None).size, 36 * MIB, "less than a block more");
    let b = snapshot(&host, "b");
    assert_eq!(file(&host, Some(&b)).size, 700 * MIB);
    // What is frozen stays as it is, and a new file begins.
    at(&mut host, 80);
    let c = host.add_snapshot("v", Some("b"), "c").unwrap();
    at(&mut host, 140);
    assert_eq!((file(&host, Some(&c)).size, file(&host, None).size), (38 * MIB, 10 * MIB));
    host.set_state("v", VmState::Off).unwrap();
    at(&mut host, 1000);
    assert_eq!((file(&host, None).size, file(&host, None).in_use), (10 * MIB, false));
}

#[test]
fn a_merge_adds_two_files_up_and_frees_nothing_before_its_end() {
    let mut host = host(CHAIN);
    let b = snapshot(&host, "b");
    let volume = host.volumes.iter().find(|volume| volume.path == "D:\\").unwrap().clone();
    let free = host.free(&volume, host.nodes.at(0));
    assert_eq!(free, volume.capacity - 2 * (10240 + 700 + 30) * MIB);
    host.destroy(&b, Scope::Single, "x");
    at(&mut host, 2);
    assert_eq!(host.free(&volume, host.nodes.at(0)), free, "both files are there as long as it merges");
    at(&mut host, 10);
    assert_eq!(file(&host, None).size, 730 * MIB);
    assert_eq!(host.free(&volume, host.nodes.at(0)), free);
    host.destroy(&snapshot(&host, "a"), Scope::Single, "x");
    at(&mut host, 19);
    assert_eq!(file(&host, None).size, (10240 + 730) * MIB);
}

#[test]
fn nothing_is_larger_than_its_disk() {
    let mut host = host(
        "[[vm]]\nname = \"v\"\ndisk_gib = 1\nwrites_mib_per_minute = 1000\n[[vm.snapshot]]\nname = \"a\"\n",
    );
    at(&mut host, 3600);
    for file in [file(&host, None), file(&host, Some(&snapshot(&host, "a")))] {
        assert!(file.size <= GIB && file.content <= GIB, "{file:?}");
    }
}

#[test]
fn volumes_are_those_of_the_lab_and_those_of_the_disks() {
    let host = host(
        "[[volume]]\npath = 'E:'\ncapacity_gib = 100\nused_gib = 40\n\
         [[volume]]\npath = 'E:\\mount'\ncapacity_gib = 50\n\
         [[vm]]\nname = \"v\"\nbase_mib = 1024\ndisks = ['e:\\mount\\v.vhdx', 'E:\\v.vhdx', '\\\\files\\vms\\v.vhdx']\n\
         [[vm]]\nname = \"clustered\"\n",
    );
    let free: Vec<_> = host
        .volumes
        .iter()
        .map(|v| (v.path.as_str(), v.capacity / GIB, host.free(v, host.nodes.at(0)) / GIB))
        .collect();
    assert_eq!(
        free,
        [
            ("E:\\", 100, 59),
            ("E:\\mount\\", 50, 49),
            ("C:\\ClusterStorage\\Volume1\\", 2048, 2036),
            ("C:\\", 2048, 2048),
        ]
    );
    let shared: Vec<_> = host.volumes.iter().map(|volume| volume.is_shared()).collect();
    assert_eq!(shared, [false, false, true, false]);
}

#[test]
fn a_volume_without_a_size_has_room_for_as_much_again() {
    let mut lab = Lab::parse("schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n").unwrap();
    lab.add_vms(200);
    let host = Host::new(&lab, 7, START);
    let shared = &host.volumes[0];
    assert_eq!((shared.capacity, host.free(shared, host.nodes.at(0))), (4800 * GIB, 2400 * GIB));
}
