//! Golden requests: the bytes sent for fixed input. `HVSNAP_BLESS=1` rewrites them.

use std::{env, fs};

use super::{id, path, read_page, reference, root, settings};
use crate::{
    cim::{Datetime, EmbeddedInstance, Instance, Interval, Timestamp, UriForm, Value, Wql, encode},
    hyperv::{
        Action, ApplyAction, Argument, Change, ClearAction, Consistency, CreateAction, DestroyAction,
        DestroyScope, EnableMergingAction, MergeExpectation, ModifyAction, SnapshotName, StateAction,
        StateChange,
    },
    wsman::{
        AssociatedInstances, AssociationInstances, Create, Delete, EndpointReference, Enumerate,
        EnumerationMode, Filter, Get, Identify, Invoke, OptionSet, Pull, Put, Release, SelectorSet,
    },
    xml::Writer,
};

fn golden(name: &str, request: &str) {
    let file = root().join("fixtures/requests").join(format!("{name}.xml"));
    let written = format!("{request}\n");
    // Every request must be XML that a namespace-aware reader accepts.
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

/// A method with its parameters.
struct MethodCall {
    method: &'static str,
    parameters: Vec<(&'static str, Value)>,
}

fn invoke(class: &str, form: UriForm, keys: SelectorSet, call: &MethodCall) -> String {
    let path = path(Some(class), form);
    let (uri, keys) = (path.resource_uri(), path.selectors(keys));
    let invoke = Invoke { resource_uri: &uri, selectors: &keys, method: call.method };
    let declarations = encode::declarations(call.parameters.iter().map(|(_, value)| value));
    let write = |writer: &mut Writer| {
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

fn target() -> SnapshotName {
    SnapshotName { id: "Microsoft:1F2E".to_owned(), name: "base".to_owned() }
}

/// The call of an action, with its references.
fn call_of(action: &Action, form: UriForm) -> MethodCall {
    let call = action.judged().call();
    let value = |(name, argument): (&'static str, Argument)| {
        let value = match argument {
            Argument::Settings(id) => {
                Value::Reference(reference("Msvm_VirtualSystemSettingData", "InstanceID", &id, form))
            }
            Argument::Vm => Value::Reference(reference("Msvm_ComputerSystem", "Name", VM, form)),
            Argument::Value(value) => value,
        };
        (name, value)
    };
    MethodCall { method: call.method, parameters: call.parameters.into_iter().map(value).collect() }
}

const VM: &str = "9B1DEB4D-0000-4000-8000-0000000000A1";

#[test]
fn the_calls_of_a_snapshots_life_are_written_in_the_order_of_the_schema() {
    let service = "Msvm_VirtualSystemSnapshotService";
    let create = |consistency| Action::Create(CreateAction { kept: Vec::new(), consistency });
    let apply = ApplyAction { target: target(), kept: Vec::new(), was_current: false, files: None };
    let change = Change::default().name("before <upgrade> & \"more\"").notes("first\nsecond");
    let modify = ModifyAction { target: target(), change, kept: Vec::new() };
    let state = |change| Action::State(StateAction { change, force: true });
    let enable_merging = EnableMergingAction { setting: format!("Microsoft:{VM}\\DeviceSpecificData") };
    for (name, class, action) in [
        ("invoke-create", service, create(None)),
        ("invoke-create-consistency", service, create(Some(Consistency::Crash))),
        ("invoke-apply", service, Action::Apply(apply)),
        ("invoke-clear", service, Action::Clear(ClearAction { target: target(), kept: Vec::new() })),
        ("invoke-modify", "Msvm_VirtualSystemManagementService", Action::Modify(modify)),
        ("invoke-state", "Msvm_ComputerSystem", state(StateChange::Save)),
        (
            "invoke-enable-merging",
            "Msvm_VirtualSystemManagementService",
            Action::EnableMerging(enable_merging),
        ),
        ("invoke-shutdown", "Msvm_ShutdownComponent", state(StateChange::Shutdown)),
    ] {
        golden(name, &invoke(class, UriForm::Wmi, service_keys(), &call_of(&action, UriForm::Wmi)));
    }
}

#[test]
fn destroys_carry_an_unwrapped_reference_in_both_forms_and_scopes() {
    for (name, class, form, scope) in [
        ("invoke-destroy", "Msvm_VirtualSystemSnapshotService", UriForm::Wmi, DestroyScope::Single),
        ("invoke-destroy-cim-dmtf", "CIM_VirtualSystemSnapshotService", UriForm::Dmtf, DestroyScope::Single),
        ("invoke-destroy-tree", "Msvm_VirtualSystemSnapshotService", UriForm::Wmi, DestroyScope::Tree),
    ] {
        let action = Action::Destroy(DestroyAction {
            scope,
            destroyed: vec![target()],
            kept: Vec::new(),
            merge: MergeExpectation::None,
            merging: None,
        });
        let call = call_of(&action, form);
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

/// An instance with a text that needs escapes, an array, a null, a datetime and a reference.
fn settings_of(snapshot: &EndpointReference) -> Instance<'static> {
    Instance::new(&"Msvm_VirtualSystemSettingData".parse().unwrap())
        .with("ElementName", "a <b> & c")
        .with("Notes", Value::Array(vec!["one".into(), "two".into()]))
        .with("Caption", Value::Null)
        .with("CreationTime", Datetime::Timestamp(Timestamp::from_unix_micros(1_790_000_000_000_000)))
        .with("Parent", snapshot.clone())
}

#[test]
fn transfers_carry_the_instance_in_the_namespace_of_its_class() {
    let target = reference("Msvm_VirtualSystemSettingData", "InstanceID", "Microsoft:1F2E", UriForm::Wmi);
    let uri = target.resource_uri.clone();
    let instance = settings_of(&target);
    let write = |writer: &mut Writer| encode::instance(writer, uri.as_str(), &instance);
    let put = Put { target: &target, property: None, declarations: &encode::OF_INSTANCES, write };
    golden("put", &put.request(&settings(), &id()).unwrap());
    let none = SelectorSet::new();
    let declarations = &encode::OF_INSTANCES;
    let create = Create { resource_uri: &uri, selectors: &none, declarations, write };
    golden("create", &create.request(&settings(), &id()).unwrap());
    golden("delete", &Delete { target: &target }.request(&settings(), &id()).unwrap());
}

#[test]
fn a_fragment_is_one_property_by_its_name() {
    let target = reference("Msvm_VirtualSystemSettingData", "InstanceID", "Microsoft:1F2E", UriForm::Wmi);
    let get = Get::of(&target).part("ElementName");
    golden("get-fragment", &get.request(&settings(), &id()).unwrap());
    let value = Value::Array(vec!["one".into(), "two".into()]);
    let write = |writer: &mut Writer| encode::fragment(writer, target.resource_uri.as_str(), "Notes", &value);
    let put = Put { target: &target, property: Some("Notes"), declarations: &[], write };
    golden("put-fragment", &put.request(&settings(), &id()).unwrap());
}

#[test]
fn association_filters_carry_the_object_and_what_narrows_them() {
    let vm = reference("Msvm_ComputerSystem", "Name", "1F2E", UriForm::Wmi);
    let associated = AssociatedInstances::of(vm.clone())
        .association_class("Msvm_SnapshotOfVirtualSystem")
        .role("Antecedent")
        .result_class("Msvm_VirtualSystemSettingData")
        .result_role("Dependent");
    let associations = AssociationInstances::of(vm).result_class("Msvm_SnapshotOfVirtualSystem");
    let all = path(None, UriForm::Wmi).resource_uri();
    for (name, filter) in [
        ("enumerate-associated", Filter::Associated(associated)),
        ("enumerate-associations", Filter::Associations(associations.role("Antecedent"))),
    ] {
        let exchange = Enumerate {
            resource_uri: &all,
            selectors: &SelectorSet::new(),
            filter: Some(&filter),
            mode: EnumerationMode::Object,
            max_elements: 100,
        };
        golden(name, &exchange.request(&settings(), &id()).unwrap());
    }
}

#[test]
fn options_go_with_every_request_and_must_be_understood_if_one_is_required() {
    let job = reference("Msvm_ConcreteJob", "InstanceID", "5F0C2A7E", UriForm::Wmi);
    let request = |options: &OptionSet| {
        Get::of(&job).request(&settings().with_options(options).unwrap(), &id()).unwrap()
    };
    let options = OptionSet::new().with("wmi:__ProviderArchitecture", "64");
    assert!(request(&options).contains("<w:OptionSet s:mustUnderstand=\"false\">"));
    golden("get-options", &request(&options.with_required("wmi:a & b", "<true>")));
    let none = Get::of(&job).request(&settings(), &id()).unwrap();
    assert_eq!(request(&OptionSet::new()), none, "an empty set is no header");
}

#[test]
fn parameters_of_every_type_are_written_in_the_forms_of_the_wire() {
    let snapshot = reference("Msvm_VirtualSystemSettingData", "InstanceID", "Microsoft:1F2E", UriForm::Wmi);
    let embedded = EmbeddedInstance::new("Msvm_VirtualSystemSettingData".parse().unwrap())
        .with("ElementName", "a & b")
        .unwrap();
    let time = Timestamp::from_unix_micros(1_790_000_000_000_000);
    let parameters = vec![
        ("Boolean", true.into()),
        ("Char16", Value::Char16(65)),
        ("Real32", 1.5_f32.into()),
        ("Real64", f64::NEG_INFINITY.into()),
        ("Sint8", i8::MIN.into()),
        ("Sint16", i16::MIN.into()),
        ("Sint32", i32::MIN.into()),
        ("Sint64", i64::MIN.into()),
        ("Uint8", u8::MAX.into()),
        ("Uint16", u16::MAX.into()),
        ("Uint32", u32::MAX.into()),
        ("Uint64", u64::MAX.into()),
        ("String", "a <b> & c".into()),
        ("Array", Value::Array(vec![0_u32.into(), 1_u32.into()])),
        ("EmptyArray", Value::Array(Vec::new())),
        ("Null", Value::Null),
        ("Datetime", Datetime::Timestamp(time).into()),
        ("Interval", Datetime::Interval(Interval::new(std::time::Duration::from_secs(90))).into()),
        ("Unspecified", Datetime::Unspecified.into()),
        ("Reference", snapshot.clone().into()),
        ("References", Value::Array(vec![snapshot.clone().into(), snapshot.clone().into()])),
        ("Object", Value::Object(Box::new(settings_of(&snapshot)))),
        ("Embedded", embedded.into()),
    ];
    let call = MethodCall { method: "Everything", parameters };
    let request = invoke("Msvm_VirtualSystemManagementService", UriForm::Wmi, service_keys(), &call);
    golden("invoke-every-type", &request);
}
