//! Each fact is stated once: codes of the tables in `src/codes` and values of those in `src/schema` are not numbers elsewhere.
//!
//! A number that identifies itself as a code (an HRESULT, or one from 4096 on) is searched for everywhere; a small one where its
//! type or a pattern shows that it is a code. HTTP statuses are left to the names of the `http` crate and to reviewers.

use std::collections::BTreeSet;

use hvsnap::explain::{self, Family};

use crate::structure::scan::{self, Source, Token};

/// The folders of the tables.
const TABLES: [&str; 2] = ["src/codes/", "src/schema/"];

/// A number from here on is most likely a code.
const TELLING: u32 = 4096;

/// Types that hold a code of the tables.
const CODE_TYPES: [&str; 6] =
    ["JobState", "JobType", "ReturnCode", "StateChangeCode", "VmActivity", "VmState"];

/// Files that define such a type, in which `Self` is one.
const DEFINE_THEM: [&str; 3] = ["src/hyperv/job.rs", "src/hyperv/return_code.rs", "src/hyperv/vm.rs"];

/// Properties whose numbers have a value map or a family.
const MAPPED: [&str; 9] = [
    "EnabledDefault",
    "EnabledState",
    "HealthState",
    "JobState",
    "JobType",
    "OperationalStatus",
    "RequestedState",
    "TransitioningToState",
    "UserSnapshotType",
];

/// Numbers that are not codes: the end of the file's name, the number, and its meaning.
const ALLOWED: [(&str, u32, &str); 9] = [
    ("hyperv/tree.rs", 4096, "bytes of a path"),
    ("hyperv/vm.rs", 0, "no activity, but what stands for one that cannot be read"),
    ("journal/file/lock.rs", 4096, "bytes of a lock's file"),
    ("src/limits.rs", 4096, "bytes of a name, properties of an instance"),
    ("ntlm/token.rs", 0x8000, "a flag of NTLM"),
    ("instances/settings.rs", 4096, "NetworkBootPreferredProtocol: IPv4"),
    ("instances/virtual_disk.rs", 4096, "bytes of a sector"),
    ("src/violation.rs", 4096, "bytes of a text"),
    ("xml/writer.rs", 4096, "bytes to begin with"),
];

/// The value of a number's token: `0x8033_8000`, `4096_u32`.
fn value(token: &Token) -> Option<u32> {
    let text = token.text.replace('_', "").to_lowercase();
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let text = ["u8", "u16", "u32", "u64", "usize", "i32", "i64"]
        .into_iter()
        .find_map(|suffix| text.strip_suffix(suffix).filter(|_| !text.starts_with("0x")))
        .unwrap_or(&text);
    match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

fn telling() -> BTreeSet<u32> {
    let is_telling = |entry: &&explain::CodeEntry| {
        entry.code >= TELLING && !matches!(entry.family, Family::Hvsnap | Family::Http)
    };
    explain::all().filter(is_telling).map(|entry| entry.code).collect()
}

/// Numbers of a shipped file that are codes, each with its line.
fn literals(source: &Source, telling: &BTreeSet<u32>) -> Vec<(usize, u32)> {
    let tokens = &source.shipped;
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Some(number) = value(token) else { continue };
        let before = |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at));
        let of_code_type = before(1).is_some_and(|token| token.is("("))
            && before(2).is_some_and(|token| {
                let is_self = token.is("Self") && DEFINE_THEM.contains(&source.file.as_str());
                is_self || CODE_TYPES.iter().any(|name| token.is(name))
            });
        let brackets = usize::from(before(1).is_some_and(|token| token.is("[")));
        let of_mapped = before(brackets + 1).is_some_and(|token| token.is(","))
            && before(brackets + 2)
                .is_some_and(|token| token.text.strip_prefix('"').is_some_and(|name| MAPPED.contains(&name)));
        if telling.contains(&number) || of_code_type || of_mapped {
            found.push((token.line, number));
        }
    }
    found
}

#[test]
fn no_code_stands_as_a_number_outside_of_its_table() {
    let telling = telling();
    let mut used = BTreeSet::new();
    let mut complaints = Vec::new();
    for source in scan::shipped(scan::below("src")) {
        if TABLES.iter().any(|table| source.file.starts_with(table)) {
            continue;
        }
        for (line, number) in literals(&source, &telling) {
            match ALLOWED
                .iter()
                .position(|(file, allowed, _)| source.file.ends_with(file) && *allowed == number)
            {
                Some(entry) => {
                    used.insert(entry);
                }
                None => complaints.push(format!("{}:{line}: {number}", source.file)),
            }
        }
    }
    assert!(complaints.is_empty(), "codes as numbers:\n{}", complaints.join("\n"));
    assert_eq!(used.len(), ALLOWED.len(), "an entry of the list that nobody uses");
}

// The test of the test.

#[test]
fn a_code_is_found_in_every_spelling_and_a_plain_number_is_not() {
    let telling = telling();
    let count = |file: &str, text: &str| literals(&Source::parse(file, text), &telling).len();
    for text in [
        "const BUSY: u32 = 32774;",
        "fn f(x: u32) -> bool { matches!(x, 0x8033_8029 | 7) }",
        "fn f() { g(2_147_749_890_u32) }",
        "fn f(s: JobState) -> bool { s == JobState(7) }",
        "fn f(i: Instance) { i.with(\"HealthState\", 5_u16) }",
        "fn f(i: Instance) { i.with(\"OperationalStatus\", [2_u16].as_slice()) }",
    ] {
        assert_eq!(count("src/sim/a.rs", text), 1, "{text}");
    }
    assert_eq!(count("src/hyperv/job.rs", "impl JobState { const A: Self = Self(2); }"), 1);
    for text in [
        "const SIZE: usize = 65_536;",
        "const TEXT: &str = \"32774\"; // 32774",
        "#[cfg(test)] mod tests { const BUSY: u32 = 32774; }",
        "fn f() -> Seconds { Seconds(7) }",
    ] {
        assert_eq!(count("src/sim/a.rs", text), 0, "{text}");
    }
}
