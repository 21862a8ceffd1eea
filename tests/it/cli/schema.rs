//! Holds every JSON document that the tests see against the schema that `hvsnap schema` prints, more strictly than a reader:
//! a field that the schema does not know is an error.

use std::{
    collections::HashMap,
    ffi::OsStr,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::cli::Bench;

/// The published schema.
static WHOLE: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../src/cli/schema/hvsnap-1.json")).unwrap());

/// The same, which knows every field.
static STRICT: LazyLock<Value> = LazyLock::new(|| {
    let mut strict = WHOLE.clone();
    each(&mut strict, false);
    strict
});

/// The validators of the definitions, made when they are first needed.
static MADE: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// Other words for commands.
const ALIASES: [(&str, &str); 5] = [
    ("checkpoint", "snapshot"),
    ("take", "create"),
    ("revert", "apply"),
    ("delete", "destroy"),
    // Of `cim`.
    ("list", "enumerate"),
];

/// Closes a schema, and those in it; `is_value` if it is that of a whole value.
fn each(schema: &mut Value, is_value: bool) {
    let Some(members) = schema.as_object_mut() else { return };
    for (key, inner) in members.iter_mut() {
        match (key.as_str(), inner) {
            ("properties", Value::Object(named)) => named.values_mut().for_each(|inner| each(inner, true)),
            ("$defs", Value::Object(named)) => named.values_mut().for_each(|inner| each(inner, false)),
            ("items" | "additionalProperties", inner) => each(inner, true),
            ("anyOf" | "oneOf" | "allOf", Value::Array(several)) => {
                several.iter_mut().for_each(|inner| each(inner, false));
            }
            _ => {}
        }
    }
    let is_object =
        ["$ref", "properties", "anyOf", "oneOf", "allOf"].iter().any(|key| members.contains_key(*key));
    if is_value && is_object {
        members.insert("unevaluatedProperties".to_owned(), json!(false));
    }
}

fn validator(definition: &str) -> Arc<Validator> {
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let make = || {
        let schema = json!({
            "$schema": STRICT["$schema"],
            "$ref": format!("#/$defs/{definition}"),
            "unevaluatedProperties": false,
            "$defs": STRICT["$defs"],
        });
        Arc::new(jsonschema::validator_for(&schema).unwrap())
    };
    Arc::clone(made.entry(definition.to_owned()).or_insert_with(make))
}

fn is_known(definition: &str) -> bool {
    let documents = WHOLE["anyOf"].as_array().unwrap();
    documents.iter().any(|known| known["$ref"] == format!("#/$defs/{definition}"))
}

/// The definition for the command in these arguments.
fn definition(arguments: &[String]) -> Option<String> {
    let other =
        |word: &str| ALIASES.iter().find(|(alias, _)| *alias == word).map(|(_, word)| (*word).to_owned());
    let readings = |word: &String| [Some(word.clone()), other(word)].into_iter().flatten();
    let pairs = arguments.iter().enumerate().find_map(|(at, noun)| {
        let verb = arguments.get(at + 1);
        let both = readings(noun).flat_map(|noun| {
            let verbs = verb.into_iter().flat_map(readings);
            verbs.map(move |verb| format!("{noun}-{verb}")).collect::<Vec<_>>()
        });
        both.chain([noun.clone()]).find(|name| is_known(name))
    });
    pairs.filter(|name| name != "error" && name != "progress")
}

/// Fails unless all JSON documents in the output of a command are as its schema says. Other output is left alone.
#[track_caller]
pub(crate) fn holds<'a>(arguments: impl IntoIterator<Item = &'a OsStr>, stdout: &str) {
    if !is_ours(stdout) {
        return;
    }
    let arguments: Vec<String> =
        arguments.into_iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let command = definition(&arguments);
    for document in serde_json::Deserializer::from_str(stdout).into_iter::<Value>() {
        let document = document.unwrap_or_else(|error| panic!("{arguments:?}: {error} in {stdout}"));
        let definition = match document["type"].as_str() {
            Some(line @ ("error" | "progress")) => line,
            None if document.get("error").is_some() => "error",
            _ => command.as_deref().unwrap_or_else(|| panic!("no schema for {arguments:?}: {document:#}")),
        };
        assert_valid(definition, &document);
    }
}

/// The same for the output of any command.
#[track_caller]
pub(crate) fn holds_any(stdout: &str) {
    if is_ours(stdout) {
        for document in serde_json::Deserializer::from_str(stdout).into_iter::<Value>() {
            let document = document.unwrap_or_else(|error| panic!("{error} in {stdout}"));
            let names = WHOLE["anyOf"].as_array().unwrap().iter();
            let mut names = names.filter_map(|name| name["$ref"].as_str()?.strip_prefix("#/$defs/"));
            assert!(names.any(|name| is_valid(name, &document)), "{document:#}");
        }
    }
}

/// True for JSON documents of this program.
fn is_ours(stdout: &str) -> bool {
    stdout.starts_with("{\n  \"schema\": \"") || stdout.starts_with("{\"schema\": \"")
}

#[track_caller]
fn assert_valid(definition: &str, document: &Value) {
    let validator = validator(definition);
    let errors: Vec<_> = validator
        .iter_errors(document)
        .map(|error| format!("{} at {}: {error:?}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{definition}: {errors:#?}\n{document:#}");
}

fn is_valid(definition: &str, document: &Value) -> bool {
    validator(definition).is_valid(document)
}

#[tokio::test]
async fn a_field_that_the_schema_does_not_know_or_misses_is_an_error() {
    let bench = Bench::new().await;
    let dry = [
        "snapshot",
        "destroy",
        "auto-01",
        "auto-01 - Backup - (3/9/2026 - 2:00:00 AM)",
        "--dry-run",
        "-o",
        "json",
    ];
    let plan = bench.run(&dry).await.json();
    let list = bench.run(&["vm", "list", "-o", "json"]).await.json();
    let failed = bench.run(&["vm", "show", "missing", "-o", "json"]).await.json();
    let instance =
        bench.run(&["cim", "query", "SELECT * FROM Msvm_ComputerSystem", "-o", "json"]).await.json();
    for (definition, document, places) in [
        ("snapshot-destroy", &plan, &["", "/plan", "/plan/vm", "/plan/cost", "/plan/cautions/0"][..]),
        ("vm-list", &list, &["", "/vms/0", "/vms/0/state"]),
        ("error", &failed, &["", "/error"]),
        ("cim-query", &instance, &["", "/instances/0"]),
    ] {
        assert_valid(definition, document);
        for place in places {
            let mut changed = document.clone();
            let object = changed.pointer_mut(place).unwrap_or_else(|| panic!("no {place} in {document:#}"));
            object["unheard_of"] = json!(1);
            assert!(!is_valid(definition, &changed), "{definition} {place:?}");
        }
        let mut changed = document.clone();
        changed.as_object_mut().unwrap().remove("warnings");
        assert!(!is_valid(definition, &changed), "{definition}");
    }
    // A reader of the published schema passes over fields that it does not know.
    let mut later = plan.clone();
    later["unheard_of"] = json!(1);
    assert!(jsonschema::validator_for(&WHOLE).unwrap().is_valid(&later));
}

#[tokio::test]
async fn the_schema_is_printed_as_a_whole_and_by_command() {
    let bench = Bench::new().await;
    let whole: Value = serde_json::from_str(&bench.bare_run(&["schema"]).await.stdout).unwrap();
    assert_eq!(whole, *WHOLE);
    let names = bench.bare_run(&["schema", "--list"]).await.stdout;
    assert!(names.lines().count() > 30 && names.contains("snapshot-list\n"), "{names}");
    for name in names.lines() {
        let words = ["schema"].into_iter().chain(name.splitn(2, '-')).collect::<Vec<_>>();
        let ran = bench.bare_run(&words).await;
        ran.shows(0, &["https://json-schema.org/draft/2020-12/schema", "urn:hvsnap:schema:1"]);
    }
    let one: Value =
        serde_json::from_str(&bench.bare_run(&["schema", "vm", "list", "-o", "jsonl"]).await.stdout).unwrap();
    let list = bench.run(&["vm", "list", "-o", "json"]).await.json();
    let validator = jsonschema::validator_for(&one).unwrap();
    assert!(validator.is_valid(&list) && !validator.is_valid(&json!({"schema": "hvsnap/1"})));
    let [alias, name] =
        [["checkpoint", "take"], ["snapshot", "create"]].map(|words| [&["schema"][..], &words].concat());
    assert_eq!(bench.bare_run(&alias).await.stdout, bench.bare_run(&name).await.stdout);
    bench.bare_run(&["schema", "sim", "serve"]).await.shows(2, &["prints JSON", "hvsnap schema --list"]);
    bench.bare_run(&["schema", "--host", "hv01"]).await.shows(2, &["talks to no host"]);
}
