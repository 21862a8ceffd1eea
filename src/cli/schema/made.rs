//! Makes the schema from the types of the documents: one table of all commands that print JSON.

use std::{env, fs, path::Path};

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::{TEXT, definition, names, part, references};
use crate::cli::{
    answer::{Item, SCHEMA},
    args,
    commands::{
        cim, doctor, explain, identify, job, journal, man, many, merge, profile, resume,
        snapshot::{self, modify},
        steps,
        vm::{self, state},
    },
    report,
    view::{OperationView, ProgressView, VmView},
};

/// One form of a command's documents.
struct Form {
    /// The name of its definition, if several commands have it.
    shared: Option<&'static str>,
    body: fn(&mut SchemaGenerator) -> Value,
    list: Option<List>,
}

/// The items of a list.
struct List {
    field: &'static str,
    line: &'static str,
    item: fn(&mut SchemaGenerator) -> Value,
}

/// A document with this body.
fn one<T: JsonSchema>() -> Form {
    Form { shared: None, body: |generator| T::json_schema(generator).to_value(), list: None }
}

/// A list with this head and these items.
fn list<H: JsonSchema, I: JsonSchema + Item>() -> Form {
    let item = |generator: &mut SchemaGenerator| generator.subschema_for::<I>().to_value();
    Form { list: Some(List { field: I::FIELD, line: I::TYPE, item }), ..one::<H>() }
}

/// The result of steps, or of their dry run.
fn operation() -> Form {
    Form { shared: Some("operation"), ..one::<steps::Body<'static>>() }
}

/// The commands that print JSON, and the forms of what they print.
fn table() -> Vec<(&'static str, Vec<Form>)> {
    let record = || Form { shared: Some("record"), ..one::<journal::OneBody>() };
    let state = || vec![operation(), Form { shared: Some("vm-as-it-is"), ..one::<state::AsItIs>() }];
    let notes = || Form { shared: Some("snapshot-notes-shown"), ..one::<modify::Shown>() };
    let instances =
        || vec![Form { shared: Some("cim-list"), ..list::<cim::ListHead, cim::view::InstanceView>() }];
    let many = || Form { shared: Some("destroy-of-many"), ..one::<many::Body>() };
    let job = || Form { shared: Some("job"), ..one::<job::Body>() };
    vec![
        ("identify", vec![one::<identify::Body>()]),
        ("doctor", vec![one::<doctor::Body>()]),
        ("vm list", vec![list::<vm::list::Head, VmView>()]),
        ("vm show", vec![one::<vm::show::Body>()]),
        ("vm checkpoints", vec![operation(), one::<vm::checkpoints::Body>()]),
        ("vm start", state()),
        ("vm stop", state()),
        ("vm shutdown", state()),
        ("vm save", state()),
        ("vm pause", state()),
        ("vm resume", state()),
        (
            "snapshot list",
            vec![
                list::<snapshot::ListHead, snapshot::list::Listed>(),
                list::<snapshot::list::HostHead, snapshot::list::Listed>(),
            ],
        ),
        ("snapshot tree", vec![one::<snapshot::TreeBody>()]),
        ("snapshot show", vec![one::<snapshot::show::Body>()]),
        ("snapshot create", vec![operation()]),
        ("snapshot apply", vec![operation()]),
        ("snapshot rename", vec![operation(), notes()]),
        ("snapshot notes", vec![operation(), notes()]),
        ("snapshot clear-state", vec![operation()]),
        ("snapshot destroy", vec![operation(), many()]),
        ("prune", vec![many()]),
        ("job list", vec![list::<job::list::Head, job::list::Listed>()]),
        ("job show", vec![job()]),
        ("job wait", vec![job()]),
        ("job cancel", vec![one::<job::cancel::Body<'static>>()]),
        ("merge list", vec![list::<merge::list::Head, merge::list::VmView>()]),
        ("merge show", vec![operation(), one::<merge::show::Body>(), one::<merge::enable::AsItIs>()]),
        ("cim get", vec![one::<cim::get::Body>()]),
        ("cim enumerate", instances()),
        ("cim query", instances()),
        ("cim associators", instances()),
        ("cim invoke", vec![one::<cim::invoke::Body>()]),
        ("resume", vec![one::<resume::Body>()]),
        ("journal list", vec![list::<journal::list::Head, OperationView>()]),
        ("journal show", vec![record()]),
        ("journal close", vec![record()]),
        ("journal prune", vec![one::<journal::prune::Body>()]),
        ("profile list", vec![list::<profile::list::Head, profile::list::ProfileView>()]),
        ("profile test", vec![one::<profile::test::Body>()]),
        ("man", vec![one::<man::Body>()]),
        ("explain", vec![one::<explain::Body<'static>>()]),
        ("demo", vec![operation()]),
    ]
}

/// The commands that print no document of this schema.
const OTHERS: [&str; 3] = ["schema", "sim serve", "completions"];

const ID: &str = "urn:hvsnap:schema:1";

const PROMISE: &str = "All JSON documents of hvsnap. Within hvsnap/1 fields are only added, never removed or changed in \
    meaning; a reader ignores fields that it does not know. Enumerations may get further values. Null means that there is none or \
    that it is not known, as the field says. With --output json a \
    command prints one document; with --output jsonl documents of one line each, with a field `type`.";

/// The whole schema.
fn whole() -> Value {
    let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut defs = Map::new();
    let mut all = Vec::new();
    for (command, forms) in table() {
        let name = definition(&command.split(' ').collect::<Vec<_>>());
        let mut schemas = Vec::new();
        for form in forms {
            let made = documents(&mut generator, &form);
            match form.shared {
                None => schemas.extend(made),
                Some(shared) => {
                    defs.insert(shared.to_owned(), any_of(made));
                    schemas.push(reference(shared));
                }
            }
        }
        let mut schema = any_of(schemas);
        schema["title"] = json!(format!("hvsnap {command}"));
        defs.insert(name.clone(), schema);
        all.push(name);
    }
    let line = |schema: Value, line: &str, text: &str| {
        let mut schema = described(schema, text);
        typed(&mut schema, line, true);
        schema
    };
    let progress = line(
        ProgressView::json_schema(&mut generator).to_value(),
        "progress",
        "Progress, as a line of --output jsonl.",
    );
    let body = report::Body::json_schema(&mut generator).to_value();
    let mut error = described(document(body), "A failure of any command.");
    typed(&mut error, "error", false);
    for (name, schema) in [("progress", progress), ("error", error)] {
        defs.insert(name.to_owned(), schema);
        all.push(name.to_owned());
    }
    for (name, schema) in generator.take_definitions(true) {
        assert!(defs.insert(name.clone(), schema).is_none(), "two definitions of {name}");
    }
    let mut whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": SCHEMA,
        "description": PROMISE,
        "anyOf": all.iter().map(|name| reference(name)).collect::<Vec<_>>(),
        "$defs": defs,
    });
    each(&mut whole, &mut tidy);
    whole
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn any_of(mut schemas: Vec<Value>) -> Value {
    if schemas.len() == 1 { schemas.remove(0) } else { json!({ "anyOf": schemas }) }
}

/// The documents and lines of one form.
fn documents(generator: &mut SchemaGenerator, form: &Form) -> Vec<Value> {
    let head = (form.body)(generator);
    let Some(list) = &form.list else {
        let mut result = described(
            document(head),
            "The document of --output json; with jsonl one line of the type `result`.",
        );
        typed(&mut result, "result", false);
        return vec![result];
    };
    let item = (list.item)(generator);
    let mut whole = document(head.clone());
    let items = json!({ "type": "array", "items": item, "description": "The items of the list." });
    property(&mut whole, list.field, items, true);
    let mut end = document(head);
    typed(&mut end, "end", true);
    let count = json!({ "type": "integer", "minimum": 0, "description": "The number of items." });
    property(&mut end, "count", count, true);
    for (field, schema) in [
        (
            "complete",
            json!({ "type": "boolean", "description": "False if something is left out; the warnings say why." }),
        ),
        (
            "exit_code",
            json!({ "type": "integer", "minimum": 0, "maximum": 255, "description": "The exit code of the command." }),
        ),
    ] {
        if end["properties"].get(field).is_none() {
            property(&mut end, field, schema, true);
        }
    }
    let mut line = item;
    line["type"] = json!("object");
    property(&mut line, "schema", schema_name(), true);
    typed(&mut line, list.line, true);
    vec![
        described(whole, "The document of --output json."),
        described(line, "An item, as a line of --output jsonl."),
        described(end, "The last line of --output jsonl."),
    ]
}

/// A body with what all documents have.
fn document(mut body: Value) -> Value {
    property(&mut body, "schema", schema_name(), true);
    let warnings = json!({
        "type": "array",
        "items": { "type": "string" },
        "description": "The warnings of the run, which are on stderr too.",
    });
    property(&mut body, "warnings", warnings, true);
    let node =
        json!({ "type": "string", "description": "The cluster node of the VM; left out without --cluster." });
    property(&mut body, "node", node, false);
    body
}

fn schema_name() -> Value {
    json!({ "const": SCHEMA, "description": "The schema of the document." })
}

/// Adds the type of a line; a document that is no line has none.
fn typed(schema: &mut Value, line: &str, is_required: bool) {
    if schema["properties"].get("schema").is_none() {
        property(schema, "schema", schema_name(), true);
    }
    let text =
        if is_required { "The type of the line." } else { "The type of the line, with --output jsonl." };
    property(schema, "type", json!({ "const": line, "description": text }), is_required);
}

fn property(schema: &mut Value, name: &str, of: Value, is_required: bool) {
    if schema.get("properties").is_none() {
        schema["properties"] = json!({});
    }
    schema["properties"][name] = of;
    if is_required {
        if schema.get("required").is_none() {
            schema["required"] = json!([]);
        }
        schema["required"].as_array_mut().unwrap().push(json!(name));
    }
}

fn described(mut schema: Value, text: &str) -> Value {
    schema["description"] = json!(text);
    schema
}

/// Calls `visit` for a schema and all schemas in it.
fn each(schema: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    let Some(members) = schema.as_object_mut() else { return };
    visit(members);
    for (key, value) in members {
        match (key.as_str(), value) {
            ("properties" | "$defs", Value::Object(named)) => {
                named.values_mut().for_each(|inner| each(inner, visit));
            }
            ("items" | "additionalProperties", inner) => each(inner, visit),
            ("anyOf" | "oneOf" | "allOf", Value::Array(several)) => {
                several.iter_mut().for_each(|inner| each(inner, visit));
            }
            _ => {}
        }
    }
}

/// A field that may be left out is never null, unless it says so. The formats of Rust's numbers tell a reader nothing.
fn tidy(members: &mut Map<String, Value>) {
    let is_number =
        |format: &str| format.starts_with("uint") || format.starts_with("int") || format == "double";
    if members.get("format").and_then(Value::as_str).is_some_and(is_number) {
        members.remove("format");
    }
    let required = members.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let Some(Value::Object(properties)) = members.get_mut("properties") else { return };
    for (name, property) in properties {
        let Some(members) = property.as_object_mut() else { continue };
        if members.contains_key("const") {
            // The tag of a plan, which is no field of its type.
            members.entry("description").or_insert_with(|| json!("The kind of the plan."));
        }
        let is_nullable = members.remove("nullable").is_some();
        if !required.contains(&json!(name)) && !is_nullable {
            without_null(property);
        }
    }
}

fn without_null(property: &mut Value) {
    let Some(members) = property.as_object_mut() else { return };
    if let Some(Value::Array(types)) = members.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            members.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(values)) = members.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    if let Some(Value::Array(mut schemas)) = members.remove("anyOf") {
        schemas.retain(|schema| schema.get("type") != Some(&json!("null")));
        match (schemas.len(), schemas.pop()) {
            (1, Some(Value::Object(only))) => members.extend(only),
            (_, last) => {
                schemas.extend(last);
                members.insert("anyOf".to_owned(), Value::Array(schemas));
            }
        }
    }
}

#[test]
fn the_schema_is_that_of_the_types() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/schema/hvsnap-1.json");
    let made = format!("{:#}\n", whole());
    if env::var_os("HVSNAP_BLESS").is_some() {
        fs::write(&file, &made).unwrap();
    }
    // Read anew: the embedded text is that of the build.
    let written = fs::read_to_string(&file).unwrap();
    let first = made.lines().zip(written.lines()).find(|(made, written)| made != written);
    assert!(made == written, "{} differs from the types at {first:?}; see HVSNAP_BLESS", file.display());
    jsonschema::meta::validate(&whole()).unwrap();
}

#[test]
fn every_field_is_described() {
    let mut described = 0;
    each(&mut whole(), &mut |members| {
        let properties = members.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            let text = property["description"].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{name} has no description in {members:#?}");
            assert!(text.chars().count() <= 200, "{name}: {text}");
            described += 1;
        }
    });
    assert!(described > 300, "{described}");
}

/// All commands that have no subcommands.
fn leaves(command: &clap::Command, path: &str, found: &mut Vec<String>) {
    if !command.has_subcommands() {
        found.push(path.trim_start().to_owned());
    }
    for inner in command.get_subcommands() {
        leaves(inner, &format!("{path} {}", inner.get_name()), found);
    }
}

#[test]
fn every_command_is_in_the_table_or_prints_no_document() {
    let mut commands = Vec::new();
    leaves(&args::grammar(), "", &mut commands);
    let table: Vec<_> = table().into_iter().map(|(command, _)| command).collect();
    for command in &commands {
        let (is_in, is_other) = (table.contains(&command.as_str()), OTHERS.contains(&command.as_str()));
        assert!(is_in != is_other, "{command:?} is in neither list or in both");
    }
    #[cfg(feature = "sim")]
    for command in table.iter().chain(&OTHERS) {
        assert!(commands.iter().any(|known| known == command), "there is no command {command:?}");
    }
}

#[test]
fn a_part_holds_what_it_needs_and_nothing_else() {
    let whole: Value = serde_json::from_str(TEXT).unwrap();
    assert!(names(&whole).len() > 35);
    for name in names(&whole) {
        let part = part(&whole, name).unwrap();
        jsonschema::meta::validate(&part).unwrap();
        let defs = part.get("$defs").and_then(Value::as_object).cloned().unwrap_or_default();
        let mut needed = references(&part);
        needed.sort();
        needed.dedup();
        assert_eq!(needed, defs.keys().cloned().collect::<Vec<_>>(), "{name}");
        assert_eq!(part["$id"], format!("{ID}:{name}"));
    }
    assert_eq!(part(&whole, "VmView"), None);
}
