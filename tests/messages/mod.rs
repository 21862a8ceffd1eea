//! Tests of whole messages, from exchange to bytes and back, without a socket.
//!
//! Requests are compared with golden files. Answers are composed of recorded parts (`fixtures/answers`), cut at every byte, and
//! damaged. Captures of real hosts are read if present. The tests use the exchanges as the client does, below the public API, so
//! the crate's root declares this folder as a module of its unit tests.

mod answers;
mod captures;
mod requests;
mod truncation;
mod twisted;

use std::{fs, path::PathBuf, time::Duration};

use crate::{
    Limits,
    cim::{ClassPath, Instance, Namespace, UriForm, decode},
    hyperv::{JobRecord, MethodResult},
    soap::MessageId,
    violation::ProtocolError,
    wsman::{
        AnswerError, Create, Delete, EndpointReference, Enumerate, EnumerationMode, Get, Identify, Identity,
        Invoke, Item, Page, Put, RequestOptions, RequestSettings, SelectorSet,
    },
    xml::Writer,
};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn fixture(name: &str) -> String {
    let path = root().join("fixtures/answers").join(format!("{name}.xml"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All answers, by name.
fn fixtures() -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = fs::read_dir(root().join("fixtures/answers"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap())
        })
        .collect();
    found.sort();
    found
}

fn id() -> MessageId {
    MessageId::from_random(0x0000_0000_0000_4000_8000_0000_0000_0001)
}

fn settings() -> RequestSettings {
    RequestSettings::new(&RequestOptions {
        to: "http://hv01.corp.example:5985/wsman",
        locale: "en-US",
        max_envelope_size: 512_000,
        operation_timeout: Duration::from_secs(60),
    })
    .unwrap()
}

fn path(class: Option<&str>, form: UriForm) -> ClassPath {
    ClassPath { namespace: Namespace::virtualization(), class: class.map(|name| name.parse().unwrap()), form }
}

fn reference(class: &str, key: &str, value: &str, form: UriForm) -> EndpointReference {
    let path = path(Some(class), form);
    EndpointReference::new(path.resource_uri(), path.selectors(SelectorSet::new().with(key, value)))
}

/// Reads the destroy's answer as the client does.
fn read_destroy(text: &str) -> Result<MethodResult, AnswerError> {
    let path = path(Some("Msvm_VirtualSystemSnapshotService"), UriForm::Wmi);
    let (uri, keys) = (path.resource_uri(), SelectorSet::new());
    let invoke = Invoke { resource_uri: &uri, selectors: &keys, method: "DestroySnapshot" };
    invoke.answer(text, &Limits::default(), &id(), |reader, element| {
        MethodResult::from_output(&decode::output(reader, element)?)
    })
}

fn read_job(text: &str) -> Result<JobRecord, AnswerError> {
    let job = reference("Msvm_ConcreteJob", "InstanceID", "5F0C2A7E", UriForm::Wmi);
    Get::of(&job).answer(text, &Limits::default(), &id(), |reader, element| {
        JobRecord::from_instance(&decode::instance(reader, element)?)
    })
}

fn read_created(text: &str) -> Result<EndpointReference, AnswerError> {
    Create::<fn(&mut Writer)>::answer(text, &Limits::default(), &id())
}

fn read_identify(text: &str) -> Result<Identity, AnswerError> {
    Identify::answer(text, &Limits::default())
}

type Taken = (Option<Instance<'static>>, Option<EndpointReference>);

/// A page in `mode`; its root shows whether it answers Enumerate or Pull.
fn read_page(text: &str, mode: EnumerationMode) -> Result<Page<Taken>, AnswerError> {
    let limits = Limits::default();
    let uri = path(None, UriForm::Wmi).resource_uri();
    let take = |item: Item<Instance<'_>>| -> Result<Taken, ProtocolError> {
        Ok((item.object.map(Instance::into_owned), item.reference))
    };
    if text.contains("EnumerateResponse>") {
        let selectors = SelectorSet::new();
        let exchange =
            Enumerate { resource_uri: &uri, selectors: &selectors, filter: None, mode, max_elements: 100 };
        exchange.answer(text, &limits, &id(), decode::instance, take)
    } else {
        let first = read_page(&fixture("enumerate-context-only"), EnumerationMode::Object).ok();
        let context = first.and_then(|page| page.next).unwrap();
        let exchange = crate::wsman::Pull { resource_uri: &uri, context: &context, mode, max_elements: 100 };
        exchange.answer(text, &limits, &id(), decode::instance, take)
    }
}

/// Reads a fixture with the reader for its name, and returns the result as text.
fn understand(name: &str, text: &str) -> Result<String, AnswerError> {
    let kind = name.split('-').next().unwrap_or_default();
    match kind {
        "destroy" => read_destroy(text).map(|result| format!("{result:?}")),
        "job" => read_job(text).map(|job| format!("{job:?}")),
        "identify" => read_identify(text).map(|identity| format!("{identity:?}")),
        "enumerate" | "pull" => {
            let mode = match name {
                "pull-references" => EnumerationMode::Reference,
                "pull-objects-and-references" => EnumerationMode::ObjectAndReference,
                _ => EnumerationMode::Object,
            };
            read_page(text, mode).map(|page| format!("{page:?}"))
        }
        "create" => read_created(text).map(|reference| format!("{reference:?}")),
        "put" => Put::<fn(&mut Writer)>::answer(text, &Limits::default(), &id()).map(|()| "put".to_owned()),
        "delete" => Delete::answer(text, &Limits::default(), &id()).map(|()| "deleted".to_owned()),
        // A fault can answer any request.
        "fault" => read_job(text).map(|job| format!("{job:?}")),
        other => panic!("no reader for fixtures called {other}-…"),
    }
}
