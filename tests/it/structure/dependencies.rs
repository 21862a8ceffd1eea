//! The README justifies every direct dependency, and no others.

use std::collections::BTreeSet;

const MANIFEST: &str = include_str!("../../../Cargo.toml");
const README: &str = include_str!("../../../README.md");

fn direct() -> BTreeSet<String> {
    let manifest: toml::Table = MANIFEST.parse().unwrap();
    let of_systems = manifest["target"].as_table().unwrap().values();
    let tables = std::iter::once(&manifest["dependencies"])
        .chain(of_systems.filter_map(|system| system.get("dependencies")));
    tables.flat_map(|table| table.as_table().unwrap().keys()).cloned().collect()
}

/// The names in the first column of the table of dependencies; each row must give a reason in the second.
fn justified() -> BTreeSet<String> {
    let (_, table) = README.split_once("| crate | why |\n|---|---|\n").unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let mut names = BTreeSet::new();
    for row in rows {
        let [_, crates, why, _] = row.split('|').collect::<Vec<_>>().try_into().unwrap();
        assert!(!why.trim().is_empty(), "no reason: {row}");
        names.extend(crates.split(',').map(|name| name.trim().trim_matches('`').to_owned()));
    }
    names
}

#[test]
fn every_direct_dependency_is_justified_and_nothing_else() {
    assert_eq!(justified(), direct());
}
