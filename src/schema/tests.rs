//! Tests of the tables: names in any case, members in the order of the wire, keys, methods.

use super::*;

#[test]
fn a_class_is_found_whatever_the_case_of_its_name() {
    assert_eq!(class("MSVM_computersystem").unwrap().name, "Msvm_ComputerSystem");
    assert!(class("Msvm_Nothing").is_none());
}

#[test]
fn a_base_class_covers_its_derived_classes() {
    let jobs: Vec<_> = derived("CIM_ConcreteJob").map(|class| class.name).collect();
    assert_eq!(jobs, ["Msvm_ConcreteJob", "Msvm_StorageJob"]);
    assert!(!class("Msvm_StorageJob").unwrap().is_a("Msvm_ConcreteJob"));
    let superclasses: Vec<_> =
        class("Msvm_StorageJob").unwrap().superclasses().map(|class| class.name).collect();
    assert_eq!(
        superclasses,
        [
            "CIM_ConcreteJob",
            "CIM_Job",
            "CIM_LogicalElement",
            "CIM_ManagedSystemElement",
            "CIM_ManagedElement"
        ]
    );
}

#[test]
fn members_are_listed_once_and_in_the_order_of_the_wire() {
    for class in CLASSES {
        let names: Vec<_> = class.all_properties().iter().map(|p| p.name.to_ascii_lowercase()).collect();
        let mut sorted = names.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(names, sorted, "{}", class.name);
        for own in class.line() {
            let names: Vec<_> = own.own_properties.iter().map(|p| p.name.to_ascii_lowercase()).collect();
            assert!(names.is_sorted_by(|a, b| a < b), "{}: {names:?}", own.name);
        }
    }
}

#[test]
fn a_member_is_declared_anew_only_to_say_more() {
    for class in CLASSES {
        for own in class.line() {
            for property in own.own_properties {
                let inherited = own.superclass.and_then(|above| above.property(property.name));
                let Some(inherited) = inherited else { continue };
                assert_eq!(
                    (property.cim_type, property.array),
                    (inherited.cim_type, inherited.array),
                    "{}",
                    own.name
                );
                let more = property.key != inherited.key || property.values.is_some() || property.since > 0;
                assert!(more, "{}.{} stands twice", own.name, property.name);
            }
        }
    }
}

#[test]
fn every_class_but_embedded_ones_and_singletons_has_a_key() {
    let without = [names::ERROR, names::VIRTUAL_DISK_STATE, "Win32_OperatingSystem"];
    for class in CLASSES {
        assert_eq!(class.keys().count() == 0, without.contains(&class.name), "{}", class.name);
    }
}

#[test]
fn keys_are_those_of_object_paths_in_the_field() {
    let keys = |name| class(name).unwrap().keys().map(|key| key.name).collect::<Vec<_>>();
    assert_eq!(keys("Msvm_ComputerSystem"), ["CreationClassName", "Name"]);
    assert_eq!(keys("Msvm_VirtualSystemSettingData"), ["InstanceID"]);
    assert_eq!(
        keys("Msvm_VirtualSystemSnapshotService"),
        ["CreationClassName", "Name", "SystemCreationClassName", "SystemName"]
    );
    assert_eq!(
        keys("Msvm_ShutdownComponent"),
        ["CreationClassName", "DeviceID", "SystemCreationClassName", "SystemName"]
    );
    assert_eq!(keys("Win32_Processor"), ["DeviceID"]);
    assert_eq!(keys("Win32_Volume"), ["DeviceID"]);
    assert_eq!(keys("MSCluster_Resource"), ["Name"]);
    assert_eq!(keys("MSCluster_Node"), ["Name"]);
    assert_eq!(keys("Msvm_AffectedJobElement"), ["AffectedElement", "AffectingElement"]);
}

#[test]
fn a_method_has_its_parameters_in_order_and_is_inherited() {
    let create = class(names::SNAPSHOT_SERVICE).unwrap().method("createsnapshot").unwrap();
    let inputs: Vec<_> = create.inputs().map(|parameter| parameter.property.name).collect();
    assert_eq!(inputs, ["AffectedSystem", "SnapshotSettings", "SnapshotType", "ResultingSnapshot"]);
    let outputs: Vec<_> = create.outputs().map(|parameter| parameter.property.name).collect();
    assert_eq!(outputs, ["ResultingSnapshot", "Job"]);
    let settings = create.parameter("SnapshotSettings").unwrap();
    assert_eq!(settings.property.embedded, Some("Msvm_VirtualSystemSnapshotSettingData"));
    assert!(settings.optional && !create.parameter("AffectedSystem").unwrap().optional);
    assert_eq!(create.returns, Some(Family::Method));
    // The job's own method, not that of other elements.
    let job = class(names::STORAGE_JOB).unwrap().method(names::REQUEST_STATE_CHANGE).unwrap();
    assert_eq!(job.parameters.len(), 2);
    let vm = class(names::COMPUTER_SYSTEM).unwrap().method(names::REQUEST_STATE_CHANGE).unwrap();
    assert_eq!(vm.parameters.len(), 3);
    assert!(class(names::COMPUTER_SYSTEM).unwrap().method(names::DESTROY_SNAPSHOT).is_none());
}

#[test]
fn what_a_member_refers_to_is_a_class_of_cim_or_microsoft() {
    let members = CLASSES.iter().flat_map(|class| class.line()).flat_map(|class| {
        let parameters = class.own_methods.iter().flat_map(|method| method.parameters);
        class.own_properties.iter().chain(parameters.map(|parameter| &parameter.property))
    });
    for member in members {
        let is_reference = member.cim_type == CimType::Reference;
        assert_eq!(is_reference, member.reference.is_some(), "{}", member.name);
        let is_embeddable = matches!(member.cim_type, CimType::Object | CimType::String);
        assert!(member.embedded.is_none() || is_embeddable, "{}", member.name);
        for class in [member.reference, member.embedded].into_iter().flatten() {
            let is_known = ["CIM_", "Msvm_", "MSCluster_"].iter().any(|prefix| class.starts_with(prefix));
            assert!(is_known, "{class}");
        }
    }
}

#[test]
fn a_value_is_labelled_by_its_own_map_or_by_the_codes() {
    let label = |name, property, number| {
        class(name).unwrap().property(property).unwrap().values.unwrap().label(number)
    };
    assert_eq!(label(names::COMPUTER_SYSTEM, "EnabledState", 32769), Some("saved"));
    assert_eq!(label(names::SNAPSHOT_SERVICE, "EnabledState", 5), Some("not applicable"));
    assert_eq!(label(names::STORAGE_JOB, "JobState", 4), Some("running"));
    assert_eq!(label(names::STORAGE_JOB, "JobState", 4711), None);
}

#[test]
fn the_public_view_finds_classes_and_what_they_derive_from() {
    let vm = known_class("msvm_computersystem").unwrap();
    assert_eq!((vm.name(), vm.is_a("CIM_ManagedElement")), ("Msvm_ComputerSystem", true));
    assert_eq!(vm.keys().map(KnownMember::name).collect::<Vec<_>>(), ["CreationClassName", "Name"]);
    assert_eq!(vm.property("enabledstate").unwrap().label(32769), Some("saved"));
    let base = known_class("cim_concretejob").unwrap();
    assert_eq!((base.name(), base.is_whole(), vm.is_whole()), ("CIM_ConcreteJob", false, true));
    assert!(known_class("Win32_Service").is_none());
    let change = vm.method("requeststatechange").unwrap();
    let parameters: Vec<_> = change
        .parameters()
        .map(|parameter| (parameter.member().name(), parameter.is_input(), parameter.is_optional()))
        .collect();
    assert_eq!(
        parameters,
        [("RequestedState", true, false), ("Job", false, false), ("TimeoutPeriod", true, true)]
    );
    assert_eq!(change.returns(), Some(Family::Method));
}

#[test]
fn a_type_is_read_by_the_name_that_it_is_shown_with() {
    for cim_type in [CimType::Boolean, CimType::Char16, CimType::Uint64, CimType::Reference, CimType::Object]
    {
        assert_eq!(cim_type.to_string().to_uppercase().parse(), Ok(cim_type));
    }
    assert_eq!("int".parse::<CimType>(), Err(CimTypeError));
}
