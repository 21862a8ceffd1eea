//! A large tree on the host: built, searched, destroyed. There is no clock here: a quadratic algorithm would not end in any
//! acceptable time.

use std::fmt::Write as _;

use super::*;
use crate::sim::lab::Lab;

const MANY: usize = 5000;
const START: Duration = Duration::from_secs(1_795_424_400);

/// A host with one VM whose snapshots are `s0`, `s1` and so on; `parent` gives the parent of each.
fn host(parent: impl Fn(usize) -> Option<usize>) -> Host {
    let mut lab = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n[[vm]]\nname = \"large\"\n".to_owned();
    writeln!(lab, "current = \"s{}\"", MANY - 1).unwrap();
    for number in 0..MANY {
        writeln!(lab, "[[vm.snapshot]]\nname = \"s{number}\"").unwrap();
        if let Some(parent) = parent(number) {
            writeln!(lab, "parent = \"s{parent}\"").unwrap();
        }
    }
    Host::new(&Lab::parse(&lab).unwrap(), 7, START)
}

/// Finds the last snapshot by its path and checks its files; then destroys all at once.
fn check(mut host: Host, path: &str) {
    let last = host.find_snapshot(0, path).unwrap();
    assert_eq!(host.find_snapshot(0, &format!("s{}", MANY - 1)).unwrap(), last);
    assert_eq!(host.vms[0].path(&last), path);
    assert_eq!(host.vms[0].subtree(&host.find_snapshot(0, "s0").unwrap()).len(), MANY);
    let files: Vec<_> = host.vms[0].snapshots.iter().flat_map(|s| host.vms[0].files(Some(&s.id))).collect();
    assert_eq!(files.iter().collect::<std::collections::HashSet<_>>().len(), MANY);
    let root = host.find_snapshot(0, "s0").unwrap();
    assert!(host.destroy(&root, Scope::Tree, "x").job.is_some());
    host.advance(START + Duration::from_secs(60));
    assert!(host.vms[0].snapshots.is_empty());
    assert_eq!(host.vms[0].current, None);
}

#[test]
fn a_chain() {
    let path: Vec<String> = (0..MANY).map(|number| format!("s{number}")).collect();
    check(host(|number| number.checked_sub(1)), &path.join("/"));
}

#[test]
fn a_star() {
    check(host(|number| (number > 0).then_some(0)), &format!("s0/s{}", MANY - 1));
}
