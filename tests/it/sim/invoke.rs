//! Methods of the simulated host on the wire: their answers, and the resulting state of the host.

use crate::sim::raw::{
    DMTF, FILTERED, OPERATOR, READER, Raw, WMI, destroy, envelope, get, invoke, lab, pass,
    settings_reference, soap,
};

const SERVICE: &str = "Msvm_VirtualSystemSnapshotService";
const KEY: [(&str, &str); 1] = [("CreationClassName", SERVICE)];
const BASE: &str = "Microsoft:0A1B2C3D-0001-4000-8000-00000000B001";

fn return_value(raw: &Raw) -> u32 {
    assert_eq!(raw.status, "HTTP/1.1 200 ", "{}", raw.text());
    raw.element("p:ReturnValue").unwrap().parse().unwrap()
}

fn job_of(raw: &Raw) -> String {
    assert_eq!(return_value(raw), 4096, "{}", raw.text());
    crate::sim::raw::between(raw.text(), "Name=\"InstanceID\">", "<").unwrap().to_owned()
}

async fn state(sim: &hvsnap::sim::RunningSimulator, job: &str) -> String {
    let raw = get(sim, &format!("{WMI}Msvm_ConcreteJob"), &[("InstanceID", job)]).await;
    raw.element("p:JobState").unwrap_or_else(|| panic!("{}", raw.text())).to_owned()
}

#[tokio::test]
async fn destroy_answers_with_a_job_that_can_be_followed_to_its_end() {
    let sim = lab().await;
    let raw = destroy(&sim, "web-01", "base/before-upgrade").await;
    let uri = format!("{WMI}{SERVICE}");
    assert_eq!(raw.element("a:Action"), Some(format!("{uri}/DestroySnapshotResponse").as_str()));
    let job = job_of(&raw);
    let reference = format!(
        "<p:Job xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
         xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\">\
         <a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address>\
         <a:ReferenceParameters><w:ResourceURI>{WMI}Msvm_ConcreteJob</w:ResourceURI><w:SelectorSet>\
         <w:Selector Name=\"InstanceID\">{job}</w:Selector></w:SelectorSet></a:ReferenceParameters></p:Job>\
         <p:ReturnValue>4096</p:ReturnValue></p:DestroySnapshot_OUTPUT>"
    );
    assert!(raw.text().contains(&reference), "{}", raw.text());
    let mut states = vec![state(&sim, &job).await];
    for _ in 0..4 {
        pass(&sim, 500).await;
        states.push(state(&sim, &job).await);
    }
    assert_eq!(states, ["2", "4", "4", "4", "7"]);
    let names: Vec<_> = sim.snapshots_of("web-01").unwrap().into_iter().map(|s| s.path).collect();
    assert_eq!(names, ["base", "base/after-upgrade", "base/after-upgrade/hotfix", "base/rollback"]);
    pass(&sim, 300_000).await;
    let gone = get(&sim, &format!("{WMI}Msvm_ConcreteJob"), &[("InstanceID", &job)]).await;
    assert_eq!(gone.fault(), 2150858752);
    assert_eq!(sim.calls("DestroySnapshot"), 1);
}

#[tokio::test]
async fn a_wrapped_reference_is_refused_before_anything_happens() {
    let sim = lab().await;
    let wrapped = format!(
        "<p:AffectedSnapshot><a:EndpointReference>{}</a:EndpointReference></p:AffectedSnapshot>",
        settings_reference(BASE)
    );
    let raw = invoke(&sim, OPERATOR, &format!("{WMI}{SERVICE}"), &KEY, "DestroySnapshot", &wrapped).await;
    assert_eq!(raw.fault(), 2150858817);
    assert!(raw.text().contains("<s:Value>w:SchemaValidationError</s:Value>"));
    pass(&sim, 10_000).await;
    assert_eq!(sim.snapshots_of("web-01").unwrap().len(), 5);
}

#[tokio::test]
async fn a_body_that_does_not_fit_the_method_is_refused() {
    let sim = lab().await;
    let uri = format!("{WMI}{SERVICE}");
    let action = format!("{uri}/DestroySnapshot");
    let good = format!("<p:AffectedSnapshot>{}</p:AffectedSnapshot>", settings_reference(BASE));
    for body in [
        String::new(),
        format!("<p:DestroySnapshot xmlns:p=\"{uri}\">{good}</p:DestroySnapshot>"),
        format!("<p:DestroySnapshot_INPUT xmlns:p=\"urn:x\">{good}</p:DestroySnapshot_INPUT>"),
        format!(
            "<p:DestroySnapshot_INPUT xmlns:p=\"{uri}\">{}</p:DestroySnapshot_INPUT>",
            good.replace("AffectedSnapshot", "affectedsnapshot")
        ),
        format!(
            "<q:DestroySnapshot_INPUT xmlns:q=\"{uri}\" xmlns:p=\"urn:x\">{good}</q:DestroySnapshot_INPUT>"
        ),
    ] {
        let raw = soap(&sim, OPERATOR, &envelope(&action, &uri, &KEY, &body)).await;
        assert_eq!(raw.fault(), 2150858817, "{body}");
    }
    let lenient = format!("<w:DestroySnapshot_INPUT xmlns:p=\"{uri}\">{good}</w:DestroySnapshot_INPUT>",);
    assert_eq!(return_value(&soap(&sim, OPERATOR, &envelope(&action, &uri, &KEY, &lenient)).await), 4096);
}

#[tokio::test]
async fn what_names_no_snapshot_is_an_invalid_parameter_and_not_a_fault() {
    let sim = lab().await;
    let uri = format!("{WMI}{SERVICE}");
    let job = settings_reference("1").replace("VirtualSystemSettingData", "ConcreteJob");
    for parameter in [
        settings_reference("Microsoft:00000000-0000-4000-8000-000000000000"),
        settings_reference("Microsoft:0A1B2C3D-0001-4000-8000-00000000A001"),
        settings_reference("nonsense"),
        job,
    ] {
        let parameter = format!("<p:AffectedSnapshot>{parameter}</p:AffectedSnapshot>");
        let raw = invoke(&sim, OPERATOR, &uri, &KEY, "DestroySnapshot", &parameter).await;
        assert_eq!(return_value(&raw), 32773);
        assert!(raw.text().contains("<p:Job xsi:nil=\"true\"/><p:ReturnValue>"), "{}", raw.text());
    }
    assert_eq!(return_value(&invoke(&sim, OPERATOR, &uri, &KEY, "DestroySnapshot", "").await), 32773);
}

#[tokio::test]
async fn the_service_is_found_by_its_class_name_and_methods_by_theirs() {
    let sim = lab().await;
    let uri = format!("{WMI}{SERVICE}");
    assert_eq!(invoke(&sim, OPERATOR, &uri, &[], "DestroySnapshot", "").await.fault(), 2147749935);
    let wrong = [("CreationClassName", "Msvm_Other")];
    assert_eq!(invoke(&sim, OPERATOR, &uri, &wrong, "DestroySnapshot", "").await.fault(), 2150858752);
    let more = [KEY[0], ("SystemName", "hv01"), ("Name", "vssnapsvc")];
    assert_eq!(return_value(&invoke(&sim, OPERATOR, &uri, &more, "DestroySnapshot", "").await), 32773);
    let raw = invoke(&sim, OPERATOR, &uri, &KEY, "DestroyEverything", "").await;
    assert_eq!(raw.fault(), 2150858753);
    assert!(raw.text().contains("<s:Value>a:ActionNotSupported</s:Value>"));
}

#[tokio::test]
async fn only_an_administrator_may_call_a_method() {
    let sim = lab().await;
    let uri = format!("{WMI}{SERVICE}");
    assert_eq!(invoke(&sim, READER, &uri, &KEY, "DestroySnapshot", "").await.fault(), 5);
    assert_eq!(invoke(&sim, FILTERED, &uri, &KEY, "DestroySnapshot", "").await.fault(), 2150859012);
}

#[tokio::test]
async fn a_tree_goes_as_a_whole_also_by_the_dmtf_form_and_by_the_superclass() {
    let sim = lab().await;
    for (uri, namespace) in [
        (format!("{DMTF}CIM_VirtualSystemSnapshotService"), "root\\HyperVCluster\\v2"),
        (format!("{DMTF}{SERVICE}"), "root/virtualization/v2"),
    ] {
        let keys = [KEY[0], ("__cimnamespace", namespace)];
        let method = if uri.contains("CIM_") { "DestroySnapshot" } else { "DestroySnapshotTree" };
        let name = if uri.contains("CIM_") { "AffectedSnapshot" } else { "SnapshotSettingData" };
        let snapshot = if uri.contains("CIM_") { "B005" } else { "B002" };
        let id = format!("Microsoft:0A1B2C3D-0001-4000-8000-00000000{snapshot}");
        let parameter = format!("<p:{name}>{}</p:{name}>", settings_reference(&id));
        let raw = invoke(&sim, OPERATOR, &uri, &keys, method, &parameter).await;
        assert_eq!(return_value(&raw), 4096);
        assert!(raw.text().contains(&format!("<w:ResourceURI>{DMTF}Msvm_ConcreteJob</w:ResourceURI>")));
        let text = namespace.replace('\\', "/").to_lowercase();
        assert!(raw.text().contains(&format!("Name=\"__cimnamespace\">{text}<")), "{}", raw.text());
        assert_eq!(raw.element("a:Action"), Some(format!("{uri}/{method}Response").as_str()));
        pass(&sim, 2000).await;
    }
    assert_eq!(sim.snapshots_of("web-01").unwrap().len(), 1);
}

#[tokio::test]
async fn a_failed_job_tells_why_by_its_properties_and_by_get_error_ex() {
    let sim = lab().await;
    let job = job_of(&destroy(&sim, "broken-01", "root/fails").await);
    let uri = format!("{WMI}Msvm_ConcreteJob");
    let keys = [("InstanceID", job.as_str())];
    let early = invoke(&sim, OPERATOR, &uri, &keys, "GetErrorEx", "").await;
    assert_eq!(return_value(&early), 0);
    assert!(!early.text().contains("p:Errors"));
    pass(&sim, 2000).await;
    let raw = get(&sim, &uri, &keys).await;
    assert_eq!((raw.element("p:JobState"), raw.element("p:ErrorCode")), (Some("10"), Some("32768")));
    let why = raw.element("p:ErrorDescription").unwrap();
    assert!(why.contains("in use by another process"), "{why}");
    let errors = invoke(&sim, OPERATOR, &uri, &keys, "GetErrorEx", "").await;
    let text = errors.element("p:Errors").unwrap();
    assert!(text.starts_with("&lt;INSTANCE CLASSNAME=\"Msvm_Error\"&gt;"), "{text}");
    assert!(text.contains("in use by another process"));
}

#[tokio::test]
async fn a_job_is_cancelled_by_request_and_the_snapshot_stays() {
    let sim = lab().await;
    let job = job_of(&destroy(&sim, "slow-01", "root/long").await);
    let uri = format!("{WMI}Msvm_ConcreteJob");
    let keys = [("InstanceID", job.as_str())];
    let ask = |parameters: &'static str| {
        let (sim, uri, keys) = (&sim, &uri, &keys);
        async move { return_value(&invoke(sim, OPERATOR, uri, keys, "RequestStateChange", parameters).await) }
    };
    assert_eq!(ask("").await, 5);
    assert_eq!(ask("<p:RequestedState>3</p:RequestedState>").await, 1);
    let with_timeout = "<p:RequestedState>4</p:RequestedState><p:TimeoutPeriod><c:Interval xmlns:c=\"http://schemas.dmtf.org/wbem/wscim/1/common\">PT5S</c:Interval></p:TimeoutPeriod>";
    assert_eq!(ask(with_timeout).await, 4098);
    assert_eq!(ask("<p:RequestedState>4</p:RequestedState>").await, 4096);
    assert_eq!(state(&sim, &job).await, "6");
    pass(&sim, 500).await;
    assert_eq!(state(&sim, &job).await, "8");
    assert_eq!(ask("<p:RequestedState>4</p:RequestedState>").await, 4097);
    assert_eq!(sim.snapshots_of("slow-01").unwrap().len(), 2);
    let malformed = "<p:RequestedState>soon</p:RequestedState>";
    let raw = invoke(&sim, OPERATOR, &uri, &keys, "RequestStateChange", malformed).await;
    assert_eq!(raw.fault(), 2150858817);
    let gone = [("InstanceID", "none")];
    let raw = invoke(&sim, OPERATOR, &uri, &gone, "GetErrorEx", "").await;
    assert_eq!((raw.fault(), raw.element("p:Operation")), (2150858752, Some("ExecMethod")));
}

#[tokio::test]
async fn the_merge_shows_on_the_vm_and_as_a_storage_job() {
    let sim = lab().await;
    job_of(&destroy(&sim, "app-01", "oldest/middle").await);
    pass(&sim, 3000).await;
    let vm = sim.vms().into_iter().find(|vm| vm.name == "app-01").unwrap();
    assert!(vm.is_merging && !vm.is_deleting);
    let keys = [("CreationClassName", "Msvm_ComputerSystem"), ("Name", vm.id.as_str())];
    let raw = get(&sim, &format!("{WMI}Msvm_ComputerSystem"), &keys).await;
    let both =
        "<p:OperationalStatus>11</p:OperationalStatus><p:OperationalStatus>32772</p:OperationalStatus>";
    assert!(raw.text().contains(both), "{}", raw.text());
    let query = "select * from Msvm_StorageJob where JobType = 5";
    let raw = crate::sim::raw::query(&sim, "<w:OptimizeEnumeration/>", query).await;
    let id = raw.element("p:InstanceID").unwrap();
    let wrong = get(&sim, &format!("{WMI}Msvm_ConcreteJob"), &[("InstanceID", id)]).await;
    assert_eq!(wrong.fault(), 2150858752, "a storage job is no concrete job");
    let any = get(&sim, &format!("{WMI}CIM_ConcreteJob"), &[("InstanceID", id)]).await;
    assert_eq!(any.element("p:JobType"), Some("5"));
    pass(&sim, 3000).await;
    assert!(sim.vms().iter().all(|vm| !vm.is_merging));
}

#[tokio::test]
async fn edits_by_another_administrator_show_on_the_wire() {
    let sim = lab().await;
    sim.rename_snapshot("web-01", "base", "renamed").unwrap();
    let added = sim.add_snapshot("web-01", Some("renamed"), "new").unwrap();
    sim.remove_snapshot("web-01", "rollback").unwrap();
    let uri = format!("{WMI}Msvm_VirtualSystemSettingData");
    assert_eq!(get(&sim, &uri, &[("InstanceID", BASE)]).await.element("p:ElementName"), Some("renamed"));
    assert_eq!(get(&sim, &uri, &[("InstanceID", &added)]).await.element("p:ElementName"), Some("new"));
    assert!(sim.rename_snapshot("nobody", "x", "y").is_err());
}

/// ModifySystemSettings with the text of an instance, escaped as an envelope needs it.
async fn modify(sim: &hvsnap::sim::RunningSimulator, properties: &str) -> Raw {
    let text = format!("<INSTANCE CLASSNAME=\"Msvm_VirtualSystemSettingData\">{properties}</INSTANCE>");
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let class = "Msvm_VirtualSystemManagementService";
    let parameter = format!("<p:SystemSettings>{text}</p:SystemSettings>");
    let uri = format!("{WMI}{class}");
    invoke(sim, OPERATOR, &uri, &[("CreationClassName", class)], "ModifySystemSettings", &parameter).await
}

fn string(name: &str, value: &str) -> String {
    format!("<PROPERTY NAME=\"{name}\" TYPE=\"string\"><VALUE>{value}</VALUE></PROPERTY>")
}

#[tokio::test]
async fn settings_of_a_snapshot_are_changed_by_the_text_of_an_instance() {
    let sim = lab().await;
    let notes = "<PROPERTY.ARRAY NAME=\"Notes\" TYPE=\"string\"><VALUE.ARRAY><VALUE>first</VALUE>\
                 <VALUE>second</VALUE></VALUE.ARRAY></PROPERTY.ARRAY>";
    let properties =
        [string("InstanceID", BASE), string("ElementName", "r&#38;d"), notes.to_owned()].concat();
    let raw = modify(&sim, &properties).await;
    assert_eq!(return_value(&raw), 0);
    assert!(raw.text().contains("<p:Job xsi:nil=\"true\"/>"), "{}", raw.text());
    let after = get(&sim, &format!("{WMI}Msvm_VirtualSystemSettingData"), &[("InstanceID", BASE)]).await;
    assert_eq!(after.element("p:ElementName"), Some("r&amp;d"));
    assert_eq!(after.text().matches("<p:Notes>").count(), 1, "of several notes the first is kept");
    assert_eq!(after.element("p:Notes"), Some("first"));
}

/// An instance as a client reads it from a host and writes it back: all kinds of properties, those without a value too.
const READ_BACK: &str = "<QUALIFIER NAME=\"dynamic\" TYPE=\"boolean\"><VALUE>true</VALUE></QUALIFIER>\
    <PROPERTY NAME=\"AutomaticCriticalErrorActionTimeout\" TYPE=\"datetime\"><VALUE>00000000003000.000000:000</VALUE></PROPERTY>\
    <PROPERTY NAME=\"AutomaticStartupAction\" TYPE=\"uint16\"><VALUE>3</VALUE></PROPERTY>\
    <PROPERTY.ARRAY NAME=\"BootOrder\" TYPE=\"uint16\"><VALUE.ARRAY><VALUE>3</VALUE><VALUE>2</VALUE></VALUE.ARRAY></PROPERTY.ARRAY>\
    <PROPERTY.ARRAY NAME=\"BootSourceOrder\" TYPE=\"string\"></PROPERTY.ARRAY>\
    <PROPERTY NAME=\"CreationTime\" TYPE=\"datetime\"><VALUE>20260105090000.000000-000</VALUE></PROPERTY>\
    <PROPERTY NAME=\"HighMmioGapSize\" TYPE=\"uint64\"><VALUE>512</VALUE></PROPERTY>\
    <PROPERTY NAME=\"IsSaved\" TYPE=\"boolean\"><VALUE>False</VALUE></PROPERTY>\
    <PROPERTY NAME=\"Parent\" PROPAGATED=\"true\" TYPE=\"string\"/>\
    <PROPERTY NAME=\"UserSnapshotType\" TYPE=\"uint16\"><VALUE>3</VALUE></PROPERTY>\
    <PROPERTY NAME=\"VirtualSystemType\" TYPE=\"string\"><VALUE>Microsoft:Hyper-V:Snapshot:Realized</VALUE></PROPERTY>";

#[tokio::test]
async fn the_whole_instance_is_taken_and_one_empty_note_clears_the_notes() {
    let sim = lab().await;
    let notes = |text: &str| {
        format!(
            "<PROPERTY.ARRAY NAME=\"Notes\" TYPE=\"string\"><VALUE.ARRAY><VALUE>{text}</VALUE></VALUE.ARRAY>\
             </PROPERTY.ARRAY>"
        )
    };
    let now = || {
        let base = sim.snapshots_of("web-01").unwrap().into_iter().find(|found| found.instance_id == BASE);
        base.map(|base| (base.name, base.notes)).unwrap()
    };
    for (name, text) in [("golden", "line 1\nline 2"), ("golden image", "")] {
        let whole = [READ_BACK, &string("InstanceID", BASE), &string("ElementName", name), &notes(text)];
        assert_eq!(return_value(&modify(&sim, &whole.concat()).await), 0);
        assert_eq!(now(), (name.to_owned(), vec![text.to_owned()]));
    }
    sim.rename_snapshot("web-01", BASE, "kept").unwrap();
    let nulls =
        "<PROPERTY NAME=\"ElementName\" TYPE=\"string\"/><PROPERTY.ARRAY NAME=\"Notes\" TYPE=\"string\"/>";
    assert_eq!(
        return_value(&modify(&sim, &[READ_BACK, &string("InstanceID", BASE), nulls].concat()).await),
        0
    );
    assert_eq!(now(), ("kept".to_owned(), vec![String::new()]), "null changes nothing");
    let iso = READ_BACK.replace("20260105090000.000000-000", "2026-01-05T09:00:00Z");
    assert_eq!(return_value(&modify(&sim, &[iso, string("InstanceID", BASE)].concat()).await), 32768);
}

#[tokio::test]
async fn settings_that_do_not_fit_are_refused_and_change_nothing() {
    let sim = lab().await;
    let (id, named) = (string("InstanceID", BASE), string("ElementName", "x"));
    let date =
        "<PROPERTY NAME=\"CreationTime\" TYPE=\"datetime\"><VALUE>2026-03-02T18:30:00Z</VALUE></PROPERTY>";
    for (properties, code) in [
        ([id.as_str(), &string("ElementName", "x &amp; y")].concat(), 32768),
        ([id.as_str(), &string("ElementName", "x &lt; y")].concat(), 32773),
        ([id.as_str(), &named.replace("string", "uint32")].concat(), 32768),
        ([id.as_str(), &named, date].concat(), 32768),
        ([string("InstanceID", "Microsoft:00").as_str(), &named].concat(), 32773),
        (named.clone(), 32773),
    ] {
        assert_eq!(return_value(&modify(&sim, &properties).await), code, "{properties}");
    }
    let names: Vec<_> = sim.snapshots_of("web-01").unwrap().into_iter().map(|found| found.name).collect();
    assert!(
        names.contains(&"base".to_owned()) && !names.iter().any(|name| name.starts_with('x')),
        "{names:?}"
    );
}
