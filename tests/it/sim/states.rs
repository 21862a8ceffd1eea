//! States of VMs on the wire: what changes them, what a change looks like, and the short form that lists them.

use hvsnap::sim::{RunningSimulator, Simulator, VmState};

use crate::sim::raw::{OPERATOR, READER, Raw, WMI, between, get, invoke, lab, pass, pull, query};

const SYSTEM: &str = "Msvm_ComputerSystem";
const COMPONENT: &str = "Msvm_ShutdownComponent";
const SUMMARY: &str = "Msvm_SummaryInformation";
const OFF: &str = "<p:RequestedState>3</p:RequestedState>";

/// A lab with one VM `v`, about which it says `rest`, and the users of the published one.
async fn vm(rest: &str) -> RunningSimulator {
    let lab = format!(
        "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n[service]\nallow_unencrypted = true\n\
         auth = [\"negotiate\", \"basic\"]\n[[user]]\nname = 'LAB\\operator'\npassword = \"correct-horse\"\n\
         [[vm]]\nname = \"v\"\nnotes = [\"one\\ntwo\"]\n{rest}"
    );
    Simulator::from_lab_text(&lab).unwrap().seed(7).start().await.unwrap()
}

fn id(sim: &RunningSimulator) -> String {
    sim.vms()[0].id.clone()
}

async fn system(sim: &RunningSimulator) -> Raw {
    let id = id(sim);
    get(sim, &format!("{WMI}{SYSTEM}"), &[("CreationClassName", SYSTEM), ("Name", &id)]).await
}

/// `EnabledState` and `OtherEnabledState`.
async fn enabled(sim: &RunningSimulator) -> (String, Option<String>) {
    let raw = system(sim).await;
    let text = |tag| raw.element(tag).map(str::to_owned);
    assert_eq!(raw.element("p:RequestedState"), Some("5"), "it says nothing");
    (text("p:EnabledState").unwrap(), text("p:OtherEnabledState"))
}

async fn request(sim: &RunningSimulator, state: u32) -> Raw {
    let (id, parameter) = (id(sim), format!("<p:RequestedState>{state}</p:RequestedState>"));
    let uri = format!("{WMI}{SYSTEM}");
    invoke(
        sim,
        OPERATOR,
        &uri,
        &[("Name", &id), ("CreationClassName", SYSTEM)],
        "RequestStateChange",
        &parameter,
    )
    .await
}

fn value(raw: &Raw) -> u32 {
    assert_eq!(raw.status, "HTTP/1.1 200 ", "{}", raw.text());
    raw.element("p:ReturnValue").unwrap().parse().unwrap()
}

#[tokio::test]
async fn each_change_has_a_job_and_a_state_of_its_own_on_the_way() {
    let sim = vm("").await;
    for (state, kind, on_the_way, word, then) in [
        (9, "26", "1", Some("Quiescing"), "9"),
        (2, "27", "1", Some("Resuming"), "2"),
        (6, "14", "1", Some("Saving"), "6"),
        (2, "15", "10", None, "2"),
        (11, "28", "10", None, "2"),
        (4, "16", "4", None, "3"),
        (2, "12", "10", None, "2"),
        (3, "13", "4", None, "3"),
    ] {
        let raw = request(&sim, state).await;
        assert_eq!(value(&raw), 4096, "{state}");
        let job = between(raw.text(), "Name=\"InstanceID\">", "<").unwrap();
        assert!(raw.text().contains(&format!("<w:ResourceURI>{WMI}Msvm_ConcreteJob<")), "{}", raw.text());
        assert_eq!(enabled(&sim).await, (on_the_way.to_owned(), word.map(str::to_owned)), "{state}");
        assert!(sim.vms()[0].is_changing);
        pass(&sim, 5000).await;
        let job = get(&sim, &format!("{WMI}Msvm_ConcreteJob"), &[("InstanceID", job)]).await;
        assert_eq!((job.element("p:JobState"), job.element("p:JobType")), (Some("7"), Some(kind)));
        assert_eq!(enabled(&sim).await, (then.to_owned(), None), "{state}");
    }
    assert_eq!((sim.vms()[0].state, sim.vms()[0].is_changing), (VmState::Off, false));
    assert_eq!(sim.calls("RequestStateChange"), 8);
}

#[tokio::test]
async fn the_old_numbers_a_state_that_is_there_and_what_does_not_follow_are_one_refusal() {
    let sim = vm("").await;
    for state in [2, 32768, 32769] {
        let raw = request(&sim, state).await;
        assert_eq!(value(&raw), 32775, "{state}");
        assert!(raw.text().contains("<p:Job xsi:nil=\"true\"/>"), "{}", raw.text());
    }
    for state in [5, 7, 12, 60000] {
        assert_eq!(value(&request(&sim, state).await), 32773, "{state}");
    }
    assert_eq!(enabled(&sim).await.0, "2");
    assert_eq!(value(&request(&sim, 6).await), 4096);
    pass(&sim, 1000).await;
    assert_eq!(value(&request(&sim, 9).await), 32775, "a saved VM does not pause");
    let settings = format!("Microsoft:{}", id(&sim));
    let saved = async || {
        let uri = format!("{WMI}Msvm_VirtualSystemSettingData");
        get(&sim, &uri, &[("InstanceID", &settings)]).await.element("p:IsSaved").unwrap().to_owned()
    };
    assert_eq!(saved().await, "true");
    assert_eq!(value(&request(&sim, 3).await), 4096);
    pass(&sim, 1000).await;
    assert_eq!((saved().await.as_str(), enabled(&sim).await.0.as_str()), ("false", "3"));
}

#[tokio::test]
async fn a_vm_that_is_off_looks_as_recorded() {
    let sim = vm("state = \"off\"\n").await;
    let raw = system(&sim).await;
    for (tag, text) in [
        ("p:EnabledState", "3"),
        ("p:EnabledDefault", "3"),
        ("p:RequestedState", "5"),
        ("p:OperationalStatus", "2"),
        ("p:HealthState", "5"),
        ("p:ResetCapability", "1"),
        ("p:OnTimeInMilliseconds", "0"),
    ] {
        assert_eq!(raw.element(tag), Some(text), "{tag}");
    }
    for nil in ["<p:ProcessID xsi:nil=\"true\"/>", "<p:OtherEnabledState xsi:nil=\"true\"/>"] {
        assert!(raw.text().contains(nil), "{nil}");
    }
}

#[tokio::test]
async fn the_host_itself_changes_no_state_and_a_reader_may_not_ask() {
    let sim = lab().await;
    let uri = format!("{WMI}{SYSTEM}");
    let host = [("CreationClassName", SYSTEM), ("Name", "HV01")];
    assert_eq!(value(&invoke(&sim, OPERATOR, &uri, &host, "RequestStateChange", OFF).await), 32770);
    let id = sim.vms()[0].id.clone();
    let keys = [("CreationClassName", SYSTEM), ("Name", id.as_str())];
    assert_eq!(invoke(&sim, READER, &uri, &keys, "RequestStateChange", OFF).await.fault(), 5);
    let odd = "<p:RequestedState>off</p:RequestedState>";
    assert_eq!(invoke(&sim, OPERATOR, &uri, &keys, "RequestStateChange", odd).await.fault(), 2150858817);
    assert_eq!(value(&invoke(&sim, OPERATOR, &uri, &keys, "RequestStateChange", "").await), 32773);
    assert_eq!(sim.vms()[0].state, VmState::Running);
}

#[tokio::test]
async fn a_job_of_a_change_can_be_spoiled_by_a_rule() {
    let sim = vm("").await;
    for (rule, job_state, then) in [
        ("on=RequestStateChange,count=1,do=job-exception,code=32777,description=\"no space\"", "10", "2"),
        ("on=RequestStateChange,count=1,do=job-exception,takes_effect=true", "10", "6"),
    ] {
        sim.inject(rule.parse().unwrap());
        let raw = request(&sim, 6).await;
        let job = between(raw.text(), "Name=\"InstanceID\">", "<").unwrap();
        pass(&sim, 1000).await;
        let job = get(&sim, &format!("{WMI}Msvm_ConcreteJob"), &[("InstanceID", job)]).await;
        assert_eq!(job.element("p:JobState"), Some(job_state));
        assert_eq!(enabled(&sim).await.0, then);
    }
}

/// The selectors of the shutdown component, as the query gives them.
async fn component(sim: &RunningSimulator) -> Option<Vec<(&'static str, String)>> {
    let text = format!("select * from {COMPONENT} where SystemName = '{}'", id(sim));
    let raw = query(sim, "", &text).await;
    let raw = pull(sim, raw.element("n:EnumerationContext").unwrap(), Some(10)).await;
    let names = ["SystemCreationClassName", "SystemName", "CreationClassName", "DeviceID"];
    let key = |name: &'static str| raw.element(&format!("p:{name}")).map(|value| (name, value.to_owned()));
    names.into_iter().map(key).collect()
}

async fn shut_down(sim: &RunningSimulator, keys: &[(&'static str, String)], force: &str) -> Raw {
    let keys: Vec<_> = keys.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let parameters = format!("<p:Force>{force}</p:Force><p:Reason>planned</p:Reason>");
    invoke(sim, OPERATOR, &format!("{WMI}{COMPONENT}"), &keys, "InitiateShutdown", &parameters).await
}

#[tokio::test]
async fn a_guest_is_asked_to_shut_down_by_its_component_and_goes_off_later() {
    let sim = vm("guest = \"locked\"\n").await;
    let keys = component(&sim).await.unwrap();
    assert_eq!(value(&shut_down(&sim, &keys, "False").await), 32781);
    let raw = shut_down(&sim, &keys, "true").await;
    assert_eq!(value(&raw), 0);
    assert!(!raw.text().contains("p:Job"), "{}", raw.text());
    assert_eq!(value(&shut_down(&sim, &keys, "true").await), 32782);
    assert_eq!(enabled(&sim).await.0, "4");
    assert_eq!(shut_down(&sim, &keys, "perhaps").await.fault(), 2150858817);
    pass(&sim, 5000).await;
    assert_eq!(enabled(&sim).await.0, "3");
    assert!(component(&sim).await.is_none(), "a VM that is off has none");
    assert_eq!(shut_down(&sim, &keys, "true").await.fault(), 2150858752);
}

#[tokio::test]
async fn a_guest_without_integration_services_has_no_component() {
    assert!(component(&vm("guest = \"none\"\n").await).await.is_none());
    let sim = vm("guest = \"not-ready\"\n").await;
    let keys = component(&sim).await.unwrap();
    assert_eq!(value(&shut_down(&sim, &keys, "false").await), 32780);
}

#[tokio::test]
async fn another_administrator_changes_a_state_at_once() {
    let sim = vm("").await;
    assert_eq!(value(&request(&sim, 6).await), 4096);
    sim.set_state("v", VmState::Off).unwrap();
    pass(&sim, 60_000).await;
    assert_eq!((enabled(&sim).await.0.as_str(), sim.vms()[0].state), ("3", VmState::Off));
    assert!(sim.set_state("nobody", VmState::Off).is_err());
}

#[tokio::test]
async fn the_summary_of_a_vm_says_its_state_in_one_query() {
    let sim = vm("").await;
    let text = format!("select InstanceID, Name, ElementName, EnabledState, UpTime from {SUMMARY}");
    let raw = query(&sim, "<w:OptimizeEnumeration/>", &text).await;
    let id = id(&sim);
    for (tag, text) in [("Name", id.as_str()), ("ElementName", "v"), ("EnabledState", "2")] {
        assert_eq!(raw.element(tag), Some(text), "{}", raw.text());
    }
    assert_eq!(raw.element("UpTime"), Some("7776000000"), "ninety days");
    let key = raw.element("InstanceID").unwrap().to_owned();
    value(&request(&sim, 6).await);
    let whole = get(&sim, &format!("{WMI}{SUMMARY}"), &[("InstanceID", &key)]).await;
    for (tag, text) in [
        ("p:EnabledState", "1"),
        ("p:OtherEnabledState", "Saving"),
        ("p:HealthState", "5"),
        ("p:HostComputerSystemName", "HV01"),
        ("p:Notes", "one\ntwo"),
        ("p:NumberOfProcessors", "2"),
    ] {
        assert_eq!(whole.element(tag), Some(text), "{}", whole.text());
    }
    pass(&sim, 1000).await;
    let whole = get(&sim, &format!("{WMI}{SUMMARY}"), &[("InstanceID", &key)]).await;
    assert_eq!((whole.element("p:EnabledState"), whole.element("p:UpTime")), (Some("6"), Some("0")));
    let cluster = WMI.replace("virtualization", "HyperVCluster");
    let there = get(&sim, &format!("{cluster}{SUMMARY}"), &[("InstanceID", &key)]).await;
    assert_eq!(there.element("p:HostComputerSystemName"), Some("HV01"));
}

#[tokio::test]
async fn a_host_before_2016_has_no_summaries_as_instances() {
    let lab = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\nproduct_version = \"6.3.9600\"\n\
        [[user]]\nname = 'LAB\\operator'\npassword = \"correct-horse\"\n[[vm]]\nname = \"v\"\n";
    let sim = Simulator::from_lab_text(lab).unwrap().seed(7).start().await.unwrap();
    let raw = query(&sim, "<w:OptimizeEnumeration/>", &format!("select * from {SUMMARY}")).await;
    assert!(raw.text().contains("<w:Items"), "{}", raw.text());
    assert!(!raw.text().contains("p:ElementName"), "{}", raw.text());
}
