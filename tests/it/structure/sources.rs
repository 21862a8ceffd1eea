//! Rules for every source file of the package that no compiler checks.
//!
//! Module docs, length, words, reasons. Rules of compiler or clippy lints are not repeated here, except where the lint does not
//! see all files.

use crate::structure::scan::{self, Source, Token};

/// A file of about 400 lines may contain two ideas and deserves a look; this is the limit.
const MOST_LINES: usize = 600;

/// Words that do not say what a thing is.
const BANNED: [&str; 8] =
    ["manager", "managers", "helper", "helpers", "util", "utils", "handler", "handlers"];

const ITEMS: [&str; 10] =
    ["const", "enum", "fn", "macro_rules", "mod", "static", "struct", "trait", "type", "union"];

fn all() -> Vec<Source> {
    let sources: Vec<_> = ["src", "tests", "examples", "benches"].into_iter().flat_map(scan::below).collect();
    assert!(sources.len() > 50, "the sources are not where they are looked for");
    sources
}

/// Fails with the complaints of `check` about all files, each with file and line.
fn assert_clean(check: impl Fn(&Source) -> Vec<(usize, String)>) {
    let complaints = |source: &Source| {
        let lines = check(source).into_iter().map(|(line, text)| format!("{}:{line}: {text}", source.file));
        lines.collect::<Vec<_>>()
    };
    let complaints: Vec<_> = all().iter().flat_map(complaints).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

fn lacks_module_doc(source: &Source) -> Vec<(usize, String)> {
    let first = source.text.lines().next().unwrap_or_default();
    let says = first.strip_prefix("//!").is_some_and(|text| !text.trim().is_empty());
    if says { Vec::new() } else { vec![(1, "the file does not open with a module doc".to_owned())] }
}

fn is_too_long(source: &Source) -> Vec<(usize, String)> {
    let lines = source.text.lines().count();
    if lines > MOST_LINES { vec![(lines, format!("over {MOST_LINES} lines"))] } else { Vec::new() }
}

/// `TreeReader` and `tree_reader` are `tree`, `reader`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in name.chars() {
        if c == '_' || c.is_uppercase() {
            words.push(String::new());
        }
        if c != '_' {
            words.last_mut().expect("it never gets empty").extend(c.to_lowercase());
        }
    }
    words
}

fn has_banned_names(source: &Source) -> Vec<(usize, String)> {
    let declared = source.tokens.windows(3).filter_map(|three| {
        let is_item = ITEMS.contains(&three[0].text.as_str());
        let named = if three[1].is("!") { &three[2] } else { &three[1] };
        is_item.then_some((three[0].text.as_str(), named))
    });
    let banned = declared.filter(|(item, name)| {
        let is_getter = *item == "fn" && name.text.starts_with("get_");
        is_getter || words(&name.text).iter().any(|word| BANNED.contains(&word.as_str()))
    });
    banned.map(|(item, name)| (name.line, format!("banned: {item} {}", name.text))).collect()
}

fn position(tokens: &[Token], wanted: &[&str]) -> Option<usize> {
    tokens
        .windows(wanted.len())
        .position(|found| found.iter().zip(wanted).all(|(token, text)| token.is(text)))
}

/// Finds `#[allow]`, `#[expect]` and `#[ignore]` without a reason, at any place in an attribute.
fn lacks_reasons(source: &Source) -> Vec<(usize, String)> {
    let mut complaints = Vec::new();
    for (at, token) in source.tokens.iter().enumerate() {
        let opens = token.is("[") && at > 0 && ["#", "!"].contains(&source.tokens[at - 1].text.as_str());
        if !opens {
            continue;
        }
        let attribute = &source.tokens[at..scan::group_end(&source.tokens, at)];
        let lets = ["allow", "expect"].into_iter().filter_map(|lint| position(attribute, &[lint, "("]));
        let without_reason = lets.filter(|begin| {
            let list = &attribute[*begin..scan::group_end(attribute, begin + 1)];
            position(list, &["reason", "="]).is_none()
        });
        let idle = position(attribute, &["ignore"]).filter(|begin| !attribute[begin + 1].is("="));
        let found = without_reason.chain(idle).map(|begin| &attribute[begin]);
        complaints.extend(found.map(|token| (token.line, format!("{} without a reason", token.text))));
    }
    complaints
}

fn is_unfinished_or_sleeps(source: &Source) -> Vec<(usize, String)> {
    let calls: [&[&str]; 4] =
        [&["todo", "!"], &["unimplemented", "!"], &["dbg", "!"], &["thread", "::", "sleep"]];
    let found = calls.into_iter().filter_map(|call| {
        let at = position(&source.tokens, call)?;
        Some((source.tokens[at].line, call.concat()))
    });
    found.collect()
}

/// Finds code that exists only without a feature: `cfg(not(feature = …))`. Tests with more features would not cover it.
fn goes_with_a_feature(source: &Source) -> Vec<(usize, String)> {
    let tokens = &source.tokens;
    let gone = tokens.iter().enumerate().filter(|(at, token)| {
        let open = if tokens.get(at + 1).is_some_and(|next| next.is("!")) { at + 2 } else { at + 1 };
        if !token.is("cfg") || !tokens.get(open).is_some_and(|next| next.is("(")) {
            return false;
        }
        let group = &tokens[open..scan::group_end(tokens, open)];
        let negated = position(group, &["not", "("]).map(|not| &group[not..scan::group_end(group, not + 1)]);
        negated.is_some_and(|negated| position(negated, &["feature", "="]).is_some())
    });
    let is_shipped = source.file.starts_with("src/");
    gone.filter(|_| is_shipped).map(|(_, token)| (token.line, "goes with a feature".to_owned())).collect()
}

#[test]
fn a_feature_only_adds_code() {
    assert_clean(goes_with_a_feature);
}

#[test]
fn every_file_opens_with_a_module_doc() {
    assert_clean(lacks_module_doc);
}

#[test]
fn no_file_is_two_ideas() {
    assert_clean(is_too_long);
}

#[test]
fn names_say_what_a_thing_is() {
    assert_clean(has_banned_names);
}

#[test]
fn every_exception_states_its_reason() {
    assert_clean(lacks_reasons);
}

#[test]
fn nothing_is_left_to_do_and_nothing_sleeps() {
    assert_clean(is_unfinished_or_sleeps);
}

#[test]
fn the_changelog_knows_the_present_version() {
    let changelog = include_str!("../../../CHANGELOG.md");
    let heading = format!("## [{}]", env!("CARGO_PKG_VERSION"));
    let has = |heading: &str| changelog.lines().any(|line| line.starts_with(heading));
    assert!(has("## [Unreleased]") || has(&heading), "CHANGELOG.md has neither `{heading}` nor [Unreleased]");
}

// The tests of the tests.

fn count(check: fn(&Source) -> Vec<(usize, String)>, text: &str) -> usize {
    check(&Source::parse("src/xml/a.rs", text)).len()
}

#[test]
fn a_file_without_a_module_doc_is_found() {
    assert_eq!(count(lacks_module_doc, "//! What it does.\nfn f() {}"), 0);
    for text in ["", "fn f() {}", "// what it does", "//!\n//! Late.", "\n//! Late."] {
        assert_eq!(count(lacks_module_doc, text), 1, "{text:?}");
    }
}

#[test]
fn a_file_of_two_ideas_is_found() {
    assert_eq!(count(is_too_long, &"\n".repeat(MOST_LINES)), 0);
    assert_eq!(count(is_too_long, &"\n".repeat(MOST_LINES + 1)), 1);
}

#[test]
fn a_banned_name_is_found_and_a_foreign_one_is_not() {
    for text in
        ["struct JobManager;", "mod util;", "fn event_handler() {}", "fn get_job() {}", "trait Helper {}"]
    {
        assert_eq!(count(has_banned_names, text), 1, "{text}");
    }
    for text in
        ["use hyper_util::rt;", "fn get() {}", "fn utilise() {}", "let x = jobs.get_mut(0);", "// mod util"]
    {
        assert_eq!(count(has_banned_names, text), 0, "{text}");
    }
}

#[test]
fn an_exception_without_a_reason_is_found() {
    let reasoned = r#"
        #![allow(dead_code, reason = "why")]
        #[cfg_attr(test, expect(dead_code, reason = "why"))]
        #[ignore = "why"]
        fn f() { Some(1).expect("it is there"); g(&[allow(1)]) }
    "#;
    assert_eq!(count(lacks_reasons, reasoned), 0);
    for text in
        ["#![allow(dead_code)]", "#[cfg_attr(test, expect(dead_code))]", "#[test]\n#[ignore]\nfn f() {}"]
    {
        assert_eq!(count(lacks_reasons, text), 1, "{text}");
    }
}

#[test]
fn code_that_goes_with_a_feature_is_found() {
    for text in [
        "#[cfg(not(feature = \"sim\"))]\nfn f() {}",
        "#[cfg(all(unix, not(any(test, feature = \"sim\"))))]\nfn f() {}",
        "fn f() { if cfg!(not(feature = \"sim\")) { g() } }",
    ] {
        assert_eq!(count(goes_with_a_feature, text), 1, "{text}");
    }
    for text in [
        "#[cfg(all(not(test), feature = \"sim\"))]\nfn f() {}",
        "#[cfg_attr(not(feature = \"sim\"), allow(dead_code, reason = \"why\"))]\nmod sys;",
        "fn f(cfg: u8) { g(cfg) }",
    ] {
        assert_eq!(count(goes_with_a_feature, text), 0, "{text}");
    }
}

#[test]
fn what_is_unfinished_or_sleeps_is_found() {
    for text in ["fn f() { todo!() }", "fn f() { unimplemented!(\"later\") }", "std::thread::sleep(x);"] {
        assert_eq!(count(is_unfinished_or_sleeps, text), 1, "{text}");
    }
    assert_eq!(count(is_unfinished_or_sleeps, "// todo!()\nfn f() { clock.sleep(x) }"), 0);
}
