//! Golden requests: the bytes that go out, for fixed input. `HVSNAP_BLESS=1` writes them anew.

use std::{env, fs};

use super::{id, path, read_page, reference, root, settings};
use crate::{
    cim::{Datetime, Interval, UriForm, Value, Wql, encode},
    hyperv::{DestroyScope, MethodCall},
    wsman::{Enumerate, EnumerationMode, Filter, Get, Identify, Invoke, Pull, Release, SelectorSet},
};

fn golden(name: &str, request: &str) {
    let file = root().join("fixtures/requests").join(format!("{name}.xml"));
    let written = format!("{request}\n");
    // What we send must be XML that a namespace-aware reader takes.
    let limits = crate::Limits::default();
    let mut reader = crate::xml::Reader::new(request, &limits);
    reader.root().unwrap();
    reader.finish().unwrap();
    if env::var_os("HVSNAP_BLESS").is_some() {
        fs::write(&file, &written).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    assert_eq!(written, expected, "{name} differs from {}", file.display());
}

fn invoke(class: &str, form: UriForm, keys: SelectorSet, call: &MethodCall) -> String {
    let path = path(Some(class), form);
    let (uri, keys) = (path.resource_uri(), path.selectors(keys));
    let invoke = Invoke { resource_uri: &uri, selectors: &keys, method: call.method };
    let declarations = encode::declarations(call.parameters.iter().map(|(_, value)| value));
    let write = |writer: &mut crate::xml::Writer| {
        for (name, value) in &call.parameters {
            encode::property(writer, &format!("p:{name}"), value);
        }
    };
    invoke.request(&settings(), &id(), &declarations, write).unwrap()
}

fn service_keys() -> SelectorSet {
    SelectorSet::new()
        .with("CreationClassName", "Msvm_VirtualSystemSnapshotService")
        .with("Name", "vssnapsvc")
        .with("SystemCreationClassName", "Msvm_ComputerSystem")
        .with("SystemName", "HV01")
}

#[test]
fn reads_are_written_as_recorded_clients_write_them() {
    golden("identify", &Identify::request().unwrap());
    for (name, form) in [("get-job", UriForm::Wmi), ("get-job-dmtf", UriForm::Dmtf)] {
        let job = reference("Msvm_ConcreteJob", "InstanceID", "5F0C2A7E-0000-4000-8000-00000000000A", form);
        golden(name, &Get::of(&job).request(&settings(), &id()).unwrap());
    }
}

#[test]
fn enumerations_are_written_with_filters_modes_and_bounds() {
    let query = Wql::all("Msvm_VirtualSystemSettingData".parse().unwrap())
        .and_equals("VirtualSystemIdentifier", "1F2E")
        .unwrap()
        .and_equals("ElementName", "it's <a> & \\b")
        .unwrap();
    for (name, form) in [("enumerate-wql", UriForm::Wmi), ("enumerate-wql-dmtf", UriForm::Dmtf)] {
        let all = path(None, form);
        let (uri, selectors) = (all.resource_uri(), all.selectors(SelectorSet::new()));
        let filter = query.filter();
        let exchange = Enumerate {
            resource_uri: &uri,
            selectors: &selectors,
            filter: Some(&filter),
            mode: EnumerationMode::Object,
            max_elements: 100,
        };
        golden(name, &exchange.request(&settings(), &id()).unwrap());
    }
    let class = path(Some("Msvm_ComputerSystem"), UriForm::Wmi).resource_uri();
    let filter = Filter::Selectors(SelectorSet::new().with("ElementName", "web-01"));
    for (name, mode) in [
        ("enumerate-selectors-references", EnumerationMode::Reference),
        ("enumerate-selectors-both", EnumerationMode::ObjectAndReference),
    ] {
        let exchange = Enumerate {
            resource_uri: &class,
            selectors: &SelectorSet::new(),
            filter: Some(&filter),
            mode,
            max_elements: 7,
        };
        golden(name, &exchange.request(&settings(), &id()).unwrap());
    }
    let page = read_page(&super::fixture("enumerate-context-only"), EnumerationMode::Object);
    let context = page.ok().and_then(|page| page.next).unwrap();
    let all = path(None, UriForm::Wmi).resource_uri();
    let pull =
        Pull { resource_uri: &all, context: &context, mode: EnumerationMode::Object, max_elements: 100 };
    golden("pull", &pull.request(&settings(), &id()).unwrap());
    let release = Release { resource_uri: &all, context: &context };
    golden("release", &release.request(&settings(), &id()).unwrap());
}

#[test]
fn destroys_carry_an_unwrapped_reference_in_both_forms_and_scopes() {
    for (name, class, form, scope) in [
        ("invoke-destroy", "Msvm_VirtualSystemSnapshotService", UriForm::Wmi, DestroyScope::Single),
        ("invoke-destroy-cim-dmtf", "CIM_VirtualSystemSnapshotService", UriForm::Dmtf, DestroyScope::Single),
        ("invoke-destroy-tree", "Msvm_VirtualSystemSnapshotService", UriForm::Wmi, DestroyScope::Tree),
    ] {
        let snapshot = reference("Msvm_VirtualSystemSettingData", "InstanceID", "Microsoft:1F2E", form);
        let call = crate::hyperv::DestroyAction::call(scope, snapshot);
        let request = invoke(class, form, service_keys(), &call);
        assert!(!request.contains("EndpointReference"), "a Windows host refuses the wrapper");
        golden(name, &request);
    }
}

#[test]
fn other_parameters_are_written_by_type_and_null_ones_as_nil() {
    let call = MethodCall { method: "GetErrorEx", parameters: Vec::new() };
    let keys = || SelectorSet::new().with("InstanceID", "5F0C2A7E");
    golden("invoke-without-parameters", &invoke("Msvm_ConcreteJob", UriForm::Wmi, keys(), &call));
    let call = MethodCall {
        method: "RequestStateChange",
        parameters: vec![
            ("RequestedState", Value::Uint16(4)),
            (
                "TimeoutPeriod",
                Value::Datetime(Datetime::Interval(Interval::new(std::time::Duration::from_secs(90)))),
            ),
        ],
    };
    let call = MethodCall { parameters: [call.parameters, vec![("Nothing", Value::Null)]].concat(), ..call };
    golden("invoke-scalars", &invoke("Msvm_ConcreteJob", UriForm::Wmi, keys(), &call));
}
