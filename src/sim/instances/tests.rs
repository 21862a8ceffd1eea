//! Tests of the model as instances: complete, typed by the schema, and visible only to users with the right.

use std::time::Duration;

use super::*;
use crate::{
    schema::{self, CimType},
    sim::{
        instance::{Scalar, Value},
        lab::Lab,
        model::Scope,
        wql,
    },
};

fn host() -> Host {
    let start = Duration::from_secs(1_795_424_400);
    let lab = Lab::parse(include_str!("../../../fixtures/lab/two-branches.toml")).unwrap();
    let mut host = Host::new(&lab, 7, start);
    let id = |host: &Host, vm, snapshot| host.find_snapshot(host.find_vm(vm).unwrap(), snapshot).unwrap();
    let failing = id(&host, "broken-01", "fails");
    let merging = id(&host, "app-01", "middle");
    host.destroy(&failing, Scope::Single, "LAB\\operator");
    host.destroy(&merging, Scope::Single, "LAB\\operator");
    host.advance(start + Duration::from_secs(3));
    host
}

fn view(host: &Host) -> View<'_> {
    View { host, node: host.nodes.at(0), namespace: Namespace::Virtualization, rights: Rights::Administrator }
}

fn node_of_a_cluster() -> Host {
    let lab = Lab::parse(include_str!("../../../fixtures/lab/cluster.toml")).unwrap();
    Host::new(&lab, 7, Duration::from_secs(1_795_424_400))
}

/// Every class in a namespace of the host, with a view of that namespace; those of Hyper-V's namespace for clusters are those of
/// the host.
fn shown(host: &Host) -> impl Iterator<Item = (&'static Class, View<'_>)> {
    let alone = [Namespace::Windows, Namespace::Virtualization].as_slice();
    let namespaces = if host.cluster.is_some() { [Namespace::MsCluster].as_slice() } else { alone };
    let classes =
        namespaces.iter().flat_map(|namespace| schema::CLASSES.iter().map(move |class| (*class, *namespace)));
    classes
        .map(|(class, namespace)| (class, View { namespace, ..view(host) }))
        .filter(|(class, view)| view.has(class))
}

#[test]
fn every_class_has_instances_whose_values_fit_its_types() {
    let (host, node) = (host(), node_of_a_cluster());
    let embedded = [names::ERROR, names::VIRTUAL_DISK, names::VIRTUAL_DISK_STATE];
    let shown = shown(&host).chain(shown(&node));
    for (class, view) in shown.filter(|(class, _)| !embedded.contains(&class.name)) {
        let instances = view.instances(class);
        assert!(!instances.is_empty(), "{}", class.name);
        for instance in instances {
            for (property, value) in instance.properties() {
                let fits = |scalar: &Scalar| match scalar {
                    Scalar::Boolean(_) => property.cim_type == CimType::Boolean,
                    Scalar::Text(_) => property.cim_type == CimType::String,
                    Scalar::Reference(_) => property.cim_type == CimType::Reference,
                    Scalar::Time(_) | Scalar::Never | Scalar::Interval(_) => {
                        property.cim_type == CimType::Datetime
                    }
                    Scalar::Number(number) => match property.cim_type {
                        CimType::Sint8 => i8::try_from(*number).is_ok(),
                        CimType::Sint16 => i16::try_from(*number).is_ok(),
                        CimType::Uint8 => u8::try_from(*number).is_ok(),
                        CimType::Uint16 => u16::try_from(*number).is_ok(),
                        CimType::Uint32 => u32::try_from(*number).is_ok(),
                        CimType::Uint64 => true,
                        _ => false,
                    },
                };
                let sound = match value {
                    Value::Null => !property.key,
                    Value::One(scalar) => !property.array && fits(scalar),
                    Value::Many(members) => property.array && members.iter().all(fits),
                };
                assert!(sound, "{}.{}: {value:?}", class.name, property.name);
            }
        }
    }
}

#[test]
fn every_instance_is_found_by_its_own_path_and_by_its_text() {
    let (host, node) = (host(), node_of_a_cluster());
    for (class, view) in shown(&host).chain(shown(&node)) {
        for instance in view.instances(class) {
            let path = instance.path();
            let read = ObjectPath::parse(&path.to_string()).unwrap_or_else(|| panic!("{path}"));
            assert_eq!(read, path);
            assert_eq!(view.object(&read).map(|found| found.path()), Some(path));
        }
    }
}

#[test]
fn a_vm_tells_what_is_going_on() {
    let mut host = host();
    let status = |host: &Host, name: &str| {
        let query = format!("select * from Msvm_ComputerSystem where ElementName = '{name}'");
        let found = wql::run(&query, &view(host)).unwrap();
        found.instances[0].value("OperationalStatus").clone()
    };
    assert_eq!(status(&host, "web-01"), [2_u16].as_slice().into());
    assert_eq!(status(&host, "app-01"), [11_u16, 32772].as_slice().into());
    let id = host.find_snapshot(host.find_vm("web-01").unwrap(), "base").unwrap();
    host.destroy(&id, Scope::Single, "x");
    assert_eq!(status(&host, "web-01"), [11_u16, 32770].as_slice().into());
}

#[test]
fn all_settings_of_a_vm_come_by_one_query() {
    let host = host();
    let query = "select * from Msvm_VirtualSystemSettingData where VirtualSystemIdentifier = \
                 '0a1b2c3d-0001-4000-8000-00000000a001' and VirtualSystemType like 'Microsoft:Hyper-V:Snapshot:%'";
    let found = wql::run(query, &view(&host)).unwrap().instances;
    assert_eq!(found.len(), 5);
    assert_eq!(*found[0].value("Parent"), Value::Null);
    assert_eq!(
        *found[1].value("Parent"),
        "\\\\HV01\\root\\virtualization\\v2:Msvm_VirtualSystemSettingData.InstanceID=\
         \"Microsoft:0A1B2C3D-0001-4000-8000-00000000B001\""
            .into()
    );
}

#[test]
fn a_merge_is_found_from_the_vm_over_its_association() {
    let host = host();
    let vm = host.vms[host.find_vm("app-01").unwrap()].id.clone();
    let query = format!(
        "associators of {{Msvm_ComputerSystem.CreationClassName=\"Msvm_ComputerSystem\",Name=\"{vm}\"}} \
         where AssocClass = Msvm_AffectedStorageJobElement ResultClass = CIM_ConcreteJob"
    );
    let found = wql::run(&query, &view(&host)).unwrap().instances;
    assert_eq!(found.len(), 1);
    assert_eq!(*found[0].value("JobType"), 5_u16.into());
}

#[test]
fn the_cluster_namespace_has_no_storage_jobs() {
    let host = host();
    let view = View { namespace: Namespace::Cluster, ..view(&host) };
    let jobs = wql::run("select * from CIM_ConcreteJob", &view).unwrap().instances;
    assert!(jobs.iter().all(|job| job.class.name == "Msvm_ConcreteJob") && !jobs.is_empty());
    assert!(wql::run("select * from Msvm_StorageJob", &view).is_err());
}

#[test]
fn a_filtered_token_sees_empty_sets() {
    let host = host();
    let view = View { rights: Rights::Filtered, ..view(&host) };
    for class in schema::CLASSES.iter().copied().filter(|class| view.has(class)) {
        assert!(wql::run(&format!("select * from {}", class.name), &view).unwrap().instances.is_empty());
    }
}

#[test]
fn the_error_of_a_failed_job_is_an_instance_as_text_and_a_good_job_has_none() {
    let host = host();
    let failed = host.jobs().find(|job| job.error_code() != 0).unwrap();
    let texts = error_text(failed).unwrap();
    assert_eq!(texts.len(), 1);
    assert!(
        texts[0].starts_with(
            "<INSTANCE CLASSNAME=\"Msvm_Error\"><PROPERTY NAME=\"CIMStatusCode\" TYPE=\"uint32\">"
        )
    );
    assert!(texts[0].contains("<VALUE>'broken-01' failed to delete the checkpoint"), "{}", texts[0]);
    assert!(texts[0].contains("<PROPERTY NAME=\"OtherErrorType\" PROPAGATED=\"true\" TYPE=\"string\"/>"));
    let good = host.jobs().find(|job| job.error_code() == 0).unwrap();
    assert!(error_text(good).unwrap().is_empty());
}

#[test]
fn windows_tells_of_the_host_that_the_lab_describes() {
    let host = host();
    let view = View { namespace: Namespace::Windows, ..view(&host) };
    let only = |query: &str| {
        let mut found = wql::run(query, &view).unwrap().instances;
        assert_eq!(found.len(), 1, "{query}");
        found.remove(0)
    };
    let system = only("select * from Win32_OperatingSystem where Version like '10.0.%'");
    assert_eq!(*system.value("BuildNumber"), host.spec.build.to_string().into());
    assert_eq!(system.path().to_string(), "Win32_OperatingSystem=@");
    let computer = only("select * from CIM_ComputerSystem");
    assert_eq!(*computer.value("Name"), host.spec.name.as_str().into());
    let processors = wql::run("select * from Win32_Processor", &view).unwrap().instances;
    assert_eq!(*computer.value("NumberOfProcessors"), u64::try_from(processors.len()).unwrap().into());
    assert!(wql::run("select * from Msvm_ComputerSystem", &view).is_err(), "that is another namespace");
}
