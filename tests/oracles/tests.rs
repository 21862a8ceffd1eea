//! Runs the oracles over `fixtures/hostile`: a folder for each target, a file for each case; `verdicts.tsv` next to the folders
//! has the expected verdicts.
//!
//! A file found by a fuzzer is named after its bug, and stays.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, panic,
    path::{Path, PathBuf},
};

use super::TARGETS;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The expected verdicts, by target and file.
fn written() -> BTreeMap<(String, String), String> {
    let text = fs::read_to_string(root().join("fixtures/hostile/verdicts.tsv")).unwrap();
    let row = |line: &str| {
        let (file, verdict) = line.split_once('\t').unwrap();
        let (target, name) = file.split_once('/').unwrap();
        ((target.to_owned(), name.to_owned()), verdict.to_owned())
    };
    text.lines().map(row).collect()
}

#[test]
fn every_hostile_file_is_judged_as_written_down() {
    let written = written();
    let mut differences = Vec::new();
    for (target, oracle) in TARGETS {
        let folder = root().join("fixtures/hostile").join(target);
        for name in names_in(&folder) {
            let bytes = fs::read(folder.join(&name)).unwrap();
            // The message of a broken invariant appears above the list of all differences.
            let found = panic::catch_unwind(|| oracle(&bytes).word()).unwrap_or("broken promise".to_owned());
            let wanted = written.get(&((*target).to_owned(), name.clone()));
            if wanted != Some(&found) {
                differences.push(format!("{target}/{name}\t{found}\t({wanted:?} is written down)"));
            }
        }
    }
    assert!(differences.is_empty(), "judged in another way:\n{}", differences.join("\n"));
}

#[test]
fn every_row_has_its_file_and_every_target_enough_of_them() {
    let mut files: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (target, name) in written().into_keys() {
        files.entry(target).or_default().insert(name);
    }
    for (target, names) in &files {
        assert_eq!(*names, names_in(&root().join("fixtures/hostile").join(target)), "{target}");
        assert!(names.len() >= 10, "{target} has {} files", names.len());
    }
    let targets: BTreeSet<&str> = TARGETS.iter().map(|(target, _)| *target).collect();
    let unknown: Vec<_> = files.keys().filter(|target| !targets.contains(target.as_str())).collect();
    assert!(
        unknown.is_empty() || !cfg!(all(feature = "sim", feature = "journal")),
        "files without a target: {unknown:?}"
    );
}

#[test]
fn every_oracle_is_a_fuzz_target() {
    // A published package contains no targets.
    let Ok(manifest) = fs::read_to_string(root().join("fuzz/Cargo.toml")) else { return };
    for (target, _) in TARGETS {
        let source = fs::read_to_string(root().join(format!("fuzz/fuzz_targets/{target}.rs"))).unwrap();
        assert!(source.contains(&format!("hvsnap::fuzzing::{target})")), "{target} asks another oracle");
        assert!(manifest.contains(&format!("name = \"{target}\"\n")), "{target} is no binary");
    }
    let binaries = manifest.matches("[[bin]]").count();
    assert!(
        binaries == TARGETS.len() || !cfg!(all(feature = "sim", feature = "journal")),
        "{binaries} binaries"
    );
}

#[test]
fn every_cut_of_a_hostile_file_is_judged_too() {
    for (target, oracle) in TARGETS {
        let folder = root().join("fixtures/hostile").join(target);
        for name in names_in(&folder) {
            let bytes = fs::read(folder.join(name)).unwrap();
            // All cuts of short files, some of long ones: a fuzzer has more time.
            for end in (0..bytes.len()).step_by(1 + bytes.len() / 50) {
                oracle(&bytes[..end]);
            }
        }
    }
}
