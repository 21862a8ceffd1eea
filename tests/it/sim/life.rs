//! The life cycle of snapshots on the wire: taken, applied, cleared, and what the host shows meanwhile.

use hvsnap::sim::{RunningSimulator, Simulator, VmState};

use crate::sim::raw::{
    OPERATOR, READER, Raw, WMI, between, get, invoke, pass, pull, query, settings_reference,
};

const SERVICE: &str = "Msvm_VirtualSystemSnapshotService";
const ADDRESS: &str =
    "<a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address>";
const WHOLE: &str = "<INSTANCE CLASSNAME=\"Msvm_VirtualSystemSnapshotSettingData\">\
     <PROPERTY NAME=\"ConsistencyLevel\" TYPE=\"uint8\"><VALUE>2</VALUE></PROPERTY>\
     <PROPERTY NAME=\"IgnoreNonSnapshottableDisks\" TYPE=\"boolean\"><VALUE>TRUE</VALUE></PROPERTY></INSTANCE>";

async fn lab() -> RunningSimulator {
    let lab = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/life.toml");
    Simulator::from_lab(lab).unwrap().seed(7).start().await.unwrap()
}

fn vm_id(sim: &RunningSimulator, vm: &str) -> String {
    sim.vms().into_iter().find(|known| known.name == vm).unwrap().id
}

fn reference(class: &str, selectors: &[(&str, &str)]) -> String {
    let set: String = selectors
        .iter()
        .map(|(name, value)| format!("<w:Selector Name=\"{name}\">{value}</w:Selector>"))
        .collect();
    format!(
        "{ADDRESS}<a:ReferenceParameters><w:ResourceURI>{WMI}{class}</w:ResourceURI>\
         <w:SelectorSet>{set}</w:SelectorSet></a:ReferenceParameters>"
    )
}

/// The reference to a VM by both of its keys.
fn system(id: &str) -> String {
    reference("Msvm_ComputerSystem", &[("CreationClassName", "Msvm_ComputerSystem"), ("Name", id)])
}

async fn call(sim: &RunningSimulator, method: &str, parameters: &str) -> Raw {
    invoke(sim, OPERATOR, &format!("{WMI}{SERVICE}"), &[("CreationClassName", SERVICE)], method, parameters)
        .await
}

/// CreateSnapshot; `settings` is an element, or nothing.
async fn create(sim: &RunningSimulator, system: &str, kind: &str, settings: &str) -> Raw {
    let parameters = format!(
        "<p:AffectedSystem>{system}</p:AffectedSystem>{settings}<p:SnapshotType>{kind}</p:SnapshotType>"
    );
    call(sim, "CreateSnapshot", &parameters).await
}

/// A method whose one parameter is a snapshot.
async fn on_snapshot(sim: &RunningSimulator, method: &str, name: &str, vm: &str, snapshot: &str) -> Raw {
    let snapshots = sim.snapshots_of(vm).unwrap();
    let id = &snapshots.iter().find(|known| known.name == snapshot).unwrap().instance_id;
    call(sim, method, &format!("<p:{name}>{}</p:{name}>", settings_reference(id))).await
}

async fn apply(sim: &RunningSimulator, vm: &str, snapshot: &str) -> Raw {
    on_snapshot(sim, "ApplySnapshot", "Snapshot", vm, snapshot).await
}

fn return_value(raw: &Raw) -> u32 {
    assert_eq!(raw.status, "HTTP/1.1 200 ", "{}", raw.text());
    raw.element("p:ReturnValue").unwrap().parse().unwrap()
}

fn job_of(raw: &Raw) -> String {
    assert_eq!(return_value(raw), 4096, "{}", raw.text());
    between(raw.text(), "Name=\"InstanceID\">", "<").unwrap().to_owned()
}

async fn job(sim: &RunningSimulator, id: &str) -> Raw {
    get(sim, &format!("{WMI}Msvm_ConcreteJob"), &[("InstanceID", id)]).await
}

async fn computer(sim: &RunningSimulator, id: &str) -> Raw {
    let keys = [("CreationClassName", "Msvm_ComputerSystem"), ("Name", id)];
    get(sim, &format!("{WMI}Msvm_ComputerSystem"), &keys).await
}

fn activity(raw: &Raw) -> Vec<&str> {
    raw.text().split("<p:OperationalStatus>").skip(1).map(|rest| rest.split_once('<').unwrap().0).collect()
}

/// The rows of an association.
async fn rows(sim: &RunningSimulator, class: &str) -> Vec<String> {
    let begun = query(sim, "", &format!("select * from {class}")).await;
    let raw = pull(sim, begun.element("n:EnumerationContext").unwrap(), Some(1000)).await;
    raw.text().split(&format!("<p:{class} ")).skip(1).map(str::to_owned).collect()
}

/// The snapshots that a job is linked to as their creator.
async fn created_by(sim: &RunningSimulator, job: &str) -> Vec<String> {
    let rows = rows(sim, "Msvm_AffectedJobElement").await.into_iter();
    let rows = rows.filter(|row| row.contains(job) && row.contains("<p:ElementEffects>5</p:ElementEffects>"));
    rows.map(|row| between(&row, "Name=\"InstanceID\">", "<").unwrap().to_owned()).collect()
}

#[tokio::test]
async fn create_answers_with_a_job_and_an_empty_result_and_the_snapshot_comes_with_the_end() {
    let sim = lab().await;
    let id = vm_id(&sim, "run-01");
    let before = sim.vms().into_iter().find(|vm| vm.id == id).unwrap().files;
    let raw = create(&sim, &system(&id), "2", "<p:SnapshotSettings></p:SnapshotSettings>").await;
    assert!(raw.text().contains("<p:ResultingSnapshot xsi:nil=\"true\"/><p:ReturnValue>"), "{}", raw.text());
    let known = job_of(&raw);
    pass(&sim, 1000).await;
    let running = job(&sim, &known).await;
    assert_eq!((running.element("p:JobState"), running.element("p:JobType")), (Some("4"), Some("70")));
    assert_eq!(running.element("p:Description"), Some("Taking Virtual Machine Snapshot"));
    assert_eq!(activity(&computer(&sim, &id).await), ["11", "32768"]);
    assert!(sim.vms().into_iter().any(|vm| vm.id == id && vm.is_busy && !vm.is_deleting));
    assert_eq!(created_by(&sim, &known).await, Vec::<String>::new());
    assert_eq!(sim.snapshots_of("run-01").unwrap().len(), 2);
    pass(&sim, 1000).await;
    assert_eq!(job(&sim, &known).await.element("p:JobState"), Some("7"));
    assert_eq!(activity(&computer(&sim, &id).await), ["2"]);
    let snapshots = sim.snapshots_of("run-01").unwrap();
    let new = snapshots.iter().find(|snapshot| snapshot.is_current).unwrap();
    assert_eq!(created_by(&sim, &known).await, std::slice::from_ref(&new.instance_id));
    assert_eq!(new.parent.as_deref(), Some(snapshots[1].instance_id.as_str()));
    assert_eq!((new.is_saved, new.is_automatic, &new.files), (false, false, &before));
    let uri = format!("{WMI}Msvm_VirtualSystemSettingData");
    let settings = get(&sim, &uri, &[("InstanceID", &new.instance_id)]).await;
    assert_eq!(settings.element("p:ElementName"), Some(new.name.as_str()));
    assert!(new.name.starts_with("run-01 - ("), "{}", new.name);
    assert_eq!(settings.element("p:VirtualSystemIdentifier"), Some(id.as_str()));
    assert_eq!(settings.element("p:ConfigurationID"), new.instance_id.strip_prefix("Microsoft:"));
    assert_eq!(settings.element("p:VirtualSystemType"), Some("Microsoft:Hyper-V:Snapshot:Realized"));
    let present = get(&sim, &uri, &[("InstanceID", &format!("Microsoft:{id}"))]).await;
    assert!(present.element("p:Parent").unwrap().contains(&new.instance_id), "{}", present.text());
    assert_eq!(sim.calls("CreateSnapshot"), 1);
}

#[tokio::test]
async fn the_vm_is_named_by_its_keys_or_its_name_and_by_nothing_else() {
    let sim = lab().await;
    let id = vm_id(&sim, "off-01");
    let by_name = reference("Msvm_ComputerSystem", &[("Name", &id)]);
    let raw = create(&sim, &by_name, "2", "").await;
    job_of(&raw);
    pass(&sim, 2000).await;
    let settings = format!("Microsoft:{id}");
    let wrong = reference("Msvm_ComputerSystem", &[("InstanceID", &settings)]);
    assert_eq!(create(&sim, &wrong, "2", "").await.fault(), 2150858843);
    let wrapped = format!("<a:EndpointReference>{}</a:EndpointReference>", system(&id));
    assert_eq!(create(&sim, &wrapped, "2", "").await.fault(), 2150858817);
    for nothing in [
        system("00000000-0000-4000-8000-000000000000"),
        system("HV03"),
        settings_reference(&settings),
        reference("Msvm_ComputerSystem", &[("CreationClassName", "Msvm_Other"), ("Name", &id)]),
    ] {
        let raw = create(&sim, &nothing, "2", "").await;
        assert_eq!(return_value(&raw), 32773, "{nothing}");
        assert!(raw.text().contains("<p:Job xsi:nil=\"true\"/>"), "{}", raw.text());
    }
    assert_eq!(
        return_value(&call(&sim, "CreateSnapshot", "<p:SnapshotType>2</p:SnapshotType>").await),
        32773
    );
    assert_eq!(sim.snapshots_of("off-01").unwrap().len(), 3);
}

#[tokio::test]
async fn the_type_decides_what_kind_of_snapshot_it_becomes() {
    let sim = lab().await;
    let escaped = WHOLE.replace('<', "&lt;");
    for (vm, kind, settings) in [
        ("run-01", "2", format!("<p:SnapshotSettings>{escaped}</p:SnapshotSettings>")),
        (
            "off-01",
            "34818",
            "<p:SnapshotSettings xsi:nil=\"true\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"/>"
                .to_owned(),
        ),
        ("standard-01", "32768", format!("<p:SnapshotSettings>{escaped}</p:SnapshotSettings>")),
        ("fallback-01", "2", String::new()),
    ] {
        job_of(&create(&sim, &system(&vm_id(&sim, vm)), kind, &settings).await);
    }
    pass(&sim, 2000).await;
    let uri = format!("{WMI}Msvm_VirtualSystemSettingData");
    for (vm, automatic, saved, kind) in [
        ("run-01", false, false, "Realized"),
        ("off-01", true, false, "Realized"),
        ("standard-01", false, false, "Recovery"),
        ("fallback-01", false, true, "Realized"),
    ] {
        let new = sim.snapshots_of(vm).unwrap().pop().unwrap();
        assert_eq!((new.is_automatic, new.is_saved), (automatic, saved), "{vm}");
        let raw = get(&sim, &uri, &[("InstanceID", &new.instance_id)]).await;
        assert_eq!(raw.element("p:VirtualSystemType").unwrap(), format!("Microsoft:Hyper-V:Snapshot:{kind}"));
        assert_eq!(raw.element("p:IsSaved"), Some(if saved { "true" } else { "false" }), "{vm}");
    }
    let id = system(&vm_id(&sim, "run-01"));
    let disks = job_of(&create(&sim, &id, "3", "").await);
    pass(&sim, 2000).await;
    let raw = job(&sim, &disks).await;
    assert_eq!((raw.element("p:JobState"), raw.element("p:ErrorCode")), (Some("10"), Some("32768")));
    assert!(raw.element("p:ErrorDescription").unwrap().contains("invalid checkpoint type"));
    assert_eq!(return_value(&create(&sim, &id, "7", "").await), 32773);
    assert_eq!(create(&sim, &id, "two", "").await.fault(), 2150858817);
}

#[tokio::test]
async fn settings_that_are_no_instance_of_their_class_are_refused() {
    let sim = lab().await;
    let id = system(&vm_id(&sim, "run-01"));
    for (text, code) in [
        ("nonsense".to_owned(), 32773),
        (WHOLE.replace("SnapshotSettingData", "SettingData"), 32773),
        (WHOLE.replace("uint8", "uint16"), 32768),
    ] {
        let settings = format!("<p:SnapshotSettings>{}</p:SnapshotSettings>", text.replace('<', "&lt;"));
        assert_eq!(return_value(&create(&sim, &id, "2", &settings).await), code, "{text}");
    }
    assert_eq!(sim.snapshots_of("run-01").unwrap().len(), 2);
}

#[tokio::test]
async fn a_vm_without_checkpoints_and_a_full_one_fail_in_the_job_with_a_text() {
    let sim = lab().await;
    for (vm, why) in
        [("disabled-01", "checkpoints have been disabled for"), ("full-01", "50 of them already")]
    {
        let id = vm_id(&sim, vm);
        let known = job_of(&create(&sim, &system(&id), "2", "").await);
        pass(&sim, 2000).await;
        let raw = job(&sim, &known).await;
        assert_eq!(
            (raw.element("p:JobState"), raw.element("p:ErrorCode")),
            (Some("10"), Some("32768")),
            "{vm}"
        );
        assert!(raw.element("p:ErrorDescription").unwrap().contains(why), "{}", raw.text());
    }
    let uri = format!("{WMI}Msvm_VirtualSystemSettingData");
    for (vm, number) in [("disabled-01", "2"), ("run-01", "3"), ("only-01", "4"), ("standard-01", "5")] {
        let id = format!("Microsoft:{}", vm_id(&sim, vm));
        let raw = get(&sim, &uri, &[("InstanceID", &id)]).await;
        assert_eq!(raw.element("p:UserSnapshotType"), Some(number), "{vm}");
    }
}

#[tokio::test]
async fn a_second_call_is_refused_while_a_snapshot_is_taken() {
    let sim = lab().await;
    let id = system(&vm_id(&sim, "off-01"));
    job_of(&create(&sim, &id, "2", "").await);
    assert_eq!(return_value(&create(&sim, &id, "2", "").await), 32775);
    assert_eq!(return_value(&apply(&sim, "off-01", "clean").await), 32775);
    assert_eq!(
        return_value(&on_snapshot(&sim, "DestroySnapshot", "AffectedSnapshot", "off-01", "clean").await),
        32775
    );
    pass(&sim, 2000).await;
    assert_eq!(return_value(&apply(&sim, "off-01", "clean").await), 4096);
}

#[tokio::test]
async fn the_snapshot_and_its_link_to_the_job_may_lag_behind() {
    let sim = lab().await;
    let known = job_of(&create(&sim, &system(&vm_id(&sim, "late-01")), "2", "").await);
    let mut seen = Vec::new();
    for wait in [2000, 3000, 4000] {
        pass(&sim, wait).await;
        let ended = job(&sim, &known).await.element("p:JobState") == Some("7");
        let count = sim.snapshots_of("late-01").unwrap().len();
        seen.push((ended, count, created_by(&sim, &known).await.len()));
    }
    assert_eq!(seen, [(true, 1, 0), (true, 2, 0), (true, 2, 1)]);
}

#[tokio::test]
async fn a_host_that_demands_settings_fails_without_them() {
    let lab = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV04\"\nrequires_snapshot_settings = true\n\
               [[user]]\nname = 'LAB\\operator'\npassword = \"correct-horse\"\n[[vm]]\nname = \"strict-01\"\n";
    let sim = Simulator::from_lab_text(lab).unwrap().start().await.unwrap();
    let id = system(&vm_id(&sim, "strict-01"));
    let whole = format!("<p:SnapshotSettings>{}</p:SnapshotSettings>", WHOLE.replace('<', "&lt;"));
    for (settings, state, count) in [("", "10", 0), ("<p:SnapshotSettings/>", "10", 0), (&whole, "7", 1)] {
        let known = job_of(&create(&sim, &id, "2", settings).await);
        pass(&sim, 2000).await;
        let raw = job(&sim, &known).await;
        assert_eq!(raw.element("p:JobState"), Some(state), "{settings}");
        let says =
            raw.element("p:ErrorDescription").is_some_and(|why| why.contains("invalid checkpoint type"));
        assert_eq!(
            (says, sim.snapshots_of("strict-01").unwrap().len()),
            (state == "10", count),
            "{settings}"
        );
    }
}

#[tokio::test]
async fn a_job_that_takes_a_snapshot_can_be_cancelled_and_leaves_none() {
    let sim = lab().await;
    let known = job_of(&create(&sim, &system(&vm_id(&sim, "slow-01")), "2", "").await);
    pass(&sim, 10_000).await;
    let uri = format!("{WMI}Msvm_ConcreteJob");
    let ask = "<p:RequestedState>4</p:RequestedState>";
    let raw = invoke(&sim, OPERATOR, &uri, &[("InstanceID", &known)], "RequestStateChange", ask).await;
    assert_eq!(return_value(&raw), 4096);
    pass(&sim, 60_000).await;
    let raw = job(&sim, &known).await;
    assert_eq!((raw.element("p:JobState"), raw.element("p:ErrorCode")), (Some("8"), Some("32768")));
    assert_eq!(sim.snapshots_of("slow-01").unwrap().len(), 1);
}

#[tokio::test]
async fn an_answer_of_0_names_the_snapshot() {
    let sim = lab().await;
    let raw = create(&sim, &system(&vm_id(&sim, "once-01")), "2", "").await;
    assert_eq!(return_value(&raw), 0);
    let new = sim.snapshots_of("once-01").unwrap().pop().unwrap();
    assert_eq!(between(raw.text(), "Name=\"InstanceID\">", "<"), Some(new.instance_id.as_str()));
    assert!(raw.text().contains("<p:Job xsi:nil=\"true\"/><p:ResultingSnapshot "), "{}", raw.text());
}

#[tokio::test]
async fn apply_brings_the_vm_back_and_leaves_it_saved_or_off() {
    let sim = lab().await;
    let id = vm_id(&sim, "off-01");
    let files = |sim: &RunningSimulator| sim.vms().into_iter().find(|vm| vm.id == id).unwrap().files;
    for (snapshot, state, number) in [("memory", VmState::Saved, "6"), ("clean", VmState::Off, "3")] {
        let before = files(&sim);
        let known = job_of(&apply(&sim, "off-01", snapshot).await);
        pass(&sim, 1000).await;
        assert_eq!(activity(&computer(&sim, &id).await), ["11", "32769"]);
        assert_eq!(job(&sim, &known).await.element("p:JobType"), Some("71"));
        assert_eq!(files(&sim), before);
        pass(&sim, 1000).await;
        assert_eq!(job(&sim, &known).await.element("p:JobState"), Some("7"));
        let vm = sim.vms().into_iter().find(|vm| vm.id == id).unwrap();
        let target = sim.snapshots_of("off-01").unwrap().into_iter().find(|s| s.is_current).unwrap();
        assert_eq!((target.name.as_str(), vm.state, vm.is_busy), (snapshot, state, false));
        assert_eq!(vm.applied.as_ref(), Some(&target.instance_id));
        assert_ne!(vm.files, before);
        assert_eq!(computer(&sim, &id).await.element("p:EnabledState"), Some(number));
        for (class, role) in
            [("Msvm_LastAppliedSnapshot", "Antecedent"), ("Msvm_MostCurrentSnapshotInBranch", "Dependent")]
        {
            let row = rows(&sim, class).await.into_iter().find(|row| row.contains(&id)).unwrap();
            let end = row.split_once(&format!("<p:{role} ")).unwrap().1;
            let end = end.split_once(&format!("</p:{role}>")).unwrap().0;
            assert!(end.contains(&target.instance_id), "{row}");
        }
    }
    let present = get(
        &sim,
        &format!("{WMI}Msvm_VirtualSystemSettingData"),
        &[("InstanceID", &format!("Microsoft:{id}"))],
    )
    .await;
    let clean = &sim.snapshots_of("off-01").unwrap()[0].instance_id;
    assert!(present.element("p:Parent").unwrap().contains(clean.as_str()));
    assert_eq!(return_value(&apply(&sim, "run-01", "clean").await), 32775, "a VM that runs");
}

#[tokio::test]
async fn clear_drops_the_memory_alone() {
    let sim = lab().await;
    let memory = |sim: &RunningSimulator| sim.snapshots_of("run-01").unwrap()[1].is_saved;
    let raw = on_snapshot(&sim, "ClearSnapshotState", "SnapshotSettingData", "run-01", "memory").await;
    let known = job_of(&raw);
    assert_eq!(job(&sim, &known).await.element("p:JobType"), Some("73"));
    assert!(memory(&sim));
    pass(&sim, 2000).await;
    assert!(!memory(&sim) && sim.snapshots_of("run-01").unwrap().len() == 2);
}

#[tokio::test]
async fn every_call_can_be_refused_can_fail_and_can_work_all_the_same() {
    let sim = lab().await;
    for (vm, value) in [("refuses-01", 32769), ("fails-01", 4096), ("yet-01", 4096), ("vain-01", 4096)] {
        let id = system(&vm_id(&sim, vm));
        assert_eq!(return_value(&create(&sim, &id, "2", "").await), value, "{vm}");
        pass(&sim, 2000).await;
        assert_eq!(return_value(&apply(&sim, vm, "base").await), value, "{vm}");
        pass(&sim, 2000).await;
        let raw = on_snapshot(&sim, "ClearSnapshotState", "SnapshotSettingData", vm, "base").await;
        assert_eq!(return_value(&raw), value, "{vm}");
        pass(&sim, 2000).await;
        let snapshots = sim.snapshots_of(vm).unwrap();
        let state = sim.vms().into_iter().find(|known| known.name == vm).unwrap().state;
        let done = (snapshots.len(), state, snapshots[0].is_saved);
        let wanted = if vm == "yet-01" { (2, VmState::Saved, false) } else { (1, VmState::Off, true) };
        assert_eq!(done, wanted, "{vm}");
    }
}

#[tokio::test]
async fn a_rule_spoils_the_job_of_any_of_these_calls() {
    let sim = lab().await;
    for rule in
        ["on=ApplySnapshot,do=job-exception,description=no", "on=CreateSnapshot,do=object-late,seconds=9"]
    {
        sim.inject(rule.parse().unwrap());
    }
    let known = job_of(&apply(&sim, "off-01", "memory").await);
    pass(&sim, 2000).await;
    let raw = job(&sim, &known).await;
    assert_eq!((raw.element("p:JobState"), raw.element("p:ErrorDescription")), (Some("10"), Some("no")));
    assert!(sim.vms().iter().all(|vm| vm.name != "off-01" || vm.state == VmState::Off));
    job_of(&create(&sim, &system(&vm_id(&sim, "off-01")), "2", "").await);
    pass(&sim, 10_000).await;
    assert_eq!(sim.snapshots_of("off-01").unwrap().len(), 2);
    pass(&sim, 1000).await;
    assert_eq!(sim.snapshots_of("off-01").unwrap().len(), 3);
}

#[tokio::test]
async fn an_edit_brings_a_vm_back_at_once() {
    let sim = lab().await;
    sim.apply_snapshot("off-01", "memory").unwrap();
    let vm = sim.vms().into_iter().find(|vm| vm.name == "off-01").unwrap();
    assert_eq!((vm.state, vm.is_busy), (VmState::Saved, false));
    assert!(sim.apply_snapshot("off-01", "nothing").is_err());
}

#[tokio::test]
async fn only_an_administrator_takes_snapshots() {
    let sim = lab().await;
    let key = [("CreationClassName", SERVICE)];
    let raw = invoke(&sim, READER, &format!("{WMI}{SERVICE}"), &key, "CreateSnapshot", "").await;
    assert_eq!(raw.fault(), 5);
}

/// ModifySystemSettings of a VM, given by name.
async fn modify(sim: &RunningSimulator, vm: &str, property: &str) -> Raw {
    let text = format!(
        "<INSTANCE CLASSNAME=\"Msvm_VirtualSystemSettingData\">\
         <PROPERTY NAME=\"InstanceID\" TYPE=\"string\"><VALUE>Microsoft:{}</VALUE></PROPERTY>{property}</INSTANCE>",
        vm_id(sim, vm)
    );
    let parameter = format!("<p:SystemSettings>{}</p:SystemSettings>", text.replace('<', "&lt;"));
    let class = "Msvm_VirtualSystemManagementService";
    let key = [("CreationClassName", class)];
    invoke(sim, OPERATOR, &format!("{WMI}{class}"), &key, "ModifySystemSettings", &parameter).await
}

#[tokio::test]
async fn the_kind_of_checkpoints_can_be_changed() {
    let sim = lab().await;
    let kind = |number: u16| {
        format!("<PROPERTY NAME=\"UserSnapshotType\" TYPE=\"uint16\"><VALUE>{number}</VALUE></PROPERTY>")
    };
    assert_eq!(return_value(&modify(&sim, "disabled-01", &kind(6)).await), 32773);
    assert_eq!(return_value(&modify(&sim, "disabled-01", &kind(5)).await), 0);
    let id = vm_id(&sim, "disabled-01");
    let uri = format!("{WMI}Msvm_VirtualSystemSettingData");
    let raw = get(&sim, &uri, &[("InstanceID", &format!("Microsoft:{id}"))]).await;
    assert_eq!(raw.element("p:UserSnapshotType"), Some("5"));
    job_of(&create(&sim, &system(&id), "2", "").await);
    pass(&sim, 2000).await;
    assert!(sim.snapshots_of("disabled-01").unwrap()[0].is_saved);
}

#[tokio::test]
async fn settings_can_be_refused_or_changed_by_a_job() {
    let sim = lab().await;
    for (vm, value) in [("notes-01", 32775), ("rename-01", 4096)] {
        let notes = "<PROPERTY.ARRAY NAME=\"Notes\" TYPE=\"string\"><VALUE.ARRAY><VALUE>new</VALUE></VALUE.ARRAY>\
                     </PROPERTY.ARRAY>";
        let raw = modify(&sim, vm, notes).await;
        assert_eq!(return_value(&raw), value);
        let notes =
            |sim: &RunningSimulator| sim.vms().into_iter().find(|known| known.name == vm).unwrap().notes;
        assert!(notes(&sim).is_empty(), "{vm}");
        pass(&sim, 2000).await;
        assert_eq!(notes(&sim).len(), usize::from(value == 4096), "{vm}");
    }
}
