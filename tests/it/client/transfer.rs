//! Put and fragment reads with lost answers, and options on every request.

use hvsnap::{
    Client, ClientErrorKind, Effect,
    cim::{Instance, Parameters, Value},
    sim::{RequestKind, RunningSimulator, Simulator},
    wsman::{AssociatedInstances, EndpointReference, OptionSet, SelectorSet},
};

const LAB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/two-branches.toml");

/// A simulated host on which `fault` is the rule, a client, and the reference to the operating system.
async fn with_fault(fault: &str) -> (RunningSimulator, Client, EndpointReference) {
    let sim = Simulator::from_lab(LAB).unwrap().seed(7).fault(fault.parse().unwrap()).start().await.unwrap();
    let client = sim.client_builder().build().unwrap();
    let windows = client.namespace("root/cimv2").unwrap();
    let system = windows.reference("Win32_OperatingSystem".parse().unwrap(), SelectorSet::new());
    (sim, client, system)
}

async fn description(client: &Client, system: &EndpointReference) -> Option<String> {
    client.fragment(system, "Description").await.unwrap().read("Description").unwrap()
}

fn puts(sim: &RunningSimulator) -> usize {
    sim.journal().iter().filter(|entry| entry.kind == RequestKind::Put).count()
}

#[tokio::test]
async fn a_put_whose_answer_is_lost_is_sent_once_and_its_effect_is_unknown() {
    for (when, expected) in [("before", ""), ("after", "Rack 4")] {
        let (sim, client, system) = with_fault(&format!("on=put,do=reset-{when}")).await;
        let error = client.put_fragment(&system, "Description", "Rack 4").await.unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown, "{when}: {error}");
        assert_eq!(puts(&sim), 1, "{when}");
        assert_eq!(description(&client, &system).await.as_deref(), Some(expected), "{when}");
    }
}

#[tokio::test]
async fn a_fragment_whose_answer_is_lost_is_read_again() {
    let (sim, client, system) = with_fault("on=get,nth=1,do=reset-after").await;
    let version = client.fragment(&system, "Version").await.unwrap();
    assert_eq!(version.properties().count(), 1);
    let gets = sim.journal().iter().filter(|entry| entry.kind == RequestKind::Get).count();
    assert_eq!(gets, 2);
}

#[tokio::test]
async fn a_name_that_would_break_out_of_its_element_is_refused_before_anything_is_sent() {
    let (sim, client, system) = with_fault("on=put,do=quota").await;
    let before = sim.http_requests();
    let evil = "X/><p:AffectedSnapshot>y</p:AffectedSnapshot><p:Z";
    let none = Parameters::new();
    let class = "Win32_OperatingSystem".parse().unwrap();
    let (plain, holding) = (Instance::new(&class).with(evil, "x"), |value: Instance<'static>| {
        Instance::new(&class).with("Inner", value)
    });
    let errors = [
        client.invoke(&system, evil, &none).await.unwrap_err(),
        client.invoke(&system, "Reboot", &none.clone().with(evil, 1_u8)).await.unwrap_err(),
        client.invoke(&system, "Reboot", &none.with("Inner", plain.clone())).await.unwrap_err(),
        client.put(&system, &plain).await.unwrap_err(),
        client.put(&system, &holding(plain.clone())).await.unwrap_err(),
        client.put_fragment(&system, "Description", plain.clone()).await.unwrap_err(),
        client.namespace("root/cimv2").unwrap().create(&holding(plain)).await.unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error.kind(), ClientErrorKind::Name(_)), "{error}");
        assert_eq!(error.effect(), Effect::None);
    }
    // A property omitted from an instance would become null on the host.
    let nested = Value::Array(vec![Value::Array(vec![1_u8.into()])]);
    let error = client.put(&system, &Instance::new(&class).with("Description", nested)).await.unwrap_err();
    assert!(error.to_string().contains("Win32_OperatingSystem.Description has a form"), "{error}");
    assert_eq!(sim.http_requests(), before);
}

#[tokio::test]
async fn what_cannot_be_sent_is_told_before_anything_is() {
    let (sim, client, system) = with_fault("on=put,do=quota").await;
    let error = client.put_fragment(&system, "no property", "x").await.unwrap_err();
    assert!(matches!(error.kind(), ClientErrorKind::Name(_)), "{error}");
    let options = OptionSet::new().with("wmi:x", "\u{1}");
    let error = client.with_options(&options).unwrap_err();
    assert!(matches!(error.kind(), ClientErrorKind::Unwritable(_)), "{error}");
    let known = client.with_options(&OptionSet::new().with("wmi:x", "1")).unwrap();
    assert_eq!(description(&known, &system).await.as_deref(), Some(""));
    assert_eq!(puts(&sim), 0);
}

#[tokio::test]
async fn associators_of_what_is_not_there_are_none() {
    let (_sim, client, _) = with_fault("on=put,do=quota").await;
    let hyperv = client.namespace("root/virtualization/v2").unwrap();
    let keys = SelectorSet::new().with("CreationClassName", "Msvm_ComputerSystem").with("Name", "gone");
    let gone = hyperv.reference("Msvm_ComputerSystem".parse().unwrap(), keys);
    let mut found = hyperv.associators(AssociatedInstances::of(gone)).await.unwrap();
    assert!(found.next().await.unwrap().is_none());
}
