//! The permitted imports: the layers of this crate as exact tables.
//!
//! An import that is not in a table is an error, and so is an unused entry: a change of the imports must change this file. The
//! tables apply to shipped code; test code may import anything.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use crate::structure::scan::{self, NamedPath, Source, Token};

/// Each module below the crate's root, and the modules that it imports. An entry with `::` permits only itself.
const LAYERS: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("codes", &[]),
    ("explain", &["codes"]),
    ("keyed", &["violation"]),
    ("limits", &[]),
    ("schema", &["codes"]),
    ("secret", &[]),
    ("violation", &[]),
    ("xml", &["limits", "violation"]),
    ("soap", &["violation", "xml"]),
    ("wsman", &["limits", "soap", "violation", "xml"]),
    (
        "cim",
        &[
            "limits",
            "schema::CimType",
            "schema::CimTypeError",
            "soap::ADDRESSING",
            "soap::MessageId",
            "violation",
            "wsman",
            "xml",
        ],
    ),
    ("hyperv", &["cim", "codes", "keyed", "limits", "schema", "violation", "wsman"]),
    ("auth", &["secret", "violation"]),
    // The text form of a duration.
    ("http", &["auth", "clock::shown", "limits", "secret", "violation"]),
    (
        "client",
        &[
            "auth",
            "cim",
            "clock",
            "codes",
            "explain",
            "http",
            "keyed",
            "limits",
            // The class hierarchy.
            "schema",
            // The body's text and its error; message ids; the code of a fault. No envelope, no XML.
            "soap::FaultCode",
            "soap::MessageId",
            "violation",
            "wsman",
            "xml::UnwritableText",
            "xml::decode",
        ],
    ),
    (
        "host",
        &[
            "auth",
            "cim",
            "client",
            "clock",
            "codes",
            "explain",
            "http",
            "hyperv",
            "keyed",
            "limits",
            "schema",
            "soap::MessageId",
            "violation",
            "wsman",
        ],
    ),
    // Independent of the client: it uses the facts, and of the messages only XML. Of authentication only the binding to the C
    // library, which would otherwise be written twice.
    ("sim", &["auth::gssapi::sys", "clock", "codes", "limits", "schema", "secret", "violation", "xml"]),
    ("bridge", &["auth", "client", "host", "sim"]),
];

/// The modules of the binary. They name the library as `hvsnap::`, so the compiler holds them to the public API.
const BINARY: &[&str] = &["cli"];

/// Access to the outside world, to time, to randomness, or to a foreign type: exactly these modules use it.
const CONFINED: &[(&str, &[&str])] = &[
    ("quick_xml", &["xml"]),
    ("reqwest", &["http"]),
    ("hyper", &["http", "sim"]),
    ("hyper_util", &["sim"]),
    ("http_body_util", &["sim"]),
    ("rustls", &["http", "sim"]),
    ("rustls_platform_verifier", &["http"]),
    ("tokio_rustls", &["sim"]),
    // Opens the system's GSSAPI library.
    ("libloading", &["auth"]),
    // The owner of the journal's folder; the settings of the terminal.
    ("rustix", &["cli", "host"]),
    ("std::net", &["cli", "http", "sim"]),
    ("tokio::net", &["sim"]),
    // The journal of operations lies in a folder.
    ("std::fs", &["cli", "host", "sim"]),
    // `Secret::from_env`, for a caller without a configuration of its own.
    ("std::env", &["cli", "secret"]),
    // The holder of a VM's lock is shown by its process id.
    ("std::process", &["cli", "host", "the root"]),
    // The threads for the resolver and for a key distribution centre.
    ("std::thread", &["http"]),
    ("std::time::Instant", &["client", "sim"]),
    ("std::time::SystemTime", &["client", "http", "sim"]),
    ("std::time::UNIX_EPOCH", &["sim"]),
    ("tokio::time", &["cli", "client", "http", "sim"]),
    ("uuid::Uuid::new_v4", &["client", "host"]),
];

/// The only folder with unsafe code: the types around a C library.
const UNSAFE: &str = "src/auth/gssapi/sys/";

/// A violation of a table.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Offence {
    /// An import that is not permitted.
    Edge { place: String, module: String, names: String },
    /// An entry that is not used.
    Unused { module: String, entry: String },
    /// A module that is in no table.
    Unknown { place: String, module: String },
}

impl fmt::Display for Offence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edge { place, module, names } => write!(f, "{place}: `{module}` names `{names}`"),
            Self::Unused { module, entry } => write!(f, "the table: `{module}` no longer names `{entry}`"),
            Self::Unknown { place, module } => write!(f, "{place}: no table knows the module `{module}`"),
        }
    }
}

type Table<'t> = &'t [(&'t str, &'t [&'t str])];

fn place(source: &Source, path: &NamedPath) -> String {
    format!("{}:{}", source.file, path.line)
}

/// What the root of the crate re-exports, and from which module.
fn root_names(sources: &[Source]) -> BTreeMap<String, String> {
    let root = sources.iter().filter(|source| source.file == "src/lib.rs");
    let exports = root.flat_map(|source| &source.paths).filter_map(|path| match path.parts.as_slice() {
        [module, .., name] => Some((name.clone(), module.clone())),
        _ => None,
    });
    exports.collect()
}

/// Checks every import between modules below the root against `layers`; `binary` may import nothing of the library.
fn edges(sources: &[Source], layers: Table<'_>, binary: &[&str]) -> BTreeSet<Offence> {
    let (mut offences, mut used) = (BTreeSet::new(), BTreeSet::new());
    let exports = root_names(sources);
    for source in sources {
        let Some(module) = source.top() else { continue };
        let own = layers.iter().find(|(layer, _)| *layer == module).map(|(_, allowed)| *allowed);
        let Some(allowed) = own.or_else(|| binary.contains(&module).then_some(binary)) else {
            offences.insert(Offence::Unknown { place: source.file.clone(), module: module.to_owned() });
            continue;
        };
        for path in source.paths.iter().filter(|path| path.is_within("crate")) {
            let mut parts = path.parts.get(1..).unwrap_or_default().to_vec();
            if let Some(owner) = parts.first().and_then(|first| exports.get(first)) {
                parts.insert(0, owner.clone());
            }
            let named = NamedPath { parts, line: path.line };
            if named.is_within(module) {
                continue;
            }
            match allowed.iter().find(|entry| named.is_within(entry)) {
                Some(entry) => used.insert((module, *entry)),
                None => offences.insert(Offence::Edge {
                    place: place(source, path),
                    module: module.to_owned(),
                    names: path.parts.join("::"),
                }),
            };
        }
    }
    offences.extend(unused(layers, &used));
    offences
}

/// Checks every user of a confined name against `confined`. The root of a crate only declares modules, and uses none.
fn confinement(sources: &[Source], confined: Table<'_>) -> BTreeSet<Offence> {
    let (mut offences, mut used) = (BTreeSet::new(), BTreeSet::new());
    for source in sources {
        let module = source.top().unwrap_or("the root");
        for path in &source.paths {
            let Some((name, users)) = confined.iter().find(|(name, _)| path.may_reach(name)) else {
                continue;
            };
            match users.iter().find(|user| **user == module) {
                Some(user) => used.insert((*name, *user)),
                None => offences.insert(Offence::Edge {
                    place: place(source, path),
                    module: module.to_owned(),
                    names: path.parts.join("::"),
                }),
            };
        }
    }
    offences.extend(unused(confined, &used).map(|offence| match offence {
        Offence::Unused { module, entry } => Offence::Unused { module: entry, entry: module },
        other => other,
    }));
    offences
}

fn unused<'t>(table: Table<'t>, used: &BTreeSet<(&str, &str)>) -> impl Iterator<Item = Offence> {
    let entries = table.iter().flat_map(|(name, entries)| entries.iter().map(|entry| (*name, *entry)));
    let idle = entries.filter(|entry| !used.contains(entry));
    idle.map(|(name, entry)| Offence::Unused { module: name.to_owned(), entry: entry.to_owned() })
}

fn assert_none(offences: &BTreeSet<Offence>) {
    let list: Vec<_> = offences.iter().map(Offence::to_string).collect();
    assert!(list.is_empty(), "not as tabled:\n{}", list.join("\n"));
}

fn shipped() -> Vec<Source> {
    scan::shipped(scan::below("src"))
}

#[test]
fn imports_point_as_the_table_says() {
    assert_none(&edges(&shipped(), LAYERS, BINARY));
}

#[test]
fn the_world_outside_is_reached_only_where_the_table_says() {
    assert_none(&confinement(&shipped(), CONFINED));
}

#[test]
fn every_layer_of_the_table_is_there() {
    let sources = shipped();
    for (layer, _) in LAYERS {
        assert!(sources.iter().any(|source| source.top() == Some(layer)), "there is no layer `{layer}`");
    }
}

#[test]
fn no_code_is_unsafe_or_comes_from_where_nobody_looks() {
    let holds = |tokens: &[Token], wanted: &[&str]| {
        let found = tokens.windows(wanted.len()).find(|found| found.iter().zip(wanted).all(|(t, w)| t.is(w)));
        found.map(|tokens| tokens[0].line)
    };
    for source in ["src", "tests", "examples", "benches"].into_iter().flat_map(scan::below) {
        let found = holds(&source.tokens, &["unsafe"]).filter(|_| !source.file.starts_with(UNSAFE));
        let found = found.or(holds(&source.shipped, &["include", "!"]));
        // The modules that the root opens are in another table (`test_code`).
        let found =
            found.or(holds(&source.shipped, &["#", "[", "path"]).filter(|_| source.file != "src/lib.rs"));
        assert_eq!(found, None, "the line of {} with `unsafe`, `include!` or `#[path]`", source.file);
    }
}

// The tests of the tests: a violation is found in every form.

const SMALL: Table<'_> = &[("wire", &[]), ("model", &["wire::names"]), ("desk", &["model"])];

fn offences(files: &[(&str, &str)]) -> Vec<String> {
    let sources = files.iter().map(|(file, text)| Source::parse(file, text)).collect();
    let found = edges(&scan::shipped(sources), SMALL, &["cli"]);
    found.iter().map(Offence::to_string).filter(|text| !text.starts_with("the table")).collect()
}

#[test]
fn a_forbidden_edge_is_found_in_every_spelling() {
    let spellings = [
        "use crate::desk::Plan;",
        "use crate::{wire::names, desk::{self, Plan}};",
        "use super::desk as harmless;",
        "pub use super::super::desk::*;",
        "fn f() -> u8 { crate::desk::plan() }",
        "fn f(x: &dyn super::super::desk::Plan) {}",
        "type Alias = <u8 as crate::desk::Plan>::Out;",
        "use crate as here; use here::desk;\nfn f() { here::desk::plan() }",
        "mod inner { use super::super::super::desk; }",
        "use crate::Plan;",
        "fn f() { let _ = '\"'; crate::desk::plan() }",
        "#[cfg(not(test))] use crate::desk;",
    ];
    for spelling in spellings {
        let file =
            if spelling.contains("use super::desk") { "src/model/mod.rs" } else { "src/model/deep.rs" };
        let found = offences(&[("src/lib.rs", "pub use desk::Plan;"), (file, spelling)]);
        assert!(found.iter().any(|text| text.starts_with(file)), "{spelling}: {found:?}");
    }
}

#[test]
fn an_offence_names_file_and_line() {
    let text = "//! Model.\nuse crate::{\n    wire::names,\n    desk::{\n        Plan,\n    },\n};\n";
    let found = offences(&[("src/model/deep.rs", text)]);
    assert_eq!(found, ["src/model/deep.rs:5: `model` names `crate::desk::Plan`"]);
}

#[test]
fn an_entry_with_a_submodule_allows_no_more_than_that_submodule() {
    let allowed = "use crate::wire::names::A; use crate::{wire::names}; fn f() { super::names() }";
    assert_eq!(offences(&[("src/model/a.rs", allowed)]), Vec::<String>::new());
    for forbidden in
        ["use crate::wire;", "use crate::wire::*;", "use crate::{wire::{self, names}};", "use crate::*;"]
    {
        assert_eq!(offences(&[("src/model/a.rs", forbidden)]).len(), 1, "{forbidden}");
    }
}

#[test]
fn what_is_no_code_of_the_crate_is_no_edge() {
    let text = r##"
        //! See [`crate::desk`].
        /// [here](crate::desk::Plan) /* crate::desk */
        // crate::desk::plan()
        /* /* crate::desk::plan() */ crate::desk::plan() */
        const TEXT: &str = "crate::desk::plan(\"crate::desk\")";
        const RAW: &str = r#"crate::desk::plan("")"#;
        fn f<'a>(x: &'a str) -> char { '\'' }
        #[cfg(test)]
        pub(crate) use crate::desk::Plan;
        #[cfg(test)]
        #[allow(unused, reason = "none")]
        mod tests { fn f() { crate::desk::plan(); } }
    "##;
    assert_eq!(offences(&[("src/model/a.rs", text)]), Vec::<String>::new());
}

#[test]
fn files_that_only_tests_see_are_exempt() {
    let declared = ("src/model/mod.rs", "#[cfg(test)]\nmod tests;\nmod deep;");
    let by_path = ("src/model/leaf.rs", "#[cfg(test)]\n#[path = \"leaf_tests.rs\"]\nmod tests;");
    let edge = "use crate::desk;";
    let tests = [("src/model/tests/more.rs", edge), ("src/model/leaf_tests.rs", edge)];
    let found = offences(&[declared, by_path, tests[0], tests[1], ("src/model/deep.rs", edge)]);
    assert_eq!(found, ["src/model/deep.rs:1: `model` names `crate::desk`"]);
}

#[test]
fn the_binary_names_nothing_of_the_library_by_crate() {
    let found =
        offences(&[("src/cli/a.rs", "use crate::cli::b; use hvsnap::Client; use crate::desk::Plan;")]);
    assert_eq!(found, ["src/cli/a.rs:1: `cli` names `crate::desk::Plan`"]);
}

#[test]
fn a_module_without_a_row_and_a_row_without_use_are_offences() {
    let sources =
        [Source::parse("src/fleet/mod.rs", ""), Source::parse("src/desk.rs", "use crate::model::M;")];
    let found: Vec<_> = edges(&sources, SMALL, &[]).iter().map(Offence::to_string).collect();
    let wanted = [
        "the table: `model` no longer names `wire::names`",
        "src/fleet/mod.rs: no table knows the module `fleet`",
    ];
    assert_eq!(found, wanted);
}

#[test]
fn a_confined_name_is_found_in_every_spelling() {
    let spellings = [
        "use std::net::TcpStream;",
        "use std::{fmt, net};",
        "use std as s; fn f() { s::net::lookup() }",
        "use std::*; fn f() { net::lookup() }",
        "use std::fmt; fn f() { std::net::TcpStream::connect(0) }",
        "fn f() { ::std::net::lookup() }",
    ];
    for spelling in spellings {
        let source = Source::parse("src/model/a.rs", spelling);
        assert_eq!(confinement(&[source], &[("std::net", &[])]).len(), 1, "{spelling}");
    }
    let harmless = "use std::{fmt, time::Duration}; fn f(net: u8) { fmt::net(); }";
    let table: Table<'_> = &[("std::net", &[]), ("std::time::Instant", &[])];
    assert_eq!(confinement(&[Source::parse("src/model/a.rs", harmless)], table), BTreeSet::new());
}
