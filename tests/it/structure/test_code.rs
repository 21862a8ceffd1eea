//! The layers contain no test code except unit tests, no oracle of a fuzz target, and no hook for a benchmark.
//!
//! `tests`, `fuzz` and `benches` have their own. Parts that need private access are modules that the crate's root declares.

use std::collections::BTreeSet;

use crate::structure::scan::{self, Source, Token};

/// The modules of other folders that the root declares.
const DOORS: [&str; 3] = ["../benches/doors/mod.rs", "../tests/oracles/mod.rs", "../tests/messages/mod.rs"];

/// Code other than a module that is compiled for tests only: it causes or shows what a caller cannot from outside.
const HOOKS: [&str; 5] = [
    // The cache in memory to wipe; a library without some functions.
    "src/auth/gssapi/sys/credential.rs",
    "src/auth/gssapi/sys/library.rs",
    // A write that is interrupted between two of its steps.
    "src/host/journal/file/mod.rs",
    "src/host/journal/file/replace.rs",
    // The list of all rows of a table, made by its macro.
    "src/sim/message/kinds.rs",
];

/// The kinds of conditionally compiled code.
#[derive(Debug, PartialEq, Eq)]
enum Conditional {
    /// For tests, or not for them: a module.
    Module,
    /// For tests: a description of a type, which adds no code that anything calls.
    Schema,
    /// For tests, or not for them: anything else.
    Hook,
    /// For fuzz targets or benches.
    Door,
}

/// Every condition in a file that names tests, fuzz targets or benchmarks, with its line.
fn conditionals(source: &Source) -> Vec<(usize, Conditional)> {
    let mut found = Vec::new();
    let tokens = &source.tokens;
    for (at, token) in tokens.iter().enumerate() {
        let begins = ["cfg", "cfg_attr"].contains(&token.text.as_str());
        let opens = if tokens.get(at + 1).is_some_and(|next| next.is("!")) { at + 2 } else { at + 1 };
        if !begins || !tokens.get(opens).is_some_and(|open| open.is("(")) {
            continue;
        }
        let end = scan::group_end(tokens, opens);
        let names = |wanted: &str| tokens[opens..end].iter().any(|token| token.is(wanted));
        let conditional = if names("fuzzing") || names("\"bench") {
            Conditional::Door
        } else if !names("test") {
            continue;
        } else if opens == at + 1 && is_module(tokens, end) {
            Conditional::Module
        } else if token.is("cfg_attr") && is_schema(&tokens[opens..end]) {
            Conditional::Schema
        } else {
            Conditional::Hook
        };
        found.push((token.line, conditional));
    }
    found
}

/// True if the item is a module; its attribute continues after the condition at `at`.
fn is_module(tokens: &[Token], mut at: usize) -> bool {
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            "mod" => return true,
            // Other attributes, and the visibility.
            "]" | "#" | "pub" => at += 1,
            "[" | "(" => at = scan::group_end(tokens, at),
            _ => return false,
        }
    }
    false
}

/// True for `(test, …)` of a derive of `JsonSchema` alone, of attributes of `schemars`, or both.
fn is_schema(group: &[Token]) -> bool {
    let text: String = group.iter().map(|token| token.text.as_str()).collect();
    let Some(rest) = text.strip_prefix("(test,") else { return false };
    let rest = rest.strip_prefix("derive(schemars::JsonSchema)").unwrap_or(rest);
    let rest = rest.strip_prefix(',').unwrap_or(rest);
    // Only one attribute of `schemars` may follow: its parentheses close at the end.
    let is_one = rest.starts_with("schemars(") && rest.ends_with("))") && !rest.contains("),");
    rest.starts_with(')') || is_one
}

fn opened(source: &Source) -> Vec<&str> {
    let paths = source.tokens.windows(3).filter(|three| three[0].is("path") && three[1].is("="));
    paths.map(|three| three[2].text.trim_start_matches('"')).collect()
}

#[test]
fn the_root_opens_what_is_tabled_and_no_layer_opens_anything() {
    for source in scan::shipped(scan::below("src")) {
        let doors = conditionals(&source).into_iter().filter(|(_, found)| *found == Conditional::Door);
        if source.file == "src/lib.rs" {
            assert_eq!(opened(&source), DOORS);
            assert_eq!(doors.count(), 2, "one for benches, one for fuzz targets");
        } else {
            assert_eq!(doors.collect::<Vec<_>>(), [], "{} has a door", source.file);
        }
    }
}

#[test]
fn only_modules_are_compiled_for_tests_alone() {
    let sources = scan::shipped(scan::below("src"));
    let has_hook =
        |source: &&Source| conditionals(source).iter().any(|(_, found)| *found == Conditional::Hook);
    let hooks: BTreeSet<&str> = sources.iter().filter(has_hook).map(|source| source.file.as_str()).collect();
    assert_eq!(hooks, BTreeSet::from(HOOKS));
    let has_schema =
        |source: &&Source| conditionals(source).iter().any(|(_, found)| *found == Conditional::Schema);
    for source in sources.iter().filter(has_schema) {
        assert!(source.file.starts_with("src/cli/"), "{} has a schema", source.file);
    }
}

#[test]
fn no_file_of_the_layers_is_there_for_tests_of_other_packages() {
    for source in scan::below("src") {
        let name = source.file.rsplit('/').next().unwrap_or_default();
        let parts: Vec<&str> = source.file.split('/').collect();
        for banned in ["oracles", "fuzzing", "benching", "wire_tests"] {
            let is_it = name == format!("{banned}.rs") || parts.contains(&banned);
            assert!(!is_it, "{}: {banned} live outside", source.file);
        }
    }
}

// The tests of the tests.

#[test]
fn a_condition_is_told_by_what_it_guards() {
    for (text, wanted) in [
        ("#[cfg(test)]\nmod tests;", Conditional::Module),
        ("#[cfg(test)]\n#[path = \"leaf_tests.rs\"]\npub(crate) mod tests {}", Conditional::Module),
        ("#[cfg(all(test, unix))]\nmod tests;", Conditional::Module),
        (
            "#[cfg_attr(not(any(test, feature = \"sim\")), allow(dead_code, reason = \"why\"))]\nmod sys;",
            Conditional::Module,
        ),
        ("#[cfg_attr(test, derive(schemars::JsonSchema))]\nstruct A;", Conditional::Schema),
        ("#[cfg_attr(test, schemars(with = \"B\"))]\na: A,", Conditional::Schema),
        (
            "#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = \"B\"))]\nstruct A;",
            Conditional::Schema,
        ),
        ("#[cfg_attr(test, derive(Clone))]\nstruct A;", Conditional::Hook),
        ("#[cfg_attr(test, schemars(a), derive(Clone))]\nstruct A;", Conditional::Hook),
        ("#[cfg_attr(not(test), schemars(a))]\nstruct A;", Conditional::Hook),
        ("#[cfg(test)]\npub(crate) fn held() {}", Conditional::Hook),
        ("#[cfg(not(test))]\nuse crate::a::b;", Conditional::Hook),
        ("#[cfg(any(test, feature = \"sim\"))]\nimpl A {}", Conditional::Hook),
        ("fn f() { if cfg!(test) { g() } }\nmod a;", Conditional::Hook),
        ("#[cfg(any(test, fuzzing))]\nmod oracles;", Conditional::Door),
        ("#[cfg(feature = \"bench\")]\npub mod benching;", Conditional::Door),
    ] {
        let found: Vec<_> =
            conditionals(&Source::parse("src/xml/a.rs", text)).into_iter().map(|(_, c)| c).collect();
        assert_eq!(found, [wanted], "{text}");
    }
    for text in
        ["#[cfg(feature = \"sim\")]\nmod sim;", "#[test]\nfn f() {}", "// #[cfg(test)]\nfn test() { cfg(1) }"]
    {
        assert_eq!(conditionals(&Source::parse("src/xml/a.rs", text)), [], "{text}");
    }
}
